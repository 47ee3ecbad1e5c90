"""A statement of account: what a customer owed, what was billed, paid and taken back since, and what is owed then.

It is read off the ledger alone, so it agrees with it: what a customer owes is what is still to be paid of issued
invoices (`receivable`) and what is carried to the next one (`balance`), and every transaction says by how much that
grew or fell, and why.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from frontdesk.ledger import LedgerAccount, LedgerTransaction, TransactionKind

OWED: tuple[LedgerAccount, ...] = ("receivable", "balance")
"""The accounts of the ledger that make up what a customer owes; less than zero is credit."""
PARTS: tuple[LedgerAccount, ...] = ("billed", "paid", "refunded", "adjusted", "opening")
"""The other accounts: they say why."""
OWE_NOTHING: tuple[TransactionKind, ...] = ("refund", "refund_failure")
"""What changes nothing of what is owed, and is on no statement: the credit note that explains a refund is."""


class Movement(Struct, frozen=True, kw_only=True):
    """One line of a statement. `amount` is by how much the customer owes more (or less, where negative); `owed` what
    they owe then. `part` is the account of the ledger that it came from; `invoice` and `credit_note` name what of."""

    at: datetime
    kind: TransactionKind
    part: LedgerAccount
    amount: int
    owed: int
    invoice: str | None = None
    credit_note: str | None = None
    description: str | None = None


class Statement(Struct, frozen=True, kw_only=True):
    """One currency of a statement, in its minor units."""

    currency: str
    opening: int
    movements: tuple[Movement, ...]
    closing: int


def statements(before: Mapping[str, int], since: Sequence[LedgerTransaction]) -> tuple[Statement, ...]:
    """The statement in each currency in which anything was owed or moved; `before` is what was owed by currency when
    the span began, `since` what happened in it, oldest first."""
    currencies = dict.fromkeys((*(each for each, owed in before.items() if owed), *(each.currency for each in since)))
    return tuple(
        _statement(currency, before.get(currency, 0), (each for each in since if each.currency == currency))
        for currency in sorted(currencies)
    )


def _statement(currency: str, opening: int, since: Iterable[LedgerTransaction]) -> Statement:
    owed, movements = opening, []
    for transaction in since:
        for part in PARTS:
            amount = -transaction.of(part)
            if not amount or transaction.kind in OWE_NOTHING:
                continue
            owed += amount
            movements.append(
                Movement(
                    at=transaction.created,
                    kind=transaction.kind,
                    part=part,
                    amount=amount,
                    owed=owed,
                    invoice=transaction.invoice,
                    credit_note=transaction.credit_note,
                    description=transaction.description,
                )
            )
    return Statement(currency=currency, opening=opening, movements=tuple(movements), closing=owed)

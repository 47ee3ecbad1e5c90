"""The ledger: every movement of money as a transaction whose entries sum to zero, written once and never changed.

Accounts of a customer, in minor units of one currency:

* `receivable`: what is still to be paid of issued invoices;
* `balance`: what is carried to the next invoice, as Stripe counts it (negative is credit, positive is owed);
* `billed`: what was invoiced, as a negative sum;
* `paid`: what came in;
* `refunded`: what went back to cards and is not explained by a credit note yet;
* `adjusted`: what staff or a program moved by hand;
* `opening`: what there was before the ledger was kept.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from msgspec import Struct

LedgerAccount = Literal["receivable", "balance", "billed", "paid", "refunded", "adjusted", "opening"]
TransactionKind = Literal[
    "invoice",
    "void",
    "payment",
    "payment_reversal",
    "credit_note",
    "credit_note_void",
    "set_off",
    "refund",
    "refund_failure",
    "adjustment",
    "opening",
]


class Entry(Struct, frozen=True):
    """What one account gains (or loses, where negative)."""

    account: LedgerAccount
    amount: int


class LedgerTransaction(Struct, frozen=True, kw_only=True):
    """One movement. `ending_balance` is the customer's balance in the currency afterwards.

    `invoice`, `credit_note` and `payment` name what it came of.
    """

    id: str
    customer: str
    created: datetime
    kind: TransactionKind
    currency: str
    entries: tuple[Entry, ...]
    ending_balance: int
    invoice: str | None = None
    credit_note: str | None = None
    payment: str | None = None
    description: str | None = None
    metadata: Mapping[str, str] = {}
    version: int = 1

    def of(self, account: LedgerAccount) -> int:
        """What the account gains."""
        return sum(each.amount for each in self.entries if each.account == account)


def entries(**amounts: int) -> tuple[Entry, ...]:
    """Entries by account; what is zero is left out.

    Raises:
        ValueError: they do not sum to zero.
    """
    if sum(amounts.values()):
        raise ValueError(f"the entries of a transaction sum to zero, not to {sum(amounts.values())}: {amounts}")
    return tuple(Entry(account, amount) for account, amount in amounts.items() if amount)  # type: ignore[arg-type]


def balances(transactions: Iterable[LedgerTransaction]) -> dict[str, int]:
    """A customer's balance by currency, as the ledger has it."""
    found: dict[str, int] = {}
    for each in transactions:
        moved = each.of("balance")
        if moved:
            found[each.currency] = found.get(each.currency, 0) + moved
    return found

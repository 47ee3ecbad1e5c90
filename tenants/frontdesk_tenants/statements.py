"""What a statement of account is made from: a customer's part of the ledger, and the numbers of what it names."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.ledger import LedgerTransaction
from frontdesk.statements import OWED
from frontdesk_tenants.tables import credit_notes, invoices, ledger_entries, ledger_transactions


class StatementFacts(Struct, frozen=True, kw_only=True):
    """`before` is what was owed by currency when the span began, `since` what happened in it, oldest first, and
    `numbers` those of invoices and credit notes by their ids. `too_long`: there was more than was asked for."""

    before: Mapping[str, int]
    since: tuple[LedgerTransaction, ...]
    numbers: Mapping[str, str]
    too_long: bool


async def read_statement(
    connection: AsyncConnection, customer: str, since: datetime, until: datetime, most: int
) -> StatementFacts:
    """A customer's movements of money in [since, until), at most `most` of them."""
    before = await connection.execute(
        select(ledger_entries.c.currency, func.sum(ledger_entries.c.amount))
        .join(
            ledger_transactions,
            (ledger_transactions.c.tenant_id == ledger_entries.c.tenant_id)
            & (ledger_transactions.c.id == ledger_entries.c.transaction),
        )
        .where(
            ledger_transactions.c.customer == customer,
            ledger_transactions.c.created < since,
            ledger_entries.c.account.in_(OWED),
        )
        .group_by(ledger_entries.c.currency)
    )
    found = tuple(
        await connection.scalars(
            select(ledger_transactions.c.body)
            .where(
                ledger_transactions.c.customer == customer,
                ledger_transactions.c.created >= since,
                ledger_transactions.c.created < until,
                # What a remote backend told of a balance is no part of a ledger of ours.
                ledger_transactions.c.id.in_(
                    select(ledger_entries.c.transaction).where(ledger_entries.c.customer == customer)
                ),
            )
            .order_by(ledger_transactions.c.created, ledger_transactions.c.id)
            .limit(most + 1)
        )
    )
    return StatementFacts(
        before={currency: int(owed) for currency, owed in before},
        since=found[:most],
        numbers=await numbers_of(connection, found[:most]),
        too_long=len(found) > most,
    )


async def numbers_of(connection: AsyncConnection, named: tuple[LedgerTransaction, ...]) -> dict[str, str]:
    """The numbers of the invoices and credit notes that movements name, by their ids."""
    numbers: dict[str, str] = {}
    for table, ids in (
        (invoices, {each.invoice for each in named if each.invoice}),
        (credit_notes, {each.credit_note for each in named if each.credit_note}),
    ):
        if ids:
            rows = await connection.execute(select(table.c.id, table.c.number).where(table.c.id.in_(ids)))
            numbers |= {row.id: row.number for row in rows if row.number}
    return numbers

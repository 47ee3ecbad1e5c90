"""Lists of invoices, of what goes onto them, and of what takes back or settles a part of them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import CreditNote, Invoice, PendingItem
from frontdesk.ledger import LedgerTransaction
from frontdesk_tenants import tables
from frontdesk_tenants.listings.pages import equal, instants, page_of
from frontdesk_tenants.paging import Cursor, Page, Span


async def invoices(
    connection: AsyncConnection,
    cursor: Cursor,
    *,
    customer: str | None = None,
    subscription: str | None = None,
    status: str | None = None,
    collection_method: str | None = None,
    due_date: Span | None = None,
) -> Page[Invoice]:
    """Invoices."""
    columns = tables.invoices.c
    wanted: list[Any] = [
        equal(columns.customer, customer),
        equal(columns.subscription, subscription),
        equal(columns.status, status),
    ]
    if collection_method is not None:
        wanted.append(text("body->>'collection_method' = :method").bindparams(method=collection_method))
    wanted += instants("(body->>'due_date')::timestamptz", "due", due_date)
    return await page_of(connection, "invoice", cursor, wanted)


async def invoice_items(
    connection: AsyncConnection,
    cursor: Cursor,
    *,
    customer: str | None = None,
    invoice: str | None = None,
    pending: bool | None = None,
) -> Page[PendingItem]:
    """Invoice items; `pending` those that are on no invoice, or (False) on one."""
    columns = tables.pending_items.c
    wanted: list[Any] = [equal(columns.customer, customer), equal(columns.invoice, invoice)]
    if pending is not None:
        wanted.append(columns.invoice.is_(None) if pending else columns.invoice.is_not(None))
    return await page_of(connection, "invoiceitem", cursor, wanted)


async def balance_transactions(
    connection: AsyncConnection, cursor: Cursor, customer: str, *, invoice: str | None = None
) -> Page[LedgerTransaction]:
    """What moved a customer's balance."""
    columns = tables.ledger_transactions.c
    wanted: list[Any] = [columns.customer == customer, columns.moved != 0, equal(columns.invoice, invoice)]
    return await page_of(connection, "customer balance transaction", cursor, wanted)


async def moved_by_notes(connection: AsyncConnection, notes: Sequence[CreditNote]) -> dict[str, str]:
    """The movements of balances that credit notes caused, by the ids of the notes."""
    if not notes:
        return {}
    columns = tables.ledger_transactions.c
    note: ColumnElement[str] = literal_column("body->>'credit_note'")
    wanted = (
        columns.customer.in_({each.customer for each in notes}),
        columns.moved != 0,
        columns.kind == "credit_note",
        note.in_([each.id for each in notes]),
    )
    rows = await connection.execute(select(note.label("note"), columns.id).where(*wanted))
    return {row.note: row.id for row in rows}


async def credit_notes(
    connection: AsyncConnection, cursor: Cursor, *, customer: str | None = None, invoice: str | None = None
) -> Page[CreditNote]:
    """Credit notes."""
    columns = tables.credit_notes.c
    return await page_of(
        connection, "credit note", cursor, [equal(columns.customer, customer), equal(columns.invoice, invoice)]
    )

"""What commands about invoices speak of although an account does not hold it: settled invoices and what was on them."""

from collections.abc import Iterable

from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import Account, CreditNote, Invoice, PendingItem, Terms
from frontdesk.commands import AccountCommand, MarkUncollectible, PayInvoice, VoidInvoice
from frontdesk.invoice_commands import (
    CreateCreditNote,
    CreateInvoiceItem,
    DeleteInvoice,
    DeleteInvoiceItem,
    FinalizeInvoice,
    RecordPayment,
    RemindOfInvoice,
    ReversePayment,
    SendInvoice,
    UpdateCreditNote,
    UpdateInvoice,
    UpdateInvoiceItem,
    VoidCreditNote,
)
from frontdesk.lateness import is_awaited
from frontdesk.payment_method_commands import ChargeInvoice, RefundCharge, SettleRefund
from frontdesk.reminders import Reminder
from frontdesk_tenants.tables import credit_notes, invoices, pending_items, products, reminders

_NAME_INVOICE = (
    *(PayInvoice, ChargeInvoice, RefundCharge, SettleRefund, VoidInvoice, MarkUncollectible),
    *(CreateInvoiceItem, UpdateInvoice, DeleteInvoice, FinalizeInvoice, SendInvoice, RecordPayment, ReversePayment),
    *(CreateCreditNote, UpdateCreditNote, VoidCreditNote, RemindOfInvoice),
)
_CHARGE = (CreateInvoiceItem, UpdateInvoiceItem)


async def read_invoice(connection: AsyncConnection, customer_id: str, id_: str) -> Invoice | None:
    """One invoice of a customer in whatever status, or None."""
    found = await connection.execute(
        select(invoices.c.body).where(invoices.c.customer == customer_id, invoices.c.id == id_)
    )
    return found.scalar_one_or_none()


async def notes_of(connection: AsyncConnection, customer_id: str, invoice: str) -> tuple[CreditNote, ...]:
    """The credit notes over an invoice of a customer, oldest first, void ones too."""
    found = await connection.scalars(
        select(credit_notes.c.body)
        .where(credit_notes.c.invoice == invoice, credit_notes.c.customer == customer_id)
        .order_by(credit_notes.c.created, credit_notes.c.id)
    )
    return tuple(found)


async def read_credit_note(connection: AsyncConnection, customer_id: str, id_: str) -> CreditNote | None:
    """One credit note of a customer, or None."""
    found = await connection.execute(
        select(credit_notes.c.body).where(credit_notes.c.customer == customer_id, credit_notes.c.id == id_)
    )
    return found.scalar_one_or_none()


async def items_on_drafts(connection: AsyncConnection, unpaid: tuple[Invoice, ...]) -> tuple[PendingItem, ...]:
    """The items whose lines are on drafts among the invoices."""
    drafts = [each.id for each in unpaid if each.status == "draft"]
    if not drafts:
        return ()
    question = select(pending_items.c.body).where(pending_items.c.invoice.in_(drafts))
    return tuple(await connection.scalars(question.order_by(pending_items.c.created, pending_items.c.id)))


async def reminders_of(connection: AsyncConnection, unpaid: Iterable[Invoice]) -> tuple[Reminder, ...]:
    """The reminders that were sent of these invoices, oldest first. Who owes nothing costs no question."""
    awaited = [each.id for each in unpaid if is_awaited(each)]
    if not awaited:
        return ()
    question = select(reminders.c.body).where(reminders.c.invoice.in_(awaited))
    return tuple(await connection.scalars(question.order_by(reminders.c.created, reminders.c.id)))


async def all_reminders_of(connection: AsyncConnection, invoice: str) -> tuple[Reminder, ...]:
    """The reminders that were sent of an invoice, whatever became of it, oldest first."""
    question = select(reminders.c.body).where(reminders.c.invoice == invoice)
    return tuple(await connection.scalars(question.order_by(reminders.c.created, reminders.c.id)))


async def with_invoices(
    connection: AsyncConnection, terms: Terms, account: Account | None, command: AccountCommand
) -> tuple[Terms, Account | None]:
    """Terms and account with the invoice, the item and the product that a command names, where they lack them."""
    if account is None:
        return terms, account
    if isinstance(command, _CHARGE) and getattr(command.charge, "product", None) is not None:
        terms = await _with_product(connection, terms, command.charge.product)  # type: ignore[arg-type, union-attr]
    if isinstance(command, UpdateInvoiceItem | DeleteInvoiceItem):
        return terms, await _with_item(connection, account, command.item)
    if isinstance(command, CreateCreditNote | UpdateCreditNote | VoidCreditNote):
        account = replace(account, credit_notes=await notes_of(connection, account.customer.id, command.invoice))
    if isinstance(command, _NAME_INVOICE) and command.invoice is not None and account.invoice(command.invoice) is None:
        settled = await read_invoice(connection, account.customer.id, command.invoice)
        if settled is not None:
            account = replace(account, invoices=(*account.invoices, settled))
    return terms, account


async def _with_item(connection: AsyncConnection, account: Account, id_: str) -> Account:
    if any(each.id == id_ for each in account.pending_items):
        return account
    found = await connection.scalar(
        select(pending_items.c.body).where(pending_items.c.customer == account.customer.id, pending_items.c.id == id_)
    )
    return account if found is None else replace(account, pending_items=(*account.pending_items, found))


async def _with_product(connection: AsyncConnection, terms: Terms, id_: str) -> Terms:
    found = await connection.scalar(select(products.c.body).where(products.c.id == id_))
    return terms if found is None else replace(terms, products={**terms.products, found.id: found})

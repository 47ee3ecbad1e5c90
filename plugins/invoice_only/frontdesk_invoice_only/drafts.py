"""Drafts: begun by hand, changed, dropped, issued, sent."""

from typing import Any

from msgspec import UNSET
from msgspec.structs import asdict, replace

from frontdesk.book import Invoice, PendingItem
from frontdesk.catalogue import merge_metadata
from frontdesk.events import InvoiceDrafted, InvoiceDropped, InvoiceEdited, InvoiceSent
from frontdesk.invoice_commands import (
    CreateInvoice,
    DeleteInvoice,
    FinalizeInvoice,
    InvoiceFields,
    SendInvoice,
    UpdateInvoice,
)
from frontdesk_invoice_only.draft_discounts import give_draft, reduced_draft, use_up
from frontdesk_invoice_only.draft_sums import rewrite
from frontdesk_invoice_only.invoices import finalize
from frontdesk_invoice_only.page import Page


def create_invoice(page: Page, command: CreateInvoice) -> None:
    """Begin a draft, with what waits if that is wanted. It has no number, and no customer sees it."""
    customer, settings = page.customer, page.terms.settings
    subscription = None if command.subscription is None else page.subscription(command.subscription)
    currency = command.currency or (subscription.currency if subscription else customer.currency or settings.currency)
    waiting: tuple[PendingItem, ...] = ()
    if command.pending == "include":
        waiting = page.waiting_in(currency, None if subscription is None else subscription.id)
    draft = Invoice(
        id=command.id,
        customer=customer.id,
        status="draft",
        currency=currency,
        lines=tuple(each.line for each in waiting),
        total=0,
        starting_balance=customer.balances.get(currency, 0),
        ending_balance=0,
        amount_due=0,
        created=page.now,
        period_start=page.now,
        period_end=page.now,
        billing_reason="manual",
        subscription=command.subscription,
        automatic_tax=settings.tax.automatic if subscription is None else subscription.automatic_tax,
        days_until_due=settings.days_until_due,
        custom_fields=customer.invoice_fields,
        footer=customer.invoice_footer or settings.invoice_footer,
    )
    for each in waiting:
        page.save_pending(replace(each, invoice=draft.id))
    rewrite(page, give_draft(page, _with(draft, command.fields), command.fields))
    page.tell(InvoiceDrafted(customer=customer.id, invoice=draft.id, at=page.now))


def update_invoice(page: Page, command: UpdateInvoice) -> None:
    """Change a draft, or the metadata of an issued invoice."""
    before = page.invoice(command.invoice)
    after = give_draft(page, _with(before, command.fields), command.fields)
    fields = tuple(name for name in InvoiceFields.__struct_fields__ if getattr(before, name) != getattr(after, name))
    if before.own_discounts != after.own_discounts and "discounts" not in fields:
        fields = (*fields, "discounts")
    if not fields:
        return
    if before.status == "draft":
        rewrite(page, after)
    else:
        page.save_invoice(after)
    page.tell(InvoiceEdited(customer=page.customer.id, invoice=before.id, at=page.now, fields=fields))


def delete_invoice(page: Page, command: DeleteInvoice) -> None:
    """Drop a draft. What had waited before waits again."""
    draft = page.invoice(command.invoice)
    for each in page.items_on(draft):
        page.save_pending(replace(each, deleted=True) if each.made_for_invoice else replace(each, invoice=None))
    page.save_invoice(replace(draft, deleted=True))
    page.tell(InvoiceDropped(customer=page.customer.id, invoice=draft.id, at=page.now))


def finalize_invoice(page: Page, command: FinalizeInvoice) -> None:
    """Issue a draft."""
    _issue(page, page.invoice(command.invoice), quiet=not command.send)


def send_invoice(page: Page, command: SendInvoice) -> None:
    """Write the customer a letter about an invoice; a draft is issued first."""
    invoice = page.invoice(command.invoice)
    if invoice.status == "draft":
        _issue(page, invoice)
    else:
        page.tell(InvoiceSent(customer=page.customer.id, invoice=invoice.id, at=page.now))


def _issue(page: Page, draft: Invoice, *, quiet: bool = False) -> None:
    """Issue a draft with the discounts of now: the customer's own may have gone to another invoice meanwhile."""
    use_up(page, finalize(page, reduced_draft(page, draft), page.now, quiet=quiet))


def _with(invoice: Invoice, fields: InvoiceFields) -> Invoice:
    given: dict[str, Any] = {
        name: value
        for name, value in asdict(fields).items()
        if value is not UNSET and name not in ("metadata", "discounts")
    }
    if given.get("due_date") is not None:
        given["days_until_due"] = None
    elif given.get("days_until_due") is not None:
        given["due_date"] = None
    return replace(invoice, **given, metadata=merge_metadata(invoice.metadata, fields.metadata))

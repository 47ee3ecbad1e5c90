"""Issuing invoices."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from frontdesk.automatic_tax import with_automatic
from frontdesk.book import (
    BillingReason,
    Invoice,
    Line,
    PendingItem,
    Subscription,
    Terms,
)
from frontdesk.events import InvoiceDrafted, InvoiceFinalized, InvoicePaid
from frontdesk.parties import buyer_of, seller_of
from frontdesk.statement_descriptors import on_statement_of
from frontdesk.taxing import added, taxed, taxes_of
from frontdesk_invoice_only.collecting import collect
from frontdesk_invoice_only.draft_discounts import reduced_item
from frontdesk_invoice_only.draft_sums import rewrite
from frontdesk_invoice_only.page import LedgerSource, Page
from frontdesk_invoice_only.set_offs import set_against_unpaid


def issue(
    page: Page,
    subscription: Subscription,
    lines: Sequence[Line],
    at: datetime,
    reason: BillingReason,
    waiting: Sequence[PendingItem] = (),
) -> Invoice:
    """Issue an invoice for a subscription: the waiting lines, then `lines`.

    The customer's balance in the currency is applied: credit lowers what is due, a negative total becomes credit (what
    is unpaid takes it first: `set_offs`), and nothing is ever paid out. What is due nothing is paid at once. The number
    stays None: the desk draws it.

    Of a subscription that is unpaid it stays a draft, which nobody is asked to pay before somebody issues it.
    """
    charged = subscription.collection_method == "charge_automatically"
    days = page.terms.settings.days_until_due if subscription.days_until_due is None else subscription.days_until_due
    draft = Invoice(
        id=page.ids("in"),
        customer=page.customer.id,
        status="draft",
        currency=subscription.currency,
        lines=(*(reduced_item(page, each) for each in waiting), *lines),
        total=0,
        starting_balance=0,
        ending_balance=0,
        amount_due=0,
        created=at,
        period_start=subscription.period_start,
        period_end=subscription.period_end,
        billing_reason=reason,
        subscription=subscription.id,
        automatic_tax=subscription.automatic_tax,
        collection_method=subscription.collection_method,
        days_until_due=None if charged else days,
        custom_fields=page.customer.invoice_fields,
        footer=page.customer.invoice_footer or page.terms.settings.invoice_footer,
    )
    for each in waiting:
        page.save_pending(replace(each, invoice=draft.id))
    if subscription.status == "unpaid":
        return _left_as_draft(page, draft)
    invoice = finalize(page, draft, at)
    if charged and invoice.status == "open" and page.collects and subscription.status != "incomplete":
        collect(page, invoice, subscription, at)
    return page.invoice(invoice.id)


def finalize(page: Page, draft: Invoice, at: datetime, *, quiet: bool = False) -> Invoice:
    """Issue a draft: what it bills is summed up, the balance applied, the parties copied in. See `issue`.

    `quiet` leaves out the letter to the customer.
    """
    customer, currency = page.customer, draft.currency
    named = {each.discount for line in draft.lines if not line.proration for each in line.discounts}
    lines = taxed(with_automatic(draft.lines, customer, draft.automatic_tax, page.terms, at))
    taxes = taxes_of(lines)
    total = sum(each.amount for each in lines) + added(taxes)
    before = customer.balances.get(currency, 0)
    due, after = max(0, total + before), min(0, total + before)
    invoice = page.save_invoice(
        replace(
            draft,
            status="open" if due else "paid",
            lines=lines,
            taxes=taxes,
            tax_exempt=customer.tax_exempt,
            total=total,
            starting_balance=before,
            ending_balance=after,
            amount_due=due,
            due_date=draft.due_date if draft.days_until_due is None else at + timedelta(days=draft.days_until_due),
            finalized_at=at,
            paid_at=None if due else at,
            buyer=buyer_of(customer),
            seller=seller_of(page.terms.settings.seller),
            discounts=tuple(each for id, each in page.known_discounts.items() if id in named),
            statement_descriptor=_on_statement(page.terms, lines),
        )
    )
    source = LedgerSource(invoice=invoice.id)
    page.post("invoice", currency, source, at=at, billed=-total, receivable=due, balance=after - before)
    page.tell(InvoiceFinalized(customer=customer.id, invoice=invoice.id, at=at, quiet=quiet))
    if not due:
        page.tell(InvoicePaid(customer=customer.id, invoice=invoice.id, at=at))
    set_against_unpaid(page, invoice, min(0, before) - after, at)
    return invoice


def _left_as_draft(page: Page, draft: Invoice) -> Invoice:
    named = {each.discount for line in draft.lines for each in line.discounts}
    known = tuple(each for id, each in page.known_discounts.items() if id in named)
    balance = page.customer.balances.get(draft.currency, 0)
    page.tell(InvoiceDrafted(customer=page.customer.id, invoice=draft.id, at=draft.created))
    return rewrite(page, replace(draft, discounts=known, starting_balance=balance))


def let_wait(page: Page, subscription: Subscription, lines: Sequence[Line]) -> None:
    """Put lines aside for the subscription's next invoice."""
    for line in lines:
        id = page.ids("ii")
        page.save_pending(
            PendingItem(
                id=id,
                customer=page.customer.id,
                line=replace(line, pending_item=id),
                created=page.now,
                subscription=subscription.id,
            )
        )


def _on_statement(terms: Terms, lines: Sequence[Line]) -> str | None:
    products = (terms.products.get(each.product or "") for each in lines if each.subscription_item)
    recurring = (None if each is None else each.statement_descriptor for each in products)
    return on_statement_of(terms.statement_descriptor, terms.short_descriptor, recurring)

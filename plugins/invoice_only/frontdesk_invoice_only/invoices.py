"""Issuing invoices, and recording that they were paid."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from frontdesk.book import BillingReason, Customer, Invoice, Line, Party, PendingItem, SellerDetails, Subscription
from frontdesk.commands import PayInvoice
from frontdesk.events import InvoiceFinalized, InvoicePaid
from frontdesk_invoice_only.page import Page


def issue(
    page: Page,
    subscription: Subscription,
    lines: Sequence[Line],
    at: datetime,
    reason: BillingReason,
    waiting: Sequence[PendingItem] = (),
) -> Invoice:
    """Issue an invoice for a subscription: the waiting lines, then `lines`.

    The customer's balance in the currency is applied: credit lowers what is due, a negative total becomes credit, and
    nothing is ever paid out. What is due nothing is paid at once. The number stays None: the desk draws it.
    """
    customer, currency = page.customer, subscription.currency
    all_lines = (*(each.line for each in waiting), *lines)
    named = {each.discount for line in all_lines if not line.proration for each in line.discounts}
    total = sum(each.amount for each in all_lines)
    before = customer.balances.get(currency, 0)
    due, after = max(0, total + before), min(0, total + before)
    days = page.terms.settings.days_until_due if subscription.days_until_due is None else subscription.days_until_due
    invoice = page.save_invoice(
        Invoice(
            id=page.ids("in"),
            customer=customer.id,
            status="open" if due else "paid",
            currency=currency,
            lines=all_lines,
            total=total,
            starting_balance=before,
            ending_balance=after,
            amount_due=due,
            created=at,
            period_start=subscription.period_start,
            period_end=subscription.period_end,
            billing_reason=reason,
            subscription=subscription.id,
            collection_method="send_invoice",
            due_date=at + timedelta(days=days),
            finalized_at=at,
            paid_at=None if due else at,
            buyer=_buyer(customer),
            seller=_seller(page.terms.settings.seller),
            custom_fields=customer.invoice_fields,
            footer=customer.invoice_footer or page.terms.settings.invoice_footer,
            discounts=tuple(each for id, each in page.known_discounts.items() if id in named),
        )
    )
    for each in waiting:
        page.save_pending(replace(each, invoice=invoice.id))
    if after != before:
        page.save_customer(replace(customer, balances={**customer.balances, currency: after}))
    page.tell(InvoiceFinalized(customer=customer.id, invoice=invoice.id, at=at))
    if not due:
        page.tell(InvoicePaid(customer=customer.id, invoice=invoice.id, at=at))
    return invoice


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


def pay(page: Page, command: PayInvoice) -> None:
    """Record that an open invoice was paid in full."""
    invoice = page.invoice(command.invoice)
    page.save_invoice(
        replace(invoice, status="paid", amount_paid=invoice.amount_due, paid_at=page.now, paid_out_of_band=True)
    )
    page.tell(InvoicePaid(customer=page.customer.id, invoice=invoice.id, at=page.now))


def _buyer(customer: Customer) -> Party:
    return Party(name=customer.name, email=customer.email, phone=customer.phone, address=customer.address)


def _seller(seller: SellerDetails) -> Party:
    return Party(
        name=seller.name,
        email=seller.email,
        phone=seller.phone,
        address=seller.address,
        tax_number=seller.tax_number,
    )

"""Telling programs of invoices before and after their time (`frontdesk.notices`). Nothing else comes of it.

What is told of beforehand and has come already, because nobody looked at the account in time, is told of no more.
"""

from datetime import datetime

from msgspec.structs import replace

from frontdesk.book import Invoice, Subscription
from frontdesk.events import InvoiceOverdue, InvoiceUpcoming, InvoiceWillBeDue
from frontdesk.timetable import over_at
from frontdesk.upcoming import upcoming
from frontdesk_invoice_only.page import Page


def tell_of_renewal(page: Page, subscription: Subscription, at: datetime) -> None:
    """Tell that a subscription renews, with the invoice that it would be now."""
    renews = over_at(subscription)
    assert renews is not None, "it was due"
    page.save_subscription(replace(subscription, told_of_renewal=renews))
    if renews <= page.now:
        return
    coming = (each.invoice for each in upcoming(page.account(), page.terms, at, page.ids))
    invoice = next((each for each in coming if each.subscription == subscription.id), None)
    if invoice is None:
        return
    page.foresee(invoice)
    named = {"customer": page.customer.id, "subscription": subscription.id, "invoice": invoice.id}
    page.tell(InvoiceUpcoming(**named, renews=renews, at=at))


def tell_of_due_date(page: Page, invoice: Invoice, at: datetime) -> None:
    """Tell that an invoice will be due."""
    page.save_invoice(replace(invoice, told_of_due=invoice.due_date))
    if invoice.due_date is not None and invoice.due_date > page.now:
        page.tell(InvoiceWillBeDue(customer=page.customer.id, invoice=invoice.id, at=at))


def tell_overdue(page: Page, invoice: Invoice, at: datetime) -> None:
    """Tell that an invoice was due and is not paid."""
    page.save_invoice(replace(invoice, told_overdue=invoice.due_date))
    page.tell(InvoiceOverdue(customer=page.customer.id, invoice=invoice.id, at=at))

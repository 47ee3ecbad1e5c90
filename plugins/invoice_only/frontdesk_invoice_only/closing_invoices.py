"""Invoices that nobody is to pay: taken back, or given up."""

from datetime import datetime

from msgspec.structs import replace

from frontdesk.book import Invoice, Subscription, SubscriptionItem
from frontdesk.commands import MarkUncollectible, VoidInvoice
from frontdesk.events import InvoiceMarkedUncollectible, InvoiceVoided, SubscriptionExpired
from frontdesk_invoice_only.page import LedgerSource, Page


def void(page: Page, command: VoidInvoice) -> None:
    """Take an invoice back. The balance that it had taken returns, and what it billed was never billed.

    It keeps its number and what it said, so that the series has no gap. A later change of plan gives no credit for a
    period that only a void invoice had billed.
    """
    invoice = page.invoice(command.invoice)
    subscription = page.live_or_none(invoice.subscription)
    if subscription is not None and subscription.status == "incomplete":
        expire(page, subscription, page.now)
    else:
        take_back(page, invoice, page.now)


def expire(page: Page, subscription: Subscription, at: datetime) -> None:
    """Let a subscription never have begun: its first invoice is taken back."""
    ended = replace(subscription, status="incomplete_expired", ended_at=at, canceled_at=subscription.canceled_at or at)
    page.save_subscription(ended)
    page.tell(SubscriptionExpired(customer=page.customer.id, subscription=subscription.id, at=at))
    for invoice in page.invoices():
        if invoice.subscription == subscription.id and invoice.status in ("open", "uncollectible"):
            take_back(page, invoice, at)


def take_back(page: Page, invoice: Invoice, at: datetime) -> None:
    """Void an invoice at an instant."""
    page.save_invoice(replace(invoice, status="void", voided_at=at, next_attempt=None))
    taken = invoice.starting_balance - invoice.ending_balance
    source = LedgerSource(invoice=invoice.id)
    page.post(
        "void", invoice.currency, source, at=at, billed=invoice.total, receivable=-invoice.amount_due, balance=taken
    )
    for subscription in tuple(page.live()):
        _forget_billed(page, subscription, invoice)
    page.tell(InvoiceVoided(customer=page.customer.id, invoice=invoice.id, at=at))


def mark_uncollectible(page: Page, command: MarkUncollectible) -> None:
    """Give up on an invoice. It stays owed, in case it is paid after all."""
    invoice = page.invoice(command.invoice)
    page.save_invoice(replace(invoice, status="uncollectible", marked_uncollectible_at=page.now))
    page.tell(InvoiceMarkedUncollectible(customer=page.customer.id, invoice=invoice.id, at=page.now))


def _forget_billed(page: Page, subscription: Subscription, invoice: Invoice) -> None:
    items = tuple(replace(item, billed=None) if _was_billed_by(invoice, item) else item for item in subscription.items)
    if items != subscription.items:
        page.save_subscription(replace(subscription, items=items))


def _was_billed_by(invoice: Invoice, item: SubscriptionItem) -> bool:
    billed = item.billed
    return billed is not None and any(
        line.subscription_item == item.id
        and line.kind != "unused_time"
        and (line.start, line.end) == (billed.start, billed.end)
        for line in invoice.lines
    )

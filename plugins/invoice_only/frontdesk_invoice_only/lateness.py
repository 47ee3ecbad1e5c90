"""Invoices that are not paid in time: subscriptions are past due, customers are reminded (`frontdesk.lateness`)."""

from datetime import datetime

from msgspec.structs import replace

from frontdesk.book import Billed, CancellationDetails, Invoice, Subscription, SubscriptionItem
from frontdesk.events import (
    InvoiceReminded,
    SubscriptionCaughtUp,
    SubscriptionPastDue,
    SubscriptionUnpaid,
    SubscriptionUpdated,
)
from frontdesk.invoice_commands import RemindOfInvoice
from frontdesk.lateness import LateAct, overdue
from frontdesk.reminders import Reminder, Stage, next_reminder
from frontdesk_invoice_only.collecting import collect
from frontdesk_invoice_only.ends import end
from frontdesk_invoice_only.notices import tell_of_due_date, tell_overdue
from frontdesk_invoice_only.page import Page
from frontdesk_invoice_only.pending_updates import settle_updates


def do_late(page: Page, act: LateAct, invoice: Invoice, at: datetime) -> None:
    """Do what is due of an unpaid invoice."""
    match act:
        case "charge_again":
            collect(page, invoice, page.live_or_none(invoice.subscription), at)
            keep_lateness(page, at)
        case "late":
            keep_lateness(page, at)
        case "will_be_due":
            tell_of_due_date(page, invoice, at)
        case "overdue":
            tell_overdue(page, invoice, at)
        case "give_up":
            _give_up(page, invoice, at)
        case "remind_of_invoice":
            assert invoice.due_date is not None, "nobody is reminded of what is due on no day"
            coming = next_reminder(invoice.due_date, page.reminders_of(invoice), page.terms.settings.reminders)
            assert coming is not None, "it was due"
            _remind(page, invoice, page.ids("rem"), coming.stage, "")


def remind_of_invoice(page: Page, command: RemindOfInvoice) -> None:
    """Remind because somebody asked for it."""
    _remind(page, page.invoice(command.invoice), command.id, command.stage, command.by)


def keep_lateness(page: Page, at: datetime | None = None) -> None:
    """Let the status of every subscription say whether something of it is past due at `at`, else now."""
    settle_updates(page, at or page.now)
    for subscription in tuple(page.live()):
        if subscription.status == "incomplete":
            _begin(page, subscription, at or page.now)
        if subscription.status == "unpaid":
            _come_back(page, subscription, at or page.now)
        if subscription.status not in ("active", "past_due"):
            continue
        late = overdue(subscription, page.invoices(), at or page.now)
        if late is not None and subscription.status == "active":
            page.save_subscription(replace(subscription, status="past_due"))
            page.tell(
                SubscriptionPastDue(
                    customer=page.customer.id, subscription=subscription.id, invoice=late.id, at=at or page.now
                )
            )
        elif late is None and subscription.status == "past_due":
            page.save_subscription(replace(subscription, status="active"))
            page.tell(SubscriptionCaughtUp(customer=page.customer.id, subscription=subscription.id, at=at or page.now))
    while page.given_up:
        _after_last_attempt(page, page.invoice(page.given_up.pop()), at or page.now)


def _after_last_attempt(page: Page, invoice: Invoice, at: datetime) -> None:
    """Do with the subscription what the side wants once a charge has failed for the last time."""
    subscription = page.live_or_none(invoice.subscription)
    if subscription is None or subscription.status != "past_due" or invoice.status != "open":
        return
    match page.terms.settings.collection.after:
        case "cancel":
            _give_up(page, invoice, at)
        case "unpaid":
            page.save_subscription(replace(subscription, status="unpaid"))
            for each in page.invoices():
                if each.subscription == subscription.id and each.next_attempt is not None:
                    page.save_invoice(replace(each, next_attempt=None))
            page.tell(
                SubscriptionUnpaid(customer=page.customer.id, subscription=subscription.id, invoice=invoice.id, at=at)
            )
        case "past_due":
            return


def _come_back(page: Page, subscription: Subscription, at: datetime) -> None:
    """Let a subscription be active that was unpaid, once its newest invoice is waited for no more."""
    newest = next((each for each in page.invoices() if each.id == subscription.latest_invoice), None)
    if newest is None or newest.status in ("draft", "open"):
        return
    items = subscription.items
    if newest.status == "paid":
        items = tuple(_as_paid(each, newest) for each in items)
    page.save_subscription(replace(subscription, status="active", items=items, caught_up_at=at))
    page.tell(SubscriptionCaughtUp(customer=page.customer.id, subscription=subscription.id, at=at))


def _as_paid(item: SubscriptionItem, invoice: Invoice) -> SubscriptionItem:
    """An item that counts as billed for its period again, which was on a draft until then."""
    period = (item.period_start, item.period_end)
    for line in invoice.lines:
        if line.subscription_item == item.id and line.kind == "charge" and (line.start, line.end) == period:
            billed = Billed(amount=line.amount, start=line.start, end=line.end, tax_rates=line.tax_rates)
            return item if item.billed is not None else replace(item, billed=billed)
    return item


def _begin(page: Page, subscription: Subscription, at: datetime) -> None:
    """Let a subscription begin whose first invoice is paid by now."""
    if any(each.id == subscription.latest_invoice and each.status == "paid" for each in page.invoices()):
        page.save_subscription(replace(subscription, status="active"))
        page.tell(
            SubscriptionUpdated(customer=page.customer.id, subscription=subscription.id, at=at, fields=("status",))
        )


def _give_up(page: Page, invoice: Invoice, at: datetime) -> None:
    """End a subscription that nobody pays. Nothing is given back, nothing more is billed, the invoice stays owed."""
    subscription = page.subscription(invoice.subscription or "")
    page.save_subscription(
        replace(
            subscription,
            cancel_at=None,
            cancel_at_period_end=False,
            put_off=None,
            canceled_at=at,
            cancellation=CancellationDetails(reason="payment_failed"),
        )
    )
    end(page, page.subscription(subscription.id), at)


def _remind(page: Page, invoice: Invoice, id: str, stage: Stage, by: str) -> None:
    """The letter goes now, whenever it was due: what comes after it keeps its distance from it."""
    page.keep_reminder(
        Reminder(id=id, customer=page.customer.id, invoice=invoice.id, stage=stage, created=page.now, by=by)
    )
    page.tell(InvoiceReminded(customer=page.customer.id, invoice=invoice.id, reminder=id, stage=stage, at=page.now))

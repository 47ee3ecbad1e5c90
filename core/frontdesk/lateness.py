"""What happens by itself around invoices that are not paid in time.

A subscription is `past_due` while an open invoice of it is unpaid past its due date, and active again once none is, as
at Stripe for invoices that are sent (docs.stripe.com/billing/subscriptions/overview: past_due). A void or uncollectible
invoice is waited for no more. So is one while an invoice of it could not be charged (`frontdesk.payment_methods`).
One that is `unpaid`, because charging failed
for the last time, is active again once its newest invoice is waited for no more, whatever is open besides (Stripe's
rule). A trial and a pause stay what they are. If a side wants it so, a subscription ends whose
invoice is still unpaid so many days later; nothing is given back then, and the invoice stays owed.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Literal, get_args

from msgspec import Struct

from frontdesk.book import Account, BillingSettings, Customer, Invoice, Subscription
from frontdesk.notices import tells_of_due_date
from frontdesk.reminders import Reminder, leaves_out, next_reminder

LateAct = Literal["will_be_due", "charge_again", "late", "overdue", "give_up", "remind_of_invoice"]
LATE_ORDER: tuple[LateAct, ...] = get_args(LateAct)
"""In which they are done that are due at one instant."""


class NextLate(Struct, frozen=True):
    """What happens next around an unpaid invoice."""

    at: datetime
    act: LateAct


def is_awaited(invoice: Invoice) -> bool:
    """Whether something is still to be paid by a day that is known."""
    return invoice.status == "open" and invoice.due_date is not None and invoice.amount_remaining > 0


def failed_at(invoice: Invoice) -> datetime | None:
    """Since when an open invoice could not be charged; None where that was not tried, or is not awaited any more."""
    if invoice.status != "open" or not invoice.attempts or invoice.amount_remaining <= 0:
        return None
    return invoice.attempts[0].at


def late_since(invoice: Invoice) -> datetime | None:
    """When an unpaid invoice is late from: the day on which it was due, or that of a charge that failed."""
    return invoice.due_date if is_awaited(invoice) else failed_at(invoice)


def overdue(subscription: Subscription, invoices: Iterable[Invoice], at: datetime) -> Invoice | None:
    """The invoice that makes a subscription past due at an instant, the one that was due first; None if none does."""
    late = (
        each
        for each in invoices
        if each.subscription == subscription.id
        and not _is_pending(each, subscription)
        and (since := late_since(each)) is not None
        and since <= at
        and _counts(subscription, since)
    )
    return min(late, key=lambda each: (late_since(each), each.id), default=None)


def next_of_invoice(
    invoice: Invoice,
    customer: Customer,
    subscription: Subscription | None,
    reminders: Iterable[Reminder],
    settings: BillingSettings,
) -> NextLate | None:
    """What comes next of an invoice; `subscription` is its own if that has not ended."""
    due = invoice.due_date
    if due is None and not customer.deleted:
        return _next_charge(invoice, subscription, settings)
    if due is None or customer.deleted or not is_awaited(invoice):
        return None
    coming = [NextLate(at, name) for at, name in tells_of_due_date(invoice, settings.notices)]
    if subscription is not None and subscription.status == "active" and _counts(subscription, due):
        coming.append(NextLate(due, "late"))
    if subscription is not None and subscription.status in ("active", "past_due") and settings.cancel_late_after:
        coming.append(NextLate(due + timedelta(days=settings.cancel_late_after), "give_up"))
    if customer.email and not leaves_out(customer.metadata):
        sent = [each for each in reminders if each.invoice == invoice.id]
        reminder = next_reminder(due, sent, settings.reminders)
        if reminder is not None:
            coming.append(NextLate(reminder.at, "remind_of_invoice"))
    return min(coming, key=lambda each: (each.at, LATE_ORDER.index(each.act)), default=None)


def late_acts(account: Account, settings: BillingSettings) -> Iterator[NextLate]:
    """What comes next of each unpaid invoice of an account."""
    for invoice in account.invoices:
        subscription = None if invoice.subscription is None else account.subscription(invoice.subscription)
        found = next_of_invoice(invoice, account.customer, subscription, account.reminders, settings)
        if found is not None:
            yield found


def _counts(subscription: Subscription, since: datetime) -> bool:
    """Whether what is late since an instant can make a subscription past due."""
    return subscription.caught_up_at is None or since > subscription.caught_up_at


def _is_pending(invoice: Invoice, subscription: Subscription) -> bool:
    """Whether an invoice is for a change that only comes once it is paid: what runs is paid for."""
    return subscription.pending is not None and subscription.pending.invoice == invoice.id


def _next_charge(invoice: Invoice, subscription: Subscription | None, settings: BillingSettings) -> NextLate | None:
    """What comes next of an invoice that is charged. What ended is charged no more, as at Stripe."""
    since = failed_at(invoice)
    if since is None or subscription is None or _is_pending(invoice, subscription):
        return None
    if subscription.status == "active" and _counts(subscription, since):
        return NextLate(since, "late")
    if invoice.next_attempt is None or settings.collection.held:
        return None
    return NextLate(invoice.next_attempt, "charge_again")

"""What happens to a subscription by itself, and when.

At one instant things happen in this order, of all subscriptions of an account together:

1. reminders that a trial is about to end;
2. subscriptions that never began, because their first invoice was not paid within 23 hours (Stripe's rule), and
   changes of plan that waited as long for their payment;
3. ends: what ends is not billed again, and its waiting lines are settled before anything else takes them;
4. pauses that are over: the subscription goes on;
5. renewals, of which the end of a trial is one. A change that was put off comes just before the renewal that it is
   for, so that the new period is billed at the new plan;
6. what concerns unpaid invoices: that they are charged again, past due, that a subscription ends for it, reminders
   (`frontdesk.lateness`).
"""

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from frontdesk.book import ENDED, Subscription

NOTICE = timedelta(days=3)
"""How long before its end a trial is told of, as Stripe does; a shorter trial is told of when it begins."""

FIRST_PAYMENT = timedelta(hours=23)
"""How long a subscription waits for its first payment."""
Act = Literal["remind", "expire", "drop_update", "end", "resume", "renew"]
ORDER: tuple[Act, ...] = ("remind", "expire", "drop_update", "end", "resume", "renew")


class Next(Struct, frozen=True):
    """The next thing that happens to a subscription."""

    at: datetime
    act: Act


def next_of(subscription: Subscription) -> Next | None:
    """What happens next, None where nothing ever does."""
    coming = _next_of(subscription)
    pending = subscription.pending
    if pending is None or subscription.status in ENDED or (coming is not None and coming.at < pending.expires_at):
        return coming
    return Next(pending.expires_at, "drop_update")


def _next_of(subscription: Subscription) -> Next | None:
    over = over_at(subscription)
    if over is None:
        return None
    if subscription.status == "incomplete":
        return Next(subscription.created + FIRST_PAYMENT, "expire")
    if subscription.paused is not None:
        return _next_of_paused(subscription.cancel_at, subscription.paused.resumes_at)
    coming = Next(over, "end" if over == subscription.cancel_at else "renew")
    trial_end = subscription.trial_end
    if subscription.status == "trialing" and trial_end is not None and subscription.reminded_of != trial_end:
        told = trial_end - NOTICE
        if told < coming.at:
            return Next(told, "remind")
    return coming


def _next_of_paused(ends: datetime | None, resumes: datetime | None) -> Next | None:
    if ends is not None and (resumes is None or ends <= resumes):
        return Next(ends, "end")
    return None if resumes is None else Next(resumes, "resume")


def over_at(subscription: Subscription) -> datetime | None:
    """When what the subscription's present period covers is over: at the period's end, or before if it ends then."""
    if subscription.status in ENDED or not subscription.items:
        return None
    ends, renews = subscription.cancel_at, subscription.period_end
    return renews if ends is None else min(ends, renews)


def last_bill(subscription: Subscription) -> datetime | None:
    """When a subscription that is set to end within its period is billed for the last time; None if it goes on.

    One that is paused is billed for the last time as it ends if it does not go on before, in a period to be billed.
    """
    ends = subscription.cancel_at
    if subscription.paused is not None:
        coming = next_of(subscription)
        if coming is None or coming.act == "end":
            return ends
        if subscription.period_end <= coming.at:
            return None
    return ends if ends is not None and ends <= subscription.period_end else None

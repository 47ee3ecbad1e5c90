"""What happened to a subscription, told by comparing it with what it was (`frontdesk.noticing`)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from frontdesk.book import ENDED, Subscription
from frontdesk.events import (
    CancellationScheduled,
    CancellationTakenBack,
    Event,
    PlanChanged,
    PlanChangePutOff,
    PlanChangeTakenBack,
    ResumptionMoved,
    SubscriptionCanceled,
    SubscriptionCaughtUp,
    SubscriptionCreated,
    SubscriptionExpired,
    SubscriptionPastDue,
    SubscriptionPaused,
    SubscriptionRenewed,
    SubscriptionResumed,
    SubscriptionUnpaid,
    SubscriptionUpdated,
    TrialWillEnd,
)

TOLD_BEFORE = timedelta(days=3)
"""How long before its end a trial is spoken of (Stripe: `customer.subscription.trial_will_end`)."""
_MOVES_NO_MONEY = (
    *("description", "metadata", "cancellation", "days_until_due", "collection_method", "default_payment_method"),
    *("discounts", "default_tax_rates", "automatic_tax", "trial_end"),
)
_WENT_WELL = ("active", "trialing")


def noticed_of_subscription(before: Subscription | None, after: Subscription, now: datetime) -> Iterator[Event]:
    """What happened to one subscription, in the order in which it is told."""
    named = {"customer": after.customer, "subscription": after.id}
    if before is None:
        yield SubscriptionCreated(**named, at=after.created)
    if after.status in ENDED:
        yield from _ended(before, after, now)
        return
    if before is not None:
        yield from _plan(before, after, now)
    yield from _leaving(before, after, now)
    if before is not None:
        if _begins_anew(before, after):
            start, end = after.period_start, after.period_end
            yield SubscriptionRenewed(**named, at=start, period_start=start, period_end=end)
        yield from _payment(before, after, now)
    yield from _resting(before, after, now)
    yield from _trial(after, now)
    if before is not None:
        fields = tuple(each for each in _MOVES_NO_MONEY if getattr(before, each) != getattr(after, each))
        if fields:
            yield SubscriptionUpdated(**named, at=now, fields=fields)


def _ended(before: Subscription | None, after: Subscription, now: datetime) -> Iterator[Event]:
    if before is not None and before.status in ENDED:
        return
    kind = SubscriptionExpired if after.status == "incomplete_expired" else SubscriptionCanceled
    yield kind(customer=after.customer, subscription=after.id, at=after.ended_at or after.canceled_at or now)


def _plan(before: Subscription, after: Subscription, now: datetime) -> Iterator[Event]:
    named = {"customer": after.customer, "subscription": after.id}
    had, has = _prices(before), _prices(after)
    if had != has:
        yield PlanChanged(**named, at=now, before=had, after=has)
    if after.put_off is not None and after.put_off != before.put_off:
        effective = after.put_off.at or after.period_end
        yield PlanChangePutOff(**named, at=now, effective=effective)
    elif before.put_off is not None and after.put_off is None:
        planned = sorted((each.price, each.quantity) for each in before.put_off.items)
        if had == has or sorted(has) != planned:
            yield PlanChangeTakenBack(**named, at=now)


def _prices(subscription: Subscription) -> tuple[tuple[str, int], ...]:
    return tuple((each.price, each.quantity) for each in subscription.items)


def _leaving(before: Subscription | None, after: Subscription, now: datetime) -> Iterator[Event]:
    named = {"customer": after.customer, "subscription": after.id}
    was, ends = None if before is None else _end_of(before), _end_of(after)
    if ends is None:
        if was is not None:
            yield CancellationTakenBack(**named, at=now)
    elif was is None or (ends != was and not _moved_with_the_period(before, after)):
        yield CancellationScheduled(
            **named, at=after.canceled_at if was is None and after.canceled_at else now, ends=ends
        )


def _end_of(subscription: Subscription) -> datetime | None:
    if subscription.cancel_at is not None:
        return subscription.cancel_at
    return subscription.period_end if subscription.cancel_at_period_end and subscription.items else None


def _moved_with_the_period(before: Subscription | None, after: Subscription) -> bool:
    """Whether the end is that of the period both times, which moved: nobody asked for another end."""
    return before is not None and before.cancel_at is None and after.cancel_at is None


def _begins_anew(before: Subscription, after: Subscription) -> bool:
    return bool(before.items and after.items) and after.period_start >= before.period_end


def _payment(before: Subscription, after: Subscription, now: datetime) -> Iterator[Event]:
    named = {"customer": after.customer, "subscription": after.id}
    if after.status == before.status:
        return
    if after.status == "past_due":
        yield SubscriptionPastDue(**named, invoice=after.latest_invoice or "", at=now)
    elif after.status == "unpaid":
        yield SubscriptionUnpaid(**named, invoice=after.latest_invoice or "", at=now)
    elif before.status in ("past_due", "unpaid") and after.status in _WENT_WELL:
        yield SubscriptionCaughtUp(**named, at=now)


def _resting(before: Subscription | None, after: Subscription, now: datetime) -> Iterator[Event]:
    named = {"customer": after.customer, "subscription": after.id}
    was, rests = None if before is None else before.paused, after.paused
    if rests is not None and was is None:
        yield SubscriptionPaused(**named, at=rests.since, resumes_at=rests.resumes_at)
    elif rests is not None and was is not None and rests.resumes_at != was.resumes_at:
        yield ResumptionMoved(**named, at=now, resumes_at=rests.resumes_at)
    elif was is not None and rests is None:
        yield SubscriptionResumed(**named, at=now)


def _trial(after: Subscription, now: datetime) -> Iterator[Event]:
    """That a trial ends soon. It is the same event each time, so it is told once however often it is noticed."""
    if after.status != "trialing" or after.trial_end is None:
        return
    at = max(after.trial_end - TOLD_BEFORE, after.trial_start or after.created)
    if at <= now < after.trial_end:
        yield TrialWillEnd(customer=after.customer, subscription=after.id, at=at, ends=after.trial_end)

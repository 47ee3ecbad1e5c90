"""Changes of plan that were put off, as Stripe shows them: a subscription schedule.

The first phase is the present plan, the others are those that wait. A schedule has no row of its own: its id is made of
its subscription's and, from the second one on, of its number. It is active for as long as a change waits, or its only
phase lasts. Afterwards it is shown as it was last.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from frontdesk.book import PlannedItem, Price, Subscription, SubscriptionItem
from frontdesk.periods import stretch_from
from frontdesk.schedule_ends import PastSchedule, ScheduleEnd
from frontdesk_web.api.shapes.values import account_id, unix, unix_or_none

PREFIX = "sub_sched_"
_NUMBER = re.compile(r"[2-9]|[1-9][0-9]{1,5}")


def schedule_id(subscription: Subscription) -> str:
    """The id of the schedule that a subscription is in, or was in last."""
    number = number_of(subscription)
    return PREFIX + subscription.id.removeprefix("sub_") + (f"_{number}" if number > 1 else "")


def number_of(subscription: Subscription) -> int:
    """Which of a subscription's schedules it is in, or was in last; the first where they are not counted."""
    return max(subscription.schedules, 1)


def schedules_named(id: str) -> Iterator[tuple[str, int]]:
    """The subscription and the number of a schedule by its id, in both ways that this can be read: a subscription's id
    may itself end in a number. Nothing where this cannot be a schedule's id."""
    if not id.startswith(PREFIX):
        return
    name = id.removeprefix(PREFIX)
    yield "sub_" + name, 1
    of, _, number = name.rpartition("_")
    if of and _NUMBER.fullmatch(number):
        yield "sub_" + of, int(number)


def schedule(
    stored: Subscription,
    known: Mapping[str, Price],
    livemode: bool,
    *,
    status: ScheduleEnd | None = None,
    over_at: datetime | None = None,
) -> dict[str, Any]:
    """The schedule of a subscription, which is as it was while changes waited. One that is over has a `status` that
    says what came of it; that was `over_at`."""
    changes = () if stored.put_off is None else (stored.put_off, *stored.put_off.then)
    asked = stored.period_start
    first = stored.period_start if not changes or changes[0].begun is None else changes[0].begun
    if changes:
        asked = changes[0].asked
    elif stored.scheduled is not None:
        asked, first = stored.scheduled.asked, stored.scheduled.begun
    starts = [first, *(each.at or stored.period_end for each in changes)]
    last = changes[-1].items[0].price if changes else stored.items[0].price
    ends = [*starts[1:], _end_of_last(stored, known[last], starts[-1])]
    plans: list[Sequence[PlannedItem | SubscriptionItem]] = [stored.items, *(each.items for each in changes)]
    active, released = status is None, status == "released"
    return {
        "id": schedule_id(stored),
        "object": "subscription_schedule",
        "application": None,
        "billing_mode": {
            "flexible": {"proration_discounts": "included"} if stored.billing_mode == "flexible" else None,
            "type": stored.billing_mode,
        },
        "canceled_at": unix_or_none(over_at) if status == "canceled" else None,
        "completed_at": unix_or_none(over_at) if status == "completed" else None,
        "created": unix(asked),
        "current_phase": {"end_date": unix(ends[0]), "start_date": unix(starts[0])} if active else None,
        "customer": stored.customer,
        "customer_account": account_id(stored.customer),
        "default_settings": _default_settings(stored),
        "end_behavior": "release" if stored.cancel_at is None else "cancel",
        "livemode": livemode,
        "metadata": {},
        "phases": [_phase(stored, *each) for each in zip(plans, starts, ends, strict=True)],
        "released_at": unix_or_none(over_at) if released else None,
        "released_subscription": stored.id if released else None,
        "status": status or "active",
        "subscription": stored.id if active else None,
        "test_clock": None,
    }


def past_schedule(past: PastSchedule, known: Mapping[str, Price], livemode: bool) -> dict[str, Any]:
    """A schedule that is over."""
    return schedule(past.before, known, livemode, status=past.status, over_at=past.over_at)


def _default_settings(stored: Subscription) -> dict[str, Any]:
    return {
        "application_fee_percent": None,
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": "automatic",
        "billing_thresholds": None,
        "collection_method": stored.collection_method,
        "default_payment_method": None,
        "description": stored.description,
        "invoice_settings": {
            "account_tax_ids": None,
            "days_until_due": stored.days_until_due,
            "issuer": {"type": "self"},
        },
        "on_behalf_of": None,
        "transfer_data": None,
    }


def _end_of_last(stored: Subscription, price: Price, start: datetime) -> datetime:
    """The last phase ends with the subscription, or, as far as anybody can say, with its first period."""
    if stored.cancel_at is not None:
        return stored.cancel_at
    if stored.put_off is None and stored.scheduled is not None:
        return stored.scheduled.until
    if start < stored.period_end or price.recurring is None:
        return stored.period_end
    return stretch_from(stored.anchor, price.recurring, start).end


def _phase(
    stored: Subscription, items: Sequence[PlannedItem | SubscriptionItem], start: datetime, end: datetime
) -> dict[str, Any]:
    return {
        "add_invoice_items": [],
        "application_fee_percent": None,
        "billing_cycle_anchor": None,
        "billing_thresholds": None,
        "collection_method": None,
        "currency": stored.currency,
        "default_payment_method": None,
        "default_tax_rates": [],
        "description": None,
        "discounts": [],
        "end_date": unix(end),
        "invoice_settings": None,
        "items": [
            {
                "billing_thresholds": None,
                "discounts": [],
                "metadata": {},
                "price": each.price,
                "quantity": each.quantity,
                "tax_rates": [],
            }
            for each in items
        ],
        "metadata": {},
        "on_behalf_of": None,
        "proration_behavior": "none",
        "start_date": unix(start),
        "transfer_data": None,
        "trial_end": None,
    }

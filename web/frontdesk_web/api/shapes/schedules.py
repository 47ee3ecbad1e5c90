"""A change of plan that was put off, as Stripe shows it: a subscription schedule of two phases.

The first phase is the present period, the second the one after it, with the items as they are to be. A schedule has no
row of its own: its id is made of its subscription's, and it exists for as long as the change waits.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from frontdesk.book import Price, Subscription
from frontdesk.periods import stretch_from
from frontdesk_web.api.shapes.values import account_id, unix, unix_or_none

PREFIX = "sub_sched_"


def schedule_id(subscription: str) -> str:
    """The id of the schedule that a subscription's waiting change is."""
    return PREFIX + subscription.removeprefix("sub_")


def subscription_of(schedule: str) -> str | None:
    """The id of the subscription that a schedule belongs to; None where this cannot be a schedule's id."""
    return "sub_" + schedule.removeprefix(PREFIX) if schedule.startswith(PREFIX) else None


def schedule(
    stored: Subscription,
    known: Mapping[str, Price],
    livemode: bool,
    *,
    status: Literal["active", "released", "canceled"] = "active",
    over_at: datetime | None = None,
) -> dict[str, Any]:
    """The schedule of a subscription, which is as it was while the change waited. `over_at` is when it ended."""
    planned = stored.put_off
    if planned is None:
        raise ValueError(f"no change of {stored.id} is waiting")
    recurring = known[planned.items[0].price].recurring
    start, end = stored.period_start, stored.period_end
    after = end if recurring is None else stretch_from(stored.anchor, recurring, end).end
    active, released = status == "active", status == "released"
    items = [{"price": each.price, "quantity": each.quantity} for each in stored.items]
    new_items = [{"price": each.price, "quantity": each.quantity} for each in planned.items]
    return {
        "id": schedule_id(stored.id),
        "object": "subscription_schedule",
        "application": None,
        "billing_mode": {
            "flexible": {"proration_discounts": "included"} if stored.billing_mode == "flexible" else None,
            "type": stored.billing_mode,
        },
        "canceled_at": unix_or_none(over_at) if status == "canceled" else None,
        "completed_at": None,
        "created": unix(planned.asked),
        "current_phase": {"end_date": unix(end), "start_date": unix(start)} if active else None,
        "customer": stored.customer,
        "customer_account": account_id(stored.customer),
        "default_settings": _default_settings(stored),
        "end_behavior": "release",
        "livemode": livemode,
        "metadata": {},
        "phases": [_phase(stored, items, start, end), _phase(stored, new_items, end, after)],
        "released_at": unix_or_none(over_at) if released else None,
        "released_subscription": stored.id if released else None,
        "status": status,
        "subscription": stored.id if active else None,
        "test_clock": None,
    }


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


def _phase(stored: Subscription, items: list[dict[str, Any]], start: datetime, end: datetime) -> dict[str, Any]:
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
            {"billing_thresholds": None, "discounts": [], "metadata": {}, "tax_rates": [], **each} for each in items
        ],
        "metadata": {},
        "on_behalf_of": None,
        "proration_behavior": "none",
        "start_date": unix(start),
        "transfer_data": None,
        "trial_end": None,
    }

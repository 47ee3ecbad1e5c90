"""Prices, and the plans that Stripe still shows beside them on subscription items."""

from typing import Any

from frontdesk.book import Price
from frontdesk_web.api.shapes.values import unit_amounts, unix


def price(stored: Price, livemode: bool) -> dict[str, Any]:
    """A price. `unit_amount` is null where the price has decimals; `unit_amount_decimal` is always there."""
    whole, exact = unit_amounts(stored.unit_amount, stored.currency)
    recurring = None
    if stored.recurring is not None:
        recurring = {
            "interval": stored.recurring.interval,
            "interval_count": stored.recurring.interval_count,
            "meter": None,
            "trial_period_days": None,
            "usage_type": stored.recurring.usage_type,
        }
    return {
        "id": stored.id,
        "object": "price",
        "active": stored.active,
        "billing_scheme": "per_unit",
        "created": unix(stored.created),
        "currency": stored.currency,
        "custom_unit_amount": None,
        "livemode": livemode,
        "lookup_key": stored.lookup_key,
        "metadata": dict(stored.metadata),
        "nickname": stored.nickname,
        "product": stored.product,
        "recurring": recurring,
        "tax_behavior": stored.tax_behavior,
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time" if recurring is None else "recurring",
        "unit_amount": whole,
        "unit_amount_decimal": exact,
    }


def plan(stored: Price, livemode: bool) -> dict[str, Any]:
    """A recurring price in the older shape."""
    whole, exact = unit_amounts(stored.unit_amount, stored.currency)
    recurring = stored.recurring
    return {
        "id": stored.id,
        "object": "plan",
        "active": stored.active,
        "amount": whole,
        "amount_decimal": exact,
        "billing_scheme": "per_unit",
        "created": unix(stored.created),
        "currency": stored.currency,
        "interval": recurring.interval if recurring else "month",
        "interval_count": recurring.interval_count if recurring else 1,
        "livemode": livemode,
        "metadata": dict(stored.metadata),
        "meter": None,
        "nickname": stored.nickname,
        "product": stored.product,
        "tiers_mode": None,
        "transform_usage": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }

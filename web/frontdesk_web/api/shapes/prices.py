"""Prices, and the plans that Stripe still shows beside them on subscription items."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from frontdesk.book import CurrencyOption, Price, Tier
from frontdesk_web.api.shapes.values import unit_amounts, unix


def price(stored: Price, livemode: bool) -> dict[str, Any]:
    """A price. `unit_amount` is null where the price has decimals or tiers, `unit_amount_decimal` only where tiers.

    `tiers` and `currency_options` are only there when they are asked for, see `expansions`.
    """
    whole, exact = _amounts(stored.unit_amount, stored.currency)
    recurring = None
    if stored.recurring is not None:
        recurring = {
            "interval": stored.recurring.interval,
            "interval_count": stored.recurring.interval_count,
            "meter": stored.recurring.meter,
            "trial_period_days": None,
            "usage_type": stored.recurring.usage_type,
        }
    return {
        "id": stored.id,
        "object": "price",
        "active": stored.active,
        "billing_scheme": stored.billing_scheme,
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
        "tiers_mode": stored.tiers_mode,
        "transform_quantity": _transform(stored),
        "type": "one_time" if recurring is None else "recurring",
        "unit_amount": whole,
        "unit_amount_decimal": exact,
    }


def plan(stored: Price, livemode: bool) -> dict[str, Any]:
    """A recurring price in the older shape."""
    whole, exact = _amounts(stored.unit_amount, stored.currency)
    recurring = stored.recurring
    return {
        "id": stored.id,
        "object": "plan",
        "active": stored.active,
        "amount": whole,
        "amount_decimal": exact,
        "billing_scheme": stored.billing_scheme,
        "created": unix(stored.created),
        "currency": stored.currency,
        "interval": recurring.interval if recurring else "month",
        "interval_count": recurring.interval_count if recurring else 1,
        "livemode": livemode,
        "metadata": dict(stored.metadata),
        "meter": recurring.meter if recurring else None,
        "nickname": stored.nickname,
        "product": stored.product,
        "tiers_mode": stored.tiers_mode,
        "transform_usage": _transform(stored),
        "trial_period_days": None,
        "usage_type": recurring.usage_type if recurring else "licensed",
    }


def tiers(given: Sequence[Tier], currency: str) -> list[dict[str, Any]]:
    """Tiers, of a price as of a plan; the last one's `up_to` is null."""
    shown = []
    for each in given:
        flat, flat_exact = _amounts(each.flat_amount, currency)
        unit, unit_exact = _amounts(each.unit_amount, currency)
        shown.append(
            {
                "flat_amount": flat,
                "flat_amount_decimal": flat_exact,
                "unit_amount": unit,
                "unit_amount_decimal": unit_exact,
                "up_to": each.up_to,
            }
        )
    return shown


def currency_options(stored: Price) -> dict[str, Any]:
    """What a price is in each of its currencies, its own among them."""
    own = CurrencyOption(unit_amount=stored.unit_amount, tiers=stored.tiers, tax_behavior=stored.tax_behavior)
    options = {stored.currency: own, **stored.currency_options}
    return {currency: _option(option, currency) for currency, option in sorted(options.items())}


def _option(option: CurrencyOption, currency: str) -> dict[str, Any]:
    whole, exact = _amounts(option.unit_amount, currency)
    shown: dict[str, Any] = {
        "custom_unit_amount": None,
        "tax_behavior": option.tax_behavior,
        "unit_amount": whole,
        "unit_amount_decimal": exact,
    }
    return shown | ({"tiers": tiers(option.tiers, currency)} if option.tiers else {})


def _transform(stored: Price) -> dict[str, Any] | None:
    transform = stored.transform_quantity
    return None if transform is None else {"divide_by": transform.divide_by, "round": transform.round}


def _amounts(amount: Decimal | None, currency: str) -> tuple[int | None, str | None]:
    return (None, None) if amount is None else unit_amounts(amount, currency)

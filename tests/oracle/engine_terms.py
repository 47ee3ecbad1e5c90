"""The shop of the stories as the engine knows it, and instants there and back."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from frontdesk.book import (
    BillingSettings,
    CurrencyOption,
    Price,
    Product,
    Recurring,
    Terms,
    Tier,
    TransformQuantity,
)
from frontdesk.coupons import Coupon
from frontdesk.tax_rates import TaxRate
from oracle.shop import COUPONS, PRICES, RATES

_1970 = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


def instant(seconds: int) -> datetime:
    """Seconds since 1970 as the engine has it."""
    return _1970 + seconds * _SECOND


def seconds(at: datetime | None) -> int | None:
    """The engine's instant in seconds since 1970."""
    return None if at is None else (at - _1970) // _SECOND


def _tiers(sold: dict) -> tuple[Tier, ...]:
    return tuple(
        Tier(up_to=up_to, unit_amount=Decimal(unit), flat_amount=Decimal(flat))
        for up_to, unit, flat in sold.get("tiers", ())
    )


def _price(id: str, price: dict) -> Price:
    interval, count = price["rhythm"]
    usage: Any = "metered" if "meter" in price else "licensed"
    package = price.get("package")
    return Price(
        id=id,
        product=price["product"],
        currency=price["currency"],
        created=_1970,
        unit_amount=Decimal(price["unit"]) if "unit" in price else None,
        recurring=Recurring(interval=interval, interval_count=count, usage_type=usage, meter=price.get("meter")),
        billing_scheme="tiered" if "tiers" in price else "per_unit",
        tiers=_tiers(price),
        tiers_mode=price.get("mode"),
        transform_quantity=TransformQuantity(divide_by=package, round=price["round"]) if package else None,
        currency_options={
            currency: CurrencyOption(unit_amount=Decimal(sold["unit"]), tiers=_tiers(sold))
            for currency, sold in price.get("options", {}).items()
        },
    )


def _coupon(id: str, coupon: dict) -> Coupon:
    return Coupon(
        id=id,
        created=_1970,
        percent_off=Decimal(coupon["percent"]) if "percent" in coupon else None,
        amounts_off=coupon.get("amounts", {}),
        currency=next(iter(coupon.get("amounts", {})), None),
        duration=coupon["lasts"],
        duration_in_months=coupon.get("months"),
        products=coupon.get("products", ()),
    )


TERMS = Terms(
    settings=BillingSettings(currency="eur"),
    products={
        each["product"]: Product(id=each["product"], name=each["product"], created=_1970, updated=_1970)
        for each in PRICES.values()
    },
    prices={id: _price(id, each) for id, each in PRICES.items()},
    coupons={id: _coupon(id, each) for id, each in COUPONS.items()},
    tax_rates={
        id: TaxRate(
            id=id,
            display_name=id,
            percentage=Decimal(each["percent"]),
            inclusive=each["inclusive"],
            created=_1970,
        )
        for id, each in RATES.items()
    },
)

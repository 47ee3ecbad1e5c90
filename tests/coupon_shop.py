"""What is sold in random lives, and every kind of coupon that can be given in them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from frontdesk.book import BillingSettings, Price, Product, Recurring, Terms
from frontdesk.coupons import Coupon, DiscountChoice, PromotionCode

BORN = datetime(2024, 1, 31, 11, 22, 33, tzinfo=UTC)
UNITS = (0, 333, 999, 1000, 2001, 54321)
PRICES = {
    f"{interval}_{unit}": Price(
        id=f"{interval}_{unit}",
        product="odd" if unit % 2 else "even",
        currency="eur",
        unit_amount=Decimal(unit),
        created=BORN,
        recurring=Recurring(interval=interval),
    )
    for interval in ("month", "year")
    for unit in UNITS
}


def _coupon(id: str, percent: str | None = None, amount: int | None = None, **fields: Any) -> Coupon:
    return Coupon(
        id=id,
        created=BORN,
        percent_off=None if percent is None else Decimal(percent),
        amounts_off={} if amount is None else {"eur": amount},
        **({"duration": "forever"} | fields),
    )


_COUPONS = (
    _coupon("tenth", "10", redeem_by=BORN + timedelta(days=200)),
    _coupon("third", "33.33", duration="repeating", duration_in_months=3),
    _coupon("half", "50", duration="once", max_redemptions=2),
    _coupon("all", "100", duration="repeating", duration_in_months=2),
    _coupon("five", amount=500),
    _coupon("much", amount=100_000, duration="once"),
    _coupon("some", amount=701, duration="repeating", duration_in_months=5, products=("odd",)),
    _coupon("of_odd", "25", products=("odd",)),
)
_CODES = (
    PromotionCode(id="promo_1", code="SPRING", coupon="third", created=BORN, expires_at=BORN + timedelta(days=400)),
    PromotionCode(id="promo_2", code="FIRST", coupon="some", created=BORN, first_time_transaction=True),
    PromotionCode(id="promo_3", code="HALF", coupon="half", created=BORN),
)
COUPONS = {each.id: each for each in _COUPONS}
BY_CODE = {each.code: each for each in _CODES}
TERMS = Terms(
    settings=BillingSettings(currency="eur"),
    products={id: Product(id=id, name="Plan", created=BORN, updated=BORN) for id in ("odd", "even")},
    prices=PRICES,
    coupons=COUPONS,
    promotion_codes={each.id: each for each in _CODES},
)


def choice(given: str) -> DiscountChoice:
    """A coupon by its id, or a code by what customers type."""
    code = BY_CODE.get(given)
    return DiscountChoice(coupon=given) if code is None else DiscountChoice(promotion_code=code.id)

"""Coupons, promotion codes, and the discounts that somebody has of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, get_args

from msgspec import Struct

from frontdesk.coupons import Coupon, Discount, Duration, PromotionCode
from frontdesk_stripe.reading.wire import (
    Expandable,
    Reference,
    Unreadable,
    currency_of,
    decimal,
    decoded,
    id_of,
    id_or_none,
    instant,
    instant_or_none,
    minor,
    one_of,
    own_metadata,
)

COUPON_EXPANSIONS = ("applies_to", "currency_options")
"""What must be asked for with a coupon."""


class WireAmountOff(Struct, frozen=True):
    """What a coupon takes off in one currency."""

    amount_off: int


class WireAppliesTo(Struct, frozen=True):
    """The products that a coupon is for."""

    products: Sequence[str] = ()


class WireCoupon(Struct, frozen=True, kw_only=True):
    """A coupon."""

    id: str
    created: int = 0
    name: str | None = None
    percent_off: float | None = None
    amount_off: int | None = None
    currency: str | None = None
    currency_options: Mapping[str, WireAmountOff] | None = None
    duration: str | None = None
    duration_in_months: int | None = None
    max_redemptions: int | None = None
    redeem_by: int | None = None
    applies_to: WireAppliesTo | None = None
    metadata: Mapping[str, str] | None = None
    times_redeemed: int = 0
    deleted: bool = False


class WireMinimum(Struct, frozen=True):
    """What a first bill must come to in one currency."""

    minimum_amount: int


class WireRestrictions(Struct, frozen=True, kw_only=True):
    """Who may use a promotion code."""

    first_time_transaction: bool = False
    minimum_amount: int | None = None
    minimum_amount_currency: str | None = None
    currency_options: Mapping[str, WireMinimum] | None = None


class WireCouponSource(Struct, frozen=True, kw_only=True):
    """Which coupon it is, in the newer era."""

    coupon: str | WireCoupon | None = None


class WirePromotionCode(Struct, frozen=True, kw_only=True):
    """A promotion code. `promotion` is of the newer era, `coupon` of the older."""

    id: str
    code: str
    created: int
    active: bool = True
    promotion: WireCouponSource | None = None
    coupon: str | WireCoupon | None = None
    customer: Expandable | None = None
    expires_at: int | None = None
    max_redemptions: int | None = None
    restrictions: WireRestrictions = WireRestrictions()
    metadata: Mapping[str, str] | None = None
    times_redeemed: int = 0


class WirePromotionReference(Struct, frozen=True):
    """A promotion code as a discount names it."""

    id: str
    code: str | None = None


class WireDiscount(Struct, frozen=True, kw_only=True):
    """A coupon in somebody's hands. `source` is of the newer era, `coupon` of the older."""

    id: str
    start: int
    end: int | None = None
    source: WireCouponSource | None = None
    coupon: str | WireCoupon | None = None
    promotion_code: str | WirePromotionReference | None = None
    subscription_item: str | None = None


def read_coupon(given: Mapping[str, Any], version: int) -> Coupon:
    """A coupon, asked for with `COUPON_EXPANSIONS`.

    Raises:
        Unreadable: it takes nothing off that we know of.
    """
    return _coupon(decoded(given, WireCoupon), version)


def read_promotion_code(given: Mapping[str, Any], version: int) -> PromotionCode:
    """A promotion code.

    Raises:
        Unreadable: it gives no coupon.
    """
    wire = decoded(given, WirePromotionCode)
    coupon = wire.coupon if wire.promotion is None else wire.promotion.coupon
    if coupon is None:
        raise Unreadable(f"promotion code {wire.id}: it gives no coupon")
    least = {currency_of(code): minor(each.minimum_amount, currency_of(code)) for code, each in _minimums(wire).items()}
    return PromotionCode(
        id=wire.id,
        version=version,
        code=wire.code,
        coupon=coupon if isinstance(coupon, str) else coupon.id,
        created=instant(wire.created),
        active=wire.active,
        customer=id_or_none(wire.customer),
        expires_at=instant_or_none(wire.expires_at),
        max_redemptions=wire.max_redemptions,
        first_time_transaction=wire.restrictions.first_time_transaction,
        currency=next(iter(least), None),
        minimum_amounts=least,
        metadata=own_metadata(wire.metadata),
        times_redeemed=wire.times_redeemed,
    )


def discount(wire: WireDiscount, coupons: Mapping[str, Coupon], missing: set[str]) -> Discount | None:
    """A discount with the terms of its coupon; None, and the coupon's id in `missing`, where nobody knows that.

    `coupons` holds those that were read before, by id; one that lies in the discount is read from there.
    """
    found = wire.coupon if wire.source is None else wire.source.coupon
    if found is None:
        raise Unreadable(f"discount {wire.id}: it is of no coupon")
    coupon = coupons.get(id_of(found if isinstance(found, str) else Reference(found.id)))
    if coupon is None and not isinstance(found, str):
        coupon = _coupon(found, 1)
    if coupon is None:
        missing.add(str(found))
        return None
    code = wire.promotion_code
    return Discount(
        id=wire.id,
        coupon=coupon.id,
        start=instant(wire.start),
        end=instant_or_none(wire.end),
        duration=coupon.duration,
        percent_off=coupon.percent_off,
        amounts_off=coupon.amounts_off,
        products=coupon.products,
        name=coupon.name,
        promotion_code=code if code is None or isinstance(code, str) else code.id,
        code=None if code is None or isinstance(code, str) else code.code,
        item=wire.subscription_item,
    )


def discounts_of(
    owner: str, given: Sequence[str | WireDiscount] | None, coupons: Mapping[str, Coupon], missing: set[str]
) -> tuple[Discount, ...]:
    """All discounts of `owner`, which is named where something is wrong; coupons as in `discount`.

    Raises:
        Unreadable: no more is given of one than its id, since it was not asked for.
    """
    found = []
    for each in given or ():
        if isinstance(each, str):
            raise Unreadable(f"{owner}: its discounts were not asked for")
        found.append(discount(each, coupons, missing))
    return tuple(each for each in found if each is not None)


def _coupon(wire: WireCoupon, version: int) -> Coupon:
    amounts: dict[str, int] = {}
    if wire.amount_off is not None and wire.currency is not None:
        amounts[currency_of(wire.currency)] = minor(wire.amount_off, currency_of(wire.currency))
        for code, option in (wire.currency_options or {}).items():
            amounts.setdefault(currency_of(code), minor(option.amount_off, currency_of(code)))
    percent: Decimal | None = None if wire.percent_off is None else decimal(wire.percent_off)
    if percent is None and not amounts and not wire.deleted:
        raise Unreadable(f"coupon {wire.id}: it takes nothing off that we know of")
    redeem_by: datetime | None = instant_or_none(wire.redeem_by)
    duration: Literal["once", "repeating", "forever"] = one_of(wire.duration, get_args(Duration), "once")
    return Coupon(
        id=wire.id,
        version=version,
        created=instant(wire.created),
        name=wire.name,
        percent_off=percent,
        currency=next(iter(amounts), None),
        amounts_off=amounts,
        duration=duration,
        duration_in_months=wire.duration_in_months,
        max_redemptions=wire.max_redemptions,
        redeem_by=redeem_by,
        products=() if wire.applies_to is None else tuple(wire.applies_to.products),
        metadata=own_metadata(wire.metadata),
        times_redeemed=wire.times_redeemed,
        deleted=wire.deleted,
    )


def _minimums(wire: WirePromotionCode) -> Mapping[str, WireMinimum]:
    limits = wire.restrictions
    found = dict(limits.currency_options or {})
    if limits.minimum_amount is not None and limits.minimum_amount_currency is not None:
        found = {limits.minimum_amount_currency: WireMinimum(limits.minimum_amount), **found}
    return found

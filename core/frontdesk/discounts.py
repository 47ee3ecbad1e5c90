"""What discounts take off the lines of a bill (trust.md §D1, §D2; cases P06, P52, P54, P56, P57).

Discounts are applied in the order listed, each to what the ones before have left. A percentage is rounded once a
line, half away from zero. An amount is split over the lines by `money.allocate`. Nothing falls below zero, and what
a discount could not take is not carried over. Bound to an item come before those of the whole subscription.
"""

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from frontdesk.book import Customer, Line, Recurring, Subscription, SubscriptionItem
from frontdesk.coupons import Coupon, Discount, LineDiscount, PromotionCode
from frontdesk.money import allocate, round_half_away
from frontdesk.periods import boundary


class Charge(Struct, frozen=True, kw_only=True):
    """One line before discounts: `amount` in minor units."""

    amount: int
    product: str | None = None
    item: str | None = None


def discount_of(
    id: str, coupon: Coupon, at: datetime, *, code: PromotionCode | None = None, item: str | None = None
) -> Discount:
    """A coupon given at an instant. A repeating one ends its months later, day clamped, that instant excluded (P54)."""
    months = coupon.duration_in_months if coupon.duration == "repeating" else None
    return Discount(
        id=id,
        coupon=coupon.id,
        start=at,
        end=None if months is None else boundary(at, Recurring(interval="month"), months),
        duration=coupon.duration,
        percent_off=coupon.percent_off,
        amounts_off=coupon.amounts_off,
        products=coupon.products,
        name=coupon.name,
        promotion_code=None if code is None else code.id,
        code=None if code is None else code.code,
        item=item,
    )


def of_subscription(customer: Customer, subscription: Subscription, at: datetime) -> tuple[Discount, ...]:
    """The discounts that a bill of the subscription has at an instant, in the order in which they are applied.

    The customer's own stands in where the subscription has none, or none any more.
    """
    own = () if customer.discount is None else (customer.discount,)
    if not (subscription.discounts or own or any(each.discounts for each in subscription.items)):
        return ()
    bound = [each for item in subscription.items for each in item.discounts if each.in_force(at)]
    whole = [each for each in subscription.discounts if each.in_force(at)]
    return (*bound, *(whole or (each for each in own if each.in_force(at))))


def taken_off(
    charges: Sequence[Charge], discounts: Sequence[Discount], currency: str
) -> tuple[tuple[LineDiscount, ...], ...]:
    """What the discounts take off each line. A discount that takes nothing off a line is not named there."""
    left = [max(0, each.amount) for each in charges]
    taken: list[list[LineDiscount]] = [[] for _ in charges]
    for discount in discounts:
        meant = [place for place, each in enumerate(charges) if _applies(discount, each)]
        parts = _parts(discount, [left[place] for place in meant], currency)
        for place, part in zip(meant, parts, strict=True):
            if part:
                left[place] -= part
                taken[place].append(
                    LineDiscount(
                        discount=discount.id,
                        coupon=discount.coupon,
                        amount=part,
                        name=discount.name,
                        code=discount.code,
                        percent_off=discount.percent_off,
                        duration=discount.duration,
                    )
                )
    return tuple(tuple(each) for each in taken)


def total_of(taken: Sequence[LineDiscount]) -> int:
    """What discounts took together, in minor units."""
    return sum(each.amount for each in taken)


def charges_of(items: Sequence[SubscriptionItem], amounts: Sequence[int], products: Sequence[str]) -> list[Charge]:
    """The items of a subscription at these full amounts."""
    return [
        Charge(amount=amount, product=product, item=item.id)
        for item, amount, product in zip(items, amounts, products, strict=True)
    ]


def by_discount(lines: Sequence[Line], *, prorations: bool = False) -> tuple[LineDiscount, ...]:
    """What each discount took off all of these lines together, in their order; off `prorations` only if asked for."""
    sums: dict[str, LineDiscount] = {}
    for line in lines:
        for each in line.discounts if prorations or not line.proration else ():
            known = sums.get(each.discount)
            sums[each.discount] = each if known is None else replace(known, amount=known.amount + each.amount)
    return tuple(sums.values())


def _applies(discount: Discount, charge: Charge) -> bool:
    if discount.item is not None and discount.item != charge.item:
        return False
    return not discount.products or charge.product in discount.products


def _parts(discount: Discount, left: list[int], currency: str) -> list[int]:
    if discount.percent_off is not None:
        rate = Fraction(discount.percent_off) / 100
        return [min(each, round_half_away(each * rate)) for each in left]
    amount = min(discount.amounts_off.get(currency, 0), sum(left))
    if not left or amount <= 0:
        return [0] * len(left)
    return _within(list(allocate(amount, left)), left)


def _within(parts: list[int], limits: list[int]) -> list[int]:
    """The remainder may be more than the last line is worth: what is too much goes to the lines before it."""
    over = 0
    for place in reversed(range(len(parts))):
        wanted = parts[place] + over
        parts[place] = min(wanted, limits[place])
        over = wanted - parts[place]
    return parts

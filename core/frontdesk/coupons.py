"""Coupons, promotion codes and discounts: what may be taken off, who may have it, and what somebody has.

A *coupon* says how much is taken off and for how long; a *promotion code* is what a customer types to get one; a
*discount* is a coupon that was given to a customer, a subscription or one item of it (docs.stripe.com/billing/
subscriptions/coupons). Amounts are integers in ISO 4217 minor units, by lower-case currency.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Literal

from msgspec import Struct

Duration = Literal["once", "repeating", "forever"]


class Coupon(Struct, frozen=True, kw_only=True):
    """Either `percent_off` (over 0, at most 100) or `amounts_off`, by currency; `currency` is the first of those.

    What it takes off never changes after creation, so that whoever was given it keeps what was promised.
    `times_redeemed` is counted by the storage, in the transaction that gives it.
    """

    id: str
    created: datetime
    version: int = 1
    name: str | None = None
    percent_off: Decimal | None = None
    currency: str | None = None
    amounts_off: Mapping[str, int] = {}
    duration: Duration = "once"
    duration_in_months: int | None = None
    max_redemptions: int | None = None
    redeem_by: datetime | None = None
    products: tuple[str, ...] = ()
    """The products it applies to; none means all."""
    metadata: Mapping[str, str] = {}
    times_redeemed: int = 0
    deleted: bool = False

    @property
    def used_up(self) -> bool:
        """Whether it was given as often as it may be."""
        return self.max_redemptions is not None and self.times_redeemed >= self.max_redemptions

    def expired(self, at: datetime) -> bool:
        """Whether its last moment has passed."""
        return self.redeem_by is not None and self.redeem_by <= at

    def valid(self, at: datetime) -> bool:
        """Whether it can still be given."""
        return not (self.deleted or self.used_up or self.expired(at))


class PromotionCode(Struct, frozen=True, kw_only=True):
    """A code that gives a coupon. `customer` is the only one who may use it, where one is named.

    `minimum_amounts` holds, by currency, what a first bill must come to; `currency` is the first of those.
    """

    id: str
    code: str
    coupon: str
    created: datetime
    version: int = 1
    active: bool = True
    customer: str | None = None
    expires_at: datetime | None = None
    max_redemptions: int | None = None
    first_time_transaction: bool = False
    currency: str | None = None
    minimum_amounts: Mapping[str, int] = {}
    metadata: Mapping[str, str] = {}
    times_redeemed: int = 0

    @property
    def used_up(self) -> bool:
        """Whether it was used as often as it may be."""
        return self.max_redemptions is not None and self.times_redeemed >= self.max_redemptions

    def expired(self, at: datetime) -> bool:
        """Whether its last moment has passed."""
        return self.expires_at is not None and self.expires_at <= at

    def usable(self, coupon: Coupon | None, at: datetime) -> bool:
        """Whether anybody can still use it: a code is worth no more than its coupon."""
        return self.active and not self.used_up and not self.expired(at) and coupon is not None and coupon.valid(at)


class Discount(Struct, frozen=True, kw_only=True):
    """A coupon in somebody's hands, with its terms copied in. It is in force for `[start, end)`.

    `item` names the subscription item it is bound to; None means all of the subscription.
    """

    id: str
    coupon: str
    start: datetime
    end: datetime | None = None
    duration: Duration = "once"
    percent_off: Decimal | None = None
    amounts_off: Mapping[str, int] = {}
    products: tuple[str, ...] = ()
    name: str | None = None
    promotion_code: str | None = None
    code: str | None = None
    item: str | None = None

    def in_force(self, at: datetime) -> bool:
        """Whether a bill made at this instant has it."""
        return self.start <= at and (self.end is None or at < self.end)


class LineDiscount(Struct, frozen=True, kw_only=True):
    """What one discount took off one line, as a positive amount, with what faces call it."""

    discount: str
    coupon: str
    amount: int
    name: str | None = None
    code: str | None = None
    percent_off: Decimal | None = None
    duration: Duration = "forever"


class DiscountChoice(Struct, frozen=True, kw_only=True):
    """One discount as a command asks for it; exactly one field is set.

    `discount` keeps one that is there; `code` is what somebody typed.
    """

    coupon: str | None = None
    promotion_code: str | None = None
    discount: str | None = None
    code: str | None = None


class Redemption(Struct, frozen=True, kw_only=True):
    """A coupon was given, by a promotion code or without one: the storage counts it, or refuses to."""

    coupon: str
    promotion_code: str | None = None


def folded_code(code: str) -> str:
    """A code without the difference of letter case, as it is compared."""
    return code.strip().lower()

"""Coupons, promotion codes, and the discounts that come of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from frontdesk.book import Line
from frontdesk.coupons import Coupon, Discount, LineDiscount, PromotionCode
from frontdesk.discounts import by_discount
from frontdesk_web.api.shapes.values import account_id, amount, unix, unix_or_none


def coupon(stored: Coupon, livemode: bool, now: datetime) -> dict[str, Any]:
    """A coupon. One that was deleted is shown as it was, and not as valid: who has it keeps it."""
    off, currency = stored.amounts_off, stored.currency
    shown: dict[str, Any] = {
        "id": stored.id,
        "object": "coupon",
        "amount_off": None if currency is None else amount(off[currency], currency),
        "created": unix(stored.created),
        "currency": currency,
        "duration": stored.duration,
        "duration_in_months": stored.duration_in_months,
        "livemode": livemode,
        "max_redemptions": stored.max_redemptions,
        "metadata": dict(stored.metadata),
        "name": stored.name,
        "percent_off": None if stored.percent_off is None else float(stored.percent_off),
        "redeem_by": unix_or_none(stored.redeem_by),
        "times_redeemed": stored.times_redeemed,
        "valid": stored.valid(now),
    }
    if stored.products:
        shown["applies_to"] = {"products": list(stored.products)}
    if currency is not None:
        shown["currency_options"] = {each: {"amount_off": amount(worth, each)} for each, worth in off.items()}
    return shown


def promotion_code(stored: PromotionCode, of: Coupon | None, livemode: bool, now: datetime) -> dict[str, Any]:
    """A promotion code. It is active as long as somebody can use it."""
    currency, least = stored.currency, stored.minimum_amounts
    restrictions: dict[str, Any] = {
        "first_time_transaction": stored.first_time_transaction,
        "minimum_amount": None if currency is None else amount(least[currency], currency),
        "minimum_amount_currency": currency,
    }
    if currency is not None:
        restrictions["currency_options"] = {
            each: {"minimum_amount": amount(worth, each)} for each, worth in least.items()
        }
    return {
        "id": stored.id,
        "object": "promotion_code",
        "active": stored.usable(of, now),
        "code": stored.code,
        "created": unix(stored.created),
        "customer": stored.customer,
        "customer_account": None if stored.customer is None else account_id(stored.customer),
        "expires_at": unix_or_none(stored.expires_at),
        "livemode": livemode,
        "max_redemptions": stored.max_redemptions,
        "metadata": dict(stored.metadata),
        "promotion": {"coupon": stored.coupon, "type": "coupon"},
        "restrictions": restrictions,
        "times_redeemed": stored.times_redeemed,
    }


def discount(
    stored: Discount,
    customer: str,
    *,
    subscription: str | None = None,
    invoice: str | None = None,
    on_item: bool = False,
) -> dict[str, Any]:
    """A discount as its holder has it. `on_item` says that `item` is an invoice item, not one of a subscription."""
    return {
        "id": stored.id,
        "object": "discount",
        "checkout_session": None,
        "customer": customer,
        "customer_account": account_id(customer),
        "end": unix_or_none(stored.end),
        "invoice": invoice,
        "invoice_item": stored.item if on_item else None,
        "promotion_code": stored.promotion_code,
        "source": {"coupon": stored.coupon, "type": "coupon"},
        "start": unix(stored.start),
        "subscription": subscription,
        "subscription_item": None if on_item else stored.item,
    }


def deleted_discount(stored: Discount, customer: str, subscription: str | None = None) -> dict[str, Any]:
    """What is left of a discount that was taken away."""
    shown = discount(stored, customer, subscription=subscription)
    return {name: value for name, value in shown.items() if name != "end"} | {"deleted": True}


def ids(discounts: tuple[Discount, ...]) -> list[str]:
    """Discounts by their ids, as lists of them are shown unless they are expanded."""
    return [each.id for each in discounts]


def line_discounts(stored: Line) -> dict[str, Any]:
    """What a line says of its discounts. Those of a proration are inside of its amount."""
    taken: tuple[LineDiscount, ...] = () if stored.proration else stored.discounts
    return {
        "discount_amounts": [_taken(each, stored.currency) for each in taken],
        "discounts": [each.discount for each in taken],
    }


def total_discounts(lines: tuple[Line, ...], currency: str) -> list[dict[str, Any]]:
    """What each discount took off an invoice."""
    return [_taken(each, currency) for each in by_discount(lines)]


def by_id(discounts: tuple[Discount, ...]) -> Mapping[str, Discount]:
    """Discounts by their ids."""
    return {each.id: each for each in discounts}


def _taken(taken: LineDiscount, currency: str) -> dict[str, Any]:
    return {"amount": amount(taken.amount, currency), "discount": taken.discount}

"""Why a coupon or a promotion code cannot be had, sentence by sentence; Stripe's words where clients match on them."""

from frontdesk.errors import Refusal

_EXPIRED = "coupon_expired"
"""Stripe's code for coupons that cannot be given any more."""


def code_unknown(code: str, param: str | None = None) -> Refusal:
    """Nobody has made this code, or it was switched off, or it is another customer's."""
    return Refusal(
        code="code_unknown",
        for_customer="We do not know the code “{code}”. Please check how it is written, or leave the field empty.",
        for_tenant="No such promotion code: '{code}'",
        parameters={"code": code[:40]},
        param=param,
        api_code="resource_missing",
    )


def coupon_expired(coupon: str, param: str | None = None) -> Refusal:
    """Its `redeem_by` has passed."""
    return Refusal(
        code="coupon_expired",
        for_customer="This code has expired. You can go on without it.",
        for_tenant="Coupon expired: {coupon}",
        parameters={"coupon": coupon},
        param=param,
        api_code=_EXPIRED,
    )


def coupon_used_up(coupon: str, param: str | None = None) -> Refusal:
    """It was given as often as it may be."""
    return Refusal(
        code="coupon_used_up",
        for_customer="This code has been used up. You can go on without it.",
        for_tenant="Coupon {coupon} is used up and cannot be applied.",
        parameters={"coupon": coupon},
        param=param,
        api_code=_EXPIRED,
    )


def code_inactive(param: str | None = None) -> Refusal:
    """It was switched off."""
    return Refusal(
        code="promotion_code_inactive",
        for_customer="This code is no longer valid. You can go on without it.",
        for_tenant="This promotion code cannot be redeemed because it is inactive.",
        param=param,
        api_code=_EXPIRED,
    )


def code_expired(param: str | None = None) -> Refusal:
    """Its `expires_at` has passed."""
    return Refusal(
        code="promotion_code_expired",
        for_customer="This code has expired. You can go on without it.",
        for_tenant="This promotion code cannot be redeemed because it has expired.",
        param=param,
        api_code=_EXPIRED,
    )


def code_used_up(param: str | None = None) -> Refusal:
    """It was used as often as it may be."""
    return Refusal(
        code="promotion_code_used_up",
        for_customer="This code has been used up. You can go on without it.",
        for_tenant="This promotion code cannot be redeemed because it has reached its maximum number of redemptions.",
        param=param,
        api_code=_EXPIRED,
    )


def code_of_another(param: str | None = None) -> Refusal:
    """It was made for another customer."""
    return Refusal(
        code="promotion_code_of_another",
        for_customer="This code was made for another customer. You can go on without it.",
        for_tenant="This promotion code cannot be redeemed because it is restricted to another customer.",
        param=param,
    )


def not_first_time(param: str | None = None) -> Refusal:
    """It is for first orders."""
    return Refusal(
        code="promotion_code_not_first_time",
        for_customer="This code is for first orders only. You can go on without it.",
        for_tenant="This promotion code cannot be redeemed because the associated customer has prior transactions.",
        param=param,
        api_code="promotion_code_customer_not_first_time",
    )


def minimum_not_met(param: str | None = None) -> Refusal:
    """The first bill comes to less than the code asks for."""
    return Refusal(
        code="promotion_code_minimum",
        for_customer="This code is for larger orders. You can go on without it.",
        for_tenant="This promotion code cannot be redeemed because the associated purchase does not meet the minimum"
        " amount requirement.",
        param=param,
    )


def minimum_on_update(param: str | None = None) -> Refusal:
    """A minimum is a first bill's; there is none here (portal_spec.md §C.5)."""
    return Refusal(
        code="promotion_code_minimum_on_update",
        for_customer="This code is for new subscriptions only. You can go on without it.",
        for_tenant="A promotion code with a minimum amount can only be applied when a subscription is created.",
        param=param,
    )


def applies_to_nothing(param: str | None = None) -> Refusal:
    """None of what is bought is among the coupon's products."""
    return Refusal(
        code="coupon_applies_to_nothing",
        for_customer="This code is not for the plan that you have chosen. You can go on without it.",
        for_tenant="This coupon cannot be redeemed because it does not apply to anything in this order.",
        param=param,
        api_code="coupon_applies_to_nothing",
    )


def coupon_currency(coupon: str, currency: str, param: str | None = None) -> Refusal:
    """An amount has a currency, and the bill has another one."""
    return Refusal(
        code="coupon_currency",
        for_customer="This code is for another currency than yours. You can go on without it.",
        for_tenant="The coupon `{coupon}` takes off an amount and has none in `{currency}`.",
        parameters={"coupon": coupon, "currency": currency},
        param=param,
    )


def coupon_twice(coupon: str, param: str | None = None) -> Refusal:
    """One coupon is had once at a time."""
    return Refusal(
        code="coupon_twice",
        for_customer="You have this discount already.",
        for_tenant="The coupon `{coupon}` is applied already.",
        parameters={"coupon": coupon},
        param=param,
    )


def discount_twice(discount: str, param: str | None = None) -> Refusal:
    """A discount that is kept is named once."""
    return Refusal(
        code="discount_twice",
        for_customer="This cannot be done now.",
        for_tenant="The discount `{discount}` is named twice.",
        parameters={"discount": discount},
        param=param,
    )


def codes_not_asked() -> Refusal:
    """The configuration has no field for codes."""
    return Refusal(
        code="promotion_code_not_allowed",
        for_customer="Codes cannot be used here. Please contact us.",
        for_tenant="This subscription cannot be updated with a promotion code because `default_allowed_updates` of the"
        " portal configuration does not include `promotion_code`.",
    )


def only_by_code() -> Refusal:
    """Customers get discounts by codes alone."""
    return Refusal(
        code="discount_not_allowed",
        for_customer="This cannot be done here. Please contact us.",
        for_tenant="Customers can add a discount by a promotion code only.",
    )

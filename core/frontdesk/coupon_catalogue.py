"""What may be written of coupons and promotion codes (portal_spec.md §C.5; limits and sentences as in Stripe's API).

`terms` must hold what a command can touch: the coupon, its products, and every active promotion code that has the
wanted code. That codes are unique in the end is the storage's business.
"""

import re
from datetime import datetime
from decimal import Decimal

from msgspec import UNSET
from msgspec.structs import replace

from frontdesk.book import Metadata, Terms
from frontdesk.catalogue_commands import (
    CreateCoupon,
    CreatePromotionCode,
    DeleteCoupon,
    UpdateCoupon,
    UpdatePromotionCode,
)
from frontdesk.catalogue_refusals import refuse
from frontdesk.changes import Changes
from frontdesk.coupons import Coupon, PromotionCode, folded_code
from frontdesk.errors import Refused
from frontdesk.money import known_currency
from frontdesk.refusals import no_such

MAX_NAME = 40
MAX_MONTHS = 1200
"""A hundred years: longer is meant as forever."""
MAX_AMOUNT = 99_999_999
PERCENT_PLACES = 2
CODE = re.compile(r"[A-Za-z0-9-]{1,500}", re.ASCII)


def create_coupon(terms: Terms, command: CreateCoupon, now: datetime, metadata: Metadata) -> Changes:
    """A new coupon. Raises Refused."""
    if command.id in terms.coupons:
        refuse("coupon_exists", "Coupon already exists.", "id", api_code="resource_already_exists")
    _check_name(command.name)
    _check_worth(command)
    _check_duration(command)
    _check_bounds(command.max_redemptions, command.redeem_by, "redeem_by", now)
    for place, product in enumerate(command.products):
        known = terms.products.get(product)
        if known is None or known.deleted:
            raise Refused(no_such("product", product, f"applies_to[products][{place}]"))
    coupon = Coupon(
        id=command.id,
        created=now,
        name=command.name or None,
        percent_off=command.percent_off,
        currency=command.currency if command.percent_off is None else None,
        amounts_off=dict(command.amounts_off),
        duration=command.duration,
        duration_in_months=command.duration_in_months,
        max_redemptions=command.max_redemptions,
        redeem_by=command.redeem_by,
        products=tuple(dict.fromkeys(command.products)),
        metadata=metadata,
    )
    return Changes(coupons=(coupon,))


def update_coupon(terms: Terms, command: UpdateCoupon, metadata: Metadata | None) -> Changes:
    """A coupon's new name, further currencies and metadata. Raises Refused."""
    coupon = _coupon(terms, command.id)
    name = coupon.name if command.name is UNSET else command.name or None
    _check_name(name)
    for currency, amount in command.amounts_off.items():
        if coupon.percent_off is not None:
            refuse(
                "coupon_is_percentage", "Only coupons with `amount_off` have `currency_options`.", "currency_options"
            )
        if coupon.amounts_off.get(currency, amount) != amount:
            refuse(
                "coupon_amount_frozen",
                "The amount of a coupon in a currency cannot be changed once it is set.",
                f"currency_options[{currency}][amount_off]",
            )
        _check_amount(currency, amount, f"currency_options[{currency}]")
    changed = replace(
        coupon,
        name=name,
        amounts_off={**coupon.amounts_off, **command.amounts_off},
        metadata=coupon.metadata if metadata is None else metadata,
        version=coupon.version + 1,
    )
    return Changes(coupons=(changed,))


def delete_coupon(terms: Terms, command: DeleteCoupon) -> Changes:
    """A coupon that nobody is given any more; discounts that were given stay. Raises Refused."""
    coupon = _coupon(terms, command.id)
    return Changes(coupons=(replace(coupon, deleted=True, version=coupon.version + 1),))


def create_code(terms: Terms, command: CreatePromotionCode, now: datetime, metadata: Metadata) -> Changes:
    """A new promotion code, which takes over from codes of the same name that nobody can use. Raises Refused."""
    coupon = _coupon(terms, command.coupon, "promotion[coupon]")
    if not coupon.valid(now):
        refuse(
            "coupon_not_valid",
            "This promotion code cannot be created because its coupon is not valid.",
            "promotion[coupon]",
        )
    if not CODE.fullmatch(command.code):
        refuse("code_invalid", "A code consists of letters (a-z, A-Z), digits (0-9) and dashes (-).", "code")
    _check_bounds(command.max_redemptions, command.expires_at, "expires_at", now)
    for name, of_code, of_coupon in (
        ("max_redemptions", command.max_redemptions, coupon.max_redemptions),
        ("expires_at", command.expires_at, coupon.redeem_by),
    ):
        if of_code is not None and of_coupon is not None and of_code > of_coupon:  # type: ignore[operator]
            refuse("code_outlives_coupon", "`{name}` cannot be beyond that of the coupon.", name, name=name)
    for currency, amount in command.minimum_amounts.items():
        _check_amount(currency, amount, "restrictions[minimum_amount]")
    code = PromotionCode(
        id=command.id,
        code=command.code,
        coupon=coupon.id,
        created=now,
        active=command.active,
        customer=command.customer,
        expires_at=command.expires_at,
        max_redemptions=command.max_redemptions,
        first_time_transaction=command.first_time_transaction,
        currency=command.currency,
        minimum_amounts=dict(command.minimum_amounts),
        metadata=metadata,
    )
    released = _released(terms, code, now) if code.active else ()
    return Changes(promotion_codes=(*released, code))


def update_code(terms: Terms, command: UpdatePromotionCode, now: datetime, metadata: Metadata | None) -> Changes:
    """A promotion code switched on or off, with further minimum amounts or other metadata. Raises Refused."""
    code = terms.promotion_codes.get(command.id)
    if code is None:
        raise Refused(no_such("promotion code", command.id, "promotion_code"))
    active = code.active if command.active is UNSET else command.active
    for currency, amount in command.minimum_amounts.items():
        _check_amount(currency, amount, f"restrictions[currency_options][{currency}][minimum_amount]")
    changed = replace(
        code,
        active=active,
        minimum_amounts={**code.minimum_amounts, **command.minimum_amounts},
        metadata=code.metadata if metadata is None else metadata,
        version=code.version + 1,
    )
    if active and not code.active and not changed.usable(terms.coupons.get(code.coupon), now):
        refuse(
            "code_cannot_be_active", "This promotion code cannot be activated because nobody could redeem it.", "active"
        )
    released = _released(terms, changed, now) if active and not code.active else ()
    return Changes(promotion_codes=(*released, changed))


def _released(terms: Terms, wanted: PromotionCode, now: datetime) -> tuple[PromotionCode, ...]:
    """Active codes of the same name that give it up, because nobody can use them. Raises Refused for one in use.

    A code of everybody's and one of a single customer would be the same to that customer.
    """
    same = [
        each
        for each in terms.promotion_codes.values()
        if each.id != wanted.id
        and each.active
        and folded_code(each.code) == folded_code(wanted.code)
        and (each.customer is None or wanted.customer is None or each.customer == wanted.customer)
    ]
    for each in same:
        if each.usable(terms.coupons.get(each.coupon), now):
            refuse(
                "code_taken",
                "An active promotion code with `code: {code}` already exists.",
                "code",
                api_code="resource_already_exists",
                code=wanted.code,
            )
    return tuple(replace(each, active=False, version=each.version + 1) for each in same)


def _check_name(name: str | None) -> None:
    if name is not None and len(name) > MAX_NAME:
        refuse("text_too_long", "`name` has at most {limit} characters.", "name", limit=MAX_NAME)


def _check_worth(command: CreateCoupon) -> None:
    if (command.percent_off is None) == (not command.amounts_off):
        refuse(
            "coupon_worth",
            "You must pass exactly one of `percent_off` and `amount_off`.",
            "percent_off" if command.percent_off is not None else None,
            api_code="parameter_missing" if command.percent_off is None else "parameters_exclusive",
        )
    if command.percent_off is not None:
        _check_percent(command.percent_off)
    elif command.currency not in command.amounts_off:
        refuse(
            "currency_missing", "You must pass `currency` with `amount_off`.", "currency", api_code="parameter_missing"
        )
    for currency, amount in command.amounts_off.items():
        named = "amount_off" if currency == command.currency else f"currency_options[{currency}][amount_off]"
        _check_amount(currency, amount, named)


def _check_percent(percent: Decimal) -> None:
    places = percent.normalize().as_tuple().exponent if percent.is_finite() else 0
    if not percent.is_finite() or not 0 < percent <= 100:
        refuse("percent_invalid", "Invalid percent_off: must be greater than 0 and at most 100.", "percent_off")
    if isinstance(places, int) and -places > PERCENT_PLACES:
        refuse("percent_places", "`percent_off` has at most 2 decimal places.", "percent_off")


def _check_amount(currency: str, amount: int, param: str) -> None:
    if not known_currency(currency):
        refuse("currency_unknown", "Invalid currency: {currency}.", param, currency=currency)
    if not 0 < amount <= MAX_AMOUNT:
        refuse(
            "amount_invalid",
            "An amount is an integer from 1 to {limit}.",
            param,
            api_code="parameter_invalid_integer",
            limit=MAX_AMOUNT,
        )


def _check_duration(command: CreateCoupon) -> None:
    months = command.duration_in_months
    if command.duration == "repeating" and months is None:
        refuse(
            "months_missing",
            "You must pass `duration_in_months` when `duration` is `repeating`.",
            "duration_in_months",
            api_code="parameter_missing",
        )
    if command.duration != "repeating" and months is not None:
        refuse(
            "months_unwanted",
            "`duration_in_months` is for coupons whose `duration` is `repeating`.",
            "duration_in_months",
        )
    if months is not None and not 1 <= months <= MAX_MONTHS:
        refuse(
            "months_invalid",
            "`duration_in_months` must be an integer from 1 to {limit}.",
            "duration_in_months",
            api_code="parameter_invalid_integer",
            limit=MAX_MONTHS,
        )


def _check_bounds(most: int | None, until: datetime | None, param: str, now: datetime) -> None:
    if most is not None and most < 1:
        refuse(
            "max_redemptions_invalid",
            "`max_redemptions` must be at least 1.",
            "max_redemptions",
            api_code="parameter_invalid_integer",
        )
    if until is not None and until <= now:
        refuse("instant_past", "`{name}` must be in the future.", param, name=param)


def _coupon(terms: Terms, id: str, param: str = "coupon") -> Coupon:
    coupon = terms.coupons.get(id)
    if coupon is None or coupon.deleted:
        raise Refused(no_such("coupon", id, param))
    return coupon

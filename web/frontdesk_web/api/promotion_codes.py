"""`/v1/promotion_codes`."""

from typing import Any

from msgspec import UNSET

from frontdesk.catalogue_commands import CreatePromotionCode, UpdatePromotionCode
from frontdesk.coupons import PromotionCode
from frontdesk.ids import random_token
from frontdesk_tenants import listings
from frontdesk_web.api.calls import CREATED, CURSOR, Call, Endpoint, list_of, metadata_change, new_metadata
from frontdesk_web.api.coupons import AMOUNT, minor, options_of
from frontdesk_web.api.customers import NAMES, named, present
from frontdesk_web.api.errors import ApiError, exclusive_params, missing_param
from frontdesk_web.api.parameters import Choice, Flag, Group, Instant, Keyed, Metadata, Required, Text, Whole
from frontdesk_web.api.views import show_all, show_stored

OPTIONS = Keyed(of=Group(of={"minimum_amount": Required(AMOUNT)}))
CREATE: dict[str, Any] = NAMES | {
    "active": Flag(),
    "code": Text(maximum=500),
    # How it was asked for until 2025.
    "coupon": Text(maximum=255),
    "expires_at": Instant(),
    "max_redemptions": Whole(minimum=1),
    "metadata": Metadata(),
    "promotion": Group(of={"coupon": Text(maximum=255), "type": Required(Choice(of=("coupon",)))}),
    "restrictions": Group(
        of={
            "currency_options": OPTIONS,
            "first_time_transaction": Flag(),
            "minimum_amount": AMOUNT,
            "minimum_amount_currency": Text(maximum=10),
        }
    ),
}
UPDATE: dict[str, Any] = {
    "active": Flag(),
    "metadata": Metadata(),
    "restrictions": Group(of={"currency_options": OPTIONS}),
}
LIST = CURSOR | CREATED | NAMES | {"active": Flag(), "code": Text(maximum=500), "coupon": Text(maximum=255)}
CODE_LENGTH = 8


async def create(call: Call) -> dict[str, Any]:
    """Add a promotion code. Without a `code` one is made up."""
    given = call.given
    who = named(given)
    owner = None if who is None else await present(call, *who)
    if "coupon" in given:
        await call.stored("coupon", given["coupon"], "coupon")
    restrictions = given.get("restrictions", {})
    currency, amounts = _minimum(restrictions)
    command = CreatePromotionCode(
        id=call.ids("promo"),
        code=given.get("code") or random_token(CODE_LENGTH).upper(),
        coupon=_coupon(given),
        active=given.get("active", True),
        customer=None if owner is None else owner.id,
        expires_at=given.get("expires_at"),
        max_redemptions=given.get("max_redemptions"),
        first_time_transaction=restrictions.get("first_time_transaction", False),
        currency=currency,
        minimum_amounts=amounts,
        metadata=new_metadata(given),
    )
    return await show_stored(call, "promotion code", await call.change_catalogue(command))


async def retrieve(call: Call) -> dict[str, Any]:
    """One promotion code."""
    stored = await call.stored("promotion code", call.path["promotion_code"])
    return await show_stored(call, "promotion code", stored.id)


async def update(call: Call) -> dict[str, Any]:
    """Change what may change of a promotion code."""
    given = call.given
    stored: PromotionCode = await call.stored("promotion code", call.path["promotion_code"])
    if given:
        command = UpdatePromotionCode(
            id=stored.id,
            active=given.get("active", UNSET),
            minimum_amounts=options_of(
                given.get("restrictions", {}), "minimum_amount", "restrictions[currency_options]"
            ),
            metadata=metadata_change(given, stored.metadata) if "metadata" in given else UNSET,
        )
        await call.change_catalogue(command)
    return await show_stored(call, "promotion code", stored.id)


async def list_all(call: Call) -> dict[str, Any]:
    """Promotion codes, newest first."""
    given = call.given
    of = named(given)
    async with call.transaction() as connection:
        page = await listings.promotion_codes(
            connection,
            call.cursor(),
            active=given.get("active"),
            code=given.get("code"),
            coupon=given.get("coupon"),
            customer=None if of is None else of[0],
        )
        return list_of("/v1/promotion_codes", page, await show_all(call, connection, "promotion code", page.items))


def _coupon(given: dict[str, Any]) -> str:
    promotion = given.get("promotion")
    if promotion is not None and "coupon" in given:
        raise exclusive_params("promotion", "coupon")
    found: str | None = given.get("coupon") if promotion is None else promotion.get("coupon")
    if found is None:
        raise missing_param("promotion" if promotion is None else "promotion[coupon]")
    return found


def _minimum(restrictions: dict[str, Any]) -> tuple[str | None, dict[str, int]]:
    """The currency of the minimum amount, and what it is in this and in further currencies."""
    amount, currency = restrictions.get("minimum_amount"), restrictions.get("minimum_amount_currency")
    further = options_of(restrictions, "minimum_amount", "restrictions[currency_options]")
    if (amount is None) != (currency is None):
        raise ApiError(
            "You must pass both `minimum_amount` and `minimum_amount_currency`, or neither.",
            code="parameter_missing",
            param="restrictions[minimum_amount]" if amount is None else "restrictions[minimum_amount_currency]",
        )
    if amount is None or currency is None:
        if further:
            raise missing_param("restrictions[minimum_amount]")
        return None, {}
    lower = currency.lower()
    return lower, {lower: minor(amount, lower, "restrictions[minimum_amount]"), **further}


_ONE = "/v1/promotion_codes/{promotion_code:str}"
endpoints = (
    Endpoint(method="POST", path="/v1/promotion_codes", takes=CREATE, act=create),
    Endpoint(method="GET", path="/v1/promotion_codes", takes=LIST, act=list_all),
    Endpoint(method="GET", path=_ONE, takes={}, act=retrieve),
    Endpoint(method="POST", path=_ONE, takes=UPDATE, act=update),
)

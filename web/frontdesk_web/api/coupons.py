"""`/v1/coupons`."""

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET

from frontdesk.catalogue_commands import CreateCoupon, DeleteCoupon, UpdateCoupon
from frontdesk.coupons import Coupon
from frontdesk.ids import random_token
from frontdesk.money import amount_from_stripe, known_currency
from frontdesk_tenants import listings
from frontdesk_web.api.calls import CREATED, CURSOR, Call, Endpoint, list_of, metadata_change, new_metadata
from frontdesk_web.api.errors import ApiError, no_such
from frontdesk_web.api.parameters import Choice, Group, Instant, Keyed, Many, Metadata, Number, Required, Text, Whole
from frontdesk_web.api.views import show_all, show_stored

AMOUNT = Whole(minimum=1, maximum=99_999_999)
OPTIONS = Keyed(of=Group(of={"amount_off": Required(AMOUNT)}))
CREATE: dict[str, Any] = {
    "amount_off": AMOUNT,
    "applies_to": Group(of={"products": Many(of=Text(maximum=255))}),
    "currency": Text(maximum=10),
    "currency_options": OPTIONS,
    "duration": Choice(of=("forever", "once", "repeating")),
    "duration_in_months": Whole(minimum=1),
    "id": Text(maximum=255),
    "max_redemptions": Whole(minimum=1),
    "metadata": Metadata(),
    "name": Text(maximum=40),
    "percent_off": Number(),
    "redeem_by": Instant(),
}
UPDATE: dict[str, Any] = {
    "currency_options": OPTIONS,
    "metadata": Metadata(),
    "name": Text(maximum=40, clears=True),
}
LIST = CURSOR | CREATED
ID_LENGTH = 8
_ID_ALPHABET = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-.")


async def create(call: Call) -> dict[str, Any]:
    """Add a coupon."""
    given = call.given
    id_ = given.get("id") or random_token(ID_LENGTH)
    if not set(id_) <= _ID_ALPHABET:
        raise ApiError("A coupon's id has letters, digits, underscores, dashes and full stops only.", param="id")
    currency = given["currency"].lower() if "currency" in given else None
    amounts = options_of(given, "amount_off")
    if "amount_off" in given:
        if currency is None:
            raise ApiError("You must pass `currency` with `amount_off`.", code="parameter_missing", param="currency")
        amounts = {currency: minor(given["amount_off"], currency, "amount_off"), **amounts}
    command = CreateCoupon(
        id=id_,
        name=given.get("name"),
        percent_off=given.get("percent_off"),
        currency=currency,
        amounts_off=amounts,
        duration=given.get("duration", "once"),
        duration_in_months=given.get("duration_in_months"),
        max_redemptions=given.get("max_redemptions"),
        redeem_by=given.get("redeem_by"),
        products=given.get("applies_to", {}).get("products", ()),
        metadata=new_metadata(given),
    )
    await call.change_catalogue(command)
    return await show_stored(call, "coupon", id_)


async def retrieve(call: Call) -> dict[str, Any]:
    """One coupon."""
    return await show_stored(call, "coupon", (await _present(call)).id)


async def update(call: Call) -> dict[str, Any]:
    """Change what may change of a coupon."""
    given = call.given
    stored = await _present(call)
    if given:
        command = UpdateCoupon(
            id=stored.id,
            name=given.get("name", UNSET),
            amounts_off=options_of(given, "amount_off"),
            metadata=metadata_change(given, stored.metadata) if "metadata" in given else UNSET,
        )
        await call.change_catalogue(command)
    return await show_stored(call, "coupon", stored.id)


async def delete(call: Call) -> dict[str, Any]:
    """Give a coupon to nobody any more. Who has it keeps it."""
    stored = await _present(call)
    await call.change_catalogue(DeleteCoupon(stored.id))
    return {"id": stored.id, "object": "coupon", "deleted": True}


async def list_all(call: Call) -> dict[str, Any]:
    """Coupons, newest first."""
    async with call.transaction() as connection:
        page = await listings.coupons(connection, call.cursor())
        return list_of("/v1/coupons", page, await show_all(call, connection, "coupon", page.items))


def options_of(given: Mapping[str, Any], name: str, at: str = "currency_options") -> dict[str, int]:
    """Amounts in further currencies, in ISO minor units."""
    return {
        currency.lower(): minor(option[name], currency.lower(), f"{at}[{currency}][{name}]")
        for currency, option in given.get("currency_options", {}).items()
    }


def minor(amount: int, currency: str, param: str) -> int:
    """An amount in Stripe's smallest unit in ISO minor units. Raises ApiError."""
    if not known_currency(currency):
        raise ApiError(
            f"Invalid currency: {currency}. Use the three letters of an ISO 4217 currency, such as eur or usd.",
            param="currency",
        )
    try:
        return amount_from_stripe(amount, currency)
    except ValueError:
        raise ApiError(
            f"Invalid integer: amounts in {currency} must be a multiple of 100.",
            code="parameter_invalid_integer",
            param=param,
        ) from None


async def _present(call: Call) -> Coupon:
    stored: Coupon = await call.stored("coupon", call.path["coupon"])
    if stored.deleted:
        raise no_such("coupon", stored.id, None)
    return stored


endpoints = (
    Endpoint(method="POST", path="/v1/coupons", takes=CREATE, act=create),
    Endpoint(method="GET", path="/v1/coupons", takes=LIST, act=list_all),
    Endpoint(method="GET", path="/v1/coupons/{coupon:str}", takes={}, act=retrieve),
    Endpoint(method="POST", path="/v1/coupons/{coupon:str}", takes=UPDATE, act=update),
    Endpoint(method="DELETE", path="/v1/coupons/{coupon:str}", takes={}, act=delete),
)

"""`/v1/prices`."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from msgspec import UNSET

from frontdesk.book import Price, Recurring
from frontdesk.commands import CreatePrice, CreateProduct, ProductFields, UpdatePrice
from frontdesk.money import amount_from_stripe, known_currency, unit_amount_from_stripe
from frontdesk_tenants import listings
from frontdesk_web.api import tax_codes
from frontdesk_web.api.calls import CREATED, CURSOR, Call, Endpoint, list_of, metadata_change, new_metadata
from frontdesk_web.api.errors import ApiError, exclusive_params, missing_param
from frontdesk_web.api.parameters import Absent, Choice, Flag, Group, Many, Metadata, Number, Required, Text, Whole
from frontdesk_web.api.views import show_all, show_stored

INTERVALS = ("day", "week", "month", "year")
TAX_BEHAVIORS = ("inclusive", "exclusive", "unspecified")
RECURRING = Group(
    of={
        "interval": Required(Choice(of=INTERVALS)),
        "interval_count": Whole(minimum=1),
        "meter": Absent(what="Usage meters are"),
        "trial_period_days": Absent(what="Trials are"),
        "usage_type": Absent(what="Usage-based prices are", harmless=("", "licensed")),
    }
)
_AMOUNT: dict[str, Any] = {
    "currency": Required(Text(maximum=10)),
    "currency_options": Absent(what="Several currencies for one price are"),
    "custom_unit_amount": Absent(what="Prices that the customer chooses are"),
    "recurring": RECURRING,
    "tax_behavior": Choice(of=TAX_BEHAVIORS),
    "unit_amount": Whole(maximum=999_999_999_999),
    "unit_amount_decimal": Number(),
}
INLINE = _AMOUNT | {"metadata": Metadata()}
"""A price described inside of another request: `default_price_data`."""
_PRODUCT = Group(
    of={
        "active": Flag(),
        "id": Text(maximum=255),
        "metadata": Metadata(),
        "name": Required(Text()),
        "statement_descriptor": Text(),
        "tax_code": Text(),
        "unit_label": Text(),
    }
)
CREATE = INLINE | {
    "active": Flag(),
    "billing_scheme": Absent(what="Tiered prices are", harmless=("", "per_unit")),
    "lookup_key": Text(maximum=200),
    "nickname": Text(),
    "product": Text(maximum=255),
    "product_data": _PRODUCT,
    "tiers": Absent(what="Tiered prices are"),
    "tiers_mode": Absent(what="Tiered prices are"),
    "transfer_lookup_key": Flag(),
    "transform_quantity": Absent(what="Prices for packages are"),
}
UPDATE: dict[str, Any] = {
    "active": Flag(),
    "currency_options": Absent(what="Several currencies for one price are"),
    "lookup_key": Text(maximum=200, clears=True),
    "metadata": Metadata(),
    "nickname": Text(clears=True),
    "tax_behavior": Choice(of=TAX_BEHAVIORS),
    "transfer_lookup_key": Flag(),
}
LIST = (
    CURSOR
    | CREATED
    | {
        "active": Flag(),
        "currency": Text(maximum=10),
        "lookup_keys": Many(of=Text(maximum=200), maximum=10),
        "product": Text(maximum=255),
        "recurring": Group(
            of={
                "interval": Choice(of=INTERVALS),
                "meter": Absent(what="Usage meters are"),
                "usage_type": Absent(what="Usage-based prices are", harmless=("", "licensed")),
            }
        ),
        "type": Choice(of=("one_time", "recurring")),
    }
)


async def create(call: Call) -> dict[str, Any]:
    """Add a price to a product, which may be described along with it."""
    given = call.given
    if "product" in given and "product_data" in given:
        raise exclusive_params("product", "product_data")
    if "product_data" in given:
        product = await _add_product(call, given["product_data"])
    elif "product" in given:
        product = given["product"]
    else:
        raise missing_param("product")
    return await show_stored(call, "price", await add(call, given, product))


async def add(call: Call, given: Mapping[str, Any], product: str, at: str = "") -> str:
    """Add a price as described; returns its id. `at` is where the description stands in the request."""
    currency = given["currency"].lower()
    if not known_currency(currency):
        raise ApiError(
            f"Invalid currency: {currency}. Use the three letters of an ISO 4217 currency, such as eur or usd.",
            param=_below(at, "currency"),
        )
    recurring = given.get("recurring")
    command = CreatePrice(
        id=call.ids("price"),
        product=product,
        currency=currency,
        unit_amount=_unit_amount(given, currency, at),
        recurring=None
        if recurring is None
        else Recurring(interval=recurring["interval"], interval_count=recurring.get("interval_count", 1)),
        active=given.get("active", True),
        nickname=given.get("nickname"),
        lookup_key=given.get("lookup_key"),
        transfer_lookup_key=given.get("transfer_lookup_key", False),
        tax_behavior=given.get("tax_behavior", "unspecified"),
        metadata=new_metadata(given),
    )
    await call.change_catalogue(command)
    return command.id


async def retrieve(call: Call) -> dict[str, Any]:
    """One price."""
    await call.stored("price", call.path["price"])
    return await show_stored(call, "price", call.path["price"])


async def update(call: Call) -> dict[str, Any]:
    """Change what may change of a price."""
    given = call.given
    price: Price = await call.stored("price", call.path["price"])
    if given:
        command = UpdatePrice(
            id=price.id,
            active=given.get("active", UNSET),
            nickname=given.get("nickname", UNSET),
            lookup_key=given.get("lookup_key", UNSET),
            transfer_lookup_key=given.get("transfer_lookup_key", False),
            tax_behavior=given.get("tax_behavior", UNSET),
            metadata=metadata_change(given, price.metadata) if "metadata" in given else UNSET,
        )
        await call.change_catalogue(command)
    return await show_stored(call, "price", price.id)


async def list_all(call: Call) -> dict[str, Any]:
    """Prices, newest first. Archived ones are among them unless `active` says otherwise."""
    given = call.given
    kind = given.get("type")
    async with call.transaction() as connection:
        page = await listings.prices(
            connection,
            call.cursor(),
            active=given.get("active"),
            currency=given["currency"].lower() if "currency" in given else None,
            product=given.get("product"),
            lookup_keys=given.get("lookup_keys"),
            recurring=None if kind is None else kind == "recurring",
            interval=given.get("recurring", {}).get("interval"),
        )
        return list_of("/v1/prices", page, await show_all(call, connection, "price", page.items))


def _unit_amount(given: Mapping[str, Any], currency: str, at: str) -> Decimal:
    """The unit price in ISO minor units, from whichever of the two parameters was given."""
    if "unit_amount" in given and "unit_amount_decimal" in given:
        raise exclusive_params(_below(at, "unit_amount"), _below(at, "unit_amount_decimal"))
    if "unit_amount_decimal" in given:
        return unit_amount_from_stripe(given["unit_amount_decimal"], currency)
    if "unit_amount" not in given:
        raise ApiError(
            "Must provide one of `unit_amount` and `unit_amount_decimal`.",
            code="parameter_missing",
            param=_below(at, "unit_amount"),
        )
    try:
        return Decimal(amount_from_stripe(given["unit_amount"], currency))
    except ValueError:
        raise ApiError(
            f"Invalid integer: amounts in {currency} must be a multiple of 100.",
            code="parameter_invalid_integer",
            param=_below(at, "unit_amount"),
        ) from None


async def _add_product(call: Call, given: Mapping[str, Any]) -> str:
    if given.get("tax_code"):
        await tax_codes.must_exist(call, given["tax_code"], "product_data[tax_code]")
    id_: str = given.get("id") or call.ids("prod")
    names = ("active", "name", "statement_descriptor", "tax_code", "unit_label")
    fields = ProductFields(**{name: given[name] for name in names if name in given}, metadata=new_metadata(given))
    await call.change_catalogue(CreateProduct(id=id_, fields=fields))
    return id_


def _below(at: str, name: str) -> str:
    return f"{at}[{name}]" if at else name


endpoints = (
    Endpoint(method="POST", path="/v1/prices", takes=CREATE, act=create),
    Endpoint(method="GET", path="/v1/prices", takes=LIST, act=list_all),
    Endpoint(method="GET", path="/v1/prices/{price:str}", takes={}, act=retrieve),
    Endpoint(method="POST", path="/v1/prices/{price:str}", takes=UPDATE, act=update),
)

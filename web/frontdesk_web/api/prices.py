"""`/v1/prices`."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from msgspec import UNSET

from frontdesk.book import Price, Recurring
from frontdesk.catalogue_commands import CreatePrice, CreateProduct, ProductFields, UpdatePrice
from frontdesk.money import known_currency
from frontdesk_tenants import listings
from frontdesk_web.api import price_amounts, tax_codes
from frontdesk_web.api.calls import CREATED, CURSOR, Call, Endpoint, list_of, metadata_change, new_metadata
from frontdesk_web.api.errors import ApiError, exclusive_params, missing_param
from frontdesk_web.api.parameters import Absent, Choice, Flag, Group, Many, Metadata, Required, Text, Whole
from frontdesk_web.api.views import show_all, show_stored

INTERVALS = ("day", "week", "month", "year")
RECURRING = Group(
    of={
        "interval": Required(Choice(of=INTERVALS)),
        "interval_count": Whole(minimum=1),
        "meter": Text(maximum=255),
        "trial_period_days": Absent(what="Trials are"),
        "usage_type": Choice(of=("licensed", "metered")),
    }
)
INLINE: dict[str, Any] = price_amounts.UNIT_AMOUNT | {
    "currency": Required(Text(maximum=10)),
    "currency_options": price_amounts.CURRENCY_OPTIONS,
    "metadata": Metadata(),
    "recurring": RECURRING,
}
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
CREATE = (INLINE | price_amounts.SCHEME) | {
    "active": Flag(),
    "lookup_key": Text(maximum=200),
    "nickname": Text(),
    "product": Text(maximum=255),
    "product_data": _PRODUCT,
    "transfer_lookup_key": Flag(),
}
UPDATE: dict[str, Any] = {
    "active": Flag(),
    "currency_options": price_amounts.CURRENCY_OPTIONS,
    "lookup_key": Text(maximum=200, clears=True),
    "metadata": Metadata(),
    "nickname": Text(clears=True),
    "tax_behavior": Choice(of=price_amounts.TAX_BEHAVIORS),
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
                "meter": Text(maximum=255),
                "usage_type": Choice(of=("licensed", "metered")),
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
            param=price_amounts.below(at, "currency"),
        )
    recurring = given.get("recurring")
    if recurring is not None and "meter" in recurring:
        await call.stored("billing meter", recurring["meter"], price_amounts.below(at, "recurring") + "[meter]")
    command = CreatePrice(
        id=call.ids("price"),
        product=product,
        currency=currency,
        unit_amount=_amount_needed(given, currency, at),
        recurring=None
        if recurring is None
        else Recurring(
            interval=recurring["interval"],
            interval_count=recurring.get("interval_count", 1),
            usage_type=recurring.get("usage_type", "licensed"),
            meter=recurring.get("meter"),
        ),
        active=given.get("active", True),
        nickname=given.get("nickname"),
        lookup_key=given.get("lookup_key"),
        transfer_lookup_key=given.get("transfer_lookup_key", False),
        tax_behavior=given.get("tax_behavior", "unspecified"),
        billing_scheme=given.get("billing_scheme", "per_unit"),
        tiers=price_amounts.tiers(given, currency, at),
        tiers_mode=given.get("tiers_mode"),
        transform_quantity=price_amounts.transform_quantity(given),
        currency_options=price_amounts.currency_options(given, at),
        metadata=new_metadata(given),
    )
    return await call.change_catalogue(command)


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
            currency_options=price_amounts.currency_options(given, ""),
            metadata=metadata_change(given, price.metadata) if "metadata" in given else UNSET,
        )
        await call.change_catalogue(command)
    return await show_stored(call, "price", price.id)


async def list_all(call: Call) -> dict[str, Any]:
    """Prices, newest first. Archived ones are among them unless `active` says otherwise."""
    given = call.given
    kind, recurring = given.get("type"), given.get("recurring", {})
    async with call.transaction() as connection:
        page = await listings.prices(
            connection,
            call.cursor(),
            active=given.get("active"),
            currency=given["currency"].lower() if "currency" in given else None,
            product=given.get("product"),
            lookup_keys=given.get("lookup_keys"),
            recurring=None if kind is None else kind == "recurring",
            interval=recurring.get("interval"),
            usage_type=recurring.get("usage_type"),
            meter=recurring.get("meter"),
        )
        return list_of("/v1/prices", page, await show_all(call, connection, "price", page.items))


def _amount_needed(given: Mapping[str, Any], currency: str, at: str) -> Decimal | None:
    """The unit price, which only a price with tiers does without."""
    found = price_amounts.unit_amount(given, currency, at)
    if found is None and given.get("billing_scheme", "per_unit") == "per_unit":
        raise ApiError(
            "Must provide one of `unit_amount` and `unit_amount_decimal`.",
            code="parameter_missing",
            param=price_amounts.below(at, "unit_amount"),
        )
    return found


async def _add_product(call: Call, given: Mapping[str, Any]) -> str:
    if given.get("tax_code"):
        await tax_codes.must_exist(call, given["tax_code"], "product_data[tax_code]")
    id_: str = given.get("id") or call.ids("prod")
    names = ("active", "name", "statement_descriptor", "tax_code", "unit_label")
    fields = ProductFields(**{name: given[name] for name in names if name in given}, metadata=new_metadata(given))
    await call.change_catalogue(CreateProduct(id=id_, fields=fields))
    return id_


endpoints = (
    Endpoint(method="POST", path="/v1/prices", takes=CREATE, act=create),
    Endpoint(method="GET", path="/v1/prices", takes=LIST, act=list_all),
    Endpoint(method="GET", path="/v1/prices/{price:str}", takes={}, act=retrieve),
    Endpoint(method="POST", path="/v1/prices/{price:str}", takes=UPDATE, act=update),
)

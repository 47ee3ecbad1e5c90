"""`/v1/tax_rates`."""

from collections.abc import Mapping
from typing import Any, get_args

from msgspec import UNSET

from frontdesk.automatic_tax import rate_called
from frontdesk.catalogue_commands import CreateTaxRate, UpdateTaxRate
from frontdesk.tax_rate_catalogue import TEXT_LIMITS
from frontdesk.tax_rates import TaxRate, TaxType
from frontdesk_tenants import listings
from frontdesk_web.api.calls import CREATED, CURSOR, Call, Endpoint, list_of, metadata_change, new_metadata
from frontdesk_web.api.parameters import Choice, Flag, Many, Metadata, Number, Required, Text
from frontdesk_web.api.shapes.tax_rates import tax_rate
from frontdesk_web.api.views import show_all, show_stored

TAX_RATES = Many(of=Text(maximum=255), clears=True, maximum=20)
"""Rates by their ids, where something has some; an empty text takes them away."""
_WORDS: dict[str, Any] = {
    "active": Flag(),
    "country": Text(maximum=5, clears=True),
    "description": Text(maximum=TEXT_LIMITS["description"], clears=True),
    "jurisdiction": Text(maximum=TEXT_LIMITS["jurisdiction"], clears=True),
    "metadata": Metadata(),
    "state": Text(maximum=TEXT_LIMITS["state"], clears=True),
    "tax_type": Choice(of=get_args(TaxType), clears=True),
}
_NAME = Text(maximum=TEXT_LIMITS["display_name"])
CREATE = _WORDS | {
    "display_name": Required(_NAME),
    "inclusive": Required(Flag()),
    "percentage": Required(Number()),
}
UPDATE = _WORDS | {"display_name": _NAME}
LIST = CURSOR | CREATED | {"active": Flag(), "inclusive": Flag()}


async def create(call: Call) -> dict[str, Any]:
    """Add a tax rate."""
    given = call.given
    command = CreateTaxRate(
        id=call.ids("txr"),
        percentage=given["percentage"],
        inclusive=given["inclusive"],
        metadata=new_metadata(given),
        **_words(given),
    )
    return await show_stored(call, "tax rate", await call.change_catalogue(command))


async def retrieve(call: Call) -> dict[str, Any]:
    """One tax rate; one that was worked out as well, where bills name it."""
    automatic = rate_called(call.path["tax_rate"], call.side.settings)
    if automatic is not None:
        return tax_rate(automatic, call.livemode)
    return await show_stored(call, "tax rate", (await _present(call)).id)


async def update(call: Call) -> dict[str, Any]:
    """Change what may change of a tax rate."""
    given = call.given
    stored = await _present(call)
    if given:
        command = UpdateTaxRate(
            id=stored.id,
            metadata=metadata_change(given, stored.metadata) if "metadata" in given else UNSET,
            **_words(given),
        )
        await call.change_catalogue(command)
    return await show_stored(call, "tax rate", stored.id)


async def list_all(call: Call) -> dict[str, Any]:
    """Tax rates, newest first."""
    given = call.given
    async with call.transaction() as connection:
        page = await listings.tax_rates(
            connection, call.cursor(), active=given.get("active"), inclusive=given.get("inclusive")
        )
        return list_of("/v1/tax_rates", page, await show_all(call, connection, "tax rate", page.items))


def _words(given: Mapping[str, Any]) -> dict[str, Any]:
    """What is given of a rate's words. Countries may be written in small letters, as everywhere."""
    words = {name: given[name] for name in (*_WORDS, "display_name") if name in given and name != "metadata"}
    if words.get("country"):
        words["country"] = words["country"].upper()
    return words


async def _present(call: Call) -> TaxRate:
    stored: TaxRate = await call.stored("tax rate", call.path["tax_rate"])
    return stored


endpoints = (
    Endpoint(method="POST", path="/v1/tax_rates", takes=CREATE, act=create),
    Endpoint(method="GET", path="/v1/tax_rates", takes=LIST, act=list_all),
    Endpoint(method="GET", path="/v1/tax_rates/{tax_rate:str}", takes={}, act=retrieve),
    Endpoint(method="POST", path="/v1/tax_rates/{tax_rate:str}", takes=UPDATE, act=update),
)

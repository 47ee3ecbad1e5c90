"""`/v1/tax_codes`: what the installed tax catalogues hold. The same for everybody, live and sandbox alike."""

from typing import Any

from frontdesk.sentences import in_english
from frontdesk.taxes import TaxCode
from frontdesk_web.api.calls import CURSOR, Call, Endpoint, list_of, slice_of
from frontdesk_web.api.errors import no_such, no_such_named
from frontdesk_web.tax_catalogues import all_tax_codes, find_tax_code


async def retrieve(call: Call) -> dict[str, Any]:
    """One tax code."""
    found = await find_tax_code(call.site.plugins, call.path["id"])
    if found is None:
        raise no_such("tax code", call.path["id"], None)
    return _shape(found)


async def list_all(call: Call) -> dict[str, Any]:
    """Tax codes in the order of their catalogue."""
    codes = await all_tax_codes(call.site.plugins)
    page = slice_of(call.cursor(), codes, [each.id for each in codes])
    return list_of("/v1/tax_codes", page, [_shape(each) for each in page.items])


async def must_exist(call: Call, id_: str, param: str) -> None:
    """Raises ApiError (400) where a parameter names no tax code."""
    if await find_tax_code(call.site.plugins, id_) is None:
        raise no_such_named("tax code", id_, param)


def _shape(code: TaxCode) -> dict[str, Any]:
    return {
        "id": code.id,
        "object": "tax_code",
        "description": in_english(code.description),
        "name": in_english(code.name),
    }


endpoints = (
    Endpoint(method="GET", path="/v1/tax_codes", takes=CURSOR, act=list_all),
    Endpoint(method="GET", path="/v1/tax_codes/{id:str}", takes={}, act=retrieve),
)

"""`/v1/tax_codes`: what the installed tax catalogues hold. The same for everybody, live and sandbox alike."""

from typing import Any

from frontdesk.taxes import TaxCatalogue, TaxCode
from frontdesk_web.api.calls import CURSOR, Call, Endpoint, list_of, slice_of
from frontdesk_web.api.errors import no_such, no_such_named


async def retrieve(call: Call) -> dict[str, Any]:
    """One tax code."""
    found = await _find(call, call.path["id"])
    if found is None:
        raise no_such("tax code", call.path["id"], None)
    return _shape(found)


async def list_all(call: Call) -> dict[str, Any]:
    """Tax codes in the order of their catalogue."""
    codes = [code for catalogue in _catalogues(call) for code in await catalogue.codes()]
    page = slice_of(call.cursor(), codes, [each.id for each in codes])
    return list_of("/v1/tax_codes", page, [_shape(each) for each in page.items])


async def must_exist(call: Call, id_: str, param: str) -> None:
    """Raises ApiError (400) where a parameter names no tax code."""
    if await _find(call, id_) is None:
        raise no_such_named("tax code", id_, param)


async def _find(call: Call, id_: str) -> TaxCode | None:
    for catalogue in _catalogues(call):
        found = await catalogue.find(id_)
        if found is not None:
            return found
    return None


def _catalogues(call: Call) -> list[TaxCatalogue]:
    return [kind() for _, kind in sorted(call.site.plugins.tax_catalogues().items())]


def _shape(code: TaxCode) -> dict[str, Any]:
    return {"id": code.id, "object": "tax_code", "description": code.description, "name": code.name}


endpoints = (
    Endpoint(method="GET", path="/v1/tax_codes", takes=CURSOR, act=list_all),
    Endpoint(method="GET", path="/v1/tax_codes/{id:str}", takes={}, act=retrieve),
)

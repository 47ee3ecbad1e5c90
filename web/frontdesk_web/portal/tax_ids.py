"""A customer's own tax ids: added and taken away on the page of billing details."""

from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec.structs import replace

from frontdesk import customer_tax_ids
from frontdesk.errors import Refusal, Refused
from frontdesk.tax_id_types import MAXIMUM
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.forms import read_form
from frontdesk_web.portal.answers import base_path, desk_of, go, known_id, page_answer, refusal_answer
from frontdesk_web.portal.details import asked_of, look_up, with_tax_id
from frontdesk_web.portal.details_views import TypedTaxId, customer_form, details_page, typed_tax_id
from frontdesk_web.portal.flow_pages import saved
from frontdesk_web.portal.visit import Visit
from frontdesk_web.signed_in import dependencies, exception_handlers
from frontdesk_web.site import Site
from frontdesk_web.typed_text import one_line

_SIGNED_IN: dict[str, Any] = {"dependencies": dependencies, "exception_handlers": exception_handlers}


@post("/p/{portal:str}/details/tax-ids", **_SIGNED_IN)
async def add_tax_id(request: AnyRequest, visit: NamedDependency[Visit], site: NamedDependency[Site]) -> Response[Any]:
    """Add one. What cannot be one is shown again with the reason."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    typed = typed_tax_id(form) or TypedTaxId(type=one_line(form.get("type", ""))[:MAXIMUM], value="")
    refusal: Refusal | None = None
    async with desk_of(request, site, visit) as desk:
        customer = desk.account.customer
        try:
            new = await with_tax_id(desk, visit, typed)
        except Refused as refused:
            refusal = refused.refusal
    if refusal is None:
        await look_up(site, visit, new)
        if visit.flow is not None:
            return await saved(site, visit, "details")
        return go(f"{base_path(visit)}/details?saved=tax_id#tax-ids")
    allowed = visit.configuration.features.customer_update
    if refusal.forbidden or not allowed.enabled or "tax_id" not in allowed.allowed_updates:
        return refusal_answer(request, site, visit, refusal)
    page = details_page(asked_of(visit), customer, customer_form(customer), tax_id=replace(typed, refusal=refusal))
    return page_answer(request, site, visit, page, email=customer.email, status=400)


@post("/p/{portal:str}/details/tax-ids/{tax_id:str}/remove", **_SIGNED_IN)
async def remove_tax_id(
    request: AnyRequest, tax_id: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """Take one away. Issued invoices keep it."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    try:
        async with desk_of(request, site, visit) as desk:
            await customer_tax_ids.remove(desk, known_id(tax_id))
    except Refused as refused:
        return refusal_answer(request, site, visit, refused.refusal)
    return go(f"{base_path(visit)}/details?saved=no_tax_id#tax-ids")


routes = [add_tax_id, remove_tax_id]

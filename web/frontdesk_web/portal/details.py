"""Editing name, phone and postal address."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from frontdesk import billing_details
from frontdesk.errors import Refused
from frontdesk.permissions import may_change
from frontdesk.refusals import details_disabled
from frontdesk_web.forms import read_form
from frontdesk_web.portal.answers import AnyRequest, base_path, desk_of, go, page_answer, refusal_answer
from frontdesk_web.portal.details_views import asked_details, customer_form, details_page
from frontdesk_web.signed_in import Visit, dependencies, exception_handlers
from frontdesk_web.site import Site

_SIGNED_IN: dict[str, Any] = {"dependencies": dependencies, "exception_handlers": exception_handlers}


@get("/p/{portal:str}/details", **_SIGNED_IN)
async def edit_details(
    request: AnyRequest, visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The form with what is known."""
    barred = may_change(visit.side.suspended).refusal
    update = visit.configuration.features.customer_update
    if barred is not None or not update.enabled or not update.allowed_updates:
        return refusal_answer(request, site, visit, barred or details_disabled())
    async with desk_of(request, site, visit) as desk:
        customer = desk.account.customer
    page = details_page(
        customer,
        customer_form(customer),
        visit.configuration,
        visit.locale,
        source=visit.session.source,
        country=visit.side.country,
        action=f"{base_path(visit)}/details",
        csrf=visit.csrf,
        back_url=visit.home_url,
    )
    return page_answer(request, site, visit, page, email=customer.email)


@post("/p/{portal:str}/details", **_SIGNED_IN)
async def save_details(
    request: AnyRequest, visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """Save what was typed. What cannot be saved is shown again with the reason, and nothing is changed."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    async with desk_of(request, site, visit) as desk:
        customer = desk.account.customer
        try:
            await billing_details.update(desk, asked_details(form))
        except Refused as refused:
            refusal = refused.refusal
        else:
            return go(f"{visit.home_url}?saved=details")
    update = visit.configuration.features.customer_update
    if refusal.forbidden or not update.enabled or not update.allowed_updates:
        return refusal_answer(request, site, visit, refusal)
    page = details_page(
        customer,
        form,
        visit.configuration,
        visit.locale,
        source=visit.session.source,
        country=visit.side.country,
        action=f"{base_path(visit)}/details",
        csrf=visit.csrf,
        back_url=visit.home_url,
        refusal=refusal,
    )
    return page_answer(request, site, visit, page, email=customer.email, status=400)


routes = [edit_details, save_details]

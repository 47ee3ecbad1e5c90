"""Editing billing details: name, phone, postal and shipping address, and, by way of a code, the e-mail address."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from msgspec import UNSET
from msgspec.structs import replace

from frontdesk import billing_details
from frontdesk.book import Customer
from frontdesk.commands import BillingDetails
from frontdesk.details_refusals import details_disabled
from frontdesk.errors import Refusal, Refused
from frontdesk.permissions import may_change
from frontdesk_web.forms import read_form
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.address_change import ask_new_address
from frontdesk_web.portal.answers import AnyDesk, AnyRequest, base_path, desk_of, page_answer, refusal_answer
from frontdesk_web.portal.details_views import DetailsAsked, asked_details, customer_form, details_page
from frontdesk_web.portal.flow_pages import saved
from frontdesk_web.portal.views import Notice
from frontdesk_web.signed_in import Visit, dependencies, exception_handlers
from frontdesk_web.site import Site

_SIGNED_IN: dict[str, Any] = {"dependencies": dependencies, "exception_handlers": exception_handlers}
NOTICES = {
    "tax_id": _("The tax id is added. It appears on your next invoices."),
    "no_tax_id": _("The tax id is removed. Invoices already issued keep it."),
}
"""What the page says after something was done on it, by the value of `?saved=`."""
SHOW_FORM = "adapt"
"""The button that asks for the form in the order of the countries chosen, and saves nothing."""


@get("/p/{portal:str}/details", **_SIGNED_IN)
async def edit_details(
    request: AnyRequest, visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The form with what is known; `?saved=` says what was done on it."""
    barred = may_change(visit.side.suspended).refusal
    if barred is not None or _is_closed(visit):
        return refusal_answer(request, site, visit, barred or details_disabled())
    async with desk_of(request, site, visit) as desk:
        customer = desk.account.customer
    page = details_page(asked_of(visit), customer, {**customer_form(customer), **visit.typed})
    said = NOTICES.get(request.query_params.get("saved") or "")
    if said is not None:
        page = replace(page, notice=Notice(tone="success", text=translate(visit.locale, said)))
    return page_answer(request, site, visit, page, email=customer.email)


@post("/p/{portal:str}/details", **_SIGNED_IN)
async def save_details(
    request: AnyRequest, visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """Save what was typed. What cannot be saved is shown again with the reason, and nothing is changed.

    A new e-mail address waits for its code; everything else is saved before.
    """
    form = await read_form(request)
    visit.refuse_forged(site, form)
    async with desk_of(request, site, visit) as desk:
        customer = desk.account.customer
        if SHOW_FORM in form and not _is_closed(visit):
            page = details_page(asked_of(visit), customer, form)
            return page_answer(request, site, visit, page, email=customer.email)
        try:
            email = await _saved(desk, asked_details(form))
        except Refused as refused:
            return _shown_again(request, site, visit, customer, form, refused.refusal)
    if email is None:
        return await saved(site, visit, "details")
    try:
        return await ask_new_address(request, site, visit, email, customer.email)
    except Refused as refused:
        return _shown_again(request, site, visit, customer, form, refused.refusal)


async def _saved(desk: AnyDesk, details: BillingDetails) -> str | None:
    """Save all but a new e-mail address, which is returned. Raises Refused, with nothing saved."""
    email = None
    if details.email is not UNSET:
        email = await billing_details.new_address(desk, details.email or "")
    rest = replace(details, email=UNSET)
    if rest != BillingDetails():
        await billing_details.update(desk, rest)
    return email


def _shown_again(
    request: AnyRequest, site: Site, visit: Visit, customer: Customer, form: Mapping[str, str], refusal: Refusal
) -> Response[Any]:
    if refusal.forbidden or _is_closed(visit):
        return refusal_answer(request, site, visit, refusal)
    page = details_page(asked_of(visit), customer, form, refusal=refusal)
    status = 429 if refusal.for_now else 400
    return page_answer(request, site, visit, page, email=customer.email, status=status)


def _is_closed(visit: Visit) -> bool:
    update = visit.configuration.features.customer_update
    return not update.enabled or not update.allowed_updates


def asked_of(visit: Visit) -> DetailsAsked:
    """Who asks for the form, and where it leads."""
    return DetailsAsked(
        configuration=visit.configuration,
        locale=visit.locale,
        source=visit.session.source,
        country=visit.side.country,
        business=visit.side.brand.business_name,
        action=f"{base_path(visit)}/details",
        csrf=visit.csrf,
        back_url=visit.way_back,
    )


routes = [edit_details, save_details]

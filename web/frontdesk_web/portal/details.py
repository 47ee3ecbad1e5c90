"""Editing billing details: name, phone, postal and shipping address, and, by way of a code, the e-mail address."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from msgspec import UNSET
from msgspec.structs import replace

from frontdesk import billing_details, customer_tax_ids
from frontdesk.book import Customer
from frontdesk.commands import BillingDetails
from frontdesk.customer_tax_ids import id_for, new_tax_id
from frontdesk.details_refusals import details_disabled
from frontdesk.errors import Refusal, Refused
from frontdesk.permissions import may_change
from frontdesk.tax_ids import TaxId
from frontdesk_tenants.tax_id_checks import ask_later
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.forms import read_form
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.address_change import ask_new_address
from frontdesk_web.portal.answers import AnyDesk, base_path, desk_of, page_answer, refusal_answer
from frontdesk_web.portal.details_views import (
    DetailsAsked,
    TypedTaxId,
    asked_details,
    customer_form,
    details_page,
    typed_tax_id,
)
from frontdesk_web.portal.flow_pages import saved
from frontdesk_web.portal.views import Notice
from frontdesk_web.portal.visit import Visit
from frontdesk_web.refusal_answers import TOO_MANY, retry_headers
from frontdesk_web.signed_in import dependencies, exception_handlers
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

    A new e-mail address waits for its code; everything else is saved before. In a flow a new tax id is part of the
    form, and saving the form is what completes the flow (portal_spec.md §B.3: "edit the billing details").
    """
    form = await read_form(request)
    visit.refuse_forged(site, form)
    new, customer = None, None
    try:
        async with desk_of(request, site, visit) as desk:
            customer = desk.account.customer
            if SHOW_FORM in form and not _is_closed(visit):
                page = details_page(asked_of(visit), customer, form)
                return page_answer(request, site, visit, page, email=customer.email)
            new = typed_tax_id(form) if asked_of(visit).one_form else None
            added = None if new is None else await with_tax_id(desk, visit, new)
            new = None
            email = await _saved(desk, asked_details(form))
    except Refused as refused:
        if customer is None:
            raise
        refused_id = None if new is None else replace(new, refusal=refused.refusal)
        return _shown_again(request, site, visit, customer, form, refused.refusal, refused_id)
    if added is not None:
        await look_up(site, visit, added)
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
    request: AnyRequest,
    site: Site,
    visit: Visit,
    customer: Customer,
    form: Mapping[str, str],
    refusal: Refusal,
    tax_id: TypedTaxId | None = None,
) -> Response[Any]:
    """The form with what was typed; `tax_id` is what of it was refused, if it was that."""
    if refusal.forbidden or _is_closed(visit):
        return refusal_answer(request, site, visit, refusal)
    page = details_page(asked_of(visit), customer, form, refusal=None if tax_id else refusal, tax_id=tax_id)
    status = TOO_MANY if refusal.for_now else 400
    headers = retry_headers(refusal)
    return page_answer(request, site, visit, page, email=customer.email, status=status, headers=headers)


async def with_tax_id(desk: AnyDesk, visit: Visit, typed: TypedTaxId) -> TaxId:
    """Add a tax id that was typed. Raises Refused."""
    id_ = id_for(desk.account.customer.id, desk.ids("txi"))
    new = new_tax_id(id_, typed.type, typed.value, desk.now, livemode=visit.door.livemode)
    await customer_tax_ids.add(desk, new)
    return new


async def look_up(site: Site, visit: Visit, new: TaxId) -> None:
    """Have somebody asked whether a tax id that was added is the customer's."""
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        await ask_later(connection, site.tenancy, visit.door, visit.customer, (new,))


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
        one_form=visit.flow is not None,
        action=f"{base_path(visit)}/details",
        csrf=visit.csrf,
        back_url=visit.way_back,
    )


routes = [edit_details, save_details]

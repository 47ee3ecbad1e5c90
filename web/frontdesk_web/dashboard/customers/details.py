"""Editing a customer's details. Another address is another way in, so their sessions end with it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from frontdesk import billing_details
from frontdesk.book import Customer
from frontdesk.errors import Refusal, Refused
from frontdesk.roles import Right
from frontdesk_tenants.customer_sessions import end_sessions
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.customers.acting import posted
from frontdesk_web.dashboard.customers.details_form import (
    CustomerForm,
    asked,
    customer_details_form,
    details_of,
    typed,
)
from frontdesk_web.dashboard.customers.places import CUSTOMER, PLACE, customers_path, open_customer, to_customer
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.letters import post as letters
from frontdesk_web.messages import translate
from frontdesk_web.site import Site


class CustomerDetailsPage(Struct, frozen=True, kw_only=True):
    """The form. `correcting` says that an address was proposed, which is filled in and not yet saved."""

    template: ClassVar[str] = "dashboard/customers/details.html"
    action: str
    back_url: str
    csrf: str
    name: str
    present_email: str
    form: CustomerForm
    correcting: bool = False
    trust_action: str = ""
    """Where to say that `phone` is the customer's; empty where that is known, or makes no difference."""
    phone: str = ""


@get(f"{CUSTOMER}/details", **needs(Right.HELP_CUSTOMERS))
async def edit_customer(
    request: AnyRequest, customer: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The form with what is known; `?email=` proposes another address."""
    found = await open_customer(site, visit, customer)
    proposed = request.query_params.get("email", "").strip()[:512]
    fields = details_of(found)
    if proposed:
        fields["email"] = proposed
    return _answer(request, site, visit, found, fields, correcting=bool(proposed), texts=await _texts(site, visit))


@post(f"{CUSTOMER}/details", **needs(Right.HELP_CUSTOMERS))
async def save_customer(
    request: AnyRequest, customer: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Save what was typed. What cannot be saved is shown again with the reason, and nothing is changed."""
    form = await posted(request, site, visit)
    found = await open_customer(site, visit, customer)
    fields = typed(form)
    try:
        async with visit.desk(site, found.id) as desk:
            await billing_details.update(desk, asked(fields, desk.account.customer))
            moved = desk.account.customer.email != found.email
    except Refused as refused:
        if refused.refusal.param is None:
            raise
        return _answer(request, site, visit, found, fields, refusal=refused.refusal, status=400)
    if moved:
        # Those by login link are dead anyway, as their proven address is not the customer's any more.
        async with site.tenancy.database.side(visit.door.tenant_id) as connection:
            await end_sessions(connection, found.id, visit.now)
    return to_customer(visit, found.id, "address" if moved else "saved")


@post(f"{CUSTOMER}/trust-phone", **needs(Right.HELP_CUSTOMERS))
async def trust_phone(
    request: AnyRequest, customer: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Say that the phone number is the customer's, so that codes may go to it. Posts the `phone` that was seen."""
    form = await posted(request, site, visit)
    found = await open_customer(site, visit, customer)
    async with visit.desk(site, found.id) as desk:
        # Another number than the one that was looked at is not meant.
        if desk.account.customer.phone == form.get("phone", ""):
            await billing_details.trust_phone(desk)
    return to_customer(visit, found.id, "trusted")


async def _texts(site: Site, visit: StaffVisit) -> bool:
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        return any(each.address_kind == "phone" for each in await letters.ways(site, connection, visit.door))


def _answer(
    request: AnyRequest,
    site: Site,
    visit: StaffVisit,
    customer: Customer,
    fields: Mapping[str, str],
    *,
    refusal: Refusal | None = None,
    correcting: bool = False,
    texts: bool = False,
    status: int = 200,
) -> Response[bytes]:
    path = customers_path(visit, customer.id)
    page = CustomerDetailsPage(
        action=f"{path}/details",
        back_url=path,
        csrf=visit.csrf,
        name=customer.name or customer.email or translate(visit.locale, "Without a name"),
        present_email=customer.email or "",
        form=customer_details_form(fields, visit.locale, None, refusal),
        correcting=correcting,
        trust_action=f"{path}/trust-phone" if texts and customer.phone != customer.trusted_phone else "",
        phone=customer.phone or "",
    )
    return dashboard_page(request, site, visit, page, place=PLACE, status=status)


routes = [edit_customer, save_customer, trust_phone]

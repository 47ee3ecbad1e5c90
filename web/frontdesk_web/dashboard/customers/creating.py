"""A new customer: a name and an address are enough."""

from collections.abc import Mapping
from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect
from msgspec import Struct

from frontdesk import customers
from frontdesk.commands import CreateCustomer
from frontdesk.errors import Refusal, Refused
from frontdesk.ids import IdSource
from frontdesk.near_misses import read_as_given
from frontdesk.roles import Right
from frontdesk_tenants import sign_in
from frontdesk_web.dashboard.customers.details_form import CustomerForm, asked, customer_details_form, typed
from frontdesk_web.dashboard.customers.places import CUSTOMERS, PLACE, AnyRequest, customers_path, done_path
from frontdesk_web.dashboard.customers.refusal_words import refused_page
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.forms import read_form
from frontdesk_web.messages import translate
from frontdesk_web.site import Site


class Namesake(Struct, frozen=True, kw_only=True):
    """A customer that has the address already."""

    name: str
    url: str


class NewCustomerPage(Struct, frozen=True, kw_only=True):
    """The form. `namesakes` have the address already: posting `anyway` says that this is meant."""

    template: ClassVar[str] = "dashboard/customers/new.html"
    action: str
    back_url: str
    csrf: str
    form: CustomerForm
    namesakes: tuple[Namesake, ...] = ()


@get(f"{CUSTOMERS}/new", **needs(Right.HELP_CUSTOMERS))
async def new_customer(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The empty form; `?email=` fills in an address that was looked for."""
    return _answer(request, site, visit, {"email": request.query_params.get("email", "")[:512]})


@post(f"{CUSTOMERS}/new", **needs(Right.HELP_CUSTOMERS))
async def create_customer(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Create the customer. An address that somebody has already is asked about once."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    fields = typed(form)
    if form.get("anyway") != "on":
        namesakes = await _namesakes(site, visit, fields["email"])
        if namesakes:
            return _answer(request, site, visit, fields, namesakes=namesakes, status=409)
    id_ = IdSource(visit.now)("cus")
    try:
        async with visit.desk(site, None) as desk:
            await customers.create(desk, CreateCustomer(id=id_, details=asked(fields)))
    except Refused as refused:
        if refused.refusal.param is None:
            return refused_page(request, site, visit, refused.refusal)
        return _answer(request, site, visit, fields, refusal=refused.refusal, status=400)
    return Redirect(done_path(visit, id_, "created"), status_code=303)


async def _namesakes(site: Site, visit: StaffVisit, email: str) -> tuple[Namesake, ...]:
    address = read_as_given(email)
    if address is None:
        return ()
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await sign_in.read_candidates(connection, address)
    unnamed = translate(visit.locale, "Without a name")
    return tuple(Namesake(name=each.name or unnamed, url=customers_path(visit, each.customer)) for each in found)


def _answer(
    request: AnyRequest,
    site: Site,
    visit: StaffVisit,
    fields: Mapping[str, str],
    *,
    refusal: Refusal | None = None,
    namesakes: tuple[Namesake, ...] = (),
    status: int = 200,
) -> Response[bytes]:
    page = NewCustomerPage(
        action=customers_path(visit, "new"),
        back_url=customers_path(visit),
        csrf=visit.csrf,
        form=customer_details_form(fields, visit.locale, visit.side.country, refusal),
        namesakes=namesakes,
    )
    return dashboard_page(request, site, visit, page, place=PLACE, status=status)


routes = [new_customer, create_customer]

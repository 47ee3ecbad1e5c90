"""A new customer: a name and an address are enough."""

from collections.abc import Mapping
from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from msgspec import Struct

from frontdesk import customers
from frontdesk.commands import CreateCustomer
from frontdesk.errors import Refusal, Refused
from frontdesk.given_ids import id_given
from frontdesk.ids import IdSource
from frontdesk.near_misses import read_as_given
from frontdesk.roles import Right
from frontdesk_tenants import clocks, listings, sign_in
from frontdesk_tenants.desks import desk_on
from frontdesk_tenants.paging import Cursor
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.clock_views import clock_name
from frontdesk_web.dashboard.customers.acting import posted
from frontdesk_web.dashboard.customers.details_form import CustomerForm, asked, customer_details_form, typed
from frontdesk_web.dashboard.customers.places import CUSTOMERS, PLACE, customers_path, to_customer
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.messages import translate
from frontdesk_web.portal.views import Option
from frontdesk_web.site import Site

OWN_CLOCK = "own"
"""What the form posts for a clock that is made along with the customer."""
CLOCKS_OFFERED = 20


class Namesake(Struct, frozen=True, kw_only=True):
    """A customer that has the address already."""

    name: str
    url: str


class NewCustomerPage(Struct, frozen=True, kw_only=True):
    """The form. `namesakes` have the address already: posting `anyway` says that this is meant.

    `clocks` are the times to live in; a live side has real time alone.
    """

    template: ClassVar[str] = "dashboard/customers/new.html"
    action: str
    back_url: str
    csrf: str
    form: CustomerForm
    namesakes: tuple[Namesake, ...] = ()
    clocks: tuple[Option, ...] = ()


@get(f"{CUSTOMERS}/new", **needs(Right.HELP_CUSTOMERS))
async def new_customer(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The empty form; `?email=` fills in an address that was looked for."""
    return await _answer(request, site, visit, {"email": request.query_params.get("email", "")[:512]})


@post(f"{CUSTOMERS}/new", **needs(Right.HELP_CUSTOMERS))
async def create_customer(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Create the customer. An address that somebody has already is asked about once."""
    form = await posted(request, site, visit)
    fields, clock = typed(form), form.get("clock", "")
    if form.get("anyway") != "on":
        namesakes = await _namesakes(site, visit, fields["email"])
        if namesakes:
            return await _answer(request, site, visit, fields, clock=clock, namesakes=namesakes, status=409)
    id_ = IdSource(visit.now)("cus")
    try:
        id_ = await _create(site, visit, CreateCustomer(id=id_, details=asked(fields)), clock)
    except Refused as refused:
        if refused.refusal.param is None:
            raise
        return await _answer(request, site, visit, fields, clock=clock, refusal=refused.refusal, status=400)
    return to_customer(visit, id_, "created")


async def _create(site: Site, visit: StaffVisit, command: CreateCustomer, clock: str) -> str:
    """Create the customer, in real time, on a clock that there is, or on one of its own; returns its id."""
    if not clock:
        async with visit.desk(site, None) as desk:
            return id_given(command, await customers.create(desk, command))
    async with site.tenancy.at(visit.door) as (connection, side):
        if clock == OWN_CLOCK:
            made = await clocks.create(
                connection,
                side,
                name=command.details.name or command.details.email or None,
                frozen_time=visit.now.replace(microsecond=0),
                ids=IdSource(visit.now),
                actor=visit.actor,
                now=visit.now.replace(microsecond=0),
                request_id=visit.request_id,
            )
            clock = made.id
        desk_there = await desk_on(
            connection,
            site.tenancy,
            side,
            customer_id=None,
            actor=visit.actor,
            request_id=visit.request_id,
            test_clock=await clocks.hold_for_customer(connection, side, clock),
        )
        return id_given(command, await customers.create(desk_there, command))


async def _clock_options(site: Site, visit: StaffVisit, chosen: str) -> tuple[Option, ...]:
    if visit.side.livemode:
        return ()
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await listings.test_clocks(connection, Cursor(limit=CLOCKS_OFFERED))
    locale = visit.locale
    return (
        Option(value="", text=translate(locale, "Real time"), selected=not chosen),
        Option(
            value=OWN_CLOCK,
            text=translate(locale, "A clock of its own, from today on"),
            selected=chosen == OWN_CLOCK,
        ),
        *(
            Option(
                value=each.id,
                text=translate(locale, "The clock {name}", name=clock_name(each, locale)),
                selected=chosen == each.id,
            )
            for each in found.items
            if each.status == "ready"
        ),
    )


async def _namesakes(site: Site, visit: StaffVisit, email: str) -> tuple[Namesake, ...]:
    address = read_as_given(email)
    if address is None:
        return ()
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await sign_in.read_candidates(connection, address)
    unnamed = translate(visit.locale, "Without a name")
    return tuple(Namesake(name=each.name or unnamed, url=customers_path(visit, each.customer)) for each in found)


async def _answer(
    request: AnyRequest,
    site: Site,
    visit: StaffVisit,
    fields: Mapping[str, str],
    *,
    clock: str = "",
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
        clocks=await _clock_options(site, visit, clock),
    )
    return dashboard_page(request, site, visit, page, place=PLACE, status=status)


routes = [new_customer, create_customer]

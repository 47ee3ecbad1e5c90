"""The page of one customer: everything that is known, and every act that there is."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from msgspec.structs import replace

from frontdesk.clocks import TestClock
from frontdesk.roles import Right
from frontdesk.waiting import WaitingAct
from frontdesk_tenants import clocks, mail_log, staff
from frontdesk_tenants.clocks import Company
from frontdesk_tenants.customer_history import read_history
from frontdesk_tenants.customer_reads import CustomerFacts, read_facts
from frontdesk_tenants.customer_sessions import live_sessions
from frontdesk_tenants.database import SideTransaction, enter_side
from frontdesk_tenants.intents import waiting_acts
from frontdesk_tenants.paging import NoSuchCursor
from frontdesk_tenants.permission_reads import read_question
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.clock_views import clock_view
from frontdesk_web.dashboard.customers.backend_section import backend_section
from frontdesk_web.dashboard.customers.page_sections import Around, customer_page
from frontdesk_web.dashboard.customers.places import CUSTOMER, PLACE, done, read_customer
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.portal.answers import known_id
from frontdesk_web.site import Site

LETTERS_SHOWN = 5


@get(CUSTOMER, **needs(Right.SEE))
async def show_customer(
    request: AnyRequest, customer: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The customer. `?done=` says what was just done, `?invoices_after=` which invoice the list goes on from."""
    after = request.query_params.get("invoices_after")
    facts, around, clock, waiting = await _read(site, visit, customer, None if after is None else known_id(after))
    # What is late is said by the time that the customer lives in.
    now = visit.now if clock is None else clock[0].frozen_time
    page = customer_page(facts, around, visit, site.config, done=done(request), invoices_after=after, now=now)
    if clock is not None:
        page = replace(page, clock=clock_view(*clock, visit, customer=facts.customer.id))
    kind = site.plugins.billing_backends().get(visit.side.backend)
    path = visit.path(PLACE, facts.customer.id)
    page = replace(page, backend=backend_section(kind, waiting, visit, facts.customer.id, path))
    return dashboard_page(request, site, visit, page, place=PLACE)


async def _read(
    site: Site, visit: StaffVisit, customer: str, invoices_after: str | None
) -> tuple[CustomerFacts, Around, tuple[TestClock, Company | None] | None, tuple[WaitingAct, ...]]:
    logs = visit.may(Right.SEE_LOGS)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await read_customer(connection, customer)
        try:
            facts = await read_facts(connection, site.tenancy, visit.side, found, invoices_after)
        except NoSuchCursor as unknown:
            raise NotFoundException from unknown
        question = await read_question(connection, site.tenancy, visit.side, found, facts.configuration, "login_link")
        sessions = await live_sessions(connection, found.id)
        letters = await mail_log.letters_of_customer(connection, found.id, LETTERS_SHOWN) if logs else ()
        newest = await mail_log.latest_outcome(connection, found.id)
        history = await read_history(connection, found.id) if logs else None
        clock = None if visit.side.livemode else await _clock(connection, found.id)
        waiting = await waiting_acts(connection, found.id)
        # Staff lie under the live side, for both.
        await enter_side(connection, visit.doors[0].tenant_id)
        actors = {each.actor for each in history or () if each.actor_kind == "staff"}
        names = await staff.names(connection, actors)
    around = Around(sessions=sessions, letters=letters, newest=newest, history=history, names=names, question=question)
    return facts, around, clock, waiting


async def _clock(connection: SideTransaction, customer: str) -> tuple[TestClock, Company | None] | None:
    """The test clock that a customer is on, and who else is."""
    found = await clocks.of_customer(connection, customer)
    return None if found is None else (found, (await clocks.company(connection, (found.id,))).get(found.id))


routes: list[Any] = [show_customer]

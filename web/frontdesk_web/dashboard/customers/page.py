"""The page of one customer: everything that is known, and every act that there is."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from frontdesk.roles import Right
from frontdesk_tenants import mail_log, staff
from frontdesk_tenants.customer_history import read_history
from frontdesk_tenants.customer_reads import CustomerFacts, read_facts
from frontdesk_tenants.customer_sessions import live_sessions
from frontdesk_tenants.database import enter_side
from frontdesk_tenants.listings import NoSuchCursor
from frontdesk_web.dashboard.customers.page_sections import Around, customer_page
from frontdesk_web.dashboard.customers.places import CUSTOMER, PLACE, AnyRequest, done, read_customer
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
    """The page."""
    after = request.query_params.get("invoices_after")
    facts, around = await _read(site, visit, customer, None if after is None else known_id(after))
    page = customer_page(facts, around, visit, site.config, done=done(request), invoices_after=after, now=visit.now)
    return dashboard_page(request, site, visit, page, place=PLACE)


async def _read(
    site: Site, visit: StaffVisit, customer: str, invoices_after: str | None
) -> tuple[CustomerFacts, Around]:
    logs = visit.may(Right.SEE_LOGS)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await read_customer(connection, customer)
        try:
            facts = await read_facts(connection, site.tenancy, visit.side, found, invoices_after)
        except NoSuchCursor as unknown:
            raise NotFoundException from unknown
        sessions = await live_sessions(connection, found.id)
        letters = await mail_log.letters_of_customer(connection, found.id, LETTERS_SHOWN) if logs else ()
        newest = await mail_log.latest_outcome(connection, found.id)
        history = await read_history(connection, found.id) if logs else None
        # Staff lie under the live side, for both.
        await enter_side(connection, visit.doors[0].tenant_id)
        actors = {each.actor for each in history or () if each.actor_kind == "staff"}
        names = await staff.names(connection, actors)
    return facts, Around(sessions=sessions, letters=letters, newest=newest, history=history, names=names)


routes: list[Any] = [show_customer]

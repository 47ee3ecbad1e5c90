"""Why no code came: an address is entered, and staff see what keeps its customer from signing in."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from frontdesk.limits import checks
from frontdesk.near_misses import read_as_given
from frontdesk.roles import Right
from frontdesk_tenants.no_code import customers_at, read_state, visitor_to
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.customers.no_code_views import NoCodePage, no_code_page
from frontdesk_web.dashboard.customers.no_text import why_no_text
from frontdesk_web.dashboard.customers.places import CUSTOMERS, PLACE, customers_path
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.site import Site

ADDRESS_LENGTH = 512


@get(f"{CUSTOMERS}/no-code", **needs(Right.SEE))
async def no_code_came(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The page; `?q=` is the address as the customer says it."""
    asked = request.query_params.get("q", "")[:ADDRESS_LENGTH]
    if not asked.strip():
        page = NoCodePage(
            action=customers_path(visit, "no-code"), list_url=customers_path(visit), csrf=visit.csrf, asked=""
        )
        return dashboard_page(request, site, visit, page, place=PLACE)
    limited, no_text = await _guesses_limited(site, visit, asked), await why_no_text(site, visit, asked)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        state = await read_state(connection, visit.side, asked, visit.now, guesses_limited=limited, no_text=no_text)
        near = await customers_at(connection, [each.address for each in state.near])
    return dashboard_page(request, site, visit, no_code_page(state, near, visit), place=PLACE)


async def _guesses_limited(site: Site, visit: StaffVisit, asked: str) -> bool:
    """Whether a code that a new browser typed for the address would not be looked at now."""
    address = read_as_given(asked)
    if address is None:
        return False
    seen = await site.limiter.look(checks("failure", visitor_to(visit.side, address)), visit.now)
    return seen.exceeded() is not None


routes: list[Any] = [no_code_came]

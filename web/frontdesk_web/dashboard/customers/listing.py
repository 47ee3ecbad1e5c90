"""All customers, and one bar to find them by whatever somebody remembers."""

from typing import Any, get_args

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.response import Redirect

from frontdesk.roles import Right
from frontdesk_tenants.customer_search import FoundPage, Question, Show, find_directly, search
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.customers.listing_views import CustomersPage, customers_page
from frontdesk_web.dashboard.customers.places import CUSTOMERS, PLACE, customers_path
from frontdesk_web.dashboard.list_places import asked_page, written
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.site import Site

QUESTION_LENGTH = 200


@get(CUSTOMERS, **needs(Right.SEE))
async def list_customers(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """A page of customers. An id or an invoice's number leads straight to its customer."""
    query = request.query_params
    asked = query.get("q", "").strip()[:QUESTION_LENGTH]
    show: Show = query["show"] if query.get("show") in get_args(Show) else "all"
    which = asked_page(query)
    question = Question(words=asked, show=show, older_than=which.older_than, newer_than=which.newer_than)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        if asked and show == "all":
            named = await find_directly(connection, asked)
            if named is not None:
                return Redirect(customers_path(visit, named), status_code=303)
        found = await search(connection, question)
    page = _page(visit, asked, show, found)
    return dashboard_page(request, site, visit, page, place=PLACE)


def _page(visit: StaffVisit, asked: str, show: Show, found: FoundPage) -> CustomersPage:
    return customers_page(
        found,
        visit.locale,
        base=customers_path(visit),
        asked=asked,
        show=show,
        may_create=visit.may(Right.HELP_CUSTOMERS),
        older=written(found.found[-1].place) if found.older and found.found else None,
        newer=written(found.found[0].place) if found.newer and found.found else None,
    )


routes = [list_customers]

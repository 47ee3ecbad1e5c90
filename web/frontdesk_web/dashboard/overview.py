"""The first page of a side: how it stands."""

from typing import Any, ClassVar

from litestar import Request, Response, get
from litestar.di import NamedDependency
from msgspec import Struct

from frontdesk.roles import Right
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.site import Site


class OverviewPage(Struct, frozen=True, kw_only=True):
    """How a side stands."""

    template: ClassVar[str] = "dashboard/overview.html"
    name: str


@get("/dashboard/{portal:str}", **needs(Right.SEE))
async def overview(
    request: Request[Any, Any, Any], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The page."""
    return dashboard_page(request, site, visit, OverviewPage(name=visit.side.name), place="overview")


routes = [overview]

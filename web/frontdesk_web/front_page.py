"""The bare address. It says what this host is and names nobody; a portal's own host leads to that portal."""

from typing import Any, ClassVar

from litestar import Response, route
from litestar.di import NamedDependency
from litestar.response import Redirect
from msgspec import Struct

from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard import ways
from frontdesk_web.dashboard.house_face import house_page
from frontdesk_web.hosts import portal_of_host
from frontdesk_web.languages import LOCALES, negotiate
from frontdesk_web.portal.frames import asked_locale
from frontdesk_web.portal.visit import home_path
from frontdesk_web.signed_in import find_portal
from frontdesk_web.site import DemoDoors, Site


class FrontPage(Struct, frozen=True, kw_only=True):
    """Where somebody goes on who typed the address alone. `sign_up_url` is None where nobody signs up by themselves.

    `demo` are the doors of the demo, None everywhere else.
    """

    template: ClassVar[str] = "front_page.html"
    dashboard_url: str
    sign_up_url: str | None = None
    demo: DemoDoors | None = None


@route("/", http_method=["GET", "HEAD"])
async def front_page(request: AnyRequest, site: NamedDependency[Site]) -> Response[Any]:
    """The page of the public host; from a portal's own host, the way to its home page, or to its sign-in."""
    portal = portal_of_host(request, site.config)
    if portal is not None:
        return Redirect(home_path(await find_portal(site, portal)), status_code=303)
    locale = asked_locale(request) or negotiate(request.headers.get("accept-language"))
    page = FrontPage(
        dashboard_url=ways.WORKPLACES,
        sign_up_url=None if site.house.settings.sign_up == "invitation" else ways.SIGN_UP,
        demo=site.demo_doors,
    )
    return house_page(request, site, locale, page, offered=LOCALES)


routes = [front_page]

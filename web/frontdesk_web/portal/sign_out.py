"""Leaving, and going on as another customer with the same address."""

from typing import Any, ClassVar

from litestar import MediaType, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Struct

from frontdesk_tenants import sign_in
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.cookies import dead_cookie, new_cookie
from frontdesk_web.forms import read_form
from frontdesk_web.headers import request_id
from frontdesk_web.portal.ended_sessions import sign_in_path
from frontdesk_web.portal.frames import asked_locale, locale_of, portal_frame
from frontdesk_web.portal.visit import Visit, home_path
from frontdesk_web.portal.ways_back import own_page
from frontdesk_web.signed_in import dependencies, exception_handlers, find_portal
from frontdesk_web.site import Site


class SignedOutPage(Struct, frozen=True, kw_only=True):
    """The customer has left. `sign_in_url` is None where only the tenant can open a new session."""

    template: ClassVar[str] = "portal/signed_out.html"
    sign_in_url: str | None


@post("/p/{portal:str}/sign-out", dependencies=dependencies, exception_handlers=exception_handlers)
async def sign_out(request: AnyRequest, visit: NamedDependency[Visit], site: NamedDependency[Site]) -> Response[Any]:
    """End the session, on all processes at once."""
    visit.refuse_forged(site, await read_form(request))
    async with site.tenancy.database.side(visit.side.tenant_id) as connection:
        await sign_in.sign_out(connection, visit.side, visit.session, visit.now, request_id(request.scope))
    response = _to(f"{home_path(visit.door)}signed-out", visit.locale)
    response.set_cookie(dead_cookie(site.config, visit.door.portal, "session"))
    return response


@get("/p/{portal:str}/signed-out")
async def signed_out(request: AnyRequest, portal: FromPath[str], site: NamedDependency[Site]) -> Response[bytes]:
    """What is seen after leaving."""
    door = await find_portal(site, portal)
    async with site.tenancy.at(door) as (connection, side):
        path = await sign_in_path(connection, door, None)
    locale = locale_of(request, side, asked_locale(request))
    body = site.renderer.page(locale, portal_frame(request, side, None, locale), SignedOutPage(sign_in_url=path))
    return Response(body, media_type=MediaType.HTML)


@post("/p/{portal:str}/switch", dependencies=dependencies, exception_handlers=exception_handlers)
async def switch_customer(
    request: AnyRequest, visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """Go on as another customer of the proven address, in a new session. Another one is not there (404).

    `page` is the page of theirs to go on to, home where there is none.
    """
    form = await read_form(request)
    visit.refuse_forged(site, form)
    async with site.tenancy.database.side(visit.side.tenant_id) as connection:
        secret = await sign_in.switch_customer(
            connection, visit.side, visit.session, form.get("customer", ""), visit.now, request_id(request.scope)
        )
    if secret is None:
        raise NotFoundException
    page = own_page(form.get("page", ""), visit.door.portal)
    response = Redirect(page or visit.home_url, status_code=303)
    response.set_cookie(new_cookie(site.config, visit.door.portal, "session", secret))
    return response


def _to(path: str, locale: str) -> Redirect:
    return Redirect(f"{path}?lang={locale}", status_code=303)


routes = [sign_out, signed_out, switch_customer]

"""Who is signed in: from the portal's name in the path and its cookie to a session that is good now.

A page asks for a `visit: NamedDependency[Visit]`; without a good session it is never called. On every unsafe method
the request's origin is checked here too; the form's token is checked with `Visit.refuse_forged`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import MediaType, Request, Response
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ExceptionHandlersMap
from msgspec import Struct

from frontdesk.desk import Actor
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk_tenants import configurations, sessions
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Door, Side
from frontdesk_tenants.sessions import Session, SideTransaction
from frontdesk_web.cookies import dead_cookie, read_cookie
from frontdesk_web.csrf import FIELD, csrf_token, refuse_foreign_origin, refuse_forged
from frontdesk_web.letters.passcode import is_open
from frontdesk_web.links import SANDBOX
from frontdesk_web.portal.frames import asked_locale, locale_of, portal_frame
from frontdesk_web.portal.views import SessionExpiredPage
from frontdesk_web.site import Site

PORTAL_LENGTH = 64
SAFE = ("GET", "HEAD", "OPTIONS")


class NotSignedIn(Exception):
    """There is no good session: `response` says so to the visitor."""

    def __init__(self, response: Response[Any]) -> None:
        super().__init__("not signed in")
        self.response = response


class Visit(Struct, frozen=True, kw_only=True):
    """A request of somebody who is signed in. `now` is real time; `csrf` goes into every form of the page."""

    session: Session
    side: Side
    configuration: PortalConfiguration
    locale: str
    csrf: str
    now: datetime

    @property
    def door(self) -> Door:
        """The side's door."""
        return self.side.door

    @property
    def customer(self) -> str:
        """The customer whose pages are open."""
        return self.session.customer

    @property
    def configuration_id(self) -> str:
        """The configuration that binds the customer."""
        return self.session.configuration

    @property
    def actor(self) -> Actor:
        """Who acts, for desks."""
        return self.session.actor

    @property
    def home_url(self) -> str:
        """The portal's home page."""
        return home_path(self.door)

    def refuse_forged(self, site: Site, form: Mapping[str, str]) -> None:
        """Refuse a posted form whose token is not this session's. Raises PermissionDeniedException (403)."""
        refuse_forged(site.tenancy.vault, self.session.id, form.get(FIELD))


def home_path(door: Door) -> str:
    """The path of a portal's home page."""
    return f"/p/{door.portal}/"


async def find_portal(site: Site, portal: str) -> Door:
    """The door of a portal's public name. Raises NotFoundException."""
    door = None
    if portal.isascii() and portal.isprintable() and len(portal) <= PORTAL_LENGTH:
        door = await site.tenancy.directory.by_portal(portal)
    if door is None:
        raise NotFoundException
    return door


async def provide_visit(request: Request[Any, Any, Any], portal: FromPath[str], site: NamedDependency[Site]) -> Visit:
    """The visit of a request to a portal's page, with the session's last activity noted.

    Raises:
        NotSignedIn: there is no good session.
        NotFoundException: there is no such portal.
        PermissionDeniedException: an unsafe request came from another origin.
    """
    if request.method not in SAFE:
        refuse_foreign_origin(request, site.config)
    door = await find_portal(site, portal)
    secret = read_cookie(site.config, request, door.portal) or ""
    async with site.tenancy.at(door) as (connection, side):
        now = await clock(connection)
        session = await sessions.read_session(connection, secret)
        if session is None or not session.live:
            raise NotSignedIn(await _sent_away(connection, request, site, side, session))
        await sessions.note_visit(connection, session, now)
        asked = asked_locale(request)
        if asked is not None:
            await sessions.note_locale(connection, session, asked)
        configuration = await configurations.read(connection, session.configuration)
        assert configuration is not None
    return Visit(
        session=session,
        side=side,
        configuration=configuration,
        locale=locale_of(request, side, asked, session.locale, *session.preferred_locales),
        csrf=csrf_token(site.tenancy.vault, session.id),
        now=now,
    )


async def sign_in_path(connection: SideTransaction, door: Door, configuration_id: str | None) -> str | None:
    """The path of the login page of a configuration, else of the side's default one; None where neither has any."""
    asked = None if configuration_id is None else await configurations.read(connection, configuration_id)
    for configuration in (asked, await configurations.read_default(connection)):
        if configuration is not None and is_open(configuration):
            token = await configurations.login_token(connection, configuration.id)
            if token is not None:
                return f"/p/login/{'' if door.livemode else SANDBOX}{door.public_id}{token}"
    return None


async def _sent_away(
    connection: SideTransaction, request: Request[Any, Any, Any], site: Site, side: Side, session: Session | None
) -> Response[Any]:
    """To the login page who never was signed in; a page that says why to everybody else."""
    path = await sign_in_path(connection, side.door, None if session is None else session.configuration)
    if session is None and path is not None and request.method in SAFE:
        return Redirect(path, status_code=303)
    return expired_page(request, site, side, session, path, status=401)


def expired_page(
    request: Request[Any, Any, Any], site: Site, side: Side, session: Session | None, path: str | None, status: int
) -> Response[bytes]:
    """The page that says that a session is over, with the way to a new one."""
    chosen = () if session is None else (session.locale, *session.preferred_locales)
    return_url = None if session is None else session.return_url
    locale = locale_of(request, side, asked_locale(request), *chosen)
    frame = portal_frame(request, side, None, locale, return_url=return_url)
    body = site.renderer.page(locale, frame, SessionExpiredPage(sign_in_url=path))
    response = Response(body, status_code=status, media_type=MediaType.HTML)
    response.set_cookie(dead_cookie(site.config, side.door.portal, "session"))
    return response


def answer_not_signed_in(_: Request[Any, Any, Any], error: NotSignedIn) -> Response[Any]:
    """The exception handler of `NotSignedIn`."""
    return error.response


dependencies = {"visit": Provide(provide_visit)}
"""For every route of a signed-in page."""
exception_handlers: ExceptionHandlersMap = {NotSignedIn: answer_not_signed_in}
"""Likewise."""

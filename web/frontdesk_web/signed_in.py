"""Who is signed in: from the portal's name in the path and its cookie to a session that is good now.

A page asks for a `visit: NamedDependency[Visit]`; without a good session it is never called. On every unsafe method
the request's origin is checked here too; the form's token is checked with `Visit.refuse_forged`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Response
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ExceptionHandlersMap

from frontdesk.errors import Queued
from frontdesk_tenants import configurations, sessions, typed_forms
from frontdesk_tenants.database import SideTransaction, clock
from frontdesk_tenants.directory import Door, Side
from frontdesk_tenants.sessions import Session
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.cookies import read_cookie
from frontdesk_web.csrf import csrf_token, refuse_foreign_origin
from frontdesk_web.portal.ended_sessions import SAFE, sent_away
from frontdesk_web.portal.flow_paths import within_flow
from frontdesk_web.portal.frames import asked_locale, locale_of
from frontdesk_web.portal.other_account import other_account, other_account_answer
from frontdesk_web.portal.queued import answer_queued
from frontdesk_web.portal.visit import VISIT, Visit, home_path
from frontdesk_web.site import Site

PORTAL_LENGTH = 64


class NotSignedIn(Exception):
    """There is no good session: `response` says so to the visitor."""

    def __init__(self, response: Response[Any]) -> None:
        super().__init__("not signed in")
        self.response = response


class OutsideFlow(NotSignedIn):
    """The session is confined to a flow, and this page is none of it: `response` leads back there."""


class OfOtherAccount(NotSignedIn):
    """The page belongs to another account of the signed-in address: `response` offers to switch there."""


async def find_portal(site: Site, portal: str) -> Door:
    """The door of a portal's public name. Raises NotFoundException."""
    door = None
    if portal.isascii() and portal.isprintable() and len(portal) <= PORTAL_LENGTH:
        door = await site.tenancy.directory.by_portal(portal)
    if door is None:
        raise NotFoundException
    return door


async def provide_visit(request: AnyRequest, portal: FromPath[str], site: NamedDependency[Site]) -> Visit:
    """The visit of a request to a portal's page, with the session's last activity noted.

    Raises:
        NotSignedIn: there is no good session, it is confined to a flow that this page does not belong to, or the page
            belongs to another account of the address.
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
        if session is not None and session.live:
            visit = await _visit(connection, request, site, side, session, now)
            request.scope["state"][VISIT] = (site, visit)
            return visit
        away = await sent_away(connection, request, site, side, session, now)
    # What was kept of the request is committed by now.
    raise NotSignedIn(away)


async def _visit(
    connection: SideTransaction,
    request: AnyRequest,
    site: Site,
    side: Side,
    session: Session,
    now: datetime,
) -> Visit:
    door, path = side.door, request.scope["path"]
    if session.confined and not within_flow(session, path.removeprefix(f"/p/{door.portal}")):
        raise OutsideFlow(Redirect(f"{home_path(door)}flow", status_code=303))
    await sessions.note_visit(connection, session, now)
    asked = asked_locale(request)
    if asked is not None:
        await sessions.note_locale(connection, session, asked)
    configuration = await configurations.read(connection, session.configuration)
    assert configuration is not None
    locale = locale_of(request, side, asked, session.locale, *session.preferred_locales)
    csrf = csrf_token(site.tenancy.vault, session.id)
    other = await other_account(connection, request, door.portal, session, configuration)
    if other is not None:
        raise OfOtherAccount(
            other_account_answer(request, site, side, configuration, session, other, locale=locale, csrf=csrf)
        )
    typed: Mapping[str, str] = {}
    if session.typed_at is not None and request.method == "GET":
        typed = await typed_forms.take(connection, site.tenancy.vault, door.tenant_id, session, path, now)
    return Visit(
        session=session,
        side=side,
        configuration=configuration,
        locale=locale,
        csrf=csrf,
        now=now,
        typed=typed,
    )


def answer_not_signed_in(_: AnyRequest, error: NotSignedIn) -> Response[Any]:
    """The exception handler of `NotSignedIn`."""
    return error.response


dependencies = {"visit": Provide(provide_visit)}
"""For every route of a signed-in page."""
exception_handlers: ExceptionHandlersMap = {NotSignedIn: answer_not_signed_in, Queued: answer_queued}
"""Likewise."""

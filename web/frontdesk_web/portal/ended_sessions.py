"""What is said to somebody whose session is over, or who has none: where to sign in, and what is kept until then."""

from datetime import datetime
from typing import Any

from litestar import MediaType, Response
from litestar.exceptions import ClientException, PermissionDeniedException
from litestar.response import Redirect

from frontdesk_tenants import configurations, typed_forms
from frontdesk_tenants.database import SideTransaction
from frontdesk_tenants.directory import Door, Side
from frontdesk_tenants.sessions import Session
from frontdesk_tenants.typed_forms import Typed
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.cookies import dead_cookie
from frontdesk_web.csrf import FIELD, refuse_forged
from frontdesk_web.forms import read_form
from frontdesk_web.letters.passcode import is_open
from frontdesk_web.links import SANDBOX, recovery_path
from frontdesk_web.portal.frames import asked_locale, locale_of, portal_frame
from frontdesk_web.portal.sign_in_views import SessionExpiredPage
from frontdesk_web.portal.ways_back import page_asked, remember_page, typed_fields
from frontdesk_web.site import Site

SAFE = ("GET", "HEAD", "OPTIONS")


async def sign_in_path(connection: SideTransaction, door: Door, configuration_id: str | None) -> str | None:
    """The path of the login page of a configuration, else of the side's default one; None where neither has any."""
    asked = None if configuration_id is None else await configurations.read(connection, configuration_id)
    for configuration in (asked, await configurations.read_default(connection)):
        if configuration is not None and is_open(configuration):
            token = await configurations.login_token(connection, configuration.id)
            if token is not None:
                return f"/p/login/{'' if door.livemode else SANDBOX}{door.public_id}{token}"
    return None


async def way_in(connection: SideTransaction, door: Door, session: Session | None, now: datetime) -> str | None:
    """Where somebody whose session is over signs in: where it can be begun again, else at the login page."""
    if session is not None and session.can_be_recovered(now):
        return recovery_path(door)
    return await sign_in_path(connection, door, None if session is None else session.configuration)


async def sent_away(
    connection: SideTransaction, request: AnyRequest, site: Site, side: Side, session: Session | None, now: datetime
) -> Response[Any]:
    """To the login page who never was signed in; a page that says why to everybody else. Either leads back here."""
    door = side.door
    path = await way_in(connection, door, session, now)
    came_late = session is not None and session.grounded and not session.ended
    page = None
    if path is not None and (session is None or came_late):
        page = remember_page(site.config, door.portal, page_asked(request, door.portal))
    response: Response[Any]
    if session is None and path is not None and request.method in SAFE:
        response = Redirect(path, status_code=303)
    else:
        kept = came_late and path is not None and await _kept(connection, request, site, door, session, now)
        response = expired_page(request, site, side, session, path, status=401, kept=kept)
    if page is not None:
        response.set_cookie(page)
    return response


def expired_page(
    request: AnyRequest,
    site: Site,
    side: Side,
    session: Session | None,
    path: str | None,
    status: int,
    kept: bool = False,
) -> Response[bytes]:
    """The page that says that a session is over, with the way to a new one. `kept` says that a form is kept.

    One that is over by time alone stays known to the browser: it says whose page to go back to, and opens nothing.
    """
    chosen = () if session is None else (session.locale, *session.preferred_locales)
    return_url = None if session is None else session.return_url
    locale = locale_of(request, side, asked_locale(request), *chosen)
    frame = portal_frame(request, side, None, locale, return_url=return_url)
    body = site.renderer.page(locale, frame, SessionExpiredPage(sign_in_url=path, kept=kept))
    response = Response(body, status_code=status, media_type=MediaType.HTML)
    if session is None or session.ended or not session.grounded or path is None:
        response.set_cookie(dead_cookie(site.config, side.door.portal, "session"))
    return response


async def _kept(
    connection: SideTransaction, request: AnyRequest, site: Site, door: Door, session: Session | None, now: datetime
) -> bool:
    """Whether a posted form was kept: one of our own pages', made for this session, with something typed in it."""
    if session is None or request.method != "POST":
        return False
    vault = site.tenancy.vault
    try:
        form = await read_form(request)
        refuse_forged(vault, session.id, form.get(FIELD))
    except (ClientException, PermissionDeniedException):
        return False
    fields = typed_fields(form)
    page = page_asked(request, door.portal)
    if not any(fields.values()) or page.rstrip("/") == f"/p/{door.portal}":
        return False
    return await typed_forms.keep(connection, vault, door.tenant_id, session, Typed(page, fields), now)

"""How long the session of a page lasts, for the script that says so in time, and staying signed in by a click."""

from datetime import datetime

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec.structs import replace

from frontdesk.session_ends import session_end
from frontdesk_tenants import sessions
from frontdesk_tenants.database import clock
from frontdesk_tenants.sessions import Session
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.cookies import read_cookie
from frontdesk_web.csrf import csrf_token
from frontdesk_web.forms import read_form
from frontdesk_web.portal.frames import asked_locale, locale_of
from frontdesk_web.portal.visit import Visit
from frontdesk_web.session_notices import over_answer, session_answer
from frontdesk_web.signed_in import dependencies, exception_handlers, find_portal
from frontdesk_web.site import Site


@get("/p/{portal:str}/session")
async def tell_session(request: AnyRequest, portal: FromPath[str], site: NamedDependency[Site]) -> Response[bytes]:
    """What there is to say of the session. Asking is no visit."""
    door = await find_portal(site, portal)
    async with site.tenancy.at(door) as (connection, side):
        now = await clock(connection)
        session = await sessions.read_session(connection, read_cookie(site.config, request, door.portal) or "")
    chosen = () if session is None else (session.locale, *session.preferred_locales)
    locale = locale_of(request, side, asked_locale(request), *chosen)
    if session is None or not session.live:
        keeps = session is not None and session.grounded and not session.ended and session.source == "login_link"
        return over_answer(locale, keeps=keeps)
    return _answer(session, now, locale, csrf_token(site.tenancy.vault, session.id))


@post("/p/{portal:str}/session", status_code=200, dependencies=dependencies, exception_handlers=exception_handlers)
async def stay_signed_in(
    request: AnyRequest, visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[bytes]:
    """Put off the end of the session, as any visit of a page does."""
    visit.refuse_forged(site, await read_form(request))
    return _answer(replace(visit.session, last_seen=visit.now), visit.now, visit.locale, visit.csrf)


def _answer(session: Session, now: datetime, locale: str, csrf: str) -> Response[bytes]:
    assert session.last_seen is not None
    end = session_end(session.last_seen, session.idle, session.expires_at, now)
    hours = round((session.expires_at - session.created).total_seconds() / 3600)
    return session_answer(end, session.expires_at, now, hours=hours, locale=locale, csrf=csrf)


routes = [tell_session, stay_signed_in]

"""How long the session of staff lasts, for the script that says so in time, and staying signed in by a click."""

from collections.abc import Sequence
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from msgspec.structs import replace

from frontdesk.session_ends import session_end
from frontdesk_tenants import staff_sessions
from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.staff_sessions import ABSOLUTE, IDLE, StaffSession
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.cookies import read_cookie
from frontdesk_web.csrf import FIELD, csrf_token, refuse_forged
from frontdesk_web.dashboard import ways
from frontdesk_web.dashboard.half_way import ONE_FACTOR, StaffCaller
from frontdesk_web.dashboard.house_face import JAR, staff_locale
from frontdesk_web.forms import read_form
from frontdesk_web.session_notices import over_answer, session_answer
from frontdesk_web.site import Site


@get(ways.SESSION)
async def tell_staff_session(request: AnyRequest, site: NamedDependency[Site]) -> Response[bytes]:
    """What there is to say of the session. Asking is no visit."""
    async with site.tenancy.database.side(HOUSE) as connection:
        session = await staff_sessions.read_session(connection, read_cookie(site.config, request, JAR) or "")
    locale = staff_locale(request, None if session is None else session.locale)
    if session is None or not session.live:
        return over_answer(locale)
    return _answer(session, locale, csrf_token(site.tenancy.vault, session.id))


@post(ways.SESSION, status_code=200, **ONE_FACTOR)
async def stay_staff(
    request: AnyRequest, caller: NamedDependency[StaffCaller], site: NamedDependency[Site]
) -> Response[bytes]:
    """Put off the end of the session, as any visit of a page does."""
    refuse_forged(site.tenancy.vault, caller.session.id, (await read_form(request)).get(FIELD))
    async with site.tenancy.database.side(HOUSE) as connection:
        await staff_sessions.note_visit(connection, caller.session)
    return _answer(replace(caller.session, last_seen=caller.session.now), caller.locale, caller.csrf)


def _answer(session: StaffSession, locale: str, csrf: str) -> Response[bytes]:
    end = session_end(session.last_seen, IDLE, session.expires_at, session.now)
    hours = round(ABSOLUTE.total_seconds() / 3600)
    return session_answer(end, session.expires_at, session.now, hours=hours, locale=locale, csrf=csrf)


routes: Sequence[Any] = [tell_staff_session, stay_staff]

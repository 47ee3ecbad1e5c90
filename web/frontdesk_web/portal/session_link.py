"""The address of a session that the tenant's program has made: `/p/session/{token}`.

Opening it signs in by a cookie, without a word. Only a GET opens it: programs that look at addresses before people do
ask by HEAD.
"""

from typing import Any

from litestar import Response, get, head
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from frontdesk.happenings import Happening
from frontdesk_tenants import sessions
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import PUBLIC_ID_LENGTH, Door
from frontdesk_tenants.happenings import Telling, tell
from frontdesk_tenants.sessions import Session
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.cookies import new_cookie
from frontdesk_web.hosts import refuse_other_portals_host
from frontdesk_web.portal.ended_sessions import expired_page, way_in
from frontdesk_web.portal.entrance import closed_page
from frontdesk_web.portal.visit import home_path
from frontdesk_web.site import Site


@get("/p/session/{token:str}")
async def open_session_link(request: AnyRequest, token: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    """Open a session, or say that it is over and where to sign in instead."""
    door, secret = await _door(site, token)
    refuse_other_portals_host(request, site.config, door.portal)
    async with site.tenancy.at(door) as (connection, side):
        now = await clock(connection)
        session = await sessions.read_session(connection, secret)
        path = await way_in(connection, door, session, now)
        if session is None or session.source != "api_session":
            return closed_page(request, site, side, path)
        if not await sessions.open_api_session(connection, session, now):
            over = expired_page(request, site, side, session, path, status=410)
            if session.can_be_recovered(now):
                # The page where it is begun again knows it by the cookie. The session itself stays over.
                over.set_cookie(new_cookie(site.config, door.portal, "session", secret))
            return over
        if session.last_seen is None:
            used = Telling(what=Happening("session", "used", session.id), after=_facts(session, door))
            await tell(connection, door.tenant_id, (used,), now.replace(microsecond=0))
    response = Redirect(home_path(door) + ("flow" if session.confined else ""), status_code=303)
    response.set_cookie(new_cookie(site.config, door.portal, "session", secret))
    return response


@head("/p/session/{token:str}")
async def look_at_session_link(request: AnyRequest, token: FromPath[str], site: NamedDependency[Site]) -> None:
    """Opens nothing and tells nothing of the session."""
    door, _ = await _door(site, token)
    refuse_other_portals_host(request, site.config, door.portal)


def _facts(session: Session, door: Door) -> dict[str, Any]:
    """What the tenant is told of a session that was opened: not how."""
    return {
        "id": session.id,
        "object": "billing_portal.session",
        "configuration": session.configuration,
        "customer": session.customer,
        "livemode": door.livemode,
    }


async def _door(site: Site, token: str) -> tuple[Door, str]:
    secret = sessions.secret_in(token)
    door = None if secret is None else await site.tenancy.directory.by_public_id(secret[:PUBLIC_ID_LENGTH])
    if door is None or secret is None or token.startswith(sessions.LIVE_PREFIX) != door.livemode:
        raise NotFoundException
    return door, secret


routes = [open_session_link, look_at_session_link]

"""Who works at the dashboard: from the cookie and the portal's name in the path to a member of staff and a side.

A route says which right it needs: `@get("/dashboard/{portal:str}/products", **needs(Right.SEE))`, and takes a
`visit: NamedDependency[StaffVisit]`. Without a good session the visitor is sent to the sign-in; whoever does not work
for the tenant finds nothing there, as if it did not exist; whoever lacks the right is told who holds it. While a side
is suspended its staff read everything, and every unsafe method is refused but on routes that say otherwise.
"""

import logging
from typing import Any

from litestar import Response
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ExceptionHandlersMap

from frontdesk.errors import Misconfigured
from frontdesk.permissions import may_change
from frontdesk.roles import Right
from frontdesk_tenants import staff, staff_sessions
from frontdesk_tenants.database import enter_side
from frontdesk_tenants.directory import read_side
from frontdesk_tenants.house import HOUSE
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard import ways
from frontdesk_web.dashboard.half_way import SAFE, StaffNotSignedIn, answer_not_signed_in, provide_caller
from frontdesk_web.dashboard.pages import fault_page, refusal_page, role_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.headers import request_id
from frontdesk_web.messages import translate
from frontdesk_web.portal.frames import asked_locale
from frontdesk_web.signed_in import find_portal
from frontdesk_web.site import Site

log = logging.getLogger("frontdesk.web")
RIGHT, FRESH, HOME, WHILE_SUSPENDED = "right", "fresh", "home", "while_suspended"
"""What a route says of itself in its `opt`."""
_SEEN = "frontdesk_visit"
"""Where a request's scope keeps its visit, for exception handlers."""


class NotOpen(Exception):
    """A route is not open to a visit, for the role or because the side is suspended: `response` says why."""

    def __init__(self, response: Response[bytes]) -> None:
        super().__init__("not open to this visit")
        self.response = response


def needs(right: Right, *, fresh: bool = False, home: str = "", while_suspended: bool = False) -> dict[str, Any]:
    """What a dashboard route says of itself.

    `right` is what a role needs. `fresh` asks for an authentication within the last five minutes (trust.md §A2: before
    secrets); what was posted is not repeated afterwards, the visitor comes to `home`, a page below the side's path.
    `while_suspended` is for unsafe methods that change nothing of the side, or protect it: revoking a key, removing a
    member.
    """
    return {
        "dependencies": _VISIT,
        "exception_handlers": exception_handlers,
        "opt": {RIGHT: right, FRESH: fresh, HOME: home, WHILE_SUSPENDED: while_suspended},
    }


async def provide_staff_visit(request: AnyRequest, portal: FromPath[str], site: NamedDependency[Site]) -> StaffVisit:
    """The visit of a request to a page of a side.

    Raises:
        StaffNotSignedIn: there is no good session, or a factor is wanted (again): the response leads there.
        NotFoundException: there is no such portal, or the person does not work for its tenant.
        NotOpen: the person's role does not hold the route's right, or the side is suspended and nothing changes.
        PermissionDeniedException: an unsafe request came from another origin.
    """
    caller = await provide_caller(request, site)
    session = caller.session
    if not session.whole:
        raise StaffNotSignedIn(_to(request, ways.FACTOR))
    door = await find_portal(site, portal)
    live, sandbox = await site.tenancy.directory.both(door)
    if session.scope is not None and session.scope != live.tenant_id:
        raise NotFoundException
    asked = asked_locale(request)
    async with site.tenancy.database.side(HOUSE) as connection:
        await staff_sessions.note_visit(connection, session)
        if asked is not None and asked != session.locale:
            await staff_sessions.note_locale(connection, session, asked)
        workplaces = await staff.tenants_of(connection, session.person)
        await enter_side(connection, live.tenant_id)
        member = await staff.member_of(connection, session.person)
        if member is None:
            raise NotFoundException
        await enter_side(connection, door.tenant_id)
        side = await read_side(connection, door)
    visit = StaffVisit(
        session=session,
        person=caller.person,
        member=member,
        side=side,
        doors=(live, sandbox),
        workplaces=len(workplaces),
        locale=caller.locale,
        csrf=caller.csrf,
        now=session.now,
        request_id=request_id(request.scope),
    )
    right: Right = request.route_handler.opt[RIGHT]
    if not visit.may(right):
        raise NotOpen(role_page(request, site, visit, right))
    if request.route_handler.opt[FRESH] and not session.fresh:
        home = request.route_handler.opt[HOME]
        raise StaffNotSignedIn(_to(request, ways.FRESH, visit.path(home) if home else visit.base))
    barred = may_change(side.suspended).refusal
    if barred is not None and request.method not in SAFE and not request.route_handler.opt[WHILE_SUSPENDED]:
        raise NotOpen(refusal_page(request, site, visit, barred))
    request.scope["state"][_SEEN] = site, visit
    return visit


def visit_of(request: AnyRequest) -> tuple[Site, StaffVisit]:
    """The visit that a request to a route with `needs` was found to be, and its site."""
    site, visit = request.scope["state"][_SEEN]
    return site, visit


# One for all routes: Litestar makes a model of each provider's signature.
_VISIT = {"visit": Provide(provide_staff_visit)}


def _to(request: AnyRequest, path: str, home: str | None = None) -> Response[Any]:
    """To a page that asks for a factor, and back afterwards: to the page that was asked for, or to `home`."""
    target = ways.here(request) if request.method in ("GET", "HEAD") else home
    return Redirect(ways.with_next(path, target), status_code=303)


def answer_not_open(_: AnyRequest, error: NotOpen) -> Response[bytes]:
    """The exception handler of `NotOpen`."""
    return error.response


def answer_misconfigured(request: AnyRequest, error: Misconfigured) -> Response[bytes]:
    """The exception handler of `Misconfigured`: staff are who can act, so they are told what is wrong."""
    site, visit = visit_of(request)
    log.error("a page could not be shown: %s", error, extra={"request_id": request_id(request.scope)})
    return fault_page(request, site, visit, translate(visit.locale, error.sentence, **error.parameters))


exception_handlers: ExceptionHandlersMap = {
    StaffNotSignedIn: answer_not_signed_in,
    NotOpen: answer_not_open,
    Misconfigured: answer_misconfigured,
}

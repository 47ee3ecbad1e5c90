"""A session that wants its second factor, or wants it once more: from the cookie to the person behind it."""

from typing import Any

from litestar import Response
from litestar.di import NamedDependency, Provide
from litestar.response import Redirect
from litestar.types import ExceptionHandlersMap
from msgspec import Struct

from frontdesk.desk import Actor
from frontdesk_tenants import people, staff_sessions
from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.people import Person
from frontdesk_tenants.staff_sessions import StaffSession
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.cookies import dead_cookie, read_cookie
from frontdesk_web.csrf import csrf_token, refuse_foreign_origin
from frontdesk_web.dashboard import ways
from frontdesk_web.dashboard.house_face import JAR, staff_locale
from frontdesk_web.site import Site

SAFE = ("GET", "HEAD", "OPTIONS")


class StaffNotSignedIn(Exception):
    """There is no good session: `response` leads to the sign-in."""

    def __init__(self, response: Response[Any]) -> None:
        super().__init__("staff not signed in")
        self.response = response


class StaffCaller(Struct, frozen=True, kw_only=True):
    """Somebody whose address was proven; `session.whole` says whether the second factor was given too."""

    session: StaffSession
    person: Person
    locale: str
    csrf: str

    @property
    def actor(self) -> Actor:
        """Who acts, for the audit of the house."""
        return Actor(kind="staff", id=self.person.id)


async def provide_caller(request: AnyRequest, site: NamedDependency[Site]) -> StaffCaller:
    """Who calls, with one factor or two.

    Raises:
        StaffNotSignedIn: there is no session that is good now.
        PermissionDeniedException: an unsafe request came from another origin.
    """
    if request.method not in SAFE:
        refuse_foreign_origin(request, site.config)
    async with site.tenancy.database.side(HOUSE) as connection:
        secret = read_cookie(site.config, request, JAR) or ""
        session = await staff_sessions.read_session(connection, secret)
        if session is None or not session.live:
            raise StaffNotSignedIn(to_sign_in(request, site))
        person = await people.read(connection, session.person)
    assert person is not None
    return StaffCaller(
        session=session,
        person=person,
        locale=staff_locale(request, session.locale, person.locale),
        csrf=csrf_token(site.tenancy.vault, session.id),
    )


def to_sign_in(request: AnyRequest, site: Site) -> Response[Any]:
    """To the sign-in page, and back afterwards where that is a page."""
    target = ways.here(request) if request.method in SAFE else None
    response = Redirect(ways.with_next(ways.SIGN_IN, target), status_code=303)
    response.set_cookie(dead_cookie(site.config, JAR, "session"))
    return response


def answer_not_signed_in(_: AnyRequest, error: StaffNotSignedIn) -> Response[Any]:
    """The exception handler of `StaffNotSignedIn`."""
    return error.response


exception_handlers: ExceptionHandlersMap = {StaffNotSignedIn: answer_not_signed_in}
ONE_FACTOR: dict[str, Any] = {
    "dependencies": {"caller": Provide(provide_caller)},
    "exception_handlers": exception_handlers,
}
"""For the routes between the first factor and the second."""

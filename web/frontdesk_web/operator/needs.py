"""Who operates: somebody with both factors whose address is an operator's. For everybody else nothing is there.

A route says `@get("/operator/…", **OPERATOR)` and takes a `visit: NamedDependency[OperatorVisit]`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.response import Redirect
from msgspec import Struct

from frontdesk.desk import Actor
from frontdesk_tenants import staff_sessions
from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.operators import operator_id
from frontdesk_tenants.people import Person
from frontdesk_tenants.staff_sessions import StaffSession
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.csrf import FIELD, refuse_forged
from frontdesk_web.dashboard import ways
from frontdesk_web.dashboard.half_way import StaffNotSignedIn, exception_handlers, provide_caller
from frontdesk_web.headers import request_id
from frontdesk_web.portal.frames import asked_locale
from frontdesk_web.site import Site


class OperatorVisit(Struct, frozen=True, kw_only=True):
    """A request of an operator. `now` is real time; `csrf` goes into every form."""

    session: StaffSession
    person: Person
    operator: str
    locale: str
    csrf: str
    now: datetime
    request_id: str

    @property
    def actor(self) -> Actor:
        """Who acts, for the audit."""
        return Actor(kind="staff", id=self.operator)

    def refuse_forged(self, site: Site, form: Mapping[str, str]) -> None:
        """Refuse a posted form whose token is not this session's. Raises PermissionDeniedException (403)."""
        refuse_forged(site.tenancy.vault, self.session.id, form.get(FIELD))


async def provide_operator_visit(request: AnyRequest, site: NamedDependency[Site]) -> OperatorVisit:
    """The visit of a request to an operator's page.

    Raises:
        StaffNotSignedIn: there is no good session, or the second factor is wanted.
        NotFoundException: this is nobody who operates, or somebody for whom a tenant's provider vouched.
        PermissionDeniedException: an unsafe request came from another origin.
    """
    caller = await provide_caller(request, site)
    session = caller.session
    if not session.whole:
        target = ways.here(request) if request.method in ("GET", "HEAD") else None
        raise StaffNotSignedIn(Redirect(ways.with_next(ways.FACTOR, target), status_code=303))
    operator = None if session.scope is not None else await operator_id(site.tenancy, caller.person.address)
    if operator is None:
        raise NotFoundException
    asked = asked_locale(request)
    async with site.tenancy.database.side(HOUSE) as connection:
        await staff_sessions.note_visit(connection, session)
        if asked is not None and asked != session.locale:
            await staff_sessions.note_locale(connection, session, asked)
    return OperatorVisit(
        session=session,
        person=caller.person,
        operator=operator,
        locale=caller.locale,
        csrf=caller.csrf,
        now=session.now,
        request_id=request_id(request.scope),
    )


OPERATOR: dict[str, Any] = {
    "dependencies": {"visit": Provide(provide_operator_visit)},
    "exception_handlers": exception_handlers,
}
"""For every operator's route."""

"""A request of a member of staff to a page of one side."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime

from msgspec import Struct

from frontdesk.desk import Actor
from frontdesk.roles import Right, Role, may
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.directory import Door, Side
from frontdesk_tenants.local_desk import LocalDesk
from frontdesk_tenants.people import Person
from frontdesk_tenants.remote_desk import RemoteDesk
from frontdesk_tenants.staff import Member
from frontdesk_tenants.staff_sessions import StaffSession
from frontdesk_web.csrf import FIELD, refuse_forged
from frontdesk_web.site import Site


class StaffVisit(Struct, frozen=True, kw_only=True):
    """A request of a member of staff to a page of one side. `now` is real time; `csrf` goes into every form.

    `doors` are the live door and the sandbox's; `workplaces` is how many tenants the person works for.
    """

    session: StaffSession
    person: Person
    member: Member
    side: Side
    doors: tuple[Door, Door]
    workplaces: int
    locale: str
    csrf: str
    now: datetime
    request_id: str

    @property
    def door(self) -> Door:
        """The side's door."""
        return self.side.door

    @property
    def role(self) -> Role:
        """What the person is for the tenant."""
        return self.member.role

    @property
    def actor(self) -> Actor:
        """Who acts, for desks and the audit."""
        return Actor(kind="staff", id=self.member.id)

    @property
    def base(self) -> str:
        """The path of the side's overview, without a slash at its end."""
        return f"/dashboard/{self.door.portal}"

    def path(self, *parts: str) -> str:
        """The path of a page of this side: `visit.path("products", id)`."""
        return "/".join((self.base, *parts))

    def may(self, right: Right) -> bool:
        """Whether the person's role holds a right, for showing a button or not."""
        return may(self.role, right)

    def refuse_forged(self, site: Site, form: Mapping[str, str]) -> None:
        """Refuse a posted form whose token is not this session's. Raises PermissionDeniedException (403)."""
        refuse_forged(site.tenancy.vault, self.session.id, form.get(FIELD))

    def desk(self, site: Site, customer_id: str | None) -> AbstractAsyncContextManager[LocalDesk | RemoteDesk]:
        """A desk for one customer of the side (None: one that is to be created); see `open_desk`."""
        return open_desk(site.tenancy, self.door, customer_id=customer_id, actor=self.actor, request_id=self.request_id)

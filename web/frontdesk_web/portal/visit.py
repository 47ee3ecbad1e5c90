"""A visit: a request of somebody who is signed in, as every page of the portal gets it (`frontdesk_web.signed_in`)."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from frontdesk.desk import Actor
from frontdesk.flows import Flow
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk_tenants.directory import Door, Side
from frontdesk_tenants.sessions import Session
from frontdesk_web.csrf import FIELD, refuse_forged
from frontdesk_web.site import Site

VISIT = "frontdesk_visit"
"""Where a request's scope keeps its site and visit, for exception handlers."""


class Visit(Struct, frozen=True, kw_only=True):
    """A request of somebody who is signed in. `now` is real time; `csrf` goes into every form of the page.

    `typed` is what they had typed on this page as their session was over, told once.
    """

    session: Session
    side: Side
    configuration: PortalConfiguration
    locale: str
    csrf: str
    now: datetime
    typed: Mapping[str, str] = {}

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
    def flow(self) -> Flow | None:
        """The one job that the session is confined to, if it is."""
        return self.session.flow if self.session.confined else None

    @property
    def home_url(self) -> str:
        """The portal's home page; in a flow, where that goes on: its first page, or what comes when it is done."""
        return home_path(self.door) + ("flow" if self.session.confined else "")

    @property
    def return_url(self) -> str | None:
        """Where "Return to …" leads."""
        return self.session.return_url or self.configuration.default_return_url

    @property
    def way_back(self) -> str:
        """Where somebody goes who leaves a page undone: home, out of a flow; empty where there is nowhere to go."""
        return (self.return_url or "") if self.session.confined else self.home_url

    def refuse_forged(self, site: Site, form: Mapping[str, str]) -> None:
        """Refuse a posted form whose token is not this session's. Raises PermissionDeniedException (403)."""
        refuse_forged(site.tenancy.vault, self.session.id, form.get(FIELD))


def home_path(door: Door) -> str:
    """The path of a portal's home page."""
    return f"/p/{door.portal}/"

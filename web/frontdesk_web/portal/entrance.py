"""The login link: from the token in a path to a side and the configuration that the link belongs to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from litestar import MediaType, Request, Response
from litestar.exceptions import NotFoundException
from msgspec import Struct

from frontdesk.portal_configuration import PortalConfiguration
from frontdesk_tenants import configurations
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import PUBLIC_ID_LENGTH, Door, Side
from frontdesk_tenants.sessions import SideTransaction
from frontdesk_web.hosts import refuse_other_portals_host
from frontdesk_web.letters.passcode import is_open
from frontdesk_web.links import SANDBOX
from frontdesk_web.portal.frames import asked_locale, locale_of, portal_frame
from frontdesk_web.portal.views import LinkInactivePage
from frontdesk_web.site import Site

TOKEN_LENGTH = 200


class Entrance(Struct, frozen=True, kw_only=True):
    """A login page that is open, on a transaction of its side. `path` is the login link's."""

    connection: SideTransaction
    side: Side
    configuration: PortalConfiguration
    path: str
    now: datetime

    @property
    def door(self) -> Door:
        """The side's door."""
        return self.side.door


class LinkClosed(Exception):
    """The link leads to a side, but to no login page (any more): `response` says so under the tenant's name."""

    def __init__(self, response: Response[bytes]) -> None:
        super().__init__("login link closed")
        self.response = response


@asynccontextmanager
async def enter(site: Site, request: Request[Any, Any, Any], token: str) -> AsyncIterator[Entrance]:
    """What a login link leads to.

    Raises:
        LinkClosed: the tenant is known, the link is not, or its page is switched off.
        NotFoundException: the link is nobody's.
    """
    door, login_token = await _door(site, token)
    refuse_other_portals_host(request, site.config, door.portal)
    async with site.tenancy.at(door) as (connection, side):
        configuration = await configurations.by_login_token(connection, login_token)
        if configuration is None or not is_open(configuration):
            raise LinkClosed(closed_page(request, site, side))
        path = f"/p/login/{token}"
        yield Entrance(
            connection=connection, side=side, configuration=configuration, path=path, now=await clock(connection)
        )


def closed_page(
    request: Request[Any, Any, Any], site: Site, side: Side, sign_in_url: str | None = None
) -> Response[bytes]:
    """The page for a link that leads nowhere (any more): the tenant's name, and how to reach it."""
    locale = locale_of(request, side, asked_locale(request))
    frame = portal_frame(request, side, None, locale)
    body = site.renderer.page(locale, frame, LinkInactivePage(sign_in_url=sign_in_url))
    return Response(body, status_code=404, media_type=MediaType.HTML)


def answer_link_closed(_: Request[Any, Any, Any], error: LinkClosed) -> Response[bytes]:
    """The exception handler of `LinkClosed`."""
    return error.response


async def _door(site: Site, token: str) -> tuple[Door, str]:
    bare = token.removeprefix(SANDBOX)
    public_id, login_token = bare[:PUBLIC_ID_LENGTH], bare[PUBLIC_ID_LENGTH:]
    if not (bare.isascii() and bare.isalnum() and len(bare) <= TOKEN_LENGTH and login_token):
        raise NotFoundException
    door = await site.tenancy.directory.by_public_id(public_id)
    if door is None or door.livemode != (bare == token):
        raise NotFoundException
    return door, login_token

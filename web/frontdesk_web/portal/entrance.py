"""The login link: from the token in a path to a side and the configuration that the link belongs to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from litestar import MediaType, Response
from litestar.exceptions import NotFoundException
from msgspec import Struct

from frontdesk.portal_configuration import PortalConfiguration
from frontdesk_tenants import configurations, sessions
from frontdesk_tenants.database import SideTransaction, clock
from frontdesk_tenants.directory import PUBLIC_ID_LENGTH, Door, Side
from frontdesk_tenants.sessions import Session
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.cookies import read_cookie
from frontdesk_web.hosts import refuse_other_portals_host
from frontdesk_web.letters.passcode import is_open
from frontdesk_web.links import RECOVERY, SANDBOX
from frontdesk_web.portal.frames import asked_locale, locale_of, portal_frame
from frontdesk_web.portal.sign_in_views import LinkInactivePage
from frontdesk_web.site import Site

TOKEN_LENGTH = 200


class Entrance(Struct, frozen=True, kw_only=True):
    """A login page that is open, on a transaction of its side. `path` is the login link's.

    `recovers` is the browser's session of the API that is to be begun again there.
    """

    connection: SideTransaction
    side: Side
    configuration: PortalConfiguration
    path: str
    now: datetime
    recovers: Session | None = None

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
async def enter(site: Site, request: AnyRequest, token: str) -> AsyncIterator[Entrance]:
    """What a login link leads to.

    Raises:
        LinkClosed: the tenant is known, the link is not, or its page is switched off.
        NotFoundException: the link is nobody's.
    """
    if token.startswith(RECOVERY):
        async with _recovery(site, request, token) as entrance:
            yield entrance
        return
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


@asynccontextmanager
async def _recovery(site: Site, request: AnyRequest, token: str) -> AsyncIterator[Entrance]:
    """Where a session of the API that is over can be begun again. Its own configuration needs no login page for that.

    Whose session it is says the browser's cookie alone, so that the address is nobody's secret.
    """
    public_id = token.removeprefix(RECOVERY)
    plain = public_id.isascii() and public_id.isalnum() and len(public_id) == PUBLIC_ID_LENGTH
    door = await site.tenancy.directory.by_public_id(public_id) if plain else None
    if door is None:
        raise NotFoundException
    refuse_other_portals_host(request, site.config, door.portal)
    secret = read_cookie(site.config, request, door.portal) or ""
    async with site.tenancy.at(door) as (connection, side):
        now = await clock(connection)
        session = await sessions.read_session(connection, secret)
        if session is None or not session.can_be_recovered(now):
            raise LinkClosed(closed_page(request, site, side))
        configuration = await configurations.read(connection, session.configuration)
        assert configuration is not None
        yield Entrance(
            connection=connection,
            side=side,
            configuration=configuration,
            path=f"/p/login/{token}",
            now=now,
            recovers=session,
        )


def closed_page(request: AnyRequest, site: Site, side: Side, sign_in_url: str | None = None) -> Response[bytes]:
    """The page for a link that leads nowhere (any more): the tenant's name, and how to reach it."""
    locale = locale_of(request, side, asked_locale(request))
    frame = portal_frame(request, side, None, locale)
    body = site.renderer.page(locale, frame, LinkInactivePage(sign_in_url=sign_in_url))
    return Response(body, status_code=404, media_type=MediaType.HTML)


def answer_link_closed(_: AnyRequest, error: LinkClosed) -> Response[bytes]:
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

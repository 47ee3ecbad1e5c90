"""Signing in through a tenant's own identity provider: to it, and back with a session for that tenant alone.

The provider sees to a second factor. Whoever it names must be on the team or invited; a session that it vouched for is
of no use with any other tenant, since that tenant never trusted it.
"""

import base64
import binascii
import logging
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Struct

from frontdesk.desk import Actor
from frontdesk.errors import Misconfigured, Unavailable
from frontdesk_tenants import audit, identity_providers, staff_sessions
from frontdesk_tenants.database import SideTransaction, clock, enter_side
from frontdesk_tenants.directory import Door
from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.identities import Attempt, Identity, NotTrusted
from frontdesk_tenants.staff import Member
from frontdesk_tenants.vault import SecretUnreadable
from frontdesk_web.addresses_of_callers import caller as network_of
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.cookies import dead_cookie, new_cookie, read_cookie
from frontdesk_web.dashboard import ways
from frontdesk_web.dashboard.house_face import JAR, house_page, staff_locale
from frontdesk_web.headers import request_id
from frontdesk_web.messages import translate
from frontdesk_web.signed_in import find_portal
from frontdesk_web.site import Site

PLACE = "cookies.openid"
log = logging.getLogger("frontdesk.security")


class SingleSignOnPage(Struct, frozen=True, kw_only=True):
    """Why somebody is not signed in, and the ways on."""

    template: ClassVar[str] = "dashboard/single_sign_on.html"
    sentence: str
    again_url: str | None
    sign_in_url: str = ways.SIGN_IN


@get(ways.SINGLE_SIGN_ON + "/{portal:str}")
async def to_provider(request: AnyRequest, portal: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    """Send the browser to the tenant's provider. `?again=1` makes a session fresh that it has vouched for before."""
    live, _ = await site.tenancy.directory.both(await find_portal(site, portal))
    async with site.tenancy.database.side(live.tenant_id) as connection:
        now = await clock(connection)
        stored = await identity_providers.read(connection, site.tenancy.vault, live)
    if stored is None:
        raise NotFoundException
    session = await _session(request, site, live) if "again" in request.query_params else None
    try:
        url, attempt = await site.openid.begin(
            stored.client,
            provider_id=stored.id,
            tenant=live.tenant_id.hex,
            redirect_uri=site.config.url(ways.CALLBACK),
            now=now,
            next=ways.wanted(request),
            session=session,
        )
    except (Unavailable, Misconfigured) as error:
        log.warning("identity provider not asked: %s", error, extra={"tenant": str(live.tenant_id)})
        return _refused(request, site, live, _down(request), 503)
    response = Redirect(url, status_code=303)
    response.set_cookie(new_cookie(site.config, JAR, "openid", _sealed(site, attempt)))
    return response


@get(ways.CALLBACK)
async def from_provider(request: AnyRequest, site: NamedDependency[Site]) -> Response[Any]:
    """Take what the browser brought back from the provider. Without the cookie of its own visit it opens nothing."""
    attempt = _opened(site, read_cookie(site.config, request, JAR, "openid"))
    if attempt is None:
        return _refused(request, site, None, _not_trusted(request), 400)
    live = await site.tenancy.door(UUID(attempt.tenant))
    async with site.tenancy.database.side(live.tenant_id) as connection:
        now = await clock(connection)
        stored = await identity_providers.read(connection, site.tenancy.vault, live)
    try:
        if stored is None or stored.id != attempt.provider:
            raise NotTrusted("the provider was changed meanwhile")
        identity = await site.openid.finish(
            stored.client, attempt, _query(request), redirect_uri=site.config.url(ways.CALLBACK), now=now
        )
    except NotTrusted as error:
        log.warning("single sign-on refused: %s", error, extra={"tenant": str(live.tenant_id)})
        return _refused(request, site, live, _not_trusted(request), 403)
    except (Unavailable, Misconfigured) as error:
        log.warning("identity provider not asked: %s", error, extra={"tenant": str(live.tenant_id)})
        return _refused(request, site, live, _down(request), 503)
    return await _signed_in(request, site, live, attempt, identity)


async def _signed_in(
    request: AnyRequest, site: Site, live: Door, attempt: Attempt, identity: Identity
) -> Response[Any]:
    """A session for whom the provider has named, or the one there is made fresh; and on to where they wanted to go."""
    async with site.tenancy.database.side(live.tenant_id) as connection:
        now = await clock(connection)
        member = await identity_providers.member_of(connection, live, identity, now)
        if member is None:
            return _refused(request, site, live, _not_on_the_team(request), 403)
        secret = await _secret(request, site, connection, member, attempt, identity, live)
        if secret is None:
            return _refused(request, site, live, _not_trusted(request), 403)
        await enter_side(connection, live.tenant_id)
        await audit.record(
            connection,
            live.tenant_id,
            actor=Actor(kind="staff", id=member.id),
            action="staff_signed_in_by_provider",
            object_id=member.id,
            now=now,
            after={"issuer": identity.issuer},
            request_id=request_id(request.scope),
        )
    response = Redirect(attempt.next or f"/dashboard/{live.portal}", status_code=303)
    response.set_cookie(new_cookie(site.config, JAR, "session", secret))
    response.set_cookie(dead_cookie(site.config, JAR, "openid"))
    return response


async def _secret(
    request: AnyRequest,
    site: Site,
    connection: SideTransaction,
    member: Member,
    attempt: Attempt,
    identity: Identity,
    live: Door,
) -> str | None:
    """The cookie's value; None where a session was to be made fresh and cannot be. Leaves the house behind."""
    await enter_side(connection, HOUSE)
    session = await staff_sessions.read_session(connection, read_cookie(site.config, request, JAR) or "")
    if attempt.session is not None:
        lately = identity.authenticated_at is not None and (
            identity.authenticated_at + staff_sessions.FRESH > await clock(connection)
        )
        same = session is not None and session.live and session.id == attempt.session
        if session is None or not same or session.person != member.person or not lately:
            return None
        return await staff_sessions.refresh(connection, session)
    if session is not None:
        await staff_sessions.end_session(connection, session)
    _, secret = await staff_sessions.open_session(
        connection,
        person=member.person,
        method="oidc",
        agent=request.headers.get("user-agent", ""),
        network=str(network_of(request, site.config)),
        locale=None,
        now=await clock(connection),
        whole=True,
        scope=live.tenant_id,
    )
    return secret


async def _session(request: AnyRequest, site: Site, live: Door) -> str | None:
    """The id of the session that the provider has vouched for, if it is good."""
    async with site.tenancy.database.side(HOUSE) as connection:
        session = await staff_sessions.read_session(connection, read_cookie(site.config, request, JAR) or "")
    if session is None or not session.live or session.scope != live.tenant_id:
        return None
    return session.id


def _query(request: AnyRequest) -> Mapping[str, str]:
    """What the provider sent along. Something that is given twice counts as not given."""
    query = request.query_params
    return {name: values[0] for name in query if len(values := query.getall(name, [])) == 1}


def _sealed(site: Site, attempt: Attempt) -> str:
    sealed = site.tenancy.vault.seal(msgspec.json.encode(attempt), HOUSE, PLACE)
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def _opened(site: Site, cookie: str | None) -> Attempt | None:
    try:
        sealed = base64.urlsafe_b64decode((cookie or "").encode() + b"==")
        return msgspec.json.decode(site.tenancy.vault.open(sealed, HOUSE, PLACE), type=Attempt)
    except (SecretUnreadable, binascii.Error, msgspec.MsgspecError, ValueError):
        return None


def _refused(request: AnyRequest, site: Site, live: Door | None, sentence: str, status: int) -> Response[bytes]:
    again = None if live is None else f"{ways.SINGLE_SIGN_ON}/{live.portal}"
    page = SingleSignOnPage(sentence=sentence, again_url=again)
    response = house_page(request, site, staff_locale(request), page, status)
    response.set_cookie(dead_cookie(site.config, JAR, "openid"))
    return response


def _down(request: AnyRequest) -> str:
    return translate(
        staff_locale(request),
        "Your company's sign-in does not answer now. Try again in a moment, or sign in with a code by e-mail.",
    )


def _not_trusted(request: AnyRequest) -> str:
    return translate(
        staff_locale(request),
        "What came back from your company's sign-in does not fit, so nobody was signed in. Begin again, in one window.",
    )


def _not_on_the_team(request: AnyRequest) -> str:
    return translate(
        staff_locale(request),
        "Your company knows you, but you are not on this team. Ask an owner or admin to invite your e-mail address.",
    )


routes: Sequence[Any] = [to_provider, from_provider]

"""Accepting an invitation to a team: from the link in the letter to the sign-in."""

from collections.abc import Sequence
from typing import Any, ClassVar
from urllib.parse import quote

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Struct

from frontdesk.errors import Refused
from frontdesk_tenants import invitations, team
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import PUBLIC_ID_LENGTH, Door
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.csrf import FIELD, csrf_token, refuse_foreign_origin, refuse_forged
from frontdesk_web.dashboard import ways
from frontdesk_web.dashboard.house_face import house_page, staff_locale
from frontdesk_web.dashboard.role_words import role_name, role_sentence
from frontdesk_web.forms import read_form
from frontdesk_web.headers import request_id
from frontdesk_web.site import Site

PATH = ways.INVITATION + "/{token:str}"


class InvitationPage(Struct, frozen=True, kw_only=True):
    """Asks whether somebody wants to join. `open` False says that the invitation does not count any more."""

    template: ClassVar[str] = "dashboard/invitation.html"
    open: bool
    action: str = ""
    csrf: str = ""
    tenant: str = ""
    address: str = ""
    role: str = ""
    role_sentence: str = ""
    sign_in_url: str = ways.SIGN_IN


@get(PATH)
async def ask_to_join(request: AnyRequest, token: FromPath[str], site: NamedDependency[Site]) -> Response[bytes]:
    """The page behind the link. Looking at it changes nothing, so that mail scanners do no harm."""
    live = await _live(site, token)
    locale = staff_locale(request)
    async with site.tenancy.at(live) as (connection, side):
        invitation = await invitations.find(connection, token, await clock(connection))
    if invitation is None or not invitation.open:
        return house_page(request, site, locale, InvitationPage(open=False), 404)
    page = InvitationPage(
        open=True,
        action=f"{ways.INVITATION}/{token}",
        csrf=csrf_token(site.tenancy.vault, _bound(token)),
        tenant=side.name,
        address=invitation.address,
        role=role_name(invitation.role, locale),
        role_sentence=role_sentence(invitation.role, locale),
    )
    return house_page(request, site, locale, page)


@post(PATH)
async def accept_invitation(request: AnyRequest, token: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    """Join, and go on to the sign-in, which proves the address."""
    refuse_foreign_origin(request, site.config)
    refuse_forged(site.tenancy.vault, _bound(token), (await read_form(request)).get(FIELD))
    live = await _live(site, token)
    try:
        member = await team.join(site.tenancy, live, token, request_id(request.scope))
    except Refused:
        return house_page(request, site, staff_locale(request), InvitationPage(open=False), 404)
    query = f"prefilled_email={quote(member.address, safe='')}&next={quote(f'/dashboard/{live.portal}', safe='')}"
    return Redirect(f"{ways.SIGN_IN}?{query}", status_code=303)


def _bound(token: str) -> str:
    """What the form's token is bound to: nobody is signed in yet, so it is the invitation itself."""
    return f"invitation {token}"


async def _live(site: Site, token: str) -> Door:
    """The live side that an invitation's secret names. Raises NotFoundException."""
    door = None
    if invitations.well_formed(token):
        door = await site.tenancy.directory.by_public_id(token[:PUBLIC_ID_LENGTH])
    if door is None or not door.livemode:
        raise NotFoundException
    return door


routes: Sequence[Any] = [ask_to_join, accept_invitation]

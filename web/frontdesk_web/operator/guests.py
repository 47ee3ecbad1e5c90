"""Invitations to sign up: sent, seen, withdrawn."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Struct

from frontdesk.addresses import fold, parse_address
from frontdesk.errors import Refused
from frontdesk_tenants import sign_up_invitations
from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.sign_up_invitations import LASTS, Invitation
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.formatting import date_long
from frontdesk_web.forms import read_form
from frontdesk_web.languages import LOCALE_NAMES, STAFF_LOCALES
from frontdesk_web.messages import translate
from frontdesk_web.operator.needs import OPERATOR, OperatorVisit
from frontdesk_web.operator.pages import INVITATIONS, operator_page
from frontdesk_web.portal.answers import known_id
from frontdesk_web.portal.views import Badge, Field, Notice, Option
from frontdesk_web.site import Site

ON_A_PAGE = 25
_ID = re.compile(r"siv_[0-9A-Za-z]{1,40}", re.ASCII)


class GuestRow(Struct, frozen=True, kw_only=True):
    """Somebody who was invited. `revoke_action` is None where the invitation does not count any more."""

    address: str
    state: Badge
    detail: str
    revoke_action: str | None


class InvitationsPage(Struct, frozen=True, kw_only=True):
    """The form, and who was invited."""

    template: ClassVar[str] = "operator/invitations.html"
    action: str
    csrf: str
    address: Field
    languages: tuple[Option, ...]
    days: int
    guests: tuple[GuestRow, ...]
    older_url: str | None
    newer_url: str | None
    notice: Notice | None = None


@get(INVITATIONS, **OPERATOR)
async def guests(
    request: AnyRequest, visit: NamedDependency[OperatorVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The page. `?before=` is the invitation after which older ones begin, `?done=` says what was just done."""
    told = {
        "sent": translate(visit.locale, "The invitation is on its way."),
        "revoked": translate(visit.locale, "The invitation is withdrawn. Its link does not work any more."),
    }.get(request.query_params.get("done", ""))
    notice = None if told is None else Notice(tone="success", text=told)
    return await _page(request, site, visit, Field(), notice=notice)


@post(INVITATIONS, **OPERATOR)
async def invite_guest(
    request: AnyRequest, visit: NamedDependency[OperatorVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Invite the holder of an address."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    typed, locale = form.get("email", ""), form.get("locale", "")
    try:
        address = fold(parse_address(typed))
    except Refused as refused:
        sentence = translate(visit.locale, refused.refusal.for_customer, **refused.refusal.parameters)
        return await _page(request, site, visit, Field(value=typed[:512], error=sentence), locale=locale)
    async with site.tenancy.database.side(HOUSE) as connection:
        await sign_up_invitations.invite(
            connection,
            site.tenancy.vault,
            site.tenancy.jobs,
            address=address,
            locale=locale if locale in STAFF_LOCALES else visit.locale,
            actor=visit.actor,
            now=visit.now,
            request_id=visit.request_id,
        )
    return Redirect(f"{INVITATIONS}?done=sent", status_code=303)


@post(INVITATIONS + "/{guest:str}/revoke", **OPERATOR)
async def revoke_guest(
    request: AnyRequest, guest: FromPath[str], visit: NamedDependency[OperatorVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Withdraw an invitation. A second time changes nothing."""
    visit.refuse_forged(site, await read_form(request))
    async with site.tenancy.database.side(HOUSE) as connection:
        if await sign_up_invitations.by_id(connection, known_id(guest)) is None:
            raise NotFoundException
        await sign_up_invitations.revoke(connection, guest, visit.actor, visit.now, visit.request_id)
    return Redirect(f"{INVITATIONS}?done=revoked", status_code=303)


async def _page(
    request: AnyRequest,
    site: Site,
    visit: OperatorVisit,
    address: Field,
    *,
    locale: str = "",
    notice: Notice | None = None,
) -> Response[bytes]:
    async with site.tenancy.database.side(HOUSE) as connection:
        before = await _place(connection, request.query_params.get("before", ""))
        found = await sign_up_invitations.read_all(connection, before=before, limit=ON_A_PAGE)
    shown = found[:ON_A_PAGE]
    chosen = locale if locale in STAFF_LOCALES else visit.locale
    page = InvitationsPage(
        action=INVITATIONS,
        csrf=visit.csrf,
        address=address,
        languages=tuple(Option(value=each, text=LOCALE_NAMES[each], selected=each == chosen) for each in STAFF_LOCALES),
        days=LASTS.days,
        guests=tuple(_row(each, visit.locale) for each in shown),
        older_url=f"{INVITATIONS}?before={shown[-1].id}" if len(found) > ON_A_PAGE else None,
        newer_url=INVITATIONS if before is not None else None,
        notice=notice,
    )
    return operator_page(request, site, visit, page, place="invitations", status=400 if address.error else 200)


async def _place(connection: Any, asked: str) -> tuple[datetime, str] | None:
    found = await sign_up_invitations.by_id(connection, asked) if _ID.fullmatch(asked) else None
    return None if found is None else (found.created, found.id)


def _row(invitation: Invitation, locale: str) -> GuestRow:
    until = date_long(invitation.expires_at, locale)
    if invitation.accepted_at is not None:
        state = Badge(translate(locale, "Accepted"), "success")
    elif invitation.revoked_at is not None:
        state = Badge(translate(locale, "Withdrawn"), "neutral")
    elif not invitation.open:
        state = Badge(translate(locale, "Expired"), "neutral")
    elif invitation.delivery in ("bounced", "rejected"):
        state = Badge(translate(locale, "Not delivered"), "danger")
    else:
        state = Badge(translate(locale, "Open until {date}", date=until), "info")
    day = date_long(invitation.created, locale)
    return GuestRow(
        address=invitation.address,
        state=state,
        detail=translate(locale, "invited on {date}", date=day),
        revoke_action=f"{INVITATIONS}/{invitation.id}/revoke" if invitation.open else None,
    )


routes: Sequence[Any] = [guests, invite_guest, revoke_guest]

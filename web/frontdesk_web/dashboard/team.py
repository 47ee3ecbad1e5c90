"""The team of a tenant: who works here in which role, who is invited. The same on both sides."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Struct

from frontdesk.errors import Refusal, Refused
from frontdesk.roles import Right, Role, may_give
from frontdesk_tenants import invitations, staff, team
from frontdesk_tenants.invitations import Invitation
from frontdesk_tenants.staff import Member
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page, refusal_page
from frontdesk_web.dashboard.role_words import role_name, role_sentence
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.formatting import date_long
from frontdesk_web.forms import read_form
from frontdesk_web.messages import translate
from frontdesk_web.portal.answers import known_id
from frontdesk_web.portal.views import Field, Notice, Option
from frontdesk_web.site import Site

PATH = "/dashboard/{portal:str}/team"
_MANAGES: dict[str, Any] = needs(Right.MANAGE_TEAM, fresh=True, home="team")
_PROTECTS: dict[str, Any] = needs(Right.MANAGE_TEAM, fresh=True, home="team", while_suspended=True)


class MemberRow(Struct, frozen=True, kw_only=True):
    """Somebody on the team. `action` is where forms about them post below; None where the visitor may not."""

    name: str
    address: str
    role: str
    since: str
    myself: bool
    roles: tuple[Option, ...] = ()
    action: str | None = None


class InvitationRow(Struct, frozen=True, kw_only=True):
    """Somebody who is invited; `state` says until when, or that the week is over."""

    address: str
    role: str
    state: str
    open: bool
    revoke_action: str | None = None


class TeamPage(Struct, frozen=True, kw_only=True):
    """The team. `invite` is None for those who cannot invite."""

    template: ClassVar[str] = "dashboard/team.html"
    csrf: str
    members: tuple[MemberRow, ...]
    invited: tuple[InvitationRow, ...]
    invite_action: str | None = None
    address: Field = Field()
    roles: tuple[tuple[Option, str], ...] = ()
    sign_in_url: str | None = None
    notice: Notice | None = None
    error: str = ""


@get(PATH, **needs(Right.SEE))
async def team_page(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The page. `?done=` says what was just done."""
    return await _page(request, site, visit, notice=_told(request, visit))


@post(PATH, **_MANAGES)
async def invite_staff(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Invite somebody by e-mail."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    typed, role = form.get("email", ""), _role(form.get("role"))
    live = visit.doors[0]
    try:
        async with site.tenancy.database.side(live.tenant_id) as connection:
            await team.invite(
                connection,
                site.tenancy,
                live,
                visit.member,
                address=typed,
                role=role,
                now=visit.now,
                request_id=visit.request_id,
            )
    except Refused as refused:
        return await _page(request, site, visit, typed=typed, refusal=refused.refusal)
    return _done(visit, "invited")


@post(PATH + "/{member:str}/role", **_MANAGES)
async def change_staff_role(
    request: AnyRequest, member: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Give a member another role."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    live = visit.doors[0]
    try:
        async with site.tenancy.database.side(live.tenant_id) as connection:
            role = _role(form.get("role"))
            await team.change_role(connection, live, visit.member, known_id(member), role, visit.now, visit.request_id)
    except Refused as refused:
        return refusal_page(request, site, visit, refused.refusal, place="team")
    return _done(visit, "changed")


@post(PATH + "/{member:str}/remove", **_PROTECTS)
async def remove_staff(
    request: AnyRequest, member: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Remove a member."""
    visit.refuse_forged(site, await read_form(request))
    live = visit.doors[0]
    try:
        async with site.tenancy.database.side(live.tenant_id) as connection:
            await team.remove(connection, live, visit.member, known_id(member), visit.now, visit.request_id)
    except Refused as refused:
        return refusal_page(request, site, visit, refused.refusal, place="team")
    return _done(visit, "removed")


@post(PATH + "/{member:str}/reset-second-factor", **_PROTECTS)
async def reset_staff_factor(
    request: AnyRequest, member: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Let a member set up their second step anew."""
    visit.refuse_forged(site, await read_form(request))
    live = visit.doors[0]
    try:
        async with site.tenancy.database.side(live.tenant_id) as connection:
            await team.reset_second_factor(
                connection, live, visit.member, known_id(member), visit.now, visit.request_id
            )
    except Refused as refused:
        return refusal_page(request, site, visit, refused.refusal, place="team")
    return _done(visit, "reset")


@post(
    PATH + "/invitations/{invitation:str}/revoke",
    **_PROTECTS,
)
async def revoke_invitation(
    request: AnyRequest, invitation: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Take an invitation back."""
    visit.refuse_forged(site, await read_form(request))
    live = visit.doors[0]
    try:
        async with site.tenancy.database.side(live.tenant_id) as connection:
            await team.take_back(connection, live, visit.member, known_id(invitation), visit.now, visit.request_id)
    except Refused as refused:
        return refusal_page(request, site, visit, refused.refusal, place="team")
    return _done(visit, "revoked")


async def _page(
    request: AnyRequest,
    site: Site,
    visit: StaffVisit,
    *,
    typed: str = "",
    refusal: Refusal | None = None,
    notice: Notice | None = None,
) -> Response[bytes]:
    async with site.tenancy.database.side(visit.doors[0].tenant_id) as connection:
        found = await staff.members(connection)
        invited = await invitations.pending(connection, visit.now)
    manages = visit.may(Right.MANAGE_TEAM)
    sentence = "" if refusal is None else _sentence(refusal, visit.locale)
    at_field = refusal is not None and refusal.param == "email"
    page = TeamPage(
        csrf=visit.csrf,
        members=tuple(_member_row(visit, each) for each in found),
        invited=tuple(_invitation_row(visit, each, manages) for each in invited),
        invite_action=visit.path("team") if manages else None,
        address=Field(value=typed[:512], error=sentence if at_field else ""),
        roles=tuple(
            (
                Option(value=role, text=role_name(role, visit.locale), selected=role is Role.SUPPORT),
                role_sentence(role, visit.locale),
            )
            for role in Role
            if may_give(visit.role, role)
        ),
        sign_in_url=visit.path("team", "sign-in") if manages else None,
        notice=notice,
        error="" if at_field else sentence,
    )
    return dashboard_page(request, site, visit, page, place="team", status=400 if refusal else 200)


def _member_row(visit: StaffVisit, member: Member) -> MemberRow:
    changeable = may_give(visit.role, member.role)
    return MemberRow(
        name=member.name or member.address,
        address=member.address if member.name else "",
        role=role_name(member.role, visit.locale),
        since=_day(member.created, visit.locale),
        myself=member.id == visit.member.id,
        roles=tuple(
            Option(value=role, text=role_name(role, visit.locale), selected=role is member.role)
            for role in Role
            if may_give(visit.role, role)
        ),
        action=visit.path("team", member.id) if changeable else None,
    )


def _invitation_row(visit: StaffVisit, invitation: Invitation, manages: bool) -> InvitationRow:
    until = _day(invitation.expires_at, visit.locale)
    return InvitationRow(
        address=invitation.address,
        role=role_name(invitation.role, visit.locale),
        state=(
            translate(visit.locale, "Invited, until {date}", date=until)
            if invitation.open
            else translate(visit.locale, "Expired on {date}", date=until)
        ),
        open=invitation.open,
        revoke_action=visit.path("team", "invitations", invitation.id, "revoke") if manages else None,
    )


def _sentence(refusal: Refusal, locale: str) -> str:
    # Stripe's words for an address that is none are for programs.
    text = refusal.for_customer if refusal.code == "email_invalid" else refusal.for_tenant
    return translate(locale, text, **refusal.parameters)


def _day(instant: datetime, locale: str) -> str:
    return date_long(instant.date(), locale)


def _role(text: str | None) -> Role:
    """A role that a form names; the weakest for what is none."""
    return Role(text) if text in set(Role) else Role.READ_ONLY


def _done(visit: StaffVisit, what: str) -> Response[Any]:
    return Redirect(f"{visit.path('team')}?done={what}", status_code=303)


def _told(request: AnyRequest, visit: StaffVisit) -> Notice | None:
    sentences = {
        "invited": translate(visit.locale, "The invitation is on its way."),
        "changed": translate(visit.locale, "The role is changed, from the next click on."),
        "removed": translate(visit.locale, "Removed. The next request of this person is refused."),
        "reset": translate(
            visit.locale, "At the next sign-in this person sets up the second step anew. All their sessions are over."
        ),
        "revoked": translate(visit.locale, "The invitation is taken back."),
    }
    told = sentences.get(request.query_params.get("done", ""))
    return None if told is None else Notice(tone="success", text=told)


routes: Sequence[Any] = [
    team_page,
    invite_staff,
    change_staff_role,
    remove_staff,
    reset_staff_factor,
    revoke_invitation,
]

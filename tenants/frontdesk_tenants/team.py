"""A tenant's team: invite, join, change roles, remove. The rules are `frontdesk.team_rules`; all of it is audited.

Functions want a transaction of the live side, unless they say otherwise.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk import team_rules
from frontdesk.addresses import fold, parse_address
from frontdesk.desk import Actor
from frontdesk.errors import Refusal, Refused
from frontdesk.refusals import no_such
from frontdesk.roles import Role
from frontdesk_tenants import audit, invitations, people, second_factors, staff, staff_sessions
from frontdesk_tenants.database import clock, enter_side
from frontdesk_tenants.directory import Door
from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.invitations import Invitation
from frontdesk_tenants.staff import Member
from frontdesk_tenants.tenancy import Tenancy


async def invite(
    connection: AsyncConnection,
    tenancy: Tenancy,
    live: Door,
    giver: Member,
    *,
    address: str,
    role: Role,
    now: datetime,
    request_id: str | None = None,
) -> Invitation:
    """Invite somebody by e-mail. Inviting an address again replaces the former invitation.

    Raises:
        Refused: this is no address, who has it is on the team, or the giver may not give the role.
    """
    folded = fold(parse_address(address))
    _refuse(team_rules.invitation_bar(giver.role, role))
    if any(each.address == folded for each in await staff.members(connection)):
        raise Refused(team_rules.already_a_member(folded))
    invitation = await invitations.invite(
        connection, tenancy.vault, live, address=folded, role=role, invited_by=giver.id, now=now
    )
    await tenancy.jobs.enqueue(connection, invitations.SEND_INVITATION, live.tenant_id, invitation.id)
    await _record(connection, live, giver, "staff_invited", invitation.id, now, request_id, after=invitation)
    return invitation


async def take_back(
    connection: AsyncConnection, live: Door, giver: Member, id_: str, now: datetime, request_id: str | None = None
) -> None:
    """Take an invitation back. Raises Refused where there is none that is open."""
    if not await invitations.revoke(connection, id_, now):
        raise Refused(no_such("invitation", id_))
    await _record(connection, live, giver, "invitation_revoked", id_, now, request_id)


async def join(tenancy: Tenancy, live: Door, secret: str, request_id: str | None = None) -> Member:
    """Accept an invitation: the person with its address works for the tenant from now on. In its own transaction.

    That they have the address is proven when they sign in.

    Raises:
        Refused: the invitation does not count (any more).
    """
    async with tenancy.database.side(live.tenant_id) as connection:
        now = await clock(connection)
        invitation = await invitations.find(connection, secret, now)
        if invitation is None or not invitation.open:
            raise Refused(team_rules.invitation_over())
        await enter_side(connection, HOUSE)
        person = await people.get_or_create(connection, invitation.address, now)
        await enter_side(connection, live.tenant_id)
        member = await staff.add_member(connection, live.tenant_id, person, invitation.role, now)
        await invitations.note_accepted(connection, invitation.id, now)
        await _record(connection, live, member, "staff_joined", member.id, now, request_id, after=member)
    return member


async def change_role(
    connection: AsyncConnection,
    live: Door,
    giver: Member,
    id_: str,
    role: Role,
    now: datetime,
    request_id: str | None = None,
) -> None:
    """Give a member another role. Raises Refused where the giver may not, or the last owner would be gone."""
    member = await _member(connection, id_)
    _refuse(team_rules.role_bar(giver.role, member.role, role, await staff.lock_owners(connection)))
    await staff.change_role(connection, id_, role)
    await _record(connection, live, giver, "staff_role_changed", id_, now, request_id, before=member.role, after=role)


async def remove(
    connection: AsyncConnection, live: Door, giver: Member, id_: str, now: datetime, request_id: str | None = None
) -> None:
    """Remove a member, whose next request is refused. Raises Refused for the last owner, and if the giver may not."""
    member = await _member(connection, id_)
    _refuse(team_rules.removal_bar(giver.role, member.role, await staff.lock_owners(connection)))
    await staff.remove_member(connection, live.tenant_id, member, now)
    await _record(connection, live, giver, "staff_removed", id_, now, request_id, before=member)


async def reset_second_factor(
    connection: AsyncConnection, live: Door, giver: Member, id_: str, now: datetime, request_id: str | None = None
) -> None:
    """Let a member set up their second factor anew at the next sign-in; all their sessions end.

    Raises:
        Refused: the giver may not, or the person works for other tenants too.
    """
    member = await _member(connection, id_)
    _refuse(team_rules.removal_bar(giver.role, member.role, owners=2))
    if len(await staff.tenants_of(connection, member.person)) > 1:
        raise Refused(team_rules.works_elsewhere())
    await _record(connection, live, giver, "second_factor_reset", id_, now, request_id)
    await enter_side(connection, HOUSE)
    person = await people.read(connection, member.person)
    assert person is not None
    await second_factors.remove(connection, person)
    await staff_sessions.end_all(connection, person.id, now)


async def _member(connection: AsyncConnection, id_: str) -> Member:
    member = await staff.member(connection, id_)
    if member is None:
        raise Refused(no_such("member", id_))
    return member


def _refuse(bar: Refusal | None) -> None:
    if bar is not None:
        raise Refused(bar)


async def _record(
    connection: AsyncConnection,
    live: Door,
    giver: Member,
    action: str,
    object_id: str,
    now: datetime,
    request_id: str | None,
    before: object = None,
    after: object = None,
) -> None:
    await audit.record(
        connection,
        live.tenant_id,
        actor=Actor(kind="staff", id=giver.id),
        action=action,
        object_id=object_id,
        now=now,
        before=before,
        after=after,
        request_id=request_id,
    )

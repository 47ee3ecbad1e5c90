"""The letter that invites somebody to a tenant's team, in the house's face and in the tenant's language."""

from typing import ClassVar
from uuid import UUID

from msgspec import Struct

from frontdesk_tenants import invitations, staff
from frontdesk_tenants.database import clock
from frontdesk_web.dashboard.role_words import role_name
from frontdesk_web.dashboard.ways import INVITATION
from frontdesk_web.languages import SOURCE_LOCALE, STAFF_LOCALES, spoken
from frontdesk_web.letter_views import LetterFrame
from frontdesk_web.letters import house_post
from frontdesk_web.site import Site


class InvitationLetter(Struct, frozen=True, kw_only=True):
    """Invites; `inviter` is a name or an address, `role` is in words."""

    template: ClassVar[str] = "letters/invitation"
    frame: LetterFrame
    tenant: str
    inviter: str
    role: str
    url: str
    days: int = invitations.GOOD_FOR.days


async def send_invitation(site: Site, tenant_id: UUID, invitation_id: str) -> None:
    """Write an invitation and hand it over, unless it was taken back meanwhile. A second copy has the same Message-ID.

    Raises:
        Unavailable: not now; run the job again later.
        Misconfigured: the operator has set no mail server.
    """
    door = await site.tenancy.door(tenant_id)
    async with site.tenancy.at(door) as (connection, side):
        invitation = await invitations.read(connection, invitation_id, await clock(connection))
        if invitation is None or not invitation.open:
            return
        inviter = await staff.member(connection, invitation.invited_by)
        secret = await invitations.secret_to_send(connection, site.tenancy.vault, door, invitation.id)
    locale = spoken(side.locale, STAFF_LOCALES) or SOURCE_LOCALE
    view = InvitationLetter(
        frame=house_post.frame(site, locale),
        tenant=side.name,
        inviter=side.name if inviter is None else inviter.name or inviter.address,
        role=role_name(invitation.role, locale),
        url=site.config.url(f"{INVITATION}/{secret.reveal()}"),
    )
    letter = house_post.write(
        site, view, to=invitation.address, locale=locale, event_id=invitation.id, purpose="invitation"
    )
    # In the tenant's log: its owners want to know whether it arrived.
    await house_post.deliver(site, letter, tenant_id)

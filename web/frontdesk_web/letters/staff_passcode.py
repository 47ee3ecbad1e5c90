"""The jobs that send a passcode in the house's name: to staff, and to whoever wants to sign up.

An address that nobody here has gets no mail from the sign-in; one that may sign up gets it from the sign-up.
"""

from collections.abc import Awaitable, Callable
from uuid import UUID

from frontdesk.channels import Letter
from frontdesk.errors import FrontdeskError
from frontdesk.signing_up import closed_to
from frontdesk_tenants import house_records, late_mail, passcodes, people, sign_up_invitations
from frontdesk_tenants.database import clock
from frontdesk_tenants.house import HOUSE, HOUSE_DOOR
from frontdesk_tenants.operators import is_operator
from frontdesk_tenants.passcodes import Waiting
from frontdesk_web.letter_views import PasscodeLetter
from frontdesk_web.letters import house_post
from frontdesk_web.site import Site

SEND_STAFF_CODE = "send_staff_code"
SEND_SIGN_UP_CODE = "send_sign_up_code"


async def send_staff_code(site: Site, tenant_id: UUID, challenge_id: str) -> None:
    """Send a challenge's code if somebody who may sign in has its address and the code still counts.

    Raises:
        Unavailable: the mail server does not take letters now; run the job again later.
        Misconfigured: there is no mail server.
    """
    await _send(site, challenge_id, _may_sign_in)


async def send_sign_up_code(site: Site, tenant_id: UUID, challenge_id: str) -> None:
    """The same for an address at which somebody may sign up, or in. Raises as `send_staff_code`."""
    await _send(site, challenge_id, _may_sign_up)


async def _send(site: Site, challenge_id: str, may: Callable[[Site, str], Awaitable[bool]]) -> None:
    waiting = await _waiting(site, challenge_id)
    if waiting is None or waiting.code is None:
        return
    if not await may(site, waiting.address):
        async with site.tenancy.database.side(HOUSE) as connection:
            await passcodes.note_delivery(connection, challenge_id, "dropped")
        return
    try:
        delivery = await house_post.deliver(site, _written(site, waiting, waiting.code))
    except FrontdeskError:
        async with site.tenancy.database.side(HOUSE) as connection:
            await late_mail.note_late(connection, HOUSE, await clock(connection))
        raise
    async with site.tenancy.database.side(HOUSE) as connection:
        await passcodes.note_delivery(connection, challenge_id, delivery.outcome)
        await late_mail.note_on_time(connection)


async def _waiting(site: Site, challenge_id: str) -> Waiting | None:
    async with site.tenancy.database.side(HOUSE) as connection:
        now = await clock(connection)
        return await passcodes.read_waiting(connection, HOUSE_DOOR, site.tenancy.vault, challenge_id, now)


async def _may_sign_in(site: Site, address: str) -> bool:
    async with site.tenancy.database.side(HOUSE) as connection:
        person = await people.find(connection, address)
    return person is not None or await is_operator(site.tenancy, address)


async def _may_sign_up(site: Site, address: str) -> bool:
    async with site.tenancy.database.side(HOUSE) as connection:
        settings = await house_records.read_settings(connection)
        invitation = await sign_up_invitations.open_for(connection, address, await clock(connection))
    return closed_to(settings.sign_up, invitation is not None) is None or await _may_sign_in(site, address)


def _written(site: Site, waiting: Waiting, code: str) -> Letter:
    view = PasscodeLetter(frame=house_post.frame(site, waiting.locale), code=code, minutes=waiting.minutes)
    return house_post.write(
        site, view, to=waiting.address, locale=waiting.locale, event_id=waiting.challenge, purpose="staff_passcode"
    )

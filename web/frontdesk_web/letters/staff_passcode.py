"""The job that sends a passcode to staff, in the house's name. An address that nobody here has gets no mail."""

from uuid import UUID

from frontdesk.channels import Letter
from frontdesk.errors import FrontdeskError
from frontdesk_tenants import late_mail, passcodes, people
from frontdesk_tenants.database import clock
from frontdesk_tenants.house import HOUSE, HOUSE_DOOR
from frontdesk_tenants.operators import is_operator
from frontdesk_tenants.passcodes import Waiting
from frontdesk_web.letter_views import PasscodeLetter
from frontdesk_web.letters import house_post
from frontdesk_web.site import Site

SEND_STAFF_CODE = "send_staff_code"


async def send_staff_code(site: Site, tenant_id: UUID, challenge_id: str) -> None:
    """Send a challenge's code if somebody who may sign in has its address and the code still counts.

    Raises:
        Unavailable: the mail server does not take letters now; run the job again later.
        Misconfigured: there is no mail server.
    """
    waiting = await _waiting(site, challenge_id)
    if waiting is None or waiting.code is None:
        return
    letter = await _written(site, waiting)
    if letter is None:
        async with site.tenancy.database.side(HOUSE) as connection:
            await passcodes.note_delivery(connection, challenge_id, "dropped")
        return
    try:
        delivery = await house_post.deliver(site, letter)
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


async def _written(site: Site, waiting: Waiting) -> Letter | None:
    assert waiting.code is not None
    async with site.tenancy.database.side(HOUSE) as connection:
        person = await people.find(connection, waiting.address)
    if person is None and not await is_operator(site.tenancy, waiting.address):
        return None
    view = PasscodeLetter(frame=house_post.frame(waiting.locale), code=waiting.code, minutes=waiting.minutes)
    return house_post.write(
        site, view, to=waiting.address, locale=waiting.locale, event_id=waiting.challenge, purpose="staff_passcode"
    )

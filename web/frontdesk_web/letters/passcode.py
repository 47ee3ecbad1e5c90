"""The job that sends a passcode. Here, out of everybody's sight, an address without a customer gets no mail."""

import asyncio
from uuid import UUID

from frontdesk.channels import Letter
from frontdesk.errors import FrontdeskError
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk_tenants import configurations, late_mail, mail_log, passcodes, sign_in
from frontdesk_tenants.channels import CALL_TIMEOUT_SECONDS, LiveChannel
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Door
from frontdesk_tenants.passcodes import Waiting
from frontdesk_web.letter_views import PasscodeLetter
from frontdesk_web.letters import post
from frontdesk_web.site import Site

PURPOSE = "passcode"


async def send_passcode(site: Site, tenant_id: UUID, challenge_id: str) -> None:
    """Send a challenge's code if a customer has its address, the code still counts and its door is still open.

    A second copy, after a worker has died, has the same Message-ID. Nothing is sent too late: what has expired is
    dropped.

    Raises:
        Unavailable: the channel does not take letters now; run the job again later.
        Misconfigured: no channel of the side can carry letters.
    """
    door = await site.tenancy.door(tenant_id)
    waiting, letter, customer = await _written(site, door, challenge_id)
    if waiting is None or waiting.code is None:
        return
    # What the code page says of late mail must not depend on whether this address has a customer: the channel is
    # asked either way, and only its answer is noted.
    if letter is None:
        await _note_state(site, door)
        return
    try:
        delivery = await post.deliver(site, door, letter, customer)
    except FrontdeskError:
        await _note_state(site, door)
        raise
    async with site.tenancy.database.side(tenant_id) as connection:
        await passcodes.note_delivery(connection, challenge_id, delivery.outcome)
        await late_mail.note_on_time(connection)


async def _written(site: Site, door: Door, challenge_id: str) -> tuple[Waiting | None, Letter | None, str | None]:
    """What waits, its letter and whose it is where one is to be sent; else the code is erased here and now."""
    async with site.tenancy.at(door) as (connection, side):
        now = await clock(connection)
        waiting = await passcodes.read_waiting(connection, door, site.tenancy.vault, challenge_id, now)
        if waiting is None:
            return None, None, None
        recipient = await sign_in.recipient(connection, waiting.address)
        configuration = await configurations.read(connection, waiting.configuration or "")
        if waiting.code is None or recipient is None or not is_open(configuration):
            await passcodes.note_delivery(connection, challenge_id, "dropped")
            await mail_log.give_up(connection, challenge_id, now)
            return waiting, None, None
    view = PasscodeLetter(frame=post.frame_of(site, side, waiting.locale), code=waiting.code, minutes=waiting.minutes)
    letter = post.write(
        site, side, view, to=recipient.email, locale=waiting.locale, event_id=waiting.challenge, purpose=PURPOSE
    )
    return waiting, letter, recipient.customer


def is_open(configuration: PortalConfiguration | None) -> bool:
    """Whether a configuration has a login page that works."""
    return configuration is not None and configuration.active and configuration.login_page.enabled


async def _note_state(site: Site, door: Door) -> None:
    """Ask the channel whether it would take letters, and note its answer."""
    async with site.tenancy.database.side(door.tenant_id) as connection:
        try:
            channel = await site.tenancy.channels.of(connection, door.tenant_id, post.operators_settings(site))
        except FrontdeskError:
            channel = None
    answers = channel is not None and await _answers(channel)
    async with site.tenancy.database.side(door.tenant_id) as connection:
        if answers:
            await late_mail.note_on_time(connection)
        else:
            await late_mail.note_late(connection, door.tenant_id, await clock(connection))


async def _answers(channel: LiveChannel) -> bool:
    try:
        async with asyncio.timeout(CALL_TIMEOUT_SECONDS):
            await channel.check()
    # A plugin may raise anything; what is not an answer is a no, and the delivery itself logs what is wrong.
    except Exception:
        return False
    return True

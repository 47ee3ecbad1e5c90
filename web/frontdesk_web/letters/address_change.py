"""The jobs around a changed address: the code to the new one, and the word to the old one."""

from uuid import UUID

from frontdesk.address_changes import OBJECTION, masked
from frontdesk.channels import Letter
from frontdesk_tenants import address_changes, listings, mail_log, passcodes
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Door
from frontdesk_web.formatting import date_long
from frontdesk_web.letter_views import AddressChangedLetter, AddressCodeLetter
from frontdesk_web.letters import post
from frontdesk_web.objection_links import objection_path
from frontdesk_web.site import Site

CODE, NOTICE = "address_code", "address_changed"


async def send_address_code(site: Site, tenant_id: UUID, challenge_id: str) -> None:
    """Send a challenge's code to the address that it is to prove, whoever has that. Nothing is sent too late.

    Raises:
        Unavailable: the channel does not take letters now; run the job again later.
        Misconfigured: no channel of the side can carry letters.
    """
    door = await site.tenancy.door(tenant_id)
    async with site.tenancy.at(door) as (connection, side):
        now = await clock(connection)
        waiting = await passcodes.read_waiting(connection, door, site.tenancy.vault, challenge_id, now)
        if waiting is None or waiting.code is None:
            await mail_log.give_up(connection, challenge_id, now)
            return
        change = await address_changes.of_challenge(connection, challenge_id)
    view = AddressCodeLetter(
        frame=post.frame_of(site, side, waiting.locale), code=waiting.code, minutes=waiting.minutes
    )
    # As it was typed: only the owner of a mailbox knows whether capitals matter there.
    to = waiting.address if change is None else change.email
    letter = post.write(site, side, view, to=to, locale=waiting.locale, event_id=challenge_id, purpose=CODE)
    delivery = await post.deliver(site, door, letter)
    async with site.tenancy.database.side(tenant_id) as connection:
        await passcodes.note_delivery(connection, challenge_id, delivery.outcome)


async def send_address_notice(site: Site, tenant_id: UUID, change_id: str) -> None:
    """Tell the former address that another one took its place. Raises as `send_address_code`."""
    door = await site.tenancy.door(tenant_id)
    letter, customer = await _notice(site, door, change_id)
    if letter is not None:
        await post.deliver(site, door, letter, customer)


async def _notice(site: Site, door: Door, change_id: str) -> tuple[Letter | None, str | None]:
    async with site.tenancy.at(door) as (connection, side):
        change = await address_changes.read(connection, change_id)
        if change is None or change.confirmed_at is None or change.former is None:
            return None, None
        customer = await listings.find(connection, "customer", change.customer)
    view = AddressChangedLetter(
        frame=post.frame_of(site, side, change.locale),
        customer=customer.name or "",
        new=masked(change.email),
        until=date_long(change.confirmed_at + OBJECTION, change.locale),
        objection_url=site.config.url(objection_path(site.tenancy.vault, door, change.id)),
    )
    letter = post.write(site, side, view, to=change.former, locale=change.locale, event_id=change.id, purpose=NOTICE)
    return letter, change.customer

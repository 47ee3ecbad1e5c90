"""The job that sends a passcode. Here, out of everybody's sight, an address without a customer gets no mail.

The code goes the way that was asked for if it can, else by the side's other channels in their order: a bounce, a
gateway that is down or a cap leaves nobody without a code, and which way it took is nowhere to be seen but in its
recipient's hands and in the log of the tenant's staff.
"""

import asyncio
from urllib.parse import urlsplit
from uuid import UUID

from msgspec import Struct

from frontdesk.channels import AddressKind, Delivery, Letter
from frontdesk.costly_letters import MOST
from frontdesk.errors import FrontdeskError, Misconfigured, Unavailable
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk.short_texts import one_text
from frontdesk_tenants import configurations, late_mail, mail_log, passcodes, sign_in
from frontdesk_tenants.channels import CALL_TIMEOUT_SECONDS, LiveChannel
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Door, Side
from frontdesk_tenants.passcodes import Waiting
from frontdesk_web.letter_views import PasscodeLetter
from frontdesk_web.letters import newest_customers, post
from frontdesk_web.letters.costs import count_cost
from frontdesk_web.letters.reports import report_url
from frontdesk_web.messages import translate
from frontdesk_web.site import Site

PURPOSE = "passcode"


class _Code(Struct, frozen=True, kw_only=True):
    """A code that is to be sent, and where its ways lead. `phone` is None where no text may go."""

    waiting: Waiting
    side: Side
    code: str
    customer: str
    email: str
    phone: str | None
    ways: tuple[LiveChannel, ...]


async def send_passcode(site: Site, tenant_id: UUID, challenge_id: str) -> None:
    """Send a challenge's code if a customer has its address, the code still counts and its door is still open.

    A second copy, after a worker has died, has the same Message-ID. Nothing is sent too late: what has expired is
    dropped.

    Raises:
        Unavailable: no channel takes letters now; run the job again later.
        Misconfigured: no channel of the side can carry letters.
    """
    door = await site.tenancy.door(tenant_id)
    if await newest_customers.looked_for(site, door, challenge_id):
        await _note_state(site, door)
        return
    waits, code = await _read(site, door, challenge_id)
    if not waits:
        return
    # What the code page says of late mail must not depend on whether this address has a customer: the channel is
    # asked either way, and only its answer is noted.
    if code is None:
        await _note_state(site, door)
        return
    try:
        delivery, kind = await _sent(site, door, code)
    except FrontdeskError:
        await _note_state(site, door)
        raise
    if kind != "email":
        await _note_state(site, door)
    async with site.tenancy.database.side(tenant_id) as connection:
        await passcodes.note_delivery(connection, challenge_id, delivery.outcome)
        if kind == "email":
            await late_mail.note_on_time(connection)


async def _read(site: Site, door: Door, challenge_id: str) -> tuple[bool, _Code | None]:
    """Whether something waits, and what is to be sent where that is so; else the code is erased here and now."""
    async with site.tenancy.at(door) as (connection, side):
        now = await clock(connection)
        waiting = await passcodes.read_waiting(connection, door, site.tenancy.vault, challenge_id, now)
        if waiting is None:
            return False, None
        recipient = await sign_in.recipient(connection, waiting.address)
        configuration = await configurations.read(connection, waiting.configuration or "")
        begins_again = waiting.recovers is not None and configuration is not None and configuration.active
        if waiting.code is None or recipient is None or not (begins_again or is_open(configuration)):
            await passcodes.note_delivery(connection, challenge_id, "dropped")
            await mail_log.give_up(connection, challenge_id, now)
            return waiting.code is not None, None
        code = _Code(
            waiting=waiting,
            side=side,
            code=waiting.code,
            customer=recipient.customer,
            email=recipient.email,
            phone=await sign_in.phone_for_codes(connection, waiting.address),
            ways=await post.ways(site, connection, door),
        )
        return True, code


async def _sent(site: Site, door: Door, code: _Code) -> tuple[Delivery, AddressKind]:
    """Send the code by the first of its ways that takes it; the kind of address that it went to.

    Raises:
        Unavailable, Misconfigured: what the first way said that may still take it, where none did.
    """
    if not code.ways:
        return await post.deliver(site, door, _mail(site, code, code.email), code.customer), "email"
    wanted = code.waiting.by or code.ways[0].address_kind
    problem: FrontdeskError | None = None
    refused: tuple[Delivery, AddressKind] | None = None
    for way in sorted(code.ways, key=lambda each: each.address_kind != wanted):
        try:
            delivery = await _by(site, door, code, way)
        except (Unavailable, Misconfigured) as error:
            problem = problem or error
            continue
        if delivery is not None and delivery.outcome == "accepted":
            return delivery, way.address_kind
        if delivery is not None and refused is None:
            refused = delivery, way.address_kind
    if problem is not None:
        raise problem
    return refused or (Delivery(outcome="rejected"), wanted)


async def _by(site: Site, door: Door, code: _Code, way: LiveChannel) -> Delivery | None:
    """What became of the code on one way; None where that leads nowhere for it, or would cost too much.

    Raises:
        Unavailable, Misconfigured: see `PasscodeChannel.deliver`.
    """
    address = code.email if way.address_kind == "email" else code.phone
    destination = None if address is None else way.destination(address)
    if destination is None:
        return None
    if way.address_kind == "email":
        letter = _mail(site, code, destination.to)
        return await post.deliver(site, door, letter, code.customer, by=way, destination=destination)
    challenge = code.waiting.challenge
    counted = await count_cost(site, door, challenge, destination, way.caps or MOST)
    if counted is None:
        return None
    delivery = None
    try:
        delivery = await post.deliver(
            site, door, _short(site, code, destination.to), code.customer, by=way, destination=destination
        )
    finally:
        if delivery is None or delivery.outcome != "accepted":
            await site.limiter.take_back(counted)
    return delivery


def _mail(site: Site, code: _Code, to: str) -> Letter:
    waiting, side = code.waiting, code.side
    view = PasscodeLetter(frame=post.frame_of(site, side, waiting.locale), code=code.code, minutes=waiting.minutes)
    return post.write(site, side, view, to=to, locale=waiting.locale, event_id=waiting.challenge, purpose=PURPOSE)


def _short(site: Site, code: _Code, to: str) -> Letter:
    """The code as one text message."""
    return Letter(
        to=to,
        subject="",
        text=_text(site, code),
        message_id=post.message_id(site, code.waiting.challenge),
        sender_name="",
        purpose=PURPOSE,
        language=code.waiting.locale,
        report_url=report_url(site, code.side.door, code.waiting.challenge),
    )


def _text(site: Site, code: _Code) -> str:
    """One text message, bound to the portal's host."""
    name, locale = " ".join(code.side.brand.business_name.split()), code.waiting.locale
    return one_text(
        urlsplit(site.config.base_url).hostname or "",
        code.code,
        translate(
            locale,
            "{code} is your sign-in code for {name}. Never pass it on.",
            code=code.code,
            name=name,
        ),
        translate(locale, "{code} is your code for {name}", code=code.code, name=name),
        translate(locale, "{code} is your sign-in code.", code=code.code),
    )


def is_open(configuration: PortalConfiguration | None) -> bool:
    """Whether a configuration has a login page that works."""
    return configuration is not None and configuration.active and configuration.login_page.enabled


async def _note_state(site: Site, door: Door) -> None:
    """Ask the channel for letters whether it would take some, and note its answer."""
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

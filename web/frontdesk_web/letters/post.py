"""The post: hands a finished letter to the tenant's channel, with the operator's mail server as its own has none."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace

from frontdesk.channels import Delivery, Destination, Letter, unrevealing
from frontdesk.errors import Misconfigured
from frontdesk_tenants import mail_log, sender_domains
from frontdesk_tenants.channels import LiveChannel
from frontdesk_tenants.database import SideTransaction, clock
from frontdesk_tenants.directory import Door, Side
from frontdesk_tenants.sender_domains import Sender
from frontdesk_web.letter_views import LetterFrame, letter_frame
from frontdesk_web.letters.noting import noting
from frontdesk_web.rendering import Page
from frontdesk_web.site import Site


class Way(Struct, frozen=True):
    """How a side's letters go now: by which channel, and from its own sender, or None for the channel's."""

    channel: LiveChannel
    sender: Sender | None

    @property
    def address(self) -> str | None:
        """The address that letters come from; None where the channel does not tell."""
        return self.channel.sender if self.sender is None else self.sender.address


async def way(site: Site, connection: SideTransaction, door: Door, now: datetime, by: LiveChannel | None = None) -> Way:
    """How a side's letters go now. Its own sender is used where the channel can, and all its records were found.

    `by` is the channel, where that is not the one for letters.

    Raises:
        Misconfigured: no channel of the side can carry letters.
    """
    channel = by or await site.tenancy.channels.of(connection, door.tenant_id, operators_settings(site))
    sender = None
    if channel.own_senders and site.config.mail_spf:
        sender = await sender_domains.sender_of(connection, site.tenancy.vault, door.tenant_id, now)
    return Way(channel, sender)


async def way_or_none(site: Site, connection: SideTransaction, door: Door, now: datetime) -> Way | None:
    """How a side's letters go now; None where none of its channels can carry letters."""
    try:
        return await way(site, connection, door, now)
    except Misconfigured:
        return None


async def deliver(
    site: Site,
    door: Door,
    letter: Letter,
    customer: str | None = None,
    *,
    by: LiveChannel | None = None,
    destination: Destination | None = None,
) -> Delivery:
    """Carry a letter through a channel of a side, and note in its log what became of it.

    `customer` is whom it is written to, where that is one. `by` is the channel, where that is not the one for letters;
    `destination` is its address there. No transaction is open while the letter is carried.

    Raises:
        Unavailable: not now; send the same letter again later.
        Misconfigured: no channel of the side can carry letters.
    """
    async with site.tenancy.database.side(door.tenant_id) as connection:
        now = await clock(connection)
        try:
            taken: Way | Misconfigured = await way(site, connection, door, now, by)
        except Misconfigured as error:
            taken = error
        if isinstance(taken, Way) and taken.sender is not None:
            letter = replace(letter, sender=taken.sender.address, dkim=taken.sender.dkim)
        logged = await mail_log.begin(
            connection,
            door.tenant_id,
            letter,
            now,
            customer,
            channel=None if by is None or by.address_kind == "email" else by.name,
            destination=destination,
        )
    return await noting(site, door.tenant_id, logged, letter, _carried(site, door, letter, taken))


async def _carried(site: Site, door: Door, letter: Letter, taken: Way | Misconfigured) -> Delivery:
    """What became of a letter; one from the side's own sender goes from the operator's if that is refused."""
    if isinstance(taken, Misconfigured):
        raise taken
    try:
        return await taken.channel.deliver(letter)
    except Misconfigured as error:
        if taken.sender is None or error.field != "sender":
            raise
        plain = await _from_the_operator(site, door, letter, taken.sender, error)
    return await taken.channel.deliver(plain)


async def _from_the_operator(site: Site, door: Door, letter: Letter, sender: Sender, error: Misconfigured) -> Letter:
    """The letter from the operator's sender, since its mail server takes none from the side's: no letter waits for it.

    Staff see it at the sender, which is tried again once its domain was looked at again.
    """
    plain = replace(letter, sender=None, dkim=None)
    async with site.tenancy.database.side(door.tenant_id) as connection:
        now = await clock(connection)
        await sender_domains.note_refused(connection, sender.domain, unrevealing(error.message, letter), now)
        await mail_log.begin(connection, door.tenant_id, plain, now)
    return plain


async def ways(site: Site, connection: SideTransaction, door: Door) -> tuple[LiveChannel, ...]:
    """The channels that passcodes of a side go by, in its order."""
    return await site.tenancy.channels.in_order(
        connection, door.tenant_id, operators_settings(site), operators_gateway(site)
    )


def operators_settings(site: Site) -> dict[str, Any]:
    """The operator's mail server as the settings of a channel; empty where there is none."""
    smtp = site.config.smtp
    return {} if smtp is None else smtp.as_settings()


def operators_gateway(site: Site) -> dict[str, Any]:
    """The operator's gateway for text messages as the settings of a channel; empty where there is none."""
    sms = site.config.sms
    if sms is None:
        return {}
    return {**asdict(sms), "secret": sms.secret.reveal(), "countries": list(sms.countries)}


def frame_of(site: Site, side: Side, locale: str) -> LetterFrame:
    """The tenant's face for a letter."""
    logo = side.brand.logo_file
    logo_url = None if logo is None else site.config.url(f"/brand/{side.door.public_id}/{logo}")
    return letter_frame(side.brand, locale, logo_url)


def write(site: Site, side: Side, view: Page, *, to: str, locale: str, event_id: str, purpose: str) -> Letter:
    """A letter from a view. `event_id` (an event's, a challenge's) makes its Message-ID, the same for every copy."""
    written = site.renderer.letter(locale, view)
    return Letter(
        to=to,
        subject=written.subject,
        text=written.text,
        html=written.html,
        message_id=message_id(site, event_id),
        sender_name=_one_line(side.brand.business_name),
        purpose=purpose,
        language=locale,
        reply_to=side.brand.support_email,
    )


def message_id(site: Site, event_id: str) -> str:
    """A Message-ID that every copy of a letter has (RFC 5322 §3.6.4), short enough to stand on one line."""
    return f"<{event_id}@{message_host(site)}>"


def message_host(site: Site) -> str:
    """What stands behind the @ of a Message-ID."""
    return site.config.host.partition(":")[0] or "frontdesk"


def _one_line(text: str) -> str:
    return " ".join(text.split())

"""The post: hands a finished letter to the tenant's channel, with the operator's mail server as its own has none."""

import logging
from typing import Any

from frontdesk.channels import Delivery, Letter, unrevealing
from frontdesk.errors import Misconfigured, Unavailable
from frontdesk_tenants import mail_log
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Door, Side
from frontdesk_web.letter_views import LetterFrame, letter_frame
from frontdesk_web.rendering import Page
from frontdesk_web.site import Site

log = logging.getLogger("frontdesk.letters")


async def deliver(site: Site, door: Door, letter: Letter, customer: str | None = None) -> Delivery:
    """Carry a letter through the channel of a side, and note in its log what became of it.

    `customer` is whom it is written to, where that is one. No transaction is open while the letter is carried.

    Raises:
        Unavailable: not now; send the same letter again later.
        Misconfigured: no channel of the side can carry letters.
    """
    async with site.tenancy.database.side(door.tenant_id) as connection:
        logged = await mail_log.begin(connection, door.tenant_id, letter, await clock(connection), customer)
    try:
        delivery = await _carried(site, door, letter)
    except (Unavailable, Misconfigured) as error:
        await _note(site, door, logged, "waiting", unrevealing(error.message, letter))
        raise
    await _note(site, door, logged, delivery.outcome, unrevealing(delivery.detail, letter))
    return delivery


async def _carried(site: Site, door: Door, letter: Letter) -> Delivery:
    async with site.tenancy.database.side(door.tenant_id) as connection:
        channel = await site.tenancy.channels.of(connection, door.tenant_id, operators_settings(site))
    return await channel.deliver(letter)


async def _note(site: Site, door: Door, logged: str, outcome: mail_log.Outcome, detail: str) -> None:
    """Write an outcome down. A letter that was taken must not go again because the log could not be written."""
    try:
        async with site.tenancy.database.side(door.tenant_id) as connection:
            await mail_log.note(connection, logged, outcome, detail, await clock(connection))
    except Unavailable:
        log.warning("outcome of a letter not noted", extra={"tenant": str(door.tenant_id), "outcome": outcome})


def operators_settings(site: Site) -> dict[str, Any]:
    """The operator's mail server as the settings of a channel; empty where there is none."""
    smtp = site.config.smtp
    if smtp is None:
        return {}
    settings: dict[str, Any] = {"host": smtp.host, "port": smtp.port, "tls": smtp.tls, "sender": smtp.sender}
    if smtp.username:
        settings["username"] = smtp.username
    if smtp.password is not None:
        settings["password"] = smtp.password.reveal()
    return settings


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
    host = site.config.host.partition(":")[0] or "frontdesk"
    return f"<{event_id}@{host}>"


def _one_line(text: str) -> str:
    return " ".join(text.split())

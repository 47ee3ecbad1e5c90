"""Letters of the house: to staff and operators, in our own neutral face, by the operator's mail server."""

from uuid import UUID

from frontdesk.channels import Delivery, Letter
from frontdesk.errors import Misconfigured
from frontdesk_tenants import mail_log
from frontdesk_tenants.database import clock
from frontdesk_tenants.house import HOUSE
from frontdesk_web.letter_views import LetterFrame, letter_frame
from frontdesk_web.letters import post
from frontdesk_web.letters.noting import noting
from frontdesk_web.rendering import Page
from frontdesk_web.site import Site


async def deliver(site: Site, letter: Letter, log_of: UUID = HOUSE) -> Delivery:
    """Carry a letter of the house, and note in a side's log what became of it: the house's own, if no other is said.

    Raises:
        Unavailable: not now; send the same letter again later.
        Misconfigured: the operator has set no mail server.
    """
    async with site.tenancy.database.side(log_of) as connection:
        logged = await mail_log.begin(connection, log_of, letter, await clock(connection))
    return await noting(site, log_of, logged, letter, _carried(site, letter))


def can_be_carried(site: Site) -> bool:
    """Whether there is anything that carries letters of the house: the operator's mail server, with its plugin."""
    try:
        site.tenancy.channels.operators(HOUSE, post.operators_settings(site))
    except Misconfigured:
        return False
    return True


async def _carried(site: Site, letter: Letter) -> Delivery:
    return await site.tenancy.channels.operators(HOUSE, post.operators_settings(site)).deliver(letter)


def frame(site: Site, locale: str) -> LetterFrame:
    """The house's face for a letter."""
    return letter_frame(site.house.brand, locale)


def write(site: Site, view: Page, *, to: str, locale: str, event_id: str, purpose: str) -> Letter:
    """A letter from a view. `event_id` makes its Message-ID, the same for every copy."""
    written = site.renderer.letter(locale, view)
    return Letter(
        to=to,
        subject=written.subject,
        text=written.text,
        html=written.html,
        message_id=post.message_id(site, event_id),
        sender_name=site.house.settings.service_name,
        purpose=purpose,
        language=locale,
        reply_to=site.house.settings.contact,
    )

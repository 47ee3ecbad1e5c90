"""The jobs that tell the owner of an address of many wrong codes. Whether there is one is found out here, unseen.

They are two, so that nothing tells whether there is: the first does the same for every address, and what may have to be
tried again, because a mail server is away, is the second alone (trust.md A9).
"""

from uuid import UUID

from frontdesk.channels import Letter
from frontdesk.limits import HOUR, Visitor, checks
from frontdesk_tenants import listings, mail_log, sign_in, wrong_codes
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Door
from frontdesk_web.formatting import date_long
from frontdesk_web.letter_views import WrongCodesLetter
from frontdesk_web.letters import post
from frontdesk_web.letters.after_events import locale_of
from frontdesk_web.site import Site
from frontdesk_web.wrong_code_links import PREFIX, wrong_codes_path

PURPOSE = "wrong_codes"


async def make_room(site: Site, tenant_id: UUID, run_id: str) -> None:
    """Count the letter as one more that was asked for to its address, and have it sent.

    Where limits allow that address no further letter it is tried again an hour later, so that no mailbox gets more than
    trust.md A10 says, codes and this letter together.
    """
    door = await site.tenancy.door(tenant_id)
    async with site.tenancy.database.side(tenant_id) as connection:
        now = await clock(connection)
        run = await wrong_codes.read_run(connection, run_id, now)
    if run is None:
        return
    anybody = Visitor(tenant=str(door.tenant_id), address=run.address, peer=None)
    counted = await site.limiter.count(checks("request", anybody), now)
    full = counted.exceeded() is not None
    async with site.tenancy.database.side(tenant_id) as connection:
        await site.tenancy.jobs.enqueue_all(
            connection,
            wrong_codes.MAKE_ROOM if full else wrong_codes.SEND_LETTER,
            tenant_id,
            (run_id,),
            delay=int(HOUR.total_seconds()) if full else 0,
        )


async def send_wrong_codes_letter(site: Site, tenant_id: UUID, run_id: str) -> None:
    """Tell the newest customer that has the run's address. Nothing is sent once the run is over.

    A second copy, after a worker has died, has the same Message-ID.

    Raises:
        Unavailable: the channel does not take letters now; run the job again later.
        Misconfigured: no channel of the side can carry letters.
    """
    door = await site.tenancy.door(tenant_id)
    letter, customer = await _letter(site, door, run_id)
    if letter is not None:
        await post.deliver(site, door, letter, customer)


async def _letter(site: Site, door: Door, run_id: str) -> tuple[Letter | None, str | None]:
    # Not the challenge's own id, which its code's letter has.
    cause = "wrong_codes_" + run_id.removeprefix(PREFIX)
    async with site.tenancy.at(door) as (connection, side):
        now = await clock(connection)
        run = await wrong_codes.read_run(connection, run_id, now)
        recipient = None if run is None else await sign_in.recipient(connection, run.address)
        if run is None or recipient is None:
            await mail_log.give_up(connection, cause, now)
            return None, None
        customer = await listings.find(connection, "customer", recipient.customer)
    # Not the challenge's language: whoever guesses chose that.
    locale = locale_of(customer, side)
    view = WrongCodesLetter(
        frame=post.frame_of(site, side, locale),
        customer=customer.name or "",
        email=recipient.email,
        until=date_long(run.until, locale),
        url=site.config.url(wrong_codes_path(site.tenancy.vault, door, run.id)),
    )
    letter = post.write(site, side, view, to=recipient.email, locale=locale, event_id=cause, purpose=PURPOSE)
    return letter, recipient.customer

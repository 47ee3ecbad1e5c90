"""The test letter: staff see what their letters look like, and the log what becomes of one."""

from datetime import datetime
from uuid import UUID

from frontdesk_tenants import configurations, mail_log
from frontdesk_tenants.database import SideTransaction, clock
from frontdesk_tenants.directory import Door
from frontdesk_web.letter_views import TestLetter
from frontdesk_web.letters import post
from frontdesk_web.links import login_link
from frontdesk_web.site import Site

SEND_TEST = "send_test_letter"
"""The job that sends a test letter; its row id is the letter's row in the log."""
PURPOSE = "test"


async def order_test(site: Site, connection: SideTransaction, door: Door, to: str, language: str, now: datetime) -> str:
    """Have a test letter sent to an address once this transaction commits; returns its row in the log."""
    id_ = await mail_log.queue(
        connection, door.tenant_id, post.message_host(site), to=to, purpose=PURPOSE, language=language, now=now
    )
    await site.tenancy.jobs.enqueue(connection, SEND_TEST, door.tenant_id, id_)
    return id_


async def send_test(site: Site, tenant_id: UUID, id_: str) -> None:
    """Write the test letter and hand it over.

    Raises:
        Unavailable: not now; run the job again later.
        Misconfigured: no channel of the side can carry letters.
    """
    door = await site.tenancy.door(tenant_id)
    async with site.tenancy.at(door) as (connection, side):
        ordered = await mail_log.read(connection, id_)
        if ordered is None or ordered.purpose != PURPOSE or ordered.outcome in mail_log.SETTLED:
            return
        taken = await post.way_or_none(site, connection, door, await clock(connection))
        configuration = await configurations.read_default(connection)
        token = await configurations.login_token(connection, configuration.id)
    view = TestLetter(
        frame=post.frame_of(site, side, ordered.language),
        sender=(taken and taken.address) or "",
        reply_to=side.brand.support_email or "",
        portal_url=site.config.url(f"/p/{door.portal}/") if token is None else login_link(site.config, door, token),
    )
    letter = post.write(
        site, side, view, to=ordered.to, locale=ordered.language, event_id=ordered.cause, purpose=PURPOSE
    )
    await post.deliver(site, door, letter)

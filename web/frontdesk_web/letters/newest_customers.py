"""Whoever became a customer at a remote backend a moment ago, and asks for a code before the mirror has heard of it.

While the first import goes on, the backend is asked for the address. Afterwards it is not: anybody could then have it
asked about any number of addresses, at the rate that the tenant's own calls need. What the mirror does not know by then
is news, so the backend is asked what is new, at most every few seconds for all addresses together, and the code waits a
little for the answer. All of it is the worker's: no answer depends on it, or on how long it takes (trust.md A5).
"""

from datetime import timedelta

from frontdesk_tenants import mirror_due, passcodes, sign_in
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Door
from frontdesk_tenants.mirror_work import REPAIR_EVERY, look_for
from frontdesk_tenants.mirrors import following
from frontdesk_web.site import Site

WAITS = timedelta(seconds=40)
"""How old a code is that waits no longer. Events of Stripe's come within seconds."""
FIRST_WAIT_SECONDS = 3
NEWS_EVERY = timedelta(seconds=10)
"""How long what a backend said last is new enough."""


async def looked_for(site: Site, door: Door, challenge_id: str) -> bool:
    """Look for an address that the book does not know; whether its code is to wait, and its job comes again.

    Raises:
        Unavailable, Misconfigured: the backend does not answer while customers are still being imported.
    """
    async with site.tenancy.at(door) as (connection, side):
        state = await following(connection, side)
        if state is None:
            return False
        now = await clock(connection)
        waiting = await passcodes.read_waiting(connection, door, site.tenancy.vault, challenge_id, now)
        if waiting is None or waiting.code is None:
            return False
        if await sign_in.recipient(connection, waiting.address) is not None:
            return False
        if state == "mirroring":
            age = now - waiting.asked
            if age >= WAITS:
                return False
            await mirror_due.hasten(connection, side.tenant_id, mirror_due.REPAIR, REPAIR_EVERY - NEWS_EVERY)
            # Twice as late each time: five looks, the last one at the end.
            await site.tenancy.jobs.enqueue_all(
                connection,
                passcodes.SEND_PASSCODE,
                door.tenant_id,
                (challenge_id,),
                delay=max(FIRST_WAIT_SECONDS, round(age.total_seconds())),
            )
            return True
    await look_for(site.tenancy, side, waiting.address)
    return False

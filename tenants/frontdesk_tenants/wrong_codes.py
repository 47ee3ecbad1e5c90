"""Runs of wrong codes for an address: its owner is told of each once, and ends it. See `frontdesk.risk_budget`.

A run has the name of the challenge at which its owner was told, which no other run ever has. It ends with the address's
tally: by a success (`tallies`), by its owner's word, or by that of staff.
"""

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.risk_budget import LINK_LASTS
from frontdesk_tenants.jobs import Jobs
from frontdesk_tenants.tables import address_tallies, challenges

MAKE_ROOM = "make_room_for_wrong_codes_letter"
"""The job that counts the letter among those to its address; its row is the run."""
SEND_LETTER = "send_wrong_codes_letter"
"""The job that sends it; its row is the run."""


class Run(Struct, frozen=True, kw_only=True):
    """A run of wrong codes that goes on. `address` is folded, `until` is how long its owner's link is good."""

    id: str
    address: str
    until: datetime


async def tell_owner(connection: AsyncConnection, jobs: Jobs, tenant_id: UUID, address: str, challenge_id: str) -> None:
    """Have the owner of a folded address told of its run, in the transaction that counted the guess.

    The same is done whether or not anybody has the address: that is the worker's to find out (trust.md A5).
    """
    await connection.execute(
        update(address_tallies).where(address_tallies.c.address == address).values(told=challenge_id)
    )
    await jobs.enqueue(connection, MAKE_ROOM, tenant_id, challenge_id)


async def read_run(connection: AsyncConnection, run_id: str, now: datetime) -> Run | None:
    """A run by its name; None where it is over, or its link too old."""
    found = await connection.execute(
        select(challenges.c.address, challenges.c.created)
        .join(
            address_tallies,
            (address_tallies.c.tenant_id == challenges.c.tenant_id)
            & (address_tallies.c.address == challenges.c.address),
        )
        .where(challenges.c.id == run_id, address_tallies.c.told == run_id, challenges.c.created > now - LINK_LASTS)
    )
    row = found.one_or_none()
    return None if row is None else Run(id=run_id, address=row.address, until=row.created + LINK_LASTS)


async def end_run(connection: AsyncConnection, run: Run) -> bool:
    """The address begins anew, as its owner says that it was them. False where the run is over by now.

    Nobody gets more guesses by this than the risk budget has: see there.
    """
    ended = await connection.execute(
        delete(address_tallies)
        .where(address_tallies.c.address == run.address, address_tallies.c.told == run.id)
        .returning(address_tallies.c.failures)
    )
    return ended.one_or_none() is not None


async def forget(connection: AsyncConnection, address: str) -> int:
    """A folded address begins anew, as staff say; returns how many wrong codes were forgotten."""
    forgotten = await connection.execute(
        delete(address_tallies).where(address_tallies.c.address == address).returning(address_tallies.c.failures)
    )
    return forgotten.scalar_one_or_none() or 0

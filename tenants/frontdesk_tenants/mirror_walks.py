"""Walking through all that a remote backend knows, a step at a time: the first import, and the slow walk that finds
what nobody told.

How far a walk is lies in the mirror's row and moves in the transaction that writes what was found, so whoever goes on
after a worker died goes on there. A step that is done twice writes nothing the second time.
"""

import asyncio
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.changes import Changes
from frontdesk.desk import Actor
from frontdesk.import_pace import marked
from frontdesk.mirroring import Count, Walk
from frontdesk_tenants.backends import LiveBackend
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Side
from frontdesk_tenants.mirrored_accounts import apply_account
from frontdesk_tenants.mirrored_catalogue import apply_catalogue
from frontdesk_tenants.tables import mirrors
from frontdesk_tenants.tenancy import Tenancy

AT_ONCE = 6
"""Customers that are asked about at the same time."""
TOGETHER = 10
"""Customers that are written in one transaction."""
PAGES_COUNTED_AT_ONCE = 5
"""Pages of ids that one step of a first import counts ahead."""
WALKER = Actor(kind="scheduler", id="mirror")


class Step(Struct, frozen=True, kw_only=True):
    """What came of a step: how far the walk is, and how many things were otherwise than the book said."""

    walk: Walk
    differences: int


async def step(
    tenancy: Tenancy, side: Side, backend: LiveBackend, column: "Column[Walk]", *, most: int, quiet: bool
) -> Step:
    """Go on with a walk by a page of the catalogue, or by at most so many customers.

    Raises:
        Unavailable, Misconfigured: the backend does not answer. What was done until then is kept.
    """
    async with tenancy.database.side(side.tenant_id) as connection:
        walk: Walk = (await connection.execute(select(column).where(mirrors.c.backend == side.backend))).scalar_one()
    if walk.stage == "catalogue":
        return await _catalogue(tenancy, side, backend, column, walk, quiet=quiet)
    if walk.stage == "customers":
        return await _customers(tenancy, side, backend, column, walk, most=most, quiet=quiet)
    return Step(walk=walk, differences=0)


async def _catalogue(
    tenancy: Tenancy, side: Side, backend: LiveBackend, column: "Column[Walk]", walk: Walk, *, quiet: bool
) -> Step:
    page = await backend.page_of_catalogue(walk.after)
    further = Walk(after=page.after) if page.after is not None else Walk(stage="customers")
    async with tenancy.database.side(side.tenant_id) as connection:
        if not await _move(connection, side, column, walk, further):
            return Step(walk=walk, differences=0)
        new = await apply_catalogue(connection, side, page.changes, actor=WALKER, jobs=tenancy.jobs, quiet=quiet)
    return Step(walk=further, differences=things_in(new))


async def _customers(
    tenancy: Tenancy, side: Side, backend: LiveBackend, column: "Column[Walk]", walk: Walk, *, most: int, quiet: bool
) -> Step:
    page = await backend.page_of_customers(walk.after)
    ids = page.customers[walk.offset : walk.offset + most]
    walk_on = replace(walk, seen=max(walk.seen, walk.done + len(page.customers) - walk.offset))
    if quiet:
        walk_on = replace(walk_on, count=await _counted(backend, walk.count))
    differences = 0
    for start in range(0, len(ids), TOGETHER):
        answers = await ask_about(backend, ids[start : start + TOGETHER])
        further = replace(walk_on, offset=walk_on.offset + len(answers), done=walk_on.done + len(answers))
        async with tenancy.database.side(side.tenant_id) as connection:
            if quiet:
                further = replace(further, marks=marked(walk.marks, further.done, await clock(connection)))
            if not await _move(connection, side, column, walk, further):
                return Step(walk=walk, differences=differences)
            for each in answers:
                new = await apply_account(
                    connection, side, each, actor=WALKER, action="mirrored", jobs=tenancy.jobs, quiet=quiet
                )
                differences += new != Changes()
        walk = walk_on = further
    if walk_on.offset >= len(page.customers):
        over = page.after is None
        further = replace(walk_on, stage="done" if over else "customers", after=page.after, offset=0)
        async with tenancy.database.side(side.tenant_id) as connection:
            await _move(connection, side, column, walk, further)
        walk_on = further
    return Step(walk=walk_on, differences=differences)


async def _counted(backend: LiveBackend, count: Count) -> Count:
    """Count some pages further, so that somebody who waits for a first import can be told how long it takes.

    A page of ids costs one question where copying its customers costs some hundreds, so this does not delay it.
    """
    for _ in range(PAGES_COUNTED_AT_ONCE):
        if count.whole:
            break
        page = await backend.page_of_customers(count.after)
        count = Count(customers=count.customers + len(page.customers), after=page.after, whole=page.after is None)
    return count


async def ask_about(backend: LiveBackend, customers: Sequence[str]) -> list[Changes]:
    """All that the backend knows of some customers, a few asked about at the same time."""
    narrow = asyncio.Semaphore(AT_ONCE)

    async def ask(customer: str) -> Changes:
        async with narrow:
            return await backend.refresh(customer)

    asked = [asyncio.ensure_future(ask(each)) for each in customers]
    try:
        return list(await asyncio.gather(*asked))
    except BaseException:
        for each in asked:
            each.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
        raise


def things_in(changes: Changes) -> int:
    """How many snapshots there are of what is sold."""
    sold = ("products", "prices", "coupons", "promotion_codes", "tax_rates")
    return sum(len(getattr(changes, each)) for each in sold)


async def _move(connection: AsyncConnection, side: Side, column: "Column[Walk]", before: Walk, after: Walk) -> bool:
    """Note how far a walk is, unless somebody else has gone on with it meanwhile."""
    mine = mirrors.c.backend == side.backend
    present = await connection.scalar(select(column).where(mine).with_for_update())
    if present != before:
        return False
    await connection.execute(update(mirrors).where(mine).values({column: after}))
    return True

"""Renewals of a suspended side: put aside as their time comes, given back once the suspension is lifted.

Only a worker puts accounts aside, and only while it holds the side's row, so that no account is put aside after the
suspension was lifted and then forgotten. Only the job `RELEASE`, which is enqueued with the lifting, gives them back.
"""

from uuid import UUID

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk_tenants.tables import due, sides
from frontdesk_tenants.tenancy import Tenancy

RELEASE = "release_held_accounts"
"""The job that gives a side's accounts back; its row id says nothing."""
AT_ONCE = 1000


async def put_aside(connection: AsyncConnection, tenant_id: UUID) -> int:
    """Put accounts of a suspended side aside whose time has come; how many. None if it was lifted just now.

    `connection` is the worker's, on that side, and holds a row of the due list.
    """
    # A share of the row: whoever lifts the suspension waits for this transaction, and what they enqueue then finds
    # the accounts. They touch no row of the list themselves, which would be a deadlock.
    status = await connection.scalar(select(sides.c.status).with_for_update(read=True))
    if status != "suspended":
        return 0
    waiting = (
        select(due.c.tenant_id, due.c.account_id)
        .where(due.c.tenant_id == tenant_id, ~due.c.held, due.c.wake_at <= func.frontdesk_now())
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    aside = await connection.execute(
        update(due).where(tuple_(due.c.tenant_id, due.c.account_id).in_(waiting)).values(held=True)
    )
    return aside.rowcount


async def release(tenancy: Tenancy, tenant_id: UUID, _: str = "") -> None:
    """Give a side's accounts back, unless it is suspended again. Running it twice changes nothing."""
    held = select(due.c.account_id).where(due.c.tenant_id == tenant_id, due.c.held).limit(AT_ONCE)
    while True:
        async with tenancy.database.side(tenant_id) as connection:
            if await connection.scalar(select(sides.c.status)) == "suspended":
                return
            given_back = await connection.execute(
                update(due)
                .where(due.c.tenant_id == tenant_id, due.c.account_id.in_(held.with_for_update()))
                .values(held=False)
            )
        if given_back.rowcount < AT_ONCE:
            return

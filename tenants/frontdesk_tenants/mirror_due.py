"""What is to be asked of remote backends, and when: a list of ids that any number of workers share.

A row is one thing to do for a side: to ask again about a customer or about something that is sold (`customer:cus_1`),
or one of the rounds (`import`, `repair`, `walk`). Whoever takes a row has it for as long as a lease says, so that a
worker that dies is followed by another; everything here may be done twice. What is told of a thing while somebody asks
about it is counted in its row (`told`), so that it is asked about once more.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct
from sqlalchemy import delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk_tenants.many_rows import among
from frontdesk_tenants.tables import mirror_due

LEASE = timedelta(minutes=2)
"""How long somebody has for what they took: more than the slowest step of an import."""
IMPORT, REPAIR, WALK = "import", "repair", "walk"
LONGEST_WAIT = timedelta(minutes=15)


class DueTask(Struct, frozen=True, kw_only=True):
    """One thing to do, and how often it was told and failed so far."""

    tenant_id: UUID
    id: str
    told: int
    attempts: int


async def wake(connection: AsyncConnection, tenant_id: UUID, ids: Sequence[str]) -> None:
    """Have things done now. What somebody is at, or has put off, is done when that says, and after this was told."""
    if not ids:
        return
    rows = [
        {"tenant_id": tenant_id, "id": each, "wake_at": func.frontdesk_now(), "told": 1} for each in sorted(set(ids))
    ]
    again = {"told": mirror_due.c.told + 1}
    await connection.execute(
        insert(mirror_due).values(rows).on_conflict_do_update(index_elements=["tenant_id", "id"], set_=again)
    )


async def hasten(connection: AsyncConnection, tenant_id: UUID, id_: str, within: timedelta) -> None:
    """Have a round done now that would come within a time, unless it waits because it failed.

    A round that was begun or done a moment ago is further away than that, as a lease is as long as a pause.
    """
    columns = mirror_due.c
    mine = (columns.tenant_id == tenant_id) & (columns.id == id_)
    soon = (columns.attempts == 0) & (columns.wake_at < func.frontdesk_now() + within)
    await connection.execute(
        update(mirror_due).where(mine, soon).values(wake_at=func.least(columns.wake_at, func.frontdesk_now()))
    )


async def take(connection: AsyncConnection, most: int, only: UUID | None = None) -> list[DueTask]:
    """Take what is due and nobody has, of one side `only` if that is asked for. `connection` is of no side."""
    columns = mirror_due.c
    due = columns.wake_at <= func.frontdesk_now()
    picked = (
        select(columns.tenant_id, columns.id)
        .where(due if only is None else due & (columns.tenant_id == only))
        .order_by(columns.wake_at)
        .limit(most)
        .with_for_update(skip_locked=True)
        .cte("picked")
    )
    rows = await connection.execute(
        update(mirror_due)
        .where(tuple_(columns.tenant_id, columns.id).in_(select(picked.c.tenant_id, picked.c.id)))
        .values(wake_at=func.frontdesk_now() + LEASE)
        .returning(columns.tenant_id, columns.id, columns.told, columns.attempts)
    )
    return [DueTask(**row._mapping) for row in rows]


async def finish(connection: AsyncConnection, task: DueTask, again_at: datetime | None = None) -> None:
    """A thing is done: it goes, or is done again at an instant; at once where it was told of meanwhile."""
    columns = mirror_due.c
    mine = (columns.tenant_id == task.tenant_id) & (columns.id == task.id)
    if again_at is not None:
        await connection.execute(update(mirror_due).where(mine).values(wake_at=again_at, attempts=0))
        return
    gone = await connection.execute(delete(mirror_due).where(mine, columns.told == task.told))
    if not gone.rowcount:
        await connection.execute(update(mirror_due).where(mine).values(wake_at=func.frontdesk_now(), attempts=0))


async def put_off(connection: AsyncConnection, task: DueTask, retry_after: int = 0) -> None:
    """A thing failed: it is tried again later and later, and not before the backend wants it."""
    wait = min(timedelta(seconds=2 ** min(task.attempts + 1, 12)), LONGEST_WAIT)
    columns = mirror_due.c
    await connection.execute(
        update(mirror_due)
        .where(columns.tenant_id == task.tenant_id, columns.id == task.id)
        .values(wake_at=func.frontdesk_now() + max(wait, timedelta(seconds=retry_after)), attempts=task.attempts + 1)
    )


async def forget(connection: AsyncConnection, tenant_id: UUID, ids: Sequence[str] | None = None) -> None:
    """Nothing of a side is to be done any more, or not these things."""
    mine = mirror_due.c.tenant_id == tenant_id
    chosen = mine if ids is None else mine & among(mirror_due.c.id, ids)
    await connection.execute(delete(mirror_due).where(chosen))

"""What a worker does for the sides that mirror a remote backend: ask again about what news is about, import, repair.

Any number of workers may do it at the same time. An answer is applied as a whole and by its version, so it does not
matter who asks, in which order, how often, or who dies in the middle.
"""

import asyncio
import logging
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.changes import Changes
from frontdesk.errors import FrontdeskError, Misconfigured, Unavailable
from frontdesk.mirroring import Subject, Walk
from frontdesk.reasons import Reason, reason_of
from frontdesk_tenants import mirror_due, mirror_inbox, mirror_walks
from frontdesk_tenants.backends import LiveBackend
from frontdesk_tenants.database import Busy, clock
from frontdesk_tenants.directory import Side
from frontdesk_tenants.mirror_due import IMPORT, REPAIR, WALK, DueTask
from frontdesk_tenants.mirror_walks import WALKER
from frontdesk_tenants.mirrored_accounts import apply_account
from frontdesk_tenants.mirrored_catalogue import apply_catalogue, gone
from frontdesk_tenants.mirrors import AWAY_AFTER
from frontdesk_tenants.sign_in import NAMESAKES
from frontdesk_tenants.tables import mirrors, sides
from frontdesk_tenants.tenancy import Tenancy

TAKEN = 8
"""Things that one worker does at the same time."""
IMPORTED_AT_ONCE = 20
"""Customers of one step of an import."""
WALKED_AT_ONCE = 5
"""Customers that one round of the slow walk asks about."""
REPAIR_EVERY = timedelta(minutes=2)
WALK_EVERY = timedelta(minutes=1)
REST_BETWEEN_WALKS = timedelta(hours=6)
LATE = timedelta(minutes=2)
"""What is told so much later than it happened was lost on its way here."""
FAULTS = 12
"""How often a thing is tried that fails for another reason than that nobody answers."""
DAYS_OF_PATIENCE = 300
"""Tries, a quarter of an hour apart: about three days."""
SEEN_EVERY = timedelta(seconds=30)
log = logging.getLogger("frontdesk.mirror")


async def mirror_all(tenancy: Tenancy) -> None:
    """Do what is due, until nothing is."""
    while await mirror_some(tenancy):
        continue


async def mirror_some(tenancy: Tenancy, most: int = TAKEN, only: UUID | None = None) -> int:
    """Do some of what is due, of one side `only` if that is asked for; returns how much was."""
    async with tenancy.database.unscoped() as connection:
        tasks = await mirror_due.take(connection, most, only)
    await asyncio.gather(*(_do(tenancy, each) for each in tasks))
    return len(tasks)


async def _do(tenancy: Tenancy, task: DueTask) -> None:
    """Do one thing. Whatever becomes of it is noted, and nothing is raised but that PostgreSQL is away."""
    door = await tenancy.directory.by_tenant_id(task.tenant_id)
    if door is None:
        return await _forget(tenancy, task)
    async with tenancy.at(door) as (connection, side):
        stopped = await connection.execute(select(mirrors.c.stopped_at).where(mirrors.c.backend == side.backend))
        row = stopped.one_or_none()
    if row is None or row.stopped_at is not None:
        return await _forget(tenancy, task)
    letters: tuple[str, ...] = ()
    try:
        async with tenancy.database.side(side.tenant_id) as connection:
            letters = await mirror_inbox.waiting_for(connection, task.id)
            backend = await tenancy.backends.of(connection, side.tenant_id, side.backend)
        again_at = await _carry_out(tenancy, side, backend, task)
    except FrontdeskError as error:
        await _failed(tenancy, side, task, letters, error)
    except Exception as error:
        log.exception("mirroring failed", extra={"tenant": str(task.tenant_id), "thing": task.id})
        await _failed(tenancy, side, task, letters, error)
    else:
        async with tenancy.database.side(side.tenant_id) as connection:
            await mirror_inbox.settle(connection, letters)
            await note_answer(connection, side)
            await mirror_due.finish(connection, task, again_at)


async def _carry_out(tenancy: Tenancy, side: Side, backend: LiveBackend, task: DueTask) -> datetime | None:
    """Do it, and say when it is to be done again."""
    match task.id:
        case "import":
            return await _import(tenancy, side, backend)
        case "repair":
            return await _repair(tenancy, side, backend)
        case "walk":
            return await _walk(tenancy, side, backend)
        case _:
            kind, _, id_ = task.id.partition(":")
            await refresh(tenancy, side, backend, Subject(kind, id_))  # type: ignore[arg-type]
            return None


async def refresh(tenancy: Tenancy, side: Side, backend: LiveBackend, subject: Subject) -> Changes:
    """Ask again about a customer or something that is sold, and apply the answer; returns what was new."""
    if subject.kind == "customer":
        answer = await backend.refresh(subject.id)
        async with tenancy.database.side(side.tenant_id) as connection:
            return await apply_account(connection, side, answer, actor=WALKER, action="mirrored", jobs=tenancy.jobs)
    answer = await backend.refresh_catalogue(subject)
    async with tenancy.database.side(side.tenant_id) as connection:
        if answer == Changes():
            answer = await gone(connection, subject)
        return await apply_catalogue(connection, side, answer, actor=WALKER, jobs=tenancy.jobs)


async def look_for(tenancy: Tenancy, side: Side, address: str) -> None:
    """Bring the customers with an address into the book, ahead of their turn in the import.

    Raises:
        Unavailable, Misconfigured: the backend does not answer.
    """
    async with tenancy.database.side(side.tenant_id) as connection:
        backend = await tenancy.backends.of(connection, side.tenant_id, side.backend)
    found = await backend.customers_with_address(address)
    for answer in await mirror_walks.ask_about(backend, found[:NAMESAKES]):
        async with tenancy.database.side(side.tenant_id) as connection:
            await apply_account(
                connection, side, answer, actor=WALKER, action="mirrored", jobs=tenancy.jobs, quiet=True
            )


async def _import(tenancy: Tenancy, side: Side, backend: LiveBackend) -> datetime | None:
    taken = await mirror_walks.step(tenancy, side, backend, mirrors.c.imported, most=IMPORTED_AT_ONCE, quiet=True)
    async with tenancy.database.side(side.tenant_id) as connection:
        if taken.walk.stage != "done":
            return await clock(connection)
        now = await clock(connection)
        unfinished = (mirrors.c.backend == side.backend) & mirrors.c.imported_at.is_(None)
        await connection.execute(update(mirrors).where(unfinished).values(imported_at=now))
    return None


async def _walk(tenancy: Tenancy, side: Side, backend: LiveBackend) -> datetime | None:
    async with tenancy.database.side(side.tenant_id) as connection:
        now = await clock(connection)
        imported = await connection.scalar(select(mirrors.c.imported_at).where(mirrors.c.backend == side.backend))
    if imported is None:
        return now + WALK_EVERY
    taken = await mirror_walks.step(tenancy, side, backend, mirrors.c.walked, most=WALKED_AT_ONCE, quiet=False)
    async with tenancy.database.side(side.tenant_id) as connection:
        await _count_repairs(connection, side, taken.differences)
        if taken.walk.stage != "done":
            return now + WALK_EVERY
        await connection.execute(
            update(mirrors).where(mirrors.c.backend == side.backend).values(walked=Walk(), walked_at=now)
        )
    return now + REST_BETWEEN_WALKS


async def _repair(tenancy: Tenancy, side: Side, backend: LiveBackend) -> datetime | None:
    """Hear what was told since we last asked, and have asked about what nobody told us."""
    mine = mirrors.c.backend == side.backend
    while True:
        async with tenancy.database.side(side.tenant_id) as connection:
            row = (await connection.execute(select(mirrors.c.heard_after, mirrors.c.connected_at).where(mine))).one()
        page = await backend.heard_since(row.heard_after, row.connected_at)
        async with tenancy.database.side(side.tenant_id) as connection:
            now = await clock(connection)
            news = await mirror_inbox.keep(connection, side.tenant_id, page.heard, now)
            lost = [each for each in news if each.about is not None and each.at < now - LATE]
            await _count_repairs(connection, side, len(lost))
            if page.after is not None:
                await connection.execute(update(mirrors).where(mine).values(heard_after=page.after))
        if not page.heard or page.after in (None, row.heard_after):
            return now + REPAIR_EVERY


async def _count_repairs(connection: AsyncConnection, side: Side, found: int) -> None:
    if found:
        await connection.execute(
            update(mirrors)
            .where(mirrors.c.backend == side.backend)
            .values(repairs=mirrors.c.repairs + found, repaired_at=func.frontdesk_now())
        )


async def note_answer(connection: AsyncConnection, side: Side) -> None:
    """The backend answered: whatever was wrong is over."""
    columns = mirrors.c
    stale = (columns.last_heard < func.frontdesk_now() - SEEN_EVERY) | columns.failing_since.is_not(None)
    moved = await connection.execute(
        update(mirrors)
        .where(columns.backend == side.backend, stale)
        .values(last_heard=func.frontdesk_now(), failing_since=None, failing_with=None)
    )
    if moved.rowcount:
        await connection.execute(update(sides).where(sides.c.away_since.is_not(None)).values(away_since=None))


async def note_silence(connection: AsyncConnection, side: Side, why: Reason) -> None:
    """The backend did not answer. After a while pages say as of when they are."""
    columns = mirrors.c
    mine = columns.backend == side.backend
    await connection.execute(
        update(mirrors)
        .where(mine)
        .values(failing_since=func.coalesce(columns.failing_since, func.frontdesk_now()), failing_with=why)
    )
    heard: datetime | None = await connection.scalar(
        select(columns.last_heard).where(mine, columns.last_heard < func.frontdesk_now() - AWAY_AFTER)
    )
    if heard is not None:
        await connection.execute(update(sides).where(sides.c.away_since.is_(None)).values(away_since=heard))


async def _failed(tenancy: Tenancy, side: Side, task: DueTask, letters: tuple[str, ...], error: Exception) -> None:
    away = isinstance(error, Unavailable | Misconfigured) and not isinstance(error, Busy)
    round_ = task.id in (IMPORT, REPAIR, WALK)
    dead = not round_ and task.attempts + 1 >= (DAYS_OF_PATIENCE if away else FAULTS)
    async with tenancy.database.side(side.tenant_id) as connection:
        await mirror_inbox.note_failure(connection, letters, reason_of(error), dead=dead)
        if away:
            await note_silence(connection, side, reason_of(error))
        if dead:
            await mirror_due.finish(connection, task)
        else:
            await mirror_due.put_off(connection, task, error.retry_after if isinstance(error, Unavailable) else 0)


async def _forget(tenancy: Tenancy, task: DueTask) -> None:
    async with tenancy.database.unscoped() as connection:
        await mirror_due.forget(connection, task.tenant_id, (task.id,))

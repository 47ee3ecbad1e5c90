"""The due list: accounts whose time has come are advanced, several of a side in one transaction.

Any number of workers may run this at once. Accounts are picked with SKIP LOCKED, so that they take different ones; what
a renewal has billed is keyed by subscription and period (`billed_periods`), so that even a worker that was frozen and
woke up again cannot bill twice. A row of `due` only says when to look: what is owed is computed from the book.

Where one account of several fails, nothing of them was written, and each is tried by itself.

The accounts of a suspended side are put aside as their time comes (`held`), and looked at again once the suspension is
lifted: see `frontdesk.suspension`.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.changes import Changes
from frontdesk.commands import Advance
from frontdesk.desk import Actor
from frontdesk.errors import Unavailable
from frontdesk_tenants.committing import ToCommit, commit_all
from frontdesk_tenants.database import Busy, clock
from frontdesk_tenants.desks import local_desks_on
from frontdesk_tenants.directory import Door, read_side
from frontdesk_tenants.held_accounts import put_aside
from frontdesk_tenants.local_desk import says_nothing
from frontdesk_tenants.tables import customers, due
from frontdesk_tenants.tenancy import Tenancy

SCHEDULER = Actor(kind="scheduler", id="worker")
TOGETHER = 25
"""Accounts of one transaction: what it takes to begin and to commit is shared by so many, and all of them are locked
for as long as the last one takes."""
MOST_INVOICES = 200
"""Invoices of one transaction, about: of accounts that have missed many periods, fewer go into one."""
SOON = timedelta(seconds=5)
"""When an account is looked at again whose backend did not answer."""
LATER = timedelta(minutes=15)
"""When an account is looked at again whose renewal failed: somebody has to correct something first."""
log = logging.getLogger("frontdesk.renewals")


class Due(Struct, frozen=True, kw_only=True):
    """A row of the due list."""

    tenant_id: UUID
    account_id: str
    wake_at: datetime


async def advance_due(tenancy: Tenancy, limit: int = 100) -> int:
    """Advance up to `limit` accounts whose time has come, the longest waiting side first. Returns how many were.

    Missed periods are billed once each, in order. An account that fails is put off and logged; the others go on.

    Raises:
        Unavailable: PostgreSQL does not answer.
    """
    advanced = 0
    passed_over: list[UUID] = []
    while advanced < limit:
        tenant_id = await _longest_waiting(tenancy, passed_over)
        if tenant_id is None:
            break
        door = await tenancy.directory.by_tenant_id(tenant_id)
        if door is None:
            log.error("accounts of no side are due", extra={"tenant": str(tenant_id)})
            passed_over.append(tenant_id)
            continue
        done = await _advance_some(tenancy, door, min(TOGETHER, limit - advanced))
        if done is None:
            passed_over.append(tenant_id)
        else:
            advanced += done
    return advanced


async def _longest_waiting(tenancy: Tenancy, passed_over: Sequence[UUID]) -> UUID | None:
    """The side of the account that has waited longest."""
    async with tenancy.database.unscoped() as connection:
        found: UUID | None = await connection.scalar(
            select(due.c.tenant_id)
            .where(~due.c.held, due.c.wake_at <= func.frontdesk_now(), due.c.tenant_id.not_in(passed_over))
            .order_by(due.c.wake_at)
            .limit(1)
        )
    return found


async def _advance_some(tenancy: Tenancy, door: Door, most: int, only: str | None = None) -> int | None:
    """Advance accounts of a side in one transaction, or each by itself where that fails. How many were.

    None where there is nothing to do there now: somebody else holds those that wait, or they were put off.
    """
    picked: Sequence[Due] = ()
    try:
        async with tenancy.database.side(door.tenant_id) as connection:
            picked = await _pick(connection, door, most, only)
            return await _advance(connection, tenancy, door, picked) if picked else None
    except Busy:
        # Whoever holds it is served first; nothing was written.
        return None
    except Exception as error:
        if not picked:
            raise
        if len(picked) > 1:
            log.warning("renewing one by one: %s", error, extra={"tenant": str(door.tenant_id)})
            by_itself = [await _advance_some(tenancy, door, 1, each.account_id) or 0 for each in picked]
            return sum(by_itself) or None
        _tell(picked[0], error)
        async with tenancy.database.unscoped() as connection:
            await _put_off(connection, picked[0], error)
        return None


async def _pick(connection: AsyncConnection, door: Door, most: int, only: str | None) -> Sequence[Due]:
    """Accounts that are due and that nobody holds, locked with their rows of the list.

    Desks lock the account first and its row at the end. Waiting for one here would be a deadlock with them.
    """
    account = (customers.c.tenant_id == due.c.tenant_id) & (customers.c.id == due.c.account_id)
    question = (
        select(due.c.tenant_id, due.c.account_id, due.c.wake_at)
        .select_from(due.join(customers, account))
        .where(due.c.tenant_id == door.tenant_id, ~due.c.held, due.c.wake_at <= func.frontdesk_now())
        .order_by(due.c.wake_at)
        .limit(most)
        .with_for_update(of=(customers, due), skip_locked=True)
    )
    if only is not None:
        question = question.where(due.c.account_id == only)
    return [Due(**row._mapping) for row in await connection.execute(question)]


async def _advance(connection: AsyncConnection, tenancy: Tenancy, door: Door, picked: Sequence[Due]) -> int | None:
    side = await read_side(connection, door)
    if side.suspended:
        return 0 if await put_aside(connection, door.tenant_id) else None
    desks = await local_desks_on(connection, tenancy, side, [each.account_id for each in picked], SCHEDULER)
    done, invoices = 0, 0
    written: list[ToCommit] = []
    for each in picked:
        desk = desks.get(each.account_id)
        if desk is None:
            await _wake(connection, each, None)
            done += 1
            continue
        if invoices >= MOST_INVOICES:
            break
        try:
            changes, _ = await desk.work_out(Advance())
        except Exception as error:
            _tell(each, error)
            await _put_off(connection, each, error)
            continue
        done += 1
        if says_nothing(changes):
            await _wake(connection, each, _next_look(changes, desk.real_now))
        else:
            invoices += len(changes.invoices)
            written.append(ToCommit(desk.account, changes))
    if written:
        await commit_all(
            connection,
            side,
            written,
            actor=SCHEDULER,
            action=Advance.__name__,
            now=next(iter(desks.values())).real_now,
            jobs=tenancy.jobs,
        )
    return done or None


def _next_look(changes: Changes, now: datetime) -> datetime | None:
    if changes.wake_at is None or changes.wake_at > now:
        return changes.wake_at
    return now + LATER


async def _wake(connection: AsyncConnection, picked: Due, at: datetime | None) -> None:
    row = (due.c.tenant_id == picked.tenant_id) & (due.c.account_id == picked.account_id)
    await connection.execute(delete(due).where(row) if at is None else update(due).where(row).values(wake_at=at))


def _tell(failed: Due, error: Exception) -> None:
    log.error("renewal failed", exc_info=error, extra={"tenant": str(failed.tenant_id), "account": failed.account_id})


async def _put_off(connection: AsyncConnection, failed: Due, error: Exception) -> None:
    """Look at an account later, unless somebody else has moved it meanwhile."""
    by = SOON if isinstance(error, Unavailable) else LATER
    await connection.execute(
        update(due)
        .where(
            due.c.tenant_id == failed.tenant_id,
            due.c.account_id == failed.account_id,
            due.c.wake_at == failed.wake_at,
        )
        .values(wake_at=await clock(connection) + by)
    )

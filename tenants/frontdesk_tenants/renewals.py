"""The due list: accounts whose time has come are advanced, each in a transaction of its own.

Any number of workers may run this at once. A row of `due` is picked with SKIP LOCKED, so that they take different
ones; what a renewal has billed is keyed by subscription and period (`billed_periods`), so that even a worker that was
frozen and woke up again cannot bill twice. The row only says when to look: what is owed is computed from the book.

The accounts of a suspended side are put aside as their time comes (`held`), and looked at again once the suspension is
lifted: see `frontdesk.suspension`.
"""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct
from sqlalchemy import delete, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.changes import Changes
from frontdesk.commands import Advance
from frontdesk.desk import Actor
from frontdesk.errors import Refused, Unavailable
from frontdesk_tenants.database import clock, enter_side
from frontdesk_tenants.desks import LocalDesk, desk_on
from frontdesk_tenants.directory import read_side
from frontdesk_tenants.held_accounts import put_aside
from frontdesk_tenants.tables import customers, due
from frontdesk_tenants.tenancy import Tenancy

SCHEDULER = Actor(kind="scheduler", id="worker")
SOON = timedelta(seconds=5)
"""When an account is looked at again that somebody else held or whose backend did not answer."""
LATER = timedelta(minutes=15)
"""When an account is looked at again whose renewal failed: somebody has to correct something first."""
log = logging.getLogger("frontdesk.renewals")


class Due(Struct, frozen=True, kw_only=True):
    """A row of the due list."""

    tenant_id: UUID
    account_id: str
    wake_at: datetime


async def advance_due(tenancy: Tenancy, limit: int = 100) -> int:
    """Advance up to `limit` accounts whose time has come, the longest waiting first. Returns how many were.

    Missed periods are billed once each, in order. An account that fails is put off and logged; the others go on.

    Raises:
        Unavailable: PostgreSQL does not answer.
    """
    advanced = 0
    held: set[tuple[UUID, str]] = set()
    while advanced < limit:
        picked, done = await _advance_next(tenancy, held)
        if picked is None:
            break
        advanced += done
        if not done:
            held.add((picked.tenant_id, picked.account_id))
    return advanced


async def _advance_next(tenancy: Tenancy, held: set[tuple[UUID, str]]) -> tuple[Due | None, bool]:
    """The account that was picked, if there was one, and whether it was advanced."""
    picked: Due | None = None
    try:
        async with tenancy.database.unscoped() as connection:
            picked = await _pick(connection, held)
            if picked is None:
                return None, False
            return picked, await _advance(connection, tenancy, picked)
    except Exception as error:
        if picked is None:
            raise
        log.exception("renewal failed", extra={"tenant": str(picked.tenant_id), "account": picked.account_id})
        await _put_off(tenancy, picked, SOON if isinstance(error, Unavailable) else LATER)
        return picked, False


async def _pick(connection: AsyncConnection, held: set[tuple[UUID, str]]) -> Due | None:
    row = (
        await connection.execute(
            select(due)
            .where(
                ~due.c.held,
                due.c.wake_at <= func.frontdesk_now(),
                tuple_(due.c.tenant_id, due.c.account_id).not_in(held),
            )
            .order_by(due.c.wake_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
    ).one_or_none()
    return None if row is None else Due(tenant_id=row.tenant_id, account_id=row.account_id, wake_at=row.wake_at)


async def _advance(connection: AsyncConnection, tenancy: Tenancy, picked: Due) -> bool:
    door = await tenancy.door(picked.tenant_id)
    await enter_side(connection, picked.tenant_id)
    # Desks lock the account first and its row of the list at the end. Waiting here would be a deadlock with them.
    free = await connection.scalar(
        select(customers.c.id).where(customers.c.id == picked.account_id).with_for_update(skip_locked=True)
    )
    if free is None:
        return False
    side = await read_side(connection, door)
    if side.suspended:
        await put_aside(connection, picked.tenant_id)
        return False
    try:
        desk = await desk_on(connection, tenancy, side, customer_id=picked.account_id, actor=SCHEDULER)
    except Refused:
        await _wake(connection, picked, None)
        return True
    if not isinstance(desk, LocalDesk):
        await _wake(connection, picked, None)
        return True
    changes = await desk.carry_out(Advance())
    if _says_nothing(changes):
        await _wake(connection, picked, _next_look(changes, await clock(connection)))
    return True


def _says_nothing(changes: Changes) -> bool:
    """Nothing was due after all, so that nothing was committed, the row of the list neither."""
    return not (changes.events or changes.customer or changes.subscriptions or changes.invoices)


def _next_look(changes: Changes, now: datetime) -> datetime | None:
    if changes.wake_at is None or changes.wake_at > now:
        return changes.wake_at
    return now + LATER


async def _wake(connection: AsyncConnection, picked: Due, at: datetime | None) -> None:
    row = (due.c.tenant_id == picked.tenant_id) & (due.c.account_id == picked.account_id)
    await connection.execute(delete(due).where(row) if at is None else update(due).where(row).values(wake_at=at))


async def _put_off(tenancy: Tenancy, picked: Due, by: timedelta) -> None:
    """Look at an account later, unless somebody else has moved it meanwhile."""
    async with tenancy.database.unscoped() as connection:
        await connection.execute(
            update(due)
            .where(
                due.c.tenant_id == picked.tenant_id,
                due.c.account_id == picked.account_id,
                due.c.wake_at == picked.wake_at,
            )
            .values(wake_at=await clock(connection) + by)
        )

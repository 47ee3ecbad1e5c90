"""Moving a test clock on: a job walks it from instant to instant, and its accounts with it.

Each step is a transaction of its own: the clock is put to the earliest instant at which one of its accounts falls due,
and that account is advanced. So everything happens in order, over all of the clock's customers, and pages show how far
the clock has come. A worker that is killed leaves the clock where the last step put it, and another goes on from there;
two at once take turns, because each step holds the clock's row.
"""

import logging
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk import customers as accounts
from frontdesk.clocks import TestClock, check_standing
from frontdesk.commands import Advance
from frontdesk.desk import Actor
from frontdesk.errors import Misconfigured, Refused, Unavailable
from frontdesk.events import InvoiceFinalized
from frontdesk_tenants import clocks
from frontdesk_tenants.customer_sessions import end_sessions
from frontdesk_tenants.database import clock as real_clock
from frontdesk_tenants.desks import desk_on
from frontdesk_tenants.directory import Door, Side
from frontdesk_tenants.local_desk import LocalDesk
from frontdesk_tenants.renewals import SCHEDULER
from frontdesk_tenants.tables import clock_accounts, customers
from frontdesk_tenants.tenancy import Tenancy

EXPIRE = "expire_test_clock"
"""The job that deletes a clock whose time is over; its row id is the clock's."""
SUSPENDED_WAIT_SECONDS = 60
log = logging.getLogger("frontdesk.clocks")


class Stuck(RuntimeError):
    """An account stays due however often it is advanced: a bug of the backend's."""


async def walk(tenancy: Tenancy, tenant_id: UUID, clock_id: str) -> None:
    """The job `clocks.ADVANCE`. Running it again, or twice at once, changes nothing.

    Raises:
        Unavailable: something does not answer; the queue tries again later.
        LookupError: there is no such side.
    """
    door = await tenancy.door(tenant_id)
    try:
        while await _step(tenancy, door, clock_id):
            pass
    except (Unavailable, Misconfigured):
        raise
    except Exception:
        log.exception("a test clock failed", extra={"tenant": str(tenant_id), "clock": clock_id})
        async with tenancy.at(door) as (connection, side):
            failed = await clocks.lock(connection, side, clock_id)
            if failed.status == "advancing":
                await clocks.arrive(connection, side, failed, replace(failed, status="internal_failure", target=None))


async def delete(
    connection: AsyncConnection,
    tenancy: Tenancy,
    side: Side,
    clock_id: str,
    *,
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
) -> None:
    """Delete a clock and close the accounts of its customers, as at Stripe: their subscriptions end.

    Raises:
        Refused: there is no such clock, or it is on its way.
    """
    gone = await clocks.lock(connection, side, clock_id)
    check_standing(gone)
    for customer in await clocks.customers_on(connection, clock_id):
        desk = await desk_on(connection, tenancy, side, customer_id=customer, actor=actor, request_id=request_id)
        await accounts.delete(desk)
        await end_sessions(connection, customer, now)
    await clocks.forget(connection, side, gone, actor=actor, now=now, request_id=request_id)


async def expire(tenancy: Tenancy, tenant_id: UUID, clock_id: str) -> None:
    """The job `EXPIRE`: delete a clock if its time is over. Running it twice changes nothing."""
    async with tenancy.at(await tenancy.door(tenant_id)) as (connection, side):
        if side.livemode:
            return
        now = await real_clock(connection)
        found = await clocks.read(connection, side, clock_id)
        if found is None or found.deletes_after > now or found.status == "advancing" or side.suspended:
            return
        await delete(connection, tenancy, side, clock_id, actor=SCHEDULER, now=now.replace(microsecond=0))


async def _step(tenancy: Tenancy, door: Door, clock_id: str) -> bool:
    """Go on to the next instant at which something happens. False where nothing is left to do, or not now."""
    async with tenancy.at(door) as (connection, side):
        try:
            moving = await clocks.lock(connection, side, clock_id)
        except Refused:
            return False
        if moving.status != "advancing" or moving.target is None:
            return False
        if side.suspended:
            await tenancy.jobs.enqueue_all(
                connection, clocks.ADVANCE, door.tenant_id, (clock_id,), delay=SUSPENDED_WAIT_SECONDS
            )
            return False
        following = await _next(connection, moving)
        if following is None:
            await _arrive(connection, side, moving)
            return False
        customer, at = following
        await _advance(connection, tenancy, side, moving, customer, max(at, moving.frozen_time))
        return True


async def _next(connection: AsyncConnection, moving: TestClock) -> tuple[str, datetime] | None:
    """Who falls due first by the time that the clock moves to, and when."""
    columns = clock_accounts.c
    row = (
        await connection.execute(
            select(columns.customer, columns.wake_at)
            .where(columns.clock == moving.id, columns.wake_at <= moving.target)
            .order_by(columns.wake_at, columns.customer)
            .limit(1)
        )
    ).one_or_none()
    return None if row is None else (row.customer, row.wake_at)


async def _advance(
    connection: AsyncConnection, tenancy: Tenancy, side: Side, moving: TestClock, customer: str, at: datetime
) -> None:
    """Put the clock to `at` and do what is due for one of its customers."""
    moving = replace(moving, frozen_time=at)
    await clocks.put(connection, moving)
    account = clock_accounts.c.customer == customer
    try:
        desk = await desk_on(connection, tenancy, side, customer_id=customer, actor=SCHEDULER)
    except Refused:
        # The account was closed.
        await connection.execute(update(clock_accounts).where(account).values(wake_at=None))
        return
    if not isinstance(desk, LocalDesk):
        raise Stuck(f"{customer} is billed by a backend with a clock of its own")
    changes = await desk.carry_out(Advance())
    if changes.wake_at is not None and changes.wake_at <= at:
        raise Stuck(f"{customer} is still due at {at} after it was advanced")
    await connection.execute(update(clock_accounts).where(account).values(wake_at=changes.wake_at))
    issued = sum(isinstance(each, InvoiceFinalized) for each in changes.events)
    await clocks.put(connection, replace(moving, issued=moving.issued + issued))


async def _arrive(connection: AsyncConnection, side: Side, moving: TestClock) -> None:
    """The clock stands at its new time. Every account has moved on: what was quoted or shown before is old."""
    assert moving.target is not None
    there = replace(moving, status="ready", frozen_time=moving.target, target=None)
    await clocks.arrive(connection, side, moving, there)
    on_it = select(clock_accounts.c.customer).where(clock_accounts.c.clock == moving.id)
    await connection.execute(
        update(customers).where(customers.c.id.in_(on_it)).values(account_version=customers.c.account_version + 1)
    )

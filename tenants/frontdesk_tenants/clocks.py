"""Test clocks in PostgreSQL: made, read, set on their way, deleted with their customers.

Whoever works on an account that is on a clock holds a share of the clock's row, taken before the account; whoever
moves the clock on holds the row itself. So an account never changes while its time does, and nobody deadlocks.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Select, delete, false, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk import clock_refusals, refusals
from frontdesk.book import Customer
from frontdesk.clocks import KEPT, MOST_CUSTOMERS, TestClock, check_advance, check_ready, check_start
from frontdesk.desk import Actor
from frontdesk.errors import Refused
from frontdesk.ids import Ids
from frontdesk_tenants import audit
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Side
from frontdesk_tenants.happenings import tell_changes
from frontdesk_tenants.jobs import Jobs
from frontdesk_tenants.paging import plausible
from frontdesk_tenants.tables import clock_accounts, customers, test_clocks

NAMED = 3
"""Customers of a clock who are named in a list."""


class Company(Struct, frozen=True, kw_only=True):
    """The customers of a clock that are not closed: how many, and the first of them."""

    count: int
    first: tuple[Customer, ...] = ()


ADVANCE = "advance_test_clock"
"""The job that moves a clock on; its row id is the clock's. See `clock_walks`."""


async def create(
    connection: AsyncConnection,
    side: Side,
    *,
    name: str | None,
    frozen_time: datetime,
    ids: Ids,
    actor: Actor,
    now: datetime,
    request_id: str | None,
) -> TestClock:
    """Set a clock up. Raises Refused on a live side, or for a time at which it cannot stand."""
    _refuse_live(side)
    check_start(frozen_time)
    made = TestClock(
        id=ids("clock"),
        name=name,
        frozen_time=frozen_time,
        status="ready",
        created=now,
        deletes_after=now + KEPT,
    )
    await connection.execute(insert(test_clocks).values(tenant_id=side.tenant_id, created=made.created, **_row(made)))
    await audit.record_object(connection, side.tenant_id, None, made, actor=actor, now=now, request_id=request_id)
    return made


async def read(connection: AsyncConnection, side: Side, id_: str) -> TestClock | None:
    """A clock, or None. Raises Refused on a live side."""
    _refuse_live(side)
    return await _one(connection, _by_id(id_))


async def of_customer(connection: AsyncConnection, customer: str) -> TestClock | None:
    """The clock that a customer is on, if any."""
    return await _one(connection, _of_customer(customer))


async def of_customers(connection: AsyncConnection, wanted: Collection[str]) -> dict[str, str]:
    """The ids of the clocks that these customers are on, by customer."""
    if not wanted:
        return {}
    columns = clock_accounts.c
    rows = await connection.execute(
        select(columns.customer, columns.clock).where(columns.customer.in_(sorted(set(wanted))))
    )
    return {row.customer: row.clock for row in rows}


async def times_of_customers(connection: AsyncConnection, wanted: Collection[str]) -> dict[str, datetime]:
    """What time it is for those of these customers who are on clocks."""
    if not wanted:
        return {}
    rows = await connection.execute(
        select(clock_accounts.c.customer, test_clocks.c.frozen_time)
        .join(test_clocks, test_clocks.c.id == clock_accounts.c.clock)
        .where(clock_accounts.c.customer.in_(sorted(set(wanted))))
    )
    return {row.customer: row.frozen_time for row in rows}


async def customers_on(connection: AsyncConnection, clock: str) -> tuple[str, ...]:
    """The ids of a clock's customers that are not closed, in the order in which they came."""
    found = await connection.scalars(
        select(customers.c.id)
        .join(clock_accounts, clock_accounts.c.customer == customers.c.id)
        .where(clock_accounts.c.clock == clock, ~customers.c.deleted)
        .order_by(customers.c.created, customers.c.id)
    )
    return tuple(found)


async def company(connection: AsyncConnection, wanted: Collection[str]) -> dict[str, Company]:
    """Who is on these clocks, by clock; those with nobody are left out."""
    number = func.row_number().over(partition_by=clock_accounts.c.clock, order_by=(customers.c.created, customers.c.id))
    found = (
        select(clock_accounts.c.clock, customers.c.body, number.label("number"))
        .join(customers, customers.c.id == clock_accounts.c.customer)
        .where(clock_accounts.c.clock.in_(sorted(wanted)), ~customers.c.deleted)
        .add_columns(func.count().over(partition_by=clock_accounts.c.clock).label("living"))
        .subquery()
    )
    rows = await connection.execute(select(found).where(found.c.number <= NAMED).order_by(found.c.number))
    by_clock: dict[str, Company] = {}
    for row in rows:
        known = by_clock.get(row.clock, Company(count=row.living))
        by_clock[row.clock] = replace(known, first=(*known.first, row.body))
    return by_clock


async def hold_of_customer(connection: AsyncConnection, customer: str) -> TestClock | None:
    """The clock that a customer is on, kept from moving until the transaction ends; None where there is none."""
    return await _one(connection, _of_customer(customer).with_for_update(read=True, of=test_clocks))


async def hold_for_customer(connection: AsyncConnection, side: Side, id_: str) -> TestClock:
    """A clock that a new customer is to begin on, kept from moving until the transaction ends.

    Raises:
        Refused: it is a live side, there is no such clock, it is on its way, or it is full.
    """
    _refuse_live(side)
    found = await _one(connection, _by_id(id_).with_for_update(read=True))
    if found is None:
        raise Refused(refusals.no_such("test clock", id_, "test_clock"))
    check_ready(found)
    on_it = select(func.count()).select_from(clock_accounts).where(clock_accounts.c.clock == id_)
    if (await connection.scalar(on_it) or 0) >= MOST_CUSTOMERS:
        raise Refused(clock_refusals.clock_full(MOST_CUSTOMERS))
    return found


async def advance(
    connection: AsyncConnection,
    side: Side,
    id_: str,
    to: datetime,
    *,
    actor: Actor,
    now: datetime,
    jobs: Jobs,
    request_id: str | None,
) -> TestClock:
    """Set a clock on its way to a later time; a job does the rest.

    Raises:
        Refused: it is a live side, there is no such clock, it cannot be moved to that time, or not now.
    """
    before = await lock(connection, side, id_)
    check_advance(before, to)
    after = replace(before, status="advancing", target=to, moved_from=before.frozen_time, issued=0)
    await put(connection, after)
    await audit.record_object(
        connection,
        side.tenant_id,
        before,
        after,
        actor=actor,
        now=now,
        request_id=request_id,
        action="AdvanceTestClock",
    )
    await jobs.enqueue(connection, ADVANCE, side.tenant_id, id_)
    return after


async def put(connection: AsyncConnection, changed: TestClock) -> None:
    """Write a clock that is locked."""
    await connection.execute(update(test_clocks).where(test_clocks.c.id == changed.id).values(**_row(changed)))


async def arrive(connection: AsyncConnection, side: Side, before: TestClock, after: TestClock) -> None:
    """Write a clock that is locked and has stopped, and tell of it."""
    await put(connection, after)
    now = (await clock(connection)).replace(microsecond=0)
    await tell_changes(connection, side.tenant_id, ((before, after),), now)


async def lock(connection: AsyncConnection, side: Side, id_: str) -> TestClock:
    """A clock whose row is now ours alone. Raises Refused where there is none."""
    _refuse_live(side)
    found = await _one(connection, _by_id(id_).with_for_update())
    if found is None:
        raise Refused(refusals.no_such("test clock", id_))
    return found


async def forget(
    connection: AsyncConnection, side: Side, gone: TestClock, *, actor: Actor, now: datetime, request_id: str | None
) -> None:
    """Delete a clock that is locked and whose customers are closed."""
    await connection.execute(delete(clock_accounts).where(clock_accounts.c.clock == gone.id))
    await connection.execute(delete(test_clocks).where(test_clocks.c.id == gone.id))
    await audit.record_object(connection, side.tenant_id, gone, None, actor=actor, now=now, request_id=request_id)


def _refuse_live(side: Side) -> None:
    if side.livemode:
        raise Refused(clock_refusals.sandbox_only())


def _row(kept: TestClock) -> dict[str, object]:
    return {"id": kept.id, "frozen_time": kept.frozen_time, "deletes_after": kept.deletes_after, "body": kept}


def _by_id(id_: str) -> Select[Any]:
    return select(test_clocks.c.body).where(test_clocks.c.id == id_ if plausible(id_) else false())


def _of_customer(customer: str) -> Select[Any]:
    return (
        select(test_clocks.c.body)
        .join(clock_accounts, clock_accounts.c.clock == test_clocks.c.id)
        .where(clock_accounts.c.customer == customer)
    )


async def _one(connection: AsyncConnection, question: Select[Any]) -> TestClock | None:
    found: TestClock | None = (await connection.execute(question)).scalar_one_or_none()
    return found

"""Test clocks: the account's time is its customer's clock, and moving it on does all that falls due, in order."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from sides import API, Tenant, move_clock, never_late, new_clock, new_tenant, sell, subscribe
from sqlalchemy import insert, select, update

from frontdesk import plan_changes
from frontdesk.book import Customer, Invoice
from frontdesk.clocks import TestClock
from frontdesk.commands import ChangePlan, ItemChange
from frontdesk.errors import Refused
from frontdesk.quotes import LIFETIME
from frontdesk_tenants import clock_walks, clocks
from frontdesk_tenants.database import clock as real_clock
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.sweeping import sweep
from frontdesk_tenants.tables import audit, billed_periods, customers, due, events, invoices, sides, test_clocks
from frontdesk_tenants.tenancy import Tenancy

START = datetime(2027, 1, 31, 12, tzinfo=UTC)


async def clock_at(tenancy: Tenancy, tenant: Tenant, start: datetime = START) -> str:
    async with tenancy.at(tenant.door) as (connection, side):
        return (await new_clock(connection, side, start)).id


async def read(tenancy: Tenancy, tenant: Tenant, id_: str) -> TestClock:
    async with tenancy.at(tenant.door) as (connection, side):
        found = await clocks.read(connection, side, id_)
    assert found is not None
    return found


async def moved(tenancy: Tenancy, tenant: Tenant, id_: str, to: datetime) -> TestClock:
    async with tenancy.at(tenant.door) as (connection, side):
        await move_clock(connection, tenancy, side, id_, to)
    await clock_walks.walk(tenancy, tenant.door.tenant_id, id_)
    return await read(tenancy, tenant, id_)


async def billed(tenancy: Tenancy, tenant: Tenant) -> list[Invoice]:
    async with tenancy.at(tenant.door) as (connection, _):
        return list(await connection.scalars(select(invoices.c.body).order_by(invoices.c.number)))


async def test_everything_due_happens_in_order_over_all_customers(tenancy: Tenancy, tenant: Tenant) -> None:
    clock, monthly = await clock_at(tenancy, tenant), await sell(tenancy, tenant.door)
    weekly = await sell(tenancy, tenant.door, interval="week")
    on_it = [await subscribe(tenancy, tenant.door, price, test_clock=clock) for price in (monthly, weekly, monthly)]
    real = await subscribe(tenancy, tenant.door, monthly)
    async with tenancy.database.unscoped() as connection:
        waiting = await connection.scalars(select(due.c.account_id).where(due.c.tenant_id == tenant.door.tenant_id))
        assert list(waiting) == [real]
    arrived = await moved(tenancy, tenant, clock, datetime(2027, 4, 30, 12, tzinfo=UTC))
    assert (arrived.status, arrived.moved_from, arrived.issued) == ("ready", START, 2 * 3 + 12)
    found = [each for each in await billed(tenancy, tenant) if each.customer in on_it]
    assert all(before.created <= after.created for before, after in itertools.pairwise(found))
    ends = {each.created.date().isoformat() for each in found if each.customer == on_it[0]}
    assert ends == {"2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"}
    # Walked again, as by a worker that took the job over: nothing more.
    await clock_walks.walk(tenancy, tenant.door.tenant_id, clock)
    assert len([each for each in await billed(tenancy, tenant) if each.customer in on_it]) == len(found)


async def test_bills_follow_the_clock_and_all_else_real_time(tenancy: Tenancy, tenant: Tenant) -> None:
    clock = await clock_at(tenancy, tenant)
    price, dear = await sell(tenancy, tenant.door), await sell(tenancy, tenant.door, amount=3000)
    customer = await subscribe(tenancy, tenant.door, price, test_clock=clock)
    async with open_desk(tenancy, tenant.door, customer_id=customer, actor=API) as desk:
        (subscription,) = desk.account.subscriptions
        assert desk.now == subscription.start_date == desk.account.customer.created == START
        command = ChangePlan(subscription=subscription.id, items=(ItemChange(id=subscription.items[0].id, price=dear),))
        quote = await plan_changes.quote(desk, command)
        assert (quote.at, quote.expires_at) == (START, desk.real_now + LIFETIME)
    async with tenancy.at(tenant.door) as (connection, _):
        now = await real_clock(connection)
        for table, column in ((events, events.c.created), (audit, audit.c.at)):
            newest = (await connection.scalars(select(column).select_from(table).order_by(column.desc()))).first()
            assert now - timedelta(minutes=5) < newest <= now  # type: ignore[operator]
    # What was quoted at one time is not confirmed at another.
    await moved(tenancy, tenant, clock, START + timedelta(hours=1))
    with pytest.raises(Refused, match="quote_changed"):
        async with open_desk(tenancy, tenant.door, customer_id=customer, actor=API) as desk:
            await plan_changes.confirm(desk, quote.id)
    async with open_desk(tenancy, tenant.door, customer_id=customer, actor=API) as desk:
        assert desk.now == START + timedelta(hours=1)


async def test_an_account_that_fails_stops_its_clock(
    tenancy: Tenancy, tenant: Tenant, caplog: pytest.LogCaptureFixture
) -> None:
    await never_late(tenancy, tenant.door)
    clock, price = await clock_at(tenancy, tenant), await sell(tenancy, tenant.door)
    customer = await subscribe(tenancy, tenant.door, price, test_clock=clock)
    async with open_desk(tenancy, tenant.door, customer_id=customer, actor=API) as desk:
        (subscription,) = desk.account.subscriptions
    async with tenancy.at(tenant.door) as (connection, _):
        # The period is noted as billed already, so that its key refuses the renewal.
        note = {"subscription": subscription.id, "period_start": subscription.period_end, "invoice": "in_x"}
        await connection.execute(insert(billed_periods).values(tenant_id=tenant.door.tenant_id, **note))
    stopped = await moved(tenancy, tenant, clock, START + timedelta(days=60))
    assert (stopped.status, stopped.frozen_time, stopped.target) == ("internal_failure", START, None)
    assert "a test clock failed" in caplog.text
    assert len(await billed(tenancy, tenant)) == 1
    with pytest.raises(Refused, match="clock_failed"):
        await moved(tenancy, tenant, clock, START + timedelta(days=60))
    async with tenancy.at(tenant.door) as (connection, side):
        await clock_walks.delete(
            connection, tenancy, side, clock, actor=API, now=await real_clock(connection), request_id=None
        )
        assert await clocks.read(connection, side, clock) is None


async def test_the_clock_of_a_suspended_side_waits(tenancy: Tenancy, tenant: Tenant) -> None:
    clock, price = await clock_at(tenancy, tenant), await sell(tenancy, tenant.door)
    await subscribe(tenancy, tenant.door, price, test_clock=clock)
    async with tenancy.at(tenant.door) as (connection, side):
        await move_clock(connection, tenancy, side, clock, START + timedelta(days=60))
        await connection.execute(update(sides).values(status="suspended"))
    await clock_walks.walk(tenancy, tenant.door.tenant_id, clock)
    assert (await read(tenancy, tenant, clock)).status == "advancing"
    assert len(await billed(tenancy, tenant)) == 1
    async with tenancy.at(tenant.door) as (connection, _):
        await connection.execute(update(sides).values(status="active"))
    await clock_walks.walk(tenancy, tenant.door.tenant_id, clock)
    assert (await read(tenancy, tenant, clock)).status == "ready"
    assert len(await billed(tenancy, tenant)) == 3


async def test_a_clock_is_deleted_with_its_customers_when_its_time_is_over(lone_tenancy: Tenancy) -> None:
    tenancy = lone_tenancy  # the sweeper goes through all sides that there are
    tenant = await new_tenant(tenancy)
    clock, price = await clock_at(tenancy, tenant), await sell(tenancy, tenant.door)
    customer = await subscribe(tenancy, tenant.door, price, test_clock=clock)
    await clock_walks.expire(tenancy, tenant.door.tenant_id, clock)
    assert (await read(tenancy, tenant, clock)).status == "ready"
    async with tenancy.at(tenant.door) as (connection, _):
        present = await connection.scalar(select(test_clocks.c.body).where(test_clocks.c.id == clock))
        over = await real_clock(connection) - timedelta(seconds=1)
        await clocks.put(connection, replace(present, deletes_after=over))
    before = await tenancy.jobs.waiting()
    await sweep(tenancy)
    assert await tenancy.jobs.waiting() > before
    for _ in range(2):
        await clock_walks.expire(tenancy, tenant.door.tenant_id, clock)
    async with tenancy.at(tenant.door) as (connection, side):
        assert await clocks.read(connection, side, clock) is None
        closed: Customer | None = await connection.scalar(select(customers.c.body).where(customers.c.id == customer))
    assert closed is not None
    assert closed.deleted

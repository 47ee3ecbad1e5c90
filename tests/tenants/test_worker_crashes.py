"""Workers that are killed, frozen, woken again and ahead of time bill every period once, and nothing after an end.

These are E9 and E12 of trust.md at a small scale.
"""

import asyncio
import itertools
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from catalog_findings import as_admin
from forked import Forked
from msgspec import Struct
from renewing_worker import work_until_killed
from sides import MASTER_KEY, Tenant, clock_of, move_clock, new_clock, new_tenant, sell, subscribe
from sqlalchemy import func, select

from frontdesk import plan_changes
from frontdesk import subscriptions as subscribing
from frontdesk.book import Invoice, Recurring
from frontdesk.catalogue_commands import CatalogueCommand, CreatePrice, CreateProduct, ProductFields
from frontdesk.commands import ChangePlan, CreateSubscription, ItemChange, NewItem, ReportUsage
from frontdesk.desk import Actor
from frontdesk.errors import Refused, Unavailable
from frontdesk.ids import IdSource
from frontdesk.meters import Meter
from frontdesk.plugins import PluginHost
from frontdesk_tenants import catalogues, clocks, meters
from frontdesk_tenants.book_checks import faults_of
from frontdesk_tenants.database import clock as real_clock
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.owner_tools import set_clock
from frontdesk_tenants.renewals import advance_due
from frontdesk_tenants.tables import due, invoices
from frontdesk_tenants.tenancy import Tenancy

API = Actor(kind="api", id="key_1")
PATIENCE = 150


class Worker:
    """A worker process that a test may treat badly."""

    def __init__(self, url: str, schema: str = "") -> None:
        self._arguments = (url, schema)
        self._process = Forked(work_until_killed, *self._arguments)

    async def at_work(self) -> None:
        await asyncio.to_thread(self._process.at_work)

    def signal(self, number: signal.Signals) -> None:
        self._process.signal(number)

    def end(self) -> None:
        self._process.kill()

    async def replace(self) -> None:
        """kill -9, and another one in its place."""
        self.end()
        self._process = Forked(work_until_killed, *self._arguments)
        await self.at_work()


@pytest.fixture
async def house(fresh_database: Callable[[], PostgresAddresses]) -> AsyncIterator[tuple[Tenancy, PostgresAddresses]]:
    addresses = fresh_database()
    tenancy = Tenancy(addresses.app_url, (MASTER_KEY,), PluginHost.load())
    await tenancy.open()
    yield tenancy, addresses
    await tenancy.aclose()


async def billed(tenancy: Tenancy, tenant: Tenant) -> list[Invoice]:
    async with tenancy.at(tenant.door) as (connection, _):
        return list(await connection.scalars(select(invoices.c.body)))


async def all_caught_up(tenancy: Tenancy) -> bool:
    """Nothing is due, nor put off for a moment because somebody else held it."""
    async with tenancy.database.unscoped() as connection:
        return (
            await connection.scalar(
                select(due.c.account_id).where(due.c.wake_at <= func.frontdesk_now() + timedelta(hours=1))
            )
            is None
        )


async def caught_up(tenancy: Tenancy) -> None:
    while not await all_caught_up(tenancy):  # noqa: ASYNC110 - the database sets no event of ours
        await asyncio.sleep(0.1)


def each_period_once(found: list[Invoice]) -> None:
    """Every regular period of every subscription is on one invoice, and they follow each other without a gap."""
    lines = [line for each in found for line in each.lines if line.kind == "charge"]
    periods = Counter((line.subscription, line.start) for line in lines)
    assert set(periods.values()) == {1}
    for subscription in {line.subscription for line in lines}:
        mine = sorted((line.start, line.end) for line in lines if line.subscription == subscription)
        assert all(before[1] == after[0] for before, after in itertools.pairwise(mine))


# PostgreSQL's clock as a worker with this schema sees it.
AHEAD = """
CREATE SCHEMA ahead;
GRANT USAGE ON SCHEMA ahead TO PUBLIC;
CREATE FUNCTION ahead.frontdesk_now() RETURNS timestamptz LANGUAGE sql STABLE
RETURN public.frontdesk_now() + interval '10 minutes';
"""


class User(Struct, frozen=True, kw_only=True):
    """A customer who pays by use."""

    tenant: Tenant
    customer: str
    meter: str


async def by_use(tenancy: Tenancy, tenant: Tenant) -> User:
    """Somebody who pays a cent a day for each thing used."""
    async with tenancy.at(tenant.door) as (connection, side):
        now = await real_clock(connection)
        meter = Meter(
            id=IdSource(now)("mtr"), event_name="used", display_name="Used", formula="sum", created=now, updated=now
        )
        await meters.create(connection, tenant.door.tenant_id, meter, actor=API, request_id=None)
    price = CreatePrice(
        id="price_by_use",
        product="prod_by_use",
        currency="eur",
        unit_amount=Decimal(1),
        recurring=Recurring(interval="day", usage_type="metered", meter=meter.id),
    )
    commands: tuple[CatalogueCommand, ...]
    commands = (CreateProduct(id="prod_by_use", fields=ProductFields(name="Things")), price)
    for command in commands:
        await catalogues.carry_out(
            lambda: tenancy.database.side(tenant.door.tenant_id), tenancy, side, command, actor=API, idempotency_key="k"
        )
    customer = await subscribe(tenancy, tenant.door, None)
    async with open_desk(tenancy, tenant.door, customer_id=customer, actor=API) as desk:
        await subscribing.create(desk, CreateSubscription(items=(NewItem(price=price.id),)))
    return User(tenant=tenant, customer=customer, meter=meter.id)


async def use(tenancy: Tenancy, user: User) -> int:
    """Report some use of this moment; tells how much was counted."""
    while True:
        try:
            async with open_desk(tenancy, user.tenant.door, customer_id=user.customer, actor=API) as desk:
                report = ReportUsage(meter=user.meter, value=7, at=desk.now, identifier=desk.ids("use"))
                await desk.carry_out(report)
        except Unavailable:
            continue
        except Refused:
            # Whoever is ahead of time has billed this day.
            return 0
        return 7


async def pays_less_later(tenancy: Tenancy, tenant: Tenant, price: str) -> str:
    """Somebody with ten seats who will have four when the first period is over."""
    customer = await subscribe(tenancy, tenant.door, price)
    async with open_desk(tenancy, tenant.door, customer_id=customer, actor=API) as desk:
        (subscription,) = desk.account.subscriptions
        item = ItemChange(id=subscription.items[0].id, quantity=4)
        change = ChangePlan(subscription=subscription.id, items=(item,), when="period_end", proration_behavior="none")
        await plan_changes.change(desk, change)
    return customer


async def test_killed_and_frozen_workers_bill_every_period_once(house: tuple[Tenancy, PostgresAddresses]) -> None:
    tenancy, addresses = house
    tenants = [await new_tenant(tenancy) for _ in range(2)]
    customers = {}
    for tenant in tenants:
        price = await sell(tenancy, tenant.door, interval="day")
        customers[tenant.slug] = [
            *[await subscribe(tenancy, tenant.door, price, email=f"c{number}@example.com") for number in range(4)],
            await pays_less_later(tenancy, tenant, price),
        ]
    user, used = await by_use(tenancy, tenants[0]), 0
    with as_admin(addresses) as admin:
        admin.execute(AHEAD)
    workers = [Worker(addresses.app_url), Worker(addresses.app_url, "ahead")]
    move, chance = clock_of(addresses), random.Random(4)
    try:
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*(each.at_work() for each in workers))
            for day in range(1, 5):
                move(timedelta(days=day * 3))
                await asyncio.sleep(chance.uniform(0, 0.2))
                used += await use(tenancy, user)
                if day % 2:
                    await workers[chance.randrange(2)].replace()
                else:
                    workers[0].signal(signal.SIGSTOP)
                    await asyncio.sleep(0.3)
                    workers[0].signal(signal.SIGCONT)
            # Its transaction, if it was in one, is ended by PostgreSQL after two seconds; then the other goes on.
            workers[0].signal(signal.SIGSTOP)
            move(timedelta(days=30))
            await caught_up(tenancy)
            workers[0].signal(signal.SIGCONT)
            move(timedelta(days=31))
            await caught_up(tenancy)
    finally:
        for each in workers:
            each.end()
    for tenant in tenants:
        found = await billed(tenancy, tenant)
        ahead = [each for each in found if each.customer in customers[tenant.slug]]
        each_period_once(ahead)
        assert Counter(each.customer for each in ahead) == dict.fromkeys(customers[tenant.slug], 32)
        # The change that was put off came into effect with the second period, once.
        seats = [each.lines[0].quantity for each in sorted(ahead, key=lambda each: each.created)]
        assert Counter(seats) == {10: 4 * 32 + 1, 4: 31}
        async with tenancy.at(tenant.door) as (connection, _):
            assert not await faults_of(connection)
    async with open_desk(tenancy, user.tenant.door, customer_id=user.customer, actor=API) as desk:
        unbilled = desk.account.subscriptions[0].items[0].usage
    lines = [
        line for each in await billed(tenancy, tenants[0]) if each.customer == user.customer for line in each.lines
    ]
    assert len(lines) == 32
    assert unbilled is not None
    assert used == sum(line.quantity for line in lines) + unbilled.value > 0


async def test_four_hundred_days_at_once_are_billed_in_order(house: tuple[Tenancy, PostgresAddresses]) -> None:
    tenancy, addresses = house
    tenant = await new_tenant(tenancy)
    daily = await sell(tenancy, tenant.door, interval="day")
    for number in range(2):
        await subscribe(tenancy, tenant.door, daily, email=f"c{number}@example.com")
    set_clock(addresses.owner_url, timedelta(days=400))
    async with asyncio.timeout(PATIENCE):
        while not await all_caught_up(tenancy):
            await asyncio.gather(advance_due(tenancy, 10), advance_due(tenancy, 10))
    found = await billed(tenancy, tenant)
    assert len(found) == 2 * 401
    each_period_once(found)


async def test_a_clock_that_is_moved_on_by_killed_workers_does_everything_once_and_in_order(
    house: tuple[Tenancy, PostgresAddresses],
) -> None:
    tenancy, addresses = house
    tenant = await new_tenant(tenancy)
    start = datetime(2027, 1, 31, tzinfo=UTC)
    async with tenancy.at(tenant.door) as (connection, side):
        clock = await new_clock(connection, side, start)
    daily, weekly = [await sell(tenancy, tenant.door, interval=each) for each in ("day", "week")]
    for price in (daily, weekly, daily):
        await subscribe(tenancy, tenant.door, price, test_clock=clock.id)
    target = start + timedelta(days=30)
    workers = [Worker(addresses.app_url) for _ in range(2)]
    try:
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*(each.at_work() for each in workers))
            async with tenancy.at(tenant.door) as (connection, side):
                await move_clock(connection, tenancy, side, clock.id, target)
                # So that both walk it, as when one was thought to be dead.
                await tenancy.jobs.enqueue(connection, clocks.ADVANCE, side.tenant_id, clock.id)
            for days in (6, 15):
                await clock_reaches(tenancy, tenant, clock.id, start + timedelta(days=days))
                for each in workers:
                    await each.replace()
            await clock_reaches(tenancy, tenant, clock.id, target)
    finally:
        for each in workers:
            each.end()
    found = await billed(tenancy, tenant)
    each_period_once(found)
    # 30 days twice and 4 weeks, beside the three first invoices.
    assert len(found) == 2 * 31 + 5
    by_number = sorted(found, key=lambda each: int((each.number or "").split("-")[-1]))
    assert [int((each.number or "").split("-")[-1]) for each in by_number] == list(range(1, len(found) + 1))
    assert all(before.created <= after.created for before, after in itertools.pairwise(by_number))
    async with tenancy.at(tenant.door) as (connection, side):
        arrived = await clocks.read(connection, side, clock.id)
    assert arrived is not None
    assert (arrived.status, arrived.frozen_time, arrived.issued) == ("ready", target, 2 * 30 + 4)


async def clock_reaches(tenancy: Tenancy, tenant: Tenant, clock: str, instant: datetime) -> None:
    while True:
        async with tenancy.at(tenant.door) as (connection, side):
            found = await clocks.read(connection, side, clock)
        assert found is not None
        if found.frozen_time >= instant and (found.target is None or found.target > instant):
            return
        await asyncio.sleep(0.05)

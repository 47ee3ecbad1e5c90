"""Workers that are killed, frozen and woken again bill every period once, and no cancellation is broken.

These are E8, E9 and E12 of trust.md at a small scale.
"""

import asyncio
import itertools
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sides import MASTER_KEY, Tenant, clock_of, move_clock, new_clock, new_tenant, sell, subscribe
from sqlalchemy import func, select

from frontdesk import cancellations
from frontdesk.book import Invoice, Subscription
from frontdesk.commands import CancelSubscription
from frontdesk.desk import Actor
from frontdesk.errors import Refused, Unavailable
from frontdesk.plugins import PluginHost
from frontdesk_tenants import clocks
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.owner_tools import set_clock
from frontdesk_tenants.renewals import advance_due
from frontdesk_tenants.tables import due, invoices, subscriptions
from frontdesk_tenants.tenancy import Tenancy

TESTS = Path(__file__).parents[1]
API = Actor(kind="api", id="key_1")
PATIENCE = 150
# A worker as `frontdesk worker` runs one, without letters: renewals and the queue. Says when it is at work.
WORKING = """
import asyncio, sys
sys.path.insert(0, sys.argv[1])
from sides import MASTER_KEY
from frontdesk.plugins import PluginHost
from functools import partial
from frontdesk_tenants import book, clock_walks, clocks
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_tenants.worker_loop import Pace, work

async def nothing(tenant_id, row_id):
    return

async def main(url):
    tenancy = Tenancy(url, (MASTER_KEY,), PluginHost.load())
    await tenancy.open()
    tenancy.jobs.implement(book.AFTER_COMMIT, nothing)
    tenancy.jobs.implement(clocks.ADVANCE, partial(clock_walks.walk, tenancy))
    print("at work", flush=True)
    await work(tenancy, Pace(renewals=0.05, rescue=0.5, heartbeat=0.5, stalled=2.0))

asyncio.run(main(sys.argv[2]))
"""


class Worker:
    """A worker process that a test may treat badly."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._process = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-c", WORKING, str(TESTS), self.url]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    async def at_work(self) -> None:
        assert self._process.stdout is not None
        assert await asyncio.to_thread(self._process.stdout.readline) == b"at work\n"

    def signal(self, number: signal.Signals) -> None:
        os.kill(self._process.pid, number)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()

    async def replace(self) -> None:
        """kill -9, and another one in its place."""
        self.end()
        self._process = self._start()
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


async def test_killed_and_frozen_workers_bill_every_period_once(house: tuple[Tenancy, PostgresAddresses]) -> None:
    tenancy, addresses = house
    tenants = [await new_tenant(tenancy) for _ in range(2)]
    customers = {}
    for tenant in tenants:
        price = await sell(tenancy, tenant.door, interval="day")
        customers[tenant.slug] = [
            await subscribe(tenancy, tenant.door, price, email=f"c{number}@example.com") for number in range(5)
        ]
    workers = [Worker(addresses.app_url) for _ in range(2)]
    move, chance = clock_of(addresses), random.Random(4)
    try:
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*(each.at_work() for each in workers))
            for day in range(1, 5):
                move(timedelta(days=day * 3))
                await asyncio.sleep(chance.uniform(0, 0.2))
                if day % 2:
                    await workers[chance.randrange(2)].replace()
                else:
                    workers[0].signal(signal.SIGSTOP)
                    await asyncio.sleep(0.3)
                    workers[0].signal(signal.SIGCONT)
            # Its transaction, if it was in one, is ended by PostgreSQL after ten seconds; then the other goes on.
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
        each_period_once(found)
        assert Counter(each.customer for each in found) == dict.fromkeys(customers[tenant.slug], 32)
        numbers = sorted(int((each.number or "").split("-")[-1]) for each in found)
        assert numbers == list(range(1, len(found) + 1))


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


@pytest.mark.parametrize("seed", range(6))
async def test_a_cancellation_that_races_a_renewal_is_never_billed_past_its_end(
    house: tuple[Tenancy, PostgresAddresses], seed: int
) -> None:
    tenancy, addresses = house
    tenant = await new_tenant(tenancy)
    price = await sell(tenancy, tenant.door)
    customers = [await subscribe(tenancy, tenant.door, price, email=f"c{n}@example.com") for n in range(6)]
    chance = random.Random(seed)
    # Around the very second at which the period ends.
    async with tenancy.at(tenant.door) as (connection, _):
        ends = [each.period_end for each in await connection.scalars(select(subscriptions.c.body))]
        begun = [each.start_date for each in await connection.scalars(select(subscriptions.c.body))]
    month = min(ends) - min(begun)
    set_clock(addresses.owner_url, month - timedelta(seconds=2))

    async def cancel(customer: str) -> None:
        await asyncio.sleep(chance.uniform(0, 3))
        while True:
            try:
                async with open_desk(tenancy, tenant.door, customer_id=customer, actor=API) as desk:
                    (subscription,) = desk.account.subscriptions
                    when = "now" if chance.random() < 0.5 else "period_end"
                    await cancellations.cancel(
                        desk,
                        CancelSubscription(subscription=subscription.id, when=when),  # type: ignore[arg-type]
                    )
                return
            except Unavailable:
                continue
            except Refused:
                return

    async def renew() -> None:
        for _ in range(40):
            await advance_due(tenancy, 10)
            await asyncio.sleep(0.1)

    await asyncio.gather(renew(), renew(), *(cancel(each) for each in customers))
    set_clock(addresses.owner_url, 3 * month)
    while await advance_due(tenancy, 10):
        pass
    async with tenancy.at(tenant.door) as (connection, _):
        plans: list[Subscription] = list(await connection.scalars(select(subscriptions.c.body)))
    found = await billed(tenancy, tenant)
    each_period_once(found)
    assert {each.status for each in plans} == {"canceled"}
    for plan in plans:
        assert plan.ended_at is not None
        mine = [each for each in found if each.subscription == plan.id]
        assert all(each.created <= plan.ended_at for each in mine)
        starts = [line.start for each in mine for line in each.lines if line.kind == "charge"]
        # Who ends at once in the very second of a renewal has been renewed before.
        last = plan.ended_at if plan.cancel_at is None else plan.ended_at - timedelta(seconds=1)
        assert max(starts) <= last


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
    target = start + timedelta(days=60)
    workers = [Worker(addresses.app_url) for _ in range(2)]
    try:
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*(each.at_work() for each in workers))
            async with tenancy.at(tenant.door) as (connection, side):
                await move_clock(connection, tenancy, side, clock.id, target)
                # So that both walk it, as when one was thought to be dead.
                await tenancy.jobs.enqueue(connection, clocks.ADVANCE, side.tenant_id, clock.id)
            for days in (10, 25):
                await clock_reaches(tenancy, tenant, clock.id, start + timedelta(days=days))
                for each in workers:
                    await each.replace()
            await clock_reaches(tenancy, tenant, clock.id, target)
    finally:
        for each in workers:
            each.end()
    found = await billed(tenancy, tenant)
    each_period_once(found)
    # 60 days twice and 8 weeks, beside the three first invoices.
    assert len(found) == 2 * 61 + 9
    by_number = sorted(found, key=lambda each: int((each.number or "").split("-")[-1]))
    assert [int((each.number or "").split("-")[-1]) for each in by_number] == list(range(1, len(found) + 1))
    assert all(before.created <= after.created for before, after in itertools.pairwise(by_number))
    async with tenancy.at(tenant.door) as (connection, side):
        arrived = await clocks.read(connection, side, clock.id)
    assert arrived is not None
    assert (arrived.status, arrived.frozen_time, arrived.issued) == ("ready", target, 2 * 60 + 8)


async def clock_reaches(tenancy: Tenancy, tenant: Tenant, clock: str, instant: datetime) -> None:
    while True:
        async with tenancy.at(tenant.door) as (connection, side):
            found = await clocks.read(connection, side, clock)
        assert found is not None
        if found.frozen_time >= instant and (found.target is None or found.target > instant):
            return
        await asyncio.sleep(0.05)

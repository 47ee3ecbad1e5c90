"""PostgreSQL's clock jumps to and fro: each missed period is billed once, in order, and never again (trust.md E12)."""

import itertools
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from sides import MASTER_KEY, Tenant, new_tenant, sell, subscribe
from sqlalchemy import select

from frontdesk.book import Invoice
from frontdesk.plugins import PluginHost
from frontdesk_tenants.book_checks import faults_of
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.owner_tools import set_clock
from frontdesk_tenants.renewals import advance_due
from frontdesk_tenants.tables import invoices
from frontdesk_tenants.tenancy import Tenancy

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LEAP_DAY = datetime(2028, 2, 29, 10, tzinfo=UTC)
JUMPS = (HOUR, -HOUR, -DAY, 33 * DAY, -HOUR, HOUR, 400 * DAY, -400 * DAY, 401 * DAY, -DAY, DAY)


@pytest.fixture
async def house(fresh_database: Callable[[], PostgresAddresses]) -> AsyncIterator[tuple[Tenancy, Tenant, str]]:
    addresses = fresh_database()
    tenancy = Tenancy(addresses.app_url, (MASTER_KEY,), PluginHost.load())
    await tenancy.open()
    yield tenancy, await new_tenant(tenancy), addresses.owner_url
    await tenancy.aclose()


async def bills(tenancy: Tenancy, tenant: Tenant) -> list[Invoice]:
    """What was billed, by number, without what programs were told of it since."""
    async with tenancy.at(tenant.door) as (connection, _):
        found = list(await connection.scalars(select(invoices.c.body)))
    found = [replace(each, told_overdue=None, version=0) for each in found]
    return sorted(found, key=lambda each: int((each.number or "").rpartition("-")[2]))


async def jump_about(
    tenancy: Tenancy, tenant: Tenant, owner_url: str, begin: datetime, jumps: tuple[timedelta, ...]
) -> None:
    """Subscribe at an instant, let the clock jump, and look after each jump."""
    set_clock(owner_url, begin - datetime.now(UTC))
    for interval in ("month", "week", "year"):
        await subscribe(tenancy, tenant.door, await sell(tenancy, tenant.door, interval=interval))  # type: ignore[arg-type]
    at = latest = begin
    before = await bills(tenancy, tenant)
    for each in jumps:
        at += each
        set_clock(owner_url, at - datetime.now(UTC))
        while await advance_due(tenancy, 10):
            pass
        after = await bills(tenancy, tenant)
        # What was billed stays, and a time that was there before brings nothing new.
        assert after[: len(before)] == before
        assert at > latest or len(after) == len(before)
        before, latest = after, max(at, latest)
    lines = [line for each in before for line in each.lines if line.kind == "charge"]
    assert set(Counter((line.subscription, line.start) for line in lines).values()) == {1}
    for subscription in {line.subscription for line in lines}:
        # In the order of their numbers.
        mine = [line for line in lines if line.subscription == subscription]
        assert all(one.end == following.start for one, following in itertools.pairwise(mine))
        assert mine[-1].start <= latest < mine[-1].end
    async with tenancy.at(tenant.door) as (connection, _):
        assert not await faults_of(connection)


async def test_jumps_from_a_leap_day(house: tuple[Tenancy, Tenant, str]) -> None:
    tenancy, tenant, owner_url = house
    await jump_about(tenancy, tenant, owner_url, LEAP_DAY, JUMPS)
    monthly = {line.start.date().isoformat() for each in await bills(tenancy, tenant) for line in each.lines}
    assert {"2028-02-29", "2028-03-29", "2029-02-28", "2029-03-29"} <= monthly


@pytest.mark.long
@pytest.mark.parametrize("seed", range(40))
async def test_jumps_at_random(house: tuple[Tenancy, Tenant, str], seed: int) -> None:
    tenancy, tenant, owner_url = house
    chance = random.Random(seed)
    begin = datetime(2027, chance.randrange(1, 13), chance.randrange(25, 29), tzinfo=UTC) + chance.randrange(5) * DAY
    jumps = tuple(chance.choice((HOUR, -HOUR, DAY, -DAY, 33 * DAY, -40 * DAY, 90 * DAY)) for _ in range(60))
    await jump_about(tenancy, tenant, owner_url, begin, jumps)

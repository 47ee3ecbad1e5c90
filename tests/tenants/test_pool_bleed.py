"""One connection serves many sides, while requests fail, are given up and time out in the middle (trust.md B4)."""

import asyncio
from collections.abc import AsyncIterator
from random import Random

import pytest
from pool_traffic import REQUESTS, Traffic
from portal_shop import Shop, open_shop, open_tenancy
from sides import new_tenant
from sqlalchemy import text

from frontdesk_tenants import home_lines
from frontdesk_tenants.database import Database
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.home_reads import HomeReads
from frontdesk_tenants.tenancy import Tenancy


async def test_one_connection_never_carries_a_side_into_the_next_request(
    tenancy: Tenancy, postgres: PostgresAddresses
) -> None:
    sides = [(await new_tenant(tenancy)).sandbox.door.tenant_id for _ in range(5)]
    database = Database(postgres.app_url, pool_size=1, overflow=0)
    traffic = Traffic(database, sides, Random(4))
    try:
        await traffic.drive()
        assert len(traffic.seen) >= REQUESTS
        assert traffic.bled() == []
        assert any(len(served) == len(sides) for served in traffic.sides_of_process.values()), "nothing was shared"
        for side in sides:
            async with database.side(side) as connection:
                kept = await connection.scalars(text("SELECT series FROM invoice_counters"))
                assert set(kept) == traffic.committed[side], "half a request was kept"
    finally:
        await database.aclose()


@pytest.fixture
async def house(postgres: PostgresAddresses) -> AsyncIterator[Tenancy]:
    opened = await open_tenancy(postgres)
    yield opened
    await opened.aclose()


async def test_home_pages_of_many_sides_on_one_connection_never_mix(
    house: Tenancy, postgres: PostgresAddresses
) -> None:
    random = Random(5)
    visitors: list[tuple[Shop, str]] = []
    for _ in range(5):
        shop = await open_shop(house)
        visitors.append((shop, await shop.sign_in(await shop.add_customer(shop.item("team"), name=shop.door.portal))))
    reads = HomeReads(postgres.app_url, connections=1)
    given_up = 0

    async def visit(shop: Shop, secret: str) -> None:
        answer = await reads.read(shop.door.tenant_id, secret)
        assert answer is not None
        assert answer.page is not None
        facts, side = answer.page
        assert facts.customer.name == shop.door.portal
        assert side.configuration.id == shop.configuration.id
        assert [each.price for plan in facts.subscriptions for each in plan.items] == [shop.prices["team"]]
        prices = facts.terms(side).prices.keys()
        assert {shop.prices["team"]} <= prices <= set(shop.prices.values())

    async def give_up(shop: Shop, secret: str, after: int) -> None:
        """Leave in the middle: before asking, while asking, or while the answer is read."""
        nonlocal given_up
        request = asyncio.create_task(visit(shop, secret))
        for _ in range(after):
            await asyncio.sleep(0)
        request.cancel()
        try:
            await request
        except asyncio.CancelledError:
            given_up += 1

    try:
        for round_ in range(REQUESTS // 5):
            shop, secret = visitors[round_ % 5]
            await asyncio.gather(
                give_up(shop, secret, random.randrange(12)), *(visit(*random.choice(visitors)) for _ in range(4))
            )
        assert given_up > REQUESTS // 20
        foreign = visitors[0][0].door.tenant_id, visitors[1][1]
        assert await reads.read(*foreign) is None
    finally:
        await reads.aclose()


async def test_the_first_visitor_may_come_late(
    house: Tenancy, postgres: PostgresAddresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection that waits for its first visitor is not running out of a statement's time."""
    monkeypatch.setattr(home_lines, "STATEMENT_TIMEOUT_MS", 1000)
    shop = await open_shop(house)
    secret = await shop.sign_in(await shop.add_customer())
    reads = HomeReads(postgres.app_url, connections=1)
    await reads.open()
    try:
        await asyncio.sleep(1.5)
        assert await reads.read(shop.door.tenant_id, secret) is not None
    finally:
        await reads.aclose()

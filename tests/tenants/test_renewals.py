"""Renewals: on time, once, in order, each account for itself."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sides import MASTER_KEY, Tenant, clock_of, never_late, new_tenant, sell, subscribe
from sqlalchemy import select, text

from frontdesk.book import Invoice
from frontdesk.plugins import PluginHost
from frontdesk_tenants import book, renewals
from frontdesk_tenants.directory import Door
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.renewals import LATER, advance_due
from frontdesk_tenants.tables import due, invoices
from frontdesk_tenants.tenancy import Tenancy

Move = Callable[[timedelta], None]


@pytest.fixture
async def alone(fresh_database: Callable[[], PostgresAddresses]) -> AsyncIterator[tuple[Tenancy, Tenant, Move]]:
    """A tenant on a database of its own, and what moves its clock."""
    addresses = fresh_database()
    tenancy = Tenancy(addresses.app_url, (MASTER_KEY,), PluginHost.load())
    await tenancy.open()
    tenant = await new_tenant(tenancy)
    await never_late(tenancy, tenant.door)
    yield tenancy, tenant, clock_of(addresses)
    await tenancy.aclose()


async def all_invoices(tenancy: Tenancy, door: Door) -> list[Invoice]:
    async with tenancy.at(door) as (connection, _):
        return list(await connection.scalars(select(invoices.c.body).order_by(invoices.c.number)))


async def wake_times(tenancy: Tenancy) -> dict[str, datetime]:
    async with tenancy.database.unscoped() as connection:
        return {row.account_id: row.wake_at for row in await connection.execute(select(due))}


async def write_due(tenancy: Tenancy, account: str, at: datetime) -> None:
    async with tenancy.database.unscoped() as connection:
        await connection.execute(due.update().where(due.c.account_id == account).values(wake_at=at))


def note_period(tenant_id: UUID, subscription: str, start: datetime) -> Any:
    return text(
        "INSERT INTO billed_periods (tenant_id, subscription, period_start, invoice) VALUES (:t, :s, :p, 'in_x')"
    ).bindparams(t=tenant_id, s=subscription, p=start)


async def test_nothing_is_due_before_its_time(alone: tuple[Tenancy, Tenant, Move]) -> None:
    tenancy, tenant, move = alone
    await subscribe(tenancy, tenant.door, await sell(tenancy, tenant.door))
    assert await advance_due(tenancy, 10) == 0
    move(timedelta(days=27))
    assert await advance_due(tenancy, 10) == 0
    assert len(await all_invoices(tenancy, tenant.door)) == 1


async def test_missed_periods_are_billed_once_each_and_in_order(alone: tuple[Tenancy, Tenant, Move]) -> None:
    tenancy, tenant, move = alone
    customer = await subscribe(tenancy, tenant.door, await sell(tenancy, tenant.door))
    move(timedelta(days=400))
    assert await advance_due(tenancy, 10) == 1
    assert await advance_due(tenancy, 10) == 0
    billed = await all_invoices(tenancy, tenant.door)
    assert len(billed) == 14
    assert [each.billing_reason for each in billed] == ["subscription_create", *["subscription_cycle"] * 13]
    assert all(earlier.period_end == later.period_start for earlier, later in itertools.pairwise(billed))
    assert [int((each.number or "").split("-")[-1]) for each in billed] == list(range(1, 15))
    assert (await wake_times(tenancy))[customer] == billed[-1].period_end


async def test_a_clock_that_goes_back_bills_nothing_again(alone: tuple[Tenancy, Tenant, Move]) -> None:
    tenancy, tenant, move = alone
    await subscribe(tenancy, tenant.door, await sell(tenancy, tenant.door))
    move(timedelta(days=32))
    assert await advance_due(tenancy, 10) == 1
    for offset in (timedelta(days=31), timedelta(hours=-1), timedelta(), timedelta(days=32)):
        move(offset)
        assert await advance_due(tenancy, 10) == 0
    assert len(await all_invoices(tenancy, tenant.door)) == 2


async def test_an_account_that_fails_is_put_off_and_the_others_go_on(
    alone: tuple[Tenancy, Tenant, Move], caplog: pytest.LogCaptureFixture
) -> None:
    tenancy, tenant, move = alone
    price = await sell(tenancy, tenant.door)
    broken, fine = [await subscribe(tenancy, tenant.door, price, email=f"{name}@example.com") for name in "ab"]
    move(timedelta(days=32))
    async with tenancy.at(tenant.door) as (connection, _):
        # The period is noted as billed already, so that its key refuses the renewal.
        account = await book.read_account(connection, broken)
        assert account is not None
        (subscription,) = account.subscriptions
        await connection.execute(note_period(tenant.door.tenant_id, subscription.id, subscription.period_end))
    before = (await wake_times(tenancy))[broken]
    assert await advance_due(tenancy, 10) == 1
    assert "renewal failed" in caplog.text
    wakes = await wake_times(tenancy)
    assert wakes[broken] > before + timedelta(days=1)
    now = datetime.now(UTC) + timedelta(days=32)
    assert timedelta(0) < wakes[broken] - now <= LATER
    assert sorted(each.customer for each in await all_invoices(tenancy, tenant.door)) == sorted([broken, fine, fine])


async def test_a_list_that_is_wrong_about_an_account_is_put_right(alone: tuple[Tenancy, Tenant, Move]) -> None:
    tenancy, tenant, _ = alone
    customer = await subscribe(tenancy, tenant.door, await sell(tenancy, tenant.door))
    right = (await wake_times(tenancy))[customer]
    await write_due(tenancy, customer, datetime(2020, 1, 1, tzinfo=UTC))
    assert await advance_due(tenancy, 10) == 1
    assert (await wake_times(tenancy))[customer] == right
    assert len(await all_invoices(tenancy, tenant.door)) == 1


async def test_a_held_account_is_left_for_the_next_time_without_waiting(alone: tuple[Tenancy, Tenant, Move]) -> None:
    tenancy, tenant, move = alone
    price = await sell(tenancy, tenant.door)
    held, free = [await subscribe(tenancy, tenant.door, price, email=f"{name}@example.com") for name in "ab"]
    move(timedelta(days=32))
    async with tenancy.at(tenant.door) as (connection, _):
        await book.read_account(connection, held, lock=True)
        async with asyncio.timeout(2):
            assert await advance_due(tenancy, 10) == 1
    assert await advance_due(tenancy, 10) == 1
    customers = [each.customer for each in await all_invoices(tenancy, tenant.door)]
    assert sorted(customers) == sorted([held, held, free, free])


async def test_four_workers_bill_every_account_once(alone: tuple[Tenancy, Tenant, Move]) -> None:
    tenancy, tenant, move = alone
    price = await sell(tenancy, tenant.door)
    customers = [await subscribe(tenancy, tenant.door, price, email=f"c{n}@example.com") for n in range(12)]
    move(timedelta(days=63))
    counts = await asyncio.gather(*(advance_due(tenancy, 100) for _ in range(4)))
    assert sum(counts) == len(customers)
    billed = await all_invoices(tenancy, tenant.door)
    assert sorted(each.customer for each in billed) == sorted(customers * 3)
    numbers = sorted(int((each.number or "").split("-")[-1]) for each in billed)
    assert numbers == list(range(1, len(billed) + 1))


async def test_who_missed_many_periods_waits_for_a_transaction_of_their_own(
    alone: tuple[Tenancy, Tenant, Move], monkeypatch: pytest.MonkeyPatch
) -> None:
    tenancy, tenant, move = alone
    monkeypatch.setattr(renewals, "MOST_INVOICES", 3)
    price = await sell(tenancy, tenant.door)
    customers = [await subscribe(tenancy, tenant.door, price, email=f"c{n}@example.com") for n in range(4)]
    move(timedelta(days=63))
    # Two of them fill a transaction; the others follow in the next.
    assert await advance_due(tenancy, 100) == len(customers)
    billed = await all_invoices(tenancy, tenant.door)
    assert sorted(each.customer for each in billed) == sorted(customers * 3)


async def test_the_key_refuses_a_period_that_was_billed(alone: tuple[Tenancy, Tenant, Move]) -> None:
    tenancy, tenant, move = alone
    await subscribe(tenancy, tenant.door, await sell(tenancy, tenant.door))
    move(timedelta(days=32))
    await advance_due(tenancy, 10)
    async with tenancy.at(tenant.door) as (connection, _):
        row = (await connection.execute(text("SELECT * FROM billed_periods"))).one()
    with pytest.raises(Exception, match="billed_periods_pkey"):
        async with tenancy.at(tenant.door) as (connection, _):
            await connection.execute(note_period(row.tenant_id, row.subscription, row.period_start))


async def test_both_sides_and_all_tenants_are_advanced(alone: tuple[Tenancy, Tenant, Move]) -> None:
    tenancy, tenant, move = alone
    other = await new_tenant(tenancy, currency="chf")
    doors = [tenant.live.door, tenant.sandbox.door, other.live.door]
    for door in doors:
        await subscribe(tenancy, door, await sell(tenancy, door))
    move(timedelta(days=32))
    assert await advance_due(tenancy, 10) == 3
    for door in doors:
        assert len(await all_invoices(tenancy, door)) == 2


async def test_the_clock_of_the_tests_is_the_database_own(postgres: PostgresAddresses) -> None:
    with psycopg.connect(postgres.app_url) as connection:
        row = connection.execute("SELECT frontdesk_now() BETWEEN now() - interval '1 s' AND now()").fetchone()
    assert row == (True,)

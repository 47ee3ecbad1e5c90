"""A cancellation and its like that race a renewal, stopped at every point of the other (E8 of trust.md).

Each interleaving stops one of the two in the middle of its transaction, by a lock that PostgreSQL takes for it as it
writes into a table, lets the other run until it is done or has to wait, and then lets both go on.
"""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import psycopg
import pytest
from msgspec import Struct
from psycopg.conninfo import conninfo_to_dict
from sides import API, MASTER_KEY, Tenant, new_tenant, sell, subscribe
from sqlalchemy import select

from frontdesk import cancellations, plan_changes
from frontdesk.book import Invoice, Subscription
from frontdesk.commands import CancelSubscription, ChangePlan, ItemChange
from frontdesk.errors import Refused
from frontdesk.plugins import PluginHost
from frontdesk_tenants.book_checks import faults_of
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.owner_tools import set_clock
from frontdesk_tenants.renewals import advance_due
from frontdesk_tenants.tables import invoices, subscriptions
from frontdesk_tenants.tenancy import Tenancy

Act = Literal["cancel_now", "cancel_with_credit", "cancel_later", "keep", "undo"]
ACTS: tuple[Act, ...] = ("cancel_now", "cancel_with_credit", "cancel_later", "keep", "undo")
PLACES = ("subscriptions", "invoices", "due", "audit", "events")
SHIFTS = (timedelta(seconds=-1), timedelta(seconds=0), timedelta(seconds=1), timedelta(days=1))
STOP = """
CREATE FUNCTION stop_here() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_advisory_xact_lock_shared(hashtext(TG_TABLE_NAME)); RETURN NEW; END $$
"""
QUICK = 16
LONG = 1000


class Interleaving(Struct, frozen=True, kw_only=True):
    """Who is stopped, where, and what the time is. `shift` is from the end of the period."""

    act: Act
    renewal_first: bool
    place: str
    shift: timedelta


class World(Struct, frozen=True, kw_only=True):
    tenancy: Tenancy
    tenant: Tenant
    owner_url: str
    admin: "psycopg.AsyncConnection[Any]"
    prices: tuple[str, str]

    def set_time(self, at: datetime) -> None:
        set_clock(self.owner_url, at - datetime.now(UTC))

    async def waiting(self) -> int:
        """How many of the application's transactions wait for a lock."""
        rows = await self.admin.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return (await rows.fetchone())[0]  # type: ignore[index, no-any-return]

    async def until_done_or_waiting(self, task: "asyncio.Task[Any]", already: int) -> None:
        while not task.done() and await self.waiting() <= already:  # noqa: ASYNC110 - locks set no event of ours
            await asyncio.sleep(0.002)

    @asynccontextmanager
    async def stopped(self, place: str) -> AsyncIterator[None]:
        """Whoever writes into a table waits there."""
        await self.admin.execute("SELECT pg_advisory_lock(hashtext(%s))", [place])
        try:
            yield
        finally:
            await self.admin.execute("SELECT pg_advisory_unlock(hashtext(%s))", [place])


@pytest.fixture
async def world(fresh_database: Callable[[], PostgresAddresses]) -> AsyncIterator[World]:
    addresses = fresh_database()
    with psycopg.connect(addresses.owner_url, autocommit=True) as owner:
        owner.execute(STOP)
        for place in PLACES:
            trigger = (
                f"CREATE TRIGGER stop BEFORE INSERT OR UPDATE ON {place} FOR EACH ROW EXECUTE FUNCTION stop_here()"
            )
            owner.execute(trigger.encode())
    tenancy = Tenancy(addresses.app_url, (MASTER_KEY,), PluginHost.load())
    await tenancy.open()
    tenant = await new_tenant(tenancy)
    prices = (await sell(tenancy, tenant.door), await sell(tenancy, tenant.door, amount=3000))
    # A superuser sees what others wait for.
    name = conninfo_to_dict(addresses.app_url)["dbname"]
    async with await psycopg.AsyncConnection.connect(addresses.admin_url, dbname=name, autocommit=True) as admin:
        yield World(tenancy=tenancy, tenant=tenant, owner_url=addresses.owner_url, admin=admin, prices=prices)
    await tenancy.aclose()


async def carry_out(world: World, customer: str, act: Act) -> bool:
    """Whether it was done; what is refused was not."""
    try:
        async with open_desk(world.tenancy, world.tenant.door, customer_id=customer, actor=API) as desk:
            live = desk.account.subscriptions
            if not live:
                return False
            id_ = live[0].id
            match act:
                case "cancel_now":
                    await cancellations.cancel(desk, CancelSubscription(subscription=id_, when="now"))
                case "cancel_with_credit":
                    command = CancelSubscription(subscription=id_, when="now", prorate=True, invoice_now=True)
                    await cancellations.cancel(desk, command)
                case "cancel_later":
                    await cancellations.cancel(desk, CancelSubscription(subscription=id_, when="period_end"))
                case "keep":
                    await cancellations.keep(desk, id_)
                case "undo":
                    await plan_changes.undo(desk, id_)
    except Refused:
        return False
    return True


async def prepared(world: World, act: Act) -> tuple[str, Subscription]:
    """A customer with a subscription, and what the act is to take back."""
    customer = await subscribe(world.tenancy, world.tenant.door, world.prices[0], quantity=1)
    async with open_desk(world.tenancy, world.tenant.door, customer_id=customer, actor=API) as desk:
        (subscription,) = desk.account.subscriptions
        if act == "undo":
            item = ItemChange(id=subscription.items[0].id, price=world.prices[1])
            put_off = ChangePlan(
                subscription=subscription.id, items=(item,), when="period_end", proration_behavior="none"
            )
            await plan_changes.change(desk, put_off)
    if act == "keep":
        await carry_out(world, customer, "cancel_later")
    return customer, subscription


async def raced(world: World, each: Interleaving) -> None:
    """One interleaving, and what must hold afterwards, two months on."""
    customer, begun = await prepared(world, each.act)
    world.set_time(begun.period_end + each.shift)

    async def act() -> bool:
        return await carry_out(world, customer, each.act)

    async def renew() -> bool:
        return bool(await advance_due(world.tenancy, 10))

    first, second = (renew, act) if each.renewal_first else (act, renew)
    async with world.stopped(each.place):
        stopped = asyncio.create_task(first())
        await world.until_done_or_waiting(stopped, 0)
        other = asyncio.create_task(second())
        await world.until_done_or_waiting(other, 0 if stopped.done() else 1)
    results = await asyncio.gather(stopped, other)
    done = results[1] if each.renewal_first else results[0]
    # Two months later.
    world.set_time(begun.period_end + timedelta(days=62))
    while await advance_due(world.tenancy, 10):
        pass
    await hold(world, each, customer, begun, done)
    await carry_out(world, customer, "cancel_now")


async def hold(world: World, each: Interleaving, customer: str, begun: Subscription, done: bool) -> None:
    async with world.tenancy.at(world.tenant.door) as (connection, _):
        after: Subscription = (
            await connection.scalars(select(subscriptions.c.body).where(subscriptions.c.customer == customer))
        ).one()
        billed: list[Invoice] = list(
            await connection.scalars(
                select(invoices.c.body).where(invoices.c.customer == customer).order_by(invoices.c.created)
            )
        )
    charges = sorted(
        (line for invoice in billed for line in invoice.lines if line.kind == "charge"), key=lambda line: line.start
    )
    assert all(before.end == line.start for before, line in itertools.pairwise(charges)), each
    if after.ended_at is None:
        assert each.act in ("keep", "undo"), each
        assert len(charges) in (3, 4), each
    else:
        cycles = charges[1:]
        # Who ends at once in the very second of a renewal has been renewed before.
        last = after.ended_at if after.cancel_at is None else after.ended_at - timedelta(seconds=1)
        assert all(line.start <= last for line in cycles), each
        assert all(invoice.created <= after.ended_at for invoice in billed), each
    if each.act == "keep":
        assert done == (after.ended_at is None), each
    if each.act == "undo":
        assert {line.amount for line in charges[1:]} == {1200 if done else 3000}, each
    if each.act.startswith("cancel"):
        assert done, each
        assert after.ended_at is not None, each
    assert after.start_date == begun.start_date


def chosen(seed: int, count: int) -> list[Interleaving]:
    """Some of all interleavings, or all of them again and again."""
    every = [
        Interleaving(act=act, renewal_first=first, place=place, shift=shift)
        for act in ACTS
        for first in (True, False)
        for place in PLACES
        for shift in SHIFTS
    ]
    random.Random(seed).shuffle(every)
    return list(itertools.islice(itertools.cycle(every), count))


@pytest.mark.parametrize("count", [QUICK, pytest.param(LONG, marks=pytest.mark.long)])
async def test_nothing_is_billed_after_the_end_however_acts_interleave(world: World, count: int) -> None:
    for each in chosen(count, count):
        await raced(world, each)
    async with world.tenancy.at(world.tenant.door) as (connection, _):
        assert not await faults_of(connection)

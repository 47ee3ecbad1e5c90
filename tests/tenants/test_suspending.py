"""Suspending a tenant: both sides, with a reason; renewals wait and are caught up, each once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec import json
from sides import API, MASTER_KEY, Tenant, clock_of, new_tenant, sell, subscribe
from sqlalchemy import select

from frontdesk import cancellations
from frontdesk.book import Invoice, Subscription
from frontdesk.catalogue_commands import CreateProduct, ProductFields
from frontdesk.commands import CancelSubscription
from frontdesk.desk import Actor
from frontdesk.errors import Refused
from frontdesk.plugins import PluginHost
from frontdesk_tenants import catalogues, held_accounts
from frontdesk_tenants.database import enter_side
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.directory import Door
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.renewals import advance_due
from frontdesk_tenants.suspending import lift, suspend
from frontdesk_tenants.tables import audit, due, invoices, sides, subscriptions
from frontdesk_tenants.tenancy import Tenancy

Move = Callable[[timedelta], None]
OPERATOR = Actor(kind="staff", id="opr_1")
CUSTOMER = Actor(kind="customer", id="ses_1", source="login_link")


@pytest.fixture
async def alone(fresh_database: Callable[[], PostgresAddresses]) -> AsyncIterator[tuple[Tenancy, Tenant, Move]]:
    """A tenant on a database of its own, and what moves its clock."""
    addresses = fresh_database()
    tenancy = Tenancy(addresses.app_url, (MASTER_KEY,), PluginHost.load())
    await tenancy.open()
    yield tenancy, await new_tenant(tenancy), clock_of(addresses)
    await tenancy.aclose()


def doors(tenant: Tenant) -> tuple[Door, ...]:
    return (tenant.live.door, tenant.sandbox.door)


async def all_invoices(tenancy: Tenancy, door: Door) -> list[Invoice]:
    async with tenancy.at(door) as (connection, _):
        return list(await connection.scalars(select(invoices.c.body).order_by(invoices.c.number)))


async def held(tenancy: Tenancy) -> dict[str, bool]:
    async with tenancy.database.unscoped() as connection:
        return {row.account_id: row.held for row in await connection.execute(select(due))}


async def release(tenancy: Tenancy, tenant: Tenant) -> None:
    """What the worker's job does."""
    for door in doors(tenant):
        await held_accounts.release(tenancy, door.tenant_id)


async def test_both_sides_are_suspended_and_lifted_together(tenancy: Tenancy, tenant: Tenant) -> None:
    await suspend(tenancy, doors(tenant), "  The bill of\nOctober is open. ", OPERATOR, "req_1")
    for door in doors(tenant):
        async with tenancy.at(door) as (connection, side):
            assert side.suspended
            stored = await connection.scalar(select(sides.c.suspension))
            assert (stored.reason, stored.by) == ("The bill of October is open.", "opr_1")
    await lift(tenancy, doors(tenant), "Paid.", OPERATOR)
    for door in doors(tenant):
        async with tenancy.at(door) as (connection, side):
            assert not side.suspended
            assert await connection.scalar(select(sides.c.suspension)) is None
            entries = await connection.execute(
                select(audit).where(audit.c.action.like("%suspen%")).order_by(audit.c.number)
            )
            first, second = entries.all()
    assert (first.action, first.actor, first.request_id) == ("tenant_suspended", "opr_1", "req_1")
    assert json.decode(first.after)["reason"] == "The bill of October is open."
    assert (second.action, json.decode(second.after)) == ("suspension_lifted", {"reason": "Paid."})
    assert json.decode(second.before)["reason"] == "The bill of October is open."


async def test_it_wants_a_reason_and_happens_once(tenancy: Tenancy, tenant: Tenant) -> None:
    for reason, code in ((" ", "reason_needed"), ("x" * 501, "text_too_long")):
        with pytest.raises(Refused, match=code):
            await suspend(tenancy, doors(tenant), reason, OPERATOR)
    with pytest.raises(Refused, match="not_suspended"):
        await lift(tenancy, doors(tenant), "", OPERATOR)
    await suspend(tenancy, doors(tenant), "Fraud", OPERATOR)
    with pytest.raises(Refused, match="already_suspended"):
        await suspend(tenancy, doors(tenant), "Fraud", OPERATOR)


async def test_another_tenant_notices_nothing(tenancy: Tenancy, two_tenants: tuple[Tenant, Tenant]) -> None:
    one, other = two_tenants
    await suspend(tenancy, doors(one), "Fraud", OPERATOR)
    async with tenancy.at(other.door) as (_, side):
        assert not side.suspended
    await subscribe(tenancy, other.door, await sell(tenancy, other.door))


async def test_the_catalogue_cannot_be_changed(tenancy: Tenancy, tenant: Tenant) -> None:
    await suspend(tenancy, doors(tenant), "Fraud", OPERATOR)
    async with tenancy.at(tenant.door) as (_, side):
        pass
    with pytest.raises(Refused, match="side_suspended"):
        await catalogues.carry_out(
            lambda: tenancy.database.side(tenant.door.tenant_id),
            tenancy,
            side,
            CreateProduct(id="prod_late", fields=ProductFields(name="Late")),
            actor=API,
            idempotency_key="late",
        )


async def test_renewals_wait_and_are_caught_up_in_order(alone: tuple[Tenancy, Tenant, Move]) -> None:
    tenancy, tenant, move = alone
    price = await sell(tenancy, tenant.door)
    customers = [await subscribe(tenancy, tenant.door, price, email=f"{name}@example.com") for name in "abc"]
    await suspend(tenancy, doors(tenant), "Fraud", OPERATOR)
    move(timedelta(days=100))
    assert await advance_due(tenancy, 10) == 0
    assert await held(tenancy) == dict.fromkeys(customers, True)
    assert await advance_due(tenancy, 10) == 0
    assert len(await all_invoices(tenancy, tenant.door)) == 3
    await lift(tenancy, doors(tenant), "", OPERATOR)
    assert await advance_due(tenancy, 10) == 0, "what was put aside waits for its job"
    await release(tenancy, tenant)
    await release(tenancy, tenant)
    assert await advance_due(tenancy, 10) == 3
    billed = await all_invoices(tenancy, tenant.door)
    assert len(billed) == 12
    for customer in customers:
        periods = [each.period_start for each in billed if each.customer == customer]
        assert periods == sorted(set(periods))
    numbers = [int((each.number or "").split("-")[-1]) for each in billed]
    assert numbers == list(range(1, 13))


async def test_a_suspension_between_two_renewals_changes_nothing(alone: tuple[Tenancy, Tenant, Move]) -> None:
    tenancy, tenant, move = alone
    await subscribe(tenancy, tenant.door, await sell(tenancy, tenant.door))
    await suspend(tenancy, doors(tenant), "Fraud", OPERATOR)
    await lift(tenancy, doors(tenant), "", OPERATOR)
    await release(tenancy, tenant)
    move(timedelta(days=32))
    assert await advance_due(tenancy, 10) == 1
    assert len(await all_invoices(tenancy, tenant.door)) == 2


async def test_who_cancels_meanwhile_is_not_billed(alone: tuple[Tenancy, Tenant, Move]) -> None:
    tenancy, tenant, move = alone
    price = await sell(tenancy, tenant.door)
    early, late, stays = [await subscribe(tenancy, tenant.door, price, email=f"{name}@example.com") for name in "abc"]
    await suspend(tenancy, doors(tenant), "Fraud", OPERATOR)
    await cancel(tenancy, tenant.door, early)
    move(timedelta(days=40))
    await advance_due(tenancy, 10)
    await cancel(tenancy, tenant.door, late)
    await lift(tenancy, doors(tenant), "", OPERATOR)
    await release(tenancy, tenant)
    await advance_due(tenancy, 10)
    billed = [each.customer for each in await all_invoices(tenancy, tenant.door)]
    assert sorted(billed) == sorted([early, late, stays, stays])
    async with tenancy.at(tenant.door) as (connection, _):
        ended: list[Subscription] = list(
            await connection.scalars(select(subscriptions.c.body).where(subscriptions.c.status == "canceled"))
        )
    assert {each.customer for each in ended} == {early, late}
    assert all(each.ended_at is not None and each.ended_at <= each.period_end for each in ended)


async def test_the_audit_says_when_it_happened_though_time_stands_still(alone: tuple[Tenancy, Tenant, Move]) -> None:
    tenancy, tenant, move = alone
    customer = await subscribe(tenancy, tenant.door, await sell(tenancy, tenant.door))
    await suspend(tenancy, doors(tenant), "Fraud", OPERATOR)
    move(timedelta(days=40))
    await cancel(tenancy, tenant.door, customer)
    async with tenancy.at(tenant.door) as (connection, _):
        at: datetime = (
            await connection.execute(select(audit.c.at).where(audit.c.action == "CancelSubscription"))
        ).scalar_one()
        (body,) = await connection.scalars(select(subscriptions.c.body))
    assert at - body.ended_at > timedelta(days=8)


async def test_an_account_put_aside_as_the_suspension_is_lifted_is_not_forgotten(
    alone: tuple[Tenancy, Tenant, Move],
) -> None:
    tenancy, tenant, move = alone
    await subscribe(tenancy, tenant.door, await sell(tenancy, tenant.door))
    await suspend(tenancy, doors(tenant), "Fraud", OPERATOR)
    move(timedelta(days=32))
    async with tenancy.database.unscoped() as connection:
        # A worker has seen the suspension, and has put aside but not yet committed.
        await connection.execute(select(due).with_for_update(skip_locked=True))
        await enter_side(connection, tenant.door.tenant_id)
        await held_accounts.put_aside(connection, tenant.door.tenant_id)
        lifting = asyncio.create_task(lift(tenancy, doors(tenant), "", OPERATOR))
        await asyncio.sleep(0.2)
        assert not lifting.done(), "who lifts it waits for the worker"
    await lifting
    await release(tenancy, tenant)
    assert set((await held(tenancy)).values()) == {False}
    assert await advance_due(tenancy, 10) == 1


async def test_a_worker_that_comes_late_puts_nothing_aside(alone: tuple[Tenancy, Tenant, Move]) -> None:
    tenancy, tenant, move = alone
    await subscribe(tenancy, tenant.door, await sell(tenancy, tenant.door))
    move(timedelta(days=32))
    async with tenancy.database.side(tenant.door.tenant_id) as connection:
        await held_accounts.put_aside(connection, tenant.door.tenant_id)
    assert set((await held(tenancy)).values()) == {False}


async def test_a_side_that_is_suspended_again_keeps_what_waits(alone: tuple[Tenancy, Tenant, Move]) -> None:
    tenancy, tenant, move = alone
    await subscribe(tenancy, tenant.door, await sell(tenancy, tenant.door))
    await suspend(tenancy, doors(tenant), "Fraud", OPERATOR)
    move(timedelta(days=32))
    await advance_due(tenancy, 10)
    await lift(tenancy, doors(tenant), "", OPERATOR)
    await suspend(tenancy, doors(tenant), "Fraud after all", OPERATOR)
    await release(tenancy, tenant)
    assert set((await held(tenancy)).values()) == {True}


async def test_more_accounts_than_are_put_aside_at_once(
    alone: tuple[Tenancy, Tenant, Move], monkeypatch: pytest.MonkeyPatch
) -> None:
    tenancy, tenant, move = alone
    monkeypatch.setattr(held_accounts, "AT_ONCE", 2)
    price = await sell(tenancy, tenant.door)
    for number in range(5):
        await subscribe(tenancy, tenant.door, price, email=f"c{number}@example.com")
    await suspend(tenancy, doors(tenant), "Fraud", OPERATOR)
    move(timedelta(days=32))
    assert await advance_due(tenancy, 100) == 0
    assert list((await held(tenancy)).values()) == [True] * 5
    await lift(tenancy, doors(tenant), "", OPERATOR)
    await release(tenancy, tenant)
    assert list((await held(tenancy)).values()) == [False] * 5


async def test_four_workers_and_a_suspension_that_comes_and_goes(alone: tuple[Tenancy, Tenant, Move]) -> None:
    """trust.md E9: however workers and operator run into each other, each period is billed once."""
    tenancy, tenant, move = alone
    price = await sell(tenancy, tenant.door)
    customers = [await subscribe(tenancy, tenant.door, price, email=f"c{n}@example.com") for n in range(10)]
    move(timedelta(days=63))

    async def come_and_go() -> None:
        for _ in range(5):
            await suspend(tenancy, doors(tenant), "Fraud", OPERATOR)
            await lift(tenancy, doors(tenant), "", OPERATOR)
            await release(tenancy, tenant)

    work: list[Any] = [advance_due(tenancy, 100) for _ in range(4)]
    await asyncio.gather(come_and_go(), *work)
    await release(tenancy, tenant)
    await advance_due(tenancy, 100)
    billed = await all_invoices(tenancy, tenant.door)
    assert sorted(each.customer for each in billed) == sorted(customers * 3)


async def cancel(tenancy: Tenancy, door: Door, customer: str) -> None:
    """As the customer does it in the portal."""
    async with open_desk(tenancy, door, customer_id=customer, actor=CUSTOMER) as desk:
        (subscription,) = desk.account.subscriptions
        await cancellations.cancel(desk, CancelSubscription(subscription=subscription.id))

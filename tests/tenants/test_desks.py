"""Desks over the real book: what is quoted is what is billed, and nothing happens twice."""

from datetime import datetime, timedelta

import pytest
from sides import MASTER_KEY, Tenant, clock_of, new_tenant, sell, subscribe
from sqlalchemy import select, text

from frontdesk import cancellations, plan_changes
from frontdesk.commands import CancelSubscription, ChangePlan, ItemChange
from frontdesk.desk import Actor
from frontdesk.errors import Refused
from frontdesk.invoice_commands import AdjustBalance
from frontdesk.invoices import adjust_balance
from frontdesk.plugins import PluginHost
from frontdesk_tenants import book
from frontdesk_tenants.database import clock
from frontdesk_tenants.desks import desk_on, open_desk
from frontdesk_tenants.local_desk import LocalDesk
from frontdesk_tenants.tables import audit, events, invoices, ledger_transactions
from frontdesk_tenants.tenancy import Tenancy

BY_API = Actor(kind="api", id="key_1")


async def first_subscription(tenancy: Tenancy, tenant: Tenant, customer: str) -> tuple[str, str]:
    async with tenancy.at(tenant.door) as (connection, _):
        account = await book.read_account(connection, customer)
    assert account is not None
    (subscription,) = account.subscriptions
    return subscription.id, subscription.items[0].id


async def test_a_subscription_is_billed_with_number_event_and_audit(tenancy: Tenancy, tenant: Tenant) -> None:
    price = await sell(tenancy, tenant.door)
    customer = await subscribe(tenancy, tenant.door, price)
    async with tenancy.at(tenant.door) as (connection, _):
        account = await book.read_account(connection, customer)
        numbers = list(await connection.scalars(select(invoices.c.number)))
        kinds = set(await connection.scalars(select(events.c.kind)))
        entries = list(await connection.scalars(select(audit.c.action)))
    assert account is not None
    assert [each.total for each in account.invoices] == [12000]
    assert account.version == 2
    assert [number.split("-")[-1] for number in numbers] == ["0001"]
    assert {"customer_created", "subscription_created", "invoice_finalized"} <= kinds
    assert {"tenant_created", "CreateCustomer", "CreateSubscription"} <= set(entries)


async def test_a_quote_is_confirmed_once_and_bills_what_it_said(tenancy: Tenancy, tenant: Tenant) -> None:
    price = await sell(tenancy, tenant.door)
    dear = await sell(tenancy, tenant.door, amount=3000, name="Company")
    customer = await subscribe(tenancy, tenant.door, price)
    subscription, item = await first_subscription(tenancy, tenant, customer)
    change = ChangePlan(
        subscription=subscription,
        items=(ItemChange(id=item, price=dear, quantity=3),),
        proration_behavior="always_invoice",
    )
    async with open_desk(tenancy, tenant.door, customer_id=customer, actor=BY_API) as desk:
        quote = await plan_changes.quote(desk, change)
    async with open_desk(tenancy, tenant.door, customer_id=customer, actor=BY_API) as desk:
        changes = await plan_changes.confirm(desk, quote.id)
    # The first bill is unpaid: what is given back lowers it.
    invoice, first = sorted(changes.invoices, key=lambda each: each.total)
    assert first.amount_credited == -invoice.total > 0
    assert quote.invoice is not None
    assert [each.amount for each in invoice.lines] == [each.amount for each in quote.invoice.lines]
    assert invoice.amount_due == quote.due_now
    assert invoice.number is not None
    with pytest.raises(Refused) as refused:
        async with open_desk(tenancy, tenant.door, customer_id=customer, actor=BY_API) as desk:
            await plan_changes.confirm(desk, quote.id)
    assert refused.value.refusal.code == "quote_consumed"


async def test_cancelling_and_keeping(tenancy: Tenancy, tenant: Tenant) -> None:
    customer = await subscribe(tenancy, tenant.door, await sell(tenancy, tenant.door))
    subscription, _ = await first_subscription(tenancy, tenant, customer)
    async with open_desk(tenancy, tenant.door, customer_id=customer, actor=BY_API) as desk:
        quote = await cancellations.quote(desk, subscription)
        await cancellations.confirm(desk, quote.id)
        held = desk.account.subscription(subscription)
    assert held is not None
    assert held.cancel_at == held.period_end
    async with open_desk(tenancy, tenant.door, customer_id=customer, actor=BY_API) as desk:
        await cancellations.keep(desk, subscription)
        held = desk.account.subscription(subscription)
    assert held is not None
    assert held.cancel_at is None


async def test_a_late_worker_changes_nothing_for_the_customer(fresh_database) -> None:  # type: ignore[no-untyped-def]
    """A command first does what fell due before it, as a worker on time would have."""
    addresses = fresh_database()
    tenancy = Tenancy(addresses.app_url, (MASTER_KEY,), PluginHost.load())
    await tenancy.open()
    try:
        tenant = await new_tenant(tenancy)
        customer = await subscribe(tenancy, tenant.door, await sell(tenancy, tenant.door))
        subscription, item = await first_subscription(tenancy, tenant, customer)
        clock_of(addresses)(timedelta(days=70))
        async with open_desk(tenancy, tenant.door, customer_id=customer, actor=BY_API) as desk:
            assert isinstance(desk, LocalDesk)
            quote = await plan_changes.quote(
                desk, ChangePlan(subscription=subscription, items=(ItemChange(id=item, quantity=11),))
            )
        async with open_desk(tenancy, tenant.door, customer_id=customer, actor=BY_API) as desk:
            await plan_changes.confirm(desk, quote.id)
            held = desk.account.subscription(subscription)
            assert held is not None
            assert held.period_start <= desk.now < held.period_end
        async with tenancy.at(tenant.door) as (connection, _):
            reasons = list(
                await connection.scalars(text("SELECT body->>'billing_reason' FROM invoices ORDER BY created, id"))
            )
        assert reasons == ["subscription_create", "subscription_cycle", "subscription_cycle"]
        assert quote.at - held.period_start < timedelta(days=31)
    finally:
        await tenancy.aclose()


async def test_who_has_to_wait_for_an_account_acts_at_the_time_when_its_turn_comes(
    tenancy: Tenancy, tenant: Tenant
) -> None:
    """A transaction that began before another, and has the account after it."""
    customer = await subscribe(tenancy, tenant.door, await sell(tenancy, tenant.door))
    async with tenancy.at(tenant.door) as (connection, side):
        begun = await clock(connection)
        while (await _time(tenancy)) - begun < timedelta(milliseconds=5):
            continue
        async with open_desk(tenancy, tenant.door, customer_id=customer, actor=BY_API) as desk:
            await adjust_balance(desk, AdjustBalance(amount=-500, currency="eur"))
        desk = await desk_on(connection, tenancy, side, customer_id=customer, actor=BY_API)
        await adjust_balance(desk, AdjustBalance(amount=200, currency="eur"))
    async with tenancy.at(tenant.door) as (connection, _):
        ledger = ledger_transactions.c
        moved = list(await connection.scalars(select(ledger.body).order_by(ledger.created, ledger.id)))
    assert [each.ending_balance for each in moved if each.kind == "adjustment"] == [-500, -300]


async def _time(tenancy: Tenancy) -> datetime:
    async with tenancy.database.unscoped() as connection:
        return await clock(connection)


async def test_a_reason_can_be_given_after_a_subscription_has_ended(tenancy: Tenancy, tenant: Tenant) -> None:
    customer = await subscribe(tenancy, tenant.door, await sell(tenancy, tenant.door))
    subscription, _ = await first_subscription(tenancy, tenant, customer)
    async with open_desk(tenancy, tenant.door, customer_id=customer, actor=BY_API) as desk:
        await cancellations.cancel(desk, CancelSubscription(subscription=subscription, when="now"))
    async with open_desk(tenancy, tenant.door, customer_id=customer, actor=BY_API) as desk:
        await cancellations.explain(desk, subscription, feedback="unused")
    async with tenancy.at(tenant.door) as (connection, _side):
        ended = await book.read_subscription(connection, customer, subscription)
    assert ended is not None
    assert (ended.status, ended.cancellation.feedback) == ("canceled", "unused")

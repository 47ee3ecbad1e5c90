"""Desks over a remote backend that misbehaves: lost, late and doubled answers, news in any order, one book."""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from msgspec import Struct
from msgspec.structs import replace
from sides import MASTER_KEY, Tenant, sell
from sqlalchemy import select, text

import frontdesk_invoice_only
from frontdesk import cancellations, customers, plan_changes, subscriptions
from frontdesk.book import Account, Invoice
from frontdesk.changes import Changes
from frontdesk.commands import (
    BillingDetails,
    CancelSubscription,
    ChangePlan,
    CreateCustomer,
    CreateSubscription,
    ItemChange,
    NewItem,
    PayInvoice,
)
from frontdesk.desk import Actor
from frontdesk.errors import Refused, Unavailable
from frontdesk.hookspecs import hookimpl
from frontdesk.plugins import PluginHost
from frontdesk.testing.remote import FarSide, Fault, remote_backend
from frontdesk_invoice_only.backend import InvoiceOnly, InvoiceOnlySettings
from frontdesk_tenants import book, intents, provisioning
from frontdesk_tenants.committing import AFTER_COMMIT, commit_changes
from frontdesk_tenants.database import clock
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.directory import Door
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.news import take_turn, unheard
from frontdesk_tenants.remote_desk import RemoteDesk
from frontdesk_tenants.tables import customers as customer_rows
from frontdesk_tenants.tables import events, invoices
from frontdesk_tenants.tables import intents as intent_rows
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_tenants.worker_loop import Pace, work

API = Actor(kind="api", id="key_1")
BACKEND = Actor(kind="scheduler", id="remote_fake")
_numbers = itertools.count(1)


class Remote(Struct, frozen=True):
    """A tenant whose billing is remote, and the other end."""

    tenancy: Tenancy
    door: Door
    far: FarSide


class Provides:
    """A plugin with one backend, wired to one far side."""

    def __init__(self, far: FarSide) -> None:
        self._far = far

    @hookimpl
    def billing_backends(self) -> list[type]:
        return [remote_backend(self._far)]


async def remote_tenant(tenancy: Tenancy) -> Tenant:
    slug = f"remote-{next(_numbers)}"
    live, sandbox = await provisioning.create_tenant(
        tenancy,
        provisioning.NewTenant(slug=slug, name=slug.title(), currency="eur", backend="remote_fake", plugins=()),
    )
    return Tenant(slug=slug, live=live, sandbox=sandbox)


@asynccontextmanager
async def remote_on(addresses: PostgresAddresses) -> AsyncIterator[Remote]:
    far = FarSide(InvoiceOnly(InvoiceOnlySettings()))
    plugins = PluginHost.of(remote_fake=Provides(far), invoice_only=frontdesk_invoice_only)
    tenancy = Tenancy(addresses.app_url, (MASTER_KEY,), plugins)
    await tenancy.open()
    yield Remote(tenancy, (await remote_tenant(tenancy)).door, far)
    await tenancy.aclose()


@pytest.fixture
async def remote(postgres: PostgresAddresses) -> AsyncIterator[Remote]:
    async with remote_on(postgres) as made:
        yield made


@pytest.fixture
async def remote_alone(fresh_database: Callable[[], PostgresAddresses]) -> AsyncIterator[Remote]:
    """With a database of its own, whose queue nobody else fills."""
    async with remote_on(fresh_database()) as made:
        yield made


async def customer_with_plan(remote: Remote) -> tuple[str, ChangePlan]:
    """A customer with ten seats; returns its id and a change to twelve."""
    price = await sell(remote.tenancy, remote.door)
    customer = f"cus_{next(_numbers)}"
    async with open_desk(remote.tenancy, remote.door, customer_id=None, actor=API) as desk:
        assert isinstance(desk, RemoteDesk)
        details = BillingDetails(email="jenny@example.com", name="Jenny")
        await customers.create(desk, CreateCustomer(id=customer, details=details))
    async with open_desk(remote.tenancy, remote.door, customer_id=customer, actor=API) as desk:
        await subscriptions.create(desk, CreateSubscription(items=(NewItem(price=price, quantity=10),)))
        (subscription,) = desk.account.subscriptions
    item = ItemChange(id=subscription.items[0].id, quantity=12)
    return customer, ChangePlan(subscription=subscription.id, items=(item,), proration_behavior="always_invoice")


async def change(remote: Remote, customer: str, command: ChangePlan) -> Changes:
    async with open_desk(remote.tenancy, remote.door, customer_id=customer, actor=API) as desk:
        return await plan_changes.change(desk, command)


async def account_of(remote: Remote, customer: str, door: Door | None = None) -> Account:
    async with remote.tenancy.at(door or remote.door) as (connection, _):
        account = await book.read_account(connection, customer)
    assert account is not None
    return account


async def open_intents(remote: Remote) -> list[str]:
    async with remote.tenancy.at(remote.door) as (connection, _):
        return list(await connection.scalars(select(intent_rows.c.id).where(intent_rows.c.state == "pending")))


async def settle_all(remote: Remote) -> None:
    for intent in await open_intents(remote):
        await intents.settle(remote.tenancy, remote.door.tenant_id, intent)


async def told(remote: Remote, door: Door | None = None) -> list[str]:
    async with remote.tenancy.at(door or remote.door) as (connection, _):
        return sorted(await connection.scalars(select(events.c.kind)))


async def the_same_as_far_away(remote: Remote, customer: str, door: Door | None = None) -> None:
    """The book says what the other end says, to the version."""
    ours, theirs = await account_of(remote, customer, door), remote.far.accounts[customer]
    async with remote.tenancy.at(door or remote.door) as (connection, _):
        billed: list[Invoice] = list(await connection.scalars(select(invoices.c.body)))
    assert ours.customer == theirs.customer
    assert {each.id: each for each in ours.subscriptions} == {each.id: each for each in theirs.subscriptions}
    assert {each.id: each for each in billed} == {each.id: each for each in theirs.invoices}
    assert {each.id for each in ours.pending_items} == {each.id for each in theirs.pending_items}


async def test_what_the_other_end_did_stands_in_the_book(remote: Remote) -> None:
    customer, command = await customer_with_plan(remote)
    await change(remote, customer, command)
    await the_same_as_far_away(remote, customer)
    assert (await account_of(remote, customer)).subscriptions[0].items[0].quantity == 12
    assert await open_intents(remote) == []
    assert len(remote.far.effects(customer)) == 3


async def test_a_quote_is_of_the_other_end_and_is_confirmed_at_its_instant(remote: Remote) -> None:
    customer, command = await customer_with_plan(remote)
    async with open_desk(remote.tenancy, remote.door, customer_id=customer, actor=API) as desk:
        quote = await plan_changes.quote(desk, command)
    async with open_desk(remote.tenancy, remote.door, customer_id=customer, actor=API) as desk:
        changes = await plan_changes.confirm(desk, quote.id)
    assert [each.amount_due for each in changes.invoices] == [quote.due_now]
    assert remote.far.effects(customer)[-1].at == quote.at
    async with open_desk(remote.tenancy, remote.door, customer_id=customer, actor=API) as desk:
        with pytest.raises(Refused):
            await plan_changes.confirm(desk, quote.id)


@pytest.mark.parametrize("fault", [Fault.ANSWER_LOST, Fault.ERROR_BEFORE])
async def test_a_call_without_an_answer_is_settled_with_the_same_key(remote: Remote, fault: Fault) -> None:
    customer, command = await customer_with_plan(remote)
    remote.far.script(fault)
    with pytest.raises(Unavailable):
        await change(remote, customer, command)
    assert (await account_of(remote, customer)).subscriptions[0].items[0].quantity == 10
    assert len(await open_intents(remote)) == 1
    await settle_all(remote)
    await the_same_as_far_away(remote, customer)
    assert (await account_of(remote, customer)).subscriptions[0].items[0].quantity == 12
    assert await open_intents(remote) == []
    calls = [each for each in remote.far.journal if each.act == "ChangePlan"]
    assert len({each.key for each in calls}) == 1
    assert [each.effect for each in calls].count(True) == 1
    assert (await told(remote)).count("plan_changed") == 1


async def test_settling_again_changes_nothing(remote: Remote) -> None:
    customer, command = await customer_with_plan(remote)
    remote.far.script(Fault.ANSWER_LOST)
    with pytest.raises(Unavailable):
        await change(remote, customer, command)
    (intent,) = await open_intents(remote)
    await asyncio.gather(*(intents.settle(remote.tenancy, remote.door.tenant_id, intent) for _ in range(4)))
    before = (await account_of(remote, customer)).version
    await intents.settle(remote.tenancy, remote.door.tenant_id, intent)
    assert (await account_of(remote, customer)).version == before
    assert (await told(remote)).count("plan_changed") == 1
    await the_same_as_far_away(remote, customer)


async def test_a_process_that_dies_between_call_and_book_is_healed_by_the_job(remote_alone: Remote) -> None:
    remote = remote_alone
    customer, command = await customer_with_plan(remote)
    remote.far.script(Fault.LATE)
    calling = asyncio.create_task(change(remote, customer, command))
    await remote.far.held()
    calling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await calling
    assert (await account_of(remote, customer)).subscriptions[0].items[0].quantity == 10
    async with remote.tenancy.database.unscoped() as connection:
        # The job waits half a minute, so as not to be quicker than an answer; a test does not.
        await connection.execute(text("UPDATE procrastinate_jobs SET scheduled_at = NULL"))
    remote.tenancy.jobs.implement(
        intents.SETTLE, lambda tenant_id, row_id: intents.settle(remote.tenancy, tenant_id, row_id)
    )
    remote.tenancy.jobs.implement(AFTER_COMMIT, nothing)
    working = asyncio.create_task(work(remote.tenancy, Pace(rescue=0.2, heartbeat=0.2, stalled=1)))
    async with asyncio.timeout(60):
        while await open_intents(remote):  # noqa: ASYNC110 - the database sets no event of ours
            await asyncio.sleep(0.05)
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    await the_same_as_far_away(remote, customer)
    assert len(remote.far.effects(customer)) == 3


async def nothing(tenant_id: object, row_id: str) -> None:
    return


async def test_an_answer_that_comes_after_it_was_settled_adds_nothing(remote: Remote) -> None:
    customer, command = await customer_with_plan(remote)
    remote.far.script(Fault.LATE)
    calling = asyncio.create_task(change(remote, customer, command))
    await remote.far.held()
    await settle_all(remote)
    version = (await account_of(remote, customer)).version
    remote.far.release()
    await calling
    assert (await account_of(remote, customer)).version == version
    assert (await told(remote)).count("plan_changed") == 1
    await the_same_as_far_away(remote, customer)


async def test_a_call_that_arrives_twice_has_one_effect(remote: Remote) -> None:
    customer, command = await customer_with_plan(remote)
    remote.far.script(Fault.DOUBLED)
    await change(remote, customer, command)
    await the_same_as_far_away(remote, customer)
    assert len(remote.far.effects(customer)) == 3
    assert (await told(remote)).count("plan_changed") == 1


async def test_a_refusal_closes_the_intent(remote: Remote) -> None:
    customer, command = await customer_with_plan(remote)
    await change(remote, customer, command)
    paid = remote.far.accounts[customer].invoices[0]
    async with open_desk(remote.tenancy, remote.door, customer_id=customer, actor=API) as desk:
        await desk.carry_out(PayInvoice(invoice=paid.id))
        with pytest.raises(Refused):
            await desk.carry_out(PayInvoice(invoice=paid.id))
    assert await open_intents(remote) == []


async def hear(remote: Remote, door: Door, customer: str, news: Changes) -> None:
    """Take in what the far side tells of a customer, of whom all is asked first where the book has none such."""
    async with remote.tenancy.at(door) as (connection, side):
        backend = await remote.tenancy.backends.of(connection, side.tenant_id, side.backend)
        known = await connection.scalar(select(customer_rows.c.id).where(customer_rows.c.id == customer))
    if known is None and news.customer is None:
        news = (await backend.refresh(customer)).then(news)
    async with remote.tenancy.at(door) as (connection, side):
        await take_turn(connection, side.tenant_id, customer)
        new = await unheard(connection, news)
        if new != Changes():
            await commit_changes(
                connection,
                side,
                new,
                before=await book.read_account(connection, customer, lock=True),
                actor=BACKEND,
                action="news",
                now=await clock(connection),
                jobs=remote.tenancy.jobs,
                remote=True,
            )


async def test_news_that_is_quicker_than_the_answer_is_not_told_twice(remote: Remote) -> None:
    customer, command = await customer_with_plan(remote)
    remote.far.script(Fault.LATE)
    calling = asyncio.create_task(change(remote, customer, command))
    await remote.far.held()
    for news in remote.far.changes_for(customer):
        await hear(remote, remote.door, customer, news)
    await the_same_as_far_away(remote, customer)
    remote.far.release()
    await calling
    await the_same_as_far_away(remote, customer)
    kinds = await told(remote)
    assert kinds.count("plan_changed") == kinds.count("customer_created") == 1
    assert kinds.count("invoice_finalized") == 2


async def story(remote: Remote) -> tuple[str, tuple[Changes, ...]]:
    """A customer's life far away, and the news of it."""
    customer, command = await customer_with_plan(remote)
    await change(remote, customer, command)
    await change(remote, customer, replace(command, items=(replace(command.items[0], quantity=7),)))
    first = remote.far.accounts[customer].invoices[0]
    async with open_desk(remote.tenancy, remote.door, customer_id=customer, actor=API) as desk:
        await desk.carry_out(PayInvoice(invoice=first.id))
        await cancellations.cancel(desk, CancelSubscription(subscription=command.subscription))
        await cancellations.keep(desk, command.subscription)
    await the_same_as_far_away(remote, customer)
    return customer, remote.far.changes_for(customer)


@pytest.mark.parametrize("seed", range(12))
async def test_any_order_of_news_with_copies_makes_the_same_book(remote: Remote, seed: int) -> None:
    customer, news = await story(remote)
    expected = await told(remote)
    tenant = await remote_tenant(remote.tenancy)
    chance = random.Random(seed)
    delivered = list(news) + chance.sample(news, len(news) // 2)
    chance.shuffle(delivered)
    for each in delivered:
        await hear(remote, tenant.door, customer, each)
    await the_same_as_far_away(remote, customer, tenant.door)
    assert await told(remote, tenant.door) == expected


async def test_news_at_the_same_time_makes_the_same_book(remote: Remote) -> None:
    customer, news = await story(remote)
    expected = await told(remote)
    tenant = await remote_tenant(remote.tenancy)
    for start in range(0, len(news), 4):
        batch = news[start : start + 4] * 2
        await asyncio.gather(*(hear(remote, tenant.door, customer, each) for each in batch))
    await the_same_as_far_away(remote, customer, tenant.door)
    assert await told(remote, tenant.door) == expected


async def test_while_the_other_end_is_down_the_book_can_be_read_and_nothing_is_half_done(remote: Remote) -> None:
    customer, command = await customer_with_plan(remote)
    remote.far.down = True
    with pytest.raises(Unavailable):
        await change(remote, customer, command)
    assert (await account_of(remote, customer)).subscriptions[0].items[0].quantity == 10
    with pytest.raises(Unavailable):
        await settle_all(remote)
    remote.far.down = False
    await settle_all(remote)
    await the_same_as_far_away(remote, customer)

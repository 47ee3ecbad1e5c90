"""Any order, any repetition, any loss, any death: one end state, and each thing told once (trust.md §E6, §E7)."""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from mirrored_world import (
    API,
    BEGAN,
    Mirrored,
    leave,
    mirrored_on,
    new_customer,
    rename,
    seats,
    stay,
)
from msgspec.structs import replace
from sqlalchemy import select

from frontdesk.changes import Changes
from frontdesk.commands import AccountCommand, PayInvoice
from frontdesk.desk import Actor
from frontdesk.errors import Refused
from frontdesk_tenants import intents
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.mirrored_snapshots import OWNED, Known, differences, whole_of
from frontdesk_tenants.tables import intents as intent_rows

ORDERS = 200
"""Random orders that are tried of each forty; ten times that in all (trust.md §E6)."""
WALKER = Actor(kind="scheduler", id="mirror")
NOW = datetime(2026, 11, 28, tzinfo=UTC)


@pytest.fixture
async def world(postgres: PostgresAddresses) -> AsyncIterator[Mirrored]:
    async with mirrored_on(postgres, customers_at_first=2) as made:
        await made.connect()
        await made.work()
        yield made


async def six_answers(world: Mirrored) -> list[Changes]:
    """What is answered after each of six things that happen to a customer."""
    customer = await new_customer(world)
    async with world.tenancy.at(world.door) as (connection, side):
        backend = await world.tenancy.backends.of(connection, world.door.tenant_id, side.backend)
    acts: tuple[Callable[[], Any], ...] = (
        lambda: seats(world, customer, 7),
        lambda: leave(world, customer),
        lambda: stay(world, customer),
        lambda: PayInvoice(invoice=world.far.accounts[customer].invoices[0].id),
        lambda: rename("Jenny Rosen"),
        lambda: seats(world, customer, 2, "price_near"),
    )
    answers = []
    for act in acts:
        await world.far.act(customer, act(), BEGAN)
        answers.append(await backend.refresh(customer))
    return answers


def applied(known: Known, answer: Changes) -> Known:
    """A book in memory after an answer, by the same functions as the one in PostgreSQL."""
    assert answer.customer is not None
    if known.customer is not None and answer.customer.version <= known.version:
        return known
    new = differences(known, whole_of(known, answer, WALKER, NOW))
    after: dict[str, Any] = {}
    for name in OWNED:
        by_id = {each.id: each for each in getattr(known, name)} | {each.id: each for each in getattr(new, name)}
        after[name] = tuple(each for _, each in sorted(by_id.items()) if not getattr(each, "deleted", False))
    return Known(customer=new.customer or known.customer, version=answer.customer.version, **after)


def said(known: Known) -> dict[str, Any]:
    assert known.customer is not None
    parts = {name: [replace(each, version=1) for each in getattr(known, name)] for name in OWNED}
    return {"customer": replace(known.customer, version=1), **parts}


async def test_all_orders_of_six_answers_with_copies_end_in_one_book(world: Mirrored) -> None:
    answers = await six_answers(world)
    resync = said(applied(Known(customer=None), answers[-1]))
    for number, order in enumerate(itertools.permutations(answers)):
        copies = random.Random(number).sample(order, 3)
        known = Known(customer=None)
        for each in (*order[:4], *copies, *order[4:], *copies):
            known = applied(known, each)
        assert said(known) == resync


async def forty_answers(world: Mirrored, chance: random.Random) -> list[Changes]:
    """What is answered after each of forty things that happen to a customer."""
    customer = await new_customer(world)
    async with world.tenancy.at(world.door) as (connection, side):
        backend = await world.tenancy.backends.of(connection, world.door.tenant_id, side.backend)

    def more_or_fewer() -> AccountCommand:
        return seats(world, customer, chance.randint(1, 30), chance.choice((None, "price_far", "price_near")))

    def pay() -> AccountCommand:
        return PayInvoice(invoice=chance.choice(world.far.accounts[customer].invoices).id)

    acts: tuple[Callable[[], AccountCommand], ...] = (
        more_or_fewer,
        pay,
        lambda: leave(world, customer),
        lambda: stay(world, customer),
        lambda: rename_any(world, customer),
    )
    answers: list[Changes] = []
    while len(answers) < 40:
        try:
            await world.far.act(customer, chance.choice(acts)(), BEGAN + timedelta(hours=len(answers)))
        except (Refused, IndexError):
            continue
        answers.append(await backend.refresh(customer))
    return answers


@pytest.mark.parametrize("seed", [1, *(pytest.param(each, marks=pytest.mark.long) for each in range(2, 11))])
async def test_random_orders_of_forty_answers_end_in_one_book(world: Mirrored, seed: int) -> None:
    chance = random.Random(seed)
    answers = await forty_answers(world, chance)
    resync = said(applied(Known(customer=None), answers[-1]))
    for _ in range(ORDERS):
        # A tenth comes twice.
        order = [*answers, *chance.sample(answers, 4)]
        chance.shuffle(order)
        known = Known(customer=None)
        for each in order:
            known = applied(known, each)
        assert said(known) == resync


async def storm(world: Mirrored, seed: int, acts: int) -> None:
    """Things happen at the far side while messages come late, double, in any order or never, and a worker works."""
    chance = random.Random(seed)
    customers = list(world.far.accounts)
    pool: list[Any] = []
    for _ in range(acts):
        customer = chance.choice(customers)
        before = len(world.teller.told)
        for act in chance.sample((seats, leave, stay, rename_any), 4):
            try:
                command = act(world, customer) if act is not seats else seats(world, customer, chance.randint(1, 30))
                await world.far.act(customer, command, await world.now())
                break
            except Refused:
                continue
        fresh = world.teller.told[before:]
        pool += [each for each in fresh if chance.random() > 0.1]
        pool += [each for each in fresh if chance.random() > 0.7]
        chance.shuffle(pool)
        while pool and chance.random() < 0.6:
            await world.deliver(pool.pop())
        if chance.random() < 0.4:
            await world.work(most=1)
    for each in pool:
        await world.deliver(each)
    await world.work()
    await world.due_now("repair")
    await world.work()
    await world.same()


def rename_any(world: Mirrored, customer: str) -> Any:
    return rename(f"Jenny {len(world.teller.told)}")


@pytest.mark.parametrize("seed", range(2))
async def test_messages_in_a_storm_end_in_the_book_of_a_full_resync(world: Mirrored, seed: int) -> None:
    await storm(world, seed, acts=20)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 140))
async def test_forty_things_in_a_storm(world: Mirrored, seed: int) -> None:
    await storm(world, seed, acts=40)


async def cut_after(milliseconds: int, what: Coroutine[Any, Any, Any]) -> bool:
    """Let something run for so long and then die. Whether it was over by then."""
    task = asyncio.ensure_future(what)
    done, _ = await asyncio.wait({task}, timeout=milliseconds / 1000)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return bool(done)


async def die_everywhere(world: Mirrored, steps: range) -> None:
    customer = next(iter(world.far.accounts))
    for milliseconds in steps:
        await world.far.act(customer, rename_any(world, customer), await world.now())
        await world.deliver(world.teller.told[-1])
        await cut_after(milliseconds, world.work())
        await world.due_now()
        await world.work()
        await world.same()
    assert set((await world.inbox()).values()) == {"done"}
    assert (await world.told()).count("customer_updated") == len(steps)


async def act_and_die(world: Mirrored, steps: range) -> None:
    """Somebody acts on our pages, and the process dies in the middle: the intent is settled by whoever comes next."""
    customer = next(iter(world.far.accounts))
    for quantity, milliseconds in enumerate(steps, start=100):
        async with open_desk(world.tenancy, world.door, customer_id=customer, actor=API) as desk:
            await cut_after(milliseconds, desk.carry_out(seats(world, customer, quantity)))
        async with world.tenancy.at(world.door) as (connection, _):
            pending = await connection.scalars(select(intent_rows.c.id).where(intent_rows.c.state == "pending"))
            ids = list(pending)
        for each in ids:
            await intents.settle(world.tenancy, world.door.tenant_id, each)
        await world.due_now()
        await world.work()
        await world.same()
    changed = [each for each in world.far.effects(customer) if each.act == "ChangePlan"]
    assert len({each.key for each in changed}) == len(changed), "one effect for each intent"
    assert (await world.told()).count("plan_changed") == len(changed)


async def test_a_worker_that_dies_loses_nothing(world: Mirrored) -> None:
    await die_everywhere(world, range(1, 60, 7))


async def test_an_act_that_dies_is_done_once_or_never(world: Mirrored) -> None:
    await act_and_die(world, range(1, 60, 7))


@pytest.mark.long
async def test_a_worker_that_dies_anywhere_loses_nothing(world: Mirrored) -> None:
    await die_everywhere(world, range(1, 120))


@pytest.mark.long
async def test_an_act_that_dies_anywhere_is_done_once_or_never(world: Mirrored) -> None:
    await act_and_die(world, range(1, 120))

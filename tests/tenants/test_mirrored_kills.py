"""kill -9 at every edge of what a worker does for a mirrored side: one effect an intent, one book (trust.md §E5-E7).

Real processes die; the far side lives on in another. After each death somebody else goes on, and the book is held
against the far side's; in the end against that of a side which is imported anew.
"""

import itertools
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest
from far_door import opened
from killed_worker import Workers, seats, settle, workers_on
from mirrored_world import Mirrored, beside, mirrored_on, rename
from msgspec import Struct
from sqlalchemy import select

from frontdesk.errors import Unavailable
from frontdesk.testing.remote import Fault
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.tables import intents

EVERY = 4
"""Of how many edges a test takes one; so many tests take them all."""
everywhere = pytest.mark.parametrize("first", range(1, EVERY + 1))
pytestmark = pytest.mark.long


class Killable(Struct, frozen=True):
    """A world and its workers."""

    world: Mirrored
    workers: Workers

    async def killed(self, edge: int, world: Mirrored, *what: str) -> bool:
        return await self.workers.killed(edge, world.door.tenant_id, *what)


@pytest.fixture
async def killable(fresh_database: Callable[[], PostgresAddresses]) -> AsyncIterator[Killable]:
    addresses = fresh_database()
    async with mirrored_on(addresses, customers_at_first=2) as world, opened(world.far, world.teller) as port:
        async with workers_on(addresses.app_url, port) as workers:
            yield Killable(world, workers)


async def goes_on(world: Mirrored) -> None:
    """Whoever comes next does what is left, without waiting until the lease of the dead is over."""
    await world.due_now()
    await world.work()
    await world.same()


async def as_imported_anew(world: Mirrored) -> None:
    """The book is the one of a side that is connected only now."""
    anew = await beside(world)
    await anew.connect()
    await anew.work()
    assert await anew.book() == await world.book()


def endpoints_of(world: Mirrored) -> int:
    return sum(world.door.public_id in url for url, _ in world.teller.endpoints.values())


@everywhere
async def test_who_connects_is_killed_at_every_edge_and_makes_one_endpoint(killable: Killable, first: int) -> None:
    for edge in itertools.count(first, EVERY):
        world = await beside(killable.world)
        killed = await killable.killed(edge, world, "connect")
        await world.connect()
        assert endpoints_of(world) == 1, edge
        await world.work()
        await world.same()
        if not killed:
            assert edge > 20
            return


@everywhere
async def test_an_import_is_killed_at_every_edge(killable: Killable, first: int) -> None:
    for edge in itertools.count(first, EVERY):
        world = await beside(killable.world)
        await world.connect()
        killed = await killable.killed(edge, world, "mirror")
        await goes_on(world)
        mirror = await world.mirror()
        assert (mirror.state, mirror.imported.done, mirror.repairs) == ("mirroring", 2, 0), edge
        assert await world.told() == [], edge
        if not killed:
            assert edge > 100
            return


@everywhere
async def test_what_was_told_and_what_was_lost_is_killed_at_every_edge(killable: Killable, first: int) -> None:
    world = killable.world
    await world.connect()
    await world.work()
    one, other = world.far.accounts
    for rounds, edge in enumerate(itertools.count(first, EVERY), start=1):
        await world.far.act(one, rename(f"Jenny {edge}"), await world.now())
        await world.deliver(world.teller.told[-1])
        await world.far.act(other, rename(f"Rosen {edge}"), await world.now() - timedelta(minutes=10))
        await world.due_now()
        killed = await killable.killed(edge, world, "mirror")
        await goes_on(world)
        assert set((await world.inbox()).values()) == {"done"}, edge
        assert (await world.told()).count("customer_updated") == 2 * rounds, edge
        if not killed:
            assert edge > 60
            break
    await as_imported_anew(world)


async def once_each(world: Mirrored, customer: str) -> int:
    """How many intents there are: each is done, had one effect and was told once."""
    async with world.tenancy.at(world.door) as (connection, _):
        states = list(await connection.scalars(select(intents.c.state)))
    changed = [each for each in world.far.effects(customer) if each.act == "ChangePlan"]
    assert len({each.key for each in changed}) == len(changed)
    assert states == ["done"] * len(changed)
    assert (await world.told()).count("plan_changed") == len(changed)
    return len(changed)


@everywhere
async def test_an_act_is_killed_at_every_edge_and_done_once_or_never(killable: Killable, first: int) -> None:
    world = killable.world
    await world.connect()
    await world.work()
    customer = next(iter(world.far.accounts))
    for rounds, edge in enumerate(itertools.count(first, EVERY), start=1):
        killed = await killable.killed(edge, world, "seats", customer, str(1000 + edge))
        await settle(world.tenancy, world.door.tenant_id)
        await goes_on(world)
        done = await once_each(world, customer)
        if not killed:
            assert edge > 30
            assert 0 < done < rounds
            break
    await as_imported_anew(world)


@everywhere
async def test_who_settles_an_intent_is_killed_at_every_edge(killable: Killable, first: int) -> None:
    world = killable.world
    await world.connect()
    await world.work()
    customer = next(iter(world.far.accounts))
    for rounds, edge in enumerate(itertools.count(first, EVERY), start=1):
        world.far.script((Fault.ERROR_BEFORE, Fault.ANSWER_LOST)[rounds % 2])
        with pytest.raises(Unavailable):
            await seats(world.tenancy, world.door.tenant_id, customer, str(1000 + edge))
        killed = await killable.killed(edge, world, "settle")
        await settle(world.tenancy, world.door.tenant_id)
        await goes_on(world)
        assert await once_each(world, customer) == rounds, edge
        if not killed:
            assert edge > 30
            break
    await as_imported_anew(world)

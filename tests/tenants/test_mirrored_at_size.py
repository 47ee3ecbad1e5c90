"""Five thousand objects and three days away: the mirror is what a full resync finds, to the row (trust.md §E7)."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest
from mirrored_world import STAFF, Mirrored, beside, leave, mirrored_on, new_customer, rename, seats, stay
from msgspec import Struct
from sides import clock_of

from frontdesk.commands import AccountCommand
from frontdesk.errors import Refused
from frontdesk.mirroring import Heard
from frontdesk_tenants import mirrors
from frontdesk_tenants.embedded import PostgresAddresses

CUSTOMERS = 1_700
"""Each with a subscription and an invoice: 5,100 objects."""
LOST = 0.1
WINDOW = 25
"""How far the order of messages is swapped."""
ENOUGH = 10_000
pytestmark = pytest.mark.long


class Far(Struct, frozen=True):
    """A large far side, what of its messages is on the way, and a clock that can be moved."""

    world: Mirrored
    move: Callable[[timedelta], None]
    chance: random.Random
    on_the_way: list[Heard]

    async def happens(self) -> None:
        """Something happens there. Of ten messages one is lost, and some are sent twice."""
        world, chance = self.world, self.chance
        customer = chance.choice(list(world.far.accounts))
        before = len(world.teller.told)
        while True:
            try:
                await world.far.act(customer, self._act(customer), await world.now())
                break
            except Refused:
                continue
        for each in world.teller.told[before:]:
            if chance.random() > LOST:
                self.on_the_way.extend([each] * chance.choice((1, 1, 1, 2)))

    def _act(self, customer: str) -> AccountCommand:
        world, chance = self.world, self.chance
        acts: tuple[Callable[[], AccountCommand], ...] = (
            lambda: seats(world, customer, chance.randint(1, 30), chance.choice((None, "price_far", "price_near"))),
            lambda: leave(world, customer),
            lambda: stay(world, customer),
            lambda: rename(f"Jenny {len(world.teller.told)}"),
        )
        return chance.choice(acts)()

    async def arrives(self, left: int = 0) -> None:
        """Messages arrive in another order than they were sent in."""
        while len(self.on_the_way) > left:
            at = self.chance.randrange(min(WINDOW, len(self.on_the_way)))
            await self.world.deliver(self.on_the_way.pop(at))

    async def flows(self, acts: int) -> None:
        for number in range(acts):
            await self.happens()
            if number % 20 == 0:
                await new_customer(self.world, at=await self.world.now())
            await self.arrives(left=WINDOW)
        await self.arrives()


async def meanwhile(far: Far, acts: int) -> None:
    """Events flow while a worker works."""
    flowing = asyncio.ensure_future(far.flows(acts))
    while not flowing.done():
        await far.world.work(most=1)
    await flowing


async def an_hour_later(far: Far, so_far: timedelta) -> timedelta:
    """Nobody does anything but a worker, which looks for what was lost by itself within an hour."""
    far.move(so_far + timedelta(hours=1))
    await far.world.work(most=ENOUGH)
    return so_far + timedelta(hours=1)


async def the_same_as_anew(world: Mirrored) -> None:
    """No row differs from those of a side that is imported only now, nor from the far side's."""
    await world.same()
    anew = await beside(world)
    await anew.connect()
    await anew.work(most=ENOUGH)
    ours, theirs = await world.book(), await anew.book()
    differing = [
        f"{table} {id_}"
        for table in ours
        for id_ in ours[table].keys() | theirs[table].keys()
        if ours[table].get(id_) != theirs[table].get(id_)
    ]
    assert differing == []
    assert sum(len(rows) for rows in ours.values()) > 5_000


@pytest.fixture
async def far(fresh_database: Callable[[], PostgresAddresses], request: pytest.FixtureRequest) -> AsyncIterator[Far]:
    addresses = fresh_database()
    async with mirrored_on(addresses) as world:
        world.teller.page_size = 100
        yesterday = await world.now() - timedelta(days=1)
        for _ in range(CUSTOMERS):
            await new_customer(world, at=yesterday)
        yield Far(world, clock_of(addresses), random.Random(request.param), [])


@pytest.mark.parametrize("far", [7], indirect=True)
async def test_three_days_away_lost_and_swapped_messages_leave_no_difference(far: Far) -> None:
    world = far.world
    await world.connect()
    await meanwhile(far, acts=200)
    moved = await an_hour_later(far, timedelta(0))
    await world.same()

    for _ in range(12):
        world.far.down = True
        for _ in range(20):
            await far.happens()
        await world.work(most=ENOUGH)
        moved += timedelta(hours=6)
        far.move(moved)
    assert (await world.mirror()).state == "failing"
    world.far.down = False
    await far.arrives()
    moved = await an_hour_later(far, moved)
    assert (await world.mirror()).state == "mirroring"
    await the_same_as_anew(world)

    await mirrors.stop_mirroring(world.tenancy, world.door, actor=STAFF)
    for _ in range(100):
        await far.happens()
    far.on_the_way.clear()
    await world.connect()
    await meanwhile(far, acts=200)
    await an_hour_later(far, moved)
    mirror = await world.mirror()
    assert (mirror.imported.stage, mirror.waiting, mirror.dead) == ("done", 0, 0)
    await the_same_as_anew(world)

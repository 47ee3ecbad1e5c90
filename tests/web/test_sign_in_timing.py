"""No time tells whether an address exists (trust.md §A5), and the test can see one that would.

Both kinds of address are asked for in random order, so that drift hits both. The statistic is the difference of the
25 % quantiles, since low ones carry the least noise, with a bootstrap confidence interval of 99 %. It passes if the
interval lies within the margin, and is widened with more samples, never judged by a p-value.
"""

import asyncio
import random
import statistics
import time

import pytest
from sign_in_world import World
from sqlalchemy import text

BOOTSTRAPS = 400


def quantile(samples: list[float]) -> float:
    """The 25 % quantile."""
    return statistics.quantiles(samples, n=4)[0]


def interval(known: list[float], unknown: list[float], chance: random.Random) -> tuple[float, float]:
    """The 99 % confidence interval of how much slower known addresses are, in seconds."""
    differences = sorted(
        quantile(chance.choices(known, k=len(known))) - quantile(chance.choices(unknown, k=len(unknown)))
        for _ in range(BOOTSTRAPS)
    )
    return differences[BOOTSTRAPS // 200], differences[-1 - BOOTSTRAPS // 200]


async def measured(world: World, each: int, delay: float, chance: random.Random) -> tuple[list[float], list[float]]:
    """Seconds that asking for a code takes, for known and for unknown addresses; known ones wait `delay` longer."""
    times: dict[str, list[float]] = {"known": [], "never": []}
    order = ["known", "never"] * (each + 10)
    chance.shuffle(order)
    for number, kind in enumerate(order):
        client = world.client(f"2001:db8:{chance.randrange(1 << 16):x}:{number:x}::1")
        begun = time.perf_counter()
        answer = await client.post(world.link, data={"email": f"{kind}{chance.randrange(200):03}@example.com"})
        if kind == "known" and delay:
            await asyncio.sleep(delay)
        times[kind].append(time.perf_counter() - begun)
        assert answer.status_code == 303
    return times["known"][10:], times["never"][10:]


async def differs(
    world: World, each: int, *, delay: float = 0.0, margin: float | None = None, rounds: int = 6
) -> bool | None:
    """Whether known and unknown addresses differ by more than `margin` seconds; None if that cannot be told.

    Without a margin it is a quarter of what a request takes, so that the machine's own business counts for both.
    """
    chance = random.Random(7)
    known: list[float] = []
    unknown: list[float] = []
    for _ in range(rounds):
        more_known, more_unknown = await measured(world, each, delay, chance)
        known += more_known
        unknown += more_unknown
        low, high = interval(known, unknown, chance)
        allowed = margin or quantile(unknown) / 4
        if -allowed < low and high < allowed:
            return False
        if low > allowed or high < -allowed:
            return True
    return None


async def fill(world: World) -> None:
    """Two hundred customers, as plain rows: what they are made of does not matter here."""
    template = await world.customer("known000@example.com")
    async with world.site.tenancy.database.side(world.door.tenant_id) as connection:
        await connection.execute(
            text(
                "INSERT INTO customers (tenant_id, id, version, account_version, address, deleted, created, body)"
                " SELECT tenant_id, id || n, version, account_version, 'known' || lpad(n::text, 3, '0')"
                " || '@example.com', deleted, created, body FROM customers, generate_series(1, 199) n WHERE id = :id"
            ),
            {"id": template},
        )


async def test_a8_time_does_not_tell_and_the_test_would_see_it(world: World) -> None:
    """A small version that a busy machine passes too; its control is as coarse."""
    await fill(world)
    assert await differs(world, each=40) is False
    _, unknown = await measured(world, 30, 0.0, random.Random(8))
    assert await differs(world, each=40, delay=quantile(unknown)) is True


@pytest.mark.long
async def test_a8_time_does_not_tell_to_half_a_millisecond(world: World) -> None:
    await fill(world)
    assert await differs(world, each=1000, margin=0.0005, rounds=4) is False
    assert await differs(world, each=1000, delay=0.001, margin=0.0005, rounds=4) is True

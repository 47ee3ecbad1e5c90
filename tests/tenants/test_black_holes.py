"""PostgreSQL and Valkey that are there and say nothing: nobody waits longer than the limit, and nothing is used up."""

import asyncio
import runpy
import uuid
from collections.abc import AsyncIterator
from time import monotonic

import psycopg
import pytest
from black_holes import Wire, black_hole, held, never_accepting, wire_to
from sqlalchemy import text

from frontdesk.errors import Unavailable
from frontdesk_tenants import bounded_connection, database, home_lines, shared_cache
from frontdesk_tenants.bounded_connection import BoundedConnection
from frontdesk_tenants.database import Busy, Database, driver, unhurried
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.home_lines import HomeLines
from frontdesk_tenants.home_query import HOME_FUNCTIONS
from frontdesk_tenants.shared_cache import SharedCache

LIMIT = 0.3
AT_ONCE = 20


@pytest.fixture
async def wire(postgres: PostgresAddresses) -> AsyncIterator[Wire]:
    async with wire_to(postgres) as opened:
        yield opened


@pytest.fixture
async def opened(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    """Four connections, of which each gives up after a third of a second."""
    monkeypatch.setattr(BoundedConnection, "longest", LIMIT)
    monkeypatch.setattr(database, "POOL_SECONDS", LIMIT / 3)
    opened = Database(wire.url, pool_size=4, overflow=0)
    yield opened
    await opened.aclose()


async def ask(opened: Database) -> float:
    """How long it took to be told that nobody answers."""
    began = monotonic()
    with pytest.raises(Unavailable):
        async with opened.unscoped() as connection:
            await connection.execute(text("SELECT 1"))
    return monotonic() - began


def test_the_limits_are_those_of_the_promise() -> None:
    """As they are shipped: trust.md §F3. Read anew, since tests give a busy machine more."""
    shipped = runpy.run_path(database.__file__)
    assert shipped["STATEMENT_TIMEOUT_MS"] == 5_000
    assert shipped["LOCK_TIMEOUT_MS"] == 1_000
    assert shipped["IDLE_IN_TRANSACTION_MS"] == 10_000
    assert shipped["server_settings"]() == (
        "-c statement_timeout=5000 -c lock_timeout=1000 -c idle_in_transaction_session_timeout=10000 -c timezone=UTC"
    )
    assert shipped["CONNECT_SECONDS"] + shipped["POOL_SECONDS"] < 10
    assert bounded_connection.ANSWER_SECONDS == 6
    assert home_lines.WAIT_SECONDS + home_lines.CONNECT_SECONDS < 10
    cache = runpy.run_path(shared_cache.__file__)
    assert cache["CALL_TIMEOUT_SECONDS"] == 0.1


async def test_postgresql_knows_the_limits_of_every_connection(postgres: PostgresAddresses) -> None:
    opened = Database(postgres.app_url, pool_size=1, overflow=0)
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    async with opened.unscoped() as connection:
        told = [(await connection.execute(text(f"SHOW {name}"))).scalar_one() for name in names]
        assert (await driver(connection)).longest == 6
    await opened.aclose()
    assert told == ["5s", f"{database.LOCK_TIMEOUT_MS // 1000}s", "10s"]


async def test_a_database_that_falls_silent_holds_nobody_and_uses_up_nothing(wire: Wire, opened: Database) -> None:
    async def well() -> None:
        async with opened.unscoped() as connection:
            assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1

    await asyncio.gather(*(well() for _ in range(4)))
    before = held()
    wire.silent = True
    # As many as there are connections wait for an answer, all others for a connection.
    took = await asyncio.gather(*(ask(opened) for _ in range(AT_ONCE)))
    assert max(took) < LIMIT + 1
    assert opened.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    wire.silent = False
    await asyncio.gather(*(well() for _ in range(4)))
    files, threads = held()
    assert files <= before[0]
    assert threads == before[1]


async def test_an_answer_that_is_awaited_longer_on_purpose_comes(opened: Database) -> None:
    async with opened.unscoped() as connection:
        async with unhurried(connection, 5):
            await connection.execute(text("SELECT pg_sleep(0.4)"))
            assert (await connection.execute(text("SHOW statement_timeout"))).scalar_one() == "5s"
        assert (await driver(connection)).longest == bounded_connection.ANSWER_SECONDS, "from here on as ever"


async def test_a_lock_that_somebody_keeps_is_not_waited_for(
    postgres: PostgresAddresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "LOCK_TIMEOUT_MS", 100)
    opened = Database(postgres.app_url, pool_size=2, overflow=0)
    asked = text("SELECT pg_advisory_xact_lock(420042)")
    async with opened.unscoped() as holder:
        await holder.execute(asked)
        began = monotonic()
        with pytest.raises(Busy):
            async with opened.unscoped() as other:
                await other.execute(asked)
        assert monotonic() - began < 2.5, "those of other tests wait for three seconds"
    await opened.aclose()


@pytest.mark.parametrize("limit", ["STATEMENT_TIMEOUT_MS", "IDLE_IN_TRANSACTION_MS"])
async def test_who_takes_too_long_is_ended_by_postgresql(
    limit: str, postgres: PostgresAddresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, limit, 100)
    opened = Database(postgres.app_url, pool_size=1, overflow=0)

    async def dawdle() -> None:
        async with opened.unscoped() as connection:
            await connection.execute(text("SELECT 1"))
            await asyncio.sleep(0.2)
            await connection.execute(text("SELECT pg_sleep(1)"))

    with pytest.raises(Unavailable):
        await dawdle()
    monkeypatch.undo()
    async with opened.unscoped() as connection:
        assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1, "the connection is made anew"
    await opened.aclose()


async def test_home_lines_that_fall_silent_are_given_up_once(
    wire: Wire, postgres: PostgresAddresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not twice: who waited for as long as anybody may does not ask again."""
    monkeypatch.setattr(home_lines, "ANSWER_SECONDS", LIMIT)
    monkeypatch.setattr(home_lines, "CONNECT_SECONDS", LIMIT)
    monkeypatch.setattr(home_lines, "WAIT_SECONDS", LIMIT)
    with psycopg.connect(postgres.owner_url) as connection:
        for function in HOME_FUNCTIONS:
            connection.execute(function.encode())
    lines = HomeLines(wire.url, 2)
    asked = uuid.uuid4(), b"secret", None, None
    # So many that both connections are used.
    await asyncio.gather(*(lines.ask(*asked) for _ in range(2 * home_lines.TOGETHER)))
    wire.silent = True

    async def given_up() -> float:
        began = monotonic()
        with pytest.raises(Unavailable):
            await lines.ask(*asked)
        return monotonic() - began

    before = held()
    took = await asyncio.gather(*(given_up() for _ in range(AT_ONCE)))
    assert max(took) < 3 * LIMIT + 1
    assert held()[0] <= before[0]
    assert held()[1] == before[1]
    wire.silent = False
    await asyncio.gather(*(lines.ask(*asked) for _ in range(AT_ONCE)))
    await lines.aclose()


async def test_a_cache_that_says_nothing_costs_a_moment_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_cache, "CALL_TIMEOUT_SECONDS", 0.1)
    async with black_hole() as hole:
        with never_accepting() as port:
            for each in (hole.port, port):
                before = held()
                cache = SharedCache(f"redis://127.0.0.1:{each}")
                began = monotonic()
                asked = [cache.ask(lambda redis: redis.get("key")) for _ in range(AT_ONCE)]
                assert await asyncio.gather(*asked) == [None] * AT_ONCE
                assert monotonic() - began < 0.1 * AT_ONCE, "all of them wait at the same time"
                assert await cache.ask(lambda redis: pytest.fail("it should rest")) is None
                await cache.aclose()
                await hole.emptied()
                assert held()[0] <= before[0]
                assert held()[1] == before[1]

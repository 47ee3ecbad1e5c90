"""Home pages that are asked for at the same moment go to PostgreSQL together."""

import asyncio
import os
import signal
import uuid
from collections.abc import AsyncIterator

import asyncpg
import psycopg
import pytest
from portal_shop import Shop, open_shop, open_tenancy

from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.home_lines import TOGETHER, USUAL_LINES, HomeLines
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_tenants.vault import hashed


@pytest.fixture
async def house(postgres: PostgresAddresses) -> AsyncIterator[Tenancy]:
    opened = await open_tenancy(postgres)
    yield opened
    await opened.aclose()


@pytest.fixture
async def lines(postgres: PostgresAddresses) -> AsyncIterator[HomeLines]:
    opened = HomeLines(postgres.app_url, 6)
    yield opened
    await opened.aclose()


async def _asked(shop: Shop) -> tuple[object, ...]:
    secret = await shop.sign_in(await shop.add_customer(name=shop.door.portal))
    return shop.door.tenant_id, hashed(secret), None, None


def _processes(postgres: PostgresAddresses) -> set[int]:
    """PostgreSQL's, one for each connection; some may be those of other tests' servers."""
    with psycopg.connect(postgres.owner_url) as connection:
        told = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'frontdesk home' AND datname = %s",
            [connection.info.dbname],
        )
        return {pid for (pid,) in told}


async def test_who_comes_together_is_answered_by_one_call(
    house: Tenancy, lines: HomeLines, postgres: PostgresAddresses
) -> None:
    asked = [await _asked(await open_shop(house)) for _ in range(3)]
    others = _processes(postgres)
    crowd = [asked[number % 3] for number in range(TOGETHER)]
    rows = await asyncio.gather(*(lines.ask(*each) for each in crowd))
    assert len(_processes(postgres) - others) == 1
    alone = [await lines.ask(*each) for each in asked]
    assert [row["session_id"] for row in rows] == [alone[number % 3]["session_id"] for number in range(TOGETHER)]
    assert [row["page"] for row in rows] == [alone[number % 3]["page"] for number in range(TOGETHER)]
    assert len({row["page"] for row in alone}) == 3


async def test_others_are_heard_between_two_pages_of_one_call(house: Tenancy, lines: HomeLines) -> None:
    asked = await _asked(await open_shop(house))
    heard: list[str] = []

    async def page() -> None:
        await lines.ask(*asked)
        heard.append("page")

    async def others() -> None:
        while heard.count("page") < TOGETHER:
            await asyncio.sleep(0)
            heard.append("others")

    await asyncio.gather(others(), *(page() for _ in range(TOGETHER)))
    assert "page page" not in " ".join(heard)


async def test_a_rush_takes_more_connections_and_no_more_than_there_are(
    house: Tenancy, lines: HomeLines, postgres: PostgresAddresses
) -> None:
    asked = await _asked(await open_shop(house))
    others = _processes(postgres)
    rows = await asyncio.gather(*(lines.ask(*asked) for _ in range(40 * TOGETHER)))
    assert len({row["session_id"] for row in rows}) == 1
    assert USUAL_LINES < len(_processes(postgres) - others) <= 6


async def test_what_is_wrong_with_one_page_is_nothing_to_the_others(house: Tenancy, lines: HomeLines) -> None:
    good = await _asked(await open_shop(house))
    wrong = "no side", b"secret", None, None
    nobody = uuid.uuid4(), b"secret", None, None
    told = await asyncio.gather(*(lines.ask(*each) for each in (good, wrong, nobody, good)), return_exceptions=True)
    first, failed, stranger, last = told
    assert isinstance(failed, asyncpg.DataError)
    assert not isinstance(first, BaseException)
    assert not isinstance(stranger, BaseException)
    assert not isinstance(last, BaseException)
    assert (first["live"], stranger["live"], last["live"]) == (True, False, True)
    assert first["page"] == last["page"]


async def test_calls_that_take_long_keep_nobody_else_waiting(
    house: Tenancy, lines: HomeLines, postgres: PostgresAddresses
) -> None:
    asked = await _asked(await open_shop(house))
    others = _processes(postgres)
    await asyncio.gather(*(lines.ask(*asked) for _ in range(USUAL_LINES * TOGETHER)))
    stopped = _processes(postgres) - others
    assert len(stopped) == USUAL_LINES
    for each in stopped:
        os.kill(each, signal.SIGSTOP)
    try:
        slow = []
        for _ in stopped:
            slow.append(asyncio.create_task(lines.ask(*asked)))
            await asyncio.sleep(0.05)
        row = await asyncio.wait_for(lines.ask(*asked), 5)
        assert row["live"]
        assert not any(each.done() for each in slow)
    finally:
        for each in stopped:
            os.kill(each, signal.SIGCONT)
    assert all(row["live"] for row in await asyncio.gather(*slow))

"""How long a page may keep its reader: of a route that never answers, and of a site whose database fell silent."""

import asyncio
import runpy
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import httpx
import pytest
from black_holes import held, wire_to
from litestar import Litestar, Request, Response, get, post
from litestar.exceptions import HTTPException
from litestar.response import Stream
from portal_shop import open_shop, open_tenancy
from sites import RunningSite

from frontdesk.errors import Unavailable
from frontdesk_tenants import home_lines
from frontdesk_tenants.bounded_connection import BoundedConnection
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_web import time_limit
from frontdesk_web.app import create_litestar

AT_ONCE = 30
WELL = {200}


@get("/hangs")
async def hangs() -> None:
    await asyncio.sleep(30)


@post("/acts")
async def acts() -> str:
    await asyncio.sleep(0.3)
    return "done"


@get("/streams")
async def streams() -> Stream:
    async def parts():  # type: ignore[no-untyped-def]
        yield b"a"
        await asyncio.sleep(0.3)
        yield b"b"

    return Stream(parts())


@get("/fails")
async def fails() -> None:
    raise TimeoutError("its own")


def told(_: Request, error: Exception) -> Response[str]:  # type: ignore[type-arg]
    status = error.status_code if isinstance(error, HTTPException) else 503 if isinstance(error, Unavailable) else 500
    return Response(type(error).__name__, status_code=status)


async def test_what_reads_is_cut_off_and_what_acts_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time_limit, "READ_SECONDS", 0.1)
    routes = Litestar(
        [hangs, acts, streams, fails],
        middleware=[time_limit.in_time],
        exception_handlers={Exception: told},
        openapi_config=None,
    )
    transport = httpx.ASGITransport(app=routes)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://site") as browser:
        began = monotonic()
        cut = await browser.get("/hangs")
        assert (cut.status_code, cut.text) == (503, "Unavailable")
        assert monotonic() - began < 20, "it would have taken half a minute"
        assert (await browser.post("/acts")).text == "done"
        assert (await browser.get("/streams")).text == "ab", "what has begun goes on"
        assert (await browser.get("/fails")).text == "TimeoutError", "a bug of ours stays one"
        assert (await browser.get("/nowhere")).status_code == 404


def test_every_route_of_ours_is_under_the_limit() -> None:
    assert runpy.run_path(time_limit.__file__)["READ_SECONDS"] == 10
    routes = create_litestar(object())  # type: ignore[arg-type]
    assert time_limit.in_time in routes.middleware


@pytest.mark.long
async def test_a_site_over_a_database_that_fell_silent_answers_everybody_in_time(
    postgres: PostgresAddresses, site_at: Callable[..., RunningSite], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the limits of the promise but for the database's answer: no page hangs, and all is well afterwards."""
    monkeypatch.setattr(BoundedConnection, "longest", 1.0)
    monkeypatch.setattr(home_lines, "ANSWER_SECONDS", 1.0)
    tenancy = await open_tenancy(postgres)
    shop = await open_shop(tenancy)
    portal, secret = shop.door.portal, await shop.sign_in(await shop.add_customer())
    await tenancy.aclose()
    async with wire_to(postgres) as wire:
        # In a thread: while it starts, this loop carries what it asks.
        site = await asyncio.to_thread(site_at, postgres, plain_http=True, database_url=wire.url)
        monkeypatch.setattr(time_limit, "READ_SECONDS", 10.0)

        def visit(number: int) -> tuple[int, float, str | None]:
            """A customer's home page, or their invoices, for which the database is asked in another way."""
            began = monotonic()
            with httpx.Client(base_url=site.url, cookies={f"fd-{portal}": secret}, trust_env=False, timeout=30) as http:
                answer = http.get(f"/p/{portal}/invoices" if number % 2 else f"/p/{portal}")
            return answer.status_code, monotonic() - began, answer.headers.get("retry-after")

        async def everybody() -> list[tuple[int, float, str | None]]:
            with ThreadPoolExecutor(AT_ONCE) as crowd:
                loop = asyncio.get_running_loop()
                return await asyncio.gather(*(loop.run_in_executor(crowd, visit, n) for n in range(AT_ONCE)))

        assert {status for status, _, _ in await everybody()} == WELL
        before = held()
        wire.silent = True
        silent = await everybody()
        assert {status for status, _, _ in silent} == {503}
        assert all(retry for _, _, retry in silent)
        assert max(took for _, took, _ in silent) < 10 + 1
        wire.silent = False
        assert {status for status, _, _ in await everybody()} == WELL
        assert max(took for _, took, _ in await everybody()) < 5
        files, threads = held()
        # The pool may have its connections that come on top in a rush, each of which has three ends in this process.
        assert files <= before[0] + 3 * 15
        assert threads <= before[1] + 1

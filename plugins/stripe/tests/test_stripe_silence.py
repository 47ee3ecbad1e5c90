"""A Stripe that is there and says nothing: each call ends in its time, and leaves nothing behind.

Over real sockets, with the limits shortened; that they are what trust.md §F3 promises is asserted beside.
"""

import asyncio
import json
from collections.abc import Awaitable
from time import monotonic
from typing import Any

import pytest
from black_holes import black_hole, held, never_accepting

from frontdesk.errors import Unavailable
from frontdesk.secret import Secret
from frontdesk_stripe import sdk
from frontdesk_stripe.breaker import TIME_OUTS
from frontdesk_stripe.connection import Connection

SHORT, LONG = 0.15, 30.0
BODY = json.dumps({"id": "cus_1", "object": "customer"}).encode()
OK = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(BODY), BODY)
DRIPS = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b" " * 1000


def asking(port: int) -> Connection:
    return Connection(Secret("rk_test_secret"), address=f"http://127.0.0.1:{port}")


def read(stripe: Connection) -> Awaitable[Any]:
    return stripe.get("/v1/customers/cus_1")


def foresee(stripe: Connection) -> Awaitable[Any]:
    return stripe.preview("/v1/invoices/create_preview", {"customer": "cus_1"})


def write(stripe: Connection) -> Awaitable[Any]:
    return stripe.post("/v1/customers", {"name": "A"}, key="intent")


def remove(stripe: Connection) -> Awaitable[Any]:
    return stripe.delete("/v1/customers/cus_1", key="intent")


async def given_up(call: Awaitable[Any]) -> float:
    began = monotonic()
    with pytest.raises(Unavailable):
        await call
    return monotonic() - began


def test_the_limits_are_those_of_the_promise() -> None:
    assert (sdk.CONNECT_SECONDS, sdk.READ_SECONDS, sdk.WRITE_SECONDS) == (2, 8, 20)


@pytest.mark.parametrize(
    ("call", "limit"),
    [(read, "READ_SECONDS"), (foresee, "READ_SECONDS"), (write, "WRITE_SECONDS"), (remove, "WRITE_SECONDS")],
)
@pytest.mark.parametrize("drops", [b"", DRIPS], ids=["silent", "dripping"])
async def test_an_answer_that_does_not_come_is_not_waited_for(
    call: Any, limit: str, drops: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    for each in ("CONNECT_SECONDS", "READ_SECONDS", "WRITE_SECONDS"):
        monkeypatch.setattr(sdk, each, SHORT if each == limit else LONG)
    async with black_hole(drops) as hole:
        stripe = asking(hole.port)
        assert await given_up(call(stripe)) < SHORT + 1
        assert hole.connections == 1
        await stripe.aclose()


@pytest.mark.parametrize("call", [read, write])
async def test_who_is_not_let_in_goes_away(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sdk, "CONNECT_SECONDS", SHORT)
    with never_accepting() as port:
        stripe = asking(port)
        assert await given_up(call(stripe)) < SHORT + 1
        await stripe.aclose()


async def test_many_calls_into_silence_use_up_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither connections nor files nor threads: as soon as Stripe speaks again, all is as before."""
    monkeypatch.setattr(sdk, "READ_SECONDS", SHORT)
    async with black_hole() as hole:
        stripe = asking(hole.port)
        # The thread that reads the SDK when Stripe is asked first stays.
        await asyncio.to_thread(int)
        before = held()
        assert max(await asyncio.gather(*(given_up(read(stripe)) for _ in range(60)))) < SHORT + 1.5
        assert await given_up(read(stripe)) < 0.05, "Stripe is left alone by now"
        await hole.emptied()
        files, threads = held()
        assert files <= before[0] + TIME_OUTS
        assert threads == before[1]
        hole.says = OK
        fresh = asking(hole.port)
        assert (await asyncio.gather(*(read(fresh) for _ in range(8))))[0]["id"] == "cus_1"
        await fresh.aclose()
        await stripe.aclose()

"""A program that was told to ask again in a second may do so at once: tests have a thousand questions for one key.

What was counted is forgotten then, as it is when its second is over. How much may be asked in one second is proven in
`test_api_errors`.
"""

import asyncio
import time
from functools import cache
from typing import Any

import httpx
import pytest
import redis

SOON = 5.0
"""Seconds for which somebody in a hurry still waits."""
_counters: dict[int | None, str] = {}


def counts_in(port: int, redis_url: str | None) -> None:
    """Say where the site on this port counts. One that counts in its database is not hurried."""
    if redis_url is None:
        _counters.pop(port, None)
    else:
        _counters[port] = redis_url


@pytest.fixture(autouse=True)
def _counts_of_this_test_alone(request: pytest.FixtureRequest) -> None:
    """All tests of a worker are one network, which may ask for so many codes and no more: each begins anew."""
    if "valkey_url" in request.fixturenames:
        _forget(request.getfixturevalue("valkey_url"))


def asks_again(answer: httpx.Response) -> float | None:
    """The seconds after which somebody in a hurry asks again; None for an answer that is to be taken as it is."""
    if answer.status_code != 429 or "retry-after" not in answer.headers:
        return None
    seconds = float(answer.headers["retry-after"])
    if seconds > SOON:
        return None
    if '"rate_limit"' in answer.text and forgets_counts(answer.request.url.port):
        return 0
    return seconds


def forgets_counts(port: int | None) -> bool:
    """Forget what the site on this port counted; whether there was something to forget."""
    counter = _counters.get(port)
    return counter is not None and _forget(counter)


@cache
def _connected(url: str) -> redis.Redis:
    return redis.Redis.from_url(url)


def _forget(url: str) -> bool:
    try:
        counted: Any = _connected(url).keys("frontdesk:limit:*")
        return bool(counted and _connected(url).delete(*counted))
    except redis.ConnectionError:
        # It is away, as a test wants it: the site counts in its database meanwhile.
        return False


def patiently(http: httpx.Client, method: str, path: str, **body: Any) -> httpx.Response:
    """An answer, asked for again where a key's requests of this second were used up."""
    while (seconds := asks_again(answer := http.request(method, path, **body))) is not None:
        time.sleep(seconds)
    return answer


async def patiently_too(http: httpx.AsyncClient, method: str, path: str, **body: Any) -> httpx.Response:
    """The same with a client that waits for nobody."""
    while (seconds := asks_again(answer := await http.request(method, path, **body))) is not None:  # noqa: ASYNC110
        await asyncio.sleep(seconds)
    return answer


class Hurried(httpx.Client):
    """A client with a key whose requests of a second are never used up, where the site counts in Valkey."""

    def send(self, request: httpx.Request, **settings: Any) -> httpx.Response:
        """Send, and send again at once where the key has asked too often."""
        while (answer := super().send(request, **settings)).status_code == 429 and not settings.get("stream"):
            if asks_again(answer) != 0:
                break
        return answer

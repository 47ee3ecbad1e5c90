"""A Valkey that is emptied, full, a copy, locked, or full of nonsense changes what is quick and nothing else (E13)."""

import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import redis

from frontdesk.limits import Visitor, checks
from frontdesk_tenants import shared_cache
from frontdesk_tenants.embedded import start_valkey, stop_servers
from frontdesk_tenants.page_cache import FinishedPage, PageCache
from frontdesk_tenants.rate_limits import Limiter
from frontdesk_tenants.shared_cache import SharedCache
from frontdesk_tenants.tenancy import Tenancy

NOW = datetime(2026, 6, 1, 12, 2, tzinfo=UTC)
PAGE = FinishedPage((b"<p>What is owed: ", b"</p>"), None)
MOST = 5
"""Wrong passcodes of an address in five minutes (`frontdesk.limits`)."""


def _full(server: redis.Redis) -> None:
    server.config_set("maxmemory-policy", "noeviction")
    server.config_set("maxmemory", 1)


def _stale_copy(server: redis.Redis) -> None:
    """A copy of a server that is not there: it can be read, and not written."""
    server.replicaof("127.0.0.1", 1)


def _silent_copy(server: redis.Redis) -> None:
    server.config_set("replica-serve-stale-data", "no")
    _stale_copy(server)


def _locked(server: redis.Redis) -> None:
    server.config_set("requirepass", "another")
    for each in server.client_list(_type="normal"):
        if each["name"] != "test":
            server.client_kill_filter(_id=each["id"])


def _wrong_types(server: redis.Redis) -> None:
    for key in server.scan_iter():
        server.delete(key)
        server.rpush(key, "1", "2")


def _nonsense(server: redis.Redis) -> None:
    for key in server.scan_iter():
        server.set(key, b"\x93nonsense")


def _emptied(server: redis.Redis) -> None:
    server.flushall()


TROUBLES: list[Callable[[redis.Redis], None]] = [
    _emptied,
    _full,
    _stale_copy,
    _silent_copy,
    _locked,
    _wrong_types,
    _nonsense,
]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[redis.Redis]:
    """A Valkey of one test."""
    tmp_path.chmod(0o711)
    with redis.Redis.from_url(start_valkey(tmp_path), client_name="test") as client:
        client.ping()
        yield client
        # Who stops it must be let in and answered.
        client.replicaof("NO", "ONE")
        client.config_set("requirepass", "")
    stop_servers(tmp_path)


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda each: each.__name__.removeprefix("_"))
async def test_limits_hold_and_pages_are_right(
    tenancy: Tenancy,
    server: redis.Redis,
    tmp_path: Path,
    trouble: Callable[[redis.Redis], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # So that each call meets the trouble, and not the first one alone.
    monkeypatch.setattr(shared_cache, "REST_SECONDS", 0.0)
    cache = SharedCache(start_valkey(tmp_path))
    limiter = Limiter(tenancy.database, cache)
    asked = checks("failure", Visitor(tenant=secrets.token_hex(4), address="jenny@example.com", peer=None))

    async def passed(times: int) -> int:
        return sum([(await limiter.count(asked, NOW)).exceeded() is None for _ in range(times)])

    assert await passed(3) == 3
    await PageCache(cache).keep("home", PAGE)
    assert {each.split(b":")[0] for each in server.scan_iter()} == {b"frontdesk", b"page"}

    trouble(server)

    # Counted anew at worst, since nobody remembers: but counted.
    assert await passed(2 * MOST) <= MOST
    assert await passed(1) == 0
    counted = await limiter.count(asked, NOW)
    assert counted.exceeded() is not None
    await limiter.take_back(counted)
    assert len((await limiter.look(asked, NOW)).counts) == len(asked)
    assert await PageCache(cache).find("home", NOW) in (None, PAGE)
    await PageCache(cache).keep("other", PAGE)
    assert await PageCache(cache).find("other", NOW) in (None, PAGE)
    await cache.aclose()

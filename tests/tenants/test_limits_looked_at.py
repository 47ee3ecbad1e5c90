"""Limits can be looked at without being counted, in Valkey and in PostgreSQL."""

import secrets
from datetime import UTC, datetime, timedelta

import pytest

from frontdesk.limits import Visitor, checks
from frontdesk_tenants.rate_limits import Limiter
from frontdesk_tenants.shared_cache import SharedCache
from frontdesk_tenants.tenancy import Tenancy

NOW = datetime(2026, 6, 1, 12, 2, tzinfo=UTC)


@pytest.mark.parametrize("cached", [True, False], ids=["Valkey", "PostgreSQL"])
async def test_looking_counts_nothing(tenancy: Tenancy, valkey_url: str, cached: bool) -> None:
    cache = SharedCache(valkey_url if cached else None)
    limiter = Limiter(tenancy.database, cache)
    asked = checks("failure", Visitor(tenant=secrets.token_hex(4), address="jenny@example.com", peer=None))
    for made in range(5):
        for _ in range(2):
            seen = await limiter.look(asked, NOW)
            assert seen.counts[0] == made + 1
            assert seen.exceeded() is None
        await limiter.count(asked, NOW)
    seen, counted = await limiter.look(asked, NOW), await limiter.count(asked, NOW)
    assert seen.counts[0] == counted.counts[0] == 6
    assert seen.exceeded() is not None
    assert seen.exceeded() == counted.exceeded()
    assert (await limiter.look(asked, NOW + timedelta(hours=30))).exceeded() is None
    await cache.aclose()

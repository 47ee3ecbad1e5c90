"""Redis or Valkey: only what may be lost. Every call is short, and a server that is away costs time once a while.

Callers get None instead of an error and do without: counters fall back to PostgreSQL, pages are rendered again.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from redis.asyncio import Redis

CALL_TIMEOUT_SECONDS = 0.1
REST_SECONDS = 5.0
log = logging.getLogger("frontdesk.cache")
Answer = TypeVar("Answer")


class SharedCache:
    """A connection to Redis or Valkey that rests for five seconds after a failure. `url` None means there is none."""

    def __init__(self, url: str | None) -> None:
        self._failures: tuple[type[Exception], ...] = (OSError, TimeoutError)
        self._redis = None if url is None else self._client(url)
        self._rests_until = 0.0

    async def ask(self, question: "Callable[[Redis], Awaitable[Answer]]") -> Answer | None:
        """What the server answers to `question`, or None where there is no server that answers now."""
        if self._redis is None or time.monotonic() < self._rests_until:
            return None
        try:
            async with asyncio.timeout(CALL_TIMEOUT_SECONDS * 2):
                return await question(self._redis)
        except self._failures as error:
            self._rests_until = time.monotonic() + REST_SECONDS
            log.warning("the cache does not answer, going on without it: %s", type(error).__name__)
            return None

    async def aclose(self) -> None:
        """Close the connection."""
        if self._redis is not None:
            await self._redis.aclose()

    def _client(self, url: str) -> "Redis":
        """Loaded where there is a server to talk to: it takes six megabytes."""
        from redis.asyncio import Redis
        from redis.exceptions import RedisError

        self._failures += (RedisError,)
        return Redis.from_url(url, socket_timeout=CALL_TIMEOUT_SECONDS, socket_connect_timeout=CALL_TIMEOUT_SECONDS)

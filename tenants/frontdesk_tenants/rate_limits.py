"""Counters of `frontdesk.limits`: in Redis or Valkey, and in PostgreSQL while that does not answer.

A window slides: it counts what happened in the running piece of the clock, and of the piece before as much as still
lies within. An act that one limit refuses is counted by none: a network that has run dry cannot fill the pool of an
address for everybody else (`frontdesk.limits`).
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.limits import Check, Effect, first_exceeded
from frontdesk_tenants.database import Database
from frontdesk_tenants.shared_cache import SharedCache
from frontdesk_tenants.tables import instance_counters

if TYPE_CHECKING:
    from redis.asyncio import Redis

# One call, atomic on the server. KEYS: for each check its running piece and the piece before. ARGV: for each check its
# limit, whether exceeding it refuses, how much of the piece before still counts (in millionths), and seconds to keep.
_COUNT = """
local counts, refused = {}, false
for i = 1, #KEYS / 2 do
  local a = (i - 1) * 4
  local before = tonumber(redis.call('GET', KEYS[2 * i]) or '0')
  local running = tonumber(redis.call('GET', KEYS[2 * i - 1]) or '0')
  counts[i] = running + 1 + math.floor(before * tonumber(ARGV[a + 3]) / 1000000)
  if ARGV[a + 2] == '1' and counts[i] > tonumber(ARGV[a + 1]) then refused = true end
end
if not refused then
  for i = 1, #KEYS / 2 do
    redis.call('INCR', KEYS[2 * i - 1])
    redis.call('EXPIRE', KEYS[2 * i - 1], ARGV[(i - 1) * 4 + 4])
  end
end
return counts
"""
_TAKE_BACK = """
for i = 1, #KEYS do
  if tonumber(redis.call('GET', KEYS[i]) or '0') > 0 then redis.call('DECR', KEYS[i]) end
end
return 1
"""


class Counted(Struct, frozen=True, kw_only=True):
    """What counting an act came to. `counts` go along with `checks` and include this act."""

    checks: tuple[Check, ...]
    counts: tuple[int, ...]
    now: datetime

    def exceeded(self, effect: Effect = "refuse") -> Check | None:
        """The first limit with this effect that the act is past. If it is one that refuses, the act was not counted."""
        return first_exceeded(self.checks, self.counts, effect)


class _Piece(Struct, frozen=True):
    """A check's running piece of the clock. `share` of the piece before still lies within the window, 0 to 1."""

    key: str
    start: datetime
    before: datetime
    share: float
    seconds: int


class Limiter:
    """Counts acts for all processes."""

    def __init__(self, database: Database, cache: SharedCache) -> None:
        self._database = database
        self._cache = cache

    async def count(self, checks: Sequence[Check], now: datetime) -> Counted:
        """Count an act at `now`, unless one of the checks refuses it. Call it outside of any transaction.

        Raises:
            Unavailable: neither cache nor database answers.
        """
        pieces = [_piece(each, now) for each in checks]
        counts = await self._cache.ask(lambda redis: _count_in_redis(redis, checks, pieces))
        if counts is None:
            counts = await self._count_in_database(checks, pieces)
        return Counted(checks=tuple(checks), counts=tuple(counts), now=now)

    async def look(self, checks: Sequence[Check], now: datetime) -> Counted:
        """What counting an act at `now` would come to, without counting it.

        Raises:
            Unavailable: neither cache nor database answers.
        """
        pieces = [_piece(each, now) for each in checks]
        counts = await self._cache.ask(lambda redis: _look_in_redis(redis, pieces))
        if counts is None:
            async with self._database.unscoped() as connection:
                counts = [await _stored(connection, piece) for piece in pieces]
        return Counted(checks=tuple(checks), counts=tuple(each + 1 for each in counts), now=now)

    async def take_back(self, counted: Counted) -> None:
        """Uncount an act that was none: a passcode is counted as wrong before it is looked at."""
        if counted.exceeded() is not None:
            return
        pieces = [_piece(each, counted.now) for each in counted.checks]
        if await self._cache.ask(lambda redis: _take_back_in_redis(redis, pieces)) is None:
            async with self._database.unscoped() as connection:
                for piece in sorted(pieces, key=lambda each: each.key):
                    await connection.execute(
                        update(instance_counters)
                        .where(
                            instance_counters.c.key == piece.key,
                            instance_counters.c.window_start == piece.start,
                            instance_counters.c.count > 0,
                        )
                        .values(count=instance_counters.c.count - 1)
                    )

    async def _count_in_database(self, checks: Sequence[Check], pieces: Sequence[_Piece]) -> list[int]:
        async with self._database.unscoped() as connection:
            async with connection.begin_nested() as attempt:
                # In the order of the keys, so that no two transactions wait for each other.
                by_key = {each.key: await _add(connection, each) for each in sorted(pieces, key=lambda each: each.key)}
                counts = [by_key[piece.key] for piece in pieces]
                if first_exceeded(checks, counts) is not None:
                    await attempt.rollback()
        return counts


async def _add(connection: AsyncConnection, piece: _Piece) -> int:
    added = await connection.execute(
        insert(instance_counters)
        .values(key=piece.key, window_start=piece.start, count=1)
        .on_conflict_do_update(index_elements=["key", "window_start"], set_={"count": instance_counters.c.count + 1})
        .returning(instance_counters.c.count)
    )
    before = await connection.execute(
        select(instance_counters.c.count).where(
            instance_counters.c.key == piece.key, instance_counters.c.window_start == piece.before
        )
    )
    return int(added.scalar_one()) + int(int(before.scalar_one_or_none() or 0) * piece.share)


async def _count_in_redis(redis: "Redis", checks: Sequence[Check], pieces: Sequence[_Piece]) -> list[int]:
    keys: list[str] = []
    arguments: list[int] = []
    for check, piece in zip(checks, pieces, strict=True):
        keys += [_redis_key(piece.key, piece.start), _redis_key(piece.key, piece.before)]
        refuses = int(check.limit.effect == "refuse")
        arguments += [check.limit.count, refuses, int(piece.share * 1_000_000), 2 * piece.seconds]
    counts = await redis.eval(_COUNT, len(keys), *keys, *arguments)
    return [int(each) for each in counts]


async def _look_in_redis(redis: "Redis", pieces: Sequence[_Piece]) -> list[int] | None:
    """None where something else than counts lies there; counting in it fails as well, and turns to PostgreSQL."""
    keys = [_redis_key(piece.key, start) for piece in pieces for start in (piece.start, piece.before)]
    try:
        found = [int(each or 0) for each in await redis.mget(keys)]
    except ValueError:
        return None
    pairs = zip(found[::2], found[1::2], pieces, strict=True)
    return [running + int(before * piece.share) for running, before, piece in pairs]


async def _stored(connection: AsyncConnection, piece: _Piece) -> int:
    rows = await connection.execute(
        select(instance_counters.c.window_start, instance_counters.c.count).where(
            instance_counters.c.key == piece.key, instance_counters.c.window_start.in_((piece.start, piece.before))
        )
    )
    counts = {row[0]: int(row[1]) for row in rows}
    return counts.get(piece.start, 0) + int(counts.get(piece.before, 0) * piece.share)


async def _take_back_in_redis(redis: "Redis", pieces: Sequence[_Piece]) -> bool:
    keys = [_redis_key(piece.key, piece.start) for piece in pieces]
    await redis.eval(_TAKE_BACK, len(keys), *keys)
    return True


def _redis_key(key: str, start: datetime) -> str:
    return f"frontdesk:limit:{key}:{int(start.timestamp())}"


def _piece(check: Check, now: datetime) -> _Piece:
    seconds = int(check.limit.window.total_seconds())
    begun = int(now.timestamp()) // seconds * seconds
    start = datetime.fromtimestamp(begun, UTC)
    return _Piece(
        # A network is part of its key in clear, and what is stored holds hashes only.
        key=hashlib.sha256(check.key.encode()).hexdigest()[:32],
        start=start,
        before=start - timedelta(seconds=seconds),
        share=1 - (now.timestamp() - begun) / seconds,
        seconds=seconds,
    )

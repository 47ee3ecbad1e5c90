"""One line to Redis or Valkey: questions go out as they come, and answers come back in their order.

redis-py knows every command and every kind of server, which takes 6 MB of each process that loads it and most of the
time of a call; here four commands are asked. The protocol (RESP 2) is written and read by hiredis, as it is there.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import Sequence
from typing import Any, cast
from urllib.parse import parse_qsl, unquote, urlsplit

import hiredis
from msgspec import Struct

from frontdesk.errors import Misconfigured
from frontdesk.secret import Secret

Word = str | bytes | int
FAILURES: tuple[type[Exception], ...] = (OSError, TimeoutError, hiredis.HiredisError)
"""What a question may end in, besides the end of whoever asks."""
PORT = 6379
_PARTIAL = object()


class Place(Struct, frozen=True, kw_only=True):
    """Where a server is, and who asks it. `socket` is a path on this machine."""

    host: str = "localhost"
    port: int = PORT
    socket: str = ""
    database: int = 0
    username: str = ""
    password: Secret | None = None
    tls: bool = False
    verified: bool = True
    authorities: str | None = None


class RedisLine:
    """A connection that opens when it is first needed, and again after it was lost. Raises `FAILURES`, as they come.

    Raises Misconfigured for an address that is none.
    """

    def __init__(self, url: str) -> None:
        self._place = place_of(url)
        self._wire: _Wire | None = None
        self._opening = asyncio.Lock()

    async def get(self, key: str) -> bytes | None:
        """What lies there."""
        return cast(bytes | None, await self.ask("GET", key))

    async def set(self, key: str, value: bytes, ex: int) -> None:
        """Lay something there for `ex` seconds."""
        await self.ask("SET", key, value, "EX", ex)

    async def mget(self, keys: Sequence[str]) -> list[bytes | None]:
        """What lies at each."""
        return cast(list[bytes | None], await self.ask("MGET", *keys))

    async def eval(self, script: str, number_of_keys: int, *words: Word) -> Any:
        """What a script in Lua answers; keys come first."""
        return await self.ask("EVAL", script, number_of_keys, *words)

    async def ask(self, *words: Word) -> Any:
        """What any command answers."""
        wire = self._wire
        if wire is None or wire.closed:
            async with self._opening:
                if self._wire is None or self._wire.closed:
                    self._wire = await _opened(self._place)
                wire = self._wire
        return await wire.ask(words)

    def close(self) -> None:
        """Let go. Whoever still waits is told that the line was lost; the next question opens it anew."""
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.close()


def place_of(url: str) -> Place:
    """What a URL says, as redis-py reads it: `redis://`, `rediss://` (TLS) or `unix://`. Raises Misconfigured."""
    try:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
        local = parts.scheme == "unix"
        if parts.scheme not in ("redis", "rediss", "unix") or (local and not parts.path):
            raise ValueError("another kind of address")
        database = options.pop("db", "" if local else parts.path.strip("/"))
        place = Place(
            host=parts.hostname or "localhost",
            port=parts.port or PORT,
            socket=unquote(parts.path) if local else "",
            database=int(database or 0),
            username=unquote(parts.username or ""),
            password=Secret(unquote(parts.password)) if parts.password else None,
            tls=parts.scheme == "rediss",
            verified=options.pop("ssl_cert_reqs", "required") != "none",
            authorities=options.pop("ssl_ca_certs", None),
        )
        if options:
            raise ValueError("an option that nobody knows")
    # The address may hold a password, and the error the address.
    except ValueError:
        raise Misconfigured(
            "REDIS_URL must be redis://, rediss:// or unix://, with no options but db, ssl_cert_reqs and ssl_ca_certs.",
            "REDIS_URL",
        ) from None
    return place


async def _opened(place: Place) -> "_Wire":
    loop = asyncio.get_running_loop()
    if place.socket:
        _, wire = await loop.create_unix_connection(_Wire, place.socket)
    else:
        _, wire = await loop.create_connection(_Wire, place.host, place.port, ssl=_trust(place) if place.tls else None)
    try:
        if place.password is not None:
            await wire.ask(("AUTH", *filter(None, (place.username,)), place.password.reveal()))
        if place.database:
            await wire.ask(("SELECT", place.database))
    except BaseException:
        wire.close()
        raise
    return wire


def _trust(place: Place) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=place.authorities)
    if not place.verified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


class _Wire(asyncio.Protocol):
    """One connection. An answer that nobody waits for any more is dropped in its turn."""

    def __init__(self) -> None:
        self._reader = hiredis.Reader(notEnoughData=_PARTIAL)
        self._waiting: deque[asyncio.Future[Any]] = deque()
        self.closed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        try:
            self._reader.feed(data)
            while (answer := self._reader.gets()) is not _PARTIAL:
                self._answered(answer)
        # What answers there is no Redis, or says what it was not asked.
        except (hiredis.ProtocolError, IndexError):
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_exception(exc or ConnectionResetError("the line was lost"))

    def ask(self, words: Sequence[Word]) -> asyncio.Future[Any]:
        """What is answered to a command, in time."""
        waiting: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._transport.write(hiredis.pack_command(cast(Any, tuple(words))))
        self._waiting.append(waiting)
        return waiting

    def close(self) -> None:
        """At once, whatever is still on its way."""
        self.closed = True
        self._transport.abort()

    def _answered(self, answer: Any) -> None:
        waiting = self._waiting.popleft()
        if waiting.done():
            return
        if isinstance(answer, hiredis.HiredisError):
            waiting.set_exception(answer)
        else:
            waiting.set_result(answer)

"""Servers that are there and say nothing: what a time-out is for."""

import asyncio
import contextlib
import os
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from frontdesk_tenants.embedded import PostgresAddresses

HOST = "127.0.0.1"


@contextmanager
def never_accepting() -> Iterator[int]:
    """A port at which nobody is let in and nobody turned away: its queue is full."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind((HOST, 0))
        listener.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield int(listener.getsockname()[1])


class BlackHole:
    """Takes connections and never answers, or lets `drops` fall, one every few milliseconds, for ever."""

    def __init__(self, drops: bytes = b"") -> None:
        self.port = 0
        self.connections = 0
        self._open = 0
        self._empty = asyncio.Event()
        self.says: bytes | None = None
        """What it answers once it is none any more."""
        self._drops = drops

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        self._open += 1
        self._empty.clear()
        with contextlib.suppress(OSError):
            if self.says is not None:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(self.says)
                await writer.drain()
            for each in self._drops if self.says is None else b"":
                writer.write(bytes([each]))
                await writer.drain()
                await asyncio.sleep(0.02)
            while await reader.read(65536):
                pass
        writer.close()
        self._open -= 1
        if not self._open:
            self._empty.set()

    async def emptied(self) -> None:
        """Until everybody who came has let go."""
        if self._open:
            async with asyncio.timeout(60):
                await self._empty.wait()


@asynccontextmanager
async def black_hole(drops: bytes = b"") -> AsyncIterator[BlackHole]:
    """A black hole at a port of its own."""
    hole = BlackHole(drops)
    server = await asyncio.start_server(hole.serve, HOST, 0)
    hole.port = server.sockets[0].getsockname()[1]
    try:
        yield hole
    finally:
        server.close()


class Wire:
    """Stands between us and PostgreSQL, and passes on what both say until it falls `silent`."""

    def __init__(self, target: str) -> None:
        self.silent = False
        self.url = ""
        self._target = urlsplit(target)
        self._asked = dict(parse_qsl(self._target.query))
        self._ends: list[asyncio.StreamWriter] = []
        self._served: list[asyncio.Task[object]] = []

    def leads_from(self, port: int) -> None:
        """Where it is to be reached."""
        credentials = self._target.netloc.rpartition("@")[0]
        asked = {name: value for name, value in self._asked.items() if name not in ("host", "port")}
        place = f"{credentials}@{HOST}:{port}"
        self.url = self._target._replace(netloc=place, query=urlencode(asked, quote_via=quote)).geturl()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until either side lets go of it."""
        self._ends.append(writer)
        if task := asyncio.current_task():
            self._served.append(task)
        if directory := self._asked.get("host"):
            far_reader, far_writer = await asyncio.open_unix_connection(f"{directory}/.s.PGSQL.5432")
        else:
            far_reader, far_writer = await asyncio.open_connection(self._target.hostname, self._target.port or 5432)
        self._ends.append(far_writer)
        await asyncio.gather(self._pass(reader, far_writer), self._pass(far_reader, writer))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while said := await reader.read(65536):
                if not self.silent:
                    writer.write(said)
                    await writer.drain()
        writer.close()

    async def let_go(self) -> None:
        """Of every connection."""
        for each in self._ends:
            each.close()
        if self._served:
            await asyncio.wait(self._served, timeout=5)


@asynccontextmanager
async def wire_to(postgres: PostgresAddresses) -> AsyncIterator[Wire]:
    """A wire to a database as the application's role."""
    wire = Wire(postgres.app_url)
    server = await asyncio.start_server(wire.serve, HOST, 0)
    wire.leads_from(server.sockets[0].getsockname()[1])
    try:
        yield wire
    finally:
        server.close()
        await wire.let_go()


def held() -> tuple[int, int]:
    """How many files and threads this process has open."""
    return len(os.listdir("/proc/self/fd")), threading.active_count()

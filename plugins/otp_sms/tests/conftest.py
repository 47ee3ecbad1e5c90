"""A gateway with Twilio's interface, as its documents describe it, and whoever is told of deliveries."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import pytest
from msgspec import Struct


class Request(Struct, frozen=True):
    """What somebody asked."""

    line: str
    headers: dict[str, str]
    body: str


class Station:
    """An HTTP server that answers each request with what a test says: status, body."""

    def __init__(self) -> None:
        self.port = 0
        self.requests: list[Request] = []
        self.answer: tuple[int, str] | None = (201, '{"sid": "SM0123456789abcdef"}')
        self.arrived = asyncio.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in head[1:-2])}
            body = (await reader.readexactly(int(headers.get("content-length", 0)))).decode()
            self.requests.append(Request(head[0], headers, body))
            self.arrived.set()
            if self.answer is not None:
                status, said = self.answer
                writer.write(
                    f"HTTP/1.1 {status} Told\r\nContent-Length: {len(said)}\r\nConnection: close\r\n\r\n{said}".encode()
                )
                await writer.drain()
                writer.close()
            else:
                # No answer, until the other end goes.
                await reader.read()
                writer.close()


@contextlib.asynccontextmanager
async def open_station() -> AsyncIterator[Station]:
    """A station on a free port of 127.0.0.1."""
    station = Station()
    server = await asyncio.start_server(station.serve, "127.0.0.1", 0)
    station.port = server.sockets[0].getsockname()[1]
    try:
        yield station
    finally:
        server.close()


@pytest.fixture
def station() -> Callable[[], contextlib.AbstractAsyncContextManager[Station]]:
    """`async with station() as server`: an HTTP server for the length of a block."""
    return open_station

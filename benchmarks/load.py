"""A small load: `python load.py PORT SECONDS CONNECTIONS`, the request on standard input, the result as JSON.

Every connection is kept alive and asks again as soon as it was answered. Answers have one length, that of the first.
"""

import asyncio
import json
import statistics
import sys
import time
from typing import cast

import uvloop


class Asker(asyncio.Protocol):
    """One connection."""

    def __init__(self, request: bytes, until: float, length: int) -> None:
        self._request = request
        self._until = until
        self._length = length
        self._received = 0
        self.times: list[float] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._ask()

    def data_received(self, data: bytes) -> None:
        if self._received == 0 and not data.startswith(b"HTTP/1.1 200 "):
            self._fail(f"an answer began with {data[:80]!r}")
            return
        self._received += len(data)
        if self._received < self._length:
            return
        now = time.perf_counter()
        self.times.append(now - self._asked)
        if self._received > self._length:
            self._fail("an answer was longer than the first")
        elif now >= self._until:
            self._transport.close()
        else:
            self._ask()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)

    def _ask(self) -> None:
        self._received = 0
        self._asked = time.perf_counter()
        self._transport.write(self._request)

    def _fail(self, reason: str) -> None:
        if not self.done.done():
            self.done.set_exception(RuntimeError(reason))
        self._transport.close()


async def first_answer(port: int, request: bytes) -> bytes:
    """One whole answer, head and body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        int(line.partition(b":")[2]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")
    )
    body = await reader.readexactly(length)
    writer.close()
    return head + body


async def measure(port: int, request: bytes, seconds: float, connections: int) -> dict[str, float]:
    """Requests a second, and how long answers took in milliseconds."""
    length = len(await first_answer(port, request))
    loop, start = asyncio.get_running_loop(), time.perf_counter()
    askers = [
        (await loop.create_connection(lambda: Asker(request, start + seconds, length), "127.0.0.1", port))[1]
        for _ in range(connections)
    ]
    await asyncio.gather(*(each.done for each in askers))
    spent = time.perf_counter() - start
    times = sorted(each * 1000 for asker in askers for each in asker.times)
    return {
        "requests": len(times),
        "rate": len(times) / spent,
        "median_ms": statistics.median(times),
        "p99_ms": times[int(len(times) * 0.99)],
    }


if __name__ == "__main__":
    uvloop.install()
    port, seconds, connections = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    print(json.dumps(asyncio.run(measure(port, sys.stdin.buffer.read(), seconds, connections))))

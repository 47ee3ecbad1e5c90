"""Messages of a backend, each about another customer: `python mirrored_load.py SEED_FILE PORT SECONDS NUMBER` signs and
sends them over eight connections, and prints how many were taken."""

import asyncio
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import uvloop
from mirrored_seed import Mirrored

from frontdesk.mirroring import Heard, Subject
from frontdesk.secret import Secret
from frontdesk.testing.mirrored import signed

CONNECTIONS = 8


async def measure(mirrored: Mirrored, port: int, seconds: float, number: str) -> dict[str, float]:
    """How many messages were taken, and how many a second."""
    start = time.perf_counter()
    counts = await asyncio.gather(
        *(_send(mirrored, port, start + seconds, f"{number}_{each}_{start}") for each in range(CONNECTIONS))
    )
    return {"requests": sum(counts), "rate": sum(counts) / (time.perf_counter() - start)}


async def _send(mirrored: Mirrored, port: int, until: float, name: str) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    secret, taken = Secret(mirrored.signing_secret), 0
    while time.perf_counter() < until:
        now = datetime.now(UTC)
        heard = Heard(
            id=f"evt_{name}_{taken}",
            kind="invoice.paid",
            at=now,
            livemode=True,
            about=Subject("customer", f"cus_{name}_{taken}"),
            account="acct_far",
        )
        # What Stripe sends is about this long.
        body = msgspec.json.encode(heard) + b" " * 4000
        head = (
            f"POST {mirrored.path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {len(body)}\r\n"
            f"Far-Signature: {signed(body, secret, now)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        if not answer.startswith(b"HTTP/1.1 200 "):
            raise RuntimeError(f"an answer began with {answer[:80]!r}")
        length = next(
            int(line.partition(b":")[2])
            for line in answer.lower().split(b"\r\n")
            if line.startswith(b"content-length:")
        )
        await reader.readexactly(length)
        taken += 1
    writer.close()
    return taken


if __name__ == "__main__":
    uvloop.install()
    seeded = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Mirrored)
    print(json.dumps(asyncio.run(measure(seeded, int(sys.argv[2]), float(sys.argv[3]), sys.argv[4]))))

"""A server that is called by webhooks, and what a worker does about them."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from msgspec import Struct
from sides import MASTER_KEY

from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_web.config import Config, Smtp
from frontdesk_web.site import Site
from frontdesk_web.webhooks.calling import call_all
from frontdesk_web.webhooks.spreading import spread_all


class Call(Struct, frozen=True, kw_only=True):
    """A call as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        """What it tells."""
        return msgspec.json.decode(self.body)  # type: ignore[no-any-return]


class Receiver:
    """An endpoint of a tenant's: keeps every call that it takes, and answers what it is told to."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.status = 200
        self.before_answer: Callable[[Call], Any] | None = None
        self.port = 0
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """Where it is called."""
        return f"http://127.0.0.1:{self.port}/hooks"

    @property
    def types(self) -> Counter[str]:
        """How often it took each type."""
        return Counter(each.event["type"] for each in self.calls)

    @property
    def ids(self) -> set[str]:
        """The events that it took."""
        return {each.event["id"] for each in self.calls}

    async def up(self) -> None:
        """Answer from now on, at the same port as before."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def down(self) -> None:
        """Be gone."""
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            first, *rest = head.strip().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in rest)}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            call = Call(path=first.split(" ")[1], headers=headers, body=body)
            if self.before_answer is not None:
                await self.before_answer(call)
            if self.status < 300:
                self.calls.append(call)
            writer.write(f"HTTP/1.1 {self.status} OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nthanks".encode())
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """An endpoint that is up."""
    receiver = Receiver()
    await receiver.up()
    try:
        yield receiver
    finally:
        await receiver.down()


@asynccontextmanager
async def webhook_site(
    addresses: PostgresAddresses, *, loopback: bool = True, smtp_port: int | None = None
) -> AsyncIterator[Site]:
    """A process that works on a database, and may call this machine."""
    sender = "billing@frontdesk.example.com"
    smtp = None if smtp_port is None else Smtp(host="127.0.0.1", port=smtp_port, tls="none", sender=sender)
    site = Site(
        Config(
            database_url=addresses.app_url,
            base_url="https://billing.example.com",
            master_keys=(MASTER_KEY,),
            loopback_servers=loopback,
            smtp=smtp,
        )
    )
    await site.open()
    try:
        yield site
    finally:
        await site.aclose()


async def told(site: Site) -> None:
    """What a worker does: look through what happened, and make the calls that are due."""
    await spread_all(site)
    await call_all(site)

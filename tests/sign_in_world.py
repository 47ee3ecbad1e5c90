"""A tenant with a sign-in page, visitors with browsers of their own, and a mail server that keeps what it gets."""

import asyncio
import itertools
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import httpx
import psycopg
import pytest
from aiosmtpd.smtp import SMTP
from laid_out import application
from litestar import Response, get
from litestar.di import NamedDependency
from msgspec.structs import replace
from sides import MASTER_KEY, Tenant, new_tenant, sell, subscribe
from sqlalchemy import select, text

from frontdesk.plugins import PluginHost
from frontdesk_tenants import configurations
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.passcodes import SEND_PASSCODE
from frontdesk_tenants.tables import challenges
from frontdesk_web.config import Config, Smtp
from frontdesk_web.letters.passcode import send_passcode
from frontdesk_web.portal.visit import Visit
from frontdesk_web.signed_in import dependencies, exception_handlers
from frontdesk_web.site import Site

BASE = "https://billing.example.com"
JENNY = "jenny@example.com"
CODE = re.compile(r"\b[0-9]{6,10}\b")
_FIELD = re.compile(r'name="csrf" value="([^"]*)"')
_addresses = itertools.count(1)


class Mailbox:
    """A real SMTP server. `messages` are what it took, oldest first, `raw` their bytes; `port` is where it listens.

    `sender_answers`, `recipient_answers` and `data_answers` are given first, one a letter; then all letters are taken.
    """

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.senders: list[str] = []
        self.sender_answers: list[str] = []
        self.recipient_answers: list[str] = []
        self.data_answers: list[str] = []
        self.port = 0
        self._server: asyncio.Server | None = None

    async def handle_MAIL(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, mail_options: list[str]
    ) -> str:
        if self.sender_answers:
            return self.sender_answers.pop(0)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, rcpt_options: list[str]
    ) -> str:
        if self.recipient_answers:
            return self.recipient_answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.data_answers:
            return self.data_answers.pop(0)
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        self.raw.append(envelope.content)
        self.senders.append(envelope.mail_from)
        return "250 OK"

    async def start(self) -> None:
        """Listen: the first time on a free port, later on the same one."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: SMTP(self, enable_SMTPUTF8=True), "127.0.0.1", self.port)
        self.port = int(self._server.sockets[0].getsockname()[1])

    def stop(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()

    def clear(self) -> None:
        """Forget all messages."""
        for kept in (self.messages, self.raw, self.senders):
            kept.clear()

    def to(self, address: str) -> list[EmailMessage]:
        """The messages to an address."""
        return [each for each in self.messages if each["to"].lower() == address.lower()]


@get("/p/{portal:str}/whoami", dependencies=dependencies, exception_handlers=exception_handlers)
async def whoami(visit: NamedDependency[Visit]) -> Response[dict[str, Any]]:
    """A signed-in page that says who is signed in."""
    return Response(
        {
            "customer": visit.customer,
            "session": visit.session.id,
            "source": visit.actor.source,
            "address": visit.session.address,
            "configuration": visit.configuration_id,
            "locale": visit.locale,
            "csrf": visit.csrf,
        }
    )


class Visitor:
    """A person at one network address, with a browser that keeps cookies."""

    def __init__(self, world: "World", peer: str) -> None:
        self.world = world
        self.peer = peer
        self.http = world.client(peer)

    async def ask(self, email: str, link: str | None = None) -> httpx.Response:
        """Open the login page, post the address, and look at the code page."""
        link = link or self.world.link
        assert (await self.http.get(link)).status_code == 200
        return await self.http.post(link, data={"email": email}, follow_redirects=True)

    async def token(self, link: str | None = None) -> str:
        """The token of the form on the code page."""
        found = _FIELD.search((await self.http.get((link or self.world.link) + "/code")).text)
        assert found is not None
        return found[1]

    async def type(self, code: str, link: str | None = None, token: str | None = None) -> httpx.Response:
        """Post a code."""
        link = link or self.world.link
        return await self.http.post(link + "/code", data={"code": code, "csrf": token or await self.token(link)})

    async def again(self) -> httpx.Response:
        """Ask for another letter."""
        data = {"csrf": await self.token()}
        return await self.http.post(self.world.link + "/code/again", data=data, follow_redirects=True)

    async def sign_in(self, email: str = "jenny@example.com") -> httpx.Response:
        """All of it, with the code from the mailbox."""
        await self.ask(email)
        return await self.type(await self.world.code_for(email))

    async def whoami(self) -> dict[str, Any]:
        """Who is signed in; empty for nobody."""
        answer = await self.http.get(f"/p/{self.world.portal}/whoami")
        return answer.json() if answer.status_code == 200 else {}  # type: ignore[no-any-return]

    def cookie(self, suffix: str = "") -> str | None:
        """The value of a cookie of the portal."""
        return self.http.cookies.get(f"__Host-fd-{self.world.portal}{suffix}")

    def set_cookie(self, suffix: str, value: str) -> None:
        self.http.cookies.set(f"__Host-fd-{self.world.portal}{suffix}", value, domain="billing.example.com", path="/")


class World:
    """One tenant of one test on a running site."""

    def __init__(self, site: Site, app: Any, mailbox: Mailbox, tenant: Tenant) -> None:
        self.site, self.app, self.mailbox, self.tenant = site, app, mailbox, tenant
        self.door = tenant.sandbox.door
        self.portal = self.door.portal
        self.link = f"/p/login/test_{self.door.public_id}{tenant.sandbox.login_token}"

    def client(self, peer: str, app: Any = None) -> httpx.AsyncClient:
        """A browser at a network address."""
        transport = httpx.ASGITransport(app=app or self.app, client=(peer, 50000))
        return httpx.AsyncClient(transport=transport, base_url=BASE)

    def visitor(self, peer: str | None = None) -> Visitor:
        """Somebody from a network, and a block of networks, where nobody else is."""
        number = next(_addresses)
        return Visitor(self, peer or f"10.{number >> 8 & 255}.{number & 255}.7")

    def stranger_networks(self, count: int) -> list[str]:
        """So many addresses, each in a block of its own."""
        return [f"2001:db8:{next(_addresses):x}::1" for _ in range(count)]

    async def customer(self, email: str = "jenny@example.com", *, active: bool = False) -> str:
        """A customer with this address, with a subscription if `active`."""
        price = await sell(self.site.tenancy, self.door) if active else None
        return await subscribe(self.site.tenancy, self.door, price, email=email)

    async def send_letters(self) -> None:
        """Do what the worker does with the waiting codes of this tenant."""
        for row in await self.rows(select(challenges.c.id).where(challenges.c.delivery == "queued")):
            await send_passcode(self.site, self.door.tenant_id, row.id)

    async def code_for(self, email: str) -> str:
        """The newest code that was mailed to an address."""
        await self.send_letters()
        found = CODE.search(self.mailbox.to(email)[-1]["subject"])
        assert found is not None
        return found[0]

    async def rows(self, question: Any) -> list[Any]:
        """Rows of this tenant's sandbox."""
        async with self.site.tenancy.database.side(self.door.tenant_id) as connection:
            return list((await connection.execute(question)).all())

    async def waiting_jobs(self) -> int:
        """Passcode jobs of this tenant that are in the queue."""
        async with self.site.tenancy.database.unscoped() as connection:
            found = await connection.execute(
                text(
                    "SELECT count(*) FROM procrastinate_jobs WHERE task_name = :task AND args ->> 'tenant_id' = :side"
                ),
                {"task": SEND_PASSCODE, "side": str(self.door.tenant_id)},
            )
            return int(found.scalar_one())

    async def configure(self, **changed: Any) -> None:
        """Change the sandbox's default configuration."""
        async with self.site.tenancy.database.side(self.door.tenant_id) as connection:
            configuration = await configurations.read_default(connection)
            changed_one = replace(configuration, version=configuration.version + 1, **changed)
            token = await configurations.login_token(connection, configuration.id)
            await configurations.put(connection, self.door.tenant_id, changed_one, token)


class Clock:
    """The clock of a database that one test has to itself. Time stands still, and goes where it is told."""

    def __init__(self, addresses: PostgresAddresses) -> None:
        self._addresses = addresses
        with psycopg.connect(addresses.owner_url) as connection:
            row = connection.execute("SELECT date_trunc('hour', now())").fetchone()
        assert row is not None
        self.now = row[0]
        self.set()

    def forward(self, **by: float) -> None:
        """Move on: `forward(minutes=10)`."""
        self.now += timedelta(**by)
        self.set()

    def set(self) -> None:
        with psycopg.connect(self._addresses.owner_url, autocommit=True) as connection:
            connection.execute(
                "CREATE OR REPLACE FUNCTION frontdesk_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE "
                f"RETURN timestamptz '{self.now.isoformat()}'"
            )


@asynccontextmanager
async def open_site(
    postgres: PostgresAddresses,
    valkey_url: str | None,
    smtp_port: int,
    *,
    plugins: PluginHost | None = None,
    **changed: Any,
) -> AsyncIterator[tuple[Site, Any]]:
    """A running site on a database, as one web process has it."""
    config = Config(
        database_url=postgres.app_url,
        base_url=BASE,
        master_keys=(MASTER_KEY,),
        redis_url=valkey_url,
        smtp=Smtp(host="127.0.0.1", port=smtp_port, tls="none", sender="billing@frontdesk.example.com"),
    )
    site = Site(replace(config, **changed), plugins)
    await site.open()
    with application(site, (whoami,)) as outer:

        async def served(scope: Any, receive: Any, send: Any) -> None:
            # As servers do; httpx does not.
            scope.setdefault("state", {})
            await outer(scope, receive, send)

        try:
            yield site, served
        finally:
            await site.aclose()


@pytest.fixture(scope="session")
async def mailbox() -> AsyncIterator[Mailbox]:
    """The mail server of all these tests."""
    mailbox = Mailbox()
    await mailbox.start()
    yield mailbox
    mailbox.stop()


@pytest.fixture(scope="session")
async def site_and_app(
    postgres: PostgresAddresses, valkey_url: str, mailbox: Mailbox
) -> AsyncIterator[tuple[Site, Any]]:
    """The site of all tests that leave the clock alone."""
    async with open_site(postgres, valkey_url, mailbox.port) as running:
        yield running


@pytest.fixture
async def world(site_and_app: tuple[Site, Any], mailbox: Mailbox) -> World:
    """A tenant of this test alone."""
    mailbox.clear()
    return World(*site_and_app, mailbox, await new_tenant(site_and_app[0].tenancy))


@pytest.fixture
async def timed_world(
    fresh_database: Callable[[], PostgresAddresses], valkey_url: str, mailbox: Mailbox
) -> AsyncIterator[tuple[World, Clock]]:
    """A tenant on a database of its own, whose clock stands until it is moved."""
    mailbox.clear()
    addresses = fresh_database()
    clock = Clock(addresses)
    async with open_site(addresses, valkey_url, mailbox.port) as (site, app):
        yield World(site, app, mailbox, await new_tenant(site.tenancy)), clock

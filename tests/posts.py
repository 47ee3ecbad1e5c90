"""A mail server that a test can take down, and the site of a tenant whose letters go there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from sides import MASTER_KEY
from sqlalchemy import TextClause, text

from frontdesk.plugins import PluginHost
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.config import Config, Smtp
from frontdesk_web.site import Site

ACCEPT = "250 OK"


class Mailbox:
    """Takes letters on a free port of this machine. `answers` are given first, one a letter; then all are accepted.

    A letter that is answered with anything but 250 counts as refused. `hang` leaves a letter without an answer;
    `unknown` are addresses that nobody has here.
    """

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.refused = 0
        self.answers: list[str] = []
        self.unknown: set[str] = set()
        self.hang = False
        self.hanging = asyncio.Event()
        self.port = 0
        self._server: asyncio.Server | None = None
        self._arrived = asyncio.Condition()

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(self, hostname="localhost", enable_SMTPUTF8=True), "127.0.0.1", self.port
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def aclose(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.unknown:
            self.refused += 1
            async with self._arrived:
                self._arrived.notify_all()
            return f"550 5.1.1 {address} is unknown here"
        envelope.rcpt_tos.append(address)
        return ACCEPT

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.hang:
            self.hanging.set()
            await asyncio.sleep(3600)
        answer = self.answers.pop(0) if self.answers else ACCEPT
        if answer.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            letter: Any = message_from_bytes(content, policy=default)
            self.letters.append(letter)
            self.raw.append(content)
        else:
            self.refused += 1
        async with self._arrived:
            self._arrived.notify_all()
        return answer

    async def arrived(self, number: int, seconds: float = 60) -> list[EmailMessage]:
        """The letters, once there are so many."""
        async with asyncio.timeout(seconds), self._arrived:
            await self._arrived.wait_for(lambda: len(self.letters) >= number)
        return self.letters

    async def refusals(self, number: int, seconds: float = 60) -> None:
        """Wait until so many letters were refused."""
        async with asyncio.timeout(seconds), self._arrived:
            await self._arrived.wait_for(lambda: self.refused >= number)

    def about(self, text: str) -> list[EmailMessage]:
        """The letters whose subject has this in it."""
        return [each for each in self.letters if text in str(each["subject"])]


def plain(letter: EmailMessage) -> str:
    """A letter's text without its markup."""
    body = letter.get_body(preferencelist=("plain",))
    assert body is not None
    return str(body.get_content())


async def at_once(tenancy: Tenancy, seconds: float = 60) -> None:
    """Wait until a job failed and is to be tried again later, and have it tried again at once."""
    sooner = text("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo' AND scheduled_at > now()")
    async with asyncio.timeout(seconds):
        while not await _changed(tenancy, sooner):  # noqa: ASYNC110 - the database sets no event of ours
            await asyncio.sleep(0.05)


async def _changed(tenancy: Tenancy, statement: TextClause) -> int:
    async with tenancy.database.unscoped() as connection:
        return int((await connection.execute(statement)).rowcount)


@asynccontextmanager
async def mailbox() -> AsyncIterator[Mailbox]:
    made = Mailbox()
    await made.open()
    try:
        yield made
    finally:
        await made.aclose()


def site_of(
    database_url: str,
    smtp_port: int | None,
    plugins: PluginHost | None = None,
    base_url: str = "http://127.0.0.1:8000",
) -> Site:
    """A site on this database whose operator's mail server listens on this port."""
    smtp = None
    if smtp_port is not None:
        smtp = Smtp(host="127.0.0.1", port=smtp_port, tls="none", sender="billing@frontdesk.example")
    config = Config(
        database_url=database_url,
        base_url=base_url,
        master_keys=(MASTER_KEY,),
        smtp=smtp,
        plain_http=True,
    )
    return Site(config, plugins)

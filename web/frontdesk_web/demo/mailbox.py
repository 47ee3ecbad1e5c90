"""The demo's mail server, its gateway for text messages, and the page that shows what either received.

Never part of a real installation.
"""

import asyncio
import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import msgspec
from aiosmtpd.smtp import SMTP, Envelope, Session
from litestar import Response, get, post
from litestar.di import NamedDependency

from frontdesk_web.any_request import AnyRequest
from frontdesk_web.languages import negotiate
from frontdesk_web.letter_views import MailboxMessage, MailboxPage
from frontdesk_web.portal.frames import BrandView, Frame
from frontdesk_web.site import Site

PATH = "/demo/mailbox"
GATEWAY = "/demo/cgi-bin/sendsms"
"""Where the demo takes text messages, spoken to as Kannel is."""
KEPT = 200
_CODE = re.compile(r"^\s*(\d{6,10})\s*$", re.ASCII | re.MULTILINE)
_BOUND_CODE = re.compile(r"^@\S+ #(\d{6,10})$", re.ASCII | re.MULTILINE)


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One letter as it was received. `code` is the passcode, which has a line of its own; empty where there is none.

    `by_phone` says that it is a text message, `to` a phone number then.
    """

    to: str
    subject: str
    text: str
    received: str
    code: str = ""
    by_phone: bool = False


class Mailbox:
    """Receives over SMTP and remembers the newest letters, across starts."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.messages: list[Message] = []
        if file.exists():
            self.messages = msgspec.json.decode(file.read_bytes(), type=list[Message])
        self._server: asyncio.Server | None = None

    async def open(self) -> int:
        """Listen on a free port of this machine; returns it."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: SMTP(self, hostname="localhost"), "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def aclose(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()

    def clear(self) -> None:
        """Forget all letters."""
        self.messages = []
        self._keep()

    def take_text(self, number: str, text: str) -> None:
        """A text message has arrived on somebody's phone."""
        code = _BOUND_CODE.search(text)
        self._add(
            Message(
                to=number,
                subject="",
                text=text,
                received=datetime.now(UTC).isoformat(timespec="seconds"),
                code="" if code is None else code[1],
                by_phone=True,
            )
        )

    def _add(self, message: Message) -> None:
        self.messages.insert(0, message)
        del self.messages[KEPT:]
        self._keep()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """aiosmtpd calls this for each letter."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        letter: Any = message_from_bytes(content, policy=default)
        for recipient in envelope.rcpt_tos:
            self._add(_message(recipient, letter))
        return "250 OK"

    def _keep(self) -> None:
        self._file.write_bytes(msgspec.json.encode(self.messages))


def _message(recipient: str, letter: EmailMessage) -> Message:
    body = letter.get_body(preferencelist=("plain",))
    text = body.get_content() if body is not None else ""
    date = letter["date"]
    code = _CODE.search(text)
    return Message(
        to=recipient,
        subject=str(letter["subject"] or ""),
        text=text,
        received="" if date is None else parsedate_to_datetime(str(date)).isoformat(),
        code="" if code is None else code.group(1),
    )


def routes_of(mailbox: Mailbox) -> tuple[Any, ...]:
    """The page and its JSON twin."""

    @get(PATH)
    async def page(request: AnyRequest, site: NamedDependency[Site]) -> Response[bytes]:
        locale = negotiate(request.headers.get("accept-language", ""))
        shown = tuple(
            MailboxMessage(
                to=each.to,
                subject=each.subject,
                received=each.received,
                text=each.text,
                code=each.code,
                by_phone=each.by_phone,
            )
            for each in mailbox.messages
        )
        frame = Frame(brand=BrandView(name="Frontdesk"), languages=())
        html = site.renderer.page(locale, frame, MailboxPage(messages=shown))
        return Response(html, media_type="text/html; charset=utf-8")

    @get(f"{PATH}.json")
    async def as_json() -> Response[bytes]:
        return Response(msgspec.json.encode(mailbox.messages), media_type="application/json")

    @post(GATEWAY)
    async def take_text(request: AnyRequest) -> Response[str]:
        number = request.headers.get("x-kannel-to", "")
        if number:
            mailbox.take_text(number, (await request.body()).decode("utf-8", "replace"))
        said = (202, "0: Accepted for delivery") if number else (400, "Missing receiver number, rejected")
        return Response(said[1], status_code=said[0], media_type="text/plain")

    return (page, as_json, take_text)

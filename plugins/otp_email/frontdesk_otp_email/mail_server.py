"""A mail server: one connection for each letter, so that letters share nothing and a restart loses nothing."""

import asyncio
import contextlib
import logging
import ssl
import time
from collections.abc import AsyncIterator
from email.message import EmailMessage

from aiosmtplib import SMTP, SMTPException

from frontdesk import Delivery, Letter, Misconfigured
from frontdesk_otp_email.answers import meaning, quoted
from frontdesk_otp_email.dkim import signed
from frontdesk_otp_email.message import POLICY, Unwritable, envelope_address, write_message
from frontdesk_otp_email.settings import EmailSettings

logger = logging.getLogger(__name__)

_ANSWERS = 3
"""A whole delivery may take as long as this many answers: a server that drips holds no worker."""


class MailServer:
    """Takes letters (SMTP, RFC 5321). A bounce that comes later, as a letter, is not seen here."""

    def __init__(self, settings: EmailSettings) -> None:
        self.settings = settings
        self._tls: ssl.SSLContext | None = None

    async def check(self) -> None:
        """Connect, encrypt and sign in, without sending. Raises Misconfigured or Unavailable."""
        try:
            async with self._connection():
                pass
        except (SMTPException, OSError) as error:
            meaning(error, None)

    async def deliver(self, letter: Letter) -> Delivery:
        """Hand the letter over. A letter that cannot be written as a message is rejected without being sent."""
        try:
            message = write_message(letter, letter.sender or self.settings.sender)
        except Unwritable as error:
            if error.field == "sender":
                raise Misconfigured("The sender address is no address.", "sender") from None
            return Delivery(outcome="bounced" if error.field == "to" else "rejected", detail=str(error))
        try:
            delivery = await self._hand_over(letter, message)
        except (SMTPException, OSError) as error:
            delivery = meaning(error, letter)
        # Neither address nor words: the message id is what a mail server's own log knows the letter by.
        logger.info(
            "letter handed over",
            extra={"purpose": letter.purpose, "message_id": letter.message_id, "outcome": delivery.outcome},
        )
        return delivery

    async def _hand_over(self, letter: Letter, message: EmailMessage) -> Delivery:
        sender, recipient = envelope_address(letter.sender or self.settings.sender), envelope_address(letter.to)
        async with self._connection() as server:
            international = not (sender.isascii() and recipient.isascii())
            if international:
                await server.ehlo()
            if international and not server.supports_extension("smtputf8"):
                return Delivery(outcome="bounced", detail="The mail server takes no such address (RFC 6531).")
            content = message.as_bytes(policy=POLICY.clone(utf8=international))
            if letter.dkim is not None:
                content = signed(content, letter.dkim, int(time.time()))
            options = ["SMTPUTF8", "BODY=8BITMIME"] if international else []
            _, answer = await server.sendmail(sender, [recipient], content, mail_options=options)
            return Delivery(outcome="accepted", reference=quoted(None, answer, letter) or None)

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncIterator[SMTP]:
        """A server that knows us. Raises what the mail client raises, and OSError."""
        settings = self.settings
        server = SMTP(
            hostname=settings.host,
            port=settings.port,
            use_tls=settings.tls == "tls",
            start_tls=settings.tls == "starttls",
            tls_context=self._tls_context() if settings.tls != "none" else None,
            username=settings.username or None,
            password=settings.password.reveal() if settings.password else None,
            # The default asks the resolver for this machine's own name, which may take long where there is none.
            local_hostname=envelope_address(settings.sender).rpartition("@")[2],
            timeout=settings.timeout,
        )
        try:
            async with asyncio.timeout(settings.timeout * _ANSWERS):
                await server.connect()
                yield server
            # Outside the time limit: what was accepted stays accepted, however the goodbye goes.
            with contextlib.suppress(SMTPException, OSError):
                await server.quit(timeout=1)
        finally:
            server.close()

    def _tls_context(self) -> ssl.SSLContext:
        if self._tls is None:
            try:
                self._tls = ssl.create_default_context(cadata=self.settings.ca_certificate or None)
            except (ssl.SSLError, ValueError):
                raise Misconfigured("This is no certificate in PEM form.", "ca_certificate") from None
        return self._tls

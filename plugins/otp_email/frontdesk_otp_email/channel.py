"""The channel as the product knows it.

What speaks to mail servers is loaded by the first letter: web processes leave letters to the workers and stay smaller.
"""

from functools import cached_property
from typing import TYPE_CHECKING

from frontdesk import Delivery, Letter, PasscodeChannel
from frontdesk_otp_email.settings import EmailSettings

if TYPE_CHECKING:
    from frontdesk_otp_email.mail_server import MailServer


class EmailChannel(PasscodeChannel[EmailSettings]):
    """Hands letters to a mail server."""

    name = "otp_email"
    title = "E-mail"
    Settings = EmailSettings
    own_senders = True

    async def check(self) -> None:
        """Connect, encrypt and sign in, without sending. Raises Misconfigured or Unavailable."""
        await self._server.check()

    async def deliver(self, letter: Letter) -> Delivery:
        """Hand the letter over. A letter that cannot be written as a message is rejected without being sent."""
        return await self._server.deliver(letter)

    @cached_property
    def _server(self) -> "MailServer":
        from frontdesk_otp_email.mail_server import MailServer

        return MailServer(self.settings)

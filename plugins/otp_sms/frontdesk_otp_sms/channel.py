"""The channel as the product knows it.

What speaks HTTP and what knows the world's numbering plans is loaded by the first text: web processes stay smaller.
"""

import unicodedata
from functools import cached_property
from typing import TYPE_CHECKING

from frontdesk import Caps, Delivery, Destination, Letter, PasscodeChannel, Report
from frontdesk.short_texts import fits
from frontdesk_otp_sms.settings import SmsSettings

if TYPE_CHECKING:
    from frontdesk_otp_sms.gateway import Gateway

_BREAKS = frozenset({"Cc", "Cs", "Zl", "Zp"})


class SmsChannel(PasscodeChannel[SmsSettings]):
    """Hands texts to a gateway."""

    name = "otp_sms"
    title = "Text message"
    Settings = SmsSettings
    address_kind = "phone"
    reports = True

    @property
    def caps(self) -> Caps:
        """What the tenant allows; never more than trust.md §A2."""
        return Caps(per_hour=self.settings.per_hour, per_day=self.settings.per_day)

    def destination(self, address: str) -> Destination | None:
        """The number as E.164; None where no text goes to it."""
        from frontdesk_otp_sms.numbers import destination

        return destination(address, self.settings)

    async def check(self) -> None:
        """Sign in to the gateway without sending. Raises Misconfigured or Unavailable."""
        await self._gateway.check()

    async def deliver(self, letter: Letter) -> Delivery:
        """Hand the text over: the letter's `text` alone, as one message. What is no such text is never sent."""
        for field in ("subject", "sender_name", "reply_to", "message_id"):
            if any(unicodedata.category(each) in _BREAKS for each in getattr(letter, field) or ""):
                return Delivery(outcome="rejected", detail=f"{field} holds a control character")
        destination = self.destination(letter.to)
        if destination is None:
            return Delivery(outcome="bounced", detail="No texts go to numbers of this kind or country.")
        if not fits(letter.text.strip()):
            return Delivery(outcome="rejected", detail="The text is longer than one message.")
        return await self._gateway.send(letter, destination.to)

    def read_report(self, report: Report) -> Delivery | None:
        """What became of a text on its way to the phone; None while that is open, or if the gateway did not say it."""
        return self._gateway.read_report(report)

    async def aclose(self) -> None:
        """Let go of connections. May be called twice."""
        if "_gateway" in self.__dict__:
            await self._gateway.aclose()

    @cached_property
    def _gateway(self) -> "Gateway":
        if self.settings.kind == "twilio":
            from frontdesk_otp_sms.twilio import Twilio

            return Twilio(self.settings, self.transport)
        from frontdesk_otp_sms.kannel import Kannel

        return Kannel(self.settings, self.transport)

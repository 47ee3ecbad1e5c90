"""The contract of a passcode channel, as tests.

class TestMine(PasscodeChannelContract):
    def make_channel(self) -> MyChannel:
        return MyChannel(MySettings(...))
"""

import logging
from abc import ABC, abstractmethod

import pytest
from msgspec.structs import fields, replace

from frontdesk.channels import AnyChannel, DkimKey, Letter
from frontdesk.contracts import broken_terms
from frontdesk.errors import Misconfigured
from frontdesk.secret import Secret
from frontdesk.settings import MASK, decode_settings, encode_settings

CODE = "493827"
LETTER = Letter(
    to="jenny@example.com",
    subject=f"{CODE} is your code for Example – Zürich",
    text=f"Your code is {CODE}.\n\nIt works for ten minutes.\n",
    html=f"<p>Your code is <strong>{CODE}</strong>.</p>",
    sender_name="Example & Söhne, Ltd.",
    reply_to="help@example.com",
    message_id="<contract.1@frontdesk.example>",
    language="en",
    purpose="passcode",
)
"""A letter as a channel gets it."""

SENDER = "billing@acme.example"

INJECTIONS = ("\r\nBcc: thief@example.com", "\nBcc: thief@example.com", "\rBcc: thief@example.com", "\0")


class PasscodeChannelContract(ABC):
    """What every passcode channel must do. Subclass it in a test file and say how a working channel is made."""

    letter = LETTER
    """The letter that is sent; another one if the channel's test station takes only certain addresses."""

    @abstractmethod
    def make_channel(self) -> AnyChannel:
        """A channel that works: what it is given arrives at a test station."""

    def make_dkim(self) -> DkimKey | None:
        """A key pair of the test's own, where the channel says `own_senders`."""
        return None

    def test_the_class_is_what_its_hook_asks_for(self) -> None:
        assert broken_terms("otp_channels", type(self.make_channel())) == []

    def test_settings_survive_storing_and_never_show_a_secret(self) -> None:
        settings = self.make_channel().settings
        secrets = [each.encode_name for each in fields(settings) if isinstance(getattr(settings, each.name), Secret)]
        assert decode_settings(type(settings), encode_settings(settings, reveal=True)) == settings
        shown = encode_settings(settings)
        assert [shown[name] for name in secrets] == [MASK] * len(secrets)

    @pytest.mark.asyncio
    async def test_check_passes_and_closing_twice_is_harmless(self) -> None:
        channel = self.make_channel()
        await channel.check()
        await channel.aclose()
        await channel.aclose()

    @pytest.mark.asyncio
    async def test_a_letter_is_accepted_and_may_be_sent_again(self) -> None:
        channel = self.make_channel()
        try:
            outcomes = [(await channel.deliver(self.letter)).outcome for _ in range(2)]
        finally:
            await channel.aclose()
        assert outcomes == ["accepted", "accepted"]

    @pytest.mark.asyncio
    async def test_a_letter_without_its_optional_parts_is_accepted(self) -> None:
        channel = self.make_channel()
        try:
            delivery = await channel.deliver(replace(self.letter, html=None, reply_to=None, sender_name=""))
        finally:
            await channel.aclose()
        assert delivery.outcome == "accepted"

    @pytest.mark.parametrize("field", ["to", "subject", "sender_name", "reply_to", "message_id"])
    @pytest.mark.parametrize("injection", INJECTIONS)
    @pytest.mark.asyncio
    async def test_a_header_with_a_line_break_is_not_carried(self, field: str, injection: str) -> None:
        channel = self.make_channel()
        letter = replace(self.letter, **{field: f"{getattr(self.letter, field) or ''}{injection}"})
        try:
            delivery = await channel.deliver(letter)
        finally:
            await channel.aclose()
        assert delivery.outcome != "accepted"

    @pytest.mark.asyncio
    async def test_the_code_is_in_no_log_and_no_report(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        channel = self.make_channel()
        try:
            delivery = await channel.deliver(self.letter)
        finally:
            await channel.aclose()
        assert CODE in self.letter.text
        assert CODE not in repr(delivery)
        assert CODE not in caplog.text
        assert CODE not in "".join(repr(vars(each)) for each in caplog.records)

    # -- only of channels that say `own_senders`; for the others these letters are like the one above ------------------

    def _from_its_own_sender(self, channel: AnyChannel, sender: str = SENDER) -> Letter:
        if not channel.own_senders:
            return self.letter
        return replace(self.letter, sender=sender, dkim=self.make_dkim())

    @pytest.mark.asyncio
    async def test_a_letter_from_a_sender_of_its_own_is_accepted_and_its_key_is_in_no_log_and_no_report(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        channel = self.make_channel()
        letter = self._from_its_own_sender(channel)
        try:
            delivery = await channel.deliver(letter)
        finally:
            await channel.aclose()
        assert delivery.outcome == "accepted"
        if letter.dkim is not None:
            told = repr(delivery) + caplog.text + "".join(repr(vars(each)) for each in caplog.records)
            lines = letter.dkim.private_key.reveal().splitlines()
            assert not any(each in told for each in lines if each.strip())

    @pytest.mark.parametrize("injection", INJECTIONS)
    @pytest.mark.asyncio
    async def test_a_sender_with_a_line_break_is_not_carried(self, injection: str) -> None:
        channel = self.make_channel()
        letter = self._from_its_own_sender(channel, SENDER + injection)
        try:
            accepted = (await channel.deliver(letter)).outcome == "accepted"
        except Misconfigured:
            accepted = False
        finally:
            await channel.aclose()
        assert accepted is (letter.sender is None)

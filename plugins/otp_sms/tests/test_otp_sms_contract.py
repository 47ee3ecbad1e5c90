"""The text channel keeps the contract of a passcode channel: at a real Kannel, and at what speaks as Twilio does."""

from typing import Literal

import pytest
from kannel import ACCOUNT, PASSWORD, Kannel
from msgspec.structs import replace
from twilio_reports import signed_report

from frontdesk import Report, Secret
from frontdesk.channels import AnyChannel
from frontdesk.testing.channels import LETTER, PasscodeChannelContract
from frontdesk_otp_sms import SmsChannel, SmsSettings, otp_channels

NUMBER = "+491713920012"
NOWHERE = ("+49 900 1 123456", "+49 30 1234567", "+33 6 12 34 56 78", "+881 612345678")
"""A premium number, a landline, another country, a satellite phone."""


class TestKannel(PasscodeChannelContract):
    letter = replace(LETTER, to=NUMBER)
    nowhere = NOWHERE

    @pytest.fixture(autouse=True)
    async def gateway(self, kannel: Kannel, station):
        self.kannel = kannel
        async with station() as self.told:
            self.told.answer = (204, "")
            yield

    def make_report(self, outcome: Literal["accepted", "bounced"], url: str) -> Report:
        return Report(url=url, query={"type": "1" if outcome == "accepted" else "2"}, form={}, headers={})

    def report_url(self, channel: AnyChannel) -> str:
        return f"{self.told.url}/reports/side.letter.proof"

    def make_channel(self) -> SmsChannel:
        return SmsChannel(
            SmsSettings(kind="kannel", url=self.kannel.url, account=ACCOUNT, secret=Secret(PASSWORD), countries=("DE",))
        )


class TestTwilio(PasscodeChannelContract):
    letter = replace(LETTER, to=NUMBER)
    nowhere = NOWHERE
    reports_are_signed = True

    @pytest.fixture(autouse=True)
    async def gateway(self, station):
        async with station() as self.server:
            yield

    def make_channel(self) -> SmsChannel:
        return SmsChannel(
            SmsSettings(kind="twilio", url=self.server.url, account="AC1", secret=Secret("token"), countries=("DE",))
        )

    def make_report(self, outcome: Literal["accepted", "bounced"], url: str) -> Report:
        status = "delivered" if outcome == "accepted" else "undelivered"
        return signed_report(url, {"MessageStatus": status, "MessageSid": "SM1"})


def test_hook_otp_channels() -> None:
    assert otp_channels() == [SmsChannel]

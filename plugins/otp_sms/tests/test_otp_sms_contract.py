"""The text channel keeps the contract of a passcode channel: at a real Kannel, and at what speaks as Twilio does."""

import pytest
from kannel import ACCOUNT, PASSWORD, Kannel
from msgspec.structs import replace

from frontdesk import Secret
from frontdesk.testing.channels import LETTER, PasscodeChannelContract
from frontdesk_otp_sms import SmsChannel, SmsSettings, otp_channels

NUMBER = "+491713920012"


class TestKannel(PasscodeChannelContract):
    letter = replace(LETTER, to=NUMBER)

    @pytest.fixture(autouse=True)
    def gateway(self, kannel: Kannel) -> None:
        self.kannel = kannel

    def make_channel(self) -> SmsChannel:
        return SmsChannel(
            SmsSettings(kind="kannel", url=self.kannel.url, account=ACCOUNT, secret=Secret(PASSWORD), countries=("DE",))
        )


class TestTwilio(PasscodeChannelContract):
    letter = replace(LETTER, to=NUMBER)

    @pytest.fixture(autouse=True)
    async def gateway(self, station):
        async with station() as self.server:
            yield

    def make_channel(self) -> SmsChannel:
        return SmsChannel(
            SmsSettings(kind="twilio", url=self.server.url, account="AC1", secret=Secret("token"), countries=("DE",))
        )


def test_hook_otp_channels() -> None:
    assert otp_channels() == [SmsChannel]

"""The e-mail channel keeps the contract of a passcode channel, with and without encryption."""

import pytest
from dkim_keys import throw_away_key

from frontdesk import Secret
from frontdesk.channels import DkimKey
from frontdesk.testing.channels import PasscodeChannelContract
from frontdesk_otp_email import EmailChannel, EmailSettings, otp_channels


class TestPlainServer(PasscodeChannelContract):
    @pytest.fixture(autouse=True)
    async def station(self, mail_station):
        async with mail_station() as self.server:
            yield

    def make_channel(self) -> EmailChannel:
        return EmailChannel(
            EmailSettings(host="127.0.0.1", port=self.server.port, tls="none", sender="billing@example.com")
        )

    def make_dkim(self) -> DkimKey:
        return throw_away_key("acme.example", "fdabc")[0]


class TestServerWithPassword(PasscodeChannelContract):
    @pytest.fixture(autouse=True)
    async def station(self, mail_station, certificate_for):
        path, self.authority = certificate_for("127.0.0.1")
        async with mail_station("starttls", path, auth_required=True) as self.server:
            yield
        assert all(self.server.encrypted)

    def make_channel(self) -> EmailChannel:
        return EmailChannel(
            EmailSettings(
                host="127.0.0.1",
                port=self.server.port,
                username="shop",
                password=Secret("correct horse"),
                ca_certificate=self.authority,
                sender="billing@example.com",
            )
        )


def test_hook_otp_channels() -> None:
    assert otp_channels() == [EmailChannel]

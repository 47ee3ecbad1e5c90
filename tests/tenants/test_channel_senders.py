"""Who is given a sender's key: a channel that says what for, and no other. Where channels stand among each other."""

import uuid

import pytest
from dkim_keys import throw_away_key
from msgspec import Struct
from msgspec.structs import replace

from frontdesk import Delivery, Letter, PasscodeChannel
from frontdesk.testing.channels import LETTER
from frontdesk_tenants.channels import EnabledPlugin, LiveChannel, rank


class NoSettings(Struct, frozen=True):
    """Nothing to set."""


class Stranger(PasscodeChannel[NoSettings]):
    """A channel as plugins wrote them before letters had senders."""

    name = "stranger"
    title = "A stranger's"
    Settings = NoSettings

    def __init__(self, settings: NoSettings) -> None:
        super().__init__(settings)
        self.carried: list[Letter] = []

    async def deliver(self, letter: Letter) -> Delivery:
        self.carried.append(letter)
        return Delivery(outcome="accepted")


class Signing(Stranger):
    """One that honours senders."""

    own_senders = True


@pytest.mark.parametrize(
    ("kind", "operators", "given"),
    [(Stranger, True, False), (Stranger, False, False), (Signing, True, True), (Signing, False, False)],
)
async def test_a_key_goes_to_a_channel_that_signs_on_the_operators_servers_alone(
    kind: type[Stranger], operators: bool, given: bool
) -> None:
    channel = kind(NoSettings())
    own = replace(LETTER, sender="billing@acme.example", dkim=throw_away_key("acme.example", "fdabc")[0])
    live = LiveChannel(channel, uuid.uuid4(), operators=operators)
    assert (await live.deliver(own)).outcome == "accepted"
    assert live.own_senders is given
    assert channel.carried == [own if given else LETTER]
    assert live.sender is None


def test_where_channels_stand() -> None:
    def order(*plugins: tuple[str, int | None, bool]) -> list[str]:
        found = [
            EnabledPlugin(name=name, sealed=b"own" if own else None, version=1, position=at)
            for name, at, own in plugins
        ]
        mails = [each.position for each in found if "sms" not in each.name and each.position is not None]
        ranked = sorted(
            found, key=lambda each: rank(each, "phone" if "sms" in each.name else "email", min(mails, default=None))
        )
        return [each.name for each in ranked]

    assert order(("sms", None, True), ("mail", None, False)) == ["mail", "sms"]
    assert order(("mail", None, False), ("own_mail", None, True)) == ["own_mail", "mail"]
    assert order(("mail", 1, False), ("sms", 0, True)) == ["sms", "mail"]
    # A mail server of its own that comes later takes the first mail's place; anything else comes last.
    assert order(("mail", 1, False), ("sms", 0, True), ("own_mail", None, True)) == ["sms", "own_mail", "mail"]
    assert order(("mail", 0, False), ("sms", None, True)) == ["mail", "sms"]
    assert order(("mail", 0, False), ("other", None, False)) == ["mail", "other"]

"""Letters from a tenant's own domain are signed so that a verifier that is not ours believes them."""

import re

import pytest
from dkim_keys import throw_away_key, verifies
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from frontdesk import Letter, Misconfigured, Secret
from frontdesk.testing.channels import LETTER
from frontdesk_otp_email import EmailChannel, EmailSettings
from frontdesk_otp_email.dkim import signed
from frontdesk_otp_email.message import write_message

KEY, RECORD = throw_away_key("acme.example", "fdabc")
OTHER_KEY, OTHER_RECORD = throw_away_key("acme.example", "fdabc")
OWN = replace(LETTER, sender="rechnung@acme.example", dkim=KEY)


async def arrived(station, letter: Letter) -> bytes:
    settings = EmailSettings(host="127.0.0.1", port=station.port, tls="none", sender="billing@frontdesk.example")
    assert (await EmailChannel(settings).deliver(letter)).outcome == "accepted"
    return station.envelopes[-1].content


async def test_what_arrives_is_signed_by_the_domain_it_comes_from(mail_station) -> None:
    async with mail_station() as station:
        message = await arrived(station, OWN)
        (parsed,), (envelope,) = station.messages(), station.envelopes
    assert parsed["From"].addresses[0].addr_spec == envelope.mail_from == "rechnung@acme.example"
    assert parsed["From"].addresses[0].display_name == LETTER.sender_name
    assert parsed["Reply-To"] == LETTER.reply_to
    assert verifies(message, RECORD)
    assert not verifies(message, OTHER_RECORD)
    assert not verifies(message, None)
    assert max(map(len, message.split(b"\r\n"))) <= 998


async def test_without_a_sender_of_its_own_it_is_as_ever(mail_station) -> None:
    async with mail_station() as station:
        message = await arrived(station, LETTER)
        (parsed,) = station.messages()
    assert parsed["From"].addresses[0].addr_spec == "billing@frontdesk.example"
    assert parsed["DKIM-Signature"] is None
    assert not verifies(message, RECORD)


@pytest.mark.parametrize(
    "change",
    [
        lambda message: message.replace(b"From: ", b"From: Eve ", 1),
        lambda message: message.replace(b"\r\nTo: ", b"\r\nTo: eve@example.com, ", 1),
        lambda message: re.sub(rb"Subject: ", b"Subject: Not ", message, count=1),
        lambda message: b"From: eve@example.com\r\n" + message,
        lambda message: b"Subject: Pay here\r\n" + message,
        lambda message: b"Reply-To: eve@example.com\r\n" + message,
        lambda message: message.replace(b"493827", b"493828"),
        lambda message: message + b"One more line\r\n",
    ],
)
def test_no_part_of_it_can_be_changed_or_added(change) -> None:
    message = signed(write_message(OWN, "rechnung@acme.example").as_bytes(), KEY, 1_700_000_000)
    assert verifies(message, RECORD)
    assert change(message) != message
    assert not verifies(change(message), RECORD)


@pytest.mark.parametrize(
    "change",
    [
        lambda message: message + b"\r\n\r\n",
        lambda message: message.replace(b"Subject: ", b"Subject:   ", 1),
        lambda message: message.replace(b"From:", b"FROM:", 1),
        lambda message: b"Received: from here by there\r\n" + message,
    ],
)
def test_what_servers_on_the_way_do_is_forgiven(change) -> None:
    message = signed(write_message(OWN, "rechnung@acme.example").as_bytes(), KEY, 1_700_000_000)
    assert verifies(change(message), RECORD)


lines = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")), max_size=120)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    subject=lines,
    name=lines,
    body=st.lists(st.one_of(lines, st.sampled_from(["", " ", "\t", ".", "..", "From me", "a  b \t c  "])), max_size=12),
)
def test_whatever_it_says_it_is_believed(subject: str, name: str, body: list[str]) -> None:
    letter = replace(OWN, subject=subject, sender_name=name, text="\n".join(body), html=None)
    message = write_message(letter, "rechnung@acme.example").as_bytes()
    assert verifies(signed(message, KEY, 1_700_000_000), RECORD)


@pytest.mark.parametrize(
    "changed",
    [
        {"private_key": Secret("nonsense")},
        {"private_key": Secret("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----")},
        {"domain": "acme.example\r\nBcc: eve@example.com"},
        {"selector": "a; d=eve.example"},
    ],
)
async def test_a_key_that_is_none_is_the_staffs_to_correct_and_nothing_goes(mail_station, changed) -> None:
    async with mail_station() as station:
        settings = EmailSettings(host="127.0.0.1", port=station.port, tls="none", sender="billing@frontdesk.example")
        with pytest.raises(Misconfigured) as raised:
            await EmailChannel(settings).deliver(replace(OWN, dkim=replace(KEY, **changed)))
    assert raised.value.field == "sender"
    assert "nonsense" not in str(raised.value)
    assert station.envelopes == []

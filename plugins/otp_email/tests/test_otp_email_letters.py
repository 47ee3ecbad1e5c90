"""What arrives is the letter, and nothing but the letter."""

import pytest
from msgspec.structs import replace

from frontdesk.testing.channels import LETTER
from frontdesk_otp_email import EmailChannel, EmailSettings
from frontdesk_otp_email.message import Unwritable, write_message


async def carried(station, letter, **settings):
    settings = {"host": "127.0.0.1", "port": station.port, "tls": "none", "sender": "billing@example.com"} | settings
    return await EmailChannel(EmailSettings(**settings)).deliver(letter)


async def test_the_letter_arrives_as_it_was_written(mail_station) -> None:
    async with mail_station() as station:
        delivery = await carried(station, LETTER)
    (message,), (envelope,) = station.messages(), station.envelopes
    assert (delivery.outcome, delivery.reference) == ("accepted", "OK queued as 4711")
    assert (envelope.mail_from, envelope.rcpt_tos) == ("billing@example.com", ["jenny@example.com"])
    assert message["From"].addresses[0].display_name == "Example & Söhne, Ltd."
    assert message["From"].addresses[0].addr_spec == "billing@example.com"
    assert message["To"] == "jenny@example.com"
    assert message["Reply-To"] == "help@example.com"
    assert message["Subject"] == LETTER.subject
    assert message["Message-ID"] == LETTER.message_id
    assert message["Content-Language"] == "en"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime.tzinfo is not None
    assert message.get_body(("plain",)).get_content().replace("\r\n", "\n") == LETTER.text
    assert message.get_body(("html",)).get_content().strip() == LETTER.html
    assert envelope.content.isascii()


async def test_the_same_letter_has_the_same_message_id_each_time(mail_station) -> None:
    long = replace(LETTER, message_id="a" * 120 + "@mail.example.com")
    async with mail_station() as station:
        for _ in range(2):
            await carried(station, long)
    assert [each["Message-ID"] for each in station.messages()] == [f"<{long.message_id}>"] * 2


@pytest.mark.parametrize(
    "subject", ["=?utf-8?q?=0D=0ABcc:_thief@example.com?=", "x" * 2000, "日本語" * 60, "", "Bcc: a@b.c"]
)
@pytest.mark.parametrize("name", ['"Quoted" <a@b.c>', "ü" * 200, "=?utf-8?q?=0ABcc:x@y.z?=", "a, b; c: d"])
async def test_no_text_adds_a_header_or_a_recipient(mail_station, subject: str, name: str) -> None:
    async with mail_station() as station:
        assert (await carried(station, replace(LETTER, subject=subject, sender_name=name))).outcome == "accepted"
        assert (await carried(station, LETTER)).outcome == "accepted"
    strange, usual = station.messages()
    assert sorted(strange.keys()) == sorted(usual.keys())
    assert station.envelopes[0].rcpt_tos == ["jenny@example.com"]
    assert [each.addr_spec for each in strange["From"].addresses] == ["billing@example.com"]


@pytest.mark.parametrize("field", ["to", "subject", "sender_name", "reply_to", "message_id", "language"])
@pytest.mark.parametrize(
    "breaking", ["\r", "\n", "\r\n", "\0", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\x7f"]
)
def test_no_header_holds_a_control_character(field: str, breaking: str) -> None:
    value = getattr(LETTER, field)
    with pytest.raises(Unwritable, match=field):
        write_message(replace(LETTER, **{field: f"{value}{breaking}Bcc: thief@example.com"}), "billing@example.com")


@pytest.mark.parametrize(
    "to",
    [
        "",
        "nobody",
        "@example.com",
        "jenny@",
        "a@b.c, d@e.f",
        "<jenny@example.com>",
        "jenny @example.com",
        "a@b@c.d",
        "a@" + "x" * 70 + ".de",
        "Jenny <jenny@example.com>",
        "jenny@example.com>",
        "jenny@exa\ud800mple.com",
    ],
)
async def test_what_is_no_address_bounces_without_being_sent(mail_station, to: str) -> None:
    async with mail_station() as station:
        delivery = await carried(station, replace(LETTER, to=to))
    assert delivery.outcome == "bounced"
    assert station.envelopes == []


async def test_addresses_beyond_ascii_reach_a_server_that_takes_them(mail_station) -> None:
    async with mail_station() as station:
        assert (await carried(station, replace(LETTER, to="jenny@bücher.example"))).outcome == "accepted"
        assert (await carried(station, replace(LETTER, to="jürgen@bücher.example"))).outcome == "accepted"
    assert [each.rcpt_tos for each in station.envelopes] == [
        ["jenny@xn--bcher-kva.example"],
        ["jürgen@xn--bcher-kva.example"],
    ]
    async with mail_station(enable_SMTPUTF8=False) as station:
        assert (await carried(station, replace(LETTER, to="jürgen@example.com"))).outcome == "bounced"
    assert station.envelopes == []

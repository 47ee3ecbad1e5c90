"""Each thing that can go wrong with a mail server is told to the one who can act."""

import asyncio
import logging

import pytest
from black_holes import black_hole, never_accepting

from frontdesk import Misconfigured, Secret, Unavailable
from frontdesk.settings import decode_settings, form_fields
from frontdesk.testing.channels import CODE, LETTER
from frontdesk_otp_email import EmailChannel, EmailSettings

PASSWORD = "correct horse"


def channel(port: int, **settings) -> EmailChannel:
    settings = {"tls": "none", "timeout": 5} | settings
    return EmailChannel(EmailSettings(host="127.0.0.1", port=port, sender="billing@example.com", **settings))


async def test_an_unknown_address_bounces(mail_station) -> None:
    async with mail_station() as station:
        station.recipient_answer = "551 5.1.1 No such user here"
        delivery = await channel(station.port).deliver(LETTER)
    assert (delivery.outcome, delivery.detail) == ("bounced", "551 5.1.1 No such user here")


async def test_a_letter_that_is_refused_is_rejected_and_its_code_is_not_repeated(mail_station, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    async with mail_station() as station:
        station.data_answer = f"554 5.7.1 Looks like spam: Your code is {CODE}."
        delivery = await channel(station.port).deliver(LETTER)
    assert (delivery.outcome, delivery.detail) == ("rejected", "554 5.7.1 Looks like spam: Your code is ••••.")
    assert CODE not in caplog.text


@pytest.mark.parametrize("step", ["mail_answer", "recipient_answer", "data_answer"])
async def test_not_now_means_later(mail_station, step: str) -> None:
    async with mail_station() as station:
        setattr(station, step, "451 4.7.1 Greylisted, come back")
        with pytest.raises(Unavailable, match="451") as raised:
            await channel(station.port).deliver(LETTER)
    assert raised.value.retry_after > 0
    assert station.envelopes == []


@pytest.mark.parametrize(
    ("answer", "field"), [("553 Not your address", "sender"), ("530 Authentication required", "username")]
)
async def test_a_refused_sender_is_the_staffs_to_correct(mail_station, answer: str, field: str) -> None:
    async with mail_station() as station:
        station.mail_answer = answer
        with pytest.raises(Misconfigured) as raised:
            await channel(station.port).deliver(LETTER)
    assert raised.value.field == field


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_a_letter_goes_encrypted_and_signed_in(mail_station, certificate_for, tls: str) -> None:
    path, authority = certificate_for("127.0.0.1")
    access = {"tls": tls, "ca_certificate": authority, "username": "shop", "password": Secret(PASSWORD)}
    options = {} if tls == "starttls" else {"auth_require_tls": False}
    async with mail_station(tls, path, auth_required=True, **options) as station:
        await channel(station.port, **access).check()
        assert (await channel(station.port, **access).deliver(LETTER)).outcome == "accepted"
    assert station.encrypted == [True]
    assert len(station.envelopes) == 1


@pytest.mark.parametrize("tls", ["starttls", "tls"])
@pytest.mark.parametrize("name", ["127.0.0.1", "other.example.com"])
async def test_a_certificate_that_is_not_trusted_gets_no_letter_and_no_password(
    mail_station, certificate_for, tls: str, name: str
) -> None:
    path, authority = certificate_for(name)
    trusted = authority if name == "other.example.com" else ""
    async with mail_station(tls, path) as station:
        with pytest.raises(Misconfigured, match="certificate"):
            await channel(station.port, tls=tls, ca_certificate=trusted).deliver(LETTER)
    assert station.envelopes == []


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_a_server_without_the_chosen_encryption_gets_no_letter(mail_station, tls: str) -> None:
    async with mail_station() as station:
        with pytest.raises(Misconfigured) as raised:
            await channel(station.port, tls=tls).deliver(LETTER)
    assert raised.value.field == "tls"
    assert station.envelopes == []


async def test_a_wrong_password_is_the_staffs_to_correct(mail_station, certificate_for, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    path, authority = certificate_for("127.0.0.1")
    access = {"tls": "starttls", "ca_certificate": authority, "username": "shop", "password": Secret("hunter2-hunter2")}
    async with mail_station("starttls", path) as station:
        for attempt in (channel(station.port, **access).deliver(LETTER), channel(station.port, **access).check()):
            with pytest.raises(Misconfigured) as raised:
                await attempt
            assert raised.value.field == "password"
            assert "hunter2" not in str(raised.value)
        station.auth_answer = "454 4.7.0 Temporary authentication failure"
        with pytest.raises(Unavailable, match="454"):
            await channel(station.port, **access).deliver(LETTER)
    assert "hunter2" not in caplog.text


async def test_a_server_without_sign_in_says_that_the_user_name_is_wrong(mail_station, certificate_for) -> None:
    path, authority = certificate_for("127.0.0.1")
    access = {"tls": "tls", "ca_certificate": authority, "username": "shop", "password": Secret(PASSWORD)}
    async with mail_station("tls", path, auth_exclude_mechanism=["LOGIN", "PLAIN"]) as station:
        with pytest.raises(Misconfigured) as raised:
            await channel(station.port, **access).deliver(LETTER)
    assert raised.value.field in {"username", "password"}


@pytest.mark.parametrize("tls", ["none", "starttls", "tls"])
async def test_a_server_that_never_answers_is_given_up_in_time(tls: str) -> None:
    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1000):
            pass
        writer.close()

    server = await asyncio.start_server(swallow, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, asyncio.timeout(10):
        with pytest.raises(Unavailable):
            await channel(port, tls=tls, timeout=0.2).deliver(LETTER)


async def test_a_server_that_lets_nobody_in_is_given_up_in_time() -> None:
    with never_accepting() as port:
        async with asyncio.timeout(5):
            with pytest.raises(Unavailable):
                await channel(port, timeout=0.2).deliver(LETTER)


async def test_a_server_that_drips_its_greeting_for_ever_is_given_up_in_time() -> None:
    async with black_hole(b"220 " + 1000 * b"x") as hole, asyncio.timeout(5):
        with pytest.raises(Unavailable):
            await channel(hole.port, timeout=0.1).deliver(LETTER)


def test_an_answer_is_waited_for_ten_seconds_where_nobody_says_otherwise() -> None:
    settings = EmailSettings(host="127.0.0.1", port=25, sender="billing@example.com", tls="none")
    assert settings.timeout == 10


async def test_a_server_that_hangs_up_or_is_not_there_means_later() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.com\r\n")
        await reader.readline()
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        with pytest.raises(Unavailable):
            await channel(port).deliver(LETTER)
    with pytest.raises(Unavailable):
        await channel(port).deliver(LETTER)
    with pytest.raises(Unavailable):
        await channel(port).check()


async def test_a_server_that_refuses_us_at_once_is_the_staffs_to_correct() -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"554 No SMTP service here\r\n")
        await reader.read()
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    async with server:
        with pytest.raises(Misconfigured) as raised:
            await channel(server.sockets[0].getsockname()[1]).check()
    assert raised.value.field == "host"


async def test_an_authority_that_is_no_certificate_is_named() -> None:
    with pytest.raises(Misconfigured) as raised:
        await channel(1, tls="tls", ca_certificate="nonsense").check()
    assert raised.value.field == "ca_certificate"


def test_settings_are_drawn_and_refuse_a_password_in_clear() -> None:
    kinds = {each.name: each.kind for each in form_fields(EmailSettings)}
    assert kinds["password"] == "secret"
    assert kinds["tls"] == "choice"
    assert kinds["port"] == "number"
    filled_in = {"host": "m", "sender": "a@b.c", "tls": "none", "username": "shop", "password": PASSWORD}
    with pytest.raises(Misconfigured, match="without encryption") as raised:
        decode_settings(EmailSettings, filled_in)
    assert PASSWORD not in str(raised.value)
    with pytest.raises(Misconfigured) as raised:
        decode_settings(EmailSettings, {"host": "m", "sender": "a@b.c\r\nx: y"})
    assert raised.value.field == "sender"

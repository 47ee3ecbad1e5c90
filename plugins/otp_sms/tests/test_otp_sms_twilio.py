"""Gateways that speak as Twilio does: what they are asked, what their answers mean, whose reports count."""

import base64
from typing import Any
from urllib.parse import parse_qsl

import pytest
from twilio_reports import signed_report

from frontdesk import Letter, Misconfigured, Report, Secret, Unavailable
from frontdesk_otp_sms import SmsChannel, SmsSettings

NUMBER = "+491713920012"
LETTER = Letter(
    to=NUMBER,
    subject="",
    text="493827 is your code\n\n@billing.example.com #493827",
    message_id="<a@b>",
    sender_name="",
    purpose="passcode",
    report_url="https://billing.example.com/reports/side.chl_1.proof",
)


def channel_at(url: str, **settings: object) -> SmsChannel:
    filled = {"kind": "twilio", "account": "AC1", "secret": Secret("token"), "countries": ("DE",), "url": url}
    return SmsChannel(SmsSettings(**{**filled, **settings}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("originator", "named"),
    [("+15005550006", {"From": "+15005550006"}), ("MG" + "0" * 32, {"MessagingServiceSid": "MG" + "0" * 32}), ("", {})],
)
async def test_what_is_asked(station, originator: str, named: dict[str, str]) -> None:
    async with station() as server:
        channel = channel_at(server.url, originator=originator)
        delivery = await channel.deliver(LETTER)
        await channel.aclose()
    assert (delivery.outcome, delivery.reference) == ("accepted", "SM0123456789abcdef")
    (asked,) = server.requests
    assert asked.line == "POST /2010-04-01/Accounts/AC1/Messages.json HTTP/1.1"
    assert asked.headers["authorization"] == "Basic " + base64.b64encode(b"AC1:token").decode()
    assert dict(parse_qsl(asked.body)) == {
        "To": NUMBER,
        "Body": LETTER.text,
        "StatusCallback": LETTER.report_url,
        **named,
    }


@pytest.mark.parametrize(
    ("status", "code", "becomes"),
    [
        (400, 21211, "bounced"),
        (400, 21610, "bounced"),
        (400, 21614, "bounced"),
        (400, 21617, "rejected"),
        (400, 0, "rejected"),
        (400, 21606, "originator"),
        (403, 21408, "countries"),
        (401, 20003, "secret"),
        (404, 20404, "url"),
        (301, 0, "url"),
        (429, 20429, None),
        (500, 0, None),
        (503, 0, None),
    ],
)
async def test_what_answers_mean(station, status: int, code: int, becomes: str | None) -> None:
    async with station() as server:
        server.answer = (status, f'{{"code": {code}, "message": "No: 493827 to {NUMBER}", "status": {status}}}')
        channel = channel_at(server.url)
        if becomes is None:
            with pytest.raises(Unavailable):
                await channel.deliver(LETTER)
        elif becomes in ("bounced", "rejected"):
            delivery = await channel.deliver(LETTER)
            assert delivery.outcome == becomes
            assert "493827" not in delivery.detail
        else:
            with pytest.raises(Misconfigured) as caught:
                await channel.deliver(LETTER)
            assert caught.value.field == becomes
        await channel.aclose()


@pytest.mark.parametrize("said", ["", "<html>", "[]", '{"code": "21211"}', '{"sid": 5}', "\ufffd" * 50_000])
async def test_an_answer_that_makes_no_sense_is_no_fault_of_ours(station, said: str) -> None:
    async with station() as server:
        channel = channel_at(server.url)
        for status, outcome in ((201, "accepted"), (400, "rejected")):
            server.answer = (status, said.encode("ascii", "replace").decode())
            assert (await channel.deliver(LETTER)).outcome == outcome
        await channel.aclose()


async def test_no_answer_in_time_is_for_later(station) -> None:
    async with station() as server:
        server.answer = None
        channel = channel_at(server.url, timeout=0.1)
        with pytest.raises(Unavailable) as caught:
            await channel.deliver(LETTER)
        await channel.aclose()
    assert "493827" not in repr(caught.value.__cause__)


def report(form: dict[str, str], **signing: Any) -> Report:
    return signed_report(LETTER.report_url or "", form, **signing)


def test_reports_count_with_the_gateways_signature_alone() -> None:
    channel = channel_at("https://api.twilio.com")
    outcomes = {
        status: said and said.outcome
        for status in ("queued", "sent", "delivered", "undelivered", "failed")
        if (said := channel.read_report(report({"MessageStatus": status, "ErrorCode": "30003"}))) or True
    }
    assert outcomes == {
        "queued": None,
        "sent": None,
        "delivered": "accepted",
        "undelivered": "bounced",
        "failed": "bounced",
    }
    failed = {"MessageStatus": "failed"}
    assert channel.read_report(report(failed, token=b"guessed")) is None
    assert channel.read_report(report(failed, signed_url="https://elsewhere.example.com")) is None
    assert channel.read_report(Report(url=LETTER.report_url or "", query={}, form=failed, headers={})) is None

"""Texts through a real Kannel: what phones get, what it says of them later, and what it says no to."""

import asyncio

import pytest
from kannel import ACCOUNT, PASSWORD, Kannel
from msgspec.structs import replace

from frontdesk import Letter, Misconfigured, Report, Secret, Unavailable
from frontdesk.short_texts import one_text
from frontdesk_otp_sms import SmsChannel, SmsSettings

NUMBER = "+491713920012"


def channel_at(url: str, **settings: object) -> SmsChannel:
    filled = {"kind": "kannel", "account": ACCOUNT, "secret": Secret(PASSWORD), "countries": ("DE",), "url": url}
    return SmsChannel(SmsSettings(**{**filled, **settings}))  # type: ignore[arg-type]


def letter_of(text: str, **changed: object) -> Letter:
    plain = Letter(to=NUMBER, subject="", text=text, message_id="<a@b>", sender_name="", purpose="passcode")
    return replace(plain, **changed)


@pytest.mark.parametrize(
    ("words", "ucs"),
    [
        ("493827 ist Ihr Anmeldecode für {Süßes & Söhne} zu 5 €.", False),
        ("493827 は「アトラス」のコードです。", True),
    ],
    ids=["GSM-7", "UCS-2"],
)
async def test_a_phone_gets_the_text_as_it_was_written(kannel: Kannel, words: str, ucs: bool) -> None:
    text = one_text("billing.example.com", "493827", words)
    channel = channel_at(kannel.url, originator="Acme")
    delivery = await channel.deliver(letter_of(text))
    await channel.aclose()
    assert delivery.outcome == "accepted"
    got = await asyncio.to_thread(kannel.next_text)
    assert (got.to, got.originator, got.text, got.ucs) == (NUMBER, "Acme", text, ucs)


async def test_the_carriers_report_comes_to_the_letters_own_address(kannel: Kannel, station) -> None:
    async with station() as told:
        channel = channel_at(kannel.url)
        told.answer = (204, "")
        url = f"{told.url}/reports/side.chl_1.proof"
        await channel.deliver(letter_of("Your code is 493827", report_url=url))
        await asyncio.wait_for(told.arrived.wait(), 15)
        await channel.aclose()
        line = told.requests[0].line
    assert line == "GET /reports/side.chl_1.proof?type=1 HTTP/1.1"
    said = channel.read_report(Report(url=url, query={"type": "1"}, form={}, headers={}))
    assert said is not None
    assert said.outcome == "accepted"


@pytest.mark.parametrize(("kind", "outcome"), [("2", "bounced"), ("16", "bounced"), ("8", None), ("", None)])
def test_reports(kind: str, outcome: str | None) -> None:
    said = channel_at("https://sms.example.com").read_report(Report(url="", query={"type": kind}, form={}, headers={}))
    assert (said and said.outcome) == outcome


async def test_a_wrong_password_is_the_staffs_to_mend_in_a_trial_too(kannel: Kannel) -> None:
    channel = channel_at(kannel.url, secret=Secret("another"))
    for asked in (channel.check(), channel.deliver(letter_of("Your code is 493827"))):
        with pytest.raises(Misconfigured) as caught:
            await asked
        assert caught.value.field == "secret"
    await channel.aclose()


async def test_nobody_there_is_for_later(kannel: Kannel) -> None:
    channel = channel_at("http://127.0.0.1:1/cgi-bin/sendsms")
    with pytest.raises(Unavailable):
        await channel.deliver(letter_of("Your code is 493827"))
    with pytest.raises(Misconfigured):
        await channel_at(kannel.url.replace("sendsms", "nothing")).check()


async def test_what_is_no_text_or_has_no_phone_is_never_sent() -> None:
    # Nobody listens there: whatever was sent would raise.
    channel = channel_at("http://127.0.0.1:1/cgi-bin/sendsms")
    assert (await channel.deliver(letter_of("493827 " * 30))).outcome == "rejected"
    assert (await channel.deliver(letter_of("493827", to="+49 900 1 123456"))).outcome == "bounced"
    assert (await channel.deliver(letter_of("493827", to="+33 6 12 34 56 78"))).outcome == "bounced"

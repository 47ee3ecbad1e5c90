"""The contract of a passcode channel, as tests.

class TestMine(PasscodeChannelContract):
    def make_channel(self) -> MyChannel:
        return MyChannel(MySettings(...))
"""

import logging
from abc import ABC, abstractmethod
from typing import ClassVar, Literal

import pytest
from msgspec.structs import astuple, fields, replace

from frontdesk.channels import AnyChannel, Caps, Destination, DkimKey, Letter, Report
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

REPORT_URL = "https://billing.example.com/reports/side.letter.proof"

INJECTIONS = ("\r\nBcc: thief@example.com", "\nBcc: thief@example.com", "\rBcc: thief@example.com", "\0")

NO_ADDRESSES = (
    "",
    " ",
    "\0",
    "+",
    "@",
    "0",
    "nobody",
    "\ud800",
    "٤٩",
    "+49 171 3920012, +49 171 3920013",
    "9" * 10_000,
)
"""What is typed where an address is asked for, and is none of a phone."""

NO_REPORTS: tuple[dict[str, str], ...] = (
    {},
    {"": ""},
    {"status": "0", "type": "%d", "MessageStatus": "queued"},
    {"status": "\0", "type": "\ud800", "MessageStatus": "9" * 10_000},
)
"""Fields of reports that no carrier sends."""


class PasscodeChannelContract(ABC):
    """What every passcode channel must do. Subclass it in a test file and say how a working channel is made."""

    letter = LETTER
    """The letter that is sent; another one if the channel's test station takes only certain addresses."""

    nowhere: ClassVar[tuple[str, ...]] = ()
    """Well-written addresses that the channel takes no letters to: premium numbers, other countries."""

    reports_are_signed: ClassVar[bool] = False
    """Whether a carrier's reports prove by themselves whose they are, in their headers."""

    @abstractmethod
    def make_channel(self) -> AnyChannel:
        """A channel that works: what it is given arrives at a test station."""

    def make_dkim(self) -> DkimKey | None:
        """A key pair of the test's own, where the channel says `own_senders`."""
        return None

    def make_report(self, outcome: Literal["accepted", "bounced"], url: str) -> Report | None:
        """What the carrier tells at `url` of a letter that arrived, or did not, where the channel says `reports`."""
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

    # -- where it writes to: asked in the middle of a request, so without I/O ------------------------------------------

    def test_it_writes_to_its_addresses_in_one_way(self) -> None:
        channel = self.make_channel()
        destination = channel.destination(self.letter.to)
        assert isinstance(destination, Destination)
        assert channel.destination(destination.to) == destination
        assert all(each.isprintable() for each in astuple(destination))

    @pytest.mark.asyncio
    async def test_a_letter_to_a_destination_is_accepted(self) -> None:
        channel = self.make_channel()
        destination = channel.destination(self.letter.to)
        assert destination is not None
        try:
            delivery = await channel.deliver(replace(self.letter, to=destination.to))
        finally:
            await channel.aclose()
        assert delivery.outcome == "accepted"

    def test_a_number_is_shown_masked(self) -> None:
        channel = self.make_channel()
        destination = channel.destination(self.letter.to)
        assert destination is not None
        if channel.address_kind == "phone":
            shown = "".join(filter(str.isdigit, destination.shown))
            assert len(shown) <= len("".join(filter(str.isdigit, destination.to))) - 4
            assert destination.area, "where letters cost alike: sign-ins of an area are held against its letters"

    def test_what_is_no_address_does_no_harm(self) -> None:
        channel = self.make_channel()
        found = [each for each in map(channel.destination, NO_ADDRESSES) if each is not None]
        assert not found or channel.address_kind == "email"

    @pytest.mark.asyncio
    async def test_no_letter_goes_where_it_takes_none(self) -> None:
        channel = self.make_channel()
        assert self.nowhere or channel.address_kind == "email", "name a number that costs too much in `nowhere`"
        try:
            for each in self.nowhere:
                assert channel.destination(each) is None
                assert (await channel.deliver(replace(self.letter, to=each))).outcome != "accepted"
        finally:
            await channel.aclose()

    # -- what may go by it ---------------------------------------------------------------------------------------------

    def test_caps_are_for_what_costs(self) -> None:
        """Frontdesk counts texts alone. More than its own figures for a number and an hour is never sent."""
        channel = self.make_channel()
        if channel.address_kind == "email":
            assert channel.caps is None
            return
        caps, most = channel.caps, Caps()
        assert isinstance(caps, Caps)
        assert 0 < caps.per_address_day <= most.per_address_day
        assert 0 < caps.per_hour <= most.per_hour
        assert 0 < caps.per_day <= 24 * caps.per_hour
        assert channel.caps == caps

    # -- only of channels that say `reports`; the others are told nothing ----------------------------------------------

    @pytest.mark.parametrize("outcome", ["accepted", "bounced"])
    def test_a_report_says_what_became_of_a_letter(self, outcome: Literal["accepted", "bounced"]) -> None:
        channel, report = self.make_channel(), self.make_report(outcome, REPORT_URL)
        assert (report is not None) is channel.reports, "`make_report` is for channels that say `reports`"
        if report is not None:
            said = channel.read_report(report)
            assert said is not None
            assert said.outcome == outcome
            assert channel.read_report(report) == said, "a carrier repeats itself"

    @pytest.mark.parametrize("fields", NO_REPORTS)
    def test_what_is_no_report_says_nothing(self, fields: dict[str, str]) -> None:
        channel = self.make_channel()
        for query, form in ((fields, {}), ({}, fields), (fields, fields)):
            assert channel.read_report(Report(url=REPORT_URL, query=query, form=form, headers={})) is None

    @pytest.mark.parametrize("outcome", ["accepted", "bounced"])
    def test_a_report_that_is_not_the_carriers_says_nothing(self, outcome: Literal["accepted", "bounced"]) -> None:
        report = self.make_report(outcome, REPORT_URL)
        assert report is not None or not self.reports_are_signed
        if report is not None and self.reports_are_signed:
            guessed = {name: value[::-1] for name, value in report.headers.items()}
            forged = (
                replace(report, headers={}),
                replace(report, headers=guessed),
                replace(report, url=REPORT_URL.replace("letter", "another")),
                replace(report, form={**report.form, "MessageStatus": "delivered", "more": ""}),
            )
            assert [self.make_channel().read_report(each) for each in forged] == [None] * len(forged)

    @pytest.mark.asyncio
    async def test_where_reports_go_is_in_no_log(self, caplog: pytest.LogCaptureFixture) -> None:
        """Who knows the address can tell what became of a letter."""
        caplog.set_level(logging.DEBUG)
        channel = self.make_channel()
        try:
            delivery = await channel.deliver(replace(self.letter, report_url=self.report_url(channel)))
        finally:
            await channel.aclose()
        assert delivery.outcome == "accepted"
        told = repr(delivery) + caplog.text + "".join(repr(vars(each)) for each in caplog.records)
        assert "side.letter.proof" not in told

    def report_url(self, channel: AnyChannel) -> str | None:
        """The address that a letter is given for reports; another one if the test's carrier really goes there."""
        return REPORT_URL if channel.reports else None

"""The contract suite catches channels that break it: each of these has one fault, and one test that must see it."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from msgspec.structs import replace
from twilio_reports import signed_report

from frontdesk import Caps, Delivery, Destination, Report, Secret
from frontdesk.channels import AnyChannel
from frontdesk.testing.channels import LETTER, PasscodeChannelContract
from frontdesk_otp_sms import SmsChannel, SmsSettings

SETTINGS = SmsSettings(
    kind="twilio", url="https://sms.example.com", account="AC1", secret=Secret("token"), countries=("DE",)
)


class Blabbing(SmsChannel):
    def destination(self, address: str) -> Destination | None:
        found = super().destination(address)
        return found and replace(found, shown=found.to)


class Restless(SmsChannel):
    """What it writes to is nothing that it knows."""

    def destination(self, address: str) -> Destination | None:
        found = super().destination(address)
        return found and replace(found, to=found.to.removeprefix("+"))


class NowhereInParticular(SmsChannel):
    def destination(self, address: str) -> Destination | None:
        found = super().destination(address)
        return found and replace(found, area="")


class Generous(SmsChannel):
    """It writes to every number that there is."""

    def destination(self, address: str) -> Destination | None:
        return super().destination(address) or Destination(to=address, shown="•••", area="??")


class Free(SmsChannel):
    caps = None  # type: ignore[assignment]


class Spendthrift(SmsChannel):
    caps = Caps(per_hour=5000)  # type: ignore[assignment]


class Deaf(SmsChannel):
    def read_report(self, report: Report) -> Delivery | None:
        return None


class Trusting(SmsChannel):
    """It believes whoever knows the words."""

    def read_report(self, report: Report) -> Delivery | None:
        status = report.form.get("MessageStatus", "")
        outcome: Any = {"delivered": "accepted", "undelivered": "bounced"}.get(status)
        return outcome and Delivery(outcome=outcome)


class Startled(SmsChannel):
    def read_report(self, report: Report) -> Delivery | None:
        raise KeyError(report.form["MessageStatus"])


class Contradicting(SmsChannel):
    """It says that there are no reports."""

    reports = False


SABOTEURS: list[tuple[str, type[SmsChannel], Mapping[str, Any]]] = [
    ("test_it_writes_to_its_addresses_in_one_way", Restless, {}),
    ("test_a_number_is_shown_masked", Blabbing, {}),
    ("test_a_number_is_shown_masked", NowhereInParticular, {}),
    ("test_what_is_no_address_does_no_harm", Generous, {}),
    ("test_no_letter_goes_where_it_takes_none", Generous, {}),
    ("test_caps_are_for_what_costs", Free, {}),
    ("test_caps_are_for_what_costs", Spendthrift, {}),
    ("test_a_report_says_what_became_of_a_letter", Deaf, {"outcome": "bounced"}),
    ("test_a_report_says_what_became_of_a_letter", Contradicting, {"outcome": "bounced"}),
    ("test_a_report_that_is_not_the_carriers_says_nothing", Trusting, {"outcome": "accepted"}),
    ("test_what_is_no_report_says_nothing", Startled, {"fields": {}}),
]


def suite(kind: Callable[[SmsSettings], AnyChannel]) -> PasscodeChannelContract:
    class Suite(PasscodeChannelContract):
        letter = replace(LETTER, to="+491713920012")
        nowhere = ("+49 900 1 123456",)
        reports_are_signed = True

        def make_channel(self) -> AnyChannel:
            return kind(SETTINGS)

        def make_report(self, outcome: Any, url: str) -> Report:
            return signed_report(url, {"MessageStatus": "delivered" if outcome == "accepted" else "undelivered"})

    return Suite()


async def play(kind: type[SmsChannel], test: str, arguments: Mapping[str, Any]) -> None:
    outcome: Any = getattr(suite(kind), test)(**arguments)
    if outcome is not None:
        await outcome


@pytest.mark.parametrize(("test", "kind", "arguments"), SABOTEURS)
async def test_the_suite_sees_the_fault(test: str, kind: type[SmsChannel], arguments: Mapping[str, Any]) -> None:
    await play(SmsChannel, test, arguments)
    with pytest.raises((AssertionError, KeyError)):
        await play(kind, test, arguments)

"""Why no code goes by text message: the number, where it is, and what may still go."""

from datetime import UTC, datetime

import pytest

from frontdesk.book import Customer
from frontdesk.channels import Caps, Destination
from frontdesk.costly_letters import AreaUse, checks
from frontdesk.no_text import WhyNoText, why_no_number, why_not_there

NOW = datetime(2026, 11, 28, tzinfo=UTC)
NUMBER, OTHER = "+49 171 3920012", "+49 171 3920013"
THERE = Destination(to="+491713920012", shown="+49 ••••• 12", area="DE")
REACHED = checks("tenant", THERE, Caps())[0]


def customer(phone: str | None, trusted: str | None) -> Customer:
    return Customer(id="cus_1", created=NOW, email="jenny@example.com", phone=phone, trusted_phone=trusted)


@pytest.mark.parametrize(
    ("numbers", "why"),
    [
        ([(NUMBER, NUMBER)], None),
        ([(NUMBER, NUMBER), (NUMBER, NUMBER)], None),
        ([(None, None)], "no_phone"),
        ([(NUMBER, None)], "phone_untrusted"),
        # Changed since it was trusted.
        ([(OTHER, NUMBER)], "phone_untrusted"),
        ([(NUMBER, NUMBER), (OTHER, OTHER)], "phones_differ"),
        ([(NUMBER, NUMBER), (None, None)], "phones_differ"),
        ([(NUMBER, NUMBER), (OTHER, None)], "phone_untrusted"),
    ],
)
def test_which_number(numbers: list[tuple[str | None, str | None]], why: WhyNoText | None) -> None:
    assert why_no_number([customer(*each) for each in numbers]) == why


def test_where_it_is_and_what_may_still_go() -> None:
    used = AreaUse(sent=30, used=20)
    assert why_not_there(THERE, used, None) is None
    assert why_not_there(None, used, None) == "phone_unreachable"
    assert why_not_there(THERE, AreaUse(sent=30, used=1), REACHED) == "texts_closed"
    assert why_not_there(THERE, used, REACHED) == "texts_capped"

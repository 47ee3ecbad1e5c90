"""Why a code would not go by text message to an address now: for staff, who can do something about it."""

from collections.abc import Sequence
from typing import Literal

from frontdesk.book import Customer
from frontdesk.channels import Destination
from frontdesk.costly_letters import AreaUse, is_pumped
from frontdesk.limits import Check
from frontdesk.trusted_phones import number_for_codes

WhyNoText = Literal["no_phone", "phone_untrusted", "phones_differ", "phone_unreachable", "texts_closed", "texts_capped"]
"""`no_phone`: nobody with the address has a number. `phone_untrusted`: a customer changed it themselves.
`phones_differ`: the address opens several customers, with several numbers. `phone_unreachable`: no mobile number, or
of a country that is not set up. `texts_closed`: hardly any code to its country is used. `texts_capped`: what may go is
used up."""


def why_no_number(customers: Sequence[Customer]) -> WhyNoText | None:
    """Why there is no number that a code for these open customers, who share an address, may be texted to."""
    if number_for_codes(customers) is not None:
        return None
    if all(each.phone is None for each in customers):
        return "no_phone"
    if any(each.phone is not None and each.phone != each.trusted_phone for each in customers):
        return "phone_untrusted"
    return "phones_differ"


def why_not_there(destination: Destination | None, use: AreaUse, reached: Check | None) -> WhyNoText | None:
    """Why no text goes to the number that there is. `reached` is the cap that one more would be past."""
    if destination is None:
        return "phone_unreachable"
    if is_pumped(use):
        return "texts_closed"
    return None if reached is None else "texts_capped"

"""Which phone number a code may be texted to."""

from datetime import UTC, datetime

import pytest
from msgspec import UNSET

from frontdesk.book import Customer
from frontdesk.commands import BillingDetails
from frontdesk.desk import Actor
from frontdesk.trusted_phones import number_for_codes, trust, with_trust

API = Actor(kind="api", id="key_1")
STAFF = Actor(kind="staff", id="stf_1")
VISITOR = Actor(kind="customer", id="ses_1", source="login_link")
PROGRAM_MADE = Actor(kind="customer", id="ses_2", source="api_session")


def customer(phone: str | None, trusted: str | None) -> Customer:
    return Customer(id="cus_1", created=datetime(2026, 1, 1, tzinfo=UTC), phone=phone, trusted_phone=trusted)


@pytest.mark.parametrize(
    ("actor", "present", "typed", "trusted"),
    [
        (API, None, "+1", "+1"),
        (STAFF, None, "+1", "+1"),
        (API, customer("+2", None), "+2", "+2"),
        (API, customer("+2", "+2"), "+3", "+3"),
        (API, customer("+2", "+2"), None, None),
        (STAFF, customer("+2", None), "+3", "+3"),
        # A form names the number along with all else: it says nothing about one that stands there.
        (STAFF, customer("+2", None), "+2", UNSET),
        (STAFF, customer("+2", "+2"), "+2", UNSET),
        (VISITOR, customer("+2", "+2"), "+3", None),
        (PROGRAM_MADE, customer("+2", "+2"), "+3", None),
        (VISITOR, customer("+2", "+2"), "+2", UNSET),
        (VISITOR, customer("+3", None), "+2", None),
        (VISITOR, customer("+2", "+2"), None, None),
    ],
)
def test_who_sets_a_number_decides(actor: Actor, present: Customer | None, typed: str | None, trusted: object) -> None:
    assert with_trust(BillingDetails(phone=typed), present, actor).trusted_phone == trusted


def test_another_edit_and_another_person_cannot_name_it() -> None:
    claimed = BillingDetails(name="Jenny", trusted_phone="+9")
    assert with_trust(claimed, customer("+2", "+2"), VISITOR).trusted_phone is UNSET
    assert (
        with_trust(BillingDetails(phone="+3", trusted_phone="+3"), customer("+2", "+2"), VISITOR).trusted_phone is None
    )
    assert trust(customer("+2", None)).trusted_phone == "+2"


@pytest.mark.parametrize(
    ("customers", "number"),
    [
        ([], None),
        ([customer("+2", "+2")], "+2"),
        ([customer("+2", None)], None),
        ([customer("+3", "+2")], None),
        ([customer("+2", "+2"), customer("+2", "+2")], "+2"),
        ([customer("+2", "+2"), customer("+2", None)], None),
        ([customer("+2", "+2"), customer("+3", "+3")], None),
        ([customer("+2", "+2"), customer(None, None)], None),
        ([customer(None, None)], None),
    ],
)
def test_all_customers_of_an_address_must_have_the_number(customers: list[Customer], number: str | None) -> None:
    assert number_for_codes(customers) == number

"""Addresses as their countries write them, without losing a part that is there."""

import pytest

from frontdesk.address_forms import AddressForm, address_form
from frontdesk.countries import COUNTRIES


def parts(form: AddressForm) -> list[str]:
    return [part for row in form.rows for part in row]


@pytest.mark.parametrize(
    ("country", "order", "postal", "state"),
    [
        ("DE", "line1 line2 postal_code city", "postal_code", "region"),
        ("US", "line1 line2 city state postal_code", "zip", "state"),
        ("GB", "line1 line2 city postal_code", "postcode", "county"),
        ("JP", "line1 line2 city state postal_code", "postal_code", "prefecture"),
        ("AE", "line1 line2 city state", "postal_code", "emirate"),
        ("IT", "line1 line2 postal_code city state", "postal_code", "province"),
        (None, "line1 line2 postal_code city state", "postal_code", "region"),
    ],
)
def test_the_order_and_the_names_of_parts(country: str | None, order: str, postal: str, state: str) -> None:
    form = address_form(country)
    assert (" ".join(parts(form)), form.postal, form.state) == (order, postal, state)


def test_from_the_large_to_the_small() -> None:
    form = address_form("JP", large_first=True)
    assert parts(form) == ["postal_code", "state", "city", "line1", "line2"]
    assert form.state == "prefecture"


@pytest.mark.parametrize("country", [None, *sorted(COUNTRIES)])
def test_no_part_is_asked_for_twice_and_none_that_is_there_is_left_out(country: str | None) -> None:
    everything = ("line1", "line2", "postal_code", "city", "state")
    asked = parts(address_form(country, filled=everything))
    assert sorted(asked) == sorted(everything)
    assert {"line1", "line2", "city"} <= {*parts(address_form(country))}

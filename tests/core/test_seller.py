"""The seller's details: numbers that are right, and what an invoice cannot do without."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from frontdesk.bank_accounts import IBAN_LENGTHS, is_bic, is_iban, plain
from frontdesk.book import Address, BillingSettings, SellerDetails
from frontdesk.countries import COUNTRIES
from frontdesk.seller import faults_of, tidied

WHOLE = BillingSettings(
    currency="eur",
    invoice_prefix="BRANDT",
    seller=SellerDetails(
        name="Lena Brandt",
        address=Address(line1="Hafenstraße 7", postal_code="20457", city="Hamburg", country="DE"),
        tax_number="DE 123 456 789",
        iban="DE02120300000000202051",
    ),
)
REAL = """
AT611904300234573201 BE68539007547034 CH9300762011623852957 DE89370400440532013000 ES9121000418450200051332
FR1420041010050500013M02606 GB29NWBK60161331926819 IT60X0542811101000000123456 NL91ABNA0417164300
NO9386011117947 PL61109010140000071219812874 SE4550000000058398257466 MT84MALT011000012345MTLCAST001S
"""


@pytest.mark.parametrize("number", REAL.split())
def test_a_real_iban_is_one_and_a_typing_error_is_not(number: str) -> None:
    assert is_iban(number)
    for place in range(2, len(number)):
        if number[place].isdigit():
            wrong = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
            assert not is_iban(wrong), wrong
    for place in range(4, len(number) - 1):
        swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        assert swapped == number or not is_iban(swapped), swapped
    assert not is_iban(number[:-1])
    assert not is_iban(number + "0")


@given(st.text(max_size=40))
def test_no_text_breaks_the_rules(text: str) -> None:
    assert not is_iban(text) or re.fullmatch(r"[A-Z]{2}\d\d[A-Z0-9]+", text)
    assert isinstance(is_bic(text), bool)


def test_countries_of_ibans_are_countries() -> None:
    assert IBAN_LENGTHS.keys() <= COUNTRIES
    assert all(15 <= each <= 33 for each in IBAN_LENGTHS.values())
    assert not is_iban("US64SVBKUS6S3300958879")


@pytest.mark.parametrize(
    ("number", "right"),
    [("COBADEFF", True), ("COBADEFFXXX", True), ("COBADEFFXX", False), ("COBA1EFF", False), ("", False)],
)
def test_bic(number: str, right: bool) -> None:
    assert is_bic(number) == right


def test_numbers_are_stored_plain() -> None:
    assert plain(" de02 1203-0000\u00a00000.2020 51 ") == "DE02120300000000202051"
    messy = replace(
        WHOLE,
        invoice_prefix=" br-andt ",
        invoice_footer="  Thank you.\n ",
        seller=replace(WHOLE.seller, iban="de02 1203 0000 0000 2020 51", bic=" ", phone="  ", name=" Lena Brandt "),
    )
    assert tidied(messy) == replace(WHOLE, invoice_footer="Thank you.")
    assert tidied(replace(WHOLE, seller=SellerDetails(name=" ", address=Address(line1="  ")))).seller == SellerDetails()


def codes(settings: BillingSettings, whole: bool = True) -> dict[str | None, str]:
    return {each.param: each.code for each in faults_of(tidied(settings), whole=whole)}


def test_whole_details_have_no_faults() -> None:
    assert codes(WHOLE) == {}


@pytest.mark.parametrize(
    ("changed", "param", "code"),
    [
        ({"iban": "DE02120300000000202052"}, "iban", "iban_invalid"),
        ({"bic": "NOTABIC"}, "bic", "bic_invalid"),
        ({"email": "no address"}, "email", "email_invalid"),
        ({"name": "x" * 257}, "name", "text_too_long"),
        ({"tax_number": "x" * 41}, "tax_number", "text_too_long"),
        ({"bank_account": "a\x00b"}, "bank_account", "text_unprintable"),
        ({"phone": "1" * 21}, "phone", "text_too_long"),
        ({"address": Address(line1="x" * 201)}, "line1", "text_too_long"),
        ({"address": Address(country="XX")}, "country", "country_unknown"),
    ],
)
def test_each_fault_names_its_field(changed: dict[str, object], param: str, code: str) -> None:
    found = codes(replace(WHOLE, seller=replace(WHOLE.seller, **changed)), whole=False)  # type: ignore[arg-type]
    assert found == {param: code}


@pytest.mark.parametrize("prefix", ["", "A", "A-B", "ÄB", "A" * 13, "a b"])
def test_a_prefix_is_letters_and_digits(prefix: str) -> None:
    found = codes(replace(WHOLE, invoice_prefix=prefix), whole=False)
    assert found == ({} if plain(prefix) == "AB" else {"invoice_prefix": "prefix_invalid"})


@pytest.mark.parametrize(("days", "right"), [(0, True), (730, True), (-1, False), (731, False)])
def test_days_until_due(days: int, right: bool) -> None:
    assert (codes(replace(WHOLE, days_until_due=days)) == {}) == right


def test_half_filled_in_details_can_be_kept_until_the_side_is_live() -> None:
    half = replace(WHOLE, seller=SellerDetails(name="Lena Brandt"))
    assert codes(half, whole=False) == {}
    assert codes(half) == dict.fromkeys(
        ("line1", "postal_code", "city", "country", "tax_number", "iban"), "seller_field_needed"
    )


def test_a_field_is_at_fault_once() -> None:
    faults = faults_of(tidied(replace(WHOLE, invoice_prefix="")), whole=True)
    assert [each.code for each in faults] == ["prefix_invalid"]

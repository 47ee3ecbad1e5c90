"""A brand accepts typed tokens and bounded texts only, and rows that were stored before can still be read."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.book import Address
from frontdesk.branding import Brand, BrandInvalid, Font, Look, PublicDetails, Radius
from frontdesk.statement_descriptors import (
    full_problem,
    on_statement,
    on_statement_of,
    short_problem,
    transfer_reference,
)

BERLIN = Address(line1="Lange Straße 1", postal_code="10115", city="Berlin", country="DE")
STORED_BEFORE = b"""{"business_name":"Oatmill","headline":"Your oats","background":"#f6ead8","accent":"#b4441f",
"font":"lora","radius":"pill","icon_file":null,"logo_file":"0123456789abcdef","privacy_url":"https://oatmill.example/p",
"terms_url":null,"support_email":"help@oatmill.example","support_phone":"+49 30 123","support_url":null}"""


def test_a_brand_is_written_and_read_as_it_was() -> None:
    brand = Brand(
        business_name="Oatmill",
        background="#f6ead8",
        accent="#b4441f",
        font=Font.LORA,
        radius=Radius.PILL,
        support_address=BERLIN,
        statement_descriptor="OATMILL BERLIN",
    )
    assert msgspec.json.decode(msgspec.json.encode(brand), type=Brand) == brand


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("business_name", "  "),
        ("headline", "x" * 61),
        ("background", "red"),
        ("background", "#FFFFFF"),
        ("background", "#ffffff\n"),
        ("accent", "#fff;}body{display:none"),
        ("accent", "#１２３４５６"),
        ("font", "comic_sans"),
        ("radius", "8px"),
        ("icon_file", "../../etc/passwd"),
        ("logo_file", "logo.png"),
        ("privacy_url", "javascript:alert(1)"),
        ("terms_url", "https://"),
        ("terms_url", 'https://example.com/"onload="'),
        ("support_url", "https://user@evil.example"),
        ("support_url", "//example.com"),
        ("support_email", "help@example.com, other@example.com"),
        ("support_phone", "call me"),
        ("support_address", Address(line1="x" * 201)),
        ("support_address", Address(line1="Lange Straße 1", country="XX")),
        ("website", "www.example.com"),
        ("refund_url", "javascript:alert(1)"),
        ("statement_descriptor", "OATS"),
        ("short_descriptor", "O"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(field: str, value: Any) -> None:
    with pytest.raises(BrandInvalid) as refused:
        Brand(**{"business_name": "Acme", field: value})
    assert refused.value.field == field
    assert refused.value.sentence.endswith(".")


TOKENS = ("background", "accent", "font", "radius", "icon_file", "logo_file")
ADDRESSES = ("privacy_url", "terms_url", "refund_url", "website", "support_url")


@given(st.sampled_from([*TOKENS, *ADDRESSES]), st.text())
def test_no_text_is_a_token(field: str, text: str) -> None:
    with pytest.raises(BrandInvalid) as refused:
        Brand(**{"business_name": "Acme", field: text})  # type: ignore[arg-type]
    assert refused.value.field == field


def test_look_and_details_are_the_two_halves_of_a_brand() -> None:
    look, details = set(Look.__struct_fields__), set(PublicDetails.__struct_fields__)
    assert not look & details
    assert look | details == set(Brand.__struct_fields__)
    brand = Brand(
        business_name="Oatmill", background="#f6ead8", support_address=BERLIN, website="https://oatmill.example"
    )
    other = Brand(business_name="Acme").looking(brand.look).saying(brand.details)
    assert other == brand
    for half in (Look, PublicDetails):
        for name in half.__struct_fields__:
            part = brand.look if half is Look else brand.details
            assert getattr(part, name) == getattr(brand, name)


def test_a_row_that_was_stored_before_there_were_more_details_can_be_read() -> None:
    brand = msgspec.json.decode(STORED_BEFORE, type=Brand)
    assert (brand.business_name, brand.font, brand.support_phone) == ("Oatmill", Font.LORA, "+49 30 123")
    assert brand.phone_on_documents
    assert brand.support_address is None


@pytest.mark.parametrize(
    ("text", "full", "short"),
    [
        (None, True, True),
        ("OATMILL", True, True),
        ("Oat mill 24", True, False),
        ("O1", False, True),
        ("OATS", False, True),
        ("O", False, False),
        ("12345", False, False),
        ("HAFERMÜHLE", False, False),
        ("OAT*MILL", False, False),
        ('OAT"MILL', False, False),
        ("OAT<MILL", False, False),
        ("OATMILL\n", False, False),
        ("A" * 22, True, False),
        ("A" * 23, False, False),
    ],
)
def test_descriptors_are_what_banks_print(text: str | None, full: bool, short: bool) -> None:
    assert (full_problem(text) is None, short_problem(text) is None) == (full, short)


def test_a_statement_shows_the_shortened_descriptor_before_a_products_own() -> None:
    assert on_statement("Oatmill Berlin", "OATS") == "OATMILL BERLIN"
    assert on_statement("Oatmill Berlin", "OATS", "Porridge every morning") == "OATS* PORRIDGE EVERY M"
    assert on_statement("Oatmill Berlin", None, "Porridge") == "PORRIDGE"
    assert on_statement(None, "OATS") == "OATS"
    assert on_statement(None, None, "Porridge") == "PORRIDGE"
    assert on_statement(None, None) is None


def test_a_product_stands_on_statements_of_what_recurs() -> None:
    assert on_statement_of("Oatmill Berlin", "OATS", ()) == "OATMILL BERLIN"
    assert on_statement_of("Oatmill Berlin", "OATS", (None, "Porridge", "Granola")) == "OATS* PORRIDGE"
    assert on_statement_of(None, None, (None,)) is None


def test_a_transfer_says_the_number_first_and_only_what_banks_carry() -> None:
    assert transfer_reference("INV-0042", None) == "INV-0042"
    assert transfer_reference("INV-0042", "OATS* PORRIDGE & MORE") == "INV-0042 OATS PORRIDGE MORE"

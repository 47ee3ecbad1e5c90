"""How tax ids are written, and the three states in which they are known."""

import re
from datetime import UTC, datetime

import pytest
from stripe.params._customer_create_params import CustomerCreateParamsTaxIdDatum

from frontdesk.customer_tax_ids import MOST, new_tax_id, not_asked, with_id
from frontdesk.errors import Refused
from frontdesk.tax_id_types import PATTERNS, TYPES, checked_id, country_of
from frontdesk.tax_ids import TaxId, Verification

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("type", "given", "stored"),
    [
        ("eu_vat", "de 123 456 789", "DE123456789"),
        ("eu_vat", "ATU12345678", "ATU12345678"),
        ("eu_vat", "BE 0123.456.789", "BE0123456789"),
        ("eu_vat", "EL123456789", "EL123456789"),
        ("eu_vat", "FRAB123456789", "FRAB123456789"),
        ("eu_vat", "IE1234567AB", "IE1234567AB"),
        ("eu_vat", "NL123456789B12", "NL123456789B12"),
        ("eu_vat", "ESA1234567Z", "ESA1234567Z"),
        ("eu_vat", "SE123456789123", "SE123456789123"),
        ("gb_vat", "GB123456789", "GB123456789"),
        ("gb_vat", "gb 123 4567 89", "GB 123 4567 89"),
        ("ch_vat", "CHE-123.456.789 MWST", "CHE-123.456.789 MWST"),
        ("us_ein", " 12-3456789 ", "12-3456789"),
        ("vn_tin", "0123456789", "0123456789"),
        *((type, example, example) for type, (_, example) in PATTERNS.items()),
    ],
)
def test_written_as_it_should_be(type: str, given: str, stored: str) -> None:
    assert checked_id(type, given) == stored


@pytest.mark.parametrize(
    ("type", "given"),
    [
        ("eu_vat", "DE12345678"),
        ("eu_vat", "DE1234567890"),
        ("eu_vat", "AT12345678"),
        ("eu_vat", "GR123456789"),
        ("eu_vat", "XX123456789"),
        ("eu_vat", "123456789"),
        ("eu_vat", "DE\u0661\u0662\u0663456789"),
        ("eu_vat", ""),
        ("gb_vat", "GB12345678"),
        ("ch_vat", "CHE-123.456.789"),
        ("us_ein", "12-345678"),
        ("us_ein", "\u0661\u0662-3456789"),
        ("vn_tin", ""),
        ("vn_tin", "<b>"),
        ("vn_tin", "1" * 51),
        ("vn_tin", "1\x00"),
        ("xx_vat", "123"),
    ],
)
def test_written_as_it_should_not_be(type: str, given: str) -> None:
    with pytest.raises(Refused) as refused:
        checked_id(type, given)
    assert (refused.value.refusal.code, refused.value.refusal.param) == ("tax_id_invalid", "value")


def test_the_types_are_those_of_the_official_sdk() -> None:
    written = str(CustomerCreateParamsTaxIdDatum.__annotations__["type"])
    assert set(re.findall(r"'([a-z_]+)'", written)) == set(TYPES)


@pytest.mark.parametrize(
    ("type", "value", "country"),
    [
        ("eu_vat", "EL123456789", "GR"),
        ("eu_oss_vat", "EU123456789", None),
        ("us_ein", "1", "US"),
        ("ic_nif", "1", "ES"),
        ("gb_vat", "1", "GB"),
    ],
)
def test_whose_id_it_is(type: str, value: str, country: str | None) -> None:
    assert country_of(type, value) == country


@pytest.mark.parametrize(
    ("value", "livemode", "status"),
    [
        ("DE123456789", True, "pending"),
        ("DE000000000", True, "pending"),
        ("DE000000000", False, "verified"),
        ("DE111111111", False, "unverified"),
        ("DE222222222", False, "pending"),
        ("DE333333333", False, "pending"),
        ("DE123456789", False, "pending"),
    ],
)
def test_what_is_known_of_a_new_one(value: str, livemode: bool, status: str) -> None:
    made = new_tax_id("txi_1", "eu_vat", value, NOW, livemode=livemode)
    assert made.verification is not None
    assert made.verification.status == status
    assert made.verified == (status == "verified")
    assert new_tax_id("txi_1", "us_ein", "12-3456789", NOW, livemode=livemode).verification is None


def test_once_each_and_not_too_many() -> None:
    ids: tuple[TaxId, ...] = ()
    for number in range(MOST):
        ids = with_id(ids, new_tax_id(f"txi_{number}", "eu_vat", f"DE12345678{number}", NOW, livemode=True))
    for value, code in (("DE 12345678 0", "tax_id_exists"), ("DE123456799", "too_many_tax_ids")):
        with pytest.raises(Refused) as refused:
            with_id(ids, new_tax_id("txi_9", "eu_vat", value, NOW, livemode=True))
        assert refused.value.refusal.code == code


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("pending", "unavailable"),
        ("unavailable", "unavailable"),
        ("verified", "verified"),
        ("unverified", "unverified"),
    ],
)
def test_a_register_that_is_down_says_nothing(before: str, after: str) -> None:
    found = not_asked(Verification(status=before))  # type: ignore[arg-type]
    assert found is not None
    assert found.status == after

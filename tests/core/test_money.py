"""Money is exact: rounding, allocation, units of currencies."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.money import (
    EXPONENTS,
    STRIPE_EXPONENTS,
    allocate,
    amount_from_stripe,
    amount_to_stripe,
    exponent,
    known_currency,
    line_amount,
    round_half_away,
    stripe_exponent,
    unit_amount_from_stripe,
    unit_amount_to_stripe,
)

CURRENCIES = st.sampled_from(sorted(EXPONENTS))


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        (Fraction(1, 2), 1),
        (Fraction(-1, 2), -1),
        (Fraction(3, 2), 2),
        (Fraction(5, 2), 3),
        (Fraction(-5, 2), -3),
        (Decimal("2.5"), 3),
        (Decimal("2.499999999999"), 2),
        (Fraction(1, 3), 0),
        (Fraction(-2, 3), -1),
        (7, 7),
        (0, 0),
    ],
)
def test_halves_go_away_from_zero(value: Fraction | Decimal | int, rounded: int) -> None:
    assert round_half_away(value) == rounded


@given(st.fractions())
def test_rounding_is_symmetric_and_near(value: Fraction) -> None:
    rounded = round_half_away(value)
    assert rounded == -round_half_away(-value)
    assert abs(rounded - value) <= Fraction(1, 2)


def test_allocation_as_stripe_prints_it() -> None:
    assert allocate(500, [1000, 2000]) == (166, 334)  # P06


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 10**9), min_size=1, max_size=8))
def test_parts_add_up_and_keep_the_sign(total: int, weights: list[int]) -> None:
    parts = allocate(total, weights)
    assert len(parts) == len(weights)
    assert sum(parts) == total
    assert all(part * total >= 0 for part in parts)


@pytest.mark.parametrize("weights", [[], [1, -1]])
def test_allocation_refuses_what_is_no_weight(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        allocate(100, weights)


@pytest.mark.parametrize(
    ("unit", "quantity", "amount"),
    [
        ("1200", 10, 12000),
        ("0.5", 1, 1),
        ("0.5", 3, 2),
        ("33.333333333333", 3, 100),
        ("7.99", 0, 0),
        ("0.05", 1000, 50),
    ],
)
def test_a_line_is_rounded_once(unit: str, quantity: int, amount: int) -> None:
    assert line_amount(Decimal(unit), quantity) == amount


def test_exponents_of_iso_and_of_stripe_differ_where_they_differ() -> None:
    differing = {
        code: (exponent(code), stripe_exponent(code)) for code in EXPONENTS if EXPONENTS[code] != STRIPE_EXPONENTS[code]
    }
    assert differing == {"isk": (0, 2), "ugx": (0, 2), "mga": (2, 0)}
    assert {exponent("jpy"), exponent("eur"), exponent("kwd")} == {0, 2, 3}


def test_known_currencies_are_lower_case_codes_in_circulation() -> None:
    assert known_currency("eur")
    assert not any(known_currency(code) for code in ("EUR", "eu", "xyz", "dem", "", "€"))
    assert all(len(code) == 3 and code.islower() for code in EXPONENTS)


def test_krona_are_sent_with_two_zeros() -> None:
    assert amount_to_stripe(500, "isk") == 50000  # P66
    assert amount_from_stripe(50000, "isk") == 500
    with pytest.raises(ValueError, match="isk"):
        amount_from_stripe(50050, "isk")


def test_three_decimals_are_sent_in_tens_and_ariary_without_decimals() -> None:
    assert amount_to_stripe(12345, "kwd") == 12350
    assert amount_to_stripe(12344, "kwd") == 12340
    assert amount_to_stripe(150, "mga") == 2
    assert amount_from_stripe(2, "mga") == 200


@given(CURRENCIES, st.integers(-(10**11), 10**11))
def test_what_stripe_takes_comes_back_unchanged(currency: str, amount: int) -> None:
    sent = amount_to_stripe(amount, currency)
    assert amount_to_stripe(amount_from_stripe(sent, currency), currency) == sent


@given(CURRENCIES, st.decimals(0, 10**9, places=12))
def test_unit_prices_are_translated_exactly(currency: str, unit: Decimal) -> None:
    assert unit_amount_from_stripe(unit_amount_to_stripe(unit, currency), currency) == unit

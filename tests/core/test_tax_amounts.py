"""Tax of an invoice's lines: exact by rate, told by line (trust.md §D1; cases P58 to P62)."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.money import round_half_away
from frontdesk.tax_amounts import LineTax, Rate, Taxable, tax_of_lines

CASES: dict[str, dict[str, Any]] = {
    each["id"]: each
    for each in json.loads((Path(__file__).parents[1] / "data" / "proration_cases.json").read_text())["cases"]
}


def rate(percentage: str) -> Rate:
    return Rate(id=f"txr_{percentage}", percentage=Decimal(percentage))


def taxable(amounts: list[int], percentage: str, inclusive: bool = False) -> list[Taxable]:
    return [Taxable(amount=each, rates=(rate(percentage),), inclusive=inclusive) for each in amounts]


def amounts(taxes: tuple[tuple[LineTax, ...], ...]) -> list[int]:
    return [sum(each.amount for each in line) for line in taxes]


def sums(taxes: tuple[tuple[LineTax, ...], ...]) -> tuple[int, int]:
    """What is taxed, and the tax, of all lines together."""
    return sum(each.taxable for line in taxes for each in line), sum(amounts(taxes))


def test_tax_on_top() -> None:
    case = CASES["P58"]
    taxes = tax_of_lines(taxable(case["inputs"]["lines"], case["inputs"]["rate"]))
    assert amounts(taxes) == case["expected"]["line_tax"]
    assert sums(taxes) == (case["expected"]["subtotal"], case["expected"]["tax"])


def test_tax_within() -> None:
    case = CASES["P59"]
    taxes = tax_of_lines(taxable(case["inputs"]["gross_lines"], case["inputs"]["rate"], inclusive=True))
    assert [line[0].taxable for line in taxes] == case["expected"]["net_lines"]
    assert sums(taxes)[1] == case["expected"]["tax"]
    assert sum(sums(taxes)) == case["expected"]["total"]


def test_a_rate_is_rounded_once_an_invoice() -> None:
    case = CASES["P60"]
    taxes = tax_of_lines(taxable(case["inputs"]["lines"], case["inputs"]["rate"]))
    assert sums(taxes)[1] == case["expected"]["tax_per_category"]
    assert amounts(taxes) == [63, 63, 64]


def test_each_rate_of_an_invoice_is_its_own_category() -> None:
    case = CASES["P62"]
    expected = case["expected"]
    lines = [
        *taxable([expected["credit_line"]], case["inputs"]["rate_billed"]),
        *taxable([expected["debit_line"]], case["inputs"]["rate_now"]),
    ]
    assert amounts(tax_of_lines(lines)) == [expected["credit_tax"], expected["debit_tax"]]
    assert sums(tax_of_lines(lines))[1] == expected["tax"]


def test_several_rates_on_one_line() -> None:
    both = (rate("5"), rate("9.975"))
    ((state, province),) = tax_of_lines([Taxable(amount=10_000, rates=both)])
    assert (state.amount, province.amount) == (500, 998)
    ((state, province),) = tax_of_lines([Taxable(amount=11_498, rates=both, inclusive=True)])
    assert (state.taxable, state.amount, province.amount) == (10_000, 500, 998)


def test_what_makes_no_sense_is_no_invoice() -> None:
    with pytest.raises(ValueError, match="one percentage"):
        tax_of_lines(taxable([100], "-1"))
    with pytest.raises(ValueError, match="one percentage"):
        tax_of_lines([Taxable(amount=1, rates=(Rate(id="txr", percentage=Decimal(each)),)) for each in (1, 2)])
    with pytest.raises(ValueError, match="once"):
        tax_of_lines([Taxable(amount=1, rates=(rate("7"), rate("7")))])


PERCENTAGES = st.decimals(0, 100, places=4)
AMOUNTS = st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=12)


@given(AMOUNTS, PERCENTAGES)
def test_tax_on_top_is_the_categorys_and_near_each_line(lines: list[int], percentage: Decimal) -> None:
    taxes = tax_of_lines(taxable(lines, str(percentage)))
    exact = [Fraction(percentage) / 100 * each for each in lines]
    assert sum(amounts(taxes)) == round_half_away(sum(exact))
    largest = max(range(len(lines)), key=lambda place: (abs(lines[place]), place))
    for place, (tax, share) in enumerate(zip(amounts(taxes), exact, strict=True)):
        assert abs(tax - share) <= (Fraction(len(lines), 2) + 1 if place == largest else Fraction(1, 2))


@given(AMOUNTS, PERCENTAGES)
def test_tax_within_leaves_the_price_as_it_was(lines: list[int], percentage: Decimal) -> None:
    taxes = tax_of_lines(taxable(lines, str(percentage), inclusive=True))
    assert [line[0].taxable + line[0].amount for line in taxes] == lines
    assert sums(taxes)[0] == round_half_away(Fraction(sum(lines)) / (1 + Fraction(percentage) / 100))


@given(AMOUNTS, PERCENTAGES, st.booleans())
def test_credits_mirror_debits(lines: list[int], percentage: Decimal, inclusive: bool) -> None:
    there = tax_of_lines(taxable(lines, str(percentage), inclusive))
    back = tax_of_lines(taxable([-each for each in lines], str(percentage), inclusive))
    assert [-each for each in amounts(back)] == amounts(there)

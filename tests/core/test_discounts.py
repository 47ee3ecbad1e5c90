"""What discounts take off lines: the worked cases, and what holds whatever they are."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from frontdesk.coupons import Coupon, Discount
from frontdesk.discounts import Charge, discount_of, taken_off, total_of

NOW = datetime(2025, 1, 31, tzinfo=UTC)
CASES = {
    each["id"]: each
    for each in json.loads((Path(__file__).parents[1] / "data" / "proration_cases.json").read_text())["cases"]
}


def percent(value: int | str, id: str = "di_percent", **fields: Any) -> Discount:
    return Discount(id=id, coupon="c_" + id, start=NOW, percent_off=Decimal(value), **fields)


def amount(value: int, id: str = "di_amount", **fields: Any) -> Discount:
    return Discount(id=id, coupon="c_" + id, start=NOW, amounts_off={"usd": value}, **fields)


def off(amounts: list[int], *discounts: Discount) -> list[list[int]]:
    taken = taken_off([Charge(amount=each) for each in amounts], discounts, "usd")
    return [[each.amount for each in line] for line in taken]


def test_p06_an_amount_is_split_over_the_lines() -> None:
    case = CASES["P06"]
    found = off(case["inputs"]["lines"], amount(case["inputs"]["amount_off"]))
    assert [sum(each) for each in found] == case["expected"]["discounts"]


def test_p56_discounts_are_applied_in_the_order_listed() -> None:
    inputs = CASES["P56"]["inputs"]
    first, second = percent(inputs["percent"]), amount(inputs["amount_off"])
    assert off([inputs["price"]], first, second) == [[500, 500]]
    assert off([inputs["price"]], second, first) == [[500, 425]]


def test_p57_nothing_is_carried_over() -> None:
    inputs = CASES["P57"]["inputs"]
    assert off([inputs["price"]], amount(inputs["amount_off"])) == [[CASES["P57"]["expected"]["discount"]]]


def test_a_remainder_that_the_last_line_has_no_room_for_goes_to_the_lines_before_it() -> None:
    assert off([1, 1, 1, 1], amount(3)) == [[], [1], [1], [1]]
    assert off([500, 500, 0], amount(333)) == [[166], [167], []]


def test_a_percentage_is_rounded_once_a_line_half_away_from_zero() -> None:
    assert off([5, 5], percent(50)) == [[3], [3]]
    assert off([1000], percent("33.33")) == [[333]]
    assert off([1999], percent(100)) == [[1999]]


def test_products_items_and_currencies_that_are_not_meant_stay_as_they_are() -> None:
    charges = [Charge(amount=1000, product="a", item="si_1"), Charge(amount=1000, product="b", item="si_2")]
    for discount in (percent(10, products=("b",)), percent(10, item="si_2")):
        assert [total_of(each) for each in taken_off(charges, (discount,), "usd")] == [0, 100]
    assert [total_of(each) for each in taken_off(charges, (amount(100),), "eur")] == [0, 0]
    assert off([-500], percent(50), amount(100)) == [[]]


def test_a_repeating_discount_ends_its_months_later_and_a_month_ends_with_its_last_day() -> None:
    coupon = Coupon(id="c", created=NOW, percent_off=Decimal(20), duration="repeating", duration_in_months=3)
    given_ = discount_of("di_1", coupon, NOW)
    assert given_.end == datetime(2025, 4, 30, tzinfo=UTC)
    assert given_.in_force(NOW)
    assert not given_.in_force(given_.end)
    assert discount_of("di_2", Coupon(id="c", created=NOW, percent_off=Decimal(20)), NOW).end is None


AMOUNTS = st.lists(st.integers(-(10**6), 10**9), min_size=1, max_size=8)
DISCOUNTS = st.lists(
    st.one_of(
        st.decimals("0.01", 100, places=2).map(percent),
        st.integers(1, 10**9).map(amount),
    ),
    max_size=5,
)


@settings(max_examples=300)
@given(AMOUNTS, DISCOUNTS)
def test_no_line_becomes_negative_and_no_more_is_taken_than_there_is(
    amounts: list[int], discounts: list[Discount]
) -> None:
    found = off(amounts, *discounts)
    for line, taken in zip(amounts, found, strict=True):
        assert all(each > 0 for each in taken)
        assert sum(taken) <= max(0, line)


@settings(max_examples=300)
@given(AMOUNTS, st.integers(1, 10**9))
def test_an_amount_is_taken_exactly(amounts: list[int], worth: int) -> None:
    found = off(amounts, amount(worth))
    assert sum(map(sum, found)) == min(worth, sum(max(0, each) for each in amounts))


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=4), DISCOUNTS)
def test_of_everything_nothing_is_left_whatever_follows(amounts: list[int], discounts: list[Discount]) -> None:
    found = off(amounts, percent(100), *discounts)
    assert [sum(each) for each in found] == amounts
    assert all(len(each) <= 1 for each in found)

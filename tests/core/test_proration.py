"""Proration gives the exact integers of the worked cases, and holds its bounds."""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.proration import credit, debit, fraction_left

CASES = json.loads((Path(__file__).parents[1] / "data" / "proration_cases.json").read_text())["cases"]
CHANGES = [case for case in CASES if case["kind"] == "change"]
START = datetime(2025, 6, 1, tzinfo=UTC)
AMOUNTS = st.integers(0, 10**9)
LENGTHS = st.integers(1, 3 * 366 * 86400)


@pytest.mark.parametrize("case", CHANGES, ids=[case["id"] for case in CHANGES])
def test_the_cases(case: dict[str, Any]) -> None:
    inputs, expected = case["inputs"], case["expected"]
    start, end, at = (datetime.fromisoformat(inputs[key]) for key in ("period_start", "period_end", "change_at"))
    given_back, charged = credit(inputs["old_amount"], start, end, at), debit(inputs["new_amount"], start, end, at)
    assert (given_back, charged, given_back + charged) == (
        expected["credit_line"],
        expected["debit_line"],
        expected["net"],
    )


@given(AMOUNTS, LENGTHS, st.data())
def test_parts_of_a_period_add_up(amount: int, length: int, data: st.DataObject) -> None:
    """D2: a period cut into parts of one price costs the price, but for half a unit a line."""
    cuts = sorted(data.draw(st.lists(st.integers(0, length), max_size=12)))
    end = START + timedelta(seconds=length)
    left = [debit(amount, START, end, START + timedelta(seconds=cut)) for cut in [0, *cuts, length]]
    assert sum(one - two for one, two in pairwise(left)) == amount

    parts = [
        debit(amount, START, end, START + timedelta(seconds=length - (stop - begin)))
        for begin, stop in zip([0, *cuts], [*cuts, length], strict=True)
    ]
    assert abs(sum(parts) - amount) * 2 <= len(parts)


@given(AMOUNTS, AMOUNTS, LENGTHS, st.data())
def test_bounded_and_monotone(old: int, new: int, length: int, data: st.DataObject) -> None:
    """D3: -old <= credit <= 0 <= debit <= new, and the later the change, the smaller both."""
    early, late = sorted(data.draw(st.tuples(st.integers(0, length), st.integers(0, length))))
    end = START + timedelta(seconds=length)
    first, second = START + timedelta(seconds=early), START + timedelta(seconds=late)
    assert -old <= credit(old, START, end, first) <= credit(old, START, end, second) <= 0
    assert new >= debit(new, START, end, first) >= debit(new, START, end, second) >= 0


@given(AMOUNTS, LENGTHS, st.data())
def test_a_change_and_its_reversal_cancel_out(amount: int, length: int, data: st.DataObject) -> None:
    at = START + timedelta(seconds=data.draw(st.integers(0, length)))
    end = START + timedelta(seconds=length)
    assert credit(amount, START, end, at) + debit(amount, START, end, at) == 0


def test_outside_of_the_period() -> None:
    end = START + timedelta(days=30)
    assert fraction_left(START, end, START - timedelta(days=1)) == 1
    assert fraction_left(START, end, end + timedelta(days=1)) == 0
    with pytest.raises(ValueError, match="ends after"):
        fraction_left(START, START, START)

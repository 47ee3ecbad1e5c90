"""Boundaries are counted from the anchor, clamped to the month, in UTC."""

import json
import os
import time
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.book import Interval, Recurring
from frontdesk.periods import boundary, is_boundary, period_containing, whole_seconds

CASES = json.loads((Path(__file__).parents[1] / "data" / "proration_cases.json").read_text())["cases"]
CYCLES = [case for case in CASES if case["kind"] == "cycle"]
INTERVALS = [
    Recurring(interval="day"),
    Recurring(interval="week", interval_count=2),
    Recurring(interval="month"),
    Recurring(interval="month", interval_count=3),
    Recurring(interval="year"),
    Recurring(interval="year", interval_count=3),
]
INSTANTS = st.integers(631152000, 6942672000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
RECURRINGS = st.builds(Recurring, interval=st.sampled_from(get_args(Interval)), interval_count=st.integers(1, 36))


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize("case", CYCLES, ids=[case["id"] for case in CYCLES])
def test_the_cases(case: dict[str, Any]) -> None:
    inputs, boundaries = case["inputs"], [day(each) for each in case["expected"]["boundaries"]]
    recurring = Recurring(interval=inputs["interval"], interval_count=inputs["interval_count"])
    assert [boundary(day(inputs["anchor"]), recurring, n) for n in range(len(boundaries))] == boundaries


@pytest.mark.parametrize("recurring", INTERVALS, ids=lambda each: f"{each.interval_count}-{each.interval}")
@pytest.mark.parametrize("year", [2023, 2024])
def test_no_day_of_the_year_drifts(recurring: Recurring, year: int) -> None:
    """D5: 48 periods from every day of a common and a leap year."""
    first = datetime(year, 1, 1, 13, 7, 5, tzinfo=UTC)
    for offset in range(366 if year == 2024 else 365):
        anchor = first + timedelta(days=offset)
        boundaries = [boundary(anchor, recurring, n) for n in range(49)]
        for one, two in pairwise(boundaries):
            assert period_containing(anchor, recurring, one).end == two
        if recurring.interval in ("month", "year"):
            assert all(each.day == min(anchor.day, monthrange(each.year, each.month)[1]) for each in boundaries)
            assert all(each.timetz() == anchor.timetz() for each in boundaries)
        if recurring == Recurring(interval="month"):
            assert {(b - a).days for a, b in pairwise(boundaries)} <= {28, 29, 30, 31}


@given(INSTANTS, RECURRINGS, INSTANTS)
def test_every_instant_lies_in_exactly_one_period(anchor: datetime, recurring: Recurring, instant: datetime) -> None:
    period = period_containing(anchor, recurring, instant)
    assert period.start <= instant < period.end
    assert (period.start, period.end) == (
        boundary(anchor, recurring, period.index),
        boundary(anchor, recurring, period.index + 1),
    )
    assert period_containing(anchor, recurring, period.end).index == period.index + 1


@given(INSTANTS, RECURRINGS, st.integers(-10, 10), st.sampled_from([0, 1, -1, 60, 86400, -86400, 86400 * 31]))
def test_a_boundary_is_known_without_being_worked_out(
    anchor: datetime, recurring: Recurring, n: int, beside: int
) -> None:
    there = boundary(anchor, recurring, n)
    assert is_boundary(anchor, recurring, there)
    instant = there + timedelta(seconds=beside)
    assert is_boundary(anchor, recurring, instant) == (period_containing(anchor, recurring, instant).start == instant)


def test_leap_day_comes_back() -> None:
    yearly = Recurring(interval="year")
    assert [boundary(day("2024-02-29"), yearly, n) for n in range(5)] == [
        day(each) for each in ("2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29")
    ]


def test_whole_seconds_are_utc_and_need_a_zone() -> None:
    berlin = timezone(timedelta(hours=2))
    assert whole_seconds(datetime(2025, 6, 1, 2, 0, 0, 999_999, tzinfo=berlin)) == datetime(2025, 6, 1, tzinfo=UTC)
    assert whole_seconds(datetime(2025, 6, 1, tzinfo=berlin)).tzinfo is UTC
    with pytest.raises(ValueError, match="time zone"):
        whole_seconds(datetime(2025, 6, 1))  # noqa: DTZ001


@pytest.fixture(params=["Australia/Lord_Howe", "Asia/Kolkata", "Europe/Berlin"])
def local_zone(request: pytest.FixtureRequest) -> Iterator[str]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def test_the_machine_s_zone_changes_nothing(local_zone: str) -> None:
    """D6, across both switches of summer time."""
    monthly = Recurring(interval="month")
    anchor = datetime(2025, 1, 30, 2, 30, tzinfo=UTC)
    assert [boundary(anchor, monthly, n) for n in (1, 2, 9, 10)] == [
        datetime(2025, 2, 28, 2, 30, tzinfo=UTC),
        datetime(2025, 3, 30, 2, 30, tzinfo=UTC),
        datetime(2025, 10, 30, 2, 30, tzinfo=UTC),
        datetime(2025, 11, 30, 2, 30, tzinfo=UTC),
    ]

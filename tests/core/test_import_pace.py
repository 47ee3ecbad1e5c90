"""What is said of how long a first import still takes is what was measured, and nothing else."""

from datetime import UTC, datetime, timedelta

from frontdesk.import_pace import Mark, each_minute, marked, time_left

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def after(
    steps: int, *, seconds: float, customers: int, marks: tuple[Mark, ...] = (), start: float = 0, done: int = 0
) -> tuple[Mark, ...]:
    """The marks after some steps that are equally long."""
    for step in range(1, steps + 1):
        marks = marked(marks, done + step * customers, at(start + step * seconds))
    return marks


def test_nothing_is_said_in_the_first_seconds_nor_before_it_is_known_how_many_there_are() -> None:
    assert time_left((), 0, 1000, NOON) is None
    marks = after(4, seconds=3, customers=20)
    assert time_left(marks, 80, 1000, at(14)) is None
    marks = after(11, seconds=3, customers=20)
    assert time_left(marks, 220, None, at(33)) is None
    assert time_left(marks, 220, 1000, at(33)) == timedelta(seconds=(1000 - 220) * 30 / 200)


def test_only_the_last_minutes_count() -> None:
    slow = after(60, seconds=20, customers=1)
    quick = after(80, seconds=5, customers=50, marks=slow, start=1200, done=60)
    assert len(quick) <= 22
    pace = each_minute(quick, 60 + 4000, at(1200 + 400))
    assert pace is not None
    assert 595 < pace < 605


def test_an_import_that_stands_still_promises_nothing_and_is_measured_anew() -> None:
    marks = after(20, seconds=5, customers=10)
    assert time_left(marks, 200, 400, at(100)) is not None
    assert time_left(marks, 200, 400, at(100 + 150)) is None
    again = marked(marks, 210, at(4000))
    assert again == (Mark(at(4000), 210),)
    assert time_left(again, 210, 400, at(4005)) is None


def test_more_than_were_counted_leaves_nothing_to_wait_for() -> None:
    marks = after(20, seconds=5, customers=10)
    assert time_left(marks, 200, 190, at(100)) == timedelta(0)

"""When a session's end is said, and whether it can be put off."""

from datetime import UTC, datetime, timedelta

import pytest

from frontdesk.session_ends import EARLY, LATE, session_end

BEGUN = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
IDLE, WHOLE = timedelta(hours=1), timedelta(hours=12)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("seen", "now", "left", "can_stay"),
    [
        # Just seen: an hour is left, and nothing is won by staying.
        (timedelta(0), timedelta(0), IDLE, False),
        (timedelta(0), timedelta(seconds=59), IDLE - timedelta(seconds=59), False),
        (timedelta(0), MINUTE, IDLE - MINUTE, True),
        # Five minutes before the idle end.
        (timedelta(0), IDLE - EARLY, EARLY, True),
        (timedelta(0), IDLE - timedelta(seconds=1), timedelta(seconds=1), True),
        (timedelta(0), IDLE, timedelta(0), False),
        (timedelta(0), 2 * IDLE, timedelta(0), False),
        # The twelfth hour: nobody puts off its end.
        (WHOLE - IDLE, WHOLE - EARLY, EARLY, False),
        (WHOLE - EARLY, WHOLE - LATE, LATE, False),
        # The idle end comes two minutes before the last: staying brings those two; and one minute; and half a one.
        (WHOLE - IDLE - 2 * MINUTE, WHOLE - 4 * MINUTE, 2 * MINUTE, True),
        (WHOLE - IDLE - MINUTE, WHOLE - 4 * MINUTE, 3 * MINUTE, True),
        (WHOLE - IDLE - MINUTE / 2, WHOLE - 4 * MINUTE, 3.5 * MINUTE, False),
    ],
)
def test_the_end_and_whether_it_can_be_put_off(
    seen: timedelta, now: timedelta, left: timedelta, can_stay: bool
) -> None:
    end = session_end(BEGUN + seen, IDLE, BEGUN + WHOLE, BEGUN + now)
    assert (end.left(BEGUN + now), end.can_stay) == (left, can_stay)


def test_the_warning_leaves_time_to_answer() -> None:
    """WCAG asks for twenty seconds at the least, after a warning that cannot be missed."""
    assert timedelta(seconds=20) <= LATE < EARLY < timedelta(minutes=30)

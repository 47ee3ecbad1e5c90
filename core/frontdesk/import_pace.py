"""How fast a first import goes, measured over the last minutes, and how long it takes at that pace.

What is said of the future is only what was measured: nothing in the first seconds, nothing before it is known how many
there are, and nothing while the import stands still. An hour in which no worker ran says nothing about the pace, so
the measuring begins anew after it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

WINDOW = timedelta(minutes=5)
"""What is longer ago does not count: a backend that was slow an hour ago may be quick now."""
SPACING = timedelta(seconds=15)
"""Between two marks, so that a row holds some twenty of them and not thousands."""
BREAK = timedelta(minutes=2)
"""Where nothing was done for so long, nobody was at it."""
SOONEST = timedelta(seconds=15)
"""Before that a pace is a guess."""


class Mark(Struct, frozen=True, array_like=True):
    """How many were done at an instant."""

    at: datetime
    done: int


def marked(marks: Sequence[Mark], done: int, now: datetime) -> tuple[Mark, ...]:
    """The marks, once so many are done at `now`."""
    if not marks or now - marks[-1].at > BREAK or done < marks[-1].done:
        return (Mark(now, done),)
    if now - marks[-1].at < SPACING:
        return tuple(marks)
    return (*(each for each in marks if now - each.at <= WINDOW), Mark(now, done))


def each_minute(marks: Sequence[Mark], done: int, now: datetime) -> float | None:
    """How many are done in a minute; None where that was not measured long enough, or where nobody is at it."""
    if not marks or now - marks[-1].at > BREAK:
        return None
    span, did = now - marks[0].at, done - marks[0].done
    return None if span < SOONEST or did <= 0 else did / (span / timedelta(minutes=1))


def time_left(marks: Sequence[Mark], done: int, total: int | None, now: datetime) -> timedelta | None:
    """How long the rest takes at the pace of the last minutes; None where that cannot be said."""
    pace = each_minute(marks, done, now)
    if pace is None or total is None:
        return None
    return timedelta(minutes=max(total - done, 0) / pace)

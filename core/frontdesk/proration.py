"""Proration to the second: credit for time not used, debit for time that remains (trust.md §D2).

`f = (end - at) / (end - start)`; credit = -R(amount × f), debit = +R(amount × f). R rounds half away from zero, once a
line: the two lines of a change are rounded each on its own and never their difference.
"""

from datetime import datetime, timedelta
from fractions import Fraction

from frontdesk.money import round_half_away
from frontdesk.periods import Stretch

_MICROSECOND = timedelta(microseconds=1)


def fraction_left(start: datetime, end: datetime, at: datetime) -> Fraction:
    """How much of `[start, end)` is still to come at `at`: 1 before its start, 0 from its end on.

    Raises:
        ValueError: the period is empty.
    """
    if end <= start:
        raise ValueError("a period ends after it starts")
    at = min(max(at, start), end)
    return Fraction((end - at) // _MICROSECOND, (end - start) // _MICROSECOND)


def debit(amount: int, start: datetime, end: datetime, at: datetime) -> int:
    """What the rest of `[start, end)` costs at `amount` for the whole, in minor units, never negative."""
    return round_half_away(amount * fraction_left(start, end, at))


def credit(amount: int, start: datetime, end: datetime, at: datetime) -> int:
    """What is given back for the rest of `[start, end)` if `amount` was billed for the whole, never positive."""
    return -debit(amount, start, end, at)


def share(amount: int, stretch: Stretch) -> int:
    """What a stretch of a period costs at `amount` for the whole, in minor units, rounded once."""
    if stretch.is_whole:
        return amount
    length = stretch.whole_end - stretch.whole_start
    return round_half_away(amount * Fraction((stretch.end - stretch.start) // _MICROSECOND, length // _MICROSECOND))

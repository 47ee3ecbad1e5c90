"""A calendar of its own: days are numbered from 1 March of year 0, instants are seconds since 1970 (UTC)."""

from functools import lru_cache

DAY = 86400
_TO_1970 = 719468
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

Rhythm = tuple[str, int]
"""An interval and how many of it make a period: ("month", 3)."""


def date_of(number: int) -> tuple[int, int, int]:
    """Year, month and day of a day counted from 1 January 1970."""
    era, day = divmod(number + _TO_1970, 146097)
    year = (day - day // 1460 + day // 36524 - day // 146096) // 365
    day -= 365 * year + year // 4 - year // 100
    month = (5 * day + 2) // 153
    day -= (153 * month + 2) // 5
    return era * 400 + year + (month >= 10), month + 3 - 12 * (month >= 10), day + 1


def number_of(year: int, month: int, day: int) -> int:
    """The day counted from 1 January 1970."""
    late = month > 2
    era, year = divmod(year - (not late), 400)
    of_year = (153 * (month - 3 if late else month + 9) + 2) // 5 + day - 1
    return era * 146097 + year * 365 + year // 4 - year // 100 + of_year - _TO_1970


def month_length(year: int, month: int) -> int:
    """28 to 31."""
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return _LENGTHS[month - 1] + (leap and month == 2)


def months_on(instant: int, months: int) -> int:
    """The same day and time of day so many months later; the last day of a month that is too short."""
    number, time = divmod(instant, DAY)
    year, month, day = date_of(number)
    year, month = year + (month + months - 1) // 12, (month + months - 1) % 12 + 1
    return number_of(year, month, min(day, month_length(year, month))) * DAY + time


def mark(anchor: int, rhythm: Rhythm, n: int) -> int:
    """The n-th instant at which a period begins, counted from the anchor."""
    unit, count = rhythm
    if unit in ("day", "week"):
        return anchor + n * count * (7 if unit == "week" else 1) * DAY
    return months_on(anchor, n * count * (12 if unit == "year" else 1))


@lru_cache(10_000)
def around(anchor: int, rhythm: Rhythm, instant: int) -> tuple[int, int]:
    """The period that holds an instant: found by walking from the anchor, ever smaller steps."""
    n, step = 0, 1024
    while step:
        while instant >= mark(anchor, rhythm, n + step):
            n += step
        while instant < mark(anchor, rhythm, n) and mark(anchor, rhythm, n - step + 1) > instant:
            n -= step
        step //= 2
    if instant < mark(anchor, rhythm, n):
        n -= 1
    return mark(anchor, rhythm, n), mark(anchor, rhythm, n + 1)

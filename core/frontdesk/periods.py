"""Billing periods: half-open intervals `[start, end)` whose boundaries are counted from an anchor.

Boundary n is the anchor plus n intervals, its day clamped to the length of the month; it is never counted from the
boundary before, so a subscription that began on 31 January is billed on 28 February and on 31 March again
(docs.stripe.com/billing/subscriptions/billing-cycle). All instants are aware UTC: local time has no part in it.
"""

from calendar import isleap
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from frontdesk.book import Recurring

_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "year": 12}
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Period(Struct, frozen=True):
    """`[start, end)`, the `index`-th period after the anchor; the one that begins at the anchor has index 0."""

    index: int
    start: datetime
    end: datetime


def whole_seconds(instant: datetime) -> datetime:
    """The instant in UTC without its fraction of a second: billing counts seconds.

    Raises:
        ValueError: the instant is naive.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant has a time zone")
    return instant.astimezone(UTC).replace(microsecond=0)


def boundary(anchor: datetime, recurring: Recurring, n: int) -> datetime:
    """The n-th boundary after the anchor (before it, if n is negative). Boundary 0 is the anchor."""
    steps = n * recurring.interval_count
    if recurring.interval in _DAYS:
        return anchor + timedelta(days=steps * _DAYS[recurring.interval])
    months = anchor.year * 12 + anchor.month - 1 + steps * _MONTHS[recurring.interval]
    year, month = divmod(months, 12)
    return anchor.replace(year, month + 1, _day(anchor, year, month + 1))


def period_containing(anchor: datetime, recurring: Recurring, instant: datetime) -> Period:
    """The period with `start <= instant < end`."""
    n = _latest(anchor, recurring, instant)
    start = boundary(anchor, recurring, n)
    if start > instant:
        return Period(n - 1, boundary(anchor, recurring, n - 1), start)
    return Period(n, start, boundary(anchor, recurring, n + 1))


def is_boundary(anchor: datetime, recurring: Recurring, instant: datetime) -> bool:
    """Whether one period ends and the next begins at this instant.

    That is told without working a boundary out, which takes three times as long: every page asks.
    """
    if recurring.interval in _DAYS:
        return not (instant - anchor) % _days(recurring)
    months = (instant.year - anchor.year) * 12 + instant.month - anchor.month
    return (
        not months % (_MONTHS[recurring.interval] * recurring.interval_count)
        and instant.day == _day(anchor, instant.year, instant.month)
        and instant.time() == anchor.time()
    )


class Stretch(Struct, frozen=True):
    """A stretch of time `[start, end)` within one period `[whole_start, whole_end)`, which most often is all of it."""

    start: datetime
    end: datetime
    whole_start: datetime
    whole_end: datetime

    @property
    def is_whole(self) -> bool:
        """Whether it is the whole period."""
        return self.start == self.whole_start and self.end == self.whole_end


def stretch_from(anchor: datetime, recurring: Recurring, start: datetime, until: datetime | None = None) -> Stretch:
    """From `start` to the next boundary, or to `until` if that comes before.

    A first or last partial period (a stub) is measured by the period that contains it, so that parts of a period add
    up to the whole (trust.md §D1; P42: Stripe imagines a period from the start on instead).
    """
    whole = period_containing(anchor, recurring, start)
    end = whole.end if until is None or until <= start else min(whole.end, until)
    return Stretch(start, end, whole.start, whole.end)


def stretches(anchor: datetime, recurring: Recurring, start: datetime, now: datetime) -> tuple[Stretch, ...]:
    """`start` until the first boundary after `now`, period by period."""
    found = [stretch_from(anchor, recurring, start)]
    while found[-1].end <= now:
        found.append(stretch_from(anchor, recurring, found[-1].end))
    return tuple(found)


def _latest(anchor: datetime, recurring: Recurring, instant: datetime) -> int:
    """The last boundary that is not after the instant, or the next one, if that comes later in the instant's month."""
    if recurring.interval in _DAYS:
        return (instant - anchor) // _days(recurring)
    months = (instant.year - anchor.year) * 12 + instant.month - anchor.month
    return months // (_MONTHS[recurring.interval] * recurring.interval_count)


def _days(recurring: Recurring) -> timedelta:
    """How long a period of days or weeks is."""
    return timedelta(days=_DAYS[recurring.interval] * recurring.interval_count)


def _day(anchor: datetime, year: int, month: int) -> int:
    """The day of a month (1 to 12) that the anchor's comes to there."""
    if anchor.day <= 28:
        return anchor.day
    return min(anchor.day, 29 if month == 2 and isleap(year) else _LENGTHS[month - 1])

"""When a subscription begins, until when it is free, and from when its periods are counted: read off its command."""

from calendar import monthrange
from datetime import datetime, timedelta

from msgspec import Struct

from frontdesk.book import AnchorConfig, Recurring
from frontdesk.commands import CreateSubscription
from frontdesk.periods import boundary
from frontdesk_invoice_only.refusals import (
    anchor_not_ahead,
    anchor_not_for,
    anchor_too_far,
    anchor_twice,
    start_not_past,
    start_too_early,
    trial_end_not_ahead,
    trial_too_long,
    trial_twice,
)

LONGEST_TRIAL = timedelta(days=730)
EARLIEST_START = timedelta(days=5 * 366)
"""A bound on how many lines one first invoice can have."""


class Beginning(Struct, frozen=True, kw_only=True):
    """`start` is past or now. What lies before `trial_end` is free; periods are counted from `anchor`."""

    start: datetime
    trial_end: datetime | None
    anchor: datetime


def beginning(command: CreateSubscription, recurring: Recurring, now: datetime) -> Beginning:
    """What the command says of its time. Raises Refused where that makes no sense at `now`."""
    trial_end = _trial_end(command, now)
    first = trial_end or now
    if command.start is not None:
        if command.start > now:
            raise start_not_past()
        if command.start < now - EARLIEST_START:
            raise start_too_early()
    anchor = first
    if command.anchor is not None and command.anchor_config is not None:
        raise anchor_twice()
    if command.anchor is not None:
        anchor = command.anchor
        if anchor < first:
            raise anchor_not_ahead()
        latest = boundary(first, recurring, 1)
        if anchor > latest:
            raise anchor_too_far(int(latest.timestamp()))
    elif command.anchor_config is not None:
        if recurring.interval not in ("month", "year"):
            raise anchor_not_for(recurring.interval)
        anchor = in_calendar(command.anchor_config, first)
    return Beginning(start=command.start or now, trial_end=trial_end, anchor=anchor)


def in_calendar(config: AnchorConfig, first: datetime) -> datetime:
    """The first instant from `first` on that has the very day: periods counted from it are clamped in shorter months.

    A time of day that is not said is that of `first`.
    """
    day = config.day_of_month
    hour, minute, second = (
        of_first if said is None else said
        for said, of_first in ((config.hour, first.hour), (config.minute, first.minute), (config.second, first.second))
    )
    months = first.year * 12 + first.month - 1
    for ahead in range(12 * 9):
        year, month = divmod(months + ahead, 12)
        if config.month not in (None, month + 1) or monthrange(year, month + 1)[1] < day:
            continue
        found = first.replace(
            year=year, month=month + 1, day=day, hour=hour, minute=minute, second=second, microsecond=0
        )
        if found >= first:
            return found
    raise anchor_not_for(f"day {day} of month {config.month}")


def _trial_end(command: CreateSubscription, now: datetime) -> datetime | None:
    if command.trial_end is not None and command.trial_days:
        raise trial_twice()
    if command.trial_end is None:
        return now + timedelta(days=command.trial_days) if command.trial_days else None
    checked_trial_end(command.trial_end, now)
    return command.trial_end


def checked_trial_end(at: datetime, now: datetime) -> None:
    """Raises Refused where a trial cannot end `at`."""
    if at <= now:
        raise trial_end_not_ahead()
    if at > now + LONGEST_TRIAL:
        raise trial_too_long()

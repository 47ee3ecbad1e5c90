"""Test clocks: on a sandbox side a customer's account can live on a time of its own, which is moved on by hand.

A clock only goes forward, and everything that falls due on the way happens in order. Where we part from Stripe
(docs.stripe.com/api/test_clocks/advance): Stripe moves a clock by at most two intervals of its shortest subscription at
a time, two years where there is none. Here it is two years whatever is subscribed to, because nothing that happens on
the way leaves the house: "three months on" is one act for a monthly plan.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Literal

from msgspec import Struct

from frontdesk import clock_refusals
from frontdesk.book import Recurring
from frontdesk.errors import Refused
from frontdesk.periods import boundary

ClockStatus = Literal["ready", "advancing", "internal_failure"]

KEPT = timedelta(days=30)
"""How long a clock lives, as at Stripe; then it is deleted with its customers."""
MOST_CUSTOMERS = 100
"""Customers on one clock (Stripe: three)."""
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
STEPS: Mapping[str, Recurring] = {
    "day": Recurring(interval="day"),
    "week": Recurring(interval="week"),
    "month": Recurring(interval="month"),
    "quarter": Recurring(interval="month", interval_count=3),
}
"""The moves that have a name."""
_LONGEST_MOVE = Recurring(interval="year", interval_count=2)


class TestClock(Struct, frozen=True, kw_only=True):
    """The time of the customers that are on it.

    While `status` is "advancing" the clock is on its way to `target`, and `frozen_time` is how far it has come.
    `moved_from` is where it stood before it was last moved, `issued` how many invoices that move has issued so far.
    `deletes_after` is in real time, as `created` is.
    """

    __test__: ClassVar[bool] = False  # Not a test, whatever pytest takes its name for.

    id: str
    name: str | None
    frozen_time: datetime
    status: ClockStatus
    created: datetime
    deletes_after: datetime
    target: datetime | None = None
    moved_from: datetime | None = None
    issued: int = 0


def check_start(frozen_time: datetime) -> None:
    """Raises Refused for a time at which no clock can stand."""
    if not EARLIEST <= frozen_time < LATEST:
        raise Refused(clock_refusals.clock_time_impossible())


def furthest(clock: TestClock) -> datetime:
    """The latest time to which the clock can be moved in one go."""
    return min(boundary(clock.frozen_time, _LONGEST_MOVE, 1), LATEST - timedelta(seconds=1))


def after_step(clock: TestClock, step: str) -> datetime:
    """What time it is one of the `STEPS` on. Raises Refused for a step that there is not."""
    if step not in STEPS:
        raise Refused(clock_refusals.clock_goes_forward())
    return boundary(clock.frozen_time, STEPS[step], 1)


def check_advance(clock: TestClock, to: datetime) -> None:
    """Raises Refused where the clock cannot be moved on to that time now."""
    check_ready(clock)
    if to <= clock.frozen_time:
        raise Refused(clock_refusals.clock_goes_forward())
    if to > furthest(clock):
        raise Refused(clock_refusals.clock_too_far(int(furthest(clock).timestamp())))


def check_standing(clock: TestClock) -> None:
    """Raises Refused while the clock is on its way: nothing else happens to its customers then."""
    if clock.status == "advancing":
        raise Refused(clock_refusals.clock_advancing(clock.id))


def check_ready(clock: TestClock) -> None:
    """Raises Refused while the clock is on its way, or if it was stopped by a failure."""
    check_standing(clock)
    if clock.status == "internal_failure":
        raise Refused(clock_refusals.clock_failed(clock.id))

"""How a subscription schedule came to its end, told from its subscription before and after.

A schedule is over when nothing waits any more: it has let go of the subscription (`released`), has ended it as it was
to (`completed`), or has gone with it before (`canceled`): docs.stripe.com/billing/subscriptions/subscription-schedules.
"""

from datetime import datetime
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from frontdesk.book import ENDED, Subscription

ScheduleEnd: TypeAlias = Literal["released", "completed", "canceled"]


class PastSchedule(Struct, frozen=True, kw_only=True):
    """A schedule that is over: its subscription as it was last while the schedule lasted, and as it was then.

    `noted_at` is when that was written down, in real time.
    """

    before: Subscription
    after: Subscription
    noted_at: datetime

    @property
    def status(self) -> ScheduleEnd:
        """What came of it."""
        return how_over(self.before, self.after)

    @property
    def over_at(self) -> datetime:
        """When that was, in the account's time.

        Of one that was taken back on a test clock nobody knows exactly when that was by the clock: never before it was
        asked for, and within the period.
        """
        before, after = self.before, self.after
        if after.status in ENDED and after.ended_at is not None:
            return after.ended_at
        asked, ends = before.period_start, before.period_end
        if before.put_off is not None:
            last = (before.put_off, *before.put_off.then)[-1]
            asked, ends = before.put_off.asked, last.at or before.period_end
        elif before.scheduled is not None:
            asked, ends = before.scheduled.asked, before.scheduled.until
        if after.period_start >= ends:
            return ends
        return min(max(self.noted_at, asked), after.period_end)


def how_over(before: Subscription, after: Subscription) -> ScheduleEnd:
    """What came of a schedule that the subscription had `before` and has no more `after`."""
    if after.status not in ENDED:
        return "released"
    ends = before.cancel_at
    return "completed" if ends is not None and after.ended_at is not None and after.ended_at >= ends else "canceled"


def with_schedules_counted(before: Subscription | None, after: Subscription) -> Subscription:
    """The subscription with how many schedules it has had, where a backend does not say: `before` is what was known.

    One that was asked for at another instant is another one, also where nobody saw the one before it end.
    """
    if after.schedules:
        return after
    known = 0 if before is None else before.schedules
    had = max(known, 1) if before is not None and before.has_schedule else known
    if not after.has_schedule:
        return replace(after, schedules=had)
    goes_on = before is not None and _asked(before) == _asked(after)
    return replace(after, schedules=known if goes_on else had + 1)


def _asked(subscription: Subscription) -> datetime | None:
    present = subscription.put_off or subscription.scheduled
    return None if present is None else present.asked

"""When a customer's pause may be over: after a length of the portal configuration, counted from its beginning.

Who moves the end of a pause that runs chooses among the same lengths, so that no pause becomes longer than the tenant
lets one be. Those that would be over already are not offered: going on now is another act, at a price of its own.
"""

from datetime import datetime

from frontdesk.book import Pause
from frontdesk.periods import boundary
from frontdesk.portal_configuration import PauseDuration, recurring_of


def ends(duration: PauseDuration, since: datetime) -> tuple[datetime | None, ...]:
    """When each pause that may be chosen is over if it begins at `since`, in the configuration's order; None until it
    is resumed."""
    if duration.type == "indefinite":
        return (None,)
    return tuple(boundary(since, recurring_of(each), 1) for each in duration.interval_options)


def other_ends(pause: Pause, duration: PauseDuration, now: datetime) -> tuple[datetime | None, ...]:
    """The ends that a pause which runs can be moved to."""
    return tuple(
        each for each in ends(duration, pause.since) if each != pause.resumes_at and (each is None or each > now)
    )

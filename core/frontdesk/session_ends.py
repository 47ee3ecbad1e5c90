"""When a session ends, and from when on its page says so, in time to stay (WCAG 2.2 §2.2.1, trust.md G10).

A session ends after a while without a request, which its holder can prevent by a click, and at the latest at an end
that nobody can put off. Before either a page says it: quietly at first, and so that it cannot be missed in the last
minute. Twenty seconds to answer would be enough for the standard; people who use a switch need more.
"""

from datetime import datetime, timedelta

from msgspec import Struct

EARLY = timedelta(minutes=5)
"""How long before the end it is said beside the page."""
LATE = timedelta(minutes=1)
"""How long before the end it is said in front of the page."""
LEAST_GAIN = timedelta(minutes=1)
"""Staying has to put the end off by this much to be offered."""


class SessionEnd(Struct, frozen=True, kw_only=True):
    """When a session ends if nothing happens, and whether staying would put that off."""

    at: datetime
    can_stay: bool

    def left(self, now: datetime) -> timedelta:
        """How long that is from now; never less than nothing."""
        return max(self.at - now, timedelta(0))


def session_end(last_seen: datetime, idle: timedelta, expires_at: datetime, now: datetime) -> SessionEnd:
    """The end of a session that was last seen in use then; `idle` and `expires_at` are its limits."""
    at = min(last_seen + idle, expires_at)
    put_off = min(now + idle, expires_at)
    return SessionEnd(at=at, can_stay=now < at and put_off - at >= LEAST_GAIN)

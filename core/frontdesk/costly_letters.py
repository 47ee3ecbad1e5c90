"""Letters that cost money, text messages: how many may go, to whom, and when a country looks pumped.

Pumping: somebody has codes sent to numbers of whose fees they get a share, and types none of them. They need no
account of their own: an address that a customer has is enough. So there are caps for a number, for its neighbours
(bought in blocks), for a side by hour and by day; and an area whose texts are hardly ever followed by a sign-in is
closed for a day. Figures are of trust.md §A2; a tenant sets tighter ones. A letter that may not go is not missed: the
code goes by the next channel, and nobody who asked for it can see which way it took.
"""

import hashlib
from datetime import datetime, timedelta

from msgspec import Struct

from frontdesk.channels import Caps, Destination
from frontdesk.limits import Check, Limit

HOUR, DAY = timedelta(hours=1), timedelta(hours=24)
MOST = Caps()
NEIGHBOURS_PER_DAY = 20
"""Texts to numbers that differ in their last three digits alone."""
TRIES = 3
SUSPICIOUS_AFTER = 20
LEAST_USED = 0.2
"""Of the codes that were texted to an area within a day, at least so many have to be used once there are more than
`SUSPICIOUS_AFTER`. Of people who ask for a code by text, more than half type it."""


class AreaUse(Struct, frozen=True):
    """How many codes were texted to an area within the last day, and how many of them were used."""

    sent: int
    used: int


def is_pumped(use: AreaUse) -> bool:
    """Whether an area gets no texts for now."""
    return use.sent >= SUSPICIOUS_AFTER and use.used < LEAST_USED * use.sent


def since(now: datetime) -> datetime:
    """From when on the texts of an area count."""
    return now - DAY


def checks(tenant: str, destination: Destination, caps: Caps) -> tuple[Check, ...]:
    """The counters that a costly letter adds to, never above trust.md's; their keys hold no number in clear."""
    number, block = _key(tenant, destination.to), _key(tenant, destination.to[:-3])
    side = _key(tenant)
    return (
        _check("address", number, min(caps.per_address_day, MOST.per_address_day), DAY),
        _check("neighbours", block, NEIGHBOURS_PER_DAY, DAY),
        _check("hour", side, min(caps.per_hour, MOST.per_hour), HOUR),
        _check("day", side, caps.per_day, DAY),
    )


def tries(letter: str) -> tuple[Check, ...]:
    """The counter of one letter that is tried again: a gateway that gives no answer may have sent it each time."""
    return (_check("tries", _key(letter), TRIES, HOUR),)


def _check(name: str, key: str, count: int, window: timedelta) -> Check:
    limit = Limit(name=f"costly:{name}", act="request", scope="letter", count=count, window=window)
    return Check(limit=limit, key=f"{limit.name}:{key}")


def _key(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]

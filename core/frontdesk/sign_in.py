"""Which customer is opened after somebody has proven an e-mail address that several customers share.

Stripe opens the most recently created customer with an active subscription and hides the others (portal_spec.md §B.4).
We open the same one; the others are in a switcher, and one without a subscription is not locked out.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Literal

from msgspec import Struct

from frontdesk.book import ACTIVE, SubscriptionStatus


class Candidate(Struct, frozen=True, kw_only=True):
    """A customer with the proven address. `statuses` are those of all its subscriptions that are in the book."""

    customer: str
    created: datetime
    name: str | None = None
    statuses: tuple[SubscriptionStatus, ...] = ()
    deleted: bool = False

    @property
    def active(self) -> bool:
        """Whether it has a subscription that is active, trialing or past due."""
        return not ACTIVE.isdisjoint(self.statuses)


def choose_customer(candidates: Iterable[Candidate]) -> Candidate | None:
    """The customer to open: the newest with an active subscription, else the newest; None where there is none.

    Deleted customers are never opened. Of two created in one instant, the one with the greater id is the newer.
    """
    return max(_alive(candidates), key=lambda each: (each.active, each.created, each.customer), default=None)


WhyOpened = Literal["only", "only_active", "newest_active", "newest"]
"""It is the only one; the only one with an active subscription; the newest of those; the newest, as none has any."""


def why_opened(candidates: Iterable[Candidate]) -> WhyOpened | None:
    """Why `choose_customer` chooses the one it does; None where it chooses nobody."""
    alive = _alive(candidates)
    active = [each for each in alive if each.active]
    if len(alive) < 2:
        return "only" if alive else None
    if len(active) < 2:
        return "only_active" if active else "newest"
    return "newest_active"


def others(candidates: Iterable[Candidate], opened: str) -> tuple[Candidate, ...]:
    """What the switcher shows beside the opened customer, newest first."""
    rest = [each for each in _alive(candidates) if each.customer != opened]
    return tuple(sorted(rest, key=lambda each: (each.created, each.customer), reverse=True))


def _alive(candidates: Iterable[Candidate]) -> Collection[Candidate]:
    return [each for each in candidates if not each.deleted]

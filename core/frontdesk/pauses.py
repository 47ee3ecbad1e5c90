"""How a subscription that rested goes on, the same in bills and in what is shown before."""

from datetime import datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from frontdesk.book import Subscription, Terms
from frontdesk.ids import Ids
from frontdesk.periods import Stretch, stretch_from
from frontdesk.put_off import as_renewed


class GoingOn(Struct, frozen=True, kw_only=True):
    """The subscription as it goes on, and what of time is to be billed then: None where that was paid already."""

    subscription: Subscription
    stretch: Stretch | None


def going_on(
    subscription: Subscription, at: datetime, anchor: Literal["now", "unchanged"], terms: Terms, ids: Ids
) -> GoingOn:
    """The subscription resumed `at`. A change that was put off comes with the period that is billed then."""
    active = replace(subscription, status="active", paused=None)
    if anchor == "unchanged" and subscription.period_end > at:
        return GoingOn(subscription=active, stretch=None)
    renewed = as_renewed(replace(active, free_until=None), terms, ids, at)
    if anchor == "now":
        renewed = replace(renewed, anchor=at, anchor_config=None)
    recurring = terms.prices[renewed.items[0].price].recurring
    if recurring is None:
        raise ValueError(f"{renewed.items[0].price} is in a subscription and does not recur")
    return GoingOn(subscription=renewed, stretch=stretch_from(renewed.anchor, recurring, at, renewed.cancel_at))


def by_itself(subscription: Subscription, at: datetime) -> Literal["now", "unchanged"]:
    """How a pause with an end is over: with a new period, unless the present one is still paid for."""
    return "unchanged" if subscription.period_end > at else "now"

"""Changes of plan that wait for the end of the period: which do, and what the subscription is like after them.

Stripe puts off what the conditions `decreasing_item_amount` and `shortening_interval` of a portal configuration catch,
by a subscription schedule, and only among prices of one product. Here it does not matter which products the two prices
belong to: most businesses have a product for each plan (portal_spec.md §A.4, §H 9).
"""

from datetime import datetime, timedelta

from msgspec.structs import replace

from frontdesk.book import PlannedItem, PutOffChange, Recurring, Scheduled, Subscription, SubscriptionItem, Terms
from frontdesk.commands import ChangePlan
from frontdesk.ids import Ids
from frontdesk.lines import full_amount
from frontdesk.periods import period_containing
from frontdesk.plan_parts import parts_after
from frontdesk.portal_configuration import SubscriptionUpdate
from frontdesk.pricing import is_metered, rhythm, sold_in

_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


def is_to_wait(subscription: Subscription, command: ChangePlan, feature: SubscriptionUpdate, terms: Terms) -> bool:
    """Whether a customer's change waits for the end of the period. Of several items the whole counts.

    A change within a trial never waits: nothing is paid for that would be lost. Neither does one to or from a price
    that is billed by use: what was used is billed by the price that it was used at.
    """
    conditions = feature.schedule_at_period_end
    if not conditions or subscription.status == "trialing":
        return False
    parts = parts_after(subscription, command)
    present = [(each.price, each.quantity) for each in subscription.items]
    wanted = [(each.price, each.quantity) for each in parts]
    moved = [terms.prices.get(price) for price, _ in {*present} ^ {*wanted}]
    if not parts or any(each is None or is_metered(each) or not sold_in(each, subscription.currency) for each in moved):
        return False
    less = _worth(wanted, subscription, terms) < _worth(present, subscription, terms)
    before, after = terms.prices[present[0][0]], terms.prices[wanted[0][0]]
    shorter = _length(after.recurring) < _length(before.recurring)
    return ("decreasing_item_amount" in conditions and less) or ("shortening_interval" in conditions and shorter)


def as_renewed(subscription: Subscription, terms: Terms, ids: Ids, at: datetime | None = None) -> Subscription:
    """The subscription at its next renewal (`at`, else the end of its period), a change that waited for it carried out.

    The anchor stays where the new interval has a boundary at the renewal; otherwise it is the renewal.
    """
    planned, at = subscription.put_off, at or subscription.period_end
    if planned is None or (planned.at is not None and planned.at > at):
        return subscription
    items = tuple(
        replace(present, price=each.price, quantity=each.quantity)
        if (present := _present(subscription, planned, each)) is not None
        else SubscriptionItem(
            id=each.id or ids("si"),
            price=each.price,
            quantity=each.quantity,
            created=at,
            period_start=at,
            period_end=at,
        )
        for each in planned.items
    )
    recurring, anchor = terms.prices[items[0].price].recurring, subscription.anchor
    before = terms.prices[subscription.items[0].price].recurring
    other = before is None or recurring is None or rhythm(recurring) != rhythm(before)
    if recurring is not None and other and period_containing(anchor, recurring, at).start != at:
        anchor = at
    following, scheduled = _following(planned, at), subscription.scheduled
    if following is None and planned.at is not None and subscription.cancel_at is not None:
        # A schedule that is to end its subscription has it until then. What waited for the next renewal, whenever that
        # is, was no schedule's, and the end was asked for by itself.
        scheduled = Scheduled(asked=planned.asked, begun=at, until=subscription.cancel_at)
    return replace(subscription, items=items, anchor=anchor, put_off=following, scheduled=scheduled)


def comes_at(subscription: Subscription) -> datetime:
    """When a change that was put off is carried out, as things stand."""
    planned = subscription.put_off
    return subscription.period_end if planned is None or planned.at is None else planned.at


def _present(subscription: Subscription, planned: PutOffChange, wanted: PlannedItem) -> SubscriptionItem | None:
    """The item that a planned one was before: the one that it names, or, where it names none, the one of its price.

    An item that another one names is that one's: where seats go from one price to a second, and new ones come at the
    first, these are new.
    """
    if wanted.id is not None:
        return next((each for each in subscription.items if each.id == wanted.id), None)
    named = {each.id for each in planned.items}
    free = (each for each in subscription.items if each.id not in named)
    return next((each for each in free if each.price == wanted.price), None)


def _following(planned: PutOffChange, at: datetime) -> PutOffChange | None:
    if not planned.then:
        return None
    return replace(planned.then[0], then=planned.then[1:], begun=at)


def _worth(items: list[tuple[str, int]], subscription: Subscription, terms: Terms) -> int:
    return sum(full_amount(terms.prices[price], quantity, subscription.currency) for price, quantity in items)


def _length(recurring: Recurring | None) -> timedelta:
    if recurring is None:
        return timedelta()
    return timedelta(days=_DAYS[recurring.interval] * recurring.interval_count)

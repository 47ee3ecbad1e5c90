"""Schedules: what is still to come for a subscription."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from frontdesk.book import PlannedItem, PutOffChange
from frontdesk_stripe.reading.wire import Expandable, id_of, instant


class WirePhaseItem(Struct, frozen=True, kw_only=True):
    """An item of a schedule's phase."""

    price: Expandable
    quantity: int | None = None


class WirePhase(Struct, frozen=True, kw_only=True):
    """A phase of a schedule."""

    start_date: int
    items: Sequence[WirePhaseItem] = ()


class WireCurrentPhase(Struct, frozen=True):
    """Where a schedule is."""

    start_date: int


class WireSchedule(Struct, frozen=True, kw_only=True):
    """A schedule."""

    id: str
    created: int
    status: str
    phases: Sequence[WirePhase] = ()
    current_phase: WireCurrentPhase | None = None


def put_off(schedule: str | WireSchedule | None, item_ids: Mapping[str, str]) -> PutOffChange | None:
    """The phases of a subscription's schedule that are still to come, each within the one before.

    `item_ids` are the items that the subscription has now, by their prices.
    """
    if not isinstance(schedule, WireSchedule) or schedule.status != "active" or schedule.current_phase is None:
        return None
    begun = schedule.current_phase.start_date
    coming = sorted((each for each in schedule.phases if each.start_date > begun), key=lambda each: each.start_date)
    if not coming:
        return None
    changes = [
        PutOffChange(
            items=tuple(
                PlannedItem(id=item_ids.get(id_of(each.price)), price=id_of(each.price), quantity=each.quantity or 0)
                for each in phase.items
            ),
            asked=instant(schedule.created),
            at=instant(phase.start_date),
        )
        for phase in coming
    ]
    first, *later = changes
    return PutOffChange(items=first.items, asked=first.asked, at=first.at, then=tuple(later), begun=instant(begun))

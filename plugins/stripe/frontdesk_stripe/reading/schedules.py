"""Schedules: what is still to come for a subscription, and how long the last phase lasts."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from frontdesk.book import PlannedItem, PutOffChange, Scheduled
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
    end_date: int


class WireSchedule(Struct, frozen=True, kw_only=True):
    """A schedule."""

    id: str
    created: int
    status: str
    phases: Sequence[WirePhase] = ()
    current_phase: WireCurrentPhase | None = None

    @property
    def lasting(self) -> WireCurrentPhase | None:
        """The phase that the subscription is in; None where the schedule has not begun or is over."""
        return self.current_phase if self.status == "active" else None

    @property
    def coming(self) -> list[WirePhase]:
        """The phases after it."""
        later = (each for each in self.phases if self.lasting is not None and each.start_date > self.lasting.start_date)
        return sorted(later, key=lambda each: each.start_date)


def put_off(schedule: str | WireSchedule | None, item_ids: Mapping[str, str]) -> PutOffChange | None:
    """The phases of a subscription's schedule that are still to come, each within the one before.

    `item_ids` are the items that the subscription has now, by their prices.
    """
    if not isinstance(schedule, WireSchedule) or schedule.lasting is None or not schedule.coming:
        return None
    begun, coming = schedule.lasting.start_date, schedule.coming
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


def last_phase(schedule: str | WireSchedule | None) -> Scheduled | None:
    """The last phase of a subscription's schedule while it lasts: nothing comes after it, and it is not over."""
    if not isinstance(schedule, WireSchedule) or schedule.lasting is None or schedule.coming:
        return None
    now = schedule.lasting
    return Scheduled(asked=instant(schedule.created), begun=instant(now.start_date), until=instant(now.end_date))

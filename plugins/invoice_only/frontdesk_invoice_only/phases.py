"""Phases: which plans a subscription goes on with from the ends of coming periods on.

Each is a change that is put off; they wait in a row. A phase begins with a period, so that nothing is ever prorated
for it: Stripe's phases may begin within one.
"""

from datetime import datetime
from typing import Any

from msgspec.structs import replace

from frontdesk.book import PlannedItem, PutOffChange, Scheduled, Subscription
from frontdesk.commands import PlanAhead
from frontdesk.events import CancellationScheduled, CancellationTakenBack, PlanChangePutOff
from frontdesk.periods import stretch_from
from frontdesk.possibilities import as_kept, is_set_to_cancel
from frontdesk.put_off import as_renewed
from frontdesk_invoice_only.page import Page
from frontdesk_invoice_only.refusals import phase_within_period
from frontdesk_invoice_only.renewals import recurring_of

MOST_PERIODS = 1200
"""How many periods ahead a phase can begin."""


def plan_ahead(page: Page, command: PlanAhead) -> None:
    """Let the phases wait. Raises Refused for one that would begin within a period."""
    subscription = page.live_subscription(command.subscription)
    planned: list[PutOffChange] = []
    coming, begun = replace(subscription, put_off=None), command.begun or subscription.period_start
    for number, phase in enumerate(command.phases):
        at = _boundary(page, coming, phase.at, f"phases[{number}]")
        items = tuple(PlannedItem(id=None, price=each.price, quantity=each.quantity) for each in phase.items)
        change = PutOffChange(items=items, asked=_asked(page, subscription), at=at, begun=begun)
        planned.append(change)
        coming = as_renewed(replace(coming, put_off=change), page.terms, page.ids, at)
        coming = _in_period_from(page, coming, at)
        begun = at
    first = replace(planned[0], then=tuple(planned[1:])) if planned else None
    changed = replace(subscription, put_off=first, scheduled=_alone(page, subscription, command))
    if first is not None and first.at is not None:
        page.tell(
            PlanChangePutOff(customer=page.customer.id, subscription=subscription.id, at=page.now, effective=first.at)
        )
    page.save_subscription(_ending(page, changed, coming, command))


def _ending(page: Page, changed: Subscription, coming: Subscription, command: PlanAhead) -> Subscription:
    """The subscription as it ends with its phases. Nothing is told where that stays as it was."""
    about: dict[str, Any] = {"customer": page.customer.id, "subscription": changed.id, "at": page.now}
    if command.ends is not None:
        ends = _boundary(page, coming, command.ends, "phases")
        if ends == changed.cancel_at:
            return changed
        page.tell(CancellationScheduled(**about, ends=ends))
        return replace(as_kept(changed), cancel_at=ends, canceled_at=page.now)
    if command.same_schedule and is_set_to_cancel(changed):
        page.tell(CancellationTakenBack(**about))
        return as_kept(changed)
    return changed


def _alone(page: Page, subscription: Subscription, command: PlanAhead) -> Scheduled | None:
    """What is noted where no phase waits."""
    until = command.ends or command.until
    if command.phases or until is None:
        return None
    until = _boundary(page, subscription, until, "phases")
    return Scheduled(asked=_asked(page, subscription), begun=command.begun or subscription.period_start, until=until)


def _asked(page: Page, subscription: Subscription) -> datetime:
    """When a schedule was asked for: other phases do not make it another one."""
    present = subscription.put_off or subscription.scheduled
    return page.now if present is None else present.asked


def _boundary(page: Page, subscription: Subscription, wanted: datetime, param: str) -> datetime:
    """The instant that is wanted, if a period of the subscription ends then. Raises Refused."""
    recurring = recurring_of(page.price(subscription.items[0].price))
    before, at = subscription.period_start, subscription.period_end
    for _ in range(MOST_PERIODS):
        if at >= wanted:
            break
        before, at = at, stretch_from(subscription.anchor, recurring, at).end
    if at != wanted:
        raise phase_within_period(param, int(before.timestamp()), int(at.timestamp()))
    return at


def _in_period_from(page: Page, subscription: Subscription, start: datetime) -> Subscription:
    recurring = recurring_of(page.price(subscription.items[0].price))
    end = stretch_from(subscription.anchor, recurring, start).end
    return replace(
        subscription, items=tuple(replace(each, period_start=start, period_end=end) for each in subscription.items)
    )

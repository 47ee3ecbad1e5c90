"""Changes of plan that wait for the end of the period, as the portal's settings say; trials in customers' hands."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from seat_shop import NOW, TERMS, change, open_shop, subscription_of, with_update

from frontdesk import cancellations, plan_changes, subscriptions
from frontdesk.book import PlannedItem, PutOffChange, Scheduled
from frontdesk.commands import Advance, CancelSubscription, CreateSubscription, NewItem, SetTrialEnd
from frontdesk.errors import Refused
from frontdesk.events import PlanChanged, PlanChangePutOff, PlanChangeTakenBack
from frontdesk.put_off import as_renewed
from frontdesk.quoting import next_due
from frontdesk.testing.desk import TENANT, MemoryDesk

LESS = with_update(schedule_at_period_end=("decreasing_item_amount",))
SHORTER = with_update(schedule_at_period_end=("shortening_interval",))


async def putting_off(price: str | None = None, quantity: int | None = 5) -> MemoryDesk:
    desk = await open_shop()
    desk.configuration = LESS
    shown = await plan_changes.quote(desk, change(desk, price, quantity))
    assert (shown.lines, shown.due_now, shown.invoice) == ((), 0, None)
    assert shown.renewal is not None
    await plan_changes.confirm(desk, shown.id)
    due = next_due(desk.account, subscription_of(desk), TERMS)
    assert due is not None
    assert (due.at, due.amount) == (shown.renewal.at, shown.renewal.amount)
    return desk


async def test_a_smaller_plan_waits_for_the_renewal_and_is_billed_then() -> None:
    desk = await putting_off()
    before = subscription_of(desk)
    assert before.items[0].quantity == 10
    assert before.put_off is not None
    assert before.put_off.items == (PlannedItem(id=before.items[0].id, price="team", quantity=5),)
    assert isinstance(desk.committed[-1].events[0], PlanChangePutOff)
    desk.now = before.period_end
    changes = await desk.carry_out(Advance())
    (invoice,) = changes.invoices
    assert [(each.kind, each.amount) for each in invoice.lines] == [("charge", 6000)]
    assert (subscription_of(desk).items[0].quantity, subscription_of(desk).put_off) == (5, None)
    assert any(isinstance(each, PlanChanged) and each.at == before.period_end for each in changes.events)


async def test_it_is_taken_back_by_one_act() -> None:
    desk = await putting_off()
    changes = await plan_changes.undo(desk, subscription_of(desk).id)
    assert isinstance(changes.events[0], PlanChangeTakenBack)
    assert subscription_of(desk).put_off is None
    with pytest.raises(Refused, match="nothing_put_off"):
        await plan_changes.undo(desk, subscription_of(desk).id)


async def test_a_change_that_comes_now_takes_the_place_of_one_that_waits() -> None:
    desk = await putting_off()
    await plan_changes.change(desk, change(desk, "company"))
    assert (subscription_of(desk).items[0].price, subscription_of(desk).put_off) == ("company", None)
    again = await putting_off()
    await plan_changes.change(again, change(again, None, 3))
    assert subscription_of(again).put_off is not None
    assert subscription_of(again).put_off.items[0].quantity == 3  # type: ignore[union-attr]


async def test_what_ends_first_never_changes() -> None:
    desk = await putting_off()
    await cancellations.cancel(desk, CancelSubscription(subscription=subscription_of(desk).id))
    desk.now = NOW + timedelta(days=60)
    changes = await desk.carry_out(Advance())
    assert changes.invoices == ()
    assert not any(isinstance(each, PlanChanged) for each in changes.events)


async def test_what_each_condition_catches() -> None:
    desk = await open_shop()
    for configuration, price, quantity, waits in (
        (LESS, None, 9, True),
        (LESS, None, 11, False),
        (LESS, "company", 10, False),
        (LESS, "team_year", None, False),
        (SHORTER, None, 5, False),
        (SHORTER, "team_year", None, False),
    ):
        desk.configuration = configuration
        shown = await plan_changes.quote(desk, change(desk, price, quantity))
        assert (getattr(shown.command, "when", None) == "period_end") is waits, (price, quantity)
    desk.actor = TENANT
    await plan_changes.change(desk, change(desk, "team_year"))
    desk.now += timedelta(days=1)
    desk.actor = (await open_shop()).actor
    desk.configuration = SHORTER
    shown = await plan_changes.quote(desk, change(desk, "team"))
    assert shown.renewal is not None
    assert (shown.due_now, shown.renewal.at, shown.renewal.amount) == (0, subscription_of(desk).period_end, 12000)
    await plan_changes.confirm(desk, shown.id)
    desk.now = subscription_of(desk).period_end
    await desk.carry_out(Advance())
    assert subscription_of(desk).period_end - subscription_of(desk).period_start < timedelta(days=32)


async def test_who_may_not_change_may_not_undo() -> None:
    desk = await putting_off()
    desk.configuration = with_update(enabled=False)
    with pytest.raises(Refused, match="subscription_update_disabled"):
        await plan_changes.undo(desk, subscription_of(desk).id)


async def test_a_customers_change_ends_the_trial_or_lets_it_go_on() -> None:
    for behavior, status, billed in (("end_trial", "active", 30000), ("continue_trial", "trialing", 0)):
        desk = await open_shop()
        desk.actor, customer = TENANT, desk.actor
        end = desk.now + timedelta(days=14)
        await desk.carry_out(SetTrialEnd(subscription=subscription_of(desk).id, at=end, proration_behavior="none"))
        desk.actor = customer
        desk.configuration = with_update(
            trial_update_behavior=behavior,
            billing_cycle_anchor="now",
            schedule_at_period_end=("decreasing_item_amount",),
        )
        shown = await plan_changes.quote(desk, change(desk, "company"))
        assert shown.due_now == billed
        await plan_changes.confirm(desk, shown.id)
        assert subscription_of(desk).status == status


async def test_a_trial_is_not_for_customers_to_begin() -> None:
    desk = await open_shop()
    with pytest.raises(Refused):
        await subscriptions.create(desk, CreateSubscription(items=(NewItem(price="team"),), trial_days=14))


async def test_an_end_that_was_asked_for_before_is_no_schedule_once_the_change_has_come() -> None:
    """Else a change that is there already could be taken back (seed 1059 of the second biller's stories)."""
    desk = await open_shop()
    end = subscription_of(desk).period_end + 365 * timedelta(days=1)
    subscription = replace(subscription_of(desk), cancel_at=end, canceled_at=NOW)
    asked = PutOffChange(items=(PlannedItem(id=subscription.items[0].id, price="team", quantity=5),), asked=NOW)
    portal = as_renewed(replace(subscription, put_off=asked), TERMS, desk.ids)
    assert (portal.put_off, portal.scheduled) == (None, None)
    at = subscription.period_end
    planned = as_renewed(replace(subscription, put_off=replace(asked, at=at)), TERMS, desk.ids)
    assert planned.scheduled == Scheduled(asked=NOW, begun=at, until=end), "its schedule is to end it"

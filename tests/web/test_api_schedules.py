"""Subscription schedules with phases of one's own, through Stripe's official SDK and on a test clock."""

from datetime import UTC, datetime
from typing import Any

import pytest
import stripe
from api_server import Shop
from sides import Tenant
from stripe_openapi import CheckedClient

from frontdesk_tenants import clock_walks
from frontdesk_tenants.tenancy import Tenancy

ENDS = [f"subscription_schedule.{each}" for each in ("released", "completed", "canceled")]


@pytest.fixture
def v1(shop: Shop) -> Any:
    """The SDK with a sandbox key, every answer held to Stripe's document."""
    key = shop.tenant.sandbox.secret_key.reveal()
    return stripe.StripeClient(key, base_addresses={"api": shop.server.url}, http_client=CheckedClient()).v1


def unix(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp())  # type: ignore[misc, arg-type]


def _sold(v1: Any) -> tuple[str, str, str]:
    """A customer on a clock, and two prices by the month."""
    clock = v1.test_helpers.test_clocks.create({"frozen_time": unix(2027, 1, 31)})
    customer = v1.customers.create({"email": "jenny@example.com", "test_clock": clock.id}).id
    product = v1.products.create({"name": "Team"}).id
    price = {"product": product, "currency": "eur", "recurring": {"interval": "month"}}
    small, large = (v1.prices.create(price | {"unit_amount": amount}).id for amount in (1000, 2000))
    return customer, small, large


def _told(v1: Any) -> list[str]:
    """What was told of schedules, in the words of their events."""
    told = v1.events.list({"type": "subscription_schedule.*", "limit": 100}).data
    return [each.type.removeprefix("subscription_schedule.") for each in told]


def _updates(v1: Any) -> list[Any]:
    """What was told of subscriptions that changed."""
    return list(v1.events.list({"type": "customer.subscription.updated", "limit": 100}).data)


async def test_phases_follow_each_other(v1: Any, tenancy: Tenancy, tenant: Tenant) -> None:
    customer, small, large = _sold(v1)
    schedule = v1.subscription_schedules.create(
        {
            "customer": customer,
            "start_date": "now",
            "end_behavior": "cancel",
            "phases": [
                {"items": [{"price": small, "quantity": 2}], "iterations": 1},
                {"items": [{"price": small, "quantity": 5}], "duration": {"interval": "month", "interval_count": 2}},
                {"items": [{"price": large}], "end_date": unix(2027, 5, 31)},
            ],
        }
    )
    assert (schedule.status, schedule.end_behavior) == ("active", "cancel")
    assert [(each.start_date, each.end_date, each["items"][0].quantity) for each in schedule.phases] == [
        (unix(2027, 1, 31), unix(2027, 2, 28), 2),
        (unix(2027, 2, 28), unix(2027, 4, 30), 5),
        (unix(2027, 4, 30), unix(2027, 5, 31), 1),
    ]
    subscription = v1.subscriptions.retrieve(schedule.subscription)
    assert (subscription.schedule, subscription.cancel_at) == (schedule.id, unix(2027, 5, 31))
    (listed,) = v1.subscription_schedules.list({"customer": customer}).data
    assert (listed.id, listed.phases) == (schedule.id, schedule.phases)
    clock = v1.customers.retrieve(customer).test_clock
    v1.test_helpers.test_clocks.advance(clock, {"frozen_time": unix(2027, 12, 1)})
    await clock_walks.walk(tenancy, tenant.door.tenant_id, clock)
    billed = [(each.created, each.total) for each in v1.invoices.list({"customer": customer, "limit": 100}).data]
    assert billed == [
        (unix(2027, 4, 30), 2000),
        (unix(2027, 3, 31), 5000),
        (unix(2027, 2, 28), 5000),
        (unix(2027, 1, 31), 2000),
    ]
    assert v1.subscriptions.retrieve(subscription.id).status == "canceled"
    over = v1.subscription_schedules.retrieve(schedule.id)
    assert (over.status, over.completed_at, over.canceled_at) == ("completed", unix(2027, 5, 31), None)
    (told,) = v1.events.list({"types": ENDS}).data
    assert (told.type, told.data.object) == ("subscription_schedule.completed", over)


async def test_one_phase_that_ends_its_subscription_is_a_schedule_too(
    v1: Any, tenancy: Tenancy, tenant: Tenant
) -> None:
    customer, small, _ = _sold(v1)
    phase = {"items": [{"price": small}], "iterations": 2}
    asked = {"customer": customer, "start_date": "now", "phases": [phase]}
    going_on = v1.subscription_schedules.create(asked)
    kept = {"phases": [phase | {"iterations": 3}], "end_behavior": "release"}
    ends, changed = (v1.subscription_schedules.create({**asked, "end_behavior": "cancel"}) for _ in range(2))
    assert v1.subscription_schedules.retrieve(ends.id) == ends
    assert (ends.status, ends.end_behavior, ends.phases[0].end_date) == ("active", "cancel", unix(2027, 3, 31))
    # Whoever changes their mind keeps the subscription.
    again = v1.subscription_schedules.update(changed.id, kept)
    assert (again.end_behavior, again.phases[0].end_date, again.created) == ("release", unix(2027, 4, 30), ends.created)
    assert v1.subscriptions.retrieve(changed.subscription).cancel_at is None
    clock = v1.customers.retrieve(customer).test_clock
    v1.test_helpers.test_clocks.advance(clock, {"frozen_time": unix(2027, 4, 5)})
    await clock_walks.walk(tenancy, tenant.door.tenant_id, clock)
    found = {each.id: v1.subscription_schedules.retrieve(each.id) for each in (going_on, ends, changed)}
    assert [each.status for each in found.values()] == ["released", "completed", "active"]
    assert found[ends.id].completed_at == found[going_on.id].released_at == unix(2027, 3, 31)


async def test_one_phase_alone_is_a_schedule_until_it_is_over(v1: Any, tenancy: Tenancy, tenant: Tenant) -> None:
    customer, small, _ = _sold(v1)
    phase = {"items": [{"price": small, "quantity": 2}], "iterations": 2}
    made = v1.subscription_schedules.create({"customer": customer, "start_date": "now", "phases": [phase]})
    assert (made.end_behavior, [each.end_date for each in made.phases]) == ("release", [unix(2027, 3, 31)])
    clock = v1.customers.retrieve(customer).test_clock
    for now in (None, unix(2027, 3, 1)):
        if now is not None:
            v1.test_helpers.test_clocks.advance(clock, {"frozen_time": now})
            await clock_walks.walk(tenancy, tenant.door.tenant_id, clock)
        found = v1.subscription_schedules.retrieve(made.id)
        assert (found.status, found.phases) == ("active", made.phases)
        assert v1.subscription_schedules.list({"customer": customer}).data == [found]
        assert v1.subscriptions.retrieve(made.subscription).schedule == made.id
    v1.test_helpers.test_clocks.advance(clock, {"frozen_time": unix(2027, 4, 1)})
    await clock_walks.walk(tenancy, tenant.door.tenant_id, clock)
    found = v1.subscription_schedules.retrieve(made.id)
    assert (found.status, found.released_at, found.phases) == ("released", unix(2027, 3, 31), made.phases)
    assert (found.subscription, found.released_subscription) == (None, made.subscription)
    assert v1.subscription_schedules.list({"customer": customer}).data == []
    going_on = v1.subscriptions.retrieve(made.subscription)
    assert (going_on.ended_at, going_on.cancel_at, going_on.schedule) == (None, None, None)
    assert [each.total for each in v1.invoices.list({"customer": customer}).data] == [2000, 2000, 2000]
    (over,) = v1.events.list({"type": "subscription_schedule.released"}).data
    assert over.data.object == found


def test_a_schedule_of_a_subscription_is_changed_and_released(v1: Any) -> None:
    customer, small, large = _sold(v1)
    started = v1.subscriptions.create({"customer": customer, "items": [{"price": small, "quantity": 2}]})
    made = v1.subscription_schedules.create({"from_subscription": started.id})
    assert [(each["items"][0].quantity, each.end_date) for each in made.phases] == [(2, unix(2027, 2, 28))]
    assert v1.subscription_schedules.retrieve(made.id).phases == made.phases
    with pytest.raises(stripe.InvalidRequestError, match="attached to a schedule already"):
        v1.subscription_schedules.create({"from_subscription": started.id})
    first = {"items": [{"price": small, "quantity": 2}], "start_date": made.phases[0].start_date}
    second = {"items": [{"price": large, "quantity": 1}]}
    phases = [first | {"end_date": made.phases[0].end_date}, second]
    changed = v1.subscription_schedules.update(made.id, {"phases": phases})
    assert [each["items"][0].price for each in changed.phases] == [small, large]
    assert v1.subscription_schedules.retrieve(made.id).phases == changed.phases
    with pytest.raises(stripe.InvalidRequestError, match="pass `phases` with it"):
        v1.subscription_schedules.update(made.id, {"end_behavior": "cancel"})
    # The present plan changes at once where the first phase says so.
    more = [first | {"items": [{"price": small, "quantity": 3}], "iterations": 2}, second]
    again = v1.subscription_schedules.update(made.id, {"phases": more, "proration_behavior": "none"})
    assert again.phases[0].end_date == unix(2027, 3, 31)
    assert v1.subscriptions.retrieve(started.id)["items"].data[0].quantity == 3
    # It is the same one all the while, also where only the present plan, the end or the interval is another.
    assert (again.created, again.phases[0].start_date) == (made.created, made.phases[0].start_date)
    more[0]["items"] = [{"price": small, "quantity": 4}]
    of_plan, of_schedule = len(_updates(v1)), len(_told(v1))
    assert v1.subscription_schedules.update(made.id, {"phases": more}).id == made.id
    # What comes now and what comes later is one change.
    more[0]["items"], more[1] = [{"price": small, "quantity": 5}], second | {"iterations": 3}
    v1.subscription_schedules.update(made.id, {"phases": more, "end_behavior": "cancel"})
    assert (len(_updates(v1)) - of_plan, len(_told(v1)) - of_schedule) == (2, 2)
    more[0]["items"], more[1] = [{"price": small, "quantity": 4}], second
    v1.subscription_schedules.update(made.id, {"phases": more, "end_behavior": "release"})
    known = len(_told(v1))
    ended = [more[0], second | {"iterations": 1}]
    ends = v1.subscription_schedules.update(made.id, {"phases": ended, "end_behavior": "cancel"})
    assert (ends.end_behavior, len(_told(v1)) - known) == ("cancel", 1)
    ended[0]["items"] = [{"price": small, "quantity": 5}]
    still = v1.subscription_schedules.update(made.id, {"phases": ended})
    assert (still.end_behavior, still.phases[1], still.phases[0]["items"][0].quantity) == ("cancel", ends.phases[1], 5)
    by_year = v1.prices.retrieve(small).product
    terms = {"product": by_year, "currency": "eur", "unit_amount": 9000, "recurring": {"interval": "year"}}
    yearly = [first | {"items": [{"price": v1.prices.create(terms).id}], "iterations": 1}, second]
    over_the_year = v1.subscription_schedules.update(made.id, {"phases": yearly, "end_behavior": "release"})
    assert [(each.start_date, each.end_date) for each in over_the_year.phases] == [
        (made.phases[0].start_date, unix(2028, 1, 31)),
        (unix(2028, 1, 31), unix(2028, 2, 29)),
    ]
    assert {*_told(v1)} == {"created", "updated"}
    assert _told(v1).count("created") == 1
    with pytest.raises(stripe.InvalidRequestError) as attached:
        v1.subscription_schedules.create({"from_subscription": started.id})
    assert attached.value.param == "from_subscription"
    other = v1.subscriptions.create({"customer": customer, "items": [{"price": large}]}).id
    newer = v1.subscription_schedules.create({"from_subscription": other}).id
    v1.subscriptions.create({"customer": customer, "items": [{"price": large}]})
    assert [each.id for each in v1.subscription_schedules.list({"limit": 1}).auto_paging_iter()] == [newer, made.id]
    (before,) = v1.subscription_schedules.list({"ending_before": made.id}).data
    assert before.id == newer
    for unknown in (started.id, "sub_sched_none"):
        with pytest.raises(stripe.InvalidRequestError, match=f"'{unknown}'"):
            v1.subscription_schedules.list({"starting_after": unknown})
    released = v1.subscription_schedules.release(made.id)
    assert (released.status, released.released_subscription) == ("released", started.id)
    assert v1.subscriptions.retrieve(started.id).schedule is None


def test_what_is_over_is_still_found_and_changes_no_more(v1: Any) -> None:
    customer, small, large = _sold(v1)
    v1.customers.update(customer, {"name": "Jenny"})
    started = v1.subscriptions.create({"customer": customer, "items": [{"price": small, "quantity": 2}]})
    never = started.id.replace("sub_", "sub_sched_")
    with pytest.raises(stripe.InvalidRequestError, match="No such subscription schedule"):
        v1.subscription_schedules.retrieve(never)
    made = v1.subscription_schedules.create({"from_subscription": started.id})
    first = {"items": [{"price": small, "quantity": 2}], "end_date": made.phases[0].end_date}
    phases = [first, {"items": [{"price": large}]}]
    v1.subscription_schedules.update(made.id, {"phases": phases})
    schedules = v1.subscription_schedules
    former = None
    for end, status in ((schedules.release, "released"), (schedules.cancel, "canceled")):
        over = end(made.id)
        # What came later is nothing to it.
        v1.subscriptions.update(started.id, {"metadata": {"after": status}})
        found = schedules.retrieve(made.id)
        assert (found.status, found.subscription, found.current_phase) == (status, None, None)
        assert [each["items"][0].price for each in found.phases] == [small, large]
        assert (found.phases, found.created, found.released_subscription) == (
            over.phases,
            over.created,
            over.released_subscription,
        )
        at = {"released": found.released_at, "canceled": found.canceled_at}
        assert at.pop(status) is not None
        assert (*at.values(), found.completed_at) == (None, None)
        for act, done, asked in (
            (schedules.release, "release|released", {}),
            (schedules.cancel, "cancel|canceled", {}),
            (schedules.update, "update|updated", {"phases": phases}),
        ):
            with pytest.raises(stripe.InvalidRequestError) as refused:
                act(made.id, asked)
            verb, participle = done.split("|")
            assert refused.value.user_message == (
                f"You cannot {verb} a subscription schedule that is currently in the `{status}` status. "
                f"It must be in `not_started, active` status to be {participle}."
            )
        if status == "released":
            former, made = found, schedules.create({"from_subscription": started.id})
            assert (made.id == former.id, made.status) == (False, "active")
            assert v1.subscriptions.retrieve(started.id).schedule == made.id
            assert [each.id for each in schedules.list({"customer": customer}).data] == [made.id]
            with pytest.raises(stripe.InvalidRequestError, match=f"'{former.id}'"):
                schedules.list({"starting_after": former.id})
            schedules.update(made.id, {"phases": phases})
    # The first one stays what it was, whatever became of the second.
    assert former is not None
    assert schedules.retrieve(former.id) == former
    for unknown in (f"{former.id}_3", f"{former.id}_1", f"{made.id}_2"):
        with pytest.raises(stripe.InvalidRequestError, match="No such subscription schedule"):
            schedules.retrieve(unknown)
    assert v1.subscriptions.retrieve(started.id).status == "canceled"


def test_what_is_not_served_is_refused(v1: Any) -> None:
    customer, small, large = _sold(v1)
    one, two = {"items": [{"price": small}], "iterations": 1}, {"items": [{"price": large}]}
    coupon = v1.coupons.create({"percent_off": 50}).id
    for given, code, param in (
        ({"phases": [one, two], "start_date": unix(2027, 3, 1)}, None, "start_date"),
        ({"phases": [one | {"iterations": ""}, two]}, "parameter_invalid_empty", "phases[0][iterations]"),
        ({"phases": [{"items": [{"price": small}]}, two]}, "parameter_missing", "phases[0][end_date]"),
        ({"phases": [one, two], "end_behavior": "cancel"}, "parameter_missing", "phases[1][end_date]"),
        ({"phases": [one, two | {"discounts": [{"coupon": coupon}]}]}, None, "phases[1][discounts]"),
        ({"phases": [one | {"end_date": unix(2027, 2, 28)}, two]}, "parameters_exclusive", "phases[0][end_date]"),
        ({"phases": [{"items": [{"price": small}], "end_date": unix(2027, 2, 10)}, two]}, None, "phases[0][end_date]"),
        ({"phases": [one, {"items": [{"price": "price_none"}]}]}, "resource_missing", "phases[1][items][0][price]"),
        ({"phases": [one | {"items": [{"quantity": 2}]}]}, "parameter_missing", "phases[0][items][0][price]"),
        ({}, "parameter_missing", "phases"),
    ):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            v1.subscription_schedules.create({"customer": customer, **given})
        assert (refused.value.code, refused.value.param) == (code, param), refused.value
    assert v1.subscriptions.list({"customer": customer}).data == []

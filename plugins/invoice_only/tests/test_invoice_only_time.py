"""Time in a subscription's life: trials, anchors, beginnings in the past, ends at an instant of one's choice."""

from datetime import datetime
from typing import Any

import pytest
from one_life import CASES, Life, amounts, day, price

from frontdesk.book import AnchorConfig, Invoice
from frontdesk.changes import Changes
from frontdesk.commands import (
    Advance,
    CancelSubscription,
    ChangePlan,
    CreateSubscription,
    ItemChange,
    KeepSubscription,
    MoveResumption,
    NewItem,
    PauseSubscription,
    ResumeSubscription,
    SetTrialEnd,
)
from frontdesk.errors import Refused
from frontdesk.events import TrialWillEnd

TEN, TWENTY, YEARLY = price(1000), price(2000), price(12000, interval="year")


def a_life(at: str, plan: Any = TEN, **fields: Any) -> Life:
    life = Life(TEN, TWENTY, YEARLY, *(() if plan in (TEN, TWENTY, YEARLY) else (plan,)))
    life.do(CreateSubscription(items=(NewItem(price=plan.id),), **fields), day(at))
    return life


def bills(invoices: tuple[Invoice, ...]) -> list[tuple[str, int]]:
    return [(each.created.strftime("%Y-%m-%d"), each.total) for each in invoices]


# -- trials -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["classic", "flexible"])
def test_p45_the_end_of_a_trial_is_the_anchor(mode: Any) -> None:
    case = CASES["P45"]
    life = a_life("2025-01-17", trial_end=day("2025-01-31"), billing_mode=mode)
    assert (life.only.status, life.only.period_end) == ("trialing", day("2025-01-31"))
    (first,) = life.book.invoices
    assert [(each.kind, each.amount) for each in first.lines] == [("trial", 0)]
    assert (first.status, first.billing_reason) == ("paid", "subscription_create")
    rest = bills(life.do(Advance(), day("2025-03-31")).invoices)
    assert [*bills((first,)), *rest] == [tuple(each) for each in case["expected"]["invoices"]]
    assert (life.only.status, life.only.trial_end) == ("active", day("2025-01-31"))


def test_p43_a_part_of_a_period_follows_a_trial_with_an_anchor() -> None:
    plan, expected = price(3000), CASES["P43"]["expected"]
    for anchor in ({"anchor": day("2025-05-01")}, {"anchor_config": AnchorConfig(day_of_month=1)}):
        life = a_life("2025-04-15", plan, trial_days=7, **anchor)
        (first,) = life.book.invoices
        assert first.total == expected["invoice_at_start"]
        renewal = life.quote(ChangePlan(subscription=life.only.id, items=(), anchor="now"), day("2025-04-16")).renewal
        assert renewal is not None
        assert bills(life.do(Advance(), day("2025-06-01")).invoices) == [
            ("2025-04-22", expected["stub_on_2025_04_22"]),
            ("2025-05-01", expected["full_on_2025_05_01"]),
            ("2025-06-01", 3000),
        ]


def test_p48_whoever_cancels_within_a_trial_is_never_billed() -> None:
    for when in ("now", "period_end", "at"):
        life = a_life("2025-01-17", trial_end=day("2025-01-31"))
        command = CancelSubscription(
            subscription=life.only.id, when=when, at=day("2025-01-25"), prorate=True, invoice_now=True
        )
        changes = life.do(command, day("2025-01-20")).then(life.do(Advance(), day("2026-01-01")))
        assert changes.invoices == changes.pending_items == ()
        (ended,) = changes.subscriptions
        assert ended.status == "canceled"


def test_changes_within_a_trial_cost_nothing_and_keep_it() -> None:
    for mode in ("classic", "flexible"):
        for to in (TWENTY, YEARLY):
            life = a_life("2025-01-17", trial_days=14, billing_mode=mode)
            changes = life.do(life.change(to, proration_behavior="always_invoice"), day("2025-01-20"))
            assert changes.invoices == changes.pending_items == ()
            assert (life.only.status, life.only.trial_end) == ("trialing", day("2025-01-31"))
            (bill,) = life.do(Advance(), day("2025-01-31")).invoices
            assert bill.total == to.unit_amount


def test_a_change_can_end_the_trial() -> None:
    life = a_life("2025-01-17", trial_days=14)
    command = life.change(TWENTY, ends_trial=True)
    quote = life.quote(command, day("2025-01-20"))
    (bill,) = life.do(command, day("2025-01-20")).invoices
    assert (quote.due_now, bill.total) == (2000, 2000)
    assert (life.only.status, life.only.trial_end, life.only.period_end) == (
        "active",
        day("2025-01-20"),
        day("2025-02-20"),
    )


def test_a_trial_is_ended_now_made_longer_or_begun_late() -> None:
    life = a_life("2025-01-17", trial_days=14)
    (bill,) = life.do(SetTrialEnd(subscription=life.only.id), day("2025-01-20")).invoices
    assert (bill.total, life.only.anchor, life.only.status) == (1000, day("2025-01-20"), "active")
    assert life.do(SetTrialEnd(subscription=life.only.id), day("2025-01-21")).subscriptions == ()

    longer = a_life("2025-01-17", trial_days=14)
    longer.do(SetTrialEnd(subscription=longer.only.id, at=day("2025-02-10")), day("2025-01-20"))
    assert bills(longer.do(Advance(), day("2025-03-10")).invoices) == [("2025-02-10", 1000), ("2025-03-10", 1000)]

    late = a_life("2025-06-01")
    begun = late.do(SetTrialEnd(subscription=late.only.id, at=day("2025-07-10")), day("2025-06-16"))
    assert [each.line.amount for each in begun.pending_items] == [-500]
    assert (late.only.status, late.only.trial_start) == ("trialing", day("2025-06-16"))
    assert bills(late.do(Advance(), day("2025-08-10")).invoices) == [("2025-07-10", 500), ("2025-08-10", 1000)]


def test_an_anchor_of_its_own_outlives_a_trial_that_ends_early() -> None:
    life = a_life("2025-04-15", price(3000), trial_days=7, anchor=day("2025-05-01"))
    (bill,) = life.do(SetTrialEnd(subscription=life.only.id), day("2025-04-16")).invoices
    assert (bill.total, life.only.period_end) == (1500, day("2025-05-01"))


def told(changes: Changes) -> list[datetime]:
    return [each.at for each in changes.events if isinstance(each, TrialWillEnd)]


@pytest.mark.parametrize("later", [TWENTY, YEARLY])
def test_a_change_that_waits_for_the_end_of_a_trial_comes_when_the_trial_is_ended(later: Any) -> None:
    life = a_life("2025-01-17", trial_days=14)
    life.do(life.change(later, when="period_end"), day("2025-01-18"))
    (bill,) = life.do(SetTrialEnd(subscription=life.only.id), day("2025-01-20")).invoices
    assert (amounts(bill.lines), life.only.put_off) == ([later.unit_amount], None)
    assert (life.only.items[0].price, life.only.period_start) == (later.id, day("2025-01-20"))


def test_a_trial_is_told_of_three_days_before_its_end_once() -> None:
    life = a_life("2025-01-17", trial_days=14)
    assert told(life.do(Advance(), day("2025-01-27"))) == []
    changes = life.do(Advance(), day("2025-01-28"))
    assert (told(changes), changes.wake_at) == ([day("2025-01-28")], day("2025-01-31"))
    life.do(SetTrialEnd(subscription=life.only.id, at=day("2025-02-10")), day("2025-01-29"))
    assert told(life.do(Advance(), day("2025-03-01"))) == [day("2025-02-07")]
    short = Life(TEN)
    begun = short.do(CreateSubscription(items=(NewItem(price=TEN.id),), trial_days=2), day("2025-01-17"))
    assert told(begun) == [day("2025-01-17")]


# -- anchors and beginnings -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("id", "start", "anchor", "plan"),
    [
        ("P40", "2025-02-15", "2025-03-01", price(1000)),
        ("P42", "2011-02-01", "2011-02-13", price(3100)),
        ("P75", "2011-01-31", "2012-01-15", price(36500, interval="year")),
    ],
)
def test_p40_p42_p75_the_containing_period_measures_a_part(id: str, start: str, anchor: str, plan: Any) -> None:
    expected = CASES[id]["expected"]["stub"]
    ahead = a_life(start, plan, anchor=day(anchor))
    assert bills(ahead.book.invoices) == [(start, expected)]
    assert bills(ahead.do(Advance(), day(anchor)).invoices) == [(anchor, plan.unit_amount)]
    # The same time, told afterwards: the part that was, and the whole period that begins.
    behind = a_life(anchor, plan, start=day(start))
    (first,) = behind.book.invoices
    assert amounts(first.lines) == [expected, plan.unit_amount]
    assert (behind.only.start_date, behind.only.anchor) == (day(start), day(anchor))
    # With proration off neither is billed.
    free = a_life(start, plan, anchor=day(anchor), proration_behavior="none")
    assert bills(free.book.invoices) == [(start, 0)]
    assert bills(free.do(Advance(), day(anchor)).invoices) == [(anchor, plan.unit_amount)]
    unbilled = a_life(anchor, plan, start=day(start), proration_behavior="none")
    assert bills(unbilled.book.invoices) == [(anchor, plan.unit_amount)]


def test_a_line_for_each_period_since_a_beginning_in_the_past() -> None:
    life = a_life("2025-03-10", start=day("2025-01-16"), anchor=day("2025-04-01"))
    (first,) = life.book.invoices
    assert amounts(first.lines) == [516, 1000, 1000]
    assert (life.only.period_start, life.only.period_end) == (day("2025-03-01"), day("2025-04-01"))


def test_an_anchor_at_the_end_of_months_is_clamped_in_each() -> None:
    life = a_life("2025-02-10T08:00:00Z", anchor_config=AnchorConfig(day_of_month=31, hour=0, minute=0, second=0))
    found = [each.created for each in life.do(Advance(), day("2025-05-31")).invoices]
    assert found == [day("2025-02-28"), day("2025-03-31"), day("2025-04-30"), day("2025-05-31")]
    yearly = a_life("2025-02-10", YEARLY, anchor_config=AnchorConfig(day_of_month=1, month=7))
    assert bills(yearly.book.invoices) == [("2025-02-10", round(12000 * 141 / 365))]
    assert yearly.only.period_end == day("2025-07-01")


def test_a_change_within_a_part_of_a_period_counts_by_the_whole() -> None:
    """From 16 June to 1 July is half a period: 5.00; after five of its fifteen days a third of 10.00 is left."""
    for mode in ("classic", "flexible"):
        life = a_life("2025-06-16", anchor=day("2025-07-01"), billing_mode=mode)
        quote = life.quote(life.change(TWENTY, proration_behavior="always_invoice"), day("2025-06-21"))
        assert amounts(quote.lines) == [-333, 667]
        free = a_life("2025-06-16", anchor=day("2025-07-01"), billing_mode=mode, proration_behavior="none")
        changes = free.do(free.change(TWENTY, proration_behavior="always_invoice"), day("2025-06-21"))
        assert changes.invoices == changes.pending_items == ()
        assert bills(free.do(Advance(), day("2025-07-01")).invoices) == [("2025-07-01", 2000)]


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"trial_end": day("2025-06-01")}, "trial_end"),
        ({"trial_end": day("2027-06-02")}, "trial_end"),
        ({"trial_end": day("2025-06-02"), "trial_days": 3}, "trial_period_days"),
        ({"anchor": day("2025-05-31")}, "billing_cycle_anchor"),
        ({"anchor": day("2025-07-02")}, "billing_cycle_anchor"),
        ({"anchor": day("2025-06-10"), "trial_days": 14}, "billing_cycle_anchor"),
        ({"anchor": day("2025-06-10"), "anchor_config": AnchorConfig(day_of_month=1)}, "billing_cycle_anchor_config"),
        ({"anchor_config": AnchorConfig(day_of_month=31, month=2)}, "billing_cycle_anchor_config"),
        ({"start": day("2025-06-02")}, "backdate_start_date"),
        ({"start": day("2015-06-02")}, "backdate_start_date"),
    ],
)
def test_times_that_make_no_sense(fields: dict[str, Any], param: str) -> None:
    with pytest.raises(Refused) as refused:
        a_life("2025-06-01", **fields)
    assert refused.value.refusal.param == param


# -- ends at an instant -----------------------------------------------------------------------------------------------


def ending(life: Life, at: str, **fields: Any) -> CancelSubscription:
    return CancelSubscription(subscription=life.only.id, when="at", at=day(at), **fields)


@pytest.mark.parametrize("mode", ["flexible", "classic"])
def test_an_end_within_the_period_gives_back_the_rest_then(mode: Any) -> None:
    life = a_life("2025-06-01", billing_mode=mode)
    command = ending(life, "2025-06-16", prorate=True)
    quote = life.quote(command, day("2025-06-05"))
    assert quote.renewal is not None
    assert (quote.renewal.at, quote.renewal.amount) == (day("2025-06-16"), -500)
    assert life.do(command, day("2025-06-05")).pending_items == ()
    last, unpaid = life.do(Advance(), day("2025-08-01")).invoices
    assert (last.total, last.billing_reason, last.created) == (-500, "subscription_cancel", day("2025-06-16"))
    assert (unpaid.amount_remaining, life.book.customer.balances) == (500, {"usd": 0})
    assert life.book.subscriptions == ()


def test_an_end_without_proration_moves_no_money() -> None:
    life = a_life("2025-06-01")
    life.do(ending(life, "2025-06-16"), day("2025-06-05"))
    changes = life.do(Advance(), day("2025-08-01"))
    assert changes.invoices == ()
    assert changes.subscriptions[0].ended_at == day("2025-06-16")


def test_a_period_that_will_end_early_is_billed_up_to_then() -> None:
    life = a_life("2025-06-01")
    life.do(ending(life, "2025-08-11", prorate=True), day("2025-06-05"))
    assert bills(life.do(Advance(), day("2025-09-01")).invoices) == [("2025-07-01", 1000), ("2025-08-01", 323)]
    assert life.book.subscriptions == ()


def test_an_end_that_is_taken_back_or_moved_leaves_no_gap() -> None:
    kept = a_life("2025-06-01")
    kept.do(ending(kept, "2025-07-11", prorate=True), day("2025-06-05"))
    kept.do(Advance(), day("2025-07-01"))
    assert kept.only.period_end == day("2025-07-11")
    kept.do(KeepSubscription(kept.only.id), day("2025-07-05"))
    assert bills(kept.do(Advance(), day("2025-08-01")).invoices) == [("2025-07-11", 677), ("2025-08-01", 1000)]
    moved = a_life("2025-06-01")
    moved.do(ending(moved, "2025-07-11"), day("2025-06-05"))
    moved.do(ending(moved, "2025-07-21"), day("2025-07-05"))
    assert bills(moved.do(Advance(), day("2025-09-01")).invoices) == [("2025-07-11", 323)]
    with pytest.raises(Refused):
        kept.do(ending(kept, "2025-07-01"), day("2025-08-02"))


# -- pauses -----------------------------------------------------------------------------------------------------------


def resting(life: Life, **fields: Any) -> PauseSubscription:
    return PauseSubscription(subscription=life.only.id, **fields)


def going_on(life: Life, **fields: Any) -> ResumeSubscription:
    return ResumeSubscription(subscription=life.only.id, **fields)


@pytest.mark.parametrize(
    ("credit_from", "given_back"), [("now", [-500]), ("period_start", [-1000]), ("none", [])], ids=str
)
def test_nothing_is_billed_while_it_rests(credit_from: Any, given_back: list[int]) -> None:
    life = a_life("2025-06-01")
    changes = life.do(resting(life, credit_from=credit_from), day("2025-06-16"))
    assert [each.line.amount for each in changes.pending_items] == given_back
    assert (life.only.status, changes.wake_at) == ("paused", None)
    assert life.do(Advance(), day("2027-01-01")).invoices == ()
    (bill,) = life.do(going_on(life), day("2027-01-01")).invoices
    assert amounts(bill.lines) == [*given_back, 1000]
    assert (life.only.status, life.only.anchor, life.only.paused) == ("active", day("2027-01-01"), None)


def test_a_pause_can_be_invoiced_at_once_and_end_by_itself() -> None:
    life = a_life("2025-06-01")
    command = resting(life, resumes_at=day("2025-09-10"), invoice_now=True)
    quote = life.quote(command, day("2025-06-16"))
    assert quote.renewal is not None
    assert (quote.set_off, quote.renewal.at, quote.renewal.amount) == (500, day("2025-09-10"), 1000)
    bill, unpaid = life.do(command, day("2025-06-16")).invoices
    assert (bill.total, unpaid.amount_remaining, life.book.customer.balances) == (-500, 500, {"usd": 0})
    assert bills(life.do(Advance(), day("2025-10-10")).invoices) == [("2025-09-10", 1000), ("2025-10-10", 1000)]


def test_the_end_of_a_pause_can_be_moved_and_bills_nothing() -> None:
    life = a_life("2025-06-01")

    def move(end: str | None) -> Changes:
        at = None if end is None else day(end)
        return life.do(MoveResumption(subscription=life.only.id, resumes_at=at), day("2025-07-01"))

    with pytest.raises(Refused, match="subscription_not_paused"):
        move("2025-09-10")
    life.do(resting(life, resumes_at=day("2025-09-10")), day("2025-06-16"))
    for end, wakes in (("2025-08-10", day("2025-08-10")), ("2025-10-10", day("2025-10-10")), (None, None)):
        changes = move(end)
        assert (changes.invoices, changes.pending_items, changes.wake_at) == ((), (), wakes)
        assert [type(each).__name__ for each in changes.events] == ["ResumptionMoved"]
    assert move(None).events == ()
    with pytest.raises(Refused, match="resumes_at"):
        move("2025-07-01")
    move("2025-10-10")
    assert bills(life.do(Advance(), day("2025-10-10")).invoices) == [("2025-10-10", 500)]


def test_the_billing_date_can_stay_as_it_was() -> None:
    """From 16 July to 1 August are sixteen of 31 days."""
    for behavior, at_once, next_bill in (
        ("always_invoice", [516], 1000),
        ("create_prorations", [], 1516),
        ("none", [], 1000),
    ):
        life = a_life("2025-06-01")
        life.do(resting(life, credit_from="none"), day("2025-06-16"))
        changes = life.do(going_on(life, anchor="unchanged", proration_behavior=behavior), day("2025-07-16"))
        assert [each.total for each in changes.invoices] == at_once
        assert bills(life.do(Advance(), day("2025-08-01")).invoices) == [("2025-08-01", next_bill)]


def test_what_is_paid_for_still_is_not_billed_again() -> None:
    life = a_life("2025-06-01")
    life.do(resting(life, credit_from="none", resumes_at=day("2025-06-20")), day("2025-06-10"))
    assert bills(life.do(Advance(), day("2025-07-01")).invoices) == [("2025-07-01", 1000)]
    anew = a_life("2025-06-01")
    anew.do(resting(anew, credit_from="none"), day("2025-06-10"))
    (bill,) = anew.do(going_on(anew), day("2025-06-16")).invoices
    assert amounts(bill.lines) == [-500, 1000]


def test_a_change_that_waited_comes_with_the_period_after_the_pause() -> None:
    life = a_life("2025-06-01")
    life.do(life.change(TWENTY, when="period_end"), day("2025-06-05"))
    life.do(resting(life), day("2025-06-10"))
    (bill,) = life.do(going_on(life), day("2025-08-10")).invoices
    assert amounts(bill.lines)[-1] == 2000
    assert life.only.put_off is None


def test_ends_come_before_a_pause_is_over() -> None:
    life = a_life("2025-06-01")
    life.do(resting(life, resumes_at=day("2025-08-01")), day("2025-06-16"))
    life.do(ending(life, "2025-08-01"), day("2025-06-20"))
    last, *_ = life.do(Advance(), day("2026-01-01")).invoices
    assert (last.total, last.billing_reason) == (-500, "subscription_cancel")
    at_rest = a_life("2025-06-01")
    at_rest.do(resting(at_rest), day("2025-06-16"))
    at_rest.do(CancelSubscription(subscription=at_rest.only.id), day("2025-08-16"))
    assert at_rest.book.subscriptions == ()


def test_what_rests_is_not_changed_and_what_does_not_rest_does_not_resume() -> None:
    life = a_life("2025-06-01")
    life.do(resting(life), day("2025-06-16"))
    trial, classic = a_life("2025-06-01", trial_days=14), a_life("2025-06-01", billing_mode="classic")
    for at_hand, command, code in (
        (life, life.change(TWENTY), "subscription_paused"),
        (life, resting(life), "subscription_paused"),
        (life, SetTrialEnd(subscription=life.only.id, at=day("2025-07-16")), "subscription_paused"),
        (trial, resting(trial), "status_forbids_pause"),
        (trial, going_on(trial), "subscription_not_paused"),
        (classic, resting(classic), "pause_needs_flexible"),
    ):
        with pytest.raises(Refused, match=code):
            at_hand.do(command, day("2025-06-10") if at_hand is not life else day("2025-06-20"))
    fresh = a_life("2025-06-01")
    with pytest.raises(Refused, match="resumes_at"):
        fresh.do(resting(fresh, resumes_at=day("2025-06-10")), day("2025-06-10"))


# -- what waits, and the order of things ------------------------------------------------------------------------------


def test_a_plan_that_changes_to_another_interval_begins_whole_periods() -> None:
    """A month's end is no boundary of weeks that are counted from its beginning; a year's end is one of months."""
    weekly = price(300, interval="week")
    for before, after, anchor, end in (
        (TEN, weekly, "2025-07-01", "2025-07-08"),
        (YEARLY, TEN, "2025-06-01", "2026-07-01"),
    ):
        life = Life(before, after)
        life.start(before, day("2025-06-01"))
        boundary = life.only.period_end
        life.do(life.change(after, when="period_end"), day("2025-06-05"))
        (bill,) = life.do(Advance(), boundary).invoices
        assert amounts(bill.lines) == [after.unit_amount]
        assert (life.only.anchor, life.only.period_end) == (day(anchor), day(end))


def test_an_item_that_comes_later_at_the_price_that_another_leaves_is_a_new_one() -> None:
    life = a_life("2025-06-01")
    (old,) = life.only.items
    moves = (ItemChange(id=old.id, price=TWENTY.id), ItemChange(price=TEN.id, quantity=3))
    life.do(ChangePlan(subscription=life.only.id, items=moves, when="period_end"), day("2025-06-05"))
    (renewal,) = life.do(Advance(), day("2025-07-01")).invoices
    assert amounts(renewal.lines) == [2000, 3000]
    first, second = life.only.items
    assert (first.id, first.id != second.id) == (old.id, True)


def test_the_order_of_what_is_due_at_one_instant() -> None:
    """A reminder, an end, a pause that is over and a renewal, whichever subscription is the older."""
    at = day("2025-07-01")
    life = Life(TEN, TWENTY)
    ids = []
    for fields in ({}, {}, {"trial_end": day("2025-07-04")}, {}):
        changes = life.do(CreateSubscription(items=(NewItem(price=TEN.id),), **fields), day("2025-06-01"))
        ids.append(changes.subscriptions[0].id)
    renews, rests, reminds, ends = ids
    life.do(PauseSubscription(subscription=rests, resumes_at=at), day("2025-06-02"))
    life.do(CancelSubscription(subscription=ends), day("2025-06-02"))
    told = [
        (type(each).__name__, each.subscription)
        for each in life.do(Advance(), at).events
        if hasattr(each, "subscription")
    ]
    assert told == [
        ("TrialWillEnd", reminds),
        ("SubscriptionCanceled", ends),
        ("SubscriptionResumed", rests),
        ("SubscriptionRenewed", renews),
    ]

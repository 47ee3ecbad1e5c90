"""Phases: plans that wait in a row for the ends of coming periods."""

from typing import Any

import pytest
from msgspec.structs import replace
from one_life import Life, day, price

from frontdesk.book import Invoice
from frontdesk.commands import (
    Advance,
    CancelSubscription,
    ChangePlan,
    CreateSubscription,
    ItemChange,
    NewItem,
    PlanAhead,
    PlannedPhase,
    SetTrialEnd,
    UndoPlanChange,
)
from frontdesk.errors import Refused
from frontdesk.events import CancellationScheduled, CancellationTakenBack, PlanChanged, PlanChangePutOff
from frontdesk.quoting import next_due

TEN, TWENTY, YEARLY = price(1000), price(2000), price(12000, interval="year")


def a_life(**fields: Any) -> Life:
    life = Life(TEN, TWENTY, YEARLY)
    life.do(CreateSubscription(items=(NewItem(price=TEN.id, quantity=2),), **fields), day("2025-01-31"))
    return life


def phase(at: str, plan: Any, quantity: int = 1) -> PlannedPhase:
    return PlannedPhase(at=day(at), items=(NewItem(price=plan.id, quantity=quantity),))


def bills(invoices: tuple[Invoice, ...]) -> list[tuple[str, int]]:
    return [(each.created.strftime("%Y-%m-%d"), each.total) for each in invoices]


def test_each_phase_comes_with_its_period_and_nothing_is_prorated() -> None:
    life = a_life()
    ahead = (phase("2025-02-28", TEN, 5), phase("2025-04-30", TWENTY, 3), phase("2025-05-31", YEARLY))
    life.do(PlanAhead(subscription=life.only.id, phases=ahead), day("2025-02-03"))
    first = life.only.put_off
    assert first is not None
    assert (first.begun, first.at, [each.at for each in first.then]) == (
        day("2025-01-31"),
        day("2025-02-28"),
        [day("2025-04-30"), day("2025-05-31")],
    )
    item = life.only.items[0].id
    changes = life.do(Advance(), day("2026-06-01"))
    assert bills(changes.invoices) == [
        ("2025-02-28", 5000),
        ("2025-03-31", 5000),
        ("2025-04-30", 6000),
        ("2025-05-31", 12_000),
        ("2026-05-31", 12_000),
    ]
    assert changes.pending_items == ()
    assert (life.only.put_off, life.only.items[0].price) == (None, YEARLY.id)
    assert [isinstance(each, PlanChanged) for each in changes.events].count(True) == 3
    assert item != life.only.items[0].id, "another price is another item, the same price the same one"


def test_what_is_shown_of_the_next_bill_is_what_is_billed() -> None:
    life = a_life()
    ahead = (phase("2025-03-31", TEN, 5), phase("2025-04-30", TWENTY, 3))
    life.do(PlanAhead(subscription=life.only.id, phases=ahead), day("2025-02-03"))
    for month in ("2025-02-28", "2025-03-31", "2025-04-30", "2025-05-31"):
        shown = next_due(life.book, life.only, life.terms)
        (bill,) = life.do(Advance(), day(month)).invoices
        assert shown is not None
        assert (shown.at, shown.amount) == (day(month), bill.total)


def test_a_schedule_can_end_the_subscription() -> None:
    life = a_life()
    ahead = (phase("2025-02-28", TWENTY),)
    life.do(PlanAhead(subscription=life.only.id, phases=ahead, ends=day("2025-04-30")), day("2025-02-03"))
    changes = life.do(Advance(), day("2026-01-01"))
    assert bills(changes.invoices) == [("2025-02-28", 2000), ("2025-03-31", 2000)]
    assert [each.status for each in changes.subscriptions] == ["canceled"]


def test_another_end_is_told_and_the_same_one_is_not() -> None:
    life = a_life()
    ahead = PlanAhead(subscription=life.only.id, phases=(phase("2025-02-28", TWENTY),), ends=day("2025-04-30"))
    life.do(ahead, day("2025-02-03"))
    same = replace(ahead, same_schedule=True)
    for changed, told in (
        (same, []),
        (replace(same, ends=day("2025-05-31")), [CancellationScheduled]),
        (replace(same, ends=None), [CancellationTakenBack]),
        (replace(same, ends=None), []),
    ):
        events = life.do(changed, day("2025-02-04")).events
        assert [type(each) for each in events if not isinstance(each, PlanChangePutOff)] == told
        assert life.only.cancel_at == changed.ends
        assert (life.only.schedules, life.only.canceled_at is None) == (1, changed.ends is None)


def test_it_is_taken_back_or_replaced_as_a_whole() -> None:
    life = a_life()
    ahead = (phase("2025-02-28", TWENTY), phase("2025-03-31", YEARLY))
    life.do(PlanAhead(subscription=life.only.id, phases=ahead), day("2025-02-03"))
    life.do(PlanAhead(subscription=life.only.id, phases=(phase("2025-03-31", TWENTY),)), day("2025-02-04"))
    assert life.only.put_off is not None
    assert (life.only.put_off.at, life.only.put_off.then) == (day("2025-03-31"), ())
    life.do(UndoPlanChange(life.only.id), day("2025-02-05"))
    assert bills(life.do(Advance(), day("2025-03-31")).invoices) == [("2025-02-28", 2000), ("2025-03-31", 2000)]


def test_a_phase_alone_changes_nothing_and_is_over_at_its_end() -> None:
    life, alone = a_life(), a_life()
    ahead = PlanAhead(subscription=life.only.id, phases=(), until=day("2025-03-31"))
    life.do(ahead, day("2025-02-03"))
    kept = life.only.scheduled
    assert kept is not None
    assert (kept.asked, kept.begun, kept.until) == (day("2025-02-03"), day("2025-01-31"), day("2025-03-31"))
    with pytest.raises(Refused):
        life.do(replace(ahead, until=day("2025-03-30")), day("2025-02-03"))
    for month, there in (("2025-02-28", True), ("2025-03-31", False)):
        billed = bills(life.do(Advance(), day(month)).invoices)
        assert billed == bills(alone.do(Advance(), day(month)).invoices)
        assert (life.only.scheduled is not None) is there
    assert [each.price for each in life.only.items] == [each.price for each in alone.only.items]


@pytest.mark.parametrize(
    "ahead", [{"phases": (phase("2025-02-28", TWENTY),)}, {"phases": (), "until": day("2025-02-28")}]
)
def test_what_ends_or_changes_now_has_no_schedule_any_more(ahead: Any) -> None:
    for command in (
        lambda life: UndoPlanChange(life.only.id),
        lambda life: CancelSubscription(subscription=life.only.id, when="now"),
        lambda life: ChangePlan(subscription=life.only.id, items=(ItemChange(id=life.only.items[0].id, quantity=3),)),
    ):
        life = a_life()
        life.do(PlanAhead(subscription=life.only.id, **ahead), day("2025-02-03"))
        ended = life.do(command(life), day("2025-02-04")).subscriptions[-1]
        assert (ended.put_off, ended.scheduled) == (None, None)
    with pytest.raises(Refused):
        a_life().do(UndoPlanChange("sub_1"), day("2025-02-04"))


def test_a_phase_waits_out_a_trial_that_ends_before_it() -> None:
    life = a_life(trial_end=day("2025-02-14"))
    life.do(PlanAhead(subscription=life.only.id, phases=(phase("2025-03-14", TWENTY),)), day("2025-02-03"))
    life.do(SetTrialEnd(subscription=life.only.id), day("2025-02-10"))
    assert bills(life.do(Advance(), day("2025-04-10")).invoices) == [("2025-03-10", 2000), ("2025-04-10", 2000)]


@pytest.mark.parametrize(
    ("phases", "code", "param"),
    [
        ((phase("2025-03-15", TWENTY),), "phase_within_period", "phases[0]"),
        ((phase("2025-02-28", TWENTY), phase("2025-02-28", TEN)), "phase_within_period", "phases[1]"),
        ((phase("2025-02-28", YEARLY), phase("2025-03-28", TEN)), "phase_within_period", "phases[1]"),
        ((phase("2025-02-28", TWENTY, -1),), "quantity_impossible", "phases[0][items][0][quantity]"),
        ((PlannedPhase(at=day("2025-02-28"), items=()),), "no_items", "phases[0][items]"),
        ((PlannedPhase(at=day("2025-02-28"), items=(NewItem(price="price_none"),)),), "no_such_price", None),
    ],
)
def test_impossible_phases(phases: tuple[PlannedPhase, ...], code: str, param: str | None) -> None:
    life = a_life()
    with pytest.raises(Refused) as refused:
        life.do(PlanAhead(subscription=life.only.id, phases=phases), day("2025-02-03"))
    assert refused.value.refusal.code == code
    assert param is None or refused.value.refusal.param == param
    assert life.only.put_off is None

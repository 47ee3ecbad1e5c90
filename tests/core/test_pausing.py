"""Pausing by customers: what the configuration lets them choose, at the price that is shown."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from seat_shop import NOW, TERMS, open_shop, subscription_of, with_feature

from frontdesk import cancellations, pausing
from frontdesk.acts import do
from frontdesk.commands import CancelSubscription, MoveResumption, PauseSubscription, ResumeSubscription
from frontdesk.errors import Refused
from frontdesk.events import ResumptionMoved
from frontdesk.permissions import permissions_of
from frontdesk.portal_configuration import PauseDuration, PauseInterval, PortalConfiguration
from frontdesk.portal_configuration_rules import faults
from frontdesk.testing.desk import TENANT, MemoryDesk
from frontdesk_invoice_only.backend import InvoiceOnly

MONTH, QUARTER = PauseInterval(interval="month"), PauseInterval(interval="month", interval_count=3)


def pausable(*options: PauseInterval) -> PortalConfiguration:
    kind: Any = "interval_options" if options else "indefinite"
    return with_feature("subscription_pause", enabled=True, duration=PauseDuration(type=kind, interval_options=options))


async def open_desk(*options: PauseInterval) -> MemoryDesk:
    desk = await open_shop()
    desk.configuration = pausable(*options)
    return desk


async def test_a_pause_gives_back_what_is_left_and_ends_on_its_date() -> None:
    desk = await open_desk(MONTH, QUARTER)
    month, quarter = await pausing.choices(desk, subscription_of(desk).id)
    ends = [each.command.resumes_at for each in (month, quarter) if isinstance(each.command, PauseSubscription)]
    assert ends == [datetime(2026, 12, 11, tzinfo=UTC), datetime(2027, 2, 11, tzinfo=UTC)]
    assert [sum(line.amount for line in each.lines) for each in (month, quarter)] == [-8000, -8000]
    assert quarter.renewal is not None
    assert (quarter.due_now, quarter.renewal.at, quarter.renewal.amount) == (0, ends[1], 4000)
    await pausing.confirm(desk, quarter.id)
    paused = subscription_of(desk).paused
    assert paused is not None
    assert paused.resumes_at == ends[1]


async def test_going_on_early_costs_what_is_shown() -> None:
    desk = await open_desk()
    (shown,) = await pausing.choices(desk, subscription_of(desk).id)
    await pausing.confirm(desk, shown.id)
    desk.now = NOW + timedelta(days=40)
    quote = await pausing.quote_resumption(desk, subscription_of(desk).id)
    assert quote.invoice is not None
    assert quote.due_now == 12000 - 8000
    changes = await pausing.confirm_resumption(desk, quote.id)
    assert [each.total for each in changes.invoices if each.billing_reason != "subscription_create"] == [4000]
    assert subscription_of(desk).paused is None


async def test_going_on_while_the_period_is_paid_costs_nothing() -> None:
    desk = await open_desk()
    desk.actor = TENANT
    await pausing.pause(desk, PauseSubscription(subscription=subscription_of(desk).id, credit_from="none"))
    desk.actor = replace(desk.actor, kind="customer")
    quote = await pausing.quote_resumption(desk, subscription_of(desk).id)
    assert (quote.invoice, quote.due_now) == (None, 0)


async def test_the_end_of_a_pause_is_moved_within_what_may_be_chosen() -> None:
    """Lengths count from the pause's beginning, so that moving its end makes none longer than the longest of them."""
    desk = await open_desk(MONTH, QUARTER)
    id = subscription_of(desk).id
    month, _ = await pausing.choices(desk, id)
    await pausing.confirm(desk, month.id)
    desk.now = NOW + timedelta(days=30)
    (later,) = await pausing.other_choices(desk, id)
    end = datetime(2027, 2, 11, tzinfo=UTC)
    assert later.renewal is not None
    assert (later.command, later.due_now, later.lines) == (MoveResumption(subscription=id, resumes_at=end), 0, ())
    assert (later.renewal.at, later.renewal.amount) == (end, 4000)
    changes = await pausing.confirm_move(desk, later.id)
    assert [each.resumes_at for each in changes.events if isinstance(each, ResumptionMoved)] == [end]
    (sooner,) = await pausing.other_choices(desk, id)
    desk.now = NOW + timedelta(days=60)
    with pytest.raises(Refused, match="quote_expired"):
        await pausing.confirm_move(desk, sooner.id)
    with pytest.raises(Refused, match="no_other_pause_end"):
        await pausing.other_choices(desk, id)
    for refused in (NOW + timedelta(days=90), None, end):
        with pytest.raises(Refused, match="no_other_pause_end"):
            await do(desk, MoveResumption(subscription=id, resumes_at=refused))
    desk.configuration = pausable()
    (open_end,) = await pausing.other_choices(desk, id)
    assert (open_end.command, open_end.renewal) == (MoveResumption(subscription=id, resumes_at=None), None)


async def test_whose_pause_has_an_end_to_move() -> None:
    desk = await open_desk(MONTH, QUARTER)
    id = subscription_of(desk).id

    def code(**fields: Any) -> str | None:
        refusal = permissions_of(
            desk.actor,
            desk.account,
            subscription_of(desk),
            desk.configuration,
            desk.capabilities,
            TERMS,
            suspended=False,
            **{"now": desk.now, **fields},
        ).move_pause.refusal
        return None if refusal is None else refusal.code

    assert code() == "subscription_not_paused"
    with pytest.raises(Refused, match="subscription_not_paused"):
        await pausing.other_choices(desk, id)
    _, quarter = await pausing.choices(desk, id)
    await pausing.confirm(desk, quarter.id)
    assert (code(), code(now=NOW + timedelta(days=60))) == (None, "no_other_pause_end")
    desk.configuration = with_feature("subscription_pause", enabled=False)
    assert code() == "subscription_pause_disabled"
    desk.configuration, desk.actor = pausable(MONTH), TENANT
    await do(desk, CancelSubscription(subscription=id, when="at", at=NOW + timedelta(days=20)))
    assert code() == "set_to_cancel"


async def test_when_a_plan_cannot_be_paused() -> None:
    desk = await open_shop()
    id = subscription_of(desk).id
    for act in (PauseSubscription(subscription=id), ResumeSubscription(subscription=id)):
        with pytest.raises(Refused, match="subscription_pause_disabled"):
            await pausing.pause(desk, act)  # type: ignore[arg-type]
    desk.configuration = pausable(MONTH)
    for change, code in (
        ({}, None),
        ({"status": "past_due"}, None),
        ({"status": "trialing"}, "status_forbids_pause"),
        ({"status": "unpaid"}, "status_forbids_pause"),
        ({"billing_mode": "classic"}, "pause_needs_flexible"),
        ({"cancel_at": NOW}, "set_to_cancel"),
        ({"cancel_at_period_end": True}, "set_to_cancel"),
    ):
        present: Any = replace(subscription_of(desk), **change)  # type: ignore[arg-type]
        account = replace(desk.account, subscriptions=(present,))
        refusal = permissions_of(
            desk.actor, account, present, desk.configuration, desk.capabilities, TERMS, suspended=False, now=desk.now
        ).pause.refusal
        assert (None if refusal is None else refusal.code) == code


async def test_a_paused_plan_can_be_cancelled() -> None:
    desk = await open_desk(MONTH)
    (shown,) = await pausing.choices(desk, subscription_of(desk).id)
    await pausing.confirm(desk, shown.id)
    quote = await cancellations.quote(desk, subscription_of(desk).id)
    await cancellations.confirm(desk, quote.id)
    assert desk.account.subscriptions == ()


def test_which_durations_can_be_offered() -> None:
    def codes(*options: PauseInterval, type: Any = "interval_options") -> list[str]:
        duration = PauseDuration(type=type, interval_options=options)
        configuration = with_feature("subscription_pause", enabled=True, duration=duration)
        return [each.code for each in faults(configuration, TERMS, InvoiceOnly.capabilities)]

    assert codes(MONTH, QUARTER, PauseInterval(interval="year", interval_count=3)) == []
    assert codes(type="indefinite") == []
    assert codes() == ["pause_without_options"]
    assert codes(MONTH, MONTH) == ["pause_twice"]
    assert codes(PauseInterval(interval="month", interval_count=37)) == ["pause_too_long"]
    assert codes(PauseInterval(interval="day", interval_count=10**9)) == ["pause_too_long"]
    assert codes(*(PauseInterval(interval="day", interval_count=each) for each in range(1, 12))) == ["too_many_pauses"]

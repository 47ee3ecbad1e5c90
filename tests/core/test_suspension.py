"""A suspended side: customers read and leave, nobody changes anything, and renewals wait until it is lifted."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from seat_shop import BY_API, BY_LINK, CONFIGURATION, NOW, TERMS, change, open_shop, subscription_of, with_feature

from frontdesk import billing_details, cancellations, customers, plan_changes
from frontdesk.acts import QuoteChanged, do
from frontdesk.billing import Capability
from frontdesk.book import Invoice
from frontdesk.commands import (
    AccountCommand,
    Advance,
    BillingDetails,
    CancelSubscription,
    CreateCustomer,
    CreateSubscription,
    DeleteCustomer,
    DescribeSubscription,
    ExplainCancellation,
    KeepSubscription,
    NewItem,
    PayInvoice,
    UpdateBillingDetails,
)
from frontdesk.desk import Actor
from frontdesk.errors import Refused
from frontdesk.permissions import may_change, permissions_of, permitted
from frontdesk.suspension import first_due, leaving, standing_still
from frontdesk.testing.desk import TENANT, MemoryDesk

STAFF = Actor(kind="staff", id="staff_1")
SCHEDULER = Actor(kind="scheduler", id="worker_1")
PERIOD_END = datetime(2026, 12, 1, tzinfo=NOW.tzinfo)


@pytest.fixture
async def desk() -> MemoryDesk:
    """Ten days into the first month, suspended."""
    shop = await open_shop()
    shop.suspended = True
    return shop


def invoices_of(desk: MemoryDesk) -> list[Invoice]:
    return [each for changes in desk.committed for each in changes.invoices if each.version == 1]


def refusal_of(desk: MemoryDesk, actor: Actor, command: AccountCommand) -> str | None:
    answer = permitted(
        actor, desk.account, CONFIGURATION, desk.capabilities, command, TERMS, suspended=desk.suspended
    )  # fmt: skip
    return answer.refusal.code if answer.refusal else None


async def test_customers_can_leave_and_say_why_and_nothing_else(desk: MemoryDesk) -> None:
    id = subscription_of(desk).id
    leave = (CancelSubscription(subscription=id), ExplainCancellation(subscription=id, feedback="unused"))
    forbidden = (
        change(desk, "company", 5),
        KeepSubscription(subscription=id),
        UpdateBillingDetails(details=BillingDetails(name="Jenny")),
        DescribeSubscription(subscription=id),
        PayInvoice(invoice="in_1"),
    )
    for customer in (BY_LINK, BY_API):
        assert [refusal_of(desk, customer, each) for each in leave] == [None, None]
        assert {refusal_of(desk, customer, each) for each in forbidden} == {"side_suspended"}
    every = (
        *leave,
        *forbidden,
        Advance(),
        DeleteCustomer(),
        CreateCustomer(id="cus_2"),
        CreateSubscription(items=(NewItem(price="team"),)),
    )
    for actor in (TENANT, STAFF, SCHEDULER):
        assert {refusal_of(desk, actor, each) for each in every} == {"side_suspended"}


async def test_the_configuration_still_has_its_say(desk: MemoryDesk) -> None:
    closed = with_feature("subscription_cancel", enabled=False)
    command = CancelSubscription(subscription=subscription_of(desk).id)
    answer = permitted(BY_LINK, desk.account, closed, desk.capabilities, command, TERMS, suspended=True)
    assert answer.refusal is not None
    assert answer.refusal.code == "subscription_cancel_disabled"


def test_what_is_no_account_is_not_changed_either() -> None:
    assert may_change(suspended=False)
    refusal = may_change(suspended=True).refusal
    assert refusal is not None
    assert (refusal.code, refusal.forbidden) == ("side_suspended", True)


async def test_buttons_say_the_same(desk: MemoryDesk) -> None:
    def codes() -> tuple[str | None, ...]:
        answer = permissions_of(
            BY_LINK,
            desk.account,
            subscription_of(desk),
            CONFIGURATION,
            desk.capabilities,
            TERMS,
            suspended=desk.suspended,
            now=desk.now,
        )
        each = (answer.change_plan, answer.cancel, answer.keep)
        return tuple(permission.refusal.code if permission.refusal else None for permission in each)

    assert codes() == ("side_suspended", None, "side_suspended")
    await cancellations.cancel(desk, CancelSubscription(subscription=subscription_of(desk).id))
    assert codes() == ("side_suspended", "already_set_to_cancel", "side_suspended")
    desk.suspended = False
    assert codes() == ("set_to_cancel", "already_set_to_cancel", None)


async def test_use_cases_ask_the_same(desk: MemoryDesk) -> None:
    for refused in (
        lambda: plan_changes.quote(desk, change(desk, "company", 5)),
        lambda: billing_details.update(desk, BillingDetails(name="Jenny")),
        lambda: cancellations.keep(desk, subscription_of(desk).id),
    ):
        with pytest.raises(Refused, match="side_suspended"):
            await refused()
    desk.actor = TENANT
    with pytest.raises(Refused, match="side_suspended"):
        await customers.create(desk, CreateCustomer(id="cus_2"))
    assert len(desk.committed) == 2


async def test_a_quote_made_before_is_not_carried_out(desk: MemoryDesk) -> None:
    desk.suspended = False
    quote = await plan_changes.quote(desk, change(desk, "company", 5))
    desk.suspended = True
    with pytest.raises(Refused, match="side_suspended"):
        await plan_changes.confirm(desk, quote.id)


async def test_what_is_paid_for_lasts_until_its_end(desk: MemoryDesk) -> None:
    quote = await cancellations.quote(desk, subscription_of(desk).id)
    await cancellations.confirm(desk, quote.id)
    assert subscription_of(desk).cancel_at == PERIOD_END
    assert len(invoices_of(desk)) == 1


async def test_who_leaves_after_the_paid_time_is_billed_nothing(desk: MemoryDesk) -> None:
    desk.now = PERIOD_END + timedelta(days=40)
    quote = await cancellations.quote(desk, subscription_of(desk).id)
    assert quote.command == CancelSubscription(subscription=subscription_of(desk).id, when="now")
    assert (quote.lines, quote.due_now, quote.renewal) == ((), 0, None)
    changes = await cancellations.confirm(desk, quote.id)
    (ended,) = changes.subscriptions
    assert ended.status == "canceled"
    assert ended.ended_at == PERIOD_END - timedelta(seconds=1)
    assert changes.wake_at is None
    assert len(invoices_of(desk)) == 1
    desk.suspended, desk.actor = False, SCHEDULER
    await do(desk, Advance())
    assert len(invoices_of(desk)) == 1


async def test_a_quote_across_the_end_of_the_period_is_shown_anew(desk: MemoryDesk) -> None:
    desk.now = PERIOD_END - timedelta(minutes=5)
    quote = await cancellations.quote(desk, subscription_of(desk).id)
    desk.now = PERIOD_END + timedelta(minutes=5)
    with pytest.raises(QuoteChanged) as changed:
        await cancellations.confirm(desk, quote.id)
    assert changed.value.new.command == replace(quote.command, when="now")
    await cancellations.confirm(desk, changed.value.new.id)
    assert desk.account.subscriptions == ()
    assert len(invoices_of(desk)) == 1


async def test_a_backend_that_cannot_end_now_ends_at_the_end(desk: MemoryDesk) -> None:
    command = CancelSubscription(subscription=subscription_of(desk).id)
    late = PERIOD_END + timedelta(days=1)
    assert leaving(command, desk.account, desk.capabilities, late).when == "now"
    lacking = replace(desk.capabilities, can=desk.capabilities.can - {Capability.CANCEL_NOW})
    assert leaving(command, desk.account, lacking, late).when == "period_end"
    assert leaving(command, None, desk.capabilities, late).when == "period_end"
    assert leaving(CancelSubscription(subscription="sub_x"), desk.account, desk.capabilities, late).when == "period_end"


async def test_time_stands_still_just_before_what_waits(desk: MemoryDesk) -> None:
    due = desk.account.invoices[0].due_date
    assert first_due(desk.account, desk.terms.settings) == due, "the first invoice is late before anything is billed"
    early = PERIOD_END - timedelta(days=1)
    assert standing_still(desk.account, early) == early
    for late in (PERIOD_END, PERIOD_END + timedelta(days=400)):
        assert standing_still(desk.account, late) == PERIOD_END - timedelta(seconds=1)
    assert standing_still(None, PERIOD_END) == PERIOD_END
    await cancellations.cancel(desk, CancelSubscription(subscription=subscription_of(desk).id))
    assert first_due(replace(desk.account, invoices=()), desk.terms.settings) == PERIOD_END


@settings(max_examples=60, deadline=None)
@given(
    cancels_after=st.one_of(st.none(), st.integers(0, 200)),
    lifted_after=st.integers(0, 200),
    looks=st.lists(st.integers(0, 400), max_size=8),
)
async def test_each_period_is_billed_once_and_nothing_after_the_end(
    cancels_after: int | None, lifted_after: int, looks: list[int]
) -> None:
    """trust.md E8 and E12: whenever the customer leaves, the suspension is lifted and the worker comes by."""
    desk = await open_shop()
    desk.suspended, start = True, desk.now
    happenings = [(days, "look") for days in looks] + [(lifted_after, "lift")]
    if cancels_after is not None:
        happenings.append((cancels_after, "cancel"))
    for days, what in sorted(happenings):
        desk.now, desk.actor = start + timedelta(days=days), SCHEDULER
        if what == "lift":
            desk.suspended = False
        elif what == "cancel":
            desk.actor = BY_LINK
            await cancellations.cancel(desk, CancelSubscription(subscription=subscription_of(desk).id))
        elif not desk.suspended and desk.account.subscriptions:
            await desk.carry_out(Advance())
        assert desk.suspended is False or len(invoices_of(desk)) == 1
    desk.now, desk.actor = start + timedelta(days=401), SCHEDULER
    if desk.account.subscriptions:
        await desk.carry_out(Advance())
    billed = [each.period_start for each in invoices_of(desk)]
    assert len(set(billed)) == len(billed)
    assert billed == sorted(billed)
    if cancels_after is not None:
        ended = [each for changes in desk.committed for each in changes.subscriptions if each.status == "canceled"]
        assert ended
        assert all(each.created <= ended[-1].ended_at for each in invoices_of(desk) if ended[-1].ended_at)
    else:
        assert len(billed) == 14

"""A quote is what is charged, or it is nothing."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from seat_shop import BY_API, change, open_shop, subscription_of, with_update

from frontdesk import acts, billing_details, cancellations, plan_changes
from frontdesk.acts import QuoteChanged
from frontdesk.commands import Advance, BillingDetails
from frontdesk.desk import Actor
from frontdesk.errors import Refused
from frontdesk.testing.desk import TENANT

SCHEDULER = Actor(kind="scheduler", id="worker_1")


async def test_what_was_shown_is_what_is_billed_ten_minutes_later() -> None:
    desk = await open_shop()
    shown = await plan_changes.quote(desk, change(desk, "company"))
    desk.now += timedelta(minutes=10)
    changes = await plan_changes.confirm(desk, shown.id)
    (invoice,) = changes.invoices
    assert shown.invoice is not None
    assert invoice.amount_due == shown.due_now > 0
    assert [line.amount for line in invoice.lines] == [line.amount for line in shown.lines]
    assert invoice.created == shown.at
    assert invoice.number is not None
    assert subscription_of(desk).items[0].price == "company"


async def test_quoting_changes_nothing() -> None:
    desk = await open_shop()
    before = desk.account
    await plan_changes.quote(desk, change(desk, "company", 20))
    assert desk.account == before


async def test_a_quote_is_confirmed_once() -> None:
    desk = await open_shop()
    shown = await plan_changes.quote(desk, change(desk, "company"))
    await plan_changes.confirm(desk, shown.id)
    account = desk.account
    with pytest.raises(Refused, match="quote_consumed"):
        await plan_changes.confirm(desk, shown.id)
    assert desk.account == account


async def test_a_quote_lasts_fifteen_minutes() -> None:
    desk = await open_shop()
    shown = await plan_changes.quote(desk, change(desk, "company"))
    desk.now += timedelta(minutes=15)
    with pytest.raises(Refused, match="quote_expired"):
        await plan_changes.confirm(desk, shown.id)
    with pytest.raises(Refused, match="quote_unknown"):
        await plan_changes.confirm(desk, "quote_of_nobody")


async def test_an_account_that_moved_on_gets_a_new_quote_beside_the_old() -> None:
    desk = await open_shop()
    shown = await plan_changes.quote(desk, change(desk, "company"))
    desk.actor = TENANT
    await plan_changes.change(desk, change(desk, quantity=12))
    desk.actor = BY_API
    before = desk.account
    with pytest.raises(QuoteChanged) as refused:
        await plan_changes.confirm(desk, shown.id)
    assert desk.account == before
    assert refused.value.old == shown
    assert not refused.value.new.agrees_with(shown)
    await plan_changes.confirm(desk, refused.value.new.id)
    assert subscription_of(desk).items[0] == replace(subscription_of(desk).items[0], price="company", quantity=12)


async def test_what_moves_no_money_does_not_stand_in_the_way() -> None:
    desk = await open_shop()
    shown = await plan_changes.quote(desk, change(desk, "company"))
    desk.now += timedelta(minutes=5)
    await billing_details.update(desk, BillingDetails(name="Jenny"))
    (invoice,) = (await plan_changes.confirm(desk, shown.id)).invoices
    assert (invoice.amount_due, invoice.created, invoice.buyer.name) == (shown.due_now, shown.at, "Jenny")


async def test_a_renewal_in_between_makes_another_quote() -> None:
    for behavior in ("none", "create_prorations", "always_invoice"):
        desk = await open_shop()
        desk.configuration = with_update(proration_behavior=behavior)
        desk.now = subscription_of(desk).period_end - timedelta(minutes=5)
        shown = await plan_changes.quote(desk, change(desk, "company"))
        desk.now += timedelta(minutes=10)
        desk.actor = SCHEDULER
        await acts.do(desk, Advance())
        desk.actor = BY_API
        with pytest.raises(QuoteChanged):
            await plan_changes.confirm(desk, shown.id)
        assert subscription_of(desk).items[0].price == "team"


async def test_the_same_change_from_two_tabs_comes_once() -> None:
    desk = await open_shop()
    one, other = [await plan_changes.quote(desk, change(desk, "company", 12)) for _ in range(2)]
    await plan_changes.confirm(desk, one.id)
    account = desk.account
    with pytest.raises(Refused, match="no changes to confirm"):
        await plan_changes.confirm(desk, other.id)
    assert desk.account == account


async def test_other_settings_of_the_portal_make_another_quote() -> None:
    desk = await open_shop()
    shown = await plan_changes.quote(desk, change(desk, "company"))
    desk.configuration = with_update(proration_behavior="none")
    with pytest.raises(QuoteChanged) as refused:
        await plan_changes.confirm(desk, shown.id)
    assert refused.value.new.due_now == 0


async def test_what_is_forbidden_meanwhile_is_not_confirmed() -> None:
    desk = await open_shop()
    shown = await plan_changes.quote(desk, change(desk, "company"))
    desk.configuration = with_update(enabled=False)
    with pytest.raises(Refused, match="subscription update feature in the portal configuration is disabled"):
        await plan_changes.confirm(desk, shown.id)


async def test_a_customer_does_not_choose_how_the_difference_is_billed() -> None:
    desk = await open_shop()
    forged = replace(change(desk, "company"), proration_behavior="none", anchor="now")
    shown = await plan_changes.quote(desk, forged)
    billed = replace(forged, proration_behavior="always_invoice", anchor="unchanged", payment="error_if_incomplete")
    assert shown.command == billed
    assert shown.due_now > 0
    desk.actor = TENANT
    assert (await plan_changes.quote(desk, forged)).command == forged


async def test_no_changes_to_confirm() -> None:
    desk = await open_shop()
    for nothing in (change(desk), change(desk, "team"), change(desk, "team", 10)):
        with pytest.raises(Refused) as refused:
            await plan_changes.quote(desk, nothing)
        assert refused.value.refusal.for_tenant.format_map(refused.value.refusal.parameters) == (
            f"Cannot update the subscription `{nothing.subscription}` because there are no changes to confirm."
            " Provide a different `price` or `quantity`."
        )


async def test_a_quote_of_another_kind_is_unknown_here() -> None:
    desk = await open_shop()
    shown = await cancellations.quote(desk, subscription_of(desk).id)
    with pytest.raises(Refused, match="quote_unknown"):
        await plan_changes.confirm(desk, shown.id)


async def test_a_quote_of_another_customer_is_unknown() -> None:
    desk, other = await open_shop(), await open_shop()
    shown = replace(await plan_changes.quote(other, change(other, "company")), customer="cus_2")
    await desk.keep_quote(shown)
    with pytest.raises(Refused, match="quote_unknown"):
        await plan_changes.confirm(desk, shown.id)

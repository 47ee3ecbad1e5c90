"""Cancelling, keeping and explaining, as the portal's settings say."""

from datetime import timedelta

import pytest
from seat_shop import open_shop, subscription_of, with_feature

from frontdesk import cancellations, invoices
from frontdesk.book import CancellationDetails
from frontdesk.commands import CancelSubscription
from frontdesk.errors import Refused
from frontdesk.testing.desk import TENANT


async def test_a_cancellation_lasts_until_the_period_ends_and_can_be_taken_back() -> None:
    desk = await open_shop()
    subscription = subscription_of(desk)
    shown = await cancellations.quote(desk, subscription.id)
    assert (shown.due_now, shown.credited, shown.renewal) == (0, 0, None)
    await cancellations.confirm(desk, shown.id)
    assert subscription_of(desk).cancel_at == subscription.period_end
    assert subscription_of(desk).status == "active"
    with pytest.raises(Refused) as refused:
        await cancellations.quote(desk, subscription.id)
    assert refused.value.refusal.param == "flow_data[subscription_cancel][subscription]"
    assert "is already set to be canceled at period end." in str(refused.value)
    await cancellations.explain(desk, subscription.id, "too_expensive", "less seats now")
    assert subscription_of(desk).cancellation.feedback == "too_expensive"
    await cancellations.keep(desk, subscription.id)
    assert subscription_of(desk).cancel_at is None
    with pytest.raises(Refused, match="not_set_to_cancel"):
        await cancellations.keep(desk, subscription.id)


async def test_the_configuration_says_when_and_whether_unused_time_is_credited() -> None:
    desk = await open_shop()
    desk.configuration = with_feature("subscription_cancel", mode="immediately", proration_behavior="create_prorations")
    forged = CancelSubscription(subscription=subscription_of(desk).id, when="period_end", invoice_now=True)
    shown = await cancellations.quote(desk, forged.subscription)
    assert shown.command == CancelSubscription(subscription=forged.subscription, when="now", prorate=True)
    credit = sum(line.amount for line in shown.lines)
    assert credit == -8000  # twenty of thirty days of 120.00
    changes = await cancellations.cancel(desk, forged)
    assert changes.subscriptions[0].status == "canceled"
    assert desk.account.subscriptions == ()


async def test_a_reason_given_with_an_immediate_cancellation_is_kept() -> None:
    desk = await open_shop()
    desk.configuration = with_feature("subscription_cancel", mode="immediately")
    details = CancellationDetails(feedback="unused", comment="we moved")
    changes = await cancellations.cancel(
        desk, CancelSubscription(subscription=subscription_of(desk).id, details=details)
    )
    assert changes.subscriptions[0].cancellation.feedback == "unused"
    assert changes.subscriptions[0].cancellation.comment == "we moved"


async def test_the_tenant_cancels_as_it_likes() -> None:
    desk = await open_shop()
    desk.actor = TENANT
    desk.configuration = with_feature("subscription_cancel", enabled=False)
    command = CancelSubscription(subscription=subscription_of(desk).id, when="now")
    changes = await cancellations.cancel(desk, command)
    assert changes.subscriptions[0].status == "canceled"


async def test_a_quoted_cancellation_expires() -> None:
    desk = await open_shop()
    shown = await cancellations.quote(desk, subscription_of(desk).id)
    desk.now += timedelta(minutes=16)
    with pytest.raises(Refused, match="quote_expired"):
        await cancellations.confirm(desk, shown.id)
    assert subscription_of(desk).cancel_at is None


async def test_only_the_tenant_marks_an_invoice_as_paid() -> None:
    desk = await open_shop()
    (invoice,) = desk.account.invoices
    with pytest.raises(Refused, match="not_for_customers"):
        await invoices.pay_out_of_band(desk, invoice.id)
    desk.actor = TENANT
    changes = await invoices.pay_out_of_band(desk, invoice.id)
    assert changes.invoices[0].status == "paid"
    with pytest.raises(Refused, match="Invoice is already paid"):
        await invoices.pay_out_of_band(desk, invoice.id)

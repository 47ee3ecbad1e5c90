"""When a subscription is next billed and how much: the same whether lines are made for it or not."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from seat_shop import NOW, TERMS, open_shop, subscription_of

from frontdesk.book import PendingItem, SubscriptionItem
from frontdesk.quoting import NextDue, next_bill, next_due

UNPAID_TRIAL = {"status": "trialing", "collection_method": "charge_automatically", "without_method": "cancel"}
OF_ANOTHER = {"subscription": "sub_gone"}
TWO_ITEMS = tuple(
    SubscriptionItem(
        id=each, price=each, quantity=2, created=NOW, period_start=NOW, period_end=NOW + timedelta(days=30)
    )
    for each in ("team", "company")
)


async def account_with(change: dict[str, Any], waiting: tuple[dict[str, Any], ...]) -> Any:
    """The shop's account, its subscription changed, with lines of 1.00 waiting."""
    desk = await open_shop()
    subscription = replace(subscription_of(desk), **change)
    bill = next_bill(desk.account, subscription_of(desk), TERMS, lambda prefix: prefix)
    assert bill is not None
    items = tuple(
        PendingItem(
            id=f"ii_{number}",
            customer=desk.account.customer.id,
            created=subscription.created,
            subscription=each.get("subscription", subscription.id),
            line=replace(bill.lines[0], amount=100, currency=each.get("currency", "eur")),
        )
        for number, each in enumerate(waiting)
    )
    return replace(desk.account, subscriptions=(subscription,), pending_items=items)


@pytest.mark.parametrize(
    ("change", "waiting", "amount"),
    [
        ({}, (), 12000),
        ({}, ({}, {}), 12200),
        ({}, (OF_ANOTHER,), 12100),
        ({}, ({"currency": "usd"},), 12000),
        ({"items": TWO_ITEMS}, (), 8400),
        ({"anchor": timedelta()}, (), 12000),
        ({"anchor": timedelta(days=10)}, (), 4000),
        ({"anchor": timedelta(days=10)}, ({},), 4100),
        ({"cancel_at": timedelta()}, (), None),
        ({"cancel_at": timedelta()}, ({}, OF_ANOTHER), 100),
        ({"cancel_at": timedelta(days=1)}, ({}, OF_ANOTHER), 587),
        ({"status": "canceled"}, ({},), None),
        (UNPAID_TRIAL | {"without_method": "create_invoice"}, (), 12000),
        (UNPAID_TRIAL | {"collection_method": "send_invoice"}, (), 12000),
        (UNPAID_TRIAL, ({},), None),
        (UNPAID_TRIAL | {"without_method": "pause"}, (), None),
        (UNPAID_TRIAL | {"cancel_at": timedelta()}, ({}, OF_ANOTHER), 100),
    ],
)
async def test_what_is_due_next_is_the_sum_of_the_lines(
    change: dict[str, Any], waiting: tuple[dict[str, Any], ...], amount: int | None
) -> None:
    end = subscription_of(await open_shop()).period_end
    change = {name: end + each if name in ("anchor", "cancel_at") else each for name, each in change.items()}
    account = await account_with(change, waiting)
    (subscription,) = account.subscriptions
    due = next_due(account, subscription, TERMS)
    bill = next_bill(account, subscription, TERMS, lambda prefix: prefix)
    assert due == (None if amount is None else NextDue(end, amount))
    assert (bill is None) == (due is None)
    if bill is not None:
        assert (bill.at, bill.amount) == (end, sum(each.amount for each in bill.lines)) == (end, amount)

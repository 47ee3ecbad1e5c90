"""The invoices that come next: the soonest first, each line once, the balance in their order."""

from datetime import timedelta
from typing import Any

from msgspec.structs import replace
from seat_shop import NOW, TERMS, open_shop, subscription_of

from frontdesk.book import Account, PendingItem, PlannedItem, PutOffChange
from frontdesk.quoting import next_bill, next_due
from frontdesk.upcoming import Upcoming, upcoming


def plain(prefix: str) -> str:
    return prefix


async def account_with(*subscriptions: dict[str, Any], balance: int = 0, **waiting: str | None) -> Account:
    """Subscriptions like the shop's, changed, and lines of 1.00 that wait: by name, of the subscription named."""
    desk = await open_shop()
    first = subscription_of(desk)
    bill = next_bill(desk.account, first, TERMS, plain)
    assert bill is not None
    items = tuple(
        PendingItem(
            id=f"ii_{name}",
            customer="cus_1",
            created=NOW,
            subscription=of,
            line=replace(bill.lines[0], id=f"il_{name}", amount=100),
        )
        for name, of in waiting.items()
    )
    return replace(
        desk.account,
        customer=replace(desk.account.customer, balances={"eur": balance}),
        subscriptions=tuple(replace(first, **each) for each in subscriptions),
        pending_items=items,
    )


def sums(found: tuple[Upcoming, ...]) -> list[tuple[str | None, int, int]]:
    return [(each.invoice.subscription, each.invoice.total, each.invoice.amount_due) for each in found]


async def test_the_soonest_first_and_what_waits_for_any_goes_on_it() -> None:
    first = subscription_of(await open_shop())
    items = tuple(replace(each, period_end=each.period_end + timedelta(days=1)) for each in first.items)
    later, sooner = {"id": "sub_a", "items": items}, {"id": "sub_b"}
    account = await account_with(later, sooner, loose=None, own="sub_a")
    found = upcoming(account, TERMS, NOW, plain)
    assert [each.invoice.subscription for each in found] == ["sub_b", "sub_a"]
    soonest, second = found
    assert soonest.at == next_due(account, account.subscriptions[1], TERMS).at  # type: ignore[union-attr]
    assert soonest.invoice.lines[0].id == "il_loose"
    assert second.invoice.lines[0].id == "il_own"
    assert sum(len(each.invoice.lines) for each in found) == 4


async def test_credit_is_used_once_and_a_debt_asked_for_once() -> None:
    full = sums(upcoming(await account_with({"id": "sub_a"}), TERMS, NOW, plain))[0][1]
    pair = ({"id": "sub_a"}, {"id": "sub_b"})
    for balance, due in (
        (0, [full, full]),
        (-100, [full - 100, full]),
        (-full - 100, [0, full - 100]),
        (-3 * full, [0, 0]),
        (250, [full + 250, full]),
    ):
        found = upcoming(await account_with(*pair, balance=balance), TERMS, NOW, plain)
        assert [each.invoice.amount_due for each in found] == due, balance
    assert found[-1].invoice.ending_balance == 0


async def test_what_ends_is_not_billed_again_and_loose_lines_wait() -> None:
    end = subscription_of(await open_shop()).period_end
    account = await account_with({"cancel_at": end}, loose=None)
    (waiting,) = upcoming(account, TERMS, NOW, plain)
    assert (waiting.at, waiting.invoice.total, waiting.invoice.amount_due) == (None, 100, 100)
    assert upcoming(await account_with({"cancel_at": end}), TERMS, NOW, plain) == ()
    assert upcoming(await account_with({"status": "canceled"}), TERMS, NOW, plain) == ()


async def test_a_change_that_was_put_off_is_in_it() -> None:
    first = subscription_of(await open_shop())
    item = first.items[0]
    planned = PlannedItem(id=item.id, price=item.price, quantity=item.quantity - 1)
    put_off = PutOffChange(items=(planned,), asked=NOW)
    accounts = [await account_with(change) for change in ({}, {"put_off": put_off})]
    now, then = [upcoming(each, TERMS, NOW, plain)[0].invoice.total for each in accounts]
    assert then == now * (item.quantity - 1) // item.quantity

"""What happens by itself when its time has come: renewals, and ends of subscriptions."""

from datetime import datetime

from msgspec.structs import replace

from frontdesk.book import ACTIVE, Billed, Line, Price, Recurring, Subscription, SubscriptionItem
from frontdesk.events import SubscriptionCanceled, SubscriptionRenewed
from frontdesk.lines import full_amount, item_line
from frontdesk.periods import next_boundary
from frontdesk_invoice_only.discounting import billed_with, discounted
from frontdesk_invoice_only.invoices import issue
from frontdesk_invoice_only.page import Page


def catch_up(page: Page, *, and_now: bool) -> None:
    """Do everything that has fallen due before `page.now` (and at it, if `and_now`), in the order of its instants.

    Every missed period is billed once, on an invoice of its own boundary. At one instant, ends come before renewals.
    """
    while True:
        due = [(page.due_at(each), not _ends(each), each.created, each.id) for each in page.live()]
        due = [each for each in due if each[0] < page.now or (and_now and each[0] == page.now)]
        if not due:
            return
        at, _, _, id = min(due)
        subscription = page.subscription(id)
        if _ends(subscription):
            _settle(page, subscription, at)
            end(page, subscription, at)
        else:
            renew(page, subscription, at)


def renew(page: Page, subscription: Subscription, at: datetime) -> None:
    """Begin the next period at `at` and bill it in advance, with what waited."""
    if subscription.status not in ACTIVE:
        raise AssertionError(f"a subscription of status {subscription.status} does not renew")
    ends = next_boundary(subscription.anchor, recurring_of(page.price(subscription.items[0].price)), at)
    items, lines = bill_in_full(page, subscription, subscription.items, at, ends)
    waiting = page.waiting_for(subscription, with_others=True)
    renewed = replace(subscription, items=items)
    invoice = issue(page, renewed, lines, at, "subscription_cycle", waiting)
    page.save_subscription(replace(billed_with(page, renewed, lines, at), latest_invoice=invoice.id))
    page.tell(
        SubscriptionRenewed(
            customer=page.customer.id, subscription=subscription.id, at=at, period_start=at, period_end=ends
        )
    )


def recurring_of(price: Price) -> Recurring:
    """The interval of a price that is in a subscription."""
    if price.recurring is None:
        raise AssertionError(f"the price {price.id} is in a subscription and does not recur")
    return price.recurring


def bill_in_full(
    page: Page, subscription: Subscription, items: tuple[SubscriptionItem, ...], start: datetime, ends: datetime
) -> tuple[tuple[SubscriptionItem, ...], tuple[Line, ...]]:
    """Items of a period `[start, ends)` that is billed in full, and its lines, discounts taken off."""
    billed: list[SubscriptionItem] = []
    lines: list[Line] = []
    for item in items:
        price = page.price(item.price)
        amount = full_amount(price, item.quantity, subscription.currency)
        billed.append(replace(item, period_start=start, period_end=ends))
        lines.append(
            item_line(
                page.ids("il"),
                "charge",
                subscription,
                item,
                price,
                page.product(price),
                amount=amount,
                start=start,
                end=ends,
            )
        )
    net = discounted(page, replace(subscription, items=tuple(billed)), lines, start)
    kept = [
        replace(item, billed=Billed(amount=line.amount, start=start, end=ends))
        for item, line in zip(billed, net, strict=True)
    ]
    return tuple(kept), net


def end(page: Page, subscription: Subscription, at: datetime) -> None:
    """End a subscription: it will never be billed again."""
    page.save_subscription(
        replace(
            page.subscription(subscription.id),
            status="canceled",
            ended_at=at,
            canceled_at=subscription.canceled_at or at,
        )
    )
    page.tell(SubscriptionCanceled(customer=page.customer.id, subscription=subscription.id, at=at))


def _settle(page: Page, subscription: Subscription, at: datetime) -> None:
    """Bill what still waits when a subscription ends as planned, as Stripe does: changes made before count."""
    waiting = page.waiting_for(subscription, with_others=False)
    if waiting:
        invoice = issue(page, subscription, (), at, "subscription_cancel", waiting)
        page.save_subscription(replace(subscription, latest_invoice=invoice.id))


def _ends(subscription: Subscription) -> bool:
    return subscription.cancel_at is not None and subscription.cancel_at <= subscription.period_end

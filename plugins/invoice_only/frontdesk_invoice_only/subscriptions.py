"""Starting subscriptions, and changing what moves no money."""

from collections.abc import Sequence
from typing import Literal

from msgspec import UNSET
from msgspec.structs import replace

from frontdesk.book import Price, Recurring, Subscription, SubscriptionItem
from frontdesk.catalogue import merge_metadata
from frontdesk.commands import CreateSubscription, DescribeSubscription
from frontdesk.events import SubscriptionCreated, SubscriptionUpdated
from frontdesk.periods import boundary
from frontdesk_invoice_only.invoices import issue
from frontdesk_invoice_only.page import Page
from frontdesk_invoice_only.refusals import bad_item, mismatch, missing, refused
from frontdesk_invoice_only.renewals import bill_in_full

MAX_ITEMS = 20
"""Items of one subscription, as at Stripe."""


def create_subscription(page: Page, command: CreateSubscription) -> None:
    """Start a subscription now, its anchor included, and bill its first period in advance."""
    _check_terms(command)
    prices = [salable_price(page, each.price, index) for index, each in enumerate(command.items)]
    for index, each in enumerate(command.items):
        check_quantity(each.quantity, index)
    recurring = check_together(prices)
    starts, ends = page.now, boundary(page.now, recurring, 1)
    items = tuple(
        SubscriptionItem(
            id=page.ids("si"),
            price=each.price,
            quantity=each.quantity,
            created=starts,
            period_start=starts,
            period_end=ends,
            metadata=merge_metadata({}, each.metadata),
        )
        for each in command.items
    )
    draft = Subscription(
        id=page.ids("sub"),
        customer=page.customer.id,
        status="active",
        items=items,
        currency=prices[0].currency,
        created=starts,
        start_date=starts,
        anchor=starts,
        days_until_due=command.days_until_due,
        billing_mode=command.billing_mode,
        description=command.description,
        metadata=merge_metadata({}, command.metadata),
    )
    billed, lines = bill_in_full(page, draft, items, starts, ends)
    subscription = page.save_subscription(replace(draft, items=billed))
    if page.customer.currency is None:
        page.save_customer(replace(page.customer, currency=subscription.currency))
    page.tell(SubscriptionCreated(customer=page.customer.id, subscription=subscription.id, at=starts))
    invoice = issue(page, subscription, lines, starts, "subscription_create")
    page.save_subscription(replace(subscription, latest_invoice=invoice.id))


def describe(page: Page, command: DescribeSubscription) -> None:
    """Change description, terms of payment or metadata; invoices that were issued stay as they are."""
    before = page.live_subscription(command.subscription)
    if command.days_until_due is not UNSET:
        _check_days(command.days_until_due)
    after = replace(
        before,
        description=before.description if command.description is UNSET else command.description,
        days_until_due=before.days_until_due if command.days_until_due is UNSET else command.days_until_due,
        metadata=merge_metadata(before.metadata, command.metadata),
    )
    named = ("description", "days_until_due", "metadata")
    fields = tuple(name for name in named if getattr(before, name) != getattr(after, name))
    if fields:
        page.save_subscription(after)
        page.tell(SubscriptionUpdated(customer=page.customer.id, subscription=before.id, at=page.now, fields=fields))


def salable_price(page: Page, id: str, index: int) -> Price:
    """A price that can be subscribed to. Raises Refused for any other."""
    price = page.terms.prices.get(id)
    if price is None:
        raise missing("price", id, f"items[{index}][price]")
    product = page.product(price)
    if not price.active or (product is not None and (product.deleted or not product.active)):
        sentence = "The price specified is inactive. This field only accepts active prices."
        raise bad_item("price_inactive", sentence, index, "price")
    if price.recurring is None:
        raise bad_item(
            "price_one_time",
            "The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.",
            index,
            "price",
        )
    return price


def check_quantity(quantity: int, index: int) -> None:
    """A quantity is no negative number. Raises Refused."""
    if quantity < 0:
        sentence = "This value must be greater than or equal to 0."
        raise bad_item("quantity_negative", sentence, index, "quantity", "parameter_invalid_integer")


def check_together(prices: Sequence[Price]) -> Recurring:
    """What the prices of one subscription share: their interval. Raises Refused if they cannot be together."""
    first = prices[0]
    if len(prices) > MAX_ITEMS:
        raise refused(
            "too_many_items",
            "This subscription has too many items.",
            "A subscription has at most {limit} items.",
            {"limit": MAX_ITEMS},
            param="items",
        )
    for index, price in enumerate(prices):
        if price.currency != first.currency:
            raise mismatch("currency")
        if price.recurring != first.recurring:
            raise mismatch(_different(first, price))
        if price.id in {each.id for each in prices[:index]}:
            sentence = f"Cannot add multiple subscription items with the same plan: {price.id}"
            raise bad_item("price_twice", sentence, index, "price")
    if first.recurring is None:
        raise AssertionError("only recurring prices get here")
    return first.recurring


def _different(one: Price, two: Price) -> Literal["interval", "interval_count"]:
    same = one.recurring and two.recurring and one.recurring.interval == two.recurring.interval
    return "interval_count" if same else "interval"


def _check_terms(command: CreateSubscription) -> None:
    if not command.items:
        raise refused(
            "items_missing",
            "Please choose a plan.",
            "Missing required param: items.",
            param="items",
            api_code="parameter_missing",
        )
    if command.collection_method == "charge_automatically":
        raise refused(
            "collection_method_unsupported",
            "Automatic payment is not available.",
            "This billing backend sends invoices and cannot charge a payment method: leave `collection_method` out, "
            "or set it to `send_invoice`.",
            param="collection_method",
        )
    if command.days_until_due is not None:
        _check_days(command.days_until_due)


def _check_days(days: int) -> None:
    if not 0 <= days <= 3650:
        raise refused(
            "days_until_due_invalid",
            "These terms of payment are not possible.",
            "`days_until_due` is a number from 0 to 3650.",
            param="days_until_due",
            api_code="parameter_invalid_integer",
        )

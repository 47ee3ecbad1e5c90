"""Starting subscriptions, and changing what moves no money."""

from msgspec import UNSET
from msgspec.structs import replace

from frontdesk.book import Subscription, SubscriptionItem
from frontdesk.catalogue import merge_metadata
from frontdesk.commands import CreateSubscription, DescribeSubscription
from frontdesk.events import SubscriptionCreated, SubscriptionUpdated
from frontdesk.lines import full_amount
from frontdesk.periods import boundary
from frontdesk.pricing import starting_currency
from frontdesk_invoice_only.discounting import billed_with, give, give_item
from frontdesk_invoice_only.invoices import issue
from frontdesk_invoice_only.page import Page
from frontdesk_invoice_only.renewals import bill_in_full, recurring_of


def create_subscription(page: Page, command: CreateSubscription) -> None:
    """Start a subscription now, its anchor included, and bill its first period in advance."""
    first = page.price(command.items[0].price)
    starts, ends = page.now, boundary(page.now, recurring_of(first), 1)
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
        currency=starting_currency(command, page.customer, first),
        created=starts,
        start_date=starts,
        anchor=starts,
        days_until_due=command.days_until_due,
        billing_mode=command.billing_mode,
        description=command.description,
        metadata=merge_metadata({}, command.metadata),
    )
    draft = _with_discounts(page, draft, command)
    billed, lines = bill_in_full(page, draft, draft.items, starts, ends)
    subscription = page.save_subscription(replace(draft, items=billed))
    if page.customer.currency is None:
        page.save_customer(replace(page.customer, currency=subscription.currency))
    page.tell(SubscriptionCreated(customer=page.customer.id, subscription=subscription.id, at=starts))
    invoice = issue(page, subscription, lines, starts, "subscription_create")
    page.save_subscription(replace(billed_with(page, subscription, lines, starts), latest_invoice=invoice.id))


def _with_discounts(page: Page, draft: Subscription, command: CreateSubscription) -> Subscription:
    if not command.discounts and not any(each.discounts for each in command.items):
        return draft
    first_bill = sum(full_amount(page.price(each.price), each.quantity, draft.currency) for each in draft.items)
    items = tuple(
        give_item(page, draft, item, asked.discounts, param=f"items[{place}][discounts]", first_bill=first_bill)
        for place, (item, asked) in enumerate(zip(draft.items, command.items, strict=True))
    )
    return give(page, replace(draft, items=items), command.discounts, items=items, first_bill=first_bill)


def describe(page: Page, command: DescribeSubscription) -> None:
    """Change description, terms of payment or metadata; invoices that were issued stay as they are."""
    before = page.live_subscription(command.subscription)
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

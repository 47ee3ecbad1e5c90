"""Starting subscriptions, and changing what moves no money."""

from msgspec import UNSET
from msgspec.structs import replace

from frontdesk.automatic_tax import check_codes, check_location
from frontdesk.book import Line, Recurring, Subscription, SubscriptionItem
from frontdesk.catalogue import merge_metadata
from frontdesk.commands import CreateSubscription, DescribeSubscription, StartAgain
from frontdesk.events import SubscriptionCreated, SubscriptionUpdated
from frontdesk.lines import full_amount
from frontdesk.payment_method_rules import collection_of
from frontdesk.periods import stretch_from, stretches
from frontdesk.possibilities import speaks_of_ended
from frontdesk.pricing import quantity_of, starting_currency
from frontdesk.restarts import anew
from frontdesk.taxing import applied, check_behaviors
from frontdesk_invoice_only.beginnings import beginning
from frontdesk_invoice_only.collecting import NO_METHOD, refuse_declined
from frontdesk_invoice_only.discounting import billed_with, give, give_item
from frontdesk_invoice_only.invoices import issue
from frontdesk_invoice_only.page import Page
from frontdesk_invoice_only.renewals import bill_stretches, catch_up, free_of_charge, recurring_of


def start_again(page: Page, command: StartAgain) -> None:
    """Start what has ended once more, with the tax rates that it had."""
    ended = page.subscription(command.subscription)
    create_subscription(page, anew(ended), ended)


def create_subscription(page: Page, command: CreateSubscription, like: Subscription | None = None) -> None:
    """Start a subscription now and bill its first period in advance, unless that is a trial or free.

    Where it began in the past or its periods are counted from a later instant, each period and part of a period until
    the first boundary to come has a line of its own. Tax rates are those of the one that it is `like`, if there is one.
    """
    first = page.price(command.items[0].price)
    recurring = recurring_of(first)
    times = beginning(command, recurring, page.now)
    items = tuple(
        SubscriptionItem(
            id=page.ids("si"),
            price=each.price,
            quantity=quantity_of(page.price(each.price), each.quantity),
            created=page.now,
            period_start=times.start,
            period_end=times.trial_end or times.anchor,
            tax_rates=like.items[place].tax_rates
            if like is not None
            else applied(each.tax_rates, (), page.terms, f"items[{place}][tax_rates]"),
            metadata=merge_metadata({}, each.metadata),
        )
        for place, each in enumerate(command.items)
    )
    draft = Subscription(
        id=page.ids("sub"),
        customer=page.customer.id,
        status="trialing" if times.trial_end else "active",
        collection_method=collection_of(command, page.customer, page.can),
        items=items,
        currency=starting_currency(command, page.customer, first),
        created=page.now,
        start_date=times.start,
        anchor=times.anchor,
        anchor_config=command.anchor_config,
        trial_start=times.start if times.trial_end else None,
        trial_end=times.trial_end,
        default_payment_method=command.default_payment_method,
        saves_method=command.saves_method,
        without_method=command.without_method,
        days_until_due=command.days_until_due,
        billing_mode=command.billing_mode,
        default_tax_rates=like.default_tax_rates
        if like is not None
        else applied(command.default_tax_rates, (), page.terms, "default_tax_rates"),
        automatic_tax=page.terms.settings.tax.automatic if command.automatic_tax is None else command.automatic_tax,
        description=command.description,
        metadata=merge_metadata({}, command.metadata),
    )
    check_behaviors(draft, draft.items, page.terms)
    check_automatic(page, draft)
    draft = _with_discounts(page, draft, command)
    draft, lines = _first_lines(page, draft, recurring, command)
    subscription = page.save_subscription(draft)
    if page.customer.currency is None:
        page.save_customer(replace(page.customer, currency=subscription.currency))
    page.tell(SubscriptionCreated(customer=page.customer.id, subscription=subscription.id, at=page.now))
    waits = subscription.collection_method == "charge_automatically" and command.payment == "default_incomplete"
    billing = replace(subscription, status="incomplete") if waits else subscription
    invoice = issue(page, billing, lines, page.now, "subscription_create")
    begun = replace(billed_with(page, subscription, lines, page.now), latest_invoice=invoice.id)
    if invoice.status == "open" and subscription.collection_method == "charge_automatically":
        if command.payment == "error_if_incomplete" or page.declined == NO_METHOD:
            refuse_declined(page)
        begun = replace(begun, status="incomplete")
    page.save_subscription(begun)
    catch_up(page, and_now=True)


def _first_lines(
    page: Page, draft: Subscription, recurring: Recurring, command: CreateSubscription
) -> tuple[Subscription, tuple[Line, ...]]:
    """The subscription in its first period, and what that costs."""
    if draft.trial_end is not None:
        items, lines = free_of_charge(page, draft, draft.items, draft.start_date, draft.trial_end)
        return replace(draft, items=items), lines
    ahead = stretch_from(draft.anchor, recurring, page.now)
    since = draft.start_date
    if command.proration_behavior == "none":
        since = page.now
        if not ahead.is_whole:
            items, lines = free_of_charge(page, draft, draft.items, page.now, ahead.end)
            return replace(draft, items=items, free_until=ahead.end), lines
    items, lines = bill_stretches(page, draft, draft.items, stretches(draft.anchor, recurring, since, page.now))
    return replace(draft, items=items), lines


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
    """Change description, terms of payment, tax rates or metadata; lines that were made stay as they are."""
    known = page.subscription if speaks_of_ended(command) else page.live_subscription
    before = known(command.subscription)
    rates = before.default_tax_rates
    if command.default_tax_rates is not UNSET:
        rates = applied(command.default_tax_rates, rates, page.terms, "default_tax_rates")
    after = replace(
        before,
        description=before.description if command.description is UNSET else command.description,
        days_until_due=before.days_until_due if command.days_until_due is UNSET else command.days_until_due,
        default_tax_rates=rates,
        automatic_tax=before.automatic_tax if command.automatic_tax is UNSET else command.automatic_tax,
        saves_method=before.saves_method if command.saves_method is UNSET else command.saves_method,
        without_method=before.without_method if command.without_method is UNSET else command.without_method,
        metadata=merge_metadata(before.metadata, command.metadata),
    )
    if rates != before.default_tax_rates:
        check_behaviors(after, after.items, page.terms)
    if after.automatic_tax and not before.automatic_tax:
        check_automatic(page, after)
    terms = ("days_until_due", "default_tax_rates", "automatic_tax", "saves_method", "without_method")
    named = ("description", *terms, "metadata")
    fields = tuple(name for name in named if getattr(before, name) != getattr(after, name))
    if fields:
        page.save_subscription(after)
        page.tell(SubscriptionUpdated(customer=page.customer.id, subscription=before.id, at=page.now, fields=fields))


def check_automatic(page: Page, subscription: Subscription) -> None:
    """Raises Refused where tax is to be worked out for a subscription and cannot be."""
    if subscription.automatic_tax:
        check_location(page.customer)
        check_codes((page.product(page.price(each.price)) for each in subscription.items), page.terms.settings)

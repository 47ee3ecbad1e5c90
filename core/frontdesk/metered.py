"""Prices that are billed by use: what was reported in a period is billed when it is over, and never prorated (P73).

Nothing of them is billed ahead, so `lines.full_amount` is 0. What was reported and not billed yet stands on the
subscription's item as `usage`; it is None for as long as nothing counts, in a trial.
"""

from datetime import datetime

from msgspec.structs import replace

from frontdesk.book import Customer, Line, Price, Subscription, SubscriptionItem, Terms, Usage
from frontdesk.ids import Ids
from frontdesk.lines import item_line
from frontdesk.pricing import amount_for, is_metered
from frontdesk.taxing import rates_on


def usage_amount(price: Price, item: SubscriptionItem, currency: str, until: datetime) -> int:
    """What the use of an item comes to, from when it began to count to `until`. No use in no time costs nothing."""
    usage = item.usage
    if usage is None or (usage.since >= until and not usage.value):
        return 0
    return amount_for(price, usage.value, currency)


def usage_line(
    customer: Customer, subscription: Subscription, item: SubscriptionItem, terms: Terms, until: datetime, ids: Ids
) -> Line:
    """The line for what was used of a metered item until an instant; its quantity is the use."""
    price = terms.prices[item.price]
    usage = item.usage
    return item_line(
        ids("il"),
        "charge",
        subscription,
        replace(item, quantity=0 if usage is None else usage.value),
        price,
        terms.products.get(price.product),
        amount=usage_amount(price, item, subscription.currency, until),
        start=until if usage is None else min(usage.since, until),
        end=until,
        tax_rates=rates_on(customer, subscription, item, terms, until),
    )


def unbilled_use(
    customer: Customer,
    subscription: Subscription,
    items: tuple[SubscriptionItem, ...],
    terms: Terms,
    until: datetime,
    ids: Ids,
) -> tuple[Line, ...]:
    """Lines for what was used of these items and not billed yet; nothing for those that nobody used."""
    lines = (
        usage_line(customer, subscription, each, terms, until, ids)
        for each in items
        if is_metered(terms.prices[each.price]) and each.usage is not None
    )
    return tuple(each for each in lines if each.amount or each.quantity)


def counted_from(item: SubscriptionItem, price: Price, since: datetime) -> SubscriptionItem:
    """An item whose use counts from an instant on, if it is a metered one."""
    if not is_metered(price):
        return replace(item, usage=None) if item.usage is not None else item
    return replace(item, usage=Usage(value=0, since=since), billed=None)

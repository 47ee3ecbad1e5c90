"""What is given back of a subscription item's period (trust.md §D2), the same in bills and in what is shown before."""

from datetime import datetime

from frontdesk.book import Customer, Line, Price, Subscription, SubscriptionItem, Terms
from frontdesk.discounts import charges_of, taken_off, total_of
from frontdesk.ids import Ids
from frontdesk.lines import full_amount, item_line
from frontdesk.periods import Stretch, period_containing
from frontdesk.pricing import is_metered
from frontdesk.proration import debit, share
from frontdesk.taxing import rates_on


def unused_time_line(
    customer: Customer, subscription: Subscription, item: SubscriptionItem, terms: Terms, at: datetime, ids: Ids
) -> Line | None:
    """The credit for what is left of an item's period at `at`, None where nothing was billed.

    *flexible* gives back of what was last debited, over the part which that debit covered, with its tax rates;
    *classic* takes the present price for the whole period with the last bill's discounts and the present tax rates,
    whatever was billed. Nothing is given back of free time.
    """
    if subscription.is_free_at(at):
        return None
    price = terms.prices[item.price]
    if is_metered(price):
        return None
    if subscription.billing_mode == "classic":
        end, whole = item.period_end, _present(subscription, item, terms)
        given_back = share(whole, rest_of_period(subscription, item, price, at)) if end > at else 0
        rates = rates_on(customer, subscription, item, terms, at)
    elif item.billed is not None:
        end, whole = item.billed.end, item.billed.amount
        given_back = debit(whole, item.billed.start, end, at)
        rates = item.billed.tax_rates
    else:
        return None
    if whole == 0 or end <= at:
        return None
    product = terms.products.get(price.product)
    return item_line(
        ids("il"),
        "unused_time",
        subscription,
        item,
        price,
        product,
        amount=-given_back,
        start=at,
        end=end,
        tax_rates=rates,
    )


def rest_of_period(subscription: Subscription, item: SubscriptionItem, price: Price, at: datetime) -> Stretch:
    """What is left of an item's period at `at`, within the whole period that it is, or is a part of."""
    start, end = item.period_start, item.period_end
    if price.recurring is None:
        return Stretch(at, end, start, end)
    whole = period_containing(subscription.anchor, price.recurring, start)
    return Stretch(max(at, start), end, min(whole.start, start), max(whole.end, end))


def _present(subscription: Subscription, item: SubscriptionItem, terms: Terms) -> int:
    """An item's whole period at its present price, less the discounts of the last bill."""
    amounts = [
        full_amount(terms.prices[each.price], each.quantity, subscription.currency) for each in subscription.items
    ]
    place = [each.id for each in subscription.items].index(item.id)
    if not subscription.last_discounts:
        return amounts[place]
    products = [terms.prices[each.price].product for each in subscription.items]
    charges = charges_of(subscription.items, amounts, products)
    return amounts[place] - total_of(taken_off(charges, subscription.last_discounts, subscription.currency)[place])

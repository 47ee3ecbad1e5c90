"""What a customer used of what is billed by use, and was not billed for yet."""

from frontdesk.book import Account, Terms
from frontdesk.pricing import amount_for
from frontdesk_web.formatting import date_long, money
from frontdesk_web.messages import translate
from frontdesk_web.price_words import many


def use_so_far(account: Account, terms: Terms, locale: str) -> tuple[str, ...]:
    """A sentence for each item that counts: `Calls: 1,200 calls since 1 June 2026, €36.00 so far`."""
    found = []
    for subscription in account.subscriptions:
        for item in subscription.items:
            price = terms.prices.get(item.price)
            if item.usage is None or price is None:
                continue
            product = terms.products.get(price.product)
            amount = amount_for(price, item.usage.value, subscription.currency)
            found.append(
                translate(
                    locale,
                    "{product}: {used} since {date}, {amount} so far",
                    product="" if product is None else product.name,
                    used=many(item.usage.value, None if product is None else product.unit_label, locale),
                    date=date_long(item.usage.since, locale),
                    amount=money(amount, subscription.currency, locale),
                )
            )
    return tuple(found)

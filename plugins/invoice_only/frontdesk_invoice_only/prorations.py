"""Proration lines of a subscription's items (trust.md §D2)."""

from datetime import datetime

from msgspec.structs import replace

from frontdesk.book import Billed, Line, Subscription, SubscriptionItem
from frontdesk.coupons import LineDiscount
from frontdesk.discounts import total_of
from frontdesk.lines import full_amount, item_line
from frontdesk.money import allocate
from frontdesk.proration import share
from frontdesk.taxing import rates_on
from frontdesk.unused_time import rest_of_period, unused_time_line
from frontdesk_invoice_only.page import Page


def unused_time(
    page: Page, subscription: Subscription, item: SubscriptionItem, at: datetime | None = None
) -> tuple[Line, ...]:
    """The credit for what is left of an item's period (at `at`, else now), none where nothing was billed."""
    line = unused_time_line(page.customer, subscription, item, page.terms, at or page.now, page.ids)
    return () if line is None else (line,)


def remaining_time(
    page: Page, subscription: Subscription, item: SubscriptionItem, off: tuple[LineDiscount, ...] = ()
) -> tuple[SubscriptionItem, Line]:
    """An item debited for what is left of its period, and the line. `off` is what discounts take off a whole period."""
    price = page.price(item.price)
    full = full_amount(price, item.quantity, subscription.currency)
    rest = rest_of_period(subscription, item, price, page.now)
    amount = share(full - total_of(off), rest)
    rates = rates_on(page.customer, subscription, item, page.terms, page.now)
    line = item_line(
        page.ids("il"),
        "remaining_time",
        subscription,
        item,
        price,
        page.product(price),
        amount=amount,
        start=page.now,
        end=item.period_end,
        tax_rates=rates,
    )
    if off:
        parts = allocate(share(full, rest) - amount, [each.amount for each in off])
        named = tuple(replace(each, amount=part) for each, part in zip(off, parts, strict=True) if part)
        line = replace(line, discounts=named)
    return replace(item, billed=Billed(amount=amount, start=page.now, end=item.period_end, tax_rates=rates)), line

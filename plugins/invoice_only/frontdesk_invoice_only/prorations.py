"""Proration lines of a subscription's items (trust.md §D2)."""

from msgspec.structs import replace

from frontdesk.book import Billed, Line, Subscription, SubscriptionItem
from frontdesk.coupons import LineDiscount
from frontdesk.discounts import total_of
from frontdesk.lines import full_amount, item_line
from frontdesk.money import allocate
from frontdesk.proration import credit, debit
from frontdesk_invoice_only.discounting import off_items
from frontdesk_invoice_only.page import Page


def unused_time(page: Page, subscription: Subscription, item: SubscriptionItem) -> tuple[Line, ...]:
    """The credit for what is left of an item's period, none where nothing was billed.

    *flexible* gives back of what was last debited, over the part which that debit covered; *classic* takes the
    present price for the whole period with the last bill's discounts, whatever was billed.
    """
    billed = _present(page, subscription, item) if subscription.billing_mode == "classic" else item.billed
    if billed is None or billed.amount == 0 or billed.end <= page.now:
        return ()
    price = page.price(item.price)
    return (
        item_line(
            page.ids("il"),
            "unused_time",
            subscription,
            item,
            price,
            page.product(price),
            amount=credit(billed.amount, billed.start, billed.end, page.now),
            start=page.now,
            end=billed.end,
        ),
    )


def remaining_time(
    page: Page, subscription: Subscription, item: SubscriptionItem, off: tuple[LineDiscount, ...] = ()
) -> tuple[SubscriptionItem, Line]:
    """An item debited for what is left of its period, and the line. `off` is what discounts take off a whole period."""
    price = page.price(item.price)
    full = full_amount(price, item.quantity, subscription.currency)
    amount = debit(full - total_of(off), item.period_start, item.period_end, page.now)
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
    )
    if off:
        inside = debit(full, item.period_start, item.period_end, page.now) - amount
        parts = allocate(inside, [each.amount for each in off])
        named = tuple(replace(each, amount=part) for each, part in zip(off, parts, strict=True))
        line = replace(line, discounts=named)
    return replace(item, billed=Billed(amount=amount, start=page.now, end=item.period_end)), line


def _present(page: Page, subscription: Subscription, item: SubscriptionItem) -> Billed:
    off = off_items(page, subscription, subscription.items, subscription.last_discounts)
    amount = full_amount(page.price(item.price), item.quantity, subscription.currency) - total_of(off.get(item.id, ()))
    return Billed(amount=amount, start=item.period_start, end=item.period_end)

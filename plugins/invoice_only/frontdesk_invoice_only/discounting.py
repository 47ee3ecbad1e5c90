"""Discounts at work: who is given them, what they take off the lines of a bill, and when they are used up.

A discount that is had once is used up by the first lines that it takes something off, be it the charge of a period or
the debit of a change. A repeating one is had by every bill made within its months. Prorations carry discounts inside
of their amount: a debit those of the moment, a credit those that the debit had which it gives back.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import UNSET
from msgspec.structs import replace

from frontdesk.book import Line, Subscription, SubscriptionItem
from frontdesk.commands import ChangeDiscounts, ChangePlan, SetCustomerDiscount
from frontdesk.coupons import Discount, DiscountChoice, LineDiscount
from frontdesk.discounts import Charge, charges_of, of_subscription, taken_off, total_of
from frontdesk.events import CustomerUpdated, SubscriptionUpdated
from frontdesk.lines import full_amount
from frontdesk.redemptions import Occasion, redeemed
from frontdesk_invoice_only.page import Page


def discounted(page: Page, subscription: Subscription, lines: Sequence[Line], at: datetime) -> tuple[Line, ...]:
    """Charges with what the subscription's discounts take off them."""
    discounts = of_subscription(page.customer, subscription, at)
    if not discounts:
        return tuple(lines)
    page.know_discounts(discounts)
    charges = [Charge(amount=each.amount, product=each.product, item=each.subscription_item) for each in lines]
    taken = taken_off(charges, discounts, subscription.currency)
    return tuple(
        replace(line, amount=line.amount - total_of(off), discounts=off) if off else line
        for line, off in zip(lines, taken, strict=True)
    )


def off_items(
    page: Page, subscription: Subscription, items: Sequence[SubscriptionItem], discounts: Sequence[Discount]
) -> dict[str, tuple[LineDiscount, ...]]:
    """What discounts take off a whole period of each item, by item."""
    if not discounts:
        return {}
    prices = [page.price(each.price) for each in items]
    amounts = [
        full_amount(price, item.quantity, subscription.currency) for price, item in zip(prices, items, strict=True)
    ]
    charges = charges_of(items, amounts, [each.product for each in prices])
    taken = taken_off(charges, discounts, subscription.currency)
    return {item.id: off for item, off in zip(items, taken, strict=True)}


def billed_with(page: Page, subscription: Subscription, lines: Sequence[Line], at: datetime) -> Subscription:
    """The subscription after a bill with these lines: what was had once is gone, and what has run out."""
    used = {off.discount for line in lines for off in line.discounts}
    own = page.customer.discount
    last: tuple[Discount, ...] = ()
    if subscription.billing_mode == "classic":
        last = of_subscription(page.customer, subscription, at)
    if own is not None and _is_over(own, used, at):
        page.save_customer(replace(page.customer, discount=None))
    if not (
        subscription.discounts or last or subscription.last_discounts or any(i.discounts for i in subscription.items)
    ):
        return subscription
    return replace(
        subscription,
        discounts=_left(subscription.discounts, used, at),
        last_discounts=last,
        items=tuple(replace(each, discounts=_left(each.discounts, used, at)) for each in subscription.items),
    )


def give(
    page: Page,
    subscription: Subscription,
    choices: Sequence[DiscountChoice],
    *,
    items: Sequence[SubscriptionItem],
    first_bill: int | None = None,
) -> Subscription:
    """The subscription with the chosen discounts and no others. Raises Refused where one cannot be had."""
    discounts, redemptions = redeemed(
        choices, subscription.discounts, _occasion(page, subscription, items, first_bill), page.ids
    )
    page.redeem(redemptions)
    return replace(subscription, discounts=discounts)


def give_item(
    page: Page,
    subscription: Subscription,
    item: SubscriptionItem,
    choices: Sequence[DiscountChoice],
    *,
    param: str,
    first_bill: int | None = None,
) -> SubscriptionItem:
    """An item with the chosen discounts and no others. Raises Refused where one cannot be had."""
    occasion = _occasion(page, subscription, (item,), first_bill)
    discounts, redemptions = redeemed(choices, item.discounts, occasion, page.ids, param=param, item=item.id)
    page.redeem(redemptions)
    return replace(item, discounts=discounts)


def chosen(subscription: Subscription, command: ChangePlan) -> tuple[DiscountChoice, ...] | None:
    """The discounts that a change of plan asks for; None where they stay. A code adds one to those that there are."""
    stay = tuple(DiscountChoice(discount=each.id) for each in subscription.discounts)
    named = stay if command.discounts is UNSET else command.discounts
    if command.code is None:
        return None if command.discounts is UNSET else named
    return (*named, DiscountChoice(code=command.code))


def change_discounts(page: Page, command: ChangeDiscounts) -> None:
    """Other discounts from the next bill on."""
    before = page.live_subscription(command.subscription)
    after = give(page, before, command.discounts, items=before.items)
    if after.discounts == before.discounts:
        return
    page.save_subscription(after)
    tell_discounts(page, before)


def set_customer_discount(page: Page, command: SetCustomerDiscount) -> None:
    """Another discount of the customer's own, or none."""
    before = page.customer.discount
    choices = () if command.discount is None else (command.discount,)
    occasion = Occasion(account=page.account(), terms=page.terms, at=page.now, currency=page.customer.currency)
    given, redemptions = redeemed(choices, (), occasion, page.ids, param="discounts")
    page.redeem(redemptions)
    after = given[0] if given else None
    if after != before:
        page.save_customer(replace(page.customer, discount=after))
        page.tell(CustomerUpdated(customer=page.customer.id, at=page.now, fields=("discount",)))


def tell_discounts(page: Page, subscription: Subscription) -> None:
    """Tell that a subscription's discounts changed."""
    page.tell(
        SubscriptionUpdated(customer=page.customer.id, subscription=subscription.id, at=page.now, fields=("discounts",))
    )


def _occasion(
    page: Page, subscription: Subscription, items: Sequence[SubscriptionItem], first_bill: int | None
) -> Occasion:
    return Occasion(
        account=page.account(),
        terms=page.terms,
        at=page.now,
        currency=subscription.currency,
        products=frozenset(page.price(each.price).product for each in items),
        subtotal=first_bill,
    )


def _left(discounts: tuple[Discount, ...], used: set[str], at: datetime) -> tuple[Discount, ...]:
    return tuple(each for each in discounts if not _is_over(each, used, at))


def _is_over(discount: Discount, used: set[str], at: datetime) -> bool:
    if discount.duration == "once":
        return discount.id in used
    return discount.end is not None and discount.end <= at

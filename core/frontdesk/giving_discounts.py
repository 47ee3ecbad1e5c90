"""Giving discounts and taking them away, where no plan changes with it."""

from collections.abc import Sequence

from frontdesk.acts import do
from frontdesk.changes import Changes
from frontdesk.commands import ChangeDiscounts, SetCustomerDiscount
from frontdesk.coupons import DiscountChoice
from frontdesk.desk import Desk


async def of_subscription(desk: Desk, subscription: str, discounts: Sequence[DiscountChoice]) -> Changes:
    """Give a subscription these discounts and no others, from its next bill on. Never for customers.

    Raises:
        Refused: one of them cannot be had.
    """
    return await do(desk, ChangeDiscounts(subscription=subscription, discounts=tuple(discounts)))


async def of_customer(desk: Desk, discount: DiscountChoice | None) -> Changes:
    """Give a customer a discount of their own, or take it away. Never for customers themselves.

    Raises:
        Refused: it cannot be had.
    """
    return await do(desk, SetCustomerDiscount(discount=discount))

"""The news of a change of plan."""

from datetime import datetime

from frontdesk.book import Subscription, SubscriptionItem
from frontdesk.events import PlanChanged
from frontdesk_invoice_only.page import Page


def plan_changed(page: Page, before: Subscription, after: tuple[SubscriptionItem, ...], at: datetime) -> PlanChanged:
    """The news that a subscription has other items."""
    return PlanChanged(
        customer=page.customer.id,
        subscription=before.id,
        at=at,
        before=tuple((each.price, each.quantity) for each in before.items),
        after=tuple((each.price, each.quantity) for each in after),
    )

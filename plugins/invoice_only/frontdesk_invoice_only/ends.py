"""The end of a subscription, whatever it came of."""

from datetime import datetime

from msgspec.structs import replace

from frontdesk.book import Subscription
from frontdesk.events import SubscriptionCanceled
from frontdesk_invoice_only.page import Page


def end(page: Page, subscription: Subscription, at: datetime) -> None:
    """End a subscription: it will never be billed again."""
    page.save_subscription(
        replace(
            page.subscription(subscription.id),
            status="canceled",
            put_off=None,
            scheduled=None,
            ended_at=at,
            canceled_at=subscription.canceled_at or at,
        )
    )
    page.tell(SubscriptionCanceled(customer=page.customer.id, subscription=subscription.id, at=at))

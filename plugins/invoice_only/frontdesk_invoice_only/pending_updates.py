"""Changes of plan that come once they are paid (Stripe: pending updates).

The invoice of one is issued and charged as ever. Where that fails the plan stays as it was, and the change waits for
the payment: 23 hours, but no longer than to the end of the period. Then, or when another change is made, its invoice is
taken back.
"""

from datetime import datetime

from msgspec.structs import replace

from frontdesk.book import PendingUpdate, Subscription, SubscriptionItem
from frontdesk.timetable import FIRST_PAYMENT
from frontdesk_invoice_only.closing_invoices import take_back
from frontdesk_invoice_only.page import Page
from frontdesk_invoice_only.plan_news import plan_changed

_FIELDS = ("items", "status", "anchor", "anchor_config", "free_until", "trial_end", "last_discounts")


def let_update_wait(page: Page, before: Subscription, changed: Subscription) -> None:
    """Leave a subscription as it was before a change whose invoice, its latest, could not be charged."""
    assert changed.latest_invoice is not None, "it was charged"
    pending = PendingUpdate(
        invoice=changed.latest_invoice,
        expires_at=min(page.now + FIRST_PAYMENT, before.period_end),
        **{name: getattr(changed, name) for name in _FIELDS},
    )
    page.save_subscription(replace(before, latest_invoice=changed.latest_invoice, pending=pending))


def settle_updates(page: Page, at: datetime) -> None:
    """Make the changes whose invoice is paid by now, and let go those whose invoice nobody waits for any more."""
    for subscription in tuple(page.live()):
        pending = subscription.pending
        invoice = None if pending is None else page.invoice_or_none(pending.invoice)
        if pending is None or invoice is None:
            continue
        if invoice.status == "paid":
            items = tuple(_counting_on(each, subscription) for each in pending.items)
            fields = {**{name: getattr(pending, name) for name in _FIELDS}, "items": items}
            page.save_subscription(replace(subscription, **fields, put_off=None, scheduled=None, pending=None))
            page.tell(plan_changed(page, subscription, items, at))
        elif invoice.status != "open":
            page.save_subscription(replace(subscription, pending=None))


def drop_update(page: Page, subscription: Subscription, at: datetime) -> None:
    """Let go a change that was not paid. What something was paid for, or credit was set against, stays owed."""
    pending = subscription.pending
    if pending is None:
        return
    page.save_subscription(replace(subscription, pending=None))
    invoice = page.invoice_or_none(pending.invoice)
    if invoice is not None and invoice.status == "open" and not (invoice.amount_paid or invoice.amount_credited):
        take_back(page, invoice, at)


def _counting_on(item: SubscriptionItem, present: Subscription) -> SubscriptionItem:
    """An item with what was used of it since the change was asked for."""
    same = next((each for each in present.items if (each.id, each.price) == (item.id, item.price)), None)
    return item if same is None else replace(item, usage=same.usage)

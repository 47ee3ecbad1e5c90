"""What a business's programs are told before or after an invoice's time, and when (`frontdesk.notice_settings`).

Each is told once: of a renewal once for each period, of an invoice once for each due date that it has. A subscription
keeps the end of the period that was told of, an invoice the due dates.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

from frontdesk.book import ACTIVE, Invoice, Subscription
from frontdesk.notice_settings import NoticeSettings
from frontdesk.timetable import over_at

DueNotice = Literal["will_be_due", "overdue"]


def tells_of_renewal(subscription: Subscription, settings: NoticeSettings) -> datetime | None:
    """When a subscription's next renewal is told of; None where none comes, or it was told of.

    One that is unpaid gets drafts alone, which nobody is asked to pay: none of them is told of.
    """
    days, renews = settings.upcoming, over_at(subscription)
    if days is None or renews is None or subscription.status not in ACTIVE or subscription.paused is not None:
        return None
    if renews in (subscription.cancel_at, subscription.told_of_renewal):
        return None
    return max(renews - timedelta(days=days), subscription.period_start)


def tells_of_due_date(invoice: Invoice, settings: NoticeSettings) -> Iterator[tuple[datetime, DueNotice]]:
    """When an unpaid invoice is told of around the day on which it is due, as far as that is still to come."""
    due = invoice.due_date
    assert due is not None, "it is awaited"
    if settings.will_be_due is not None and due not in (invoice.told_of_due, invoice.told_overdue):
        yield max(due - timedelta(days=settings.will_be_due), invoice.finalized_at or invoice.created), "will_be_due"
    if settings.overdue is not None and invoice.told_overdue != due:
        yield due + timedelta(days=settings.overdue), "overdue"

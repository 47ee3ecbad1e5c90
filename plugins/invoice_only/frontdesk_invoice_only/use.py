"""Counting what a customer used of what is billed by use."""

from datetime import datetime

from msgspec.structs import replace

from frontdesk.book import SubscriptionItem, Usage
from frontdesk.bounds import MAXIMUM_AMOUNT
from frontdesk.changes import UsageReport
from frontdesk.commands import CancelUsage, ReportUsage
from frontdesk.errors import Refused
from frontdesk.item_refusals import amount_impossible
from frontdesk.pricing import amount_for, is_metered
from frontdesk.use_refusals import use_already_billed
from frontdesk_invoice_only.page import Page


def count_use(page: Page, command: ReportUsage) -> bool:
    """Add what was used to the items whose period holds its instant; says whether there are any.

    It is asked before what fell due is caught up with, since the period may be over and not billed yet.
    """
    counted = False
    for subscription in tuple(page.live()):
        if subscription.is_free_at(command.at):
            continue
        items = tuple(_counted(page, each, command, subscription.currency) for each in subscription.items)
        if items != subscription.items:
            page.save_subscription(replace(subscription, items=items))
        counted = counted or any(_counts(page, each, command.meter, command.at) for each in items)
    return counted


def report_use(page: Page, command: ReportUsage) -> None:
    """Keep the report of what was used. One that nothing is billed by is kept too.

    Raises:
        Refused: the period that it belongs to was billed already.
    """
    if not page.counted and not count_use(page, command) and _was_billed(page, command):
        raise Refused(use_already_billed(command.identifier))
    page.keep_report(
        UsageReport(
            identifier=command.identifier,
            customer=page.customer.id,
            meter=command.meter,
            value=command.value,
            at=command.at,
            created=page.now,
        )
    )


def cancel_use(page: Page, command: CancelUsage) -> None:
    """Take a report back where its use is not billed yet. It is asked for before what fell due, as counting is.

    Raises:
        Refused: the period that it belongs to was billed already.
    """
    counted = False
    for subscription in tuple(page.live()):
        items = tuple(_uncounted(page, each, command) for each in subscription.items)
        counted = counted or any(_counts(page, each, command.meter, command.at) for each in items)
        if items != subscription.items:
            page.save_subscription(replace(subscription, items=items))
    if not counted and _was_billed(page, command):
        raise Refused(use_already_billed(command.identifier, "cancel[identifier]"))
    page.cancel_report(command.identifier)


def _uncounted(page: Page, item: SubscriptionItem, command: CancelUsage) -> SubscriptionItem:
    usage = item.usage
    if usage is None or not _counts(page, item, command.meter, command.at):
        return item
    if not command.replaces:
        return replace(item, usage=replace(usage, value=max(0, usage.value - command.value)))
    if usage.at != command.at:
        return item
    stays = command.left_at is not None and command.left_at >= usage.since
    left = Usage(value=command.left if stays else 0, since=usage.since, at=command.left_at if stays else None)
    return replace(item, usage=left)


def _counted(page: Page, item: SubscriptionItem, command: ReportUsage, currency: str) -> SubscriptionItem:
    if not _counts(page, item, command.meter, command.at) or item.usage is None:
        return item
    if command.replaces and item.usage.at is not None and command.at < item.usage.at:
        return item
    value = command.value if command.replaces else item.usage.value + command.value
    if amount_for(page.price(item.price), value, currency) > MAXIMUM_AMOUNT:
        raise Refused(amount_impossible(MAXIMUM_AMOUNT, "payload"))
    at = command.at if command.replaces else None
    return replace(item, usage=Usage(value=value, since=item.usage.since, at=at))


def _counts(page: Page, item: SubscriptionItem, meter: str, at: datetime) -> bool:
    return _has(page, item, meter) and item.usage is not None and item.usage.since <= at < item.period_end


def _was_billed(page: Page, command: ReportUsage | CancelUsage) -> bool:
    """Whether a subscription that had this meter then has gone on to another period."""
    return any(
        _has(page, item, command.meter)
        and item.usage is not None
        and max(item.created, subscription.start_date) <= command.at < item.usage.since
        for subscription in page.live()
        for item in subscription.items
    )


def _has(page: Page, item: SubscriptionItem, meter: str) -> bool:
    price = page.price(item.price)
    return is_metered(price) and price.recurring is not None and price.recurring.meter == meter

"""What happens by itself when its time has come: reminders, ends, pauses that are over, ends of trials, renewals.

The order of things due at one instant is written down in `frontdesk.timetable`: reminders first, then ends (whose
waiting lines are settled before a renewal takes them), then pauses that are over, then renewals, the end of a trial
being one of them: a change that was put off is carried out just before the renewal bills. Among equals the older
subscription comes first. A change of plan that is asked for at the very second comes before the renewal, and a change
that was put off gives way to it: see `frontdesk_invoice_only.plan_changes`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from msgspec.structs import replace

from frontdesk.book import (
    ACTIVE,
    Billed,
    Line,
    Pause,
    Price,
    ProrationBehavior,
    Recurring,
    Subscription,
    SubscriptionItem,
)
from frontdesk.events import SubscriptionPaused, SubscriptionRenewed, SubscriptionResumed, TrialWillEnd
from frontdesk.lateness import LATE_ORDER
from frontdesk.lines import full_amount, item_line
from frontdesk.metered import counted_from, unbilled_use, usage_line
from frontdesk.pauses import by_itself, going_on
from frontdesk.periods import Stretch, stretch_from
from frontdesk.pricing import is_metered
from frontdesk.proration import share
from frontdesk.put_off import as_renewed
from frontdesk.taxing import rates_on
from frontdesk.timetable import ORDER, next_of
from frontdesk.trial_ends import without_invoice
from frontdesk_invoice_only.closing_invoices import expire
from frontdesk_invoice_only.discounting import billed_with, discounted
from frontdesk_invoice_only.ends import end
from frontdesk_invoice_only.invoices import issue, let_wait
from frontdesk_invoice_only.lateness import do_late
from frontdesk_invoice_only.notices import tell_of_renewal
from frontdesk_invoice_only.page import Page
from frontdesk_invoice_only.pending_updates import drop_update
from frontdesk_invoice_only.plan_news import plan_changed
from frontdesk_invoice_only.prorations import unused_time

BEFORE_ALL = -1
"""Where what is told beforehand stands among what is due at one instant."""


def catch_up(page: Page, *, and_now: bool) -> None:
    """Do everything that has fallen due before `page.now` (and at it, if `and_now`), in the order of its instants.

    Every missed period is billed once, on an invoice of its own boundary.
    """
    while True:
        coming = [(each, next_of(each)) for each in page.live()]
        late = [(each, page.next_of(each)) for each in page.invoices()]
        due = [
            *((then.at, ORDER.index(then.act), each.created, each.id) for each, then in coming if then is not None),
            *(
                (then.at, len(ORDER) + LATE_ORDER.index(then.act), each.created, each.id)
                for each, then in late
                if then is not None
            ),
        ]
        told = ((each, page.tells_of_renewal(each)) for each in page.live())
        due += [(at, BEFORE_ALL, each.created, each.id) for each, at in told if at is not None]
        due = [each for each in due if each[0] < page.now or (and_now and each[0] == page.now)]
        if not due:
            return
        at, order, _, id = min(due)
        if order == BEFORE_ALL:
            tell_of_renewal(page, page.subscription(id), at)
            continue
        if order >= len(ORDER):
            do_late(page, LATE_ORDER[order - len(ORDER)], page.invoice(id), at)
            continue
        subscription = page.subscription(id)
        match ORDER[order]:
            case "remind":
                remind(page, subscription, at)
            case "expire":
                expire(page, subscription, at)
            case "drop_update":
                drop_update(page, subscription, at)
            case "end":
                _settle(page, subscription, at)
                end(page, page.subscription(id), at)
            case "resume":
                resume_by_itself(page, subscription, at)
            case "renew":
                _renew_or_stop(page, subscription, at)


def _renew_or_stop(page: Page, subscription: Subscription, at: datetime) -> None:
    """Renew; but a trial may be all, or rest when it is over, where nobody has named a method to charge."""
    match without_invoice(page.customer, subscription):
        case "cancel":
            end(page, subscription, at)
        case "pause":
            page.save_subscription(replace(subscription, status="paused", paused=Pause(since=at)))
            page.tell(SubscriptionPaused(customer=page.customer.id, subscription=subscription.id, at=at))
        case None:
            renew(page, subscription, at)


def remind(page: Page, subscription: Subscription, at: datetime) -> None:
    """Tell that a trial is about to end."""
    ends = subscription.trial_end
    if ends is None:
        raise AssertionError(f"the subscription {subscription.id} has no trial to be told of")
    page.save_subscription(replace(subscription, reminded_of=ends))
    page.tell(
        TrialWillEnd(
            customer=page.customer.id, subscription=subscription.id, at=max(at, subscription.created), ends=ends
        )
    )


def renew(page: Page, subscription: Subscription, at: datetime) -> None:
    """Begin the next period at `at` and bill it in advance, with what waited. A trial is over then."""
    if subscription.status not in ACTIVE and subscription.status != "unpaid":
        raise AssertionError(f"a subscription of status {subscription.status} does not renew")
    before = subscription
    status = "active" if before.status == "trialing" else before.status
    subscription = replace(as_renewed(before, page.terms, page.ids), status=status, free_until=None)
    if subscription.scheduled is not None and subscription.scheduled.until <= at:
        subscription = replace(subscription, scheduled=None)
    if before.put_off != subscription.put_off:
        page.tell(plan_changed(page, before, subscription.items, at))
    recurring = recurring_of(page.price(subscription.items[0].price))
    stretch = stretch_from(subscription.anchor, recurring, at, subscription.cancel_at)
    items, lines = bill_ahead(page, subscription, subscription.items, stretch)
    waiting = page.waiting_for(subscription, with_others=True)
    renewed = replace(subscription, items=items)
    invoice = issue(page, renewed, lines, at, "subscription_cycle", waiting)
    if invoice.status == "draft":
        # Nothing is given back for time that nobody was asked to pay.
        renewed = replace(renewed, items=tuple(replace(each, billed=None) for each in items))
    page.save_subscription(replace(billed_with(page, renewed, lines, at), latest_invoice=invoice.id))
    page.tell(
        SubscriptionRenewed(
            customer=page.customer.id, subscription=subscription.id, at=at, period_start=at, period_end=stretch.end
        )
    )


def resume_by_itself(page: Page, subscription: Subscription, at: datetime) -> None:
    """A pause is over that had an end."""
    resume_at(page, subscription, at, by_itself(subscription, at), "always_invoice")


def resume_at(
    page: Page,
    subscription: Subscription,
    at: datetime,
    anchor: Literal["now", "unchanged"],
    behavior: ProrationBehavior,
) -> None:
    """Go on at an instant: bill the new period in full, or the rest of the one that it is in."""
    credits: list[Line] = []
    if anchor == "now" and behavior != "none":
        credits = [
            line
            for item in subscription.items
            for line in unused_time(page, replace(subscription, status="active"), item, at)
        ]
    on = going_on(subscription, at, anchor, page.terms, page.ids)
    active, stretch = on.subscription, on.stretch
    if stretch is None:
        page.save_subscription(active)
    elif anchor == "unchanged" and behavior == "none":
        let_wait(page, active, unbilled_use(page.customer, active, active.items, page.terms, at, page.ids))
        items, _ = free_of_charge(page, active, active.items, at, stretch.end)
        page.save_subscription(replace(active, items=items, free_until=stretch.end))
    else:
        items, lines = bill_stretches(page, active, active.items, (stretch,), at=at)
        active = page.save_subscription(replace(active, items=items))
        active = page.save_subscription(billed_with(page, active, lines, at))
        if anchor == "unchanged" and behavior == "create_prorations":
            let_wait(page, active, lines)
        else:
            waiting = page.waiting_for(active, with_others=True)
            invoice = issue(page, active, [*credits, *lines], at, "subscription_update", waiting)
            page.save_subscription(replace(active, latest_invoice=invoice.id))
    page.tell(SubscriptionResumed(customer=page.customer.id, subscription=subscription.id, at=at))


def recurring_of(price: Price) -> Recurring:
    """The interval of a price that is in a subscription."""
    if price.recurring is None:
        raise AssertionError(f"the price {price.id} is in a subscription and does not recur")
    return price.recurring


def bill_ahead(
    page: Page, subscription: Subscription, items: tuple[SubscriptionItem, ...], stretch: Stretch
) -> tuple[tuple[SubscriptionItem, ...], tuple[Line, ...]]:
    """Items whose period is the stretch, billed for it in advance, and the lines, discounts taken off."""
    return bill_stretches(page, subscription, items, (stretch,), at=stretch.start)


def bill_stretches(
    page: Page,
    subscription: Subscription,
    items: tuple[SubscriptionItem, ...],
    stretches: Sequence[Stretch],
    *,
    at: datetime | None = None,
) -> tuple[tuple[SubscriptionItem, ...], tuple[Line, ...]]:
    """Items in the last of the stretches, and a line for each item and stretch; discounts are those in force `at`."""
    last = stretches[-1]
    present = tuple(replace(each, period_start=last.start, period_end=last.end) for each in items)
    gross = [_charge(page, subscription, item, stretch) for stretch in stretches for item in items]
    net = discounted(page, replace(subscription, items=present), gross, page.now if at is None else at)
    kept = [
        counted_from(
            replace(item, billed=Billed(amount=line.amount, start=last.start, end=last.end, tax_rates=line.tax_rates)),
            page.price(item.price),
            last.start,
        )
        for item, line in zip(present, net[-len(items) :], strict=True)
    ]
    return tuple(kept), net


def _charge(page: Page, subscription: Subscription, item: SubscriptionItem, stretch: Stretch) -> Line:
    price = page.price(item.price)
    if is_metered(price):
        return usage_line(page.customer, subscription, item, page.terms, stretch.start, page.ids)
    return item_line(
        page.ids("il"),
        "charge",
        subscription,
        item,
        price,
        page.product(price),
        amount=share(full_amount(price, item.quantity, subscription.currency), stretch),
        start=stretch.start,
        end=stretch.end,
        tax_rates=rates_on(page.customer, subscription, item, page.terms, stretch.start),
        partial=not stretch.is_whole,
    )


def free_of_charge(
    page: Page,
    subscription: Subscription,
    items: tuple[SubscriptionItem, ...],
    start: datetime,
    ends: datetime,
) -> tuple[tuple[SubscriptionItem, ...], tuple[Line, ...]]:
    """Items of a period `[start, ends)` for which nothing is billed, and the lines that say so."""
    free = tuple(replace(item, period_start=start, period_end=ends, billed=None, usage=None) for item in items)
    trial = subscription.status == "trialing"
    lines = tuple(
        item_line(
            page.ids("il"),
            "trial" if trial else "charge",
            subscription,
            item,
            page.price(item.price),
            page.product(page.price(item.price)),
            amount=0,
            start=start,
            end=ends,
            tax_rates=(),
            partial=not trial,
        )
        for item in free
    )
    return free, lines


def _settle(page: Page, subscription: Subscription, at: datetime) -> None:
    """Bill what still waits when a subscription ends as planned, as Stripe does: changes made before count.

    What is left of the period is given back then if that was asked for when the end was set.
    """
    back: list[Line] = []
    if subscription.cancel_prorates:
        back = [line for item in subscription.items for line in unused_time(page, subscription, item, at)]
    back += unbilled_use(page.customer, subscription, subscription.items, page.terms, at, page.ids)
    waiting = page.waiting_for(subscription, with_others=False)
    if waiting or back:
        invoice = issue(page, subscription, back, at, "subscription_cancel", waiting)
        page.save_subscription(replace(subscription, latest_invoice=invoice.id))

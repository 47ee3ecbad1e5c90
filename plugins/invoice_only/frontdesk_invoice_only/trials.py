"""Trials of subscriptions that exist: ended now, made longer or shorter, or begun within a paid period."""

from msgspec.structs import replace

from frontdesk.book import Line, Subscription, SubscriptionItem
from frontdesk.commands import SetTrialEnd
from frontdesk.events import SubscriptionUpdated
from frontdesk.periods import stretch_from
from frontdesk.put_off import as_renewed
from frontdesk_invoice_only.beginnings import checked_trial_end
from frontdesk_invoice_only.discounting import billed_with
from frontdesk_invoice_only.invoices import issue, let_wait
from frontdesk_invoice_only.page import Page
from frontdesk_invoice_only.plan_news import plan_changed
from frontdesk_invoice_only.prorations import unused_time
from frontdesk_invoice_only.refusals import trial_ends_first
from frontdesk_invoice_only.renewals import bill_ahead, catch_up, recurring_of


def set_trial_end(page: Page, command: SetTrialEnd) -> None:
    """Give a subscription's trial another end. Ending one that is no trial changes nothing, as in Stripe."""
    subscription = page.live_subscription(command.subscription)
    if command.at is None:
        if subscription.status != "trialing":
            return
        end_trial_now(page, subscription, subscription.items)
    else:
        checked_trial_end(command.at, page.now)
        if subscription.cancel_at is not None and subscription.cancel_at < command.at:
            raise trial_ends_first(subscription.id)
        _set(page, subscription, command)
    page.tell(
        SubscriptionUpdated(customer=page.customer.id, subscription=subscription.id, at=page.now, fields=("trial_end",))
    )
    catch_up(page, and_now=True)


def end_trial_now(page: Page, subscription: Subscription, items: tuple[SubscriptionItem, ...]) -> None:
    """Begin to bill now: periods are counted from now on, unless they had an anchor of their own.

    A change that waits for the end of the trial comes now, as it would have come then.
    """
    anchor = page.now if subscription.anchor == subscription.trial_end else subscription.anchor
    ended = replace(subscription, status="active", trial_end=page.now, anchor=anchor, items=items)
    going_on = as_renewed(ended, page.terms, page.ids, page.now)
    if ended.put_off != going_on.put_off:
        page.tell(plan_changed(page, ended, going_on.items, page.now))
    recurring = recurring_of(page.price(going_on.items[0].price))
    stretch = stretch_from(going_on.anchor, recurring, page.now, subscription.cancel_at)
    billed, lines = bill_ahead(page, going_on, going_on.items, stretch)
    changed = page.save_subscription(replace(going_on, items=billed))
    waiting = page.waiting_for(changed, with_others=False)
    invoice = issue(page, changed, lines, page.now, "subscription_update", waiting)
    page.save_subscription(replace(billed_with(page, changed, lines, page.now), latest_invoice=invoice.id))


def _set(page: Page, subscription: Subscription, command: SetTrialEnd) -> None:
    assert command.at is not None
    begins = subscription.status != "trialing"
    credits: list[Line] = []
    if begins and command.proration_behavior != "none":
        credits = [line for item in subscription.items for line in unused_time(page, subscription, item)]
    items = tuple(
        replace(
            item,
            period_start=page.now if begins else item.period_start,
            period_end=command.at,
            billed=None,
        )
        for item in subscription.items
    )
    changed = page.save_subscription(
        replace(
            subscription,
            status="trialing",
            trial_start=page.now if begins else subscription.trial_start,
            trial_end=command.at,
            anchor=command.at,
            anchor_config=None,
            free_until=None,
            items=items,
        )
    )
    if credits and command.proration_behavior == "always_invoice":
        waiting = page.waiting_for(changed, with_others=False)
        invoice = issue(page, changed, credits, page.now, "subscription_update", waiting)
        page.save_subscription(replace(changed, latest_invoice=invoice.id))
    else:
        let_wait(page, changed, credits)

"""Pausing a subscription, and letting it go on (portal_spec.md §C.7)."""

from msgspec.structs import replace

from frontdesk.book import Line, Pause
from frontdesk.commands import MoveResumption, PauseSubscription, ResumeSubscription
from frontdesk.events import ResumptionMoved, SubscriptionPaused
from frontdesk_invoice_only.invoices import issue, let_wait
from frontdesk_invoice_only.page import Page
from frontdesk_invoice_only.prorations import unused_time
from frontdesk_invoice_only.refusals import resume_not_ahead
from frontdesk_invoice_only.renewals import resume_at


def pause(page: Page, command: PauseSubscription) -> None:
    """Let a subscription rest from now on. What is given back of its period waits, or is invoiced now.

    A period of which something was given back is over with the pause. Free time is not given back and not lost.
    """
    subscription = page.live_subscription(command.subscription)
    if command.resumes_at is not None and command.resumes_at <= page.now:
        raise resume_not_ahead()
    gives_back = command.credit_from != "none" and not subscription.is_free_at(page.now)
    credits: list[Line] = []
    items = subscription.items
    if gives_back:
        since = page.now if command.credit_from == "now" else subscription.period_start
        credits = [line for item in items for line in unused_time(page, subscription, item, since)]
        items = tuple(replace(each, period_end=page.now, billed=None) for each in items)
    rest = Pause(since=page.now, resumes_at=command.resumes_at)
    paused = page.save_subscription(replace(subscription, status="paused", paused=rest, items=items))
    if credits and command.invoice_now:
        waiting = page.waiting_for(paused, with_others=False)
        invoice = issue(page, paused, credits, page.now, "subscription_update", waiting)
        page.save_subscription(replace(paused, latest_invoice=invoice.id))
    else:
        let_wait(page, paused, credits)
    page.tell(
        SubscriptionPaused(
            customer=page.customer.id, subscription=paused.id, at=page.now, resumes_at=command.resumes_at
        )
    )


def move_resumption(page: Page, command: MoveResumption) -> None:
    """Let a pause end at another time. Where that is its end already, nothing happens."""
    subscription, end = page.live_subscription(command.subscription), command.resumes_at
    pause = subscription.paused
    if end is not None and end <= page.now:
        raise resume_not_ahead()
    if pause is None or pause.resumes_at == end:
        return
    page.save_subscription(replace(subscription, paused=replace(pause, resumes_at=end)))
    page.tell(ResumptionMoved(customer=page.customer.id, subscription=subscription.id, at=page.now, resumes_at=end))


def resume(page: Page, command: ResumeSubscription) -> None:
    """Let a paused subscription go on now."""
    subscription = page.live_subscription(command.subscription)
    resume_at(page, subscription, page.now, command.anchor, command.proration_behavior)

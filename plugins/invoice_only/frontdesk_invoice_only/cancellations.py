"""Cancelling, taking a cancellation back, and saying why."""

from msgspec.structs import replace

from frontdesk.book import ENDED, Line, Subscription
from frontdesk.cancellation_refusals import already_set_to_cancel, not_set_to_cancel, reason_unknown
from frontdesk.commands import CancelSubscription, ExplainCancellation, KeepSubscription
from frontdesk.errors import Refused
from frontdesk.events import CancellationScheduled, CancellationTakenBack, SubscriptionUpdated
from frontdesk.metered import unbilled_use
from frontdesk.possibilities import COMMENT_LENGTH, REASONS, as_kept, is_set_to_cancel
from frontdesk.typed_refusals import text_too_long
from frontdesk_invoice_only.ends import end
from frontdesk_invoice_only.invoices import issue, let_wait
from frontdesk_invoice_only.page import Page
from frontdesk_invoice_only.prorations import unused_time
from frontdesk_invoice_only.refusals import end_not_ahead


def cancel(page: Page, command: CancelSubscription) -> None:
    """End a subscription at the end of its period, without any lines, at an instant to come, or now.

    What is left of a period at that instant is given back if asked for: as it ends, so that an end which is taken
    back leaves nothing to undo.

    A flexible subscription set to end gets `cancel_at` alone, a classic one `cancel_at_period_end` besides; so does a
    flexible one where that was asked for (docs.stripe.com/billing/subscriptions/billing-mode/compare).
    """
    subscription = page.live_subscription(command.subscription)
    details = replace(command.details, reason=command.details.reason or "cancellation_requested")
    resting = subscription.paused is not None and subscription.period_end <= page.now
    if command.when == "now" or (resting and command.when == "period_end"):
        # Nothing is paid for any more while it is paused, so that its period is over.
        _cancel_now(page, replace(subscription, cancellation=details), command)
        return
    if command.when == "at":
        _cancel_at(page, replace(subscription, cancellation=details), command)
        return
    if is_set_to_cancel(subscription):
        raise Refused(already_set_to_cancel(subscription.id))
    ends = subscription.period_end
    page.save_subscription(
        replace(
            subscription,
            cancel_at=ends,
            cancel_at_period_end=command.flagged or subscription.billing_mode == "classic",
            canceled_at=page.now,
            cancellation=details,
        )
    )
    page.tell(CancellationScheduled(customer=page.customer.id, subscription=subscription.id, at=page.now, ends=ends))


def keep(page: Page, command: KeepSubscription) -> None:
    """Let a subscription go on that was set to end."""
    subscription = page.live_subscription(command.subscription)
    page.save_subscription(as_kept(subscription))
    page.tell(CancellationTakenBack(customer=page.customer.id, subscription=subscription.id, at=page.now))


def explain(page: Page, command: ExplainCancellation) -> None:
    """Note why a subscription ends or has ended; what is None stays as it was.

    This is the one command that reaches an ended subscription, so it is not for `possibilities` to judge.
    """
    subscription = page.subscription(command.subscription)
    if subscription.status not in ENDED and not is_set_to_cancel(subscription):
        raise Refused(not_set_to_cancel(subscription.id))
    if command.feedback is not None and command.feedback not in REASONS:
        raise Refused(reason_unknown(command.feedback[:40]))
    if command.comment is not None and len(command.comment) > COMMENT_LENGTH:
        raise Refused(text_too_long(COMMENT_LENGTH, "cancellation_details[comment]"))
    known = subscription.cancellation
    answered = command.feedback is not None or command.feedback_option is not None
    page.save_subscription(
        replace(
            subscription,
            cancellation=replace(
                known,
                # One answer stands in the place of another, standard or the tenant's own.
                feedback=command.feedback if answered else known.feedback,
                feedback_option=command.feedback_option if answered else known.feedback_option,
                comment=command.comment or known.comment,
            ),
        )
    )
    page.tell(
        SubscriptionUpdated(
            customer=page.customer.id, subscription=subscription.id, at=page.now, fields=("cancellation",)
        )
    )


def _cancel_at(page: Page, subscription: Subscription, command: CancelSubscription) -> None:
    """Set the end to an instant; one that was set before is moved."""
    ends = command.at
    if ends is None or ends <= page.now:
        raise end_not_ahead()
    page.save_subscription(
        replace(
            subscription,
            cancel_at=ends,
            cancel_at_period_end=False,
            cancel_prorates=command.prorate,
            canceled_at=page.now,
        )
    )
    page.tell(CancellationScheduled(customer=page.customer.id, subscription=subscription.id, at=page.now, ends=ends))


def _cancel_now(page: Page, subscription: Subscription, command: CancelSubscription) -> None:
    credits: list[Line] = []
    if command.prorate:
        credits = [line for item in subscription.items for line in unused_time(page, subscription, item)]
    if command.invoice_now:
        credits += unbilled_use(page.customer, subscription, subscription.items, page.terms, page.now, page.ids)
        waiting = page.waiting_for(subscription, with_others=False)
        if waiting or credits:
            invoice = issue(page, subscription, credits, page.now, "subscription_cancel", waiting)
            subscription = replace(subscription, latest_invoice=invoice.id)
    else:
        let_wait(page, subscription, credits)
    page.save_subscription(replace(subscription, cancel_at=None, cancel_at_period_end=False))
    end(page, page.subscription(subscription.id), page.now)

"""Cancelling, taking a cancellation back, and saying why."""

from msgspec.structs import replace

from frontdesk.book import ENDED, CancellationDetails, Line, Subscription
from frontdesk.commands import CancelSubscription, ExplainCancellation, KeepSubscription
from frontdesk.events import CancellationScheduled, CancellationTakenBack, SubscriptionUpdated
from frontdesk_invoice_only.invoices import issue, let_wait
from frontdesk_invoice_only.page import Page
from frontdesk_invoice_only.prorations import unused_time
from frontdesk_invoice_only.refusals import already_canceling, not_canceling, refused
from frontdesk_invoice_only.renewals import end

FEEDBACK = frozenset(
    {
        "customer_service",
        "low_quality",
        "missing_features",
        "other",
        "switched_service",
        "too_complex",
        "too_expensive",
        "unused",
    }
)
"""Stripe's eight reasons (portal_spec.md §C.6)."""
_MAX_COMMENT = 5000


def cancel(page: Page, command: CancelSubscription) -> None:
    """End a subscription at the end of its period, without any lines, or now, with credit if asked for.

    A flexible subscription set to end gets `cancel_at` alone, a classic one `cancel_at_period_end` besides.
    """
    subscription = page.live_subscription(command.subscription)
    _check_words(command.details.feedback, command.details.comment)
    details = replace(command.details, reason=command.details.reason or "cancellation_requested")
    if command.when == "now":
        _cancel_now(page, replace(subscription, cancellation=details), command)
        return
    if is_canceling(subscription):
        raise already_canceling(subscription.id)
    ends = subscription.period_end
    page.save_subscription(
        replace(
            subscription,
            cancel_at=ends,
            cancel_at_period_end=subscription.billing_mode == "classic",
            canceled_at=page.now,
            cancellation=details,
        )
    )
    page.tell(CancellationScheduled(customer=page.customer.id, subscription=subscription.id, at=page.now, ends=ends))


def keep(page: Page, command: KeepSubscription) -> None:
    """Let a subscription go on that was set to end."""
    subscription = page.live_subscription(command.subscription)
    if not is_canceling(subscription):
        raise not_canceling(subscription.id)
    page.save_subscription(
        replace(
            subscription,
            cancel_at=None,
            cancel_at_period_end=False,
            canceled_at=None,
            cancellation=CancellationDetails(),
        )
    )
    page.tell(CancellationTakenBack(customer=page.customer.id, subscription=subscription.id, at=page.now))


def explain(page: Page, command: ExplainCancellation) -> None:
    """Note why a subscription ends or has ended; what is None stays as it was."""
    subscription = page.subscription(command.subscription)
    if subscription.status not in ENDED and not is_canceling(subscription):
        raise not_canceling(subscription.id)
    _check_words(command.feedback, command.comment)
    known = subscription.cancellation
    page.save_subscription(
        replace(
            subscription,
            cancellation=replace(
                known, feedback=command.feedback or known.feedback, comment=command.comment or known.comment
            ),
        )
    )
    page.tell(
        SubscriptionUpdated(
            customer=page.customer.id, subscription=subscription.id, at=page.now, fields=("cancellation",)
        )
    )


def is_canceling(subscription: Subscription) -> bool:
    """Whether a live subscription is set to end."""
    return subscription.cancel_at is not None or subscription.cancel_at_period_end


def _cancel_now(page: Page, subscription: Subscription, command: CancelSubscription) -> None:
    credits: list[Line] = []
    if command.prorate:
        credits = [line for item in subscription.items for line in unused_time(page, subscription, item)]
    if command.invoice_now:
        waiting = page.waiting_for(subscription, with_others=False)
        if waiting or credits:
            invoice = issue(page, subscription, credits, page.now, "subscription_cancel", waiting)
            subscription = replace(subscription, latest_invoice=invoice.id)
    else:
        let_wait(page, subscription, credits)
    page.save_subscription(replace(subscription, cancel_at=None, cancel_at_period_end=False))
    end(page, page.subscription(subscription.id), page.now)


def _check_words(feedback: str | None, comment: str | None) -> None:
    if feedback is not None and feedback not in FEEDBACK:
        raise refused(
            "feedback_unknown",
            "Please choose one of the reasons.",
            "Invalid feedback: must be one of {options}",
            {"options": ", ".join(sorted(FEEDBACK))},
            param="cancellation_details[feedback]",
        )
    if comment is not None and len(comment) > _MAX_COMMENT:
        raise refused(
            "comment_too_long",
            "Your comment is too long.",
            "A comment has at most {limit} characters.",
            {"limit": _MAX_COMMENT},
            param="cancellation_details[comment]",
        )

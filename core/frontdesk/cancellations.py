"""Ending a subscription, taking that back, and saying why.

Whether a customer's cancellation takes effect now or at the end of the period, and whether unused time is credited,
is the portal configuration's to say. The API gives its commands as it means them.
"""

from typing import Literal

from frontdesk.acts import confirm_quote, do, quote_command
from frontdesk.changes import Changes
from frontdesk.commands import CancelSubscription, ExplainCancellation, KeepSubscription
from frontdesk.desk import Desk
from frontdesk.quotes import Quote


async def quote(
    desk: Desk, subscription: str, when: Literal["period_end", "now"] = "period_end", prorate: bool = False
) -> Quote:
    """What cancelling would do now: when it ends (in the command) and what is credited; kept for `confirm`.

    When it ends and whether unused time is credited is for staff to choose; a customer's come from the configuration.

    Raises:
        Refused: where the actor may not cancel it, or it is cancelled already.
    """
    return await quote_command(desk, CancelSubscription(subscription=subscription, when=when, prorate=prorate))


async def confirm(desk: Desk, quote_id: str) -> Changes:
    """Carry out a quoted cancellation at the quote's instant.

    Raises:
        QuoteChanged: the account or the portal's settings changed since; the new quote is in it.
        Refused: the quote is unknown, used or expired, or cancelling is not permitted any more.
    """
    return await confirm_quote(desk, quote_id, CancelSubscription)


async def cancel(desk: Desk, command: CancelSubscription) -> Changes:
    """Cancel without a quote. A customer's mode and proration come from the configuration.

    Raises:
        Refused: where the actor may not cancel it.
    """
    return await do(desk, command)


async def keep(desk: Desk, subscription: str) -> Changes:
    """Take back a cancellation that has not come into effect.

    Raises:
        Refused: where the actor may not, or where it is not set to cancel.
    """
    return await do(desk, KeepSubscription(subscription=subscription))


async def explain(
    desk: Desk,
    subscription: str,
    feedback: str | None = None,
    comment: str | None = None,
    feedback_option: str | None = None,
) -> Changes:
    """Say why: with a standard answer or one of the tenant's own (`feedback_option`), and in one's own words.

    Raises:
        Refused: where no reason is asked for, or the answer is none of the configured options.
    """
    command = ExplainCancellation(
        subscription=subscription, feedback=feedback, comment=comment, feedback_option=feedback_option
    )
    return await do(desk, command)

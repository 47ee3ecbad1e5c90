"""Letting a subscription rest, and letting it go on.

Staff and programs say for how long and what becomes of the paid time. Customers choose among the durations of the
portal configuration, each shown with its dates and amounts and confirmed as shown: the rest of the paid period is given
back on the next invoice, and the plan goes on with a new period. The end of a pause that runs can be moved
(`frontdesk.pause_ends`).
"""

from datetime import datetime

from frontdesk.acts import confirm_quote, do, quote_command
from frontdesk.changes import Changes
from frontdesk.commands import MoveResumption, PauseSubscription, ResumeSubscription
from frontdesk.desk import Desk
from frontdesk.pause_ends import ends, other_ends
from frontdesk.pauses import by_itself
from frontdesk.quotes import Quote


async def choices(desk: Desk, subscription: str) -> tuple[Quote, ...]:
    """What each pause that the configuration lets a customer choose would do from now on, kept for `confirm`.

    Raises:
        Refused: it cannot be paused, or the actor may not.
    """
    duration = desk.configuration.features.subscription_pause.duration
    return tuple(
        [
            await quote_command(desk, PauseSubscription(subscription=subscription, resumes_at=end))
            for end in ends(duration, desk.now.replace(microsecond=0))
        ]
    )


async def confirm(desk: Desk, quote_id: str) -> Changes:
    """Begin a pause that was quoted, at the quote's instant.

    Raises:
        QuoteChanged: the account or the portal's settings changed since; the new quote is in it.
        Refused: the quote is unknown, used or expired, or pausing is not permitted any more.
    """
    return await confirm_quote(desk, quote_id, PauseSubscription)


async def other_choices(desk: Desk, subscription: str) -> tuple[Quote, ...]:
    """What each other end that the configuration lets a customer choose for a pause that runs would do, kept for
    `confirm_move`. There is at least one.

    Raises:
        Refused: it is not paused, there is no other end, or the actor may not.
    """
    present = desk.account.subscription(subscription)
    pause = None if present is None else present.paused
    at: tuple[datetime | None, ...] = (None,)
    if pause is not None:
        at = other_ends(pause, desk.configuration.features.subscription_pause.duration, desk.now) or (pause.resumes_at,)
    return tuple([await quote_command(desk, MoveResumption(subscription=subscription, resumes_at=each)) for each in at])


async def confirm_move(desk: Desk, quote_id: str) -> Changes:
    """Let a pause end at another time, as it was quoted.

    Raises:
        QuoteChanged: the account changed since; the new quote is in it.
        Refused: the quote is unknown, used or expired, or the end cannot be moved there any more.
    """
    return await confirm_quote(desk, quote_id, MoveResumption)


async def quote_resumption(desk: Desk, subscription: str) -> Quote:
    """What going on now would cost: nothing while a paid period lasts, else a new period from now on.

    Raises:
        Refused: it is not paused, or the actor may not.
    """
    present = desk.account.subscription(subscription)
    anchor = "now" if present is None else by_itself(present, desk.now)
    command = ResumeSubscription(subscription=subscription, anchor=anchor, proration_behavior="always_invoice")
    return await quote_command(desk, command)


async def confirm_resumption(desk: Desk, quote_id: str) -> Changes:
    """Let a subscription go on as it was quoted.

    Raises:
        QuoteChanged: the account changed since; the new quote is in it.
        Refused: the quote is unknown, used or expired, or it goes on already.
    """
    return await confirm_quote(desk, quote_id, ResumeSubscription)


async def pause(desk: Desk, command: PauseSubscription) -> Changes:
    """Let a subscription rest from now on: nothing is billed until it goes on.

    Raises:
        Refused: it is not active, is set to end, is in classic billing mode, or the actor may not.
    """
    return await do(desk, command)


async def resume(desk: Desk, command: ResumeSubscription) -> Changes:
    """Let a paused subscription go on now.

    Raises:
        Refused: it is not paused, or the actor may not.
    """
    return await do(desk, command)

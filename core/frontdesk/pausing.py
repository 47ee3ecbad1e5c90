"""Letting a subscription rest, and letting it go on. For staff and programs: the portal does not offer it yet."""

from frontdesk.acts import do
from frontdesk.changes import Changes
from frontdesk.commands import PauseSubscription, ResumeSubscription
from frontdesk.desk import Desk


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

"""Starting a subscription again after its end: look at what it costs, then confirm exactly that.

What it is that starts, and when it can, is in `frontdesk.restarts`.
"""

from frontdesk.acts import confirm_quote, quote_command
from frontdesk.changes import Changes
from frontdesk.commands import StartAgain
from frontdesk.desk import Desk
from frontdesk.quotes import Quote


async def quote(desk: Desk, subscription: str) -> Quote:
    """What starting it again would bill now, kept for `confirm`.

    Raises:
        Refused: it has not ended, is not sold any more, or the actor may not.
    """
    return await quote_command(desk, StartAgain(subscription))


async def confirm(desk: Desk, quote_id: str) -> Changes:
    """Start it again as quoted, at the quote's instant.

    Raises:
        QuoteChanged: the account changed since, and with it what is billed; the new quote is in it.
        Refused: the quote is unknown, used or expired, or the subscription cannot be started again any more.
    """
    return await confirm_quote(desk, quote_id, StartAgain)

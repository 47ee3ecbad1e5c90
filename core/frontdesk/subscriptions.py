"""Starting a subscription, and describing one. Plans and endings have modules of their own."""

from frontdesk.acts import confirm_quote, do, quote_command
from frontdesk.changes import Changes
from frontdesk.commands import CreateSubscription, DescribeSubscription
from frontdesk.desk import Desk
from frontdesk.quotes import Quote


async def quote(desk: Desk, command: CreateSubscription) -> Quote:
    """What starting it would bill now, kept for `confirm`. Never for customers.

    Raises:
        Refused: a price does not exist, is not sold or does not fit the others, or the backend cannot bill it so.
    """
    return await quote_command(desk, command)


async def confirm(desk: Desk, quote_id: str) -> Changes:
    """Start a quoted subscription at the quote's instant.

    Raises:
        QuoteChanged: the account changed since; the new quote is in it.
        Refused: the quote is unknown, used or expired, or the subscription cannot be started any more.
    """
    return await confirm_quote(desk, quote_id, CreateSubscription)


async def create(desk: Desk, command: CreateSubscription) -> Changes:
    """Start a subscription now and bill its first period. Never for customers.

    Raises:
        Refused: a price does not exist, is not sold or does not fit the others, or the backend cannot bill it so.
    """
    return await do(desk, command)


async def describe(desk: Desk, command: DescribeSubscription) -> Changes:
    """Change what moves no money: description, metadata, terms of payment. Never for customers.

    Raises:
        Refused: the subscription does not exist.
    """
    return await do(desk, command)

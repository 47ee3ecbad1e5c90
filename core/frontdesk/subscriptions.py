"""Starting a subscription, and describing one. Plans and endings have modules of their own."""

from frontdesk.acts import do
from frontdesk.changes import Changes
from frontdesk.commands import CreateSubscription, DescribeSubscription
from frontdesk.desk import Desk


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

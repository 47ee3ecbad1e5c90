"""Acts that may wait while a remote backend does not answer: they are noted, and carried out once it does.

Only what means the same an hour or a day later, whoever asks twice, and moves no money: to go on, to leave when the
period is over, and why, and the details on invoices. Anything else says when to try again.
"""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from frontdesk.book import Account
from frontdesk.changes import Changes
from frontdesk.commands import (
    AccountCommand,
    CancelSubscription,
    ExplainCancellation,
    KeepSubscription,
    UpdateBillingDetails,
)


class WaitingAct(Struct, frozen=True, array_like=True):
    """An act that waits, by the id of its intent, and since when."""

    id: str
    command: AccountCommand
    since: datetime


def may_wait(command: AccountCommand) -> bool:
    """Whether a command may be carried out later than it was asked for."""
    if isinstance(command, CancelSubscription):
        return command.when == "period_end"
    return isinstance(command, KeepSubscription | ExplainCancellation | UpdateBillingDetails)


def foreseen(account: Account, command: AccountCommand, now: datetime) -> Changes:
    """What comes of a command that may wait, as far as it is to be shown before the backend can be asked: no money
    moves, and a subscription ends with its period or goes on."""
    subscription = account.subscription(getattr(command, "subscription", ""))
    if subscription is None:
        return Changes()
    if isinstance(command, CancelSubscription):
        ends: dict[str, datetime | None] = {"cancel_at": subscription.period_end, "canceled_at": now}
    elif isinstance(command, KeepSubscription):
        ends = {"cancel_at": None, "canceled_at": None}
    else:
        return Changes()
    at_end = isinstance(command, CancelSubscription) and subscription.billing_mode == "classic"
    after = replace(subscription, **ends, cancel_at_period_end=at_end, version=subscription.version + 1)
    return Changes(subscriptions=(after,))

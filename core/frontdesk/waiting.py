"""Acts that may wait while a remote backend does not answer: they are noted, and carried out once it does.

Only what means the same an hour or a day later, whoever asks twice, and moves no money: to go on, to leave when the
period is over, and why, and the details on invoices. Anything else says when to try again. What is refused in the end
is told: by then nobody stands there any more who could read it.
"""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from frontdesk.book import ENDED, Account
from frontdesk.changes import Changes
from frontdesk.commands import (
    AccountCommand,
    CancelSubscription,
    ExplainCancellation,
    KeepSubscription,
    UpdateBillingDetails,
)
from frontdesk.desk import Actor
from frontdesk.errors import Refusal
from frontdesk.possibilities import is_set_to_cancel


class WaitingAct(Struct, frozen=True, array_like=True):
    """An act that waits, by the id of its intent, and since when."""

    id: str
    command: AccountCommand
    since: datetime


class RefusedAct(Struct, frozen=True, array_like=True):
    """An act that waited since `asked` and was refused at an instant, by the id of its intent."""

    id: str
    command: AccountCommand
    refusal: Refusal
    at: datetime
    asked: datetime


def may_wait(command: AccountCommand) -> bool:
    """Whether a command may be carried out later than it was asked for."""
    if isinstance(command, CancelSubscription):
        return command.when == "period_end"
    return isinstance(command, KeepSubscription | ExplainCancellation | UpdateBillingDetails)


def is_told(command: AccountCommand, actor: Actor) -> bool:
    """Whether a customer is told that an act which waited was refused: one of their own, of which something was to
    come for them."""
    return actor.kind == "customer" and not isinstance(command, ExplainCancellation)


def is_so_already(account: Account, command: AccountCommand) -> bool:
    """Whether what an act was to bring about is so without it, because somebody else was quicker."""
    subscription = account.subscription(getattr(command, "subscription", ""))
    alive = subscription is not None and subscription.status not in ENDED
    if isinstance(command, CancelSubscription):
        return subscription is None or not alive or is_set_to_cancel(subscription)
    if isinstance(command, KeepSubscription):
        return subscription is not None and alive and not is_set_to_cancel(subscription)
    return False


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
    at_end = isinstance(command, CancelSubscription)
    after = replace(subscription, **ends, cancel_at_period_end=at_end, version=subscription.version + 1)
    return Changes(subscriptions=(after,))

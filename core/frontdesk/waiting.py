"""Acts that may wait while a remote backend does not answer: they are noted, and carried out once it does.

Only what means the same an hour or a day later, whoever asks twice, and moves no money: to go on, to leave when the
period is over, and why, and the details on invoices. Anything else says when to try again.
"""

from datetime import datetime

from msgspec import Struct

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

"""Changing a plan: look at what it would cost, then confirm exactly that.

A quote fixes its instant. Confirming carries the command out at that instant, so the cents that were shown are the
cents that are billed. If the account moved on meanwhile, nothing is done and the new quote is shown beside the old.
"""

from msgspec import UNSET
from msgspec.structs import replace

from frontdesk.acts import allow, confirm_quote, do, quote_command
from frontdesk.changes import Changes
from frontdesk.commands import AccountCommand, ChangePlan, PlanAhead, UndoPlanChange
from frontdesk.desk import Desk
from frontdesk.quotes import Quote


async def quote(desk: Desk, command: ChangePlan) -> Quote:
    """What the change would do now, kept so that it can be confirmed.

    Raises:
        Refused: where the actor may not do this, or where there are no changes to confirm.
    """
    return await quote_command(desk, command)


async def confirm(desk: Desk, quote_id: str) -> Changes:
    """Carry out a quoted change at the quote's instant. Where it cannot be paid, nothing changes.

    Raises:
        QuoteChanged: the account or the portal's settings changed since; the new quote is in it.
        Refused: the quote is unknown, used or expired, or the change is not permitted any more.
    """
    return await confirm_quote(desk, quote_id, ChangePlan)


async def confirm_at_bank(desk: Desk, quote_id: str) -> Changes:
    """The same, once the holder of the card that pays has confirmed the payment at the bank."""
    return await confirm_quote(desk, quote_id, ChangePlan, lambda command: replace(command, confirmed=True))


async def confirm_to_wait(desk: Desk, quote_id: str) -> Changes:
    """The same, but that the change waits where its payment needs the holder of the card: it comes once it is paid.

    Only for what `can_wait`.
    """
    return await confirm_quote(
        desk, quote_id, ChangePlan, lambda command: replace(command, payment="pending_if_incomplete")
    )


def can_wait(command: AccountCommand) -> bool:
    """Whether a change may wait for its payment: discounts never do
    (docs.stripe.com/billing/subscriptions/pending-updates-reference)."""
    return isinstance(command, ChangePlan) and command.code is None and command.discounts is UNSET


async def undo(desk: Desk, subscription: str) -> Changes:
    """Take back a change that was put off to the end of the period, or that waits for its payment.

    Raises:
        Refused: where the actor may not, or no change is waiting.
    """
    return await do(desk, UndoPlanChange(subscription))


async def plan_ahead(desk: Desk, command: PlanAhead, first: ChangePlan | None = None) -> Changes:
    """Say with which plans a subscription goes on from the ends of coming periods on. Never for customers.

    `first` is what becomes of the present one now: both are one change, and told as one.

    Raises:
        Refused: a plan is impossible, or is to begin within a period.
    """
    if first is None:
        return await do(desk, command)
    for each in (first, command):
        await desk.know(each)
    # Whether the rest can be is asked of the subscription as the change leaves it, as it is carried out.
    allow(desk, first)
    return await desk.carry_out(first, command)


async def change(desk: Desk, command: ChangePlan) -> Changes:
    """Change a plan at once, without a quote, as the API does.

    Raises:
        Refused: where the actor may not do this.
    """
    return await do(desk, command)

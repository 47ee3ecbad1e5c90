"""Ending a subscription, staying after all, and saying why."""

from typing import Any

from frontdesk.book import Subscription
from frontdesk.commands import (
    AccountCommand,
    CancelSubscription,
    ChangeDiscounts,
    ChangePlan,
    ExplainCancellation,
    KeepSubscription,
    TakeOffer,
)
from frontdesk.possibilities import is_set_to_cancel
from frontdesk_stripe.commanding import parameters, plan_changes, subscriptions
from frontdesk_stripe.commanding.doing import Doing
from frontdesk_stripe.commanding.parameters import Params, unix
from frontdesk_stripe.reading.subscriptions import OFFER_TAKEN, OUR_OPTION


async def cancel(doing: Doing, command: CancelSubscription) -> None:
    """End it at the end of its period, at an instant, or now."""
    why = command.details
    details = parameters.details(why.feedback, why.comment, why.feedback_option)
    told: dict[str, Any] = {"cancellation_details": details} if details else {}
    if command.when == "now":
        await doing.delete(
            "subscriptions",
            command.subscription,
            invoice_now=command.invoice_now,
            prorate=command.prorate,
            **told,
        )
        await note_option(doing, command)
        return
    await doing.change(command.subscription, {**ending(command), **told, **_option(why.feedback_option)})


async def note_option(doing: Doing, command: CancelSubscription) -> None:
    """Keep an answer of the tenant's own with what has ended at once: Stripe takes metadata only after that."""
    option = command.details.feedback_option
    if command.when == "now" and option is not None:
        await doing.change(command.subscription, _option(option), step="why")


async def keep(doing: Doing, command: KeepSubscription) -> None:
    """Take the end back."""
    await doing.change(command.subscription, staying(doing.subscription(command.subscription)))


async def explain(doing: Doing, command: ExplainCancellation) -> None:
    """Say why, afterwards too."""
    details = parameters.details(command.feedback, command.comment, command.feedback_option)
    await doing.change(
        command.subscription,
        {**({"cancellation_details": details} if details else {}), **_option(command.feedback_option)},
    )


async def take_offer(doing: Doing, command: TakeOffer) -> None:
    """Take the end back, then do what was offered: the second is only tried once the first is done."""
    present = doing.subscription(command.subscription)
    if is_set_to_cancel(present):
        await doing.change(present.id, staying(present), step="stay")
    doing.notes[OFFER_TAKEN] = str(unix(doing.request.now))
    act: AccountCommand = command.act
    match act:
        case ChangeDiscounts():
            await subscriptions.change_discounts(doing, act)
        case ChangePlan():
            await plan_changes.change(doing, act)


def ending(command: CancelSubscription) -> Params:
    """When it is to end, as an update says it. Stripe keeps the flag in either billing mode."""
    if command.when == "at" and command.at is not None:
        behavior = "create_prorations" if command.prorate else "none"
        return {"cancel_at": unix(command.at), "proration_behavior": behavior}
    return {"cancel_at_period_end": True}


def staying(present: Subscription) -> Params:
    """That it goes on, said the way in which it was to end."""
    return {"cancel_at_period_end": False} if present.cancel_at_period_end else {"cancel_at": ""}


def _option(option: str | None) -> Params:
    """The answer that is given now, in the place of one that was given before."""
    return {"metadata": {OUR_OPTION: option or ""}}

"""Payment methods: chosen, described, let go. They are added on Stripe's own pages alone."""

from typing import Any

from msgspec import UNSET

from frontdesk.payment_method_commands import DetachPaymentMethod, SetDefaultPaymentMethod, UpdatePaymentMethod
from frontdesk.payment_methods import CardHolder
from frontdesk_stripe.commanding import parameters
from frontdesk_stripe.commanding.doing import Doing


async def detach(doing: Doing, command: DetachPaymentMethod) -> None:
    """Let a method go."""
    await doing.post("payment_methods", command.method, "detach")


async def set_default(doing: Doing, command: SetDefaultPaymentMethod) -> None:
    """Have a method pay for everything, or for one subscription; None takes the choice back."""
    chosen = command.method or ""
    if command.subscription is None:
        chosen_for_all = {"default_payment_method": chosen}
        await doing.post("customers", doing.customer, invoice_settings=chosen_for_all)
    else:
        await doing.change(command.subscription, {"default_payment_method": chosen})


async def update(doing: Doing, command: UpdatePaymentMethod) -> None:
    """Change what is noted of a method."""
    params: dict[str, Any] = {}
    if command.holder is not UNSET:
        params["billing_details"] = _holder(command.holder)
    card = parameters.given(exp_month=command.exp_month, exp_year=command.exp_year)
    if card:
        params["card"] = card
    if command.metadata is not UNSET:
        params["metadata"] = parameters.metadata(command.metadata)
    await doing.post("payment_methods", command.method, **params)


def _holder(holder: CardHolder) -> dict[str, Any]:
    known = parameters.given(name=holder.name, email=holder.email, phone=holder.phone)
    return {**known, "address": {name: value or "" for name, value in holder.address.items()} or ""}

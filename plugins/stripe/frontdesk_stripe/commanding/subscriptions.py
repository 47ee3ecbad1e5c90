"""Subscriptions: begun, begun once more, and described. Trials and discounts too, which are single fields there."""

from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from frontdesk.book import WithoutMethod
from frontdesk.commands import (
    ChangeDiscounts,
    CreateSubscription,
    DescribeSubscription,
    SetCustomerDiscount,
    SetTrialEnd,
    StartAgain,
)
from frontdesk.payment_method_rules import collection_of
from frontdesk.restarts import anew
from frontdesk_stripe.capabilities import CAN
from frontdesk_stripe.commanding import parameters
from frontdesk_stripe.commanding.doing import Doing, cleared
from frontdesk_stripe.commanding.parameters import Params, said, unix


async def create(doing: Doing, command: CreateSubscription) -> None:
    """Begin a subscription. One that this command has begun already is not begun again."""
    if await doing.made_before("subscriptions", {"customer": doing.customer, "status": "all"}) is None:
        params = created(doing, command)
        await doing.post("subscriptions", **{**params, "metadata": doing.marked(params)})


async def start_again(doing: Doing, command: StartAgain) -> None:
    """Begin what has ended once more, with its tax rates."""
    ended = doing.subscription(command.subscription)
    again = replace(anew(ended), default_tax_rates=tuple(each.id for each in ended.default_tax_rates))
    await create(doing, again)


async def describe(doing: Doing, command: DescribeSubscription) -> None:
    """Change what moves no money now."""
    params = parameters.given(
        description=command.description,
        days_until_due=command.days_until_due,
        default_tax_rates=UNSET if command.default_tax_rates is UNSET else cleared(list(command.default_tax_rates)),
    )
    if command.automatic_tax is not UNSET:
        params["automatic_tax"] = {"enabled": command.automatic_tax}
    if command.saves_method is not UNSET:
        params |= _saving(command.saves_method)
    if command.without_method is not UNSET:
        params |= _trial_settings(command.without_method)
    params["metadata"] = parameters.metadata(command.metadata)
    await doing.change(command.subscription, params)


async def set_trial_end(doing: Doing, command: SetTrialEnd) -> None:
    """Let a trial end at another time, or now."""
    await doing.change(command.subscription, trial_end(command))


async def change_discounts(doing: Doing, command: ChangeDiscounts) -> None:
    """Give it these discounts and no others."""
    chosen = parameters.discounts(command.discounts, doing.request.terms)
    await doing.change(command.subscription, {"discounts": cleared(chosen)})


async def set_customer_discount(doing: Doing, command: SetCustomerDiscount) -> None:
    """Take the customer's discount away. Since 2025 Stripe gives none to customers (`CUSTOMER_DISCOUNTS`)."""
    await doing.delete("customers", doing.customer, "discount")


def trial_end(command: SetTrialEnd) -> Params:
    """When the trial is to end, and what becomes of the time before."""
    ends = "now" if command.at is None else unix(command.at)
    return {"trial_end": ends, "proration_behavior": command.proration_behavior}


def created(doing: Doing, command: CreateSubscription) -> Params:
    """A new subscription as Stripe is asked for it."""
    collection = collection_of(command, doing.account.customer, CAN)
    terms = doing.request.terms
    params: Params = {
        "customer": doing.customer,
        "items": [parameters.new_item(each, terms) for each in command.items],
        "collection_method": collection,
        "billing_mode": {"type": command.billing_mode},
        "proration_behavior": command.proration_behavior,
        **said(
            currency=command.currency,
            default_payment_method=command.default_payment_method,
            discounts=parameters.discounts(command.discounts, terms),
            default_tax_rates=list(command.default_tax_rates),
            description=command.description,
            metadata=dict(command.metadata),
            trial_period_days=command.trial_days,
            **_times(command),
        ),
    }
    if collection == "send_invoice":
        days = command.days_until_due
        params["days_until_due"] = terms.settings.days_until_due if days is None else days
    else:
        params["payment_behavior"] = command.payment
    if command.automatic_tax is not None:
        params["automatic_tax"] = {"enabled": command.automatic_tax}
    if command.saves_method:
        params |= _saving(command.saves_method)
    if command.without_method != "create_invoice":
        params |= _trial_settings(command.without_method)
    return params


def _saving(saves: bool) -> Params:
    return {"payment_settings": {"save_default_payment_method": "on_subscription" if saves else "off"}}


def _trial_settings(without: WithoutMethod) -> Params:
    return {"trial_settings": {"end_behavior": {"missing_payment_method": without}}}


def _times(command: CreateSubscription) -> dict[str, Any]:
    config = command.anchor_config
    return {
        "trial_end": None if command.trial_end is None else unix(command.trial_end),
        "billing_cycle_anchor": None if command.anchor is None else unix(command.anchor),
        "backdate_start_date": None if command.start is None else unix(command.start),
        "billing_cycle_anchor_config": None
        if config is None
        else said(**{name: getattr(config, name) for name in config.__struct_fields__}),
    }

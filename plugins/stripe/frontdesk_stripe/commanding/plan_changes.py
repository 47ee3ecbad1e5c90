"""Changes of plan: at once, or by a schedule that waits for the end of the period."""

from datetime import datetime
from typing import Any

from msgspec import UNSET

from frontdesk.book import ENDED, Subscription
from frontdesk.commands import ChangePlan, ItemChange, PlanAhead, UndoPlanChange
from frontdesk.coupons import DiscountChoice
from frontdesk.plan_parts import parts_after
from frontdesk.pricing import is_metered
from frontdesk_stripe.commanding import parameters
from frontdesk_stripe.commanding.doing import Doing, cleared
from frontdesk_stripe.commanding.parameters import Params, said, unix
from frontdesk_stripe.connection import Shown, path


async def change(doing: Doing, command: ChangePlan) -> None:
    """Change the plan as of the instant for which it was quoted."""
    if command.when == "period_end":
        subscription = doing.subscription(command.subscription)
        planned = [_planned(doing, each.price, each.quantity) for each in parts_after(subscription, command)]
        await _plan(doing, subscription, [(subscription.period_end, planned)], ends=None)
        return
    params = {**items(doing, command), **behavior(doing, command)}
    if params.get("payment_behavior") == "pending_if_incomplete":
        # Stripe takes nothing beside what can wait for the payment: no note of ours either.
        await doing.post("subscriptions", command.subscription, **params)
    else:
        await doing.change(command.subscription, params)


async def undo(doing: Doing, command: UndoPlanChange) -> None:
    """Take back what waits: the schedule lets go of the subscription, and a change goes with its unpaid invoice
    (docs.stripe.com/billing/subscriptions/pending-updates: void the latest invoice)."""
    pending = doing.subscription(command.subscription).pending
    if pending is not None:
        await doing.post("invoices", pending.invoice, "void", step="pending")
    schedule = await _schedule(doing, command.subscription)
    if schedule is not None:
        await doing.post("subscription_schedules", schedule, "release")


async def plan_ahead(doing: Doing, command: PlanAhead) -> None:
    """Have these phases wait, in the place of what waits."""
    subscription = doing.subscription(command.subscription)
    phases = [(each.at, [_planned(doing, item.price, item.quantity) for item in each.items]) for each in command.phases]
    await _plan(doing, subscription, phases, ends=command.ends)


def items(doing: Doing, command: ChangePlan) -> Params:
    """The items that change, and what else the bill of the change is made of, as a preview is asked too."""
    params: Params = {
        "items": [_item(doing, each) for each in command.items],
        "proration_behavior": command.proration_behavior,
    }
    if command.proration_behavior != "none":
        params["proration_date"] = unix(doing.request.now)
    if command.anchor == "now":
        params["billing_cycle_anchor"] = "now"
    if command.ends_trial:
        params["trial_end"] = "now"
    return params


def behavior(doing: Doing, command: ChangePlan) -> Params:
    """What a preview is not asked: what becomes of it where it cannot be charged, and discounts."""
    params = discounts(doing, command)
    if doing.subscription(command.subscription).collection_method == "charge_automatically":
        params["payment_behavior"] = command.payment
    return params


def discounts(doing: Doing, command: ChangePlan) -> Params:
    """All discounts from then on, where they change."""
    chosen: list[DiscountChoice] | None = None if command.discounts is UNSET else list(command.discounts)
    if command.code is not None:
        present = doing.subscription(command.subscription).discounts
        kept = [DiscountChoice(discount=each.id) for each in present] if chosen is None else chosen
        chosen = [*kept, DiscountChoice(code=command.code)]
    return {} if chosen is None else {"discounts": cleared(parameters.discounts(chosen, doing.request.terms))}


def _item(doing: Doing, change: ItemChange) -> Params:
    changed = said(id=change.id, price=change.price, quantity=change.quantity)
    if change.deleted:
        return {**changed, "deleted": True}
    if change.discounts is not UNSET:
        changed["discounts"] = cleared(parameters.discounts(change.discounts, doing.request.terms))
    if change.tax_rates is not UNSET:
        changed["tax_rates"] = cleared(list(change.tax_rates))
    if change.metadata is not UNSET:
        changed["metadata"] = parameters.metadata(change.metadata)
    return changed


def _planned(doing: Doing, price: str, quantity: int) -> Params:
    known = doing.request.terms.prices.get(price)
    metered = known is not None and is_metered(known)
    return {"price": price} if metered else {"price": price, "quantity": quantity}


async def _plan(
    doing: Doing, subscription: Subscription, phases: list[tuple[datetime, Any]], ends: datetime | None
) -> None:
    """Have a schedule whose first phase is the present one, and these after it."""
    schedule = await _schedule(doing, subscription.id)
    if schedule is None:
        present = await doing.post("subscription_schedules", step="schedule", from_subscription=subscription.id)
    else:
        present = await doing.stripe.get(path("subscription_schedules", schedule))
    begins = [int(_current(present)["start_date"]), *(unix(at) for at, _ in phases)]
    stops: list[int | None] = [*begins[1:], None if ends is None else unix(ends)]
    plans = [[_planned(doing, each.price, each.quantity) for each in subscription.items], *(of for _, of in phases)]
    asked = [
        said(start_date=begin, end_date=stop, items=of, proration_behavior="none")
        for begin, stop, of in zip(begins, stops, plans, strict=True)
    ]
    if ends is None:
        # A last phase has an end there; the subscription is then let go of and goes on.
        asked[-1] |= {"duration": _length(doing, plans[-1])}
    await doing.post(
        "subscription_schedules",
        present["id"],
        phases=asked,
        end_behavior="release" if ends is None else "cancel",
        proration_behavior="none",
    )


def _length(doing: Doing, plan: Any) -> Params:
    recurring = doing.request.terms.prices[plan[0]["price"]].recurring
    assert recurring is not None, "what is planned recurs"
    return {"interval": recurring.interval, "interval_count": recurring.interval_count}


def _current(schedule: Shown) -> Shown:
    """The phase that is under way; where Stripe names none, the first."""
    phase: Shown = schedule.get("current_phase") or schedule["phases"][0]
    return phase


async def _schedule(doing: Doing, subscription: str) -> str | None:
    """The schedule that a subscription is in, by its id."""
    found = await doing.stripe.get(path("subscriptions", subscription))
    named = found.get("schedule")
    if found["status"] in ENDED or named is None:
        return None
    return str(named if isinstance(named, str) else named["id"])

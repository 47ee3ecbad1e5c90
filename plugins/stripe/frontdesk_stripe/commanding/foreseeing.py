"""What a command would do, asked of Stripe by a preview of the bill that it would make.

A preview says what is billed; what the subscription is like afterwards follows from the command. Where nothing is
billed, Stripe is not asked. Ids of what is foreseen are nobody's.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from frontdesk.billing import Capabilities, Request
from frontdesk.book import (
    Account,
    Customer,
    Invoice,
    PlannedItem,
    PutOffChange,
    Subscription,
    SubscriptionItem,
    SubscriptionStatus,
)
from frontdesk.changes import Changes
from frontdesk.commands import (
    CancelSubscription,
    ChangeDiscounts,
    ChangePlan,
    CreateCustomer,
    CreateSubscription,
    KeepSubscription,
    SetTrialEnd,
    StartAgain,
    TakeOffer,
)
from frontdesk.coupons import Discount, DiscountChoice
from frontdesk.errors import NotSupported, Refused
from frontdesk.payment_method_rules import collection_of
from frontdesk.plan_parts import parts_after
from frontdesk.possibilities import as_kept
from frontdesk.redemptions import Occasion, redeemed
from frontdesk.restarts import anew
from frontdesk_stripe.capabilities import CAN
from frontdesk_stripe.commanding import plan_changes, subscriptions
from frontdesk_stripe.commanding.carrying_out import ACTS, why_not
from frontdesk_stripe.commanding.doing import Doing
from frontdesk_stripe.commanding.parameters import Params, unix
from frontdesk_stripe.commanding.previews import Bill, preview
from frontdesk_stripe.connection import Connection

NEW = "new"
"""The id of a subscription that is only foreseen."""
MOMENT = timedelta(minutes=1)
"""What begins at Stripe within this time begins now: its clock is not ours, and goes on while it is asked."""


async def foresee(stripe: Connection, request: Request, can: Capabilities) -> Changes:
    """What `carry_out` of the same request would tell, as far as money goes.

    Raises:
        Refused, NotSupported: it cannot be done.
        Unavailable: Stripe cannot be asked now.
    """
    command = request.command
    if isinstance(command, CreateCustomer):
        return Changes(customer=Customer(id=command.id, created=request.now))
    if type(command) not in ACTS:
        raise NotSupported(type(command).__name__)
    refusal = why_not(request.account, command, can, request.terms)
    if refusal is not None:
        raise Refused(refusal)
    doing = Doing(stripe, request)
    match command:
        case CreateSubscription():
            return await _begun(doing, command)
        case StartAgain(subscription=ended):
            rates = tuple(each.id for each in doing.subscription(ended).default_tax_rates)
            return await _begun(doing, replace(anew(doing.subscription(ended)), default_tax_rates=rates))
        case ChangePlan(when="period_end"):
            return Changes(subscriptions=(_waiting(doing, command),))
        case ChangePlan():
            return await _changed(doing, command)
        case SetTrialEnd():
            return await _with_trial(doing, command)
        case CancelSubscription():
            return await _ended(doing, command)
        case ChangeDiscounts(subscription=id, discounts=chosen):
            present = doing.subscription(id)
            held = _discounts(doing, chosen, present.discounts, present.currency)
            return Changes(subscriptions=(_newer(replace(present, discounts=held)),))
        case KeepSubscription(subscription=kept):
            return Changes(subscriptions=(_newer(as_kept(doing.subscription(kept))),))
        case TakeOffer():
            return await _stayed(stripe, doing, command, can)
    return Changes()


async def _begun(doing: Doing, command: CreateSubscription) -> Changes:
    now, terms = doing.request.now, doing.request.terms
    trial = command.trial_end or (now + timedelta(days=command.trial_days) if command.trial_days else None)
    params = subscriptions.created(doing, command)
    details: Params = {
        name: params[name]
        for name in ("items", "billing_mode", "default_tax_rates", "proration_behavior", "billing_cycle_anchor")
        if name in params
    }
    if command.start is not None:
        details["start_date"] = unix(command.start)
    beside: Params = {name: params[name] for name in ("currency", "discounts", "automatic_tax") if name in params}
    if trial is not None:
        details["trial_end"] = unix(trial)
    bill = await preview(doing, None, details, beside)
    period = _stretch(bill, now, before=trial or command.anchor)
    if period is None:
        # What is billed comes later, when the trial or the time that is free is over.
        bill, period = Bill(), (now, trial or now)
    anchor = command.anchor or (trial if trial is not None else period[0])
    items = tuple(
        SubscriptionItem(
            id=f"{NEW}_{place}",
            price=each.price,
            quantity=each.quantity,
            created=now,
            period_start=period[0],
            period_end=period[1],
        )
        for place, each in enumerate(command.items)
    )
    status: SubscriptionStatus = "trialing" if trial else "active"
    subscription = Subscription(
        id=NEW,
        customer=doing.customer,
        status=status,
        items=items,
        currency=_currency(bill, command, doing),
        created=now,
        start_date=command.start or now,
        anchor=anchor,
        collection_method=collection_of(command, doing.account.customer, CAN),
        billing_mode=command.billing_mode,
        trial_start=now if trial else None,
        trial_end=trial,
        discounts=_discounts(doing, command.discounts, (), command.currency or terms.settings.currency),
    )
    return _billed(doing.account, subscription, bill)


def _waiting(doing: Doing, command: ChangePlan) -> Subscription:
    present = doing.subscription(command.subscription)
    items = tuple(
        PlannedItem(id=each.item, price=each.price, quantity=each.quantity) for each in parts_after(present, command)
    )
    put_off = PutOffChange(items=items, asked=doing.request.now, at=present.period_end)
    return _newer(replace(present, put_off=put_off))


async def _changed(doing: Doing, command: ChangePlan) -> Changes:
    present, now = doing.subscription(command.subscription), doing.request.now
    asked = plan_changes.items(doing, command)
    discounts = present.discounts
    beside: Params = plan_changes.discounts(doing, command)
    if beside:
        chosen = command.discounts if command.discounts is not UNSET else _kept(present)
        code = () if command.code is None else (DiscountChoice(code=command.code),)
        discounts = _discounts(doing, (*chosen, *code), present.discounts, present.currency)
    known = {each.id: each for each in present.items}
    items = tuple(
        replace(known[each.item], price=each.price, quantity=each.quantity)
        if each.item in known
        else SubscriptionItem(
            id=f"{NEW}_{place}",
            price=each.price,
            quantity=each.quantity,
            created=now,
            period_start=present.period_start,
            period_end=present.period_end,
        )
        for place, each in enumerate(parts_after(present, command))
    )
    after = replace(present, items=items, discounts=discounts)
    bill = await preview(doing, present, asked, beside)
    goes_on = present.status == "trialing" and not command.ends_trial and command.anchor != "now"
    if goes_on:
        # Nothing is billed today: the preview shows what the end of the trial will bring.
        bill = Bill()
    stretch = _stretch(bill, now, before=present.period_end)
    if stretch is not None and stretch[0] != present.period_start:
        after = _in_period(after, stretch)
    if present.status == "trialing" and command.ends_trial:
        after = replace(after, status="active", trial_end=now)
    at_once = command.proration_behavior == "always_invoice" or stretch is not None
    return _billed(doing.account, after, bill if at_once else bill.waiting(doing.account))


async def _with_trial(doing: Doing, command: SetTrialEnd) -> Changes:
    present, now = doing.subscription(command.subscription), doing.request.now
    if command.at is not None:
        after = _in_period(replace(present, status="trialing", trial_end=command.at), (now, command.at))
        return Changes(subscriptions=(_newer(replace(after, anchor=command.at)),))
    bill = await preview(doing, present, {"trial_end": "now"}, {})
    stretch = _stretch(bill, now, before=None)
    after = replace(present, status="active", trial_end=now)
    return _billed(doing.account, after if stretch is None else _in_period(after, stretch), bill)


async def _ended(doing: Doing, command: CancelSubscription) -> Changes:
    present, now = doing.subscription(command.subscription), doing.request.now
    if command.when != "now":
        at = command.at if command.when == "at" else None
        going = replace(
            present,
            cancel_at=at or present.period_end,
            cancel_at_period_end=at is None,
            cancel_prorates=at is not None and command.prorate,
            canceled_at=now,
            cancellation=command.details,
        )
        return Changes(subscriptions=(_newer(going),))
    gone = replace(present, status="canceled", ended_at=now, canceled_at=now, cancellation=command.details)
    if not (command.prorate or command.invoice_now):
        return Changes(subscriptions=(_newer(gone),))
    behavior = "always_invoice" if command.prorate else "none"
    bill = await preview(doing, present, {"cancel_now": True, "proration_behavior": behavior}, {})
    return _billed(doing.account, gone, bill if command.invoice_now else bill.waiting(doing.account))


async def _stayed(stripe: Connection, doing: Doing, command: TakeOffer, can: Capabilities) -> Changes:
    """What is offered, for a subscription that is kept."""
    kept, request = as_kept(doing.subscription(command.subscription)), doing.request
    others = [each for each in doing.account.subscriptions if each.id != kept.id]
    account = replace(doing.account, subscriptions=(*others, kept))
    changes = await foresee(stripe, replace(request, account=account, command=command.act), can)
    after = next((each for each in changes.subscriptions if each.id == kept.id), _newer(kept))
    rest = [each for each in changes.subscriptions if each.id != kept.id]
    return replace(changes, subscriptions=(*rest, replace(after, offer_taken_at=request.now)))


def _billed(account: Account, subscription: Subscription, bill: Bill) -> Changes:
    """The changes that a bill and what waits for the next one come to."""
    changes = Changes(subscriptions=(_newer(subscription),), pending_items=bill.items)
    invoice = bill.invoice
    if invoice is None or not invoice.lines:
        return changes
    ending = min(0, invoice.total + invoice.starting_balance)
    issued = replace(
        invoice,
        status="open",
        subscription=subscription.id,
        collection_method=subscription.collection_method,
        ending_balance=ending,
    )
    balances = {**account.customer.balances, invoice.currency: ending}
    customer = replace(account.customer, version=account.customer.version + 1, balances=balances)
    return replace(changes, invoices=(issued,), customer=customer)


def _stretch(bill: Bill, now: datetime, *, before: datetime | None) -> tuple[datetime, datetime] | None:
    """The period that a bill pays for, if it begins by now; one that begins later begins by itself, not `before`."""
    by = now + MOMENT
    if before is not None and now < before <= by:
        by = before - timedelta(microseconds=1)
    of_plan = [each for each in _lines(bill.invoice) if not each.proration]
    charged = [each for each in of_plan if each.subscription_item is not None]
    paid = [(each.start, each.end) for each in charged if each.start <= by and now < each.end]
    begun = [(each.start, each.end) for each in of_plan if now <= each.start <= by]
    return next(iter(paid or begun), None)


def _lines(invoice: Invoice | None) -> Sequence[Any]:
    return () if invoice is None else invoice.lines


def _in_period(subscription: Subscription, period: tuple[datetime, datetime]) -> Subscription:
    """The subscription with a new period, from whose start periods are counted."""
    items = tuple(replace(each, period_start=period[0], period_end=period[1]) for each in subscription.items)
    return replace(subscription, items=items, anchor=period[0])


def _kept(present: Subscription) -> tuple[DiscountChoice, ...]:
    return tuple(DiscountChoice(discount=each.id) for each in present.discounts)


def _discounts(
    doing: Doing, chosen: Sequence[DiscountChoice], present: Sequence[Discount], currency: str
) -> tuple[Discount, ...]:
    request = doing.request
    occasion = Occasion(account=doing.account, terms=request.terms, at=request.now, currency=currency)
    return redeemed(chosen, present, occasion, request.ids)[0]


def _currency(bill: Bill, command: CreateSubscription, doing: Doing) -> str:
    if bill.invoice is not None:
        return bill.invoice.currency
    first = doing.request.terms.prices[command.items[0].price]
    return command.currency or doing.account.customer.currency or first.currency


def _newer(subscription: Subscription) -> Subscription:
    return replace(subscription, version=subscription.version + 1)

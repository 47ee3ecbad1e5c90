"""Carrying a command out: can it be done, do it, and tell what has become of the customer."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from msgspec.structs import replace

from frontdesk.billing import Capabilities, Request
from frontdesk.book import Account, Terms
from frontdesk.cancellation_refusals import already_set_to_cancel
from frontdesk.changes import Changes
from frontdesk.commands import (
    AccountCommand,
    Advance,
    CancelSubscription,
    ChangeDiscounts,
    ChangePlan,
    CreateCustomer,
    CreateSubscription,
    DeleteCustomer,
    DescribeSubscription,
    ExplainCancellation,
    KeepSubscription,
    MarkUncollectible,
    PayInvoice,
    PlanAhead,
    SetCustomerDiscount,
    SetTrialEnd,
    StartAgain,
    TakeOffer,
    UndoPlanChange,
    UpdateBillingDetails,
    VoidInvoice,
)
from frontdesk.errors import NotSupported, Refusal, Refused
from frontdesk.events import Event, OfferTaken
from frontdesk.invoice_commands import RecordPayment
from frontdesk.noticing import noticed
from frontdesk.payment_method_commands import (
    ChargeInvoice,
    DetachPaymentMethod,
    SetDefaultPaymentMethod,
    UpdatePaymentMethod,
)
from frontdesk.possibilities import impossible, is_set_to_cancel
from frontdesk_stripe.commanding import customers, endings, invoices, methods, plan_changes, subscriptions
from frontdesk_stripe.commanding.doing import Doing
from frontdesk_stripe.connection import Connection, path
from frontdesk_stripe.reading.wire import id_of

Refresh = Callable[[str], Awaitable[Changes]]
"""Reads a customer with all that is theirs."""


async def _nothing(doing: Doing, command: AccountCommand) -> None:
    """Time passes at Stripe by itself: to go on with it is to look what has become of the customer."""


ACTS: Mapping[type[AccountCommand], Callable[[Doing, Any], Awaitable[None]]] = {
    UpdateBillingDetails: customers.update,
    DeleteCustomer: customers.delete,
    CreateSubscription: subscriptions.create,
    StartAgain: subscriptions.start_again,
    DescribeSubscription: subscriptions.describe,
    SetTrialEnd: subscriptions.set_trial_end,
    ChangeDiscounts: subscriptions.change_discounts,
    SetCustomerDiscount: subscriptions.set_customer_discount,
    ChangePlan: plan_changes.change,
    PlanAhead: plan_changes.plan_ahead,
    UndoPlanChange: plan_changes.undo,
    CancelSubscription: endings.cancel,
    KeepSubscription: endings.keep,
    TakeOffer: endings.take_offer,
    ExplainCancellation: endings.explain,
    PayInvoice: invoices.pay,
    RecordPayment: invoices.record,
    ChargeInvoice: invoices.charge,
    VoidInvoice: invoices.void,
    MarkUncollectible: invoices.give_up,
    DetachPaymentMethod: methods.detach,
    SetDefaultPaymentMethod: methods.set_default,
    UpdatePaymentMethod: methods.update,
    Advance: _nothing,
}


async def carry_out(stripe: Connection, request: Request, can: Capabilities, refresh: Refresh) -> Changes:
    """Do what the command says, and tell what the customer has become, with the events that this tells of.

    Raises:
        Refused, NotSupported: it cannot be done, and nothing was.
        Unavailable: what became of it is not known. The same request can be made again.
    """
    doing = Doing(stripe, request)
    if isinstance(request.command, CreateCustomer):
        customer = await customers.create(doing, request.command)
    else:
        customer = await _act(doing, can)
    changes = await refresh(customer)
    return replace(changes, events=(*noticed(request.account, changes, request.now), *_told(request)))


def _told(request: Request) -> tuple[Event, ...]:
    """What no comparison shows: that it was for an offer that somebody stays."""
    command, account = request.command, request.account
    if not isinstance(command, TakeOffer) or account is None:
        return ()
    before = account.subscription(command.subscription)
    return (
        OfferTaken(
            customer=account.customer.id,
            subscription=command.subscription,
            at=request.now,
            offer=command.offer,
            took_back=before is not None and is_set_to_cancel(before),
        ),
    )


async def _act(doing: Doing, can: Capabilities) -> str:
    command = doing.request.command
    act = ACTS.get(type(command))
    if act is None:
        raise NotSupported(type(command).__name__)
    refusal = why_not(doing.account, command, can, doing.request.terms)
    if refusal is None:
        await act(doing, command)
    elif not await _is_done(doing):
        raise Refused(refusal)
    elif isinstance(command, CancelSubscription):
        # Whoever died in between has ended it and not said why.
        await endings.note_option(doing, command)
    return doing.customer


def why_not(account: Account | None, command: AccountCommand, can: Capabilities, terms: Terms) -> Refusal | None:
    """Why a command cannot be carried out: what cannot be anywhere, and what Stripe would pass over in silence."""
    refusal = impossible(account, command, can, terms)
    if refusal is None and isinstance(command, CancelSubscription) and command.when == "period_end":
        present = None if account is None else account.subscription(command.subscription)
        if present is not None and is_set_to_cancel(present):
            return already_set_to_cancel(present.id)
    return refusal


async def _is_done(doing: Doing) -> bool:
    """Whether it is impossible because it was done: an earlier attempt's answer was lost, and the book knows by now."""
    command = doing.request.command
    if isinstance(command, PayInvoice | RecordPayment | ChargeInvoice):
        known = doing.account.invoice(command.invoice)
        return known is not None and known.status == "paid" and await invoices.was_paid(doing, command)
    if isinstance(command, VoidInvoice | MarkUncollectible):
        closed = await doing.stripe.found(path("invoices", command.invoice))
        goal = "void" if isinstance(command, VoidInvoice) else "uncollectible"
        mine = closed is not None and closed.get("customer") is not None and id_of(closed["customer"]) == doing.customer
        return mine and closed is not None and closed.get("status") == goal
    named = getattr(command, "subscription", None)
    found = None if named is None else await doing.stripe.found(path("subscriptions", named))
    if found is None or id_of(found["customer"]) != doing.customer:
        return False
    ended = isinstance(command, CancelSubscription) and command.when == "now" and found["status"] == "canceled"
    return ended or doing.is_mine(found)

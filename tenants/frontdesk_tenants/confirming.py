"""Confirming setup intents and payment intents: what the bank says, and what comes of it for the customer.

The same for a program that confirms, for a page on which somebody chose a card, and for a bank's answer. What a bank
declines is written down before it is told.
"""

from datetime import datetime
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk import invoices, payment_intents, setup_intents
from frontdesk.checkout_sessions import CheckoutSession, completed
from frontdesk.desk import Actor
from frontdesk.errors import Refused
from frontdesk.ids import Ids
from frontdesk.keeping_methods import change_methods
from frontdesk.payment_intents import PaymentIntent
from frontdesk.payment_method_commands import AttachPaymentMethod, UpdatePaymentMethod
from frontdesk.payment_methods import PaymentMethod
from frontdesk.payment_refusals import no_payment_methods
from frontdesk.setup_intents import SetupIntent
from frontdesk_tenants import intent_record, listings, payment_methods
from frontdesk_tenants.desks import desk_on
from frontdesk_tenants.directory import Side
from frontdesk_tenants.local_desk import LocalDesk
from frontdesk_tenants.remote_desk import RemoteDesk
from frontdesk_tenants.tenancy import Tenancy

Intent = TypeVar("Intent", SetupIntent, PaymentIntent)


class Teller(Struct, frozen=True, kw_only=True):
    """Who does it, in which transaction of which side, and when."""

    connection: AsyncConnection
    tenancy: Tenancy
    side: Side
    actor: Actor
    ids: Ids
    now: datetime
    request_id: str | None = None


async def refuse_without_cards(teller: Teller) -> None:
    """Raises Refused where the backend keeps no payment methods on this side."""
    side = teller.side
    backend = await teller.tenancy.backends.of(teller.connection, side.tenant_id, side.backend)
    if not backend.capabilities.charges or backend.capabilities.remote:
        raise Refused(no_payment_methods())


async def write(teller: Teller, before: Intent, after: Intent) -> Intent:
    """Write what became of an intent."""
    await intent_record.change(
        teller.connection,
        teller.side.tenant_id,
        before,
        after,
        actor=teller.actor,
        now=teller.now,
        request_id=teller.request_id,
    )
    return after


async def confirm_setup(teller: Teller, intent: SetupIntent, method: PaymentMethod) -> SetupIntent:
    """Confirm a setup intent, which must be held, with a method.

    Raises:
        Refused: its status does not fit, or the customer cannot have the method.
    """
    obstacle = setup_intents.setup_obstacle(intent, "confirm", method.id)
    if obstacle is not None:
        raise Refused(obstacle)
    after = setup_intents.confirmed(intent, method, teller.ids("setatt"))
    if after.status == "succeeded":
        await _make_ready(teller, after, method)
    return await _done(teller, intent, after)


async def answer_setup(teller: Teller, intent: SetupIntent, *, yes: bool) -> SetupIntent:
    """The holder's answer at the bank, for an intent that waits for it and is held."""
    after = setup_intents.answered(intent, yes=yes)
    if yes:
        method = await listings.find(teller.connection, "PaymentMethod", intent.payment_method or "")
        await _make_ready(teller, after, method)
    return await _done(teller, intent, after)


async def confirm_payment(
    teller: Teller, intent: PaymentIntent, method: PaymentMethod, *, by_holder: bool = False, absent: bool = False
) -> PaymentIntent:
    """Confirm a payment intent, which must be held, with a method; an invoice's charges the invoice.

    Raises:
        Refused: its status does not fit, or the customer cannot have the method.
    """
    obstacle = payment_intents.payment_obstacle(intent, "confirm", method.id)
    if obstacle is not None:
        raise Refused(obstacle)
    after = payment_intents.confirmed(intent, method, teller.ids("ch"), by_holder=by_holder, absent=absent)
    if after.invoice is not None and after.status == "succeeded":
        # The invoice's payment is the effect, and the intent follows it. What pays must be the customer's.
        if method.customer is None:
            await _give(teller, after.customer or "", method, set_up=by_holder)
        desk = await _desk(teller, after.customer or "")
        await invoices.charge(desk, after.invoice, method.id, confirmed=by_holder)
        found: PaymentIntent = await listings.find(teller.connection, "payment_intent", intent.id)
        return found
    if after.status in ("succeeded", "requires_capture") and after.setup_future_usage and after.customer:
        await _give(teller, after.customer, method, set_up=by_holder)
    return await write(teller, intent, after)


async def decline_payment(teller: Teller, intent: PaymentIntent) -> PaymentIntent:
    """The holder of the card did not confirm at the bank."""
    after = payment_intents.failed(intent, intent.payment_method or "", payment_intents.UNCONFIRMED_PAYMENT)
    return await write(teller, intent, after)


async def _done(teller: Teller, before: SetupIntent, after: SetupIntent) -> SetupIntent:
    """Write an intent, and end the checkout session that it belongs to once it has succeeded."""
    await write(teller, before, after)
    if after.status == "succeeded" and after.checkout is not None:
        session = await intent_record.hold(teller.connection, CheckoutSession, after.checkout)
        if session is not None and session.status == "open":
            await intent_record.change(
                teller.connection,
                teller.side.tenant_id,
                session,
                completed(session),
                actor=teller.actor,
                now=teller.now,
                request_id=teller.request_id,
            )
    return after


async def _make_ready(teller: Teller, intent: SetupIntent, method: PaymentMethod) -> None:
    ready = intent.usage == "off_session" or method.set_up
    if intent.customer is not None:
        await _give(teller, intent.customer, method, set_up=ready)
    elif method.customer is None and ready and not method.set_up:
        await payment_methods.write(teller.connection, teller.side.tenant_id, replace(method, set_up=True))


async def _give(teller: Teller, customer: str, method: PaymentMethod, *, set_up: bool) -> None:
    """Attach a method to a customer, and note that it may be charged when its holder is not there."""
    desk = await _desk(teller, customer)
    ready = set_up or method.set_up
    if method.customer == customer:
        if ready != method.set_up:
            await change_methods(desk, UpdatePaymentMethod(method=method.id, set_up=ready))
    else:
        await change_methods(desk, AttachPaymentMethod(method=replace(method, set_up=ready)))


async def _desk(teller: Teller, customer: str) -> LocalDesk | RemoteDesk:
    return await desk_on(
        teller.connection,
        teller.tenancy,
        teller.side,
        customer_id=customer,
        actor=teller.actor,
        request_id=teller.request_id,
    )

"""Payment intents: one attempt to be paid an amount, from its first try to its last.

Those of invoices follow their invoices: whatever becomes of an invoice decides what becomes of its intent, and
confirming one charges the invoice. Those that a program makes by itself move no money and are in no book: in the
sandbox the test card says what its bank would (`frontdesk.test_cards`). The statuses are Stripe's.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from frontdesk.book import Invoice
from frontdesk.errors import Refusal
from frontdesk.intent_refusals import missing_method, succeeded_already, unexpected_status
from frontdesk.payment_methods import PaymentMethod
from frontdesk.setup_intents import IntentFault
from frontdesk.test_cards import DECLINES, Decline, answer

PaymentStatus = Literal[
    "requires_payment_method",
    "requires_confirmation",
    "requires_action",
    "requires_capture",
    "succeeded",
    "canceled",
]
OPEN: tuple[PaymentStatus, ...] = ("requires_payment_method", "requires_confirmation", "requires_action")
CANCELABLE: tuple[PaymentStatus, ...] = (*OPEN, "requires_capture")
PAYMENT_PREFIX = "inpay_"
NOTED = (
    *("description", "metadata", "receipt_email", "return_url", "setup_future_usage"),
    *("statement_descriptor", "statement_descriptor_suffix"),
)
"""What a program says of an intent, and nothing follows from."""
MOST = 99_999_999
"""Of any currency's smallest units, as at Stripe."""
UNCONFIRMED_PAYMENT = Decline(
    "payment_intent_authentication_failure",
    "",
    "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod "
    "to attempt to fulfill this PaymentIntent again.",
)
"""What is noted where the holder did not confirm at the bank."""


class PaymentIntent(Struct, frozen=True, kw_only=True):
    """One payment intent. Amounts are in minor units; `charge` is the id of the last attempt."""

    id: str
    created: datetime
    amount: int
    currency: str
    status: PaymentStatus = "requires_payment_method"
    customer: str | None = None
    invoice: str | None = None
    payment_method: str | None = None
    capture: Literal["automatic", "automatic_async", "manual"] = "automatic_async"
    received: int = 0
    charge: str | None = None
    setup_future_usage: Literal["off_session", "on_session"] | None = None
    automatic: bool = False
    description: str | None = None
    receipt_email: str | None = None
    statement_descriptor: str | None = None
    statement_descriptor_suffix: str | None = None
    return_url: str | None = None
    metadata: Mapping[str, str] = {}
    fault: IntentFault | None = None
    paid_at: datetime | None = None
    """Of an invoice's: when it was charged."""
    canceled_at: datetime | None = None
    cancellation_reason: str | None = None


def intent_id(invoice: str) -> str:
    """The id of an invoice's intent."""
    return "pi_" + invoice.removeprefix("in_")


def payment_id(intent: str) -> str:
    """The id of an invoice's payment by this intent."""
    return PAYMENT_PREFIX + intent.removeprefix("pi_")


def with_method(intent: PaymentIntent, method: str | None) -> PaymentIntent:
    """The intent with this method, which is yet to be confirmed."""
    status: PaymentStatus = "requires_payment_method" if method is None else "requires_confirmation"
    return replace(intent, payment_method=method, status=status)


def payment_obstacle(intent: PaymentIntent, act: str, method: str | None = None) -> Refusal | None:
    """Why an intent cannot be confirmed, updated, captured or canceled now."""
    good = {"cancel": CANCELABLE, "capture": ("requires_capture",)}.get(act, OPEN)
    if intent.status not in good:
        if act == "confirm" and intent.status == "succeeded":
            return succeeded_already("PaymentIntent")
        return unexpected_status("PaymentIntent", act, intent.status, good)
    return missing_method("PaymentIntent") if act == "confirm" and method is None else None


def confirmed(
    intent: PaymentIntent, method: PaymentMethod, charge: str, *, by_holder: bool = False, absent: bool = False
) -> PaymentIntent:
    """What comes of a confirmation. `by_holder`: the holder has just confirmed at the bank; `absent`: they cannot."""
    tried = replace(intent, payment_method=method.id, charge=charge)
    declined = answer(method, confirmed=by_holder)
    if declined is not None and declined.code == "authentication_required" and not absent:
        return replace(tried, status="requires_action", charge=intent.charge, fault=None)
    if declined is not None:
        return failed(tried, method.id, declined)
    if intent.capture == "manual":
        return replace(tried, status="requires_capture", fault=None)
    return replace(tried, status="succeeded", received=intent.amount, fault=None)


def failed(intent: PaymentIntent, method: str, why: Decline) -> PaymentIntent:
    """Nothing came of it: another method is wanted."""
    fault = IntentFault(code=why.code, decline_code=why.decline_code, message=why.sentence, method=method)
    return replace(intent, status="requires_payment_method", payment_method=None, fault=fault)


def captured(intent: PaymentIntent, amount: int) -> PaymentIntent:
    """What was held is taken, or a part of it; the rest is let go."""
    return replace(intent, status="succeeded", received=amount)


def canceled(intent: PaymentIntent, at: datetime, reason: str | None) -> PaymentIntent:
    """Given up."""
    return replace(intent, status="canceled", canceled_at=at, cancellation_reason=reason)


def followed(stored: PaymentIntent, before: PaymentIntent, after: PaymentIntent) -> PaymentIntent:
    """What becomes of an invoice's intent when the invoice changes: what a program has noted of it stays.

    `before` and `after` are what the invoice alone makes of it. A method that was chosen stays until one is tried.
    """
    noted = {name: getattr(stored, name) for name in NOTED if getattr(stored, name) != getattr(before, name)}
    kept = replace(after, **noted)
    if stored.status == "requires_confirmation" and (after.status, after.fault) == (before.status, before.fault):
        return with_method(kept, stored.payment_method)
    return kept


def intent_of(invoice: Invoice) -> PaymentIntent | None:
    """The payment intent of an invoice that is charged; None of one that is not, or is due nothing.

    One that is sent has one from the first time on that somebody pays it by card.
    """
    due = invoice.amount_due
    charged = invoice.collection_method == "charge_automatically" or invoice.attempts
    if not charged or invoice.finalized_at is None or due <= 0:
        return None
    charges = [each for each in invoice.payments if each.charge is not None and each.amount > 0]
    last = invoice.attempts[-1] if invoice.attempts else None
    intent = PaymentIntent(
        id=intent_id(invoice.id),
        created=invoice.finalized_at,
        amount=due,
        currency=invoice.currency,
        customer=invoice.customer,
        invoice=invoice.id,
        capture="automatic",
        setup_future_usage="off_session" if invoice.billing_reason == "subscription_create" else None,
        description=None if invoice.number is None else f"Invoice {invoice.number}",
        # Without a card no bank was asked.
        charge=next((each.id for each in reversed(invoice.attempts) if each.brand is not None), None),
        payment_method=None if last is None else last.method,
    )
    if invoice.status == "void":
        return canceled(intent, invoice.voided_at or intent.created, "void_invoice")
    if invoice.status == "paid" and not charges:
        return canceled(intent, invoice.paid_at or intent.created, "automatic")
    if invoice.status == "paid":
        received = sum(each.amount for each in charges)
        return replace(intent, status="succeeded", received=received, paid_at=charges[-1].recorded)
    decline = None if last is None or last.decline_code is None else DECLINES.get(last.decline_code)
    if decline is None:
        return with_method(intent, None)
    if decline.code == "authentication_required":
        return replace(intent, status="requires_action")
    return failed(intent, intent.payment_method or "", decline)

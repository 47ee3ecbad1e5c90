"""Setup intents: a payment method is made ready to be charged later, after its bank has heard its holder.

The statuses, and what leads from one to the next, are Stripe's (docs.stripe.com/payments/paymentintents/lifecycle). In
the sandbox the test card says what its bank would (`frontdesk.test_cards`), so each step is a plain function.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from frontdesk.errors import Refusal
from frontdesk.intent_refusals import missing_method, succeeded_already, unexpected_status
from frontdesk.payment_methods import PaymentMethod
from frontdesk.test_cards import Decline, asks_holder, sandbox_card

SetupStatus = Literal["requires_payment_method", "requires_confirmation", "requires_action", "succeeded", "canceled"]
Usage = Literal["off_session", "on_session"]
CancellationReason = Literal["abandoned", "duplicate", "requested_by_customer"]
OPEN: tuple[SetupStatus, ...] = ("requires_payment_method", "requires_confirmation", "requires_action")
UNCONFIRMED_SETUP = Decline(
    "setup_intent_authentication_failure",
    "",
    "The latest attempt to set up the payment method has failed because authentication failed.",
)
"""What is noted where the holder did not confirm at the bank."""


class IntentFault(Struct, frozen=True, kw_only=True):
    """Why the last attempt came to nothing, and with which method. `decline_code` is empty where no bank declined."""

    code: str
    decline_code: str
    message: str
    method: str


class SetupIntent(Struct, frozen=True, kw_only=True):
    """One setup intent. `checkout` is the checkout session that it belongs to; `attempt` the id of the last attempt."""

    id: str
    created: datetime
    status: SetupStatus = "requires_payment_method"
    customer: str | None = None
    payment_method: str | None = None
    usage: Usage = "off_session"
    description: str | None = None
    metadata: Mapping[str, str] = {}
    return_url: str | None = None
    automatic: bool = True
    attempt: str | None = None
    fault: IntentFault | None = None
    cancellation_reason: CancellationReason | None = None
    checkout: str | None = None


def with_method(intent: SetupIntent, method: str | None) -> SetupIntent:
    """The intent with this method, which is yet to be confirmed."""
    status: SetupStatus = "requires_payment_method" if method is None else "requires_confirmation"
    return replace(intent, payment_method=method, status=status)


def setup_obstacle(intent: SetupIntent, act: str, method: str | None = None) -> Refusal | None:
    """Why an intent cannot be confirmed, updated or canceled now; `method` is the one to confirm it with."""
    if intent.status not in OPEN:
        if act == "confirm" and intent.status == "succeeded":
            return succeeded_already("SetupIntent")
        return unexpected_status("SetupIntent", act, intent.status, OPEN)
    if act == "confirm" and method is None:
        return missing_method("SetupIntent")
    return None


def confirmed(intent: SetupIntent, method: PaymentMethod, attempt: str) -> SetupIntent:
    """What comes of a confirmation: it succeeds, its bank wants to ask the holder, or declines the card."""
    tried = replace(intent, attempt=attempt)
    card = sandbox_card(method)
    if card is not None and card.refused is not None:
        return failed(tried, method.id, card.refused)
    if asks_holder(method):
        return replace(tried, status="requires_action", payment_method=method.id, fault=None)
    return succeeded(tried, method.id)


def answered(intent: SetupIntent, *, yes: bool) -> SetupIntent:
    """What comes of the holder's answer at the bank."""
    method = intent.payment_method or ""
    return succeeded(intent, method) if yes else failed(intent, method, UNCONFIRMED_SETUP)


def succeeded(intent: SetupIntent, method: str) -> SetupIntent:
    """The method is ready."""
    return replace(intent, status="succeeded", payment_method=method, fault=None)


def failed(intent: SetupIntent, method: str, why: Decline) -> SetupIntent:
    """Nothing came of it: another method is wanted."""
    fault = IntentFault(code=why.code, decline_code=why.decline_code, message=why.sentence, method=method)
    return replace(intent, status="requires_payment_method", payment_method=None, fault=fault)


def canceled(intent: SetupIntent, reason: CancellationReason | None) -> SetupIntent:
    """Given up."""
    return replace(intent, status="canceled", cancellation_reason=reason)

"""Refusals of setup intents, payment intents and checkout sessions whose status does not fit. Stripe's sentences."""

from collections.abc import Sequence

from frontdesk.errors import Refusal

_CODES = {"SetupIntent": "setup_intent_unexpected_state", "PaymentIntent": "payment_intent_unexpected_state"}
_DONE = {"confirm": "confirmed", "update": "updated", "cancel": "canceled", "capture": "captured"}


def unexpected_status(what: str, act: str, status: str, good: Sequence[str]) -> Refusal:
    """It is past that. `good` are the statuses in which it can be done."""
    return Refusal(
        code="intent_unexpected_status",
        for_customer="This change cannot be made.",
        for_tenant="You cannot {act} this {what} because it has a status of {status}. Only a {what} with one of the"
        " following statuses may be {done}: {good}.",
        parameters={"act": act, "what": what, "status": status, "done": _DONE[act], "good": ", ".join(good)},
        api_code=_CODES[what],
    )


def succeeded_already(what: str) -> Refusal:
    """It has succeeded, and does so once."""
    return Refusal(
        code="intent_succeeded",
        for_customer="This change cannot be made.",
        for_tenant="You cannot confirm this {what} because it has already succeeded after being previously confirmed.",
        parameters={"what": what},
        api_code=_CODES[what],
    )


def missing_method(what: str) -> Refusal:
    """There is nothing to confirm it with."""
    return Refusal(
        code="intent_without_method",
        for_customer="There is no payment method yet. Add one first.",
        for_tenant="You cannot confirm this {what} because it's missing a payment method. You can either update the"
        " {what} with a payment method and then confirm it again, or confirm it again directly with a payment method.",
        parameters={"what": what},
        api_code=_CODES[what],
    )


def session_closed(status: str) -> Refusal:
    """A checkout session is over."""
    return Refusal(
        code="checkout_session_closed",
        for_customer="This page has expired. Go back to where you came from and begin again.",
        for_tenant='Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a'
        " status of {status}.",
        parameters={"status": status},
        param="session",
    )

"""What Stripe's errors mean here: who can act, and whether to ask again.

Stripe's own sentences are for staff and never reach a customer.
"""

import re
from collections.abc import Mapping
from typing import Any

import stripe
from msgspec import Struct
from msgspec.structs import replace

from frontdesk.card_refusals import card_refused
from frontdesk.errors import FrontdeskError, Misconfigured, Refusal, Refused, Unavailable
from frontdesk.sentences import _
from frontdesk.test_cards import Decline
from frontdesk_stripe.breaker import Outcome
from frontdesk_stripe.permissions import Forbidden, as_stripe_writes

NEXT_TRY_SECONDS = 30
MOST_SECONDS = 3600
_PERMISSION = re.compile(r"'(rak_[a-z_]+)'")
_ASKS_HOLDER = frozenset({"subscription_payment_intent_requires_action", "invoice_payment_intent_requires_action"})
"""What Stripe says in place of a decline where a charge needs the holder of the card (docs.stripe.com/error-codes)."""
_FROM_STRIPE = _("Stripe refused: {message}")


class Unreached(stripe.APIConnectionError):
    """Stripe could not be reached, or was lost on the way. Whether it did what it was asked is not known."""

    def __init__(self, why: str) -> None:
        super().__init__(why)  # type: ignore[no-untyped-call]


class TimedOut(Unreached):
    """Stripe did not answer in time."""


class Fault(Struct, frozen=True):
    """An error of one call: what is raised in the end, what it says of Stripe's health, and whether a retry may help.

    `pause` are the seconds for which Stripe asked to be left alone.
    """

    raises: FrontdeskError
    outcome: Outcome
    retry: bool = False
    pause: int = 0


def fault_of(error: stripe.StripeError) -> Fault:
    """What an error of the SDK means."""
    if _body(error).get("code") in _ASKS_HOLDER:
        return Fault(Refused(_declined(error)), Outcome.ANSWERED)
    match error:
        case TimedOut():
            return Fault(_unavailable(_("Stripe did not answer in time.")), Outcome.TIMED_OUT, retry=True)
        case stripe.APIConnectionError():
            return Fault(_unavailable(_("Stripe cannot be reached.")), Outcome.FAILED, retry=True)
        case stripe.RateLimitError():
            return _too_many(error)
        case stripe.AuthenticationError():
            return Fault(_unknown_key(), Outcome.ANSWERED)
        case stripe.PermissionError():
            return Fault(_forbidden(error), Outcome.ANSWERED)
        case stripe.CardError():
            return Fault(Refused(_declined(error)), Outcome.ANSWERED)
        case stripe.InvalidRequestError() | stripe.IdempotencyError():
            return Fault(Refused(_refusal(error)), Outcome.ANSWERED, retry=_told_to_retry(error) is True)
    # Whatever else it is: its servers failed, answered nothing readable, or are at work on the same key (409).
    busy = error.http_status == 409
    retry = _told_to_retry(error) is not False
    return Fault(_unavailable(_("Stripe has a fault.")), Outcome.ANSWERED if busy else Outcome.FAILED, retry=retry)


def _too_many(error: stripe.RateLimitError) -> Fault:
    """Either too many calls, or another call holds the same object (`lock_timeout`), which is over in a moment."""
    told = _told_to_retry(error)
    if _body(error).get("code") == "lock_timeout":
        return Fault(
            _unavailable(_("Stripe is at work on the same object."), 2), Outcome.ANSWERED, retry=told is not False
        )
    pause = _seconds(error.headers or {})
    said = _unavailable(_("Stripe asks for fewer calls."), pause or NEXT_TRY_SECONDS)
    return Fault(said, Outcome.FAILED, retry=told is True and pause <= 1, pause=pause)


def _unavailable(message: str, retry_after: int = NEXT_TRY_SECONDS) -> Unavailable:
    return Unavailable(message, retry_after=retry_after)


def _unknown_key() -> Misconfigured:
    return Misconfigured(
        _("Stripe does not take this key. Create a new restricted key there, and enter it."), "api_key"
    )


def _forbidden(error: stripe.StripeError) -> Misconfigured:
    message = str(_body(error).get("message") or "")
    named = _PERMISSION.search(message)
    account = re.search(r"'(acct_\w+)'", message)
    whose = account.group(1) if account else None
    if named is None:
        return Forbidden(_("Stripe's key may not do this. Give it all the permissions of the list."), "", whose)
    permission = as_stripe_writes(named.group(1))
    return Forbidden(_("Stripe's key lacks the permission “{permission}”. Add it at Stripe."), permission, whose)


def _declined(error: stripe.StripeError) -> Refusal:
    said = _body(error)
    code = str(said.get("code") or "card_declined")
    decline = "authentication_required" if code in _ASKS_HOLDER else str(said.get("decline_code") or code)
    words = card_refused(Decline(code, decline, ""))
    return replace(words, for_tenant=_FROM_STRIPE, parameters=_message(said), param=said.get("param"))


def _refusal(error: stripe.StripeError) -> Refusal:
    said = _body(error)
    code = str(said.get("code") or "refused_by_stripe")
    return Refusal(
        code=code,
        for_customer="This change cannot be made.",
        for_tenant=_FROM_STRIPE,
        parameters=_message(said),
        param=said.get("param"),
        api_code=said.get("code"),
        missing=error.http_status == 404 or code == "resource_missing",
    )


def _message(said: Mapping[str, Any]) -> Mapping[str, str]:
    return {"message": str(said.get("message") or said.get("type") or "no reason given")}


def _body(error: stripe.StripeError) -> Mapping[str, Any]:
    body = error.json_body
    said = body.get("error") if isinstance(body, Mapping) else None
    return said if isinstance(said, Mapping) else {}


def _told_to_retry(error: stripe.StripeError) -> bool | None:
    """What Stripe says itself; None where it says nothing."""
    told = _header(error.headers or {}, "stripe-should-retry")
    return {"true": True, "false": False}.get(told)


def _seconds(headers: Mapping[str, str]) -> int:
    told = _header(headers, "retry-after")
    return min(int(told), MOST_SECONDS) if told.isascii() and told.isdigit() else 0


def _header(headers: Mapping[str, str], name: str) -> str:
    return next((str(value) for key, value in headers.items() if key.lower() == name), "")

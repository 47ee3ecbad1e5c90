"""Checkout sessions in setup mode: a page of ours on which somebody adds a payment method, and then goes back.

Each has a setup intent, and is complete when that has succeeded. It is open for a day unless its maker wants less.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlencode, urlsplit, urlunsplit

from msgspec import Struct
from msgspec.structs import replace

CheckoutStatus = Literal["open", "complete", "expired"]
OPEN_FOR = timedelta(hours=24)
SHORTEST = timedelta(minutes=30)
PLACEHOLDER = "{CHECKOUT_SESSION_ID}"
"""What stands for the session's id in the address that a finished one leads to."""


class CheckoutSession(Struct, frozen=True, kw_only=True):
    """One checkout session. `currency` is as it was given; nothing is charged in it."""

    id: str
    created: datetime
    expires_at: datetime
    setup_intent: str
    success_url: str
    status: CheckoutStatus = "open"
    cancel_url: str | None = None
    customer: str | None = None
    customer_email: str | None = None
    client_reference_id: str | None = None
    currency: str | None = None
    locale: str | None = None
    metadata: Mapping[str, str] = {}


def good_expiry(created: datetime, expires_at: datetime) -> bool:
    """Whether a session that is made now can expire then (Stripe's bounds)."""
    return expires_at - created + timedelta(seconds=60) >= SHORTEST and expires_at - created <= OPEN_FOR


def is_over(session: CheckoutSession, now: datetime) -> bool:
    """Whether an open session's time is over, though nobody has noted it yet."""
    return session.status == "open" and now >= session.expires_at


def expired(session: CheckoutSession) -> CheckoutSession:
    """The session, over."""
    return replace(session, status="expired")


def completed(session: CheckoutSession) -> CheckoutSession:
    """The session, whose job is done."""
    return replace(session, status="complete")


def onwards(session: CheckoutSession) -> str:
    """Where a finished session leads to."""
    return session.success_url.replace(PLACEHOLDER, session.id)


def back_with(url: str, **facts: str) -> str:
    """The address that somebody is led back to from their bank, with what came of it, as at Stripe."""
    parts = urlsplit(url)
    query = "&".join(each for each in (parts.query, urlencode(facts)) if each)
    return urlunsplit(parts._replace(query=query))

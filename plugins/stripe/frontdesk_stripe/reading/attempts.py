"""The last attempt to charge an invoice, where nothing came of it: its payment intent says why."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, get_args

from msgspec import Struct

from frontdesk.payment_methods import CardBrand, PaymentAttempt
from frontdesk_stripe.reading.wire import decoded, instant, one_of

INTENT_EXPANSIONS = ("latest_charge",)
"""What is asked for with a payment intent; without it an attempt is as old as the intent."""
_ASKS_THE_HOLDER = "authentication_required"
"""What is said where the bank wants to ask the holder, as Stripe says it when the holder is not there."""


class WireTriedCard(Struct, frozen=True):
    """What is printed of a card that was tried."""

    brand: str | None = None
    last4: str | None = None


class WireTried(Struct, frozen=True, kw_only=True):
    """The method that was tried."""

    id: str
    card: WireTriedCard | None = None


class WireFailure(Struct, frozen=True, kw_only=True):
    """Why nothing came of it."""

    code: str | None = None
    decline_code: str | None = None
    payment_method: WireTried | None = None


class WireCharge(Struct, frozen=True):
    """An attempt."""

    created: int


class WireIntent(Struct, frozen=True, kw_only=True):
    """A payment intent."""

    id: str
    created: int
    status: str | None = None
    last_payment_error: WireFailure | None = None
    latest_charge: str | WireCharge | None = None


def read_attempt(given: Mapping[str, Any], count: int, amount: int) -> PaymentAttempt | None:
    """The last attempt of an invoice that was tried so many times, and of which so much is left to pay in minor units;
    None where nothing has failed.

    Raises:
        Unreadable: it is no payment intent.
    """
    wire = decoded(given, WireIntent)
    failed = wire.last_payment_error
    why = None if failed is None else failed.decline_code or failed.code
    if wire.status == "requires_action":
        why = _ASKS_THE_HOLDER
    if why is None:
        return None
    tried = None if failed is None else failed.payment_method
    card = None if tried is None or tried.card is None else tried.card
    brand = None if card is None or card.brand is None else one_of(card.brand, get_args(CardBrand), "unknown")
    return PaymentAttempt(
        id=f"{wire.id}_{count}",
        at=_at(wire),
        amount=amount,
        method=None if tried is None else tried.id,
        brand=brand,
        last4=None if card is None else card.last4,
        decline_code=why,
    )


def _at(wire: WireIntent) -> datetime:
    charge = wire.latest_charge
    return instant(charge.created if isinstance(charge, WireCharge) else wire.created)

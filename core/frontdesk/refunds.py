"""Refunds: what of a charge goes back to the card that it came from.

A refund changes nothing of an invoice by itself: it stays paid, and what was due stays due (Stripe's rule). What is
taken back of a bill is said by a credit note, which can name the refund by which it was paid back. So the ledger keeps
what went back without one apart (`refunded`).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

RefundStatus = Literal["pending", "succeeded", "failed"]
RefundReason = Literal["duplicate", "fraudulent", "requested_by_customer"]
SETTLES_AFTER = timedelta(minutes=1)
"""How long the sandbox's bank takes where a refund is not done at once, in real time."""
FAILURE = "expired_or_canceled_card"
"""Why a bank sends a refund back, in Stripe's words."""


class Refund(Struct, frozen=True, kw_only=True):
    """One refund, of a whole charge or of a part; `amount` in minor units.

    `comes_to` is what the bank makes of it later, where it is not done at once; None once it did.
    """

    id: str
    created: datetime
    charge: str
    amount: int
    currency: str
    status: RefundStatus = "succeeded"
    comes_to: RefundStatus | None = None
    customer: str | None = None
    invoice: str | None = None
    payment_intent: str | None = None
    reason: RefundReason | None = None
    by: str = ""
    metadata: Mapping[str, str] = {}


class NoteRefund(Struct, frozen=True):
    """That a credit note was paid back by a refund, with what of it."""

    refund: str
    amount: int


def refunded(refunds: Iterable[Refund], charge: str | None = None) -> int:
    """What went back, of one charge or (None) altogether. What failed did not."""
    return sum(each.amount for each in refunds if each.status != "failed" and charge in (None, each.charge))


def settled(refund: Refund) -> Refund:
    """The refund once the bank has said what becomes of it."""
    if refund.comes_to is None:
        return refund
    return Refund(**{name: getattr(refund, name) for name in _KEPT}, status=refund.comes_to)


_KEPT = tuple(name for name in Refund.__struct_fields__ if name not in ("status", "comes_to"))

"""Charges: every attempt to take money from a card that came as far as its bank.

An invoice keeps its attempts and its refunds itself, and its charges are read off them; a payment intent of no invoice
keeps the last one alone. What programs note of a charge is kept with the charge.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from frontdesk.book import Invoice
from frontdesk.payment_intents import PaymentIntent, intent_id
from frontdesk.payment_methods import CardBrand, PaymentAttempt, PaymentMethod
from frontdesk.refunds import refunded


class Charge(Struct, frozen=True, kw_only=True):
    """One charge. Amounts are in minor units. `method` is None for a card that nobody keeps; `test_card` names the
    sandbox's card that it is of."""

    id: str
    created: datetime
    amount: int
    currency: str
    status: Literal["succeeded", "failed"]
    captured: int = 0
    refunded: int = 0
    customer: str | None = None
    invoice: str | None = None
    payment_intent: str | None = None
    method: str | None = None
    brand: CardBrand | None = None
    last4: str | None = None
    test_card: str | None = None
    decline_code: str | None = None
    description: str | None = None
    receipt_email: str | None = None
    metadata: Mapping[str, str] = {}

    @property
    def left(self) -> int:
        """What of it can still go back."""
        return max(0, self.captured - self.refunded) if self.status == "succeeded" else 0


def charges_of(invoice: Invoice) -> Iterator[Charge]:
    """The charges of an invoice, oldest first. An attempt without a card is none."""
    for each in invoice.attempts:
        if each.brand is not None:
            yield _charge(invoice, each)


def charge_of(intent: PaymentIntent, method: PaymentMethod | None, at: datetime) -> Charge | None:
    """The last charge of an intent that was just confirmed; None where the bank was not asked."""
    if intent.charge is None:
        return None
    failed = intent.fault is not None
    card = None if method is None else method.card
    return Charge(
        id=intent.charge,
        created=at,
        amount=intent.amount,
        currency=intent.currency,
        status="failed" if failed else "succeeded",
        captured=intent.received,
        customer=intent.customer,
        invoice=intent.invoice,
        payment_intent=intent.id,
        method=None if method is None else method.id,
        brand=None if card is None else card.brand,
        last4=None if card is None else card.last4,
        test_card=None if method is None else method.test_card,
        decline_code=None if intent.fault is None else intent.fault.decline_code,
        description=intent.description,
        receipt_email=intent.receipt_email,
        metadata=dict(intent.metadata),
    )


def released(charge: Charge, intent: PaymentIntent) -> Charge:
    """The charge once what was held was taken, or let go: then it counts as gone back, as at Stripe."""
    if intent.status == "canceled":
        return replace(charge, refunded=charge.amount)
    return replace(charge, captured=intent.received)


def _charge(invoice: Invoice, attempt: PaymentAttempt) -> Charge:
    failed = attempt.decline_code is not None
    return Charge(
        id=attempt.id,
        created=attempt.at,
        amount=attempt.amount,
        currency=invoice.currency,
        status="failed" if failed else "succeeded",
        captured=0 if failed else attempt.amount,
        refunded=refunded(invoice.refunds, attempt.id),
        customer=invoice.customer,
        invoice=invoice.id,
        payment_intent=intent_id(invoice.id),
        method=attempt.method,
        brand=attempt.brand,
        last4=attempt.last4,
        test_card=attempt.test_card,
        decline_code=attempt.decline_code,
        description=None if invoice.number is None else f"Invoice {invoice.number}",
    )

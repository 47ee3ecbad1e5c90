"""Movements of a customer's balance: what became credit, what used it, and what staff adjusted."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from frontdesk.ledger import LedgerTransaction, TransactionKind, entries
from frontdesk_stripe.reading.wire import (
    Expandable,
    currency_of,
    decoded,
    id_of,
    id_or_none,
    instant,
    minor,
    own_metadata,
)

_KINDS: Mapping[str, TransactionKind] = {
    "applied_to_invoice": "invoice",
    "invoice_overpaid": "payment",
    "invoice_too_large": "invoice",
    "invoice_too_small": "invoice",
    "unapplied_from_invoice": "void",
    "credit_note": "credit_note",
    "initial": "opening",
    "migration": "opening",
}
"""What they are called in our ledger; whatever else Stripe has is an adjustment."""


class WireMovement(Struct, frozen=True, kw_only=True):
    """A customer balance transaction."""

    id: str
    customer: Expandable
    amount: int
    currency: str
    created: int
    ending_balance: int
    type: str
    invoice: Expandable | None = None
    credit_note: Expandable | None = None
    description: str | None = None
    metadata: Mapping[str, str] | None = None


def read_movement(given: Mapping[str, Any]) -> LedgerTransaction:
    """A movement. Stripe tells of the balance alone, so what stands against it in our ledger is that it came about.

    Raises:
        Unreadable: it is none.
    """
    wire = decoded(given, WireMovement)
    currency = currency_of(wire.currency)
    moved = minor(wire.amount, currency)
    kind = _KINDS.get(wire.type, "adjustment")
    invoice = id_or_none(wire.invoice)
    if kind in ("invoice", "payment", "void") and invoice is None:
        kind = "adjustment"
    note = id_or_none(wire.credit_note)
    if kind == "credit_note" and note is None:
        kind = "adjustment"
    return LedgerTransaction(
        id=wire.id,
        customer=id_of(wire.customer),
        created=instant(wire.created),
        kind=kind,
        currency=currency,
        entries=entries(balance=moved, opening=-moved),
        ending_balance=minor(wire.ending_balance, currency),
        invoice=invoice,
        credit_note=note,
        description=wire.description,
        metadata=own_metadata(wire.metadata),
    )

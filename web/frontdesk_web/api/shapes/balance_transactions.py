"""Movements of a customer's balance, from the ledger."""

from collections.abc import Mapping
from typing import Any

from frontdesk.ledger import LedgerTransaction, TransactionKind
from frontdesk_web.api.shapes.values import account_id, amount, unix

_TYPES: Mapping[TransactionKind, str] = {
    "invoice": "applied_to_invoice",
    "void": "unapplied_from_invoice",
    "payment": "invoice_overpaid",
    "payment_reversal": "invoice_overpaid",
    "credit_note": "credit_note",
    "credit_note_void": "credit_note",
    "set_off": "applied_to_invoice",
    "adjustment": "adjustment",
    "opening": "initial",
}


def balance_transaction(stored: LedgerTransaction, livemode: bool) -> dict[str, Any]:
    """One movement: negative is credit for the customer."""
    return {
        "id": stored.id,
        "object": "customer_balance_transaction",
        "amount": amount(stored.of("balance"), stored.currency),
        "checkout_session": None,
        "created": unix(stored.created),
        "credit_note": stored.credit_note,
        "currency": stored.currency,
        "customer": stored.customer,
        "customer_account": account_id(stored.customer),
        "description": stored.description,
        "ending_balance": amount(stored.ending_balance, stored.currency),
        "invoice": stored.invoice,
        "livemode": livemode,
        "metadata": dict(stored.metadata),
        "type": _TYPES[stored.kind],
    }

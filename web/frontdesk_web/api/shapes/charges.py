"""Charges and refunds."""

from typing import Any

from frontdesk.charges import Charge
from frontdesk.payment_methods import PaymentMethod
from frontdesk.refunds import FAILURE, Refund
from frontdesk.test_cards import CARDS, DECLINES, new_method
from frontdesk_web.api.shapes.payment_methods import billing_details, card_details
from frontdesk_web.api.shapes.values import amount, unix


def charge(stored: Charge, method: PaymentMethod | None, livemode: bool) -> dict[str, Any]:
    """A charge; `method` is what was charged, as it is now, where it is known."""

    def shown(minor: int) -> int:
        return amount(minor, stored.currency)

    paid = stored.status == "succeeded"
    decline = None if stored.decline_code is None else DECLINES.get(stored.decline_code)
    method = method or _of_test_card(stored)
    return {
        "id": stored.id,
        "object": "charge",
        "amount": shown(stored.amount),
        "amount_captured": shown(stored.captured),
        "amount_refunded": shown(stored.refunded),
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": billing_details(method.holder),
        "calculated_statement_descriptor": None,
        "captured": bool(stored.captured),
        "created": unix(stored.created),
        "currency": stored.currency,
        "customer": stored.customer,
        "description": stored.description,
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None if paid else "card_declined" if decline is None else decline.code,
        "failure_message": None if paid else "Your card was declined." if decline is None else decline.sentence,
        "fraud_details": {},
        "livemode": livemode,
        "metadata": dict(stored.metadata),
        "on_behalf_of": None,
        "outcome": _outcome(stored),
        "paid": paid,
        "payment_intent": stored.payment_intent,
        "payment_method": stored.method,
        "payment_method_details": {"card": _details(stored, method), "type": "card"},
        "receipt_email": stored.receipt_email,
        "receipt_number": None,
        "receipt_url": None,
        "refunded": paid and stored.refunded == stored.amount,
        "review": None,
        "shipping": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": stored.status,
        "transfer_data": None,
        "transfer_group": None,
    }


def refund(stored: Refund) -> dict[str, Any]:
    """A refund."""
    shown = {
        "id": stored.id,
        "object": "refund",
        "amount": amount(stored.amount, stored.currency),
        "balance_transaction": None,
        "charge": stored.charge,
        "created": unix(stored.created),
        "currency": stored.currency,
        "destination_details": {"card": {"type": "refund"}, "type": "card"},
        "metadata": dict(stored.metadata),
        "payment_intent": stored.payment_intent,
        "reason": stored.reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": stored.status,
        "transfer_reversal": None,
    }
    if stored.status == "failed":
        shown["failure_reason"] = FAILURE
    if stored.status == "pending":
        shown["pending_reason"] = "processing"
    return shown


def _of_test_card(stored: Charge) -> PaymentMethod:
    """What is known of a card that nobody kept."""
    return new_method("", CARDS.get(stored.test_card or "") or CARDS["visa"], stored.created)


def _outcome(stored: Charge) -> dict[str, Any]:
    paid = stored.status == "succeeded"
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "approved_by_network" if paid else "declined_by_network",
        "reason": stored.decline_code,
        "seller_message": "Payment complete." if paid else "The bank did not accept the charge.",
        "type": "authorized" if paid else "issuer_declined",
    }


def _details(stored: Charge, method: PaymentMethod) -> dict[str, Any]:
    assert method.card is not None, "charges are of cards"
    known = card_details(method.card, asks=False)
    taken = ("checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "regulated_status", "wallet")
    return {
        "amount_authorized": amount(stored.amount, stored.currency),
        "authorization_code": None,
        "brand": stored.brand,
        "installments": None,
        "last4": stored.last4,
        "mandate": None,
        "network": stored.brand,
        "network_token": None,
        "network_transaction_id": None,
        "three_d_secure": None,
        **{name: known[name] for name in taken},
    }

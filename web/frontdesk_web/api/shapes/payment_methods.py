"""Payment methods: cards, as far as anybody may know them."""

from typing import Any

from frontdesk.payment_methods import Card, CardHolder, PaymentMethod
from frontdesk.test_cards import CARDS
from frontdesk_web.api.shapes.values import account_id, unix

ADDRESS_PARTS = ("city", "country", "line1", "line2", "postal_code", "state")
_NETWORKS = {"diners": "discover"}
"""The network of a brand that has none of its own."""


def payment_method(stored: PaymentMethod, livemode: bool) -> dict[str, Any]:
    """A payment method."""
    return {
        "id": stored.id,
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": _holder(stored.holder),
        "card": _card(stored.card, CARDS[stored.test_card].asks != "never"),
        "created": unix(stored.created),
        "customer": stored.customer,
        "customer_account": None if stored.customer is None else account_id(stored.customer),
        "livemode": livemode,
        "metadata": dict(stored.metadata),
        "type": "card",
    }


def _holder(holder: CardHolder) -> dict[str, Any]:
    return {
        "address": {part: holder.address.get(part) for part in ADDRESS_PARTS},
        "email": holder.email,
        "name": holder.name,
        "phone": holder.phone,
        "tax_id": None,
    }


def _card(card: Card, asks: bool) -> dict[str, Any]:
    return {
        "brand": card.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": None},
        "country": card.country,
        "display_brand": card.brand,
        "exp_month": card.exp_month,
        "exp_year": card.exp_year,
        "fingerprint": card.fingerprint,
        "funding": card.funding,
        "generated_from": None,
        "last4": card.last4,
        "networks": {"available": [_NETWORKS.get(card.brand, card.brand)], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": asks or card.brand in ("visa", "mastercard", "amex")},
        "wallet": None,
    }

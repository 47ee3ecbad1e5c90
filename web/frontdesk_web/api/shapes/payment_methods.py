"""Payment methods, as far as anybody may know them."""

from typing import Any

from frontdesk.method_kinds import BacsDebit, Link, Means, OtherMethod, PayPal, SepaDebit, UsBankAccount
from frontdesk.payment_methods import Card, CardHolder, PaymentMethod
from frontdesk.test_cards import sandbox_card
from frontdesk_web.api.shapes.values import account_id, unix

ADDRESS_PARTS = ("city", "country", "line1", "line2", "postal_code", "state")
_NETWORKS = {"diners": "discover"}
"""The network of a brand that has none of its own."""
_PRINTS_DIGITS = ("acss_debit", "au_becs_debit")
_SAYS_MORE = ("boleto", "card_present", "custom", "fpx", "interac_present", "naver_pay", "nz_bank_account")
"""Types whose part must say what is not known of them here, and is left out."""


def payment_method(stored: PaymentMethod, livemode: bool) -> dict[str, Any]:
    """A payment method."""
    return {
        "id": stored.id,
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": billing_details(stored.holder),
        **_kind(stored),
        "created": unix(stored.created),
        "customer": stored.customer,
        "customer_account": None if stored.customer is None else account_id(stored.customer),
        "livemode": livemode,
        "metadata": dict(stored.metadata),
        "type": stored.type,
    }


def _kind(stored: PaymentMethod) -> dict[str, Any]:
    if stored.card is not None:
        test_card = sandbox_card(stored)
        return {"card": card_details(stored.card, test_card is not None and test_card.asks != "never")}
    assert stored.means is not None
    return {} if stored.type in _SAYS_MORE else {stored.type: _means(stored.means)}


def _means(means: Means) -> dict[str, Any]:
    match means:
        case SepaDebit():
            return {
                "bank_code": means.bank_code,
                "branch_code": means.branch_code,
                "country": means.country,
                "fingerprint": means.fingerprint,
                "generated_from": {"charge": None, "setup_attempt": None},
                "last4": means.last4,
            }
        case BacsDebit():
            return {"fingerprint": means.fingerprint, "last4": means.last4, "sort_code": means.sort_code}
        case UsBankAccount():
            return {
                "account_holder_type": means.holder_type,
                "account_type": means.account_type,
                "bank_name": means.bank_name,
                "financial_connections_account": None,
                "fingerprint": means.fingerprint,
                "last4": means.last4,
                "networks": None,
                "routing_number": means.routing_number,
                "status_details": None,
            }
        case PayPal():
            return {"country": means.country, "payer_email": means.email, "payer_id": means.payer_id}
        case Link():
            return {"email": means.email}
        case OtherMethod():
            return {"last4": means.last4} if means.type in _PRINTS_DIGITS else {}


def billing_details(holder: CardHolder) -> dict[str, Any]:
    """Whose it is."""
    return {
        "address": {part: holder.address.get(part) for part in ADDRESS_PARTS},
        "email": holder.email,
        "name": holder.name,
        "phone": holder.phone,
        "tax_id": None,
    }


def card_details(card: Card, asks: bool) -> dict[str, Any]:
    """A card; `asks` says whether its bank may want its holder to confirm."""
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
        "wallet": None if card.wallet is None else _wallet(card.wallet),
    }


def _wallet(wallet: str) -> dict[str, Any]:
    return {"dynamic_last4": None, "type": wallet, wallet: {}}

"""Checkout sessions in setup mode."""

from typing import Any

from frontdesk.checkout_sessions import CheckoutSession
from frontdesk_web.api.shapes.values import account_id, unix


def checkout_session(stored: CheckoutSession, email: str | None, url: str) -> dict[str, Any]:
    """A checkout session. `email` is that of its customer; `url` its page, which only an open one has."""
    known = stored.customer_email or email
    details = None
    if known is not None:
        details = {
            "address": None,
            "business_name": None,
            "email": known,
            "individual_name": None,
            "name": None,
            "phone": None,
            "tax_exempt": None,
            "tax_ids": None,
        }
    nothing = (
        "adaptive_pricing after_expiration allow_promotion_codes amount_subtotal amount_total "
        "billing_address_collection client_secret consent consent_collection currency_conversion customer_creation "
        "discounts invoice invoice_creation payment_intent payment_link payment_method_configuration_details "
        "recovered_from saved_payment_method_options shipping_address_collection shipping_cost submit_type "
        "subscription total_details"
    )
    return dict.fromkeys(nothing.split()) | {
        "id": stored.id,
        "object": "checkout.session",
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "cancel_url": stored.cancel_url,
        "client_reference_id": stored.client_reference_id,
        "created": unix(stored.created),
        "currency": stored.currency,
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "customer": stored.customer,
        "customer_account": None if stored.customer is None else account_id(stored.customer),
        "customer_details": details,
        "customer_email": stored.customer_email,
        "expires_at": unix(stored.expires_at),
        "livemode": False,
        "locale": stored.locale,
        "metadata": dict(stored.metadata),
        "mode": "setup",
        "payment_method_collection": "always",
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "payment_status": "no_payment_required",
        "phone_number_collection": {"enabled": False},
        "setup_intent": stored.setup_intent,
        "shipping_options": [],
        "status": stored.status,
        "success_url": stored.success_url,
        "ui_mode": "hosted_page",
        "url": url if stored.status == "open" else None,
    }

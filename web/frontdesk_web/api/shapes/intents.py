"""Setup intents, payment intents, and the payments of invoices."""

from typing import Any

from frontdesk.payment_intents import PaymentIntent, payment_id
from frontdesk.payment_methods import PaymentMethod
from frontdesk.setup_intents import IntentFault, SetupIntent
from frontdesk_web.api.shapes.payment_methods import payment_method
from frontdesk_web.api.shapes.values import account_id, amount, list_of, unix, unix_or_none


def setup_intent(
    stored: SetupIntent, failed: PaymentMethod | None, secret: str, bank_url: str, livemode: bool
) -> dict[str, Any]:
    """A setup intent. `failed` is the method of its last fault, `bank_url` where its holder would be asked."""
    return {
        "id": stored.id,
        "object": "setup_intent",
        "application": None,
        "automatic_payment_methods": {"allow_redirects": "always", "enabled": True} if stored.automatic else None,
        "cancellation_reason": stored.cancellation_reason,
        "client_secret": secret,
        "created": unix(stored.created),
        **_buyer(stored),
        "description": stored.description,
        "excluded_payment_method_types": None,
        "flow_directions": None,
        "last_setup_error": _fault(stored.fault, failed, livemode),
        "latest_attempt": stored.attempt,
        "livemode": livemode,
        "mandate": None,
        "metadata": dict(stored.metadata),
        "next_action": _next_action(stored, bank_url),
        "on_behalf_of": None,
        "payment_method": stored.payment_method,
        "payment_method_configuration_details": None,
        "payment_method_options": {
            "card": {"mandate_options": None, "network": None, "request_three_d_secure": "automatic"}
        },
        "payment_method_types": ["card"],
        "single_use_mandate": None,
        "status": stored.status,
        "usage": stored.usage,
    }


def payment_intent(
    stored: PaymentIntent, failed: PaymentMethod | None, secret: str, bank_url: str, livemode: bool
) -> dict[str, Any]:
    """A payment intent, an invoice's among them."""

    def shown(minor: int) -> int:
        return amount(minor, stored.currency)

    automatic = {"allow_redirects": "always", "enabled": True} if stored.automatic else None
    return {
        "id": stored.id,
        "object": "payment_intent",
        "amount": shown(stored.amount),
        "amount_capturable": shown(stored.amount) if stored.status == "requires_capture" else 0,
        "amount_details": {"tip": {}},
        "amount_received": shown(stored.received),
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": automatic,
        "canceled_at": unix_or_none(stored.canceled_at),
        "cancellation_reason": stored.cancellation_reason,
        "capture_method": stored.capture,
        "client_secret": secret,
        "confirmation_method": "automatic",
        "created": unix(stored.created),
        "currency": stored.currency,
        **_buyer(stored),
        "description": stored.description,
        "excluded_payment_method_types": None,
        "last_payment_error": _fault(stored.fault, failed, livemode),
        "latest_charge": stored.charge,
        "livemode": livemode,
        "metadata": dict(stored.metadata),
        "next_action": _next_action(stored, bank_url),
        "on_behalf_of": None,
        "payment_method": stored.payment_method,
        "payment_method_configuration_details": None,
        "payment_method_options": {
            "card": {
                "installments": None,
                "mandate_options": None,
                "network": None,
                "request_three_d_secure": "automatic",
            }
        },
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": stored.receipt_email,
        "review": None,
        "setup_future_usage": stored.setup_future_usage,
        "shipping": None,
        "statement_descriptor": stored.statement_descriptor,
        "statement_descriptor_suffix": stored.statement_descriptor_suffix,
        "status": stored.status,
        "transfer_data": None,
        "transfer_group": None,
    }


def invoice_payments(intent: PaymentIntent | None, livemode: bool) -> dict[str, Any]:
    """The `payments` of an invoice: one, by its payment intent, or none."""
    data = [] if intent is None else [invoice_payment(intent, livemode)]
    return list_of("/v1/invoice_payments", data)


def invoice_payment(intent: PaymentIntent, livemode: bool) -> dict[str, Any]:
    """How an invoice is paid, or was to be, by its payment intent."""
    paid, over = intent.status == "succeeded", intent.status == "canceled"
    return {
        "id": payment_id(intent.id),
        "object": "invoice_payment",
        "amount_paid": amount(intent.received, intent.currency) if paid else None,
        "amount_requested": amount(intent.amount, intent.currency),
        "created": unix(intent.created),
        "currency": intent.currency,
        "invoice": intent.invoice,
        "is_default": True,
        "livemode": livemode,
        "payment": {"payment_intent": intent.id, "type": "payment_intent"},
        "status": "paid" if paid else "canceled" if over else "open",
        "status_transitions": {
            "canceled_at": unix_or_none(intent.canceled_at),
            "paid_at": unix_or_none(intent.paid_at),
        },
    }


def _buyer(stored: SetupIntent | PaymentIntent) -> dict[str, Any]:
    account = None if stored.customer is None else account_id(stored.customer)
    return {"customer": stored.customer, "customer_account": account}


def _next_action(stored: SetupIntent | PaymentIntent, bank_url: str) -> dict[str, Any] | None:
    if stored.status != "requires_action":
        return None
    return {"redirect_to_url": {"return_url": stored.return_url, "url": bank_url}, "type": "redirect_to_url"}


def _fault(fault: IntentFault | None, failed: PaymentMethod | None, livemode: bool) -> dict[str, Any] | None:
    """The last error, as it was also answered."""
    if fault is None:
        return None
    shown: dict[str, Any] = {
        "code": fault.code,
        "message": fault.message,
        "type": "card_error" if fault.decline_code else "invalid_request_error",
    }
    if fault.decline_code:
        shown["decline_code"] = fault.decline_code
    if failed is not None:
        shown["payment_method"] = payment_method(failed, livemode)
    return shown

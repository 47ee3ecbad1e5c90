"""Customers, and the same ones as Accounts v2: one address, two names."""

from datetime import UTC
from typing import Any

from frontdesk.book import Customer
from frontdesk_web.api.shapes.discounts import discount
from frontdesk_web.api.shapes.values import account_id, address, amount, custom_fields, shipping, unix


def customer(stored: Customer, livemode: bool) -> dict[str, Any]:
    """A customer, or what is left of a deleted one."""
    if stored.deleted:
        return {"id": stored.id, "object": "customer", "deleted": True}
    currency = stored.currency
    return {
        "id": stored.id,
        "object": "customer",
        "address": address(stored.address),
        "balance": 0 if currency is None else amount(stored.balances.get(currency, 0), currency),
        "created": unix(stored.created),
        "currency": currency,
        "customer_account": account_id(stored.id),
        "default_source": None,
        "delinquent": False,
        "description": stored.description,
        "discount": None if stored.discount is None else discount(stored.discount, stored.id),
        "email": stored.email,
        "invoice_prefix": None,
        "invoice_settings": {
            "custom_fields": custom_fields(stored.invoice_fields),
            "default_payment_method": stored.default_payment_method,
            "footer": stored.invoice_footer,
            "rendering_options": None,
        },
        "livemode": livemode,
        "metadata": dict(stored.metadata),
        "name": stored.name,
        "phone": stored.phone,
        "preferred_locales": list(stored.preferred_locales),
        "shipping": shipping(stored.shipping),
        "tax_exempt": stored.tax_exempt,
        "test_clock": None,
    }


def account(
    stored: Customer, livemode: bool, include: tuple[str, ...], test_clock: str | None = None
) -> dict[str, Any]:
    """A customer as an account. Sub-objects are null unless they are asked for in `include`."""
    configuration = _customer_configuration(stored, test_clock) if "configuration.customer" in include else None
    created = stored.created.astimezone(UTC)
    return {
        "id": account_id(stored.id),
        "object": "v2.core.account",
        "applied_configurations": ["customer"],
        "closed": stored.deleted,
        "configuration": None
        if configuration is None
        else {"customer": configuration, "merchant": None, "recipient": None},
        "contact_email": stored.email,
        "contact_phone": stored.phone,
        "created": f"{created:%Y-%m-%dT%H:%M:%S}.{created.microsecond // 1000:03d}Z",
        "dashboard": None,
        "defaults": None,
        "display_name": stored.name,
        "future_requirements": None,
        "identity": None,
        "livemode": livemode,
        "metadata": dict(stored.metadata),
        "requirements": None,
    }


def _customer_configuration(stored: Customer, test_clock: str | None) -> dict[str, Any]:
    return {
        "applied": True,
        "automatic_indirect_tax": {
            "exempt": stored.tax_exempt,
            "ip_address": None,
            "location": None,
            "location_source": None,
        },
        "billing": {
            "default_payment_method": stored.default_payment_method,
            "invoice": {
                "custom_fields": custom_fields(stored.invoice_fields) or [],
                "footer": stored.invoice_footer,
                "next_sequence": None,
                "prefix": None,
                "rendering": None,
            },
        },
        "capabilities": None,
        "shipping": shipping(stored.shipping),
        "test_clock": test_clock,
    }

"""Changes of plan that wait for their payment, through Stripe's SDK."""

from typing import Any

import pytest
import stripe
from api_server import ApiServer
from sides import Tenant
from stripe_openapi import CheckedClient
from told_events import types_since


def test_a_change_comes_once_the_bank_was_answered(api_server: ApiServer, tenant: Tenant) -> None:
    key = tenant.sandbox.secret_key.reveal()
    sdk = stripe.StripeClient(
        key, base_addresses={"api": api_server.url}, http_client=CheckedClient(), max_network_retries=2
    )
    v1, http, visa = sdk.v1, api_server.http(key), "pm_card_visa"
    default: Any = {"payment_method": visa, "invoice_settings": {"default_payment_method": visa}}
    customer = v1.customers.create({"email": "jenny@example.com"} | default).id
    terms: Any = {"currency": "eur", "unit_amount": 1200, "recurring": {"interval": "month"}}
    price = v1.prices.create(terms | {"product_data": {"name": "Team"}}).id
    made = v1.subscriptions.create({"customer": customer, "items": [{"price": price}]})
    asking = v1.payment_methods.attach("pm_card_authenticationRequired", {"customer": customer}).id
    v1.customers.update(customer, {"invoice_settings": {"default_payment_method": asking}})
    known = len(types_since(http))
    item = made["items"].data[0].id
    asked: Any = {
        "items": [{"id": item, "quantity": 3}],
        "payment_behavior": "pending_if_incomplete",
        "proration_behavior": "always_invoice",
        "expand": ["latest_invoice.payments"],
    }
    with pytest.raises(stripe.InvalidRequestError, match="`metadata` cannot be changed") as more:
        v1.subscriptions.update(made.id, asked | {"metadata": {"a": "b"}})
    assert more.value.param == "metadata"
    waiting = v1.subscriptions.update(made.id, asked)
    assert waiting.pending_update is not None
    assert waiting.pending_update.subscription_items is not None
    assert (waiting.pending_update.subscription_items[0].quantity, waiting["items"].data[0].quantity) == (3, 1)
    assert (waiting.status, waiting.latest_invoice.status) == ("active", "open")  # type: ignore[union-attr]
    intent = waiting.latest_invoice.payments.data[0].payment.payment_intent  # type: ignore[union-attr]
    assert v1.payment_intents.retrieve(str(intent)).status == "requires_action"
    v1.payment_intents.confirm(str(intent), {"payment_method": visa})
    changed = v1.subscriptions.retrieve(made.id)
    assert (changed.pending_update, changed["items"].data[0].quantity, changed.status) == (None, 3, "active")
    again = v1.subscriptions.update(made.id, asked | {"items": [{"id": item, "quantity": 5}]})
    v1.invoices.void_invoice(str(again.latest_invoice.id))  # type: ignore[union-attr]
    kept = v1.subscriptions.retrieve(made.id)
    assert (kept.pending_update, kept["items"].data[0].quantity) == (None, 3)
    told = [each for each in types_since(http, known) if "pending" in each]
    assert told == ["customer.subscription.pending_update_applied", "customer.subscription.pending_update_expired"]

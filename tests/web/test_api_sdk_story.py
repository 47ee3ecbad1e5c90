"""The official Python SDK, only its base URL changed: from an empty tenant to a portal session.

`test_sdk_walk` asks for everything else, in Python and in Node.
"""

import asyncio
from typing import Any

import httpx
import pytest
import stripe
from api_server import ApiServer
from sides import Tenant
from stripe_openapi import CheckedClient

FEATURES: Any = {
    "customer_update": {"enabled": True, "allowed_updates": ["name", "address"]},
    "invoice_history": {"enabled": True},
    "subscription_cancel": {"enabled": True, "mode": "at_period_end"},
}


@pytest.fixture
def checked() -> CheckedClient:
    """Speaks HTTP for the SDK, and holds every answer to Stripe's document."""
    return CheckedClient()


@pytest.fixture
def sdk(api_server: ApiServer, tenant: Tenant, checked: CheckedClient) -> stripe.StripeClient:
    """The SDK with a sandbox key."""
    key = tenant.sandbox.secret_key.reveal()
    return stripe.StripeClient(key, base_addresses={"api": api_server.url}, http_client=checked)


async def test_sync(sdk: stripe.StripeClient, checked: CheckedClient, tenant: Tenant) -> None:
    await asyncio.to_thread(_story, sdk.v1, tenant)
    assert len(set(checked.checked)) >= 12


def _story(v1: Any, tenant: Tenant) -> None:
    product = v1.products.create({"name": "Team", "unit_label": "seat", "metadata": {"plan": "team"}})
    month, year = (
        v1.prices.create(
            {"product": product.id, "currency": "eur", "unit_amount": amount, "recurring": {"interval": interval}}
        )
        for amount, interval in ((1200, "month"), (12_000, "year"))
    )
    customer = v1.customers.create({"email": "jenny@example.com", "name": "Jenny Rosen", "address": {"country": "DE"}})
    subscription = v1.subscriptions.create(
        {"customer": customer.id, "items": [{"price": month.id, "quantity": 10}], "expand": ["latest_invoice"]}
    )
    assert subscription.status == "active"
    assert subscription.collection_method == "send_invoice"
    assert subscription.latest_invoice.amount_due == 12_000
    item = subscription["items"].data[0]
    changed = v1.subscriptions.update(
        subscription.id,
        {"items": [{"id": item.id, "price": year.id}], "proration_behavior": "always_invoice"},
    )
    assert changed["items"].data[0].price.id == year.id
    v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    v1.subscriptions.update(subscription.id, {"cancel_at_period_end": False, "metadata": {"kept": "yes"}})
    with pytest.raises(stripe.InvalidRequestError, match="Only subscriptions with the status `paused`"):
        v1.subscriptions.resume(subscription.id)
    paid = v1.invoices.pay(subscription.latest_invoice.id, {"paid_out_of_band": True})
    assert paid.status == "paid"
    assert [each.id for each in v1.invoices.list({"customer": customer.id, "limit": 1}).auto_paging_iter()]
    updates = {"enabled": True, "default_allowed_updates": ["price", "quantity"]}
    offered = [{"product": product.id, "prices": [month.id, year.id]}]
    configuration = v1.billing_portal.configurations.create(
        {"features": FEATURES | {"subscription_update": updates | {"products": offered}}}
    )
    session = v1.billing_portal.sessions.create(
        {"customer": customer.id, "configuration": configuration.id, "return_url": "https://northbeam.example/"}
    )
    assert f"/p/session/test_{tenant.door.public_id}" in session.url
    assert v1.tax_codes.retrieve("txcd_10103001").name
    assert v1.subscriptions.cancel(subscription.id).status == "canceled"
    assert v1.customers.delete(customer.id).deleted


async def test_accounts_are_customers_under_another_name(sdk: stripe.StripeClient) -> None:
    shipping = {"name": "Jenny", "address": {"city": "Hamburg", "country": "DE"}}
    account = await sdk.v2.core.accounts.create_async(
        {
            "contact_email": "jenny@example.com",
            "display_name": "Jenny Rosen",
            "configuration": {"customer": {"shipping": shipping}},
            "include": ["configuration.customer"],
        }
    )
    assert account.object == "v2.core.account"
    typed = set(stripe.v2.core.Account.__annotations__) - {"OBJECT_NAME", "_inner_class_types"}
    assert typed == set(account.to_dict())
    assert account.configuration is not None
    assert account.configuration.customer is not None
    assert account.configuration.customer.shipping.address.city == "Hamburg"
    customer_id = "cus_" + account.id.removeprefix("acct_")
    customer = await sdk.v1.customers.retrieve_async(customer_id)
    assert (customer.email, customer.name) == ("jenny@example.com", "Jenny Rosen")
    assert customer.customer_account == account.id
    session = await sdk.v1.billing_portal.sessions.create_async({"customer_account": account.id})
    assert (session.customer, session.customer_account) == (customer_id, account.id)
    await sdk.v2.core.accounts.update_async(account.id, {"contact_email": "j@example.com", "metadata": {"a": "b"}})
    found = await sdk.v2.core.accounts.retrieve_async(account.id)
    assert (found.contact_email, found.configuration) == ("j@example.com", None)
    second = await sdk.v2.core.accounts.create_async({"contact_email": "second@example.com"})
    listed = await sdk.v2.core.accounts.list_async({"limit": 1})
    assert [each.id async for each in listed.auto_paging_iter()] == [second.id, account.id]


async def test_the_sessions_url_is_on_this_frontdesk(sdk: stripe.StripeClient, api_server: ApiServer) -> None:
    customer = await sdk.v1.customers.create_async({"email": "jenny@example.com"})
    session = await sdk.v1.billing_portal.sessions.create_async({"customer": customer.id})
    assert httpx.URL(session.url).netloc == httpx.URL(api_server.url).netloc

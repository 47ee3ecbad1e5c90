"""Charges, refunds and invoice payments in the sandbox, through Stripe's SDK."""

import importlib.util
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe
from api_server import ApiServer
from sides import Tenant, new_tenant
from sqlalchemy import delete
from stripe_openapi import CheckedClient
from told_events import types_since

from frontdesk_tenants import migrations, refund_settling
from frontdesk_tenants.book_checks import faults_of
from frontdesk_tenants.tables import charges
from frontdesk_tenants.tenancy import Tenancy


@pytest.fixture
def http(api_server: ApiServer, tenant: Tenant) -> httpx.Client:
    """A client with a sandbox key."""
    return api_server.http(tenant.sandbox.secret_key.reveal())


@pytest.fixture
def client(api_server: ApiServer, tenant: Tenant) -> stripe.StripeClient:
    """Stripe's own client, whose answers are held to Stripe's document."""
    return stripe.StripeClient(
        tenant.sandbox.secret_key.reveal(),
        base_addresses={"api": api_server.url},
        http_client=CheckedClient(),
        max_network_retries=2,
    )


def subscribed(client: stripe.StripeClient, card: str) -> tuple[str, stripe.Invoice]:
    """A customer who pays 12.00 a month by a card, and the first invoice."""
    product = client.v1.products.create({"name": "Team"})
    price = client.v1.prices.create(
        {"product": product.id, "currency": "eur", "unit_amount": 1200, "recurring": {"interval": "month"}}
    )
    customer = client.v1.customers.create(
        {
            "email": "jenny@example.com",
            "payment_method": card,
            "invoice_settings": {"default_payment_method": card},
        }
    ).id
    made = client.v1.subscriptions.create(
        {"customer": customer, "items": [{"price": price.id}], "expand": ["latest_invoice.payments"]}
    )
    return customer, made.latest_invoice  # type: ignore[return-value]


async def test_the_payment_of_an_invoice_goes_back(
    client: stripe.StripeClient, http: httpx.Client, tenancy: Tenancy, tenant: Tenant
) -> None:
    customer, invoice = subscribed(client, "pm_card_refundFail")
    known = len(types_since(http))
    (payment,) = client.v1.invoice_payments.list({"invoice": invoice.id, "status": "paid"}).data
    assert invoice.payments is not None
    assert (payment.id, payment.amount_paid) == (invoice.payments.data[0].id, 1200)
    intent = str(payment.payment.payment_intent)
    assert client.v1.invoice_payments.list({"status": "open"}).data == []
    (charge,) = client.v1.charges.list({"customer": customer}).data
    assert (charge.payment_intent, charge.amount_captured, charge.paid, charge.refunded) == (intent, 1200, True, False)
    assert charge.payment_method_details.card.last4 == "5126"  # type: ignore[union-attr]
    refund = client.v1.refunds.create(
        {"payment_intent": intent, "amount": 500, "reason": "requested_by_customer", "metadata": {"a": "b"}}
    )
    assert (refund.status, refund.charge, refund.amount, refund.reason) == (
        "succeeded",
        charge.id,
        500,
        "requested_by_customer",
    )
    charge = client.v1.charges.retrieve(charge.id, {"expand": ["refunds", "payment_intent.latest_charge"]})
    assert (charge.amount_refunded, charge.refunds.data[0].id) == (500, refund.id)  # type: ignore[union-attr]
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount on charge") as more:
        client.v1.refunds.create({"charge": charge.id, "amount": 701})
    assert more.value.param == "amount"
    after = client.v1.invoices.retrieve(invoice.id)
    assert (after.status, after.amount_paid, after.amount_due) == ("paid", 1200, 1200)
    explained = client.v1.credit_notes.create(
        {"invoice": invoice.id, "amount": 500, "refunds": [{"refund": refund.id, "amount_refunded": 500}]}
    )
    assert [(each.refund, each.amount_refunded) for each in explained.refunds] == [(refund.id, 500)]
    fresh = client.v1.credit_notes.create({"invoice": invoice.id, "amount": 200, "refund_amount": 200})
    named: Any = fresh.refunds[0].refund
    assert client.v1.refunds.retrieve(named).amount == 200
    client.v1.refunds.update(refund.id, {"metadata": {"a": "", "c": "d"}})
    client.v1.charges.update(charge.id, {"description": "Wrong plan"})
    await refund_settling.settle(tenancy, tenant.sandbox.door.tenant_id, refund.id)
    await refund_settling.settle(tenancy, tenant.sandbox.door.tenant_id, refund.id)
    failed = client.v1.refunds.retrieve(refund.id, {"expand": ["charge"]})
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    charge = failed.charge  # type: ignore[assignment]
    assert (charge.amount_refunded, charge.description) == (200, "Wrong plan")
    assert failed.metadata is not None
    assert failed.metadata.to_dict() == {"c": "d"}
    with pytest.raises(stripe.InvalidRequestError, match="cannot be canceled"):
        client.v1.refunds.cancel(refund.id)
    assert [each.id for each in client.v1.refunds.list({"charge": charge.id}).data] == [named, refund.id]
    told = [each for each in types_since(http, known) if each.startswith(("charge", "refund"))]
    assert told == [
        *("refund.created", "charge.refunded"),
        *("refund.created", "charge.refunded"),
        *("refund.updated", "charge.updated"),
        *("charge.updated", "refund.updated", "refund.failed"),
    ]
    async with tenancy.database.side(tenant.sandbox.door.tenant_id) as connection:
        assert await faults_of(connection) == []


async def test_payments_of_no_invoice_and_what_cannot_go_back(
    client: stripe.StripeClient, http: httpx.Client, tenancy: Tenancy, tenant: Tenant, api_server: ApiServer
) -> None:
    paying: Any = {"amount": 900, "currency": "eur", "confirm": True, "return_url": "https://shop.example"}
    paid = client.v1.payment_intents.create({**paying, "payment_method": "pm_card_pendingRefund"})
    with pytest.raises(stripe.CardError) as declined:
        client.v1.payment_intents.create({**paying, "payment_method": "pm_card_visa_chargeDeclinedLostCard"})
    held = client.v1.payment_intents.create({**paying, "payment_method": "pm_card_visa", "capture_method": "manual"})
    refund = client.v1.refunds.create({"payment_intent": paid.id})
    assert (refund.status, refund.amount, refund.charge) == ("pending", 900, paid.latest_charge)
    await refund_settling.settle(tenancy, tenant.sandbox.door.tenant_id, refund.id)
    assert client.v1.refunds.retrieve(refund.id).status == "succeeded"
    assert client.v1.charges.retrieve(str(paid.latest_charge)).refunded is True
    problem = declined.value.error
    assert problem is not None
    assert problem.payment_intent is not None
    lost = client.v1.charges.retrieve(str(problem.payment_intent.latest_charge))
    assert (lost.status, lost.failure_code, lost.outcome.reason) == (  # type: ignore[union-attr]
        "failed",
        "card_declined",
        "lost_card",
    )
    assert client.v1.charges.retrieve(str(held.latest_charge)).captured is False
    for asked, code, sentence in (
        ({"payment_intent": paid.id}, "charge_already_refunded", "has already been refunded"),
        ({"payment_intent": problem.payment_intent.id}, None, "does not have a successful charge"),
        ({"charge": lost.id}, "charge_not_refundable", "was not successful"),
        ({"charge": str(held.latest_charge)}, "charge_not_refundable", "has not been captured"),
        ({"charge": "ch_1"}, "resource_missing", "No such charge: 'ch_1'"),
        ({"payment_intent": "pi_1"}, "resource_missing", "No such payment_intent: 'pi_1'"),
        ({}, None, "One of the following params should be provided"),
        ({"charge": lost.id, "payment_intent": paid.id}, "parameters_exclusive", "Received both"),
    ):
        with pytest.raises(stripe.InvalidRequestError, match=sentence) as refused:
            client.v1.refunds.create(asked)  # type: ignore[arg-type]
        assert refused.value.code == code
    client.v1.payment_intents.capture(held.id, {"amount_to_capture": 400})
    charge = client.v1.charges.retrieve(str(held.latest_charge))
    assert (charge.captured, charge.amount_captured, charge.amount_refunded) == (True, 400, 0)
    assert client.v1.refunds.create({"charge": charge.id}).amount == 400
    other = api_server.http((await new_tenant(tenancy)).sandbox.secret_key.reveal())
    of_others: tuple[tuple[str, str, dict[str, str], int], ...] = (
        ("GET", f"/v1/charges/{charge.id}", {}, 404),
        ("POST", f"/v1/charges/{charge.id}", {}, 404),
        ("GET", f"/v1/refunds/{refund.id}", {}, 404),
        ("POST", f"/v1/refunds/{refund.id}", {}, 404),
        ("POST", f"/v1/refunds/{refund.id}/cancel", {}, 404),
        ("POST", "/v1/refunds", {"charge": charge.id}, 400),
        ("POST", "/v1/refunds", {"payment_intent": held.id}, 400),
    )
    for method, path, data, status in of_others:
        answer = other.request(method, path, data=data or None)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, "resource_missing"), path
    for listed in ("charges", "refunds", "invoice_payments"):
        assert other.get(f"/v1/{listed}").json()["data"] == []
    live = api_server.http(tenant.live.secret_key.reveal()).post("/v1/refunds", data={"charge": "ch_1"})
    assert (live.status_code, "collects by invoice" in live.json()["error"]["message"]) == (400, True)


async def test_what_was_charged_before_charges_were_kept_is_written_down(
    client: stripe.StripeClient, tenancy: Tenancy, tenant: Tenant
) -> None:
    _, invoice = subscribed(client, "pm_card_visa")
    paying: Any = {"amount": 900, "currency": "eur", "confirm": True, "return_url": "https://shop.example"}
    client.v1.payment_intents.create({**paying, "payment_method": "pm_card_mastercard"})
    with pytest.raises(stripe.CardError):
        client.v1.payment_intents.create({**paying, "payment_method": "pm_card_visa_chargeDeclinedLostCard"})
    before = {each.id: each for each in client.v1.charges.list().data}
    place = Path(migrations.__path__[0]) / "versions" / "0043_refunds.py"
    spec = importlib.util.spec_from_file_location("refunds_migration", place)
    assert spec is not None
    assert spec.loader is not None
    step = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(step)
    async with tenancy.database.side(tenant.sandbox.door.tenant_id) as connection:
        await connection.execute(delete(charges))
        await connection.exec_driver_sql(step.OF_INVOICES)
        await connection.exec_driver_sql(step.OF_INTENTS)
    after = {each.id: each for each in client.v1.charges.list().data}
    assert (len(after), after.keys()) == (3, before.keys())
    for id_, charge in after.items():
        for name in ("amount", "amount_captured", "status", "payment_intent", "payment_method", "failure_code"):
            assert charge[name] == before[id_][name], name
    assert client.v1.refunds.create({"payment_intent": payment_of(client, invoice)}).status == "succeeded"


def payment_of(client: stripe.StripeClient, invoice: stripe.Invoice) -> str:
    (payment,) = client.v1.invoice_payments.list({"invoice": invoice.id}).data
    return str(payment.payment.payment_intent)

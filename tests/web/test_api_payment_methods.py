"""Payment methods and charging in the sandbox, through Stripe's SDK and by plain requests."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import stripe
from api_server import ApiServer, made
from sides import Tenant, new_tenant
from stripe_openapi import CheckedClient, faults

from frontdesk_tenants import clock_walks
from frontdesk_tenants.tenancy import Tenancy

RAW = "Sending credit card numbers directly to the Stripe API is generally unsafe."


@pytest.fixture
def http(api_server: ApiServer, tenant: Tenant) -> httpx.Client:
    """A client with a sandbox key."""
    return api_server.http(tenant.sandbox.secret_key.reveal())


def asked(http: httpx.Client, method: str, path: str, **data: Any) -> dict[str, Any]:
    """The answer, after Stripe's document has judged it."""
    answer = http.request(method, path, **{"data" if method == "POST" else "params": data})  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    assert faults(method, path, 200, answer.json()) == []
    return answer.json()  # type: ignore[no-any-return]


def error(answer: httpx.Response, status: int = 400) -> dict[str, str]:
    assert answer.status_code == status, answer.text
    assert faults("GET", "/v1/payment_methods", status, answer.json()) == []
    return answer.json()["error"]  # type: ignore[no-any-return]


def price_of(http: httpx.Client) -> str:
    product = made(http.post("/v1/products", data={"name": "Team"}))
    terms = {"product": product, "currency": "eur", "unit_amount": "1200", "recurring[interval]": "month"}
    return made(http.post("/v1/prices", data=terms))


def test_methods_from_their_beginning_to_their_end(http: httpx.Client) -> None:
    holder = {"billing_details[name]": "Jenny Rosen", "billing_details[address][country]": "DE", "metadata[a]": "b"}
    new = asked(http, "POST", "/v1/payment_methods", type="card", **{"card[token]": "tok_visa"}, **holder)
    assert (new["customer"], new["card"]["last4"], new["billing_details"]["name"]) == (None, "4242", "Jenny Rosen")
    one = f"/v1/payment_methods/{new['id']}"
    assert "save this PaymentMethod" in error(http.post(one, data={"card[exp_month]": "3"}))["message"]
    assert "not attached" in error(http.post(one + "/detach"))["message"]
    customer = made(http.post("/v1/customers", data={"email": "jenny@example.com"}))
    assert asked(http, "POST", one + "/attach", customer=customer)["customer"] == customer
    assert "already been attached" in error(http.post(one + "/attach", data={"customer": customer}))["message"]
    changed = asked(http, "POST", one, **{"card[exp_month]": "3", "billing_details[email]": "j@example.com"})
    assert (changed["card"]["exp_month"], changed["billing_details"]["name"]) == (3, "Jenny Rosen")
    default = {"invoice_settings[default_payment_method]": new["id"]}
    asked(http, "POST", f"/v1/customers/{customer}", **default)
    second = asked(http, "POST", "/v1/payment_methods/pm_card_mastercard/attach", customer=customer)
    of_customer = f"/v1/customers/{customer}/payment_methods"
    for path, query in ((of_customer, {}), ("/v1/payment_methods", {"customer": customer, "type": "card"})):
        assert [each["id"] for each in asked(http, "GET", path, **query)["data"]] == [second["id"], new["id"]]
    assert asked(http, "GET", of_customer, limit="1", starting_after=second["id"])["data"][0]["id"] == new["id"]
    assert asked(http, "GET", "/v1/payment_methods")["data"] == []
    assert asked(http, "GET", f"{of_customer}/{second['id']}", **{"expand[]": "customer"})["customer"]["id"] == customer
    shown = asked(http, "GET", f"/v1/customers/{customer}", **{"expand[]": "invoice_settings.default_payment_method"})
    assert shown["invoice_settings"]["default_payment_method"]["card"]["exp_month"] == 3
    gone = asked(http, "POST", one + "/detach")
    assert (gone["customer"], asked(http, "GET", one)["customer"]) == (None, None)
    assert "may not be used again" in error(http.post(one + "/attach", data={"customer": customer}))["message"]
    assert asked(http, "GET", f"/v1/customers/{customer}")["invoice_settings"]["default_payment_method"] is None
    assert error(http.get(f"{of_customer}/{new['id']}"), 404)["code"] == "resource_missing"
    missing = error(http.post(f"/v1/customers/{customer}", data=default))
    assert (missing["code"], missing["param"]) == ("resource_missing", "invoice_settings[default_payment_method]")


def test_numbers_are_never_taken_and_live_sides_keep_no_cards(
    http: httpx.Client, api_server: ApiServer, tenant: Tenant
) -> None:
    card = {"type": "card", "card[number]": "4242424242424242", "card[exp_month]": "8", "card[exp_year]": "2030"}
    refused = error(http.post("/v1/payment_methods", data=card | {"card[cvc]": "123"}), 402)
    assert (refused["type"], refused["message"][: len(RAW)]) == ("invalid_request_error", RAW)
    assert error(http.post("/v1/payment_methods", data={"type": "card", "card[token]": "tok_none"}))["param"]
    assert error(http.post("/v1/payment_methods", data={"type": "card"}))["param"] == "card[token]"
    customer = made(http.post("/v1/customers"))
    attach = "/v1/payment_methods/pm_card_chargeDeclinedInsufficientFunds/attach"
    declined = error(http.post(attach, data={"customer": customer}), 402)
    assert (declined["type"], declined["code"]) == ("card_error", "card_declined")
    assert declined["decline_code"] == "insufficient_funds"
    assert asked(http, "GET", f"/v1/customers/{customer}/payment_methods")["data"] == []
    with api_server.http(tenant.live.secret_key.reveal()) as live:
        there = made(live.post("/v1/customers"))
        test_card = error(live.post("/v1/payment_methods", data={"type": "card", "card[token]": "tok_visa"}))
        assert "a live mode key was used" in test_card["message"]
        answer = live.post("/v1/payment_methods/pm_card_visa/attach", data={"customer": there})
        assert error(answer)["code"] == "resource_missing"
        charged = {"customer": there, "items[0][price]": price_of(live), "collection_method": "charge_automatically"}
        assert error(live.post("/v1/subscriptions", data=charged))["param"] == "collection_method"


async def test_renewals_are_charged_and_tried_again(
    api_server: ApiServer, http: httpx.Client, tenancy: Tenancy, tenant: Tenant
) -> None:
    """By the SDK, on a test clock: a good card, a bad one, past due, paid by a better one."""
    client = CheckedClient()
    key = tenant.sandbox.secret_key.reveal()
    v1 = stripe.StripeClient(key, base_addresses={"api": api_server.url}, http_client=client).v1
    clock = v1.test_helpers.test_clocks.create({"frozen_time": int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())})
    card = "pm_card_visa"
    customer = v1.customers.create(
        {
            "email": "jenny@example.com",
            "test_clock": clock.id,
            "payment_method": card,
            "invoice_settings": {"default_payment_method": card},
        }
    )
    started: Any = v1.subscriptions.create(
        {"customer": customer.id, "items": [{"price": price_of(http)}], "expand": ["latest_invoice"]}
    )
    assert (started.status, started.collection_method) == ("active", "charge_automatically")
    assert (started.latest_invoice.status, started.latest_invoice.attempt_count) == ("paid", 1)
    assert started.latest_invoice.amount_paid_off_stripe == 0
    bad = v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer.id})
    changed: Any = v1.subscriptions.update(
        started.id, {"default_payment_method": bad.id, "expand": ["default_payment_method"]}
    )
    assert changed.default_payment_method.card.last4 == "0341"
    to = int(datetime(2026, 2, 2, tzinfo=UTC).timestamp())
    v1.test_helpers.test_clocks.advance(clock.id, {"frozen_time": to})
    await clock_walks.walk(tenancy, tenant.sandbox.door.tenant_id, clock.id)
    late: Any = v1.subscriptions.retrieve(started.id, {"expand": ["latest_invoice"]})
    assert (late.status, late.latest_invoice.status) == ("past_due", "open")
    assert late.latest_invoice.next_payment_attempt == int(datetime(2026, 2, 4, tzinfo=UTC).timestamp())
    with pytest.raises(stripe.CardError) as declined:
        v1.invoices.pay(late.latest_invoice.id)
    assert (declined.value.code, declined.value.http_status) == ("card_declined", 402)
    better = v1.payment_methods.attach("pm_card_amex", {"customer": customer.id})
    paid = v1.invoices.pay(late.latest_invoice.id, {"payment_method": better.id})
    assert (paid.status, paid.attempt_count) == ("paid", 2)
    assert v1.subscriptions.retrieve(started.id).status == "active"
    assert client.checked


def test_what_becomes_of_a_first_payment_that_fails(http: httpx.Client) -> None:
    customer = made(http.post("/v1/customers"))
    bad = made(http.post("/v1/payment_methods/pm_card_chargeCustomerFail/attach", data={"customer": customer}))
    items = {"customer": customer, "items[0][price]": price_of(http), "default_payment_method": bad}
    refused = error(http.post("/v1/subscriptions", data=items | {"payment_behavior": "error_if_incomplete"}), 402)
    assert refused["decline_code"] == "generic_decline"
    assert asked(http, "GET", "/v1/subscriptions", customer=customer, status="all")["data"] == []
    started = asked(http, "POST", "/v1/subscriptions", **items, **{"expand[]": "latest_invoice"})
    assert (started["status"], started["latest_invoice"]["attempted"]) == ("incomplete", True)
    waits = asked(http, "POST", "/v1/subscriptions", **items, payment_behavior="default_incomplete")
    assert waits["status"] == "incomplete"
    nothing = {"customer": made(http.post("/v1/customers")), "items[0][price]": items["items[0][price]"]}
    answer = http.post("/v1/subscriptions", data=nothing | {"collection_method": "charge_automatically"})
    assert "no attached payment source" in error(answer)["message"]
    assert error(http.post("/v1/subscriptions", data=items | {"payment_behavior": "pending_if_incomplete"}))["param"]


@pytest.fixture
async def stranger(tenancy: Tenancy) -> Tenant:
    return await new_tenant(tenancy)


def test_a_method_is_there_for_its_own_side_alone(
    api_server: ApiServer, http: httpx.Client, tenant: Tenant, stranger: Tenant
) -> None:
    customer = made(http.post("/v1/customers"))
    method = made(http.post("/v1/payment_methods/pm_card_visa/attach", data={"customer": customer}))
    for key in (stranger.sandbox.secret_key, tenant.live.secret_key):
        with api_server.http(key.reveal()) as theirs:
            own = made(theirs.post("/v1/customers"))
            path = f"/v1/payment_methods/{method}"
            for answer in (
                theirs.get(path),
                theirs.post(path, data={"metadata[a]": "b"}),
                theirs.post(path + "/attach", data={"customer": own}),
                theirs.post(path + "/detach"),
                theirs.get(f"/v1/customers/{own}/payment_methods/{method}"),
            ):
                assert error(answer, 404)["message"] == f"No such PaymentMethod: '{method}'"
            default = {"invoice_settings[default_payment_method]": method}
            assert error(theirs.post(f"/v1/customers/{own}", data=default))
            assert theirs.get("/v1/payment_methods", params={"customer": customer}).status_code == 400
    assert asked(http, "GET", f"/v1/payment_methods/{method}")["customer"] == customer


def test_who_is_deleted_has_no_payment_method_any_more(api_server: ApiServer, tenant: Tenant) -> None:
    """As at Stripe: nobody is charged by what a customer who is gone had, and nothing names them as its owner."""
    http = api_server.http(tenant.sandbox.secret_key.reveal())
    customer = made(http.post("/v1/customers", data={"email": "jenny@example.com"}))
    method = made(http.post("/v1/payment_methods/pm_card_visa/attach", data={"customer": customer}))
    assert http.get(f"/v1/payment_methods/{method}").json()["customer"] == customer
    assert http.delete(f"/v1/customers/{customer}").json()["deleted"] is True
    answer = http.get(f"/v1/payment_methods/{method}", params={"expand[]": "customer"})
    assert answer.json()["customer"] is None
    assert faults("GET", f"/v1/payment_methods/{method}", 200, answer.json()) == []

"""Tax rates through Stripe's API, on everything that is billed; each answer held to Stripe's document."""

from typing import Any

import httpx
import pytest
import stripe
from api_server import Shop, made
from stripe_openapi import CheckedClient, faults


@pytest.fixture
def http(shop: Shop) -> httpx.Client:
    return shop.http()


def asked(http: httpx.Client, method: str, path: str, **data: Any) -> dict[str, Any]:
    """The answer, after Stripe's document has judged it."""
    answer = http.request(method, path, **{"data" if method == "POST" else "params": data})  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    assert faults(method, path, 200, answer.json()) == []
    return answer.json()  # type: ignore[no-any-return]


def rate(http: httpx.Client, **fields: str) -> dict[str, Any]:
    return asked(
        http, "POST", "/v1/tax_rates", **({"display_name": "VAT", "percentage": "19", "inclusive": "false"} | fields)
    )


def refusal(answer: httpx.Response) -> tuple[str | None, str | None]:
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    return error.get("code"), error.get("param")


def test_taxes_of_a_subscription_through_the_official_sdk(shop: Shop) -> None:
    client = stripe.StripeClient(shop.key, base_addresses={"api": shop.server.url}, http_client=CheckedClient())
    v1: Any = client.v1
    made = {"display_name": "VAT", "percentage": 19, "inclusive": False, "country": "DE", "tax_type": "vat"}
    vat = v1.tax_rates.create(made | {"jurisdiction": "DE"})
    local = v1.tax_rates.create({"display_name": "Local", "percentage": 2.5, "inclusive": False})
    assert (vat.percentage, vat.effective_percentage, vat.inclusive, vat.active) == (19, 19, False, True)
    customer = v1.customers.create({"email": "jenny@example.com"})
    subscription = v1.subscriptions.create(
        {
            "customer": customer.id,
            "items": [{"price": shop.monthly, "quantity": 10}],
            "default_tax_rates": [vat.id],
            "expand": ["latest_invoice"],
        }
    )
    assert [each.id for each in subscription.default_tax_rates] == [vat.id]
    invoice = subscription.latest_invoice
    assert (invoice.subtotal, invoice.total_excluding_tax, invoice.total) == (12000, 12000, 14280)
    (tax,) = invoice.total_taxes
    assert (tax.amount, tax.taxable_amount, tax.tax_behavior) == (2280, 12000, "exclusive")
    assert (tax.tax_rate_details.tax_rate, tax.taxability_reason) == (vat.id, "standard_rated")
    assert [each.amount for each in invoice.lines.data[0].taxes] == [2280]

    item = subscription["items"].data[0]
    changed = v1.subscriptions.update(
        subscription.id,
        {
            "items": [{"id": item.id, "quantity": 20, "tax_rates": [vat.id, local.id]}],
            "proration_behavior": "always_invoice",
            "expand": ["latest_invoice"],
        },
    )
    assert [each.id for each in changed["items"].data[0].tax_rates] == [vat.id, local.id]
    credit, debit = changed.latest_invoice.lines.data
    assert [each.amount for each in credit.taxes] == [-2280]
    assert [each.amount for each in debit.taxes] == [4560, 600]
    assert changed.latest_invoice.total == 12000 + 2280 + 600

    renamed = v1.tax_rates.update(vat.id, {"display_name": "MwSt.", "active": False, "metadata": {"a": "b"}})
    assert (renamed.display_name, renamed.active, renamed.percentage) == ("MwSt.", False, 19)
    assert [each.id for each in v1.tax_rates.list({"active": False}).data] == [vat.id]
    assert v1.tax_rates.retrieve(local.id).percentage == 2.5
    off = v1.subscriptions.update(subscription.id, {"default_tax_rates": ""})
    assert off.default_tax_rates == []


def test_inclusive_rates_and_customers_who_are_exempt(http: httpx.Client, shop: Shop) -> None:
    included = rate(http, inclusive="true", percentage="20")["id"]
    for exempt, amount, reason in (("none", 2000, "standard_rated"), ("reverse", 0, "reverse_charge")):
        customer = shop.customer(tax_exempt=exempt)
        subscription = shop.subscription(customer, **{"default_tax_rates[]": included})
        found = asked(http, "GET", f"/v1/subscriptions/{subscription}", **{"expand[]": "latest_invoice"})
        invoice = found["latest_invoice"]
        (tax,) = invoice["total_taxes"]
        assert (tax["amount"], tax["tax_behavior"], tax["taxability_reason"]) == (amount, "inclusive", reason)
        assert (invoice["total"], invoice["total_excluding_tax"]) == (12000, 12000 - amount)
        assert (invoice["subtotal"], invoice["subtotal_excluding_tax"]) == (12000, 12000 - amount)
        assert invoice["customer_tax_exempt"] == exempt


def test_invoices_that_are_written_by_hand_have_taxes(http: httpx.Client, shop: Shop) -> None:
    vat, customer = rate(http)["id"], shop.customer()
    draft = asked(http, "POST", "/v1/invoices", customer=customer)["id"]
    base = {"customer": customer, "invoice": draft, "currency": "eur"}
    items = [asked(http, "POST", "/v1/invoiceitems", amount="333", **base, **{"tax_rates[]": vat}) for _ in range(3)]
    assert [each["id"] for each in items[0]["tax_rates"]] == [vat]
    assert asked(http, "GET", f"/v1/invoices/{draft}")["total"] == 999 + 190
    asked(http, "POST", f"/v1/invoiceitems/{items[0]['id']}", tax_rates="")
    issued = asked(http, "POST", f"/v1/invoices/{draft}/finalize")
    assert (issued["total"], [each["amount"] for each in issued["total_taxes"]]) == (999 + 127, [127])


def test_what_makes_no_sense_is_refused_and_changes_nothing(http: httpx.Client, shop: Shop) -> None:
    vat, included = rate(http)["id"], rate(http, inclusive="true")["id"]
    archived = rate(http, active="false")["id"]
    for data, param in (
        ({}, "display_name"),
        ({"percentage": "101"}, "percentage"),
        ({"percentage": "-1"}, "percentage"),
        ({"percentage": "1.00001"}, "percentage"),
        ({"country": "XX"}, "country"),
        ({"tax_type": "fun"}, "tax_type"),
    ):
        whole = {"display_name": "VAT", "percentage": "19", "inclusive": "false"} | data if data else {}
        assert refusal(http.post("/v1/tax_rates", data=whole))[1] == param
    assert refusal(http.post(f"/v1/tax_rates/{vat}", data={"percentage": "7"})) == ("parameter_unknown", "percentage")
    assert http.get("/v1/tax_rates/txr_never").status_code == 404
    customer = shop.customer()
    subscription = shop.subscription(customer)
    for rates, expected in (
        (["txr_never"], ("resource_missing", "default_tax_rates[0]")),
        ([archived], (None, "default_tax_rates[0]")),
        ([vat, vat], (None, "default_tax_rates[1]")),
        ([vat, included], (None, "default_tax_rates[1]")),
        ([vat] * 6, (None, "default_tax_rates")),
    ):
        data = {f"default_tax_rates[{place}]": each for place, each in enumerate(rates)}
        assert refusal(http.post(f"/v1/subscriptions/{subscription}", data=data)) == expected
        new = data | {"customer": customer, "items[0][price]": shop.monthly}
        assert refusal(http.post("/v1/subscriptions", data=new)) == expected
    plain = made(
        http.post(
            "/v1/prices",
            data={
                "product": shop.product,
                "currency": "eur",
                "unit_amount": "100",
                "recurring[interval]": "month",
                "tax_behavior": "inclusive",
            },
        )
    )
    answer = http.post(
        "/v1/subscriptions", data={"customer": customer, "items[0][price]": plain, "default_tax_rates[]": vat}
    )
    assert "tax_behavior" in answer.json()["error"]["message"]
    assert asked(http, "GET", f"/v1/subscriptions/{subscription}")["default_tax_rates"] == []
    assert len(asked(http, "GET", "/v1/subscriptions", customer=customer)["data"]) == 1

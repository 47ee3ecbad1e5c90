"""Tax that acts by code and place, through Stripe's API: settings, registrations, and what is billed then."""

from typing import Any

import httpx
import pytest
import stripe
from api_server import Shop, made
from stripe_openapi import CheckedClient, faults

SAAS, E_BOOK = "txcd_10103001", "txcd_10302000"
GERMANY = {"active_from": "now", "country": "DE", "country_options[de][type]": "standard"}
ADDRESS = {"line1": "Lange Reihe 1", "postal_code": "10115", "city": "Berlin", "country": "DE"}
OFFICE = {"defaults[tax_code]": SAAS} | {f"head_office[address][{name}]": value for name, value in ADDRESS.items()}


@pytest.fixture
def http(shop: Shop) -> httpx.Client:
    return shop.http()


def asked(http: httpx.Client, method: str, path: str, **data: Any) -> dict[str, Any]:
    """The answer, after Stripe's document has judged it."""
    answer = http.request(method, path, **{"data" if method == "POST" else "params": data})  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    assert faults(method, path, 200, answer.json()) == []
    return answer.json()  # type: ignore[no-any-return]


def refused(answer: httpx.Response, status: int = 400) -> tuple[str | None, str | None, str]:
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    return error.get("code"), error.get("param"), error["message"]


def test_two_tax_codes_on_one_invoice_get_two_rates_through_the_official_sdk(shop: Shop) -> None:
    client = stripe.StripeClient(shop.key, base_addresses={"api": shop.server.url}, http_client=CheckedClient())
    v1: Any = client.v1
    assert v1.tax.settings.retrieve().status == "pending"
    settings = v1.tax.settings.update({"defaults": {"tax_code": SAAS}, "head_office": {"address": ADDRESS}})
    assert (settings.status, settings.defaults.tax_code, settings.head_office.address.city) == (
        "active",
        SAAS,
        "Berlin",
    )
    registered = v1.tax.registrations.create(
        {
            "active_from": "now",
            "country": "DE",
            "country_options": {"de": {"type": "standard", "standard": {"place_of_supply_scheme": "standard"}}},
        }
    )
    assert (registered.status, registered.country_options.de.type) == ("active", "standard")
    book = v1.products.create(
        {
            "name": "Book",
            "tax_code": E_BOOK,
            "default_price_data": {"currency": "eur", "unit_amount": 1000, "recurring": {"interval": "month"}},
        }
    )
    customer = v1.customers.create({"email": "jenny@example.com", "address": {"country": "DE"}})
    preview = v1.invoices.create_preview(
        {
            "customer": customer.id,
            "subscription_details": {"items": [{"price": shop.monthly}, {"price": book.default_price}]},
            "automatic_tax": {"enabled": True},
        }
    )
    assert [each.amount for each in preview.total_taxes] == [228, 70]
    subscription = v1.subscriptions.create(
        {
            "customer": customer.id,
            "items": [{"price": shop.monthly}, {"price": book.default_price}],
            "automatic_tax": {"enabled": True},
            "expand": ["latest_invoice"],
        }
    )
    invoice = subscription.latest_invoice
    assert (subscription.automatic_tax.enabled, invoice.automatic_tax.status) == (True, "complete")
    # The product of the shop has no code and takes the preset; the book has its own.
    assert [each.amount for each in invoice.total_taxes] == [228, 70]
    assert [each.amount for line in invoice.lines.data for each in line.taxes] == [228, 70]
    assert invoice.total == 1200 + 228 + 1000 + 70
    named = [each.tax_rate_details.tax_rate for each in invoice.total_taxes]
    told = [v1.tax_rates.retrieve(each) for each in named]
    assert [(each.display_name, each.percentage, each.country, each.active) for each in told] == [
        ("VAT", 19, "DE", False),
        ("VAT", 7, "DE", False),
    ]
    ended = v1.tax.registrations.update(registered.id, {"expires_at": "now"})
    assert ended.status == "expired"
    assert v1.tax.registrations.retrieve(registered.id).expires_at == ended.expires_at


def test_settings_and_registrations(http: httpx.Client) -> None:
    asked(http, "POST", "/v1/tax/settings", **OFFICE)
    ids = [
        asked(http, "POST", "/v1/tax/registrations", **data)["id"]
        for data in (
            GERMANY,
            {"active_from": "now", "country": "DE", "country_options[de][type]": "oss_union"},
            {
                "active_from": "4000000000",
                "country": "CA",
                "country_options[ca][type]": "province_standard",
                "country_options[ca][province_standard][province]": "QC",
            },
        )
    ]
    every = asked(http, "GET", "/v1/tax/registrations", limit="2")
    assert ([each["id"] for each in every["data"]], every["has_more"]) == (sorted(ids, reverse=True)[:2], True)
    rest = asked(http, "GET", "/v1/tax/registrations", starting_after=every["data"][-1]["id"])
    assert (len(rest["data"]), rest["has_more"]) == (1, False)
    (scheduled,) = asked(http, "GET", "/v1/tax/registrations", status="scheduled")["data"]
    assert scheduled["country_options"]["ca"] == {"province_standard": {"province": "QC"}, "type": "province_standard"}
    behaves = asked(http, "POST", "/v1/tax/settings", **{"defaults[tax_behavior]": "inferred_by_currency"})
    assert behaves["defaults"]["tax_behavior"] == "inferred_by_currency"
    assert behaves["defaults"]["tax_code"] == SAAS


def test_what_is_refused_changes_nothing(http: httpx.Client) -> None:
    before = asked(http, "POST", "/v1/tax/settings", **OFFICE)
    unknown = http.post("/v1/tax/settings", data={"defaults[tax_code]": "txcd_12345678"})
    assert refused(unknown)[:2] == ("resource_missing", "defaults[tax_code]")
    nowhere = http.post("/v1/tax/settings", data={"head_office[address][country]": "XX"})
    assert refused(nowhere)[1] == "head_office[address][country]"
    assert asked(http, "GET", "/v1/tax/settings") == before
    asked(http, "POST", "/v1/tax/registrations", **GERMANY)
    for data, param in (
        (GERMANY, "active_from"),
        (GERMANY | {"country": "FR"}, "country_options"),
        ({"active_from": "now", "country": "US", "country_options[us][type]": "state_sales_tax"}, None),
        (
            {
                "active_from": "now",
                "country": "US",
                "country_options[us][type]": "state_sales_tax",
                "country_options[us][state]": "TX",
            },
            "country",
        ),
        ({"active_from": "now", "country": "JP", "country_options[jp][type]": "standard"}, "country"),
        ({"active_from": "now", "country": "DE", "country_options": "de"}, "country_options"),
    ):
        found = refused(http.post("/v1/tax/registrations", data=data))[1]
        assert found == (param or "country_options[us][state]"), data
    assert len(asked(http, "GET", "/v1/tax/registrations")["data"]) == 1
    assert http.get("/v1/tax/registrations/taxreg_never").status_code == 404


def test_a_customer_without_a_country_and_items_with_codes_of_their_own(shop: Shop, http: httpx.Client) -> None:
    asked(http, "POST", "/v1/tax/settings", **OFFICE)
    asked(http, "POST", "/v1/tax/registrations", **GERMANY)
    nowhere = shop.customer()
    new = {"customer": nowhere, "items[0][price]": shop.monthly, "automatic_tax[enabled]": "true"}
    assert refused(http.post("/v1/subscriptions", data=new))[0] == "customer_tax_location_invalid"
    now = {"tax[validate_location]": "immediately"}
    assert refused(http.post("/v1/customers", data=now))[0] == "customer_tax_location_invalid"
    assert refused(http.post(f"/v1/customers/{nowhere}", data=now))[0] == "customer_tax_location_invalid"
    customer = made(http.post("/v1/customers", data=now | {"address[country]": "DE"}))
    draft = asked(http, "POST", "/v1/invoices", customer=customer, currency="eur", **{"automatic_tax[enabled]": "true"})
    base = {"customer": customer, "currency": "eur", "invoice": draft["id"]}
    asked(http, "POST", "/v1/invoiceitems", amount="1000", **base)
    asked(http, "POST", "/v1/invoiceitems", amount="1000", tax_code=E_BOOK, tax_behavior="inclusive", **base)
    unknown = http.post("/v1/invoiceitems", data={**base, "amount": "1", "tax_code": "txcd_12345678"})
    assert refused(unknown)[:2] == ("resource_missing", "tax_code")
    shown = asked(http, "GET", f"/v1/invoices/{draft['id']}")
    issued = asked(http, "POST", f"/v1/invoices/{draft['id']}/finalize")
    for each in (shown, issued):
        assert [(tax["amount"], tax["tax_behavior"]) for tax in each["total_taxes"]] == [
            (190, "exclusive"),
            (65, "inclusive"),
        ]
        assert each["total"] == 2190

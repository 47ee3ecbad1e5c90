"""Tax ids through Stripe's API: added, listed, shown on invoices, and asked about by the worker."""

from types import ModuleType
from typing import Any, ClassVar

import httpx
import pytest
import stripe
from api_server import Shop, made
from stripe_openapi import CheckedClient, faults

import frontdesk_invoice_only
import frontdesk_tax_codes
from frontdesk import TaxIdChecker, hookimpl
from frontdesk.plugins import PluginHost
from frontdesk.testing.tax_id_checkers import PaperRegister
from frontdesk_tenants import tax_id_checks
from frontdesk_tenants.tenancy import Tenancy

VAT = "ATU12345678"


class Register(PaperRegister):
    known: ClassVar = {VAT: "Acme Wien GmbH"}
    open = True


@pytest.fixture
def http(shop: Shop) -> httpx.Client:
    return shop.http()


def asked(http: httpx.Client, method: str, path: str, **data: Any) -> dict[str, Any]:
    """The answer, after Stripe's document has judged it."""
    answer = http.request(method, path, **{"data" if method == "POST" else "params": data})  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    assert faults(method, path, 200, answer.json()) == []
    return answer.json()  # type: ignore[no-any-return]


def refused(answer: httpx.Response) -> tuple[str | None, str | None]:
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    return error.get("code"), error.get("param")


def test_tax_ids_through_the_official_sdk(shop: Shop) -> None:
    client = stripe.StripeClient(shop.key, base_addresses={"api": shop.server.url}, http_client=CheckedClient())
    v1: Any = client.v1
    customer = v1.customers.create(
        {
            "email": "jenny@example.com",
            "tax_id_data": [{"type": "eu_vat", "value": "atu 123 456 78"}],
            "expand": ["tax_ids"],
        }
    )
    (first,) = customer.tax_ids.data
    assert (first.value, first.country, first.verification.status) == (VAT, "AT", "pending")
    second = v1.customers.tax_ids.create(customer.id, {"type": "us_ein", "value": "12-3456789"})
    assert (second.customer, second.verification) == (customer.id, None)
    third = v1.tax_ids.create(
        {"type": "ch_vat", "value": "CHE-123.456.789 MWST", "owner": {"type": "customer", "customer": customer.id}}
    )
    assert [each.id for each in v1.customers.tax_ids.list(customer.id).data] == [third.id, second.id, first.id]
    owner = {"owner": {"type": "customer", "customer": customer.id}, "limit": 1}
    assert [each.id for each in v1.tax_ids.list(owner).data] == [third.id]
    assert v1.tax_ids.list().data == []
    assert v1.tax_ids.retrieve(second.id).value == v1.customers.tax_ids.retrieve(customer.id, second.id).value
    subscription = v1.subscriptions.create(
        {"customer": customer.id, "items": [{"price": shop.monthly}], "expand": ["latest_invoice"]}
    )
    shown = [(each.type, each.value) for each in subscription.latest_invoice.customer_tax_ids]
    assert shown == [("eu_vat", VAT), ("us_ein", "12-3456789"), ("ch_vat", "CHE-123.456.789 MWST")]
    assert v1.customers.tax_ids.delete(customer.id, second.id).deleted
    assert v1.tax_ids.delete(third.id).deleted
    assert [each.id for each in v1.customers.tax_ids.list(customer.id).data] == [first.id]
    # What is issued stays as it is.
    assert len(v1.invoices.retrieve(subscription.latest_invoice.id).customer_tax_ids) == 3


def test_what_is_refused(shop: Shop, http: httpx.Client) -> None:
    customer = shop.customer()
    path = f"/v1/customers/{customer}/tax_ids"
    asked(http, "POST", path, type="eu_vat", value=VAT)
    assert refused(http.post(path, data={"type": "eu_vat", "value": "AT1"})) == ("tax_id_invalid", "value")
    assert refused(http.post(path, data={"type": "xx_vat", "value": "1"}))[1] == "type"
    assert refused(http.post(path, data={"type": "eu_vat", "value": VAT}))[1] == "value"
    data = {"tax_id_data[0][type]": "eu_vat", "tax_id_data[0][value]": "AT1"}
    assert refused(http.post("/v1/customers", data=data)) == ("tax_id_invalid", "tax_id_data[0][value]")
    assert refused(http.post("/v1/tax_ids", data={"type": "eu_vat", "value": VAT}))[1] == "owner[type]"
    assert http.get(f"{path}/txi_never").status_code == http.get("/v1/tax_ids/txi_never").status_code == 404
    other = shop.customer()
    (known,) = asked(http, "GET", path)["data"]
    assert http.delete(f"/v1/customers/{other}/tax_ids/{known['id']}").status_code == 404
    assert len(asked(http, "GET", path)["data"]) == 1


async def test_the_register_is_asked_later_and_being_down_is_not_invalid(
    shop: Shop, http: httpx.Client, tenancy: Tenancy, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tax_id_checkers() -> list[type[TaxIdChecker]]:
        return [Register]

    module = ModuleType("register")
    module.tax_id_checkers = hookimpl(tax_id_checkers)  # type: ignore[attr-defined]
    plugins = PluginHost.of(invoice_only=frontdesk_invoice_only, tax_codes=frontdesk_tax_codes, paper_register=module)
    monkeypatch.setattr(tenancy, "plugins", plugins)
    customer = shop.customer(**{"address[country]": "AT"})
    path = f"/v1/customers/{customer}/tax_ids"
    ids = [asked(http, "POST", path, type="eu_vat", value=each)["id"] for each in (VAT, "ATU99999999")]

    async def checked() -> list[str]:
        for each in ids:
            await tax_id_checks.check(tenancy, shop.tenant.live.door.tenant_id, f"{customer} {each}")
        found = [asked(http, "GET", f"/v1/tax_ids/{each}") for each in ids]
        return [each["verification"]["status"] for each in found]

    monkeypatch.setattr(Register, "open", False)
    assert await checked() == ["unavailable", "unavailable"]
    async with tenancy.database.unscoped() as connection:
        again = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'check_tax_id' AND scheduled_at > now()"
        assert (await connection.exec_driver_sql(again)).scalar() == 2
    monkeypatch.setattr(Register, "open", True)
    assert await checked() == ["verified", "unverified"]
    assert asked(http, "GET", f"/v1/tax_ids/{ids[0]}")["verification"]["verified_name"] == "Acme Wien GmbH"
    monkeypatch.setattr(Register, "open", False)
    assert await checked() == ["verified", "unverified"]
    asked(http, "DELETE", f"/v1/tax_ids/{ids[0]}")
    await tax_id_checks.check(tenancy, shop.tenant.live.door.tenant_id, f"{customer} {ids[0]}")


def test_a_confirmed_business_elsewhere_in_the_union_owes_the_tax(shop: Shop) -> None:
    with shop.server.http(shop.tenant.sandbox.secret_key.reveal()) as http:
        asked(http, "POST", "/v1/tax/settings", **{"head_office[address][country]": "DE"})
        germany = {"active_from": "now", "country": "DE", "country_options[de][type]": "standard"}
        asked(http, "POST", "/v1/tax/registrations", **germany)
        product = made(http.post("/v1/products", data={"name": "Team"}))
        price = {"product": product, "currency": "eur", "unit_amount": "1000", "recurring[interval]": "month"}
        monthly = made(http.post("/v1/prices", data=price))
        found = []
        for value in ("ATU00000000", "ATU11111111", "ATU22222222"):
            whose = {"tax_id_data[0][type]": "eu_vat", "tax_id_data[0][value]": value, "address[country]": "AT"}
            new = {"customer": made(http.post("/v1/customers", data=whose)), "items[0][price]": monthly}
            made(http.post("/v1/subscriptions", data=new | {"automatic_tax[enabled]": "true"}))
            invoice = asked(http, "GET", "/v1/invoices", limit="1")["data"][0]
            (tax,) = invoice["total_taxes"]
            found.append((invoice["total"], tax["amount"], tax["taxability_reason"]))
    assert found == [(1000, 0, "reverse_charge"), (1190, 190, "standard_rated"), (1190, 190, "standard_rated")]

"""The API in front of a remote backend: no transaction spans its call, and a repeated request has one effect."""

import secrets
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from api_server import ApiServer, made, serving
from msgspec import Struct
from sides import MASTER_KEY

import frontdesk_invoice_only
import frontdesk_tax_codes
from frontdesk.hookspecs import hookimpl
from frontdesk.plugins import PluginHost
from frontdesk.testing.remote import FarSide, Fault, remote_backend
from frontdesk_invoice_only.backend import InvoiceOnly
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.provisioning import NewTenant, create_tenant
from frontdesk_tenants.tenancy import Tenancy


class Remote(Struct, frozen=True):
    """A server whose tenants may use a remote backend, and the far side of that."""

    server: ApiServer
    far: FarSide
    plugins: PluginHost


@pytest.fixture(scope="module")
def remote(postgres: PostgresAddresses) -> Iterator[Remote]:
    far = FarSide(InvoiceOnly(InvoiceOnly.Settings()), own_ids=True)

    class Plugin:
        @hookimpl
        def billing_backends(self) -> list[type]:
            return [remote_backend(far)]

    plugins = PluginHost.of(invoice_only=frontdesk_invoice_only, tax_codes=frontdesk_tax_codes, remote=Plugin())
    with serving(postgres, plugins=plugins) as server:
        yield Remote(server, far, plugins)


@pytest.fixture
async def http(remote: Remote, postgres: PostgresAddresses) -> AsyncIterator[httpx.Client]:
    tenancy = Tenancy(postgres.app_url, (MASTER_KEY,), remote.plugins)
    await tenancy.open()
    slug = f"remote-{secrets.token_hex(4)}"
    live, _ = await create_tenant(
        tenancy, NewTenant(slug=slug, name="Remote", currency="eur", backend="remote_fake", plugins=())
    )
    await tenancy.aclose()
    with remote.server.http(live.secret_key.reveal()) as client:
        yield client


def _price(http: httpx.Client) -> str:
    product = made(http.post("/v1/products", data={"name": "Team"}))
    terms = {"product": product, "currency": "eur", "unit_amount": "1200", "recurring[interval]": "month"}
    return made(http.post("/v1/prices", data=terms))


def test_a_subscription_of_a_remote_backend(remote: Remote, http: httpx.Client) -> None:
    price = _price(http)
    customer = made(http.post("/v1/customers", data={"email": "jenny@example.com"}))
    data = {"customer": customer, "items[0][price]": price, "items[0][quantity]": "10"}
    subscription = http.post("/v1/subscriptions", data=data, headers={"Idempotency-Key": "one"}).json()
    again = http.post("/v1/subscriptions", data=data, headers={"Idempotency-Key": "one"})
    assert again.json() == subscription
    assert again.headers["idempotent-replayed"] == "true"
    item = subscription["items"]["data"][0]["id"]
    changed = http.post(
        f"/v1/subscriptions/{subscription['id']}", data={"items[0][id]": item, "items[0][quantity]": "12"}
    ).json()
    assert changed["items"]["data"][0]["quantity"] == 12
    assert [each.act for each in remote.far.effects(customer)] == ["CreateCustomer", "CreateSubscription", "ChangePlan"]


def test_what_is_made_has_the_ids_that_the_backend_gives(remote: Remote, http: httpx.Client) -> None:
    price = _price(http)
    customer = made(http.post("/v1/customers", data={"email": "jenny@example.com", "name": "Jenny"}))
    rate = made(http.post("/v1/tax_rates", data={"display_name": "VAT", "inclusive": "false", "percentage": "19"}))
    http.post("/v1/coupons", data={"id": "autumn", "percent_off": "10", "duration": "forever"})
    code = made(http.post("/v1/promotion_codes", data={"coupon": "autumn", "code": "AUTUMN"}))
    assert all("_far" in each for each in (price, customer, rate, code))
    assert http.get(f"/v1/customers/{customer}").json()["name"] == "Jenny"
    assert [each["id"] for each in http.get("/v1/customers").json()["data"]] == [customer]
    assert http.post(f"/v1/customers/{customer}", data={"name": "Jenny Rosen"}).json()["name"] == "Jenny Rosen"
    terms = {"items[0][price]": price, "items[0][tax_rates][0]": rate, "discounts[0][promotion_code]": code}
    subscription = http.post("/v1/subscriptions", data={"customer": customer, **terms})
    assert subscription.status_code == 200, subscription.text
    assert remote.far.accounts[customer].customer.name == "Jenny Rosen"


def test_a_lost_answer_is_not_asked_for_twice(remote: Remote, http: httpx.Client) -> None:
    price = _price(http)
    customer = made(http.post("/v1/customers", data={"email": "jenny@example.com"}))
    remote.far.script(Fault.ANSWER_LOST)
    data = {"customer": customer, "items[0][price]": price}
    answers = [http.post("/v1/subscriptions", data=data, headers={"Idempotency-Key": "lost"}) for _ in range(3)]
    assert [each.status_code for each in answers] == [503, 503, 503]
    assert len({each.content for each in answers}) == 1
    assert int(answers[0].headers["retry-after"]) > 0
    assert [each.act for each in remote.far.effects(customer)] == ["CreateCustomer", "CreateSubscription"]


def test_a_refusal_leaves_the_key_free(remote: Remote, http: httpx.Client) -> None:
    key = {"Idempotency-Key": "free"}
    assert http.post("/v1/customers", data={"email": "nobody"}, headers=key).status_code == 400
    assert http.post("/v1/customers", data={"email": "jenny@example.com"}, headers=key).status_code == 200

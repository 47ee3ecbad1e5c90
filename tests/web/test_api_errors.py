"""Errors as Stripe's clients know them: status, type, code, parameter and words."""

import base64
import re

import pytest
from api_server import ApiServer, Shop
from sides import Tenant

from frontdesk_tenants import api_keys
from frontdesk_tenants.database import clock
from frontdesk_tenants.tenancy import Tenancy


async def test_keys(api_server: ApiServer, tenant: Tenant) -> None:
    secret = tenant.sandbox.secret_key.reveal()
    foreign_mode = secret.replace("sk_test_", "sk_live_")
    bad = {
        "": "You did not provide an API key.",
        "Bearer": "You did not provide an API key.",
        "Digest abc": "You did not provide an API key.",
        "Basic %%%": "Invalid Basic authentication",
        "Bearer sk_test_nonsense": "Invalid API Key provided: ",
        f"Bearer {secret[:-1]}!": "Invalid API Key provided: ",
        f"Bearer {secret[:-1]}{'a' if secret[-1] != 'a' else 'b'}": "Invalid API Key provided: sk_test_****",
        f"Bearer {foreign_mode}": "Invalid API Key provided: sk_live_****",
    }
    with api_server.http("") as http:
        for header, words in bad.items():
            answer = http.get("/v1/products", headers={"Authorization": header})
            assert answer.status_code == 401, header
            error = answer.json()["error"]
            assert error["type"] == "invalid_request_error"
            assert error["message"].startswith(words)
            assert secret[20:-4] not in answer.text
            assert answer.headers["www-authenticate"].startswith("Bearer")
        user = base64.b64encode(f"{secret}:".encode()).decode()
        for header in (f"Bearer {secret}", f"Basic {user}", f"bearer {secret}"):
            assert http.get("/v1/products", headers={"Authorization": header}).status_code == 200


async def test_a_publishable_key_is_no_secret_key(api_server: ApiServer, tenant: Tenant) -> None:
    with api_server.http(tenant.sandbox.publishable_key) as http:
        answer = http.get("/v1/products")
        assert answer.status_code == 403
        assert answer.json()["error"]["code"] == "secret_key_required"


async def test_a_revoked_key_is_dead_at_once(api_server: ApiServer, tenant: Tenant, tenancy: Tenancy) -> None:
    secret = tenant.sandbox.secret_key.reveal()
    with api_server.http(secret) as http:
        assert http.get("/v1/products").status_code == 200
        async with tenancy.at(tenant.door) as (connection, _):
            key = await api_keys.find(connection, secret)
            assert key is not None
            assert await api_keys.revoke(connection, key.id, await clock(connection))
            assert not await api_keys.revoke(connection, key.id, await clock(connection))
        answer = http.get("/v1/products")
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "api_key_expired"


async def test_no_key_is_in_the_database(shop: Shop, tenancy: Tenancy) -> None:
    async with tenancy.at(shop.tenant.live.door) as (connection, _):
        rows = (await connection.exec_driver_sql("SELECT api_keys::text FROM api_keys")).scalars().all()
    assert rows
    assert not [row for row in rows if shop.key[20:40] in row]


@pytest.mark.parametrize(
    ("method", "path", "data", "status", "code", "param", "message"),
    [
        ("POST", "/v1/products", {}, 400, "parameter_missing", "name", "Missing required param: name."),
        (
            "POST",
            "/v1/products",
            {"name": "T", "foo": "1"},
            400,
            "parameter_unknown",
            "foo",
            "Received unknown parameter: foo",
        ),
        (
            "POST",
            "/v1/products",
            {"name": "T", "a": "1", "b": "2"},
            400,
            "parameter_unknown",
            "a",
            "Received unknown parameters: a, b",
        ),
        (
            "POST",
            "/v1/products",
            {"name": ""},
            400,
            "parameter_invalid_empty",
            "name",
            "You passed an empty string for 'name'.",
        ),
        ("POST", "/v1/products", {"name": "T", "active": "yes"}, 400, None, "active", "Invalid boolean: yes"),
        (
            "POST",
            "/v1/products",
            {"name": "T", "metadata[" + "k" * 41 + "]": "v"},
            400,
            None,
            "metadata",
            "Metadata keys must be at most 40 characters long",
        ),
        (
            "POST",
            "/v1/products",
            {"name": "T", "tax_code": "txcd_1"},
            400,
            "resource_missing",
            "tax_code",
            "No such tax code: 'txcd_1'",
        ),
        (
            "POST",
            "/v1/prices",
            {"currency": "eur", "unit_amount": "1"},
            400,
            "parameter_missing",
            "product",
            "Missing required param: product.",
        ),
        (
            "POST",
            "/v1/prices",
            {"currency": "eur", "unit_amount": "1", "product": "prod_x"},
            400,
            "resource_missing",
            "product",
            "No such product: 'prod_x'",
        ),
        (
            "POST",
            "/v1/prices",
            {"currency": "xyz", "unit_amount": "1", "product": "p"},
            400,
            None,
            "currency",
            "Invalid currency: xyz.",
        ),
        (
            "POST",
            "/v1/prices",
            {"currency": "eur", "unit_amount": "1.5", "product": "p"},
            400,
            "parameter_invalid_integer",
            "unit_amount",
            "Invalid integer: 1.5",
        ),
        (
            "POST",
            "/v1/prices",
            {"currency": "eur", "unit_amount": "9" * 30, "product": "p"},
            400,
            "parameter_invalid_integer",
            "unit_amount",
            "Invalid integer: 999",
        ),
        (
            "POST",
            "/v1/prices",
            {"currency": "isk", "unit_amount": "150", "product": "p"},
            400,
            "parameter_invalid_integer",
            "unit_amount",
            "Invalid integer: amounts in isk must be a multiple of 100.",
        ),
        (
            "POST",
            "/v1/prices",
            {"currency": "eur", "product": "p", "unit_amount": "1", "recurring[interval]": "hour"},
            400,
            None,
            "recurring[interval]",
            "Invalid interval: must be one of day, week, month, or year",
        ),
        (
            "POST",
            "/v1/prices",
            {"currency": "eur", "product": "p", "billing_scheme": "tiered"},
            400,
            None,
            "billing_scheme",
            "Tiered prices are not available yet.",
        ),
        ("POST", "/v1/customers", {"email": "nobody"}, 400, "email_invalid", "email", "Invalid email address: nobody"),
        (
            "POST",
            "/v1/subscriptions",
            {"customer": "cus_x", "items[0][price]": "p"},
            400,
            "resource_missing",
            "customer",
            "No such customer: 'cus_x'",
        ),
        (
            "POST",
            "/v1/subscriptions",
            {"customer": "a", "customer_account": "b", "items[0][price]": "p"},
            400,
            "parameters_exclusive",
            "customer",
            "Received both customer and customer_account parameters.",
        ),
        (
            "POST",
            "/v1/subscriptions",
            {"items[0][price]": "p"},
            400,
            "parameter_missing",
            "customer",
            "Missing required param: customer.",
        ),
        (
            "POST",
            "/v1/billing_portal/sessions",
            {"customer": "cus_x", "flow_data[type]": "subscription_cancel"},
            400,
            None,
            "flow_data",
            "Flows are not available yet.",
        ),
        (
            "POST",
            "/v1/billing_portal/sessions",
            {"customer": "cus_x", "locale": "tlh"},
            400,
            None,
            "locale",
            "Invalid locale: must be one of auto, bg,",
        ),
        ("GET", "/v1/products/prod_x", {}, 404, "resource_missing", "id", "No such product: 'prod_x'"),
        ("GET", "/v1/tax_codes/txcd_x", {}, 404, "resource_missing", "id", "No such tax code: 'txcd_x'"),
        ("DELETE", "/v1/subscriptions/sub_x", {}, 404, "resource_missing", "id", "No such subscription: 'sub_x'"),
        (
            "GET",
            "/v1/products",
            {"limit": "0"},
            400,
            "parameter_invalid_integer",
            "limit",
            "This value must be greater than or equal to 1.",
        ),
        (
            "GET",
            "/v1/products",
            {"limit": "101"},
            400,
            "parameter_invalid_integer",
            "limit",
            "This value must be less than or equal to 100.",
        ),
        (
            "GET",
            "/v1/products",
            {"starting_after": "prod_x"},
            400,
            "resource_missing",
            "starting_after",
            "No such product: 'prod_x'",
        ),
        (
            "GET",
            "/v1/products",
            {"expand[]": "data.nothing.of.the.kind.either"},
            400,
            None,
            None,
            "You cannot expand more than 4 levels",
        ),
        ("GET", "/v1/foo", {}, 404, None, None, "Unrecognized request URL (GET: /v1/foo)."),
        ("DELETE", "/v1/prices", {}, 404, None, None, "Unrecognized request URL (DELETE: /v1/prices)."),
        ("GET", "/v2/core/nothing", {}, 404, None, None, "Unrecognized request URL (GET: /v2/core/nothing)."),
    ],
)
async def test_words(
    shop: Shop,
    method: str,
    path: str,
    data: dict[str, str],
    status: int,
    code: str | None,
    param: str | None,
    message: str,
) -> None:
    with shop.http() as http:
        sent = {"data": data} if method == "POST" else {"params": data}
        answer = http.request(method, path, **sent)  # type: ignore[arg-type]
    error = answer.json()["error"]
    assert (answer.status_code, error["type"]) == (status, "invalid_request_error"), error
    assert error["message"].startswith(message), error
    assert (error.get("code"), error.get("param")) == (code, param), error


async def test_the_envelope_names_our_addresses(shop: Shop) -> None:
    with shop.http() as http:
        answer = http.get("/v1/products/prod_x", headers={"Stripe-Version": "2025-09-30.clover"})
    error = answer.json()["error"]
    assert re.fullmatch(r"req_\w{14}", answer.headers["request-id"])
    assert error["request_log_url"].startswith(shop.server.url + "/dashboard/")
    assert error["request_log_url"].endswith(answer.headers["request-id"])
    assert error["doc_url"].startswith(shop.server.url)
    assert answer.headers["stripe-version"] == "2025-09-30.clover"


async def test_a_version_that_is_none(shop: Shop) -> None:
    with shop.http(**{"Stripe-Version": "tomorrow"}) as http:
        assert http.get("/v1/products").json()["error"]["message"] == "Invalid Stripe API version: tomorrow"


async def test_too_many_requests_in_the_sandbox(api_server: ApiServer, tenant: Tenant) -> None:
    with api_server.http(tenant.sandbox.secret_key.reveal()) as http:
        answers = [http.get("/v1/tax_codes", params={"limit": "1"}) for _ in range(120)]
    refused = [each for each in answers if each.status_code == 429]
    assert refused
    assert {each.status_code for each in answers} == {200, 429}
    assert refused[0].json()["error"]["code"] == "rate_limit"
    assert refused[0].headers["stripe-should-retry"] == "true"

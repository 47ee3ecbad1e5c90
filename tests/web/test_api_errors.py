"""Errors as Stripe's clients know them: status, type, code, parameter and words."""

import base64
import re
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from api_server import ApiServer, Shop, serving
from servers import Databases
from sides import MASTER_KEY, Tenant, new_tenant

import frontdesk
import frontdesk_web.api
from frontdesk.plugins import PluginHost
from frontdesk_tenants import api_keys
from frontdesk_tenants.database import clock
from frontdesk_tenants.database_roles import drop_database
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.api.error_codes import CODES, doc_path


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
            {"currency": "eur", "product": "p", "billing_scheme": "tears"},
            400,
            None,
            "billing_scheme",
            "Invalid billing_scheme: must be one of per_unit or tiered",
        ),
        (
            "POST",
            "/v1/prices",
            {"currency": "eur", "product": "p", "billing_scheme": "tiered", "tiers[0][unit_amount]": "1"},
            400,
            "parameter_missing",
            "tiers[0][up_to]",
            "Missing required param: tiers[0][up_to].",
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


async def test_too_many_requests(fresh_database: Callable[[], PostgresAddresses]) -> None:
    """On a clock that stands still the 26th request of a second is one too many in the sandbox, the 101st live."""
    addresses = fresh_database()
    with psycopg.connect(addresses.owner_url, autocommit=True) as connection:
        connection.execute(
            "CREATE OR REPLACE FUNCTION frontdesk_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE "
            "RETURN timestamptz '2026-06-16 12:00:00+00'"
        )
    tenancy = Tenancy(addresses.app_url, (MASTER_KEY,), PluginHost.load())
    await tenancy.open()
    tenant = await new_tenant(tenancy)
    await tenancy.aclose()
    with serving(addresses) as server:
        for keys, allowed in ((tenant.sandbox, 25), (tenant.live, 100)):
            with server.http(keys.secret_key.reveal()) as http:
                answers = [http.get("/v1/tax_codes", params={"limit": "1"}) for _ in range(allowed + 2)]
            assert [each.status_code for each in answers] == [200] * allowed + [429, 429]
            assert answers[-1].json()["error"]["code"] == "rate_limit"
            assert answers[-1].headers["stripe-should-retry"] == "true"


async def test_every_code_is_explained(shop: Shop) -> None:
    """Codes stand in the API's modules and in core's refusals."""
    folders = (Path(frontdesk.__file__).parent, Path(frontdesk_web.api.__file__).parent)
    written = "".join(source.read_text() for folder in folders for source in folder.glob("*.py"))
    used = set(re.findall(r'(?:api_)?code="([a-z_]+)", (?:param|status)|api_code="([a-z_]+)"', written))
    codes = {code for pair in used for code in pair if code}
    assert codes
    assert codes <= set(CODES)
    with shop.http() as http:
        for code in CODES:
            answer = http.get(doc_path(code))
            assert answer.status_code == 200
            assert answer.text.startswith(code)
        error = http.get("/v1/products/prod_x").json()["error"]
        assert CODES["resource_missing"] in http.get(error["doc_url"]).text
        assert http.get("/docs/error-codes/none").status_code == 404


@pytest.mark.parametrize("header", ["Stripe-Account", "Stripe-Context"])
async def test_no_other_account_can_be_meant(shop: Shop, header: str) -> None:
    """There are no connected accounts. Its own a program may name: dj-stripe, say, always does."""
    with shop.http(**{header: "acct_1"}) as http:
        answer = http.get("/v1/products")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (403, "account_invalid")
    assert "does not have access to account 'acct_1'" in error["message"]
    with shop.http(**{header: "acct_" + shop.tenant.live.door.public_id}) as http:
        assert len(http.get("/v1/products").json()["data"]) == 1


def test_a_dead_database(databases: Databases, fresh_database: Callable[[], PostgresAddresses]) -> None:
    addresses = fresh_database()
    with serving(addresses) as server:
        name = addresses.app_url.partition("?")[0].rpartition("/")[2]
        drop_database(databases.admin_url, name)
        with server.http("sk_test_" + "a" * 44) as http:
            for _ in range(3):
                answer = http.get("/v1/products")
                assert answer.status_code == 503
                assert answer.json()["error"]["type"] == "api_error"
                assert int(answer.headers["retry-after"]) > 0

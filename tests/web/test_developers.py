"""What a tenant's developer finds in the dashboard: keys with permissions, the request log, samples, the reference."""

import json
import re
from datetime import timedelta
from html import unescape

import httpx
import pytest
from hired import Hired, StaffBrowser, hire
from sides import Tenant
from sites import RunningSite
from sqlalchemy import func, select, update

from frontdesk.api_permissions import Area
from frontdesk_tenants.database import clock
from frontdesk_tenants.sweeping import sweep_side
from frontdesk_tenants.tables import api_keys, request_log
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.api.areas import NAMES, area_of
from frontdesk_web.api.router import ENDPOINTS


@pytest.fixture
async def robin(tenancy: Tenancy, tenant: Tenant) -> Hired:
    """The owner."""
    return await hire(tenancy, tenant.live.door)


def browser(running: RunningSite, tenant: Tenant, hired: Hired) -> StaffBrowser:
    return StaffBrowser(running, tenant.live.door, hired.secret)


def new_key(page: str) -> str:
    """The key that a page shows, this once."""
    found = re.search(r'id="new-key"[^>]*value="(\w+)"', page)
    assert found is not None
    return found[1]


def rolling(page: str, key: str) -> str:
    """Where the form posts to that rolls a key."""
    found = re.search(rf"…{key[-4:]}</code>.*?action=\"([^\"]+/roll)\"", page, re.DOTALL)
    assert found is not None
    return found[1]


async def asked(program: httpx.AsyncClient, key: str, method: str, path: str, **given: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}"}
    if method == "GET":
        return await program.get(path, headers=headers, params=given)
    return await program.request(method, path, headers=headers, data=given)


def test_every_endpoint_belongs_to_an_area() -> None:
    for endpoint in ENDPOINTS:
        assert area_of(endpoint.path) in NAMES, endpoint.path
    assert set(NAMES) == set(Area)
    with pytest.raises(LookupError):
        area_of("/v1/unheard_of/{id:str}")


async def test_a_restricted_key_does_what_was_chosen_and_no_more(
    plain_site: RunningSite, tenant: Tenant, robin: Hired
) -> None:
    async with browser(plain_site, tenant, robin) as owner, plain_site.client() as program:
        await owner.get("/keys/new")
        nothing = await owner.post("/keys", kind="restricted", name="Export")
        assert nothing.status_code == 400
        assert "at least one permission" in nothing.text
        chosen = {"area_customer": "read", "area_product": "write", "area_plan": "none"}
        await owner.post("/keys", kind="restricted", name="  Nightly\x00 export ", **chosen)
        key = new_key(owner.html)
        assert key.startswith("rk_live_")
        assert "Nightly export" in owner.html
        assert "Read and write: Products · Read: Customers" in owner.html
        made = await asked(program, key, "POST", "/v1/products", name="Desk")
        assert made.status_code == 200, made.text
        assert (await asked(program, key, "GET", "/v1/customers")).status_code == 200
        assert (await asked(program, key, "GET", "/v1/customers/search", query="name~'abc'")).status_code == 200
        for method, path, permission in (
            ("POST", "/v1/customers", "\"Customers Write\" ('customer_write')"),
            ("GET", "/v1/prices", "\"Prices Read\" ('plan_read')"),
            ("GET", "/v1/account", "\"Account and balance Read\" ('account_read')"),
        ):
            answer = await asked(program, key, method, path)
            assert answer.status_code == 403, answer.text
            message = answer.json()["error"]["message"]
            assert "does not have the required permissions for this endpoint on account 'acct_" in message
            assert f"Enabling {permission} permissions on this key" in message
            assert key not in message


async def test_expanding_asks_for_permission_too(plain_site: RunningSite, tenant: Tenant, robin: Hired) -> None:
    secret = tenant.live.secret_key.reveal()
    async with browser(plain_site, tenant, robin) as owner, plain_site.client() as program:
        await owner.get("/keys/new")
        await owner.post("/keys", kind="restricted", area_customer="read", area_plan="read")
        key = new_key(owner.html)
        await asked(program, secret, "POST", "/v1/customers", email="jenny@example.com")
        product = (await asked(program, secret, "POST", "/v1/products", name="Desk")).json()["id"]
        price = {"product": product, "currency": "eur", "unit_amount": "100"}
        assert (await asked(program, secret, "POST", "/v1/prices", **price)).status_code == 200
        for path, expand in (("/v1/customers", "data.subscriptions"), ("/v1/prices", "data.product")):
            refused = await asked(program, key, "GET", path, **{"expand[]": expand})
            assert refused.status_code == 403, refused.text
            assert (await asked(program, key, "GET", path)).status_code == 200


async def test_a_key_is_rolled_with_an_overlap(
    plain_site: RunningSite, tenancy: Tenancy, tenant: Tenant, robin: Hired
) -> None:
    door = tenant.live.door
    async with browser(plain_site, tenant, robin) as owner, plain_site.client() as program:
        await owner.get("/keys/new")
        await owner.post("/keys", kind="restricted", name="Shop", area_product="read")
        old = new_key(owner.html)
        roll = rolling(owner.html, old)
        await owner.post(roll, overlap="hour")
        new = new_key(owner.html)
        assert new.startswith("rk_live_")
        assert "Ends " in owner.html
        for key in (old, new):
            assert (await asked(program, key, "GET", "/v1/products")).status_code == 200
            assert (await asked(program, key, "GET", "/v1/customers")).status_code == 403
        async with tenancy.database.side(door.tenant_id) as connection:
            over = await clock(connection) - timedelta(seconds=1)
            await connection.execute(
                update(api_keys).where(api_keys.c.last4 == old[-4:], api_keys.c.name == "Shop").values(expires_at=over)
            )
        late = await asked(program, old, "GET", "/v1/products")
        assert (late.status_code, late.json()["error"]["code"]) == (401, "api_key_expired")
        assert (await asked(program, new, "GET", "/v1/products")).status_code == 200
        assert (await owner.post(roll, overlap="now")).status_code == 404, "it has ended"
        await owner.get("/keys")
        assert f"…{old[-4:]}" not in owner.html
        await owner.post(rolling(owner.html, new), overlap="unheard of")
        assert (await asked(program, new, "GET", "/v1/products")).status_code == 401, (
            "without an overlap it ends at once"
        )


async def test_the_log_shows_what_programs_asked(
    plain_site: RunningSite, tenancy: Tenancy, tenant: Tenant, robin: Hired
) -> None:
    secret = tenant.live.secret_key.reveal()
    async with browser(plain_site, tenant, robin) as owner, plain_site.client() as program:
        page = await owner.get("/logs")
        assert "No requests yet" in page.text
        bought = {"Idempotency-Key": "order-17", "Authorization": f"Bearer {secret}", "User-Agent": "Shop/1 <b>"}
        made = await program.post("/v1/customers", headers=bought, data={"name": "Jenny", "metadata[k]": secret})
        await program.get("/v1/customers", headers=bought, params={"limit": "1"})
        refused = await program.post("/v1/customers", headers={**bought, "Idempotency-Key": "18"}, data={"email": "no"})
        session = await asked(program, secret, "POST", "/v1/billing_portal/sessions", customer=made.json()["id"])
        await program.get("/v1/nothing", headers=bought)

        page = await owner.get("/logs")
        assert page.text.count('class="table-link"') == 4
        assert "Shop/1" not in page.text
        assert "email_invalid" in page.text
        only = await owner.get("/logs?show=refused")
        assert only.text.count('class="table-link"') == 1
        assert (await owner.get("/logs?show=failed")).text.count('class="table-link"') == 0
        assert (await owner.get("/logs?q=/v1/billing")).text.count('class="table-link"') == 1
        assert (await owner.get("/logs?q=/v1/%00")).status_code == 200
        exact = await owner.get(f"/logs?q={made.headers['request-id']}")
        assert exact.text.count('class="table-link"') == 1

        # The address in an error leads there.
        url = refused.json()["error"]["request_log_url"]
        detail = await owner.get(url[url.index("/dashboard/") :])
        assert detail.status_code == 200
        assert "<b>" not in detail.text
        for words in ("email_invalid", "Idempotency key", "Shop/1 <b>", "127.0.0.1", '"email": "no'):
            assert words in unescape(detail.text), words
        of_made = await owner.get(f"/logs/{made.headers['request-id']}")
        assert "order-17" in of_made.text
        assert "sk_live_****" in of_made.text
        link = session.json()["url"].rpartition("/")[2]
        of_session = await owner.get(f"/logs/{session.headers['request-id']}")
        assert "/p/session/****" in unescape(of_session.text)
        assert (await owner.get("/logs/req_never")).status_code == 404
        used = await owner.get("/keys")
        assert "Last used" in used.text
    async with tenancy.database.side(tenant.live.door.tenant_id) as connection:
        rows = (await connection.execute(select(request_log))).mappings().all()
        kept = json.dumps([dict(row) for row in rows], default=str)
        assert secret not in kept
        assert link not in kept
        read = next(row for row in rows if row["method"] == "GET")
        assert (read["answered"], read["asked"]) == (None, '{"limit":"1"}')
        long_ago = await clock(connection) - timedelta(days=31)
        await connection.execute(update(request_log).where(request_log.c.method == "GET").values(at=long_ago))
    # Its own side alone: other tests have left hundreds.
    await sweep_side(tenancy, tenant.live.door.tenant_id)
    async with tenancy.database.side(tenant.live.door.tenant_id) as connection:
        assert await connection.scalar(select(func.count()).select_from(request_log)) == 3


async def test_where_developers_begin(plain_site: RunningSite, tenancy: Tenancy, tenant: Tenant, robin: Hired) -> None:
    secret = tenant.live.secret_key.reveal()
    async with browser(plain_site, tenant, robin) as owner, plain_site.client() as program:
        page = await owner.get("/developers")
        assert "Once you have a customer" in page.text
        customer = (await asked(program, secret, "POST", "/v1/customers", email="jenny@example.com")).json()["id"]
        product = (await asked(program, secret, "POST", "/v1/products", name="Desk")).json()["id"]
        terms = {"product": product, "currency": "eur", "unit_amount": "100", "recurring[interval]": "month"}
        price = (await asked(program, secret, "POST", "/v1/prices", **terms)).json()["id"]
        page = await owner.get("/developers")
        shown = f"sk_live_{tenant.live.door.public_id}…"
        for words in (customer, price, shown, "stripe.StripeClient", "new Stripe(", "curl http"):
            assert words in unescape(page.text), words
        assert secret not in page.text
        reference = await owner.get("/developers/reference")
        assert "/v1/customers/{customer}" in unescape(reference.text)
        for area in re.findall(r"\?area=(\w+)", reference.text):
            assert (await owner.get(f"/developers/reference?area={area}")).status_code == 200
        assert (await owner.get("/developers/reference?area=%00")).status_code == 200
        plans = unescape((await owner.get("/developers/reference?area=subscription")).text)
        for words in (
            "object-subscription_item",
            "cancellation_details.feedback_option",
            "trial_settings.end_behavior",
        ):
            assert words in plans, words

"""A suspended tenant, as its programs meet it: they read, and are told clearly why they change nothing."""

import asyncio
import re

import httpx
import pytest
import stripe
from api_server import ApiServer, Shop
from click.testing import CliRunner, Result
from hurry import patiently
from sides import MASTER_KEY, Tenant
from stripe_openapi import faults

from frontdesk.desk import Actor
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.suspending import lift, suspend
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.api.router import ENDPOINTS
from frontdesk_web.command_line import cli

OPERATOR = Actor(kind="staff", id="opr_1")


async def test_the_api_reads_and_refuses_every_unsafe_call(api_server: ApiServer, shop: Shop, tenancy: Tenancy) -> None:
    customer = shop.customer()
    tenant = shop.tenant
    await suspend(tenancy, (tenant.live.door, tenant.sandbox.door), "Fraud", OPERATOR)
    unsafe = [each for each in ENDPOINTS if each.method != "GET"]
    assert unsafe
    for key in (tenant.live.secret_key.reveal(), tenant.sandbox.secret_key.reveal()):
        with api_server.http(key) as http:
            for each in unsafe:
                path = re.sub(r"{\w+:str}", customer, each.path)
                body = {"json": {}} if each.body == "json" else {}
                answer = patiently(http, each.method, path, **body)
                if each.while_suspended:
                    assert answer.status_code != 403
                    continue
                assert answer.status_code == 403, path
                error = answer.json()["error"]
                assert (error["type"], error["code"]) == ("invalid_request_error", "account_suspended")
                assert error["message"].startswith("This account is suspended")
                assert "doc_url" in error
                assert "request_log_url" in error
                assert faults(each.method, path, 403, answer.json()) == []
            assert patiently(http, "GET", f"/v1/customers/{customer}").status_code in (200, 404)
            assert patiently(http, "GET", "/v1/invoices").status_code == 200


async def test_only_the_way_in_for_customers_stays_open() -> None:
    assert [each.path for each in ENDPOINTS if each.while_suspended] == ["/v1/billing_portal/sessions"]


async def test_the_sdk_knows_the_error(api_server: ApiServer, shop: Shop, tenancy: Tenancy) -> None:
    tenant = shop.tenant
    await suspend(tenancy, (tenant.live.door, tenant.sandbox.door), "Fraud", OPERATOR)
    client = api_server.sdk(shop.key)
    with pytest.raises(stripe.PermissionError) as refused:
        client.v1.customers.create({"email": "late@example.com"})
    assert refused.value.json_body["error"]["code"] == "account_suspended"


async def test_a_session_made_by_the_api_leads_to_the_suspended_portal(
    api_server: ApiServer, shop: Shop, tenancy: Tenancy
) -> None:
    customer = shop.customer()
    tenant = shop.tenant
    await suspend(tenancy, (tenant.live.door, tenant.sandbox.door), "Fraud", OPERATOR)
    with shop.http() as http:
        session = http.post("/v1/billing_portal/sessions", data={"customer": customer})
        assert session.status_code == 200
        async with httpx.AsyncClient(trust_env=False, follow_redirects=True) as browser:
            page = await browser.get(session.json()["url"])
    assert page.status_code == 200


async def test_the_same_request_is_good_once_it_is_lifted(shop: Shop, tenancy: Tenancy) -> None:
    tenant = shop.tenant
    both = (tenant.live.door, tenant.sandbox.door)
    await suspend(tenancy, both, "Fraud", OPERATOR)
    with shop.http(**{"Idempotency-Key": "once"}) as http:
        assert http.post("/v1/customers", data={"email": "a@example.com"}).status_code == 403
        await lift(tenancy, both, "", OPERATOR)
        answer = http.post("/v1/customers", data={"email": "a@example.com"})
        assert answer.status_code == 200
        assert "idempotent-replayed" not in answer.headers


async def test_the_command_line_suspends_and_lifts(
    tenancy: Tenancy, tenant: Tenant, postgres: PostgresAddresses
) -> None:
    environment = {
        "DATABASE_URL": postgres.app_url,
        "FRONTDESK_BASE_URL": "https://billing.example.com",
        "FRONTDESK_MASTER_KEY": MASTER_KEY.reveal(),
    }

    async def run(*words: str) -> Result:
        return await asyncio.to_thread(CliRunner(env=environment).invoke, cli, ["tenants", *words])

    async def suspended() -> list[bool]:
        states = []
        for door in (tenant.live.door, tenant.sandbox.door):
            async with tenancy.at(door) as (_, side):
                states.append(side.suspended)
        return states

    assert (await run("suspend", tenant.slug)).exit_code != 0, "without a reason"
    assert (await run("suspend", tenant.slug, "--reason", "The bill of October is open.")).exit_code == 0
    assert await suspended() == [True, True]
    assert "already" in str((await run("suspend", tenant.slug, "--reason", "again")).exception)
    assert (await run("lift", tenant.slug)).exit_code == 0
    assert await suspended() == [False, False]
    assert (await run("lift", "nobody")).exit_code != 0

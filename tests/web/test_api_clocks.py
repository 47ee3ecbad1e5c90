"""Test clocks through the API: a customer's months pass in moments, and everything due on the way happens in order."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import stripe
from api_server import ApiServer, made
from sides import Tenant, new_tenant
from stripe_openapi import CheckedClient, faults

from frontdesk_tenants import clock_walks
from frontdesk_tenants.book_checks import faults_of
from frontdesk_tenants.tenancy import Tenancy

ALL = "/v1/test_helpers/test_clocks"


def unix(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp())  # type: ignore[misc, arg-type]


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


def sent(http: httpx.Client, method: str, path: str, **data: Any) -> httpx.Response:
    return http.request(method, path, data=data)


def error(answer: httpx.Response, status: int = 400) -> dict[str, str]:
    assert answer.status_code == status, answer.text
    return answer.json()["error"]  # type: ignore[no-any-return]


async def walked(tenancy: Tenancy, tenant: Tenant, clock: str) -> None:
    """What the worker does."""
    await clock_walks.walk(tenancy, tenant.door.tenant_id, clock)


def story(v1: Any, frozen: int) -> tuple[Any, Any, Any]:
    clock = v1.test_helpers.test_clocks.create({"frozen_time": frozen, "name": "Four months"})
    customer = v1.customers.create({"email": "jenny@example.com", "test_clock": clock.id})
    product = v1.products.create({"name": "Team"})
    price = v1.prices.create(
        {"product": product.id, "currency": "eur", "unit_amount": 1200, "recurring": {"interval": "month"}}
    )
    subscription = v1.subscriptions.create({"customer": customer.id, "items": [{"price": price.id}]})
    return clock, customer, subscription


async def test_four_months_through_the_official_sdk(api_server: ApiServer, tenancy: Tenancy, tenant: Tenant) -> None:
    checked = CheckedClient()
    key = tenant.sandbox.secret_key.reveal()
    v1: Any = stripe.StripeClient(key, base_addresses={"api": api_server.url}, http_client=checked).v1
    start = unix(2027, 1, 31, 9, 30)
    clock, customer, subscription = await asyncio.to_thread(story, v1, start)
    assert (clock.status, clock.frozen_time, customer.created, subscription.start_date) == ("ready", *[start] * 3)
    target = unix(2027, 4, 30, 9, 30)
    moving = await asyncio.to_thread(v1.test_helpers.test_clocks.advance, clock.id, {"frozen_time": target})
    assert moving.status == "advancing"
    assert moving.status_details.advancing.target_frozen_time == target
    with pytest.raises(stripe.RateLimitError, match="Test clock advancement underway - cannot perform modifications"):
        await asyncio.to_thread(v1.customers.update, customer.id, {"name": "Jenny"}, {"max_network_retries": 0})
    await walked(tenancy, tenant, clock.id)
    clock = await asyncio.to_thread(v1.test_helpers.test_clocks.retrieve, clock.id)
    assert (clock.status, clock.frozen_time, clock.status_details.to_dict()) == ("ready", target, {})
    billed = (await asyncio.to_thread(v1.invoices.list, {"customer": customer.id})).data
    # The last day of each month, as the subscription began on one.
    days = [(1, 31), (2, 28), (3, 31), (4, 30)]
    assert [each.created for each in reversed(billed)] == [unix(2027, month, day, 9, 30) for month, day in days]
    assert [int(each.number.rpartition("-")[2]) for each in reversed(billed)] == [1, 2, 3, 4]
    assert {each.test_clock for each in billed} == {clock.id}
    asking = {"expand": ["test_clock", "subscriptions.data.test_clock"]}
    shown = await asyncio.to_thread(v1.customers.retrieve, customer.id, asking)
    assert shown.test_clock.frozen_time == shown.subscriptions.data[0].test_clock.frozen_time == target
    gone = await asyncio.to_thread(v1.test_helpers.test_clocks.delete, clock.id)
    assert gone.deleted
    assert (await asyncio.to_thread(v1.customers.retrieve, customer.id)).deleted
    assert (await asyncio.to_thread(v1.subscriptions.retrieve, subscription.id)).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError, match=f"No such test clock: '{clock.id}'"):
        await asyncio.to_thread(v1.test_helpers.test_clocks.retrieve, clock.id)


def used_story(v1: Any, frozen: int) -> tuple[Any, Any]:
    """A plan with a fee and with what is billed by use, after a trial."""
    clock = v1.test_helpers.test_clocks.create({"frozen_time": frozen})
    customer = v1.customers.create({"email": "jenny@example.com", "test_clock": clock.id})
    counted: Any = {"display_name": "Calls", "event_name": "calls", "default_aggregation": {"formula": "sum"}}
    meter = v1.billing.meters.create(counted)
    month = {"currency": "eur", "recurring": {"interval": "month"}, "product_data": {"name": "API"}}
    by_use = month | {"unit_amount": 3, "recurring": {"interval": "month", "usage_type": "metered", "meter": meter.id}}
    items = [{"price": v1.prices.create(each).id} for each in (month | {"unit_amount": 2000}, by_use)]
    asked = {"customer": customer.id, "items": items, "trial_period_days": 7}
    v1.subscriptions.create(asked)
    return clock, customer


async def test_what_is_billed_by_use_renews_month_after_month(
    api_server: ApiServer, tenancy: Tenancy, tenant: Tenant
) -> None:
    v1: Any = api_server.sdk(tenant.sandbox.secret_key.reveal()).v1
    start = unix(2027, 1, 1, 9)
    clock, customer = await asyncio.to_thread(used_story, v1, start)
    for target in (unix(2027, 1, 20), unix(2027, 3, 20), unix(2027, 4, 20)):
        used = {"event_name": "calls", "payload": {"stripe_customer_id": customer.id, "value": "100"}}
        await asyncio.to_thread(v1.billing.meter_events.create, used)
        await asyncio.to_thread(v1.test_helpers.test_clocks.advance, clock.id, {"frozen_time": target})
        await walked(tenancy, tenant, clock.id)
        assert (await asyncio.to_thread(v1.test_helpers.test_clocks.retrieve, clock.id)).status == "ready"
    billed = (await asyncio.to_thread(v1.invoices.list, {"customer": customer.id})).data
    # What was used in a trial is free; what is used later is billed as its month ends, beside the next month's fee.
    assert [each.total for each in reversed(billed)] == [0, 2000, 2300, 2000, 2300]
    async with tenancy.at(tenant.sandbox.door) as (connection, _):
        assert await faults_of(connection) == []


def test_lists_name_whose_customers_are_on_clocks(http: httpx.Client) -> None:
    clock = asked(http, "POST", ALL, frozen_time=unix(2027, 1, 1))["id"]
    other = asked(http, "POST", ALL, frozen_time=unix(2020, 1, 1))["id"]
    assert [each["id"] for each in asked(http, "GET", ALL)["data"]] == [other, clock]
    assert [each["id"] for each in asked(http, "GET", ALL, starting_after=other)["data"]] == [clock]
    on_it = made(http.post("/v1/customers", data={"test_clock": clock}))
    real = made(http.post("/v1/customers"))
    product = made(http.post("/v1/products", data={"name": "Team"}))
    terms = {"currency": "eur", "unit_amount": "1200", "recurring[interval]": "month"}
    price = made(http.post("/v1/prices", data={"product": product, **terms}))
    first, second = [
        made(http.post("/v1/subscriptions", data={"customer": each, "items[0][price]": price}))
        for each in (on_it, real)
    ]

    def listed(path: str, **query: str) -> list[str]:
        return [each["id"] for each in asked(http, "GET", path, **query)["data"]]

    assert listed("/v1/customers") == [real]
    assert listed("/v1/customers", test_clock=clock) == [on_it]
    assert listed("/v1/customers", test_clock=other) == listed("/v1/customers", test_clock="clock_none") == []
    assert listed("/v1/subscriptions") == [second]
    assert listed("/v1/subscriptions", test_clock=clock) == listed("/v1/subscriptions", customer=on_it) == [first]


def test_accounts_of_the_second_version_too(http: httpx.Client) -> None:
    clock = asked(http, "POST", ALL, frozen_time=unix(2027, 1, 1))["id"]
    on_it = {"configuration": {"customer": {"test_clock": clock}}}
    include = {"include": ["configuration.customer"]}
    account = http.post("/v2/core/accounts", json={"contact_email": "jenny@example.com", **on_it, **include}).json()
    assert account["configuration"]["customer"]["test_clock"] == clock
    assert account["created"] == "2027-01-01T00:00:00.000Z"
    later = error(http.post(f"/v2/core/accounts/{account['id']}", json=on_it))
    assert later["message"] == "An account is put on a test clock when it is created."


async def test_only_forward_and_not_too_far(http: httpx.Client, tenancy: Tenancy, tenant: Tenant) -> None:
    clock = asked(http, "POST", ALL, frozen_time=unix(2027, 1, 1))["id"]
    one = f"{ALL}/{clock}"
    for time in (unix(2026, 12, 31), unix(2027, 1, 1), unix(2029, 1, 1) + 1):
        assert error(sent(http, "POST", one + "/advance", frozen_time=time))["param"] == "frozen_time"
    assert error(sent(http, "POST", one + "/advance"))["code"] == "parameter_missing"
    for time in (unix(1999, 12, 31), 4_102_444_800, 253_402_300_799):
        assert error(sent(http, "POST", ALL, frozen_time=time))["param"] == "frozen_time"
    assert asked(http, "POST", one + "/advance", frozen_time=unix(2029, 1, 1))["status"] == "advancing"
    underway = f"Test clock advancement underway - cannot perform modifications: {clock}"
    for answer in (
        sent(http, "POST", one + "/advance", frozen_time=unix(2029, 1, 2)),
        sent(http, "POST", "/v1/customers", test_clock=clock),
        sent(http, "DELETE", one),
    ):
        assert error(answer, 429)["message"] == underway
    await walked(tenancy, tenant, clock)
    assert asked(http, "GET", one)["frozen_time"] == unix(2029, 1, 1)
    assert "not available yet" in error(sent(http, "POST", ALL, frozen_time=1, customer="cus_1"))["message"]


async def test_clocks_are_for_sandboxes_and_each_is_of_one(
    http: httpx.Client, api_server: ApiServer, tenancy: Tenancy, tenant: Tenant
) -> None:
    clock = asked(http, "POST", ALL, frozen_time=unix(2027, 1, 1))["id"]
    advance = {"frozen_time": str(unix(2027, 2, 1))}
    with api_server.http(tenant.live.secret_key.reveal()) as live:
        for answer in (
            live.post(ALL, data=advance),
            live.get(ALL),
            live.get(f"{ALL}/{clock}"),
            live.post(f"{ALL}/{clock}/advance", data=advance),
            live.delete(f"{ALL}/{clock}"),
            live.post("/v1/customers", data={"test_clock": clock}),
        ):
            only = "This endpoint is only available in testmode. Try using your test keys instead."
            assert error(answer)["message"] == only
        assert live.get("/v1/customers", params={"test_clock": clock}).json()["data"] == []
    with api_server.http((await new_tenant(tenancy)).sandbox.secret_key.reveal()) as foreign:
        for answer in (
            foreign.get(f"{ALL}/{clock}"),
            foreign.post(f"{ALL}/{clock}/advance", data=advance),
            foreign.delete(f"{ALL}/{clock}"),
        ):
            assert error(answer, 404)["message"] == f"No such test clock: '{clock}'"
        refused = error(foreign.post("/v1/customers", data={"test_clock": clock}))
        assert (refused["code"], refused["param"]) == ("resource_missing", "test_clock")
        assert foreign.get(ALL).json()["data"] == []
    assert asked(http, "GET", f"{ALL}/{clock}")["status"] == "ready"

"""dj-stripe, which we did not write, runs against the sandbox: only its `STRIPE_API_HOST` is ours.

It fetches what there is into its own tables, sells, verifies our webhooks and follows them; and what lies in its tables
is what we hold. Its version and all that it needs are pinned in `tests/integrations/dj_stripe.txt`.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from api_server import made
from foreign_environment import ForeignProgram, installed
from hurry import Hurried
from sides import new_tenant
from sites import RunningSite
from stripe_openapi import faults
from watched_api import watching
from webhook_world import told, webhook_site

from frontdesk_tenants.embedded import PostgresAddresses

HERE = Path(__file__).parents[1] / "integrations"
KINDS = {
    "Product": "products",
    "Price": "prices",
    "Coupon": "coupons",
    "Customer": "customers",
    "Subscription": "subscriptions",
    "SubscriptionSchedule": "subscription_schedules",
    "Invoice": "invoices",
    "PaymentIntent": "payment_intents",
    "Charge": "charges",
    "Refund": "refunds",
    "SubscriptionItem": None,
    "PaymentMethod": None,
}
"""Its tables, and where all that belongs into them is listed."""


async def test_it_stores_what_we_hold(
    fresh_database: Callable[[], PostgresAddresses],
    site_at: Callable[..., RunningSite],
    valkey_url: str,
    tmp_path: Path,
) -> None:
    addresses = fresh_database()
    running = site_at(addresses, valkey_url, plain_http=True, loopback_servers=True)
    folder = await asyncio.to_thread(installed, HERE / "dj_stripe.txt")
    async with webhook_site(addresses) as site:
        key = (await new_tenant(site.tenancy)).sandbox.secret_key.reveal()
        shop = {"KEY": key, "DATABASE": str(tmp_path / "shop.sqlite")}
        headers = {"Authorization": f"Bearer {key}"}
        with (
            Hurried(base_url=running.url, headers=headers, timeout=20, trust_env=False) as http,
            watching(running.url) as watched,
            ForeignProgram(HERE / "dj_stripe_shop.py", folder, HOST=watched.url, **shop) as program,
        ):

            async def ask(*order: str) -> Any:
                return await asyncio.to_thread(program.ask, *order)

            monthly, yearly = await asyncio.to_thread(_furnish, http)
            await ask("listen")
            await ask("sync", "Account", *KINDS)
            await _compare(http, ask)

            sold = await ask("subscribe", "jenny@example.com", monthly)
            assert await ask("change_plan", sold, yearly) == yearly
            later = await asyncio.to_thread(_change, http)
            await told(site)
            assert later in await ask("stored", "Product")
            await _compare(http, ask)

            assert await ask("refund", sold) == "succeeded"
            assert await ask("cancel", sold) == "canceled"
            await told(site)
            went = await ask("calls")
            assert went["bad"] == []
            assert {"product.created", "customer.subscription.deleted", "invoice.paid", "charge.refunded"} <= set(
                went["good"]
            )
            await _compare(http, ask)
    assert {each.status for each in watched.exchanges} == {200}
    wrong = [(each.path, faults(each.method, each.path, each.status, each.body)) for each in watched.exchanges]
    assert [each for each in wrong if each[1]] == []


def _furnish(http: httpx.Client) -> tuple[str, str]:
    """What lies in the sandbox before dj-stripe comes: a product with two prices and a customer that pays by card."""
    product = made(http.post("/v1/products", data={"name": "Team", "unit_label": "seat"}))
    terms = {"product": product, "currency": "eur"}
    monthly = made(http.post("/v1/prices", data=terms | {"unit_amount": "1200", "recurring[interval]": "month"}))
    yearly = made(http.post("/v1/prices", data=terms | {"unit_amount": "12000", "recurring[interval]": "year"}))
    coupon = made(http.post("/v1/coupons", data={"percent_off": "50", "duration": "once"}))
    card = {"payment_method": "pm_card_visa", "invoice_settings[default_payment_method]": "pm_card_visa"}
    customer = made(http.post("/v1/customers", data={"email": "kim@example.com", **card}))
    sale = {"customer": customer, "items[0][price]": monthly, "discounts[0][coupon]": coupon}
    sold = made(http.post("/v1/subscriptions", data=sale))
    made(http.post("/v1/subscription_schedules", data={"from_subscription": sold}))
    return monthly, yearly


def _change(http: httpx.Client) -> str:
    """What happens on our side, of which webhooks tell. Returns a product that is new."""
    customer = http.get("/v1/customers", params={"email": "kim@example.com"}).json()["data"][0]["id"]
    made(http.post(f"/v1/customers/{customer}", data={"name": "Kim Lee", "metadata[seats]": "3"}))
    return made(http.post("/v1/products", data={"name": "Made later"}))


async def _compare(http: httpx.Client, ask: Callable[..., Any]) -> None:
    """What lies in dj-stripe's tables is what we hold, and belongs to whom it does with us."""
    for kind, path in KINDS.items():
        theirs = await ask("stored", kind)
        ours = await asyncio.to_thread(_held, http, path or f"/v1/{kind}")
        assert {id_: _folded(each, ours.get(id_)) for id_, each in theirs.items()} == ours, kind
        owned = {id_: each["customer"] for id_, each in ours.items() if each.get("customer")}
        if owned:
            assert await ask("owners", kind) == owned


def _held(http: httpx.Client, path: str) -> dict[str, Any]:
    """Everything that there is, by id."""
    if path == "/v1/SubscriptionItem":
        subscriptions = _held(http, "subscriptions")
        return {each["id"]: each for one in subscriptions.values() for each in one["items"]["data"]}
    if path == "/v1/PaymentMethod":
        lists = [http.get(f"/v1/customers/{each}/payment_methods").json() for each in _held(http, "customers")]
        return {each["id"]: each for one in lists for each in one["data"]}
    query = {"limit": "100"} | ({"status": "all"} if path == "subscriptions" else {})
    return {each["id"]: each for each in http.get(f"/v1/{path}", params=query).json()["data"]}


def _folded(theirs: Any, ours: Any) -> Any:
    """What it stored, with ids in place of what it had expanded, and without what only is there when asked for."""
    if isinstance(theirs, dict) and isinstance(ours, str):
        return theirs["id"]
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return {name: _folded(each, ours[name]) for name, each in theirs.items() if name in ours}
    if isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        return [_folded(one, other) for one, other in zip(theirs, ours, strict=True)]
    return theirs

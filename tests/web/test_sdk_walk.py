"""The official SDKs walk through every resource that is served: in Python, waiting or not, and in Node.

Every answer on the way is held to Stripe's document and to ours. What only a story can tell is in `test_api_sdk_story`.
"""

import asyncio
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec
import pytest
import stripe
from api_server import ApiServer
from documented import undocumented
from node_runtime import run_node
from sdk_table import steps
from sdk_walk import walk, walk_async
from sides import Tenant
from stripe_openapi import faults
from watched_api import Exchange, Watched, watching

from frontdesk_web.api.documented_answers import open_path
from frontdesk_web.api.router import ENDPOINTS

NODE_SDK = "stripe@23.1.0"
NODE_WALK = Path(__file__).parents[1] / "sdk_walk.mjs"
NOT_CALLED = frozenset(
    {
        # No SDK has a method for them.
        "GET /v1/billing_portal/permissions",
        "DELETE /v1/billing_portal/configurations/{configuration}",
        "GET /v1/frontdesk/invoices/{invoice}/payments",
        "POST /v1/frontdesk/invoices/{invoice}/payments/{payment}/reverse",
        "GET /v1/customers/{customer}/discount",
        "GET /v1/files/{file}/contents",
        # They are where lists within an object go on: `test_api_stripe_starters` pages through them.
        "GET /v1/customers/{customer}/subscriptions",
        "GET /v1/charges/{charge}/refunds",
        # Its method has another name in each SDK: `test_api_invoices` calls it.
        "GET /v1/credit_notes/preview/lines",
        # It is always refused.
        "POST /v1/refunds/{refund}/cancel",
        # It is for customers that were given a coupon before parameters for that were taken away.
        "DELETE /v1/customers/{customer}/discount",
    }
)
NEWER = re.compile("/v1/billing/feedback_options.*|/v1/subscriptions/[^/]+/pause")
"""What the SDKs know and Stripe's document of that day does not."""


@pytest.fixture
def watched(api_server: ApiServer) -> Iterator[Watched]:
    with watching(api_server.url) as proxy:
        yield proxy


def sdk(watched: Watched, tenant: Tenant) -> stripe.StripeClient:
    client = stripe.HTTPXClient(allow_sync_methods=True, verify_ssl_certs=False)
    key = tenant.sandbox.secret_key.reveal()
    return stripe.StripeClient(
        key, base_addresses={"api": watched.url, "files": watched.url}, http_client=client, max_network_retries=0
    )


@cache
def endpoints() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    paths = sorted(((each.method, open_path(each.path)) for each in ENDPOINTS), key=lambda each: each[1].count("{"))
    return tuple((method, path, re.compile(re.sub(r"{\w+}", "[^/]+", path))) for method, path in paths)


def endpoint_of(exchange: Exchange) -> str:
    """`GET /v1/products/{id}`, say."""
    return next(
        f"{method} {path}"
        for method, path, pattern in endpoints()
        if method == exchange.method and pattern.fullmatch(exchange.path)
    )


def judged(exchanges: list[Exchange]) -> None:
    """Every answer on the way is as Stripe's document and ours say, and all that is served was asked."""
    for each in exchanges:
        known = each.path.startswith("/v1/") and not NEWER.fullmatch(each.path)
        judge = faults if known else undocumented
        wrong = judge(each.method, each.path, each.status, each.body)
        assert wrong == [], (each.method, each.path)
    called = {endpoint_of(each) for each in exchanges}
    served = {f"{method} {path}" for method, path, _ in endpoints()}
    assert called == served - NOT_CALLED


async def test_waiting(watched: Watched, tenant: Tenant) -> None:
    await asyncio.to_thread(walk, sdk(watched, tenant), steps())
    judged(watched.exchanges)


async def test_not_waiting(watched: Watched, tenant: Tenant) -> None:
    await walk_async(sdk(watched, tenant), steps())
    judged(watched.exchanges)


async def test_in_node(watched: Watched, tenant: Tenant) -> None:
    asked = {
        "HOST": "127.0.0.1",
        "PORT": str(watched.port),
        "KEY": tenant.sandbox.secret_key.reveal(),
        "STEPS": msgspec.json.encode(steps()).decode(),
    }
    await asyncio.to_thread(run_node, NODE_WALK.read_text(), (NODE_SDK,), **asked)
    judged(watched.exchanges)

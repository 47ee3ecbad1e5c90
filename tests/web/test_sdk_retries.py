"""What gets lost on the way is sent again by the SDKs themselves, with its idempotency key, and has one effect."""

import asyncio
from collections import Counter
from urllib.parse import parse_qs

import pytest
import stripe
from api_server import ApiServer
from node_runtime import run_node
from sides import Tenant
from watched_api import Spoiled, Watched, watching

FAULTS = {
    "cut-after": Spoiled(),
    "cut-before": Spoiled(late=False),
    "500-after": Spoiled(status=500),
    "503-before": Spoiled(status=503, late=False),
    "429-before": Spoiled(status=429, late=False, headers=(("Retry-After", "0"), ("Stripe-Should-Retry", "true"))),
}
"""What happens to the first answer: its effect is there already, or not."""
NODE = """
import Stripe from "stripe";
import { strict as assert } from "node:assert";
const { HOST, PORT, KEY, NAMES } = process.env;
const stripe = new Stripe(KEY, { host: HOST, port: PORT, protocol: "http", telemetry: false, maxNetworkRetries: 2 });
const made = await Promise.all(NAMES.split(" ").map((name) => stripe.customers.create({ name })));
console.log(made.map((each) => each.id).join(" "));
// What waits for the answers that were lost would wait for longer than a minute.
process.exit(0);
"""


class Bad(Counter[str]):
    """Spoils the first answer about each customer by its name."""

    def __call__(self, method: str, path: str, body: bytes) -> Spoiled | None:
        name = parse_qs(body.decode()).get("name", [""])[0]
        self[name] += 1
        return FAULTS.get(name) if self[name] == 1 else None


def once_each(watched: Watched, tried: Bad, ids: list[str]) -> None:
    """Each was asked twice, with one key, and is there once."""
    assert tried == dict.fromkeys(FAULTS, 2)
    keys = Counter(each.key for each in watched.exchanges)
    assert None not in keys
    assert len(keys) == len(FAULTS)
    assert sorted(keys.values()) == [1, 1, 1, 2, 2]
    assert {each.status for each in watched.exchanges} == {200}
    assert {each.body["id"] for each in watched.exchanges} == set(ids)
    listed = watched.upstream.get("/v1/customers", params={"limit": 100}).json()["data"]
    assert {each["name"]: each["id"] for each in listed} == dict(zip(FAULTS, ids, strict=True))
    assert len(listed) == len(FAULTS)


@pytest.mark.parametrize("language", ["python", "node"])
async def test_sent_again_with_one_effect(api_server: ApiServer, tenant: Tenant, language: str) -> None:
    key, tried = tenant.sandbox.secret_key.reveal(), Bad()
    with watching(api_server.url) as watched:
        watched.spoils = tried
        watched.upstream.headers["Authorization"] = f"Bearer {key}"
        if language == "python":
            client = stripe.HTTPXClient(verify_ssl_certs=False)
            sdk = stripe.StripeClient(
                key, base_addresses={"api": watched.url}, http_client=client, max_network_retries=2
            )
            made = await asyncio.gather(*(sdk.v1.customers.create_async({"name": each}) for each in FAULTS))
            ids = [each.id for each in made]
        else:
            place = {"HOST": "127.0.0.1", "PORT": str(watched.port), "KEY": key, "NAMES": " ".join(FAULTS)}
            ids = (await asyncio.to_thread(run_node, NODE, ("stripe@23.1.0",), **place)).split()
        once_each(watched, tried, ids)

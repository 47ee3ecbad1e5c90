"""Events and webhooks: what happens is told to whoever wants it, signed, at least once, and to nobody else."""

import asyncio
import itertools
import json
import sys
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
import stripe
from api_server import ApiServer, made
from hired import hire
from inside_addresses import ADDRESSES_INSIDE, NAMES_OF_THIS_MACHINE
from msgspec import Struct
from node_runtime import run_node
from sides import Tenant, clock_of, new_tenant
from sign_in_world import Mailbox
from sites import RunningSite
from sqlalchemy import delete, func, select, text
from stripe_openapi import object_faults
from webhook_world import Receiver, receiving, told, webhook_site

from frontdesk.desk import Actor
from frontdesk.errors import Misconfigured
from frontdesk.webhook_endpoints import WebhookEndpoint
from frontdesk_tenants import webhook_calls, webhook_endpoints, webhook_record
from frontdesk_tenants.database import clock
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.outside import Outside
from frontdesk_tenants.tables import untold, webhooks_due
from frontdesk_web.letters.webhook_given_up import tell_owners
from frontdesk_web.site import Site

NODE_SDK = "stripe@23.1.0"
SWITCHED_OFF = "A webhook endpoint of {} is switched off"
STAFF = Actor(kind="staff", id="stf_1")
ALL = "/v1/webhook_endpoints"


class World(Struct, frozen=True, kw_only=True):
    """A database of one test with a tenant, the API in front of it, and a process that works on it."""

    addresses: PostgresAddresses
    running: RunningSite
    site: Site
    tenant: Tenant
    receiver: Receiver

    def http(self, tenant: Tenant | None = None) -> httpx.Client:
        key = (tenant or self.tenant).sandbox.secret_key.reveal()
        return httpx.Client(
            base_url=self.running.url, headers={"Authorization": f"Bearer {key}"}, timeout=20, trust_env=False
        )

    def endpoint(self, *types: str, url: str | None = None, tenant: Tenant | None = None) -> dict[str, Any]:
        """A new endpoint with its secret."""
        with self.http(tenant) as http:
            asked = {"url": url or self.receiver.url, "enabled_events[]": list(types or ("*",))}
            answer = http.post(ALL, data=asked)
        assert answer.status_code == 200, answer.text
        return answer.json()  # type: ignore[no-any-return]

    def products(self, count: int, tenant: Tenant | None = None) -> None:
        """Let as many things happen."""
        with self.http(tenant) as http:
            for number in range(count):
                made(http.post("/v1/products", data={"name": f"Product {number}"}))

    def listed(self, tenant: Tenant | None = None, **query: Any) -> list[dict[str, Any]]:
        with self.http(tenant) as http:
            answer = http.get("/v1/events", params={"limit": 100, **query})
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]  # type: ignore[no-any-return]

    async def waiting(self) -> int:
        """What is still to be told."""
        async with self.site.tenancy.database.unscoped() as connection:
            counts = [
                await connection.scalar(select(func.count()).select_from(each)) for each in (untold, webhooks_due)
            ]
        return sum(each or 0 for each in counts)


@pytest.fixture
async def world(
    fresh_database: Callable[[], PostgresAddresses], site_at: Callable[..., RunningSite], mailbox: Mailbox
) -> AsyncIterator[World]:
    addresses = fresh_database()
    running = site_at(addresses, plain_http=True, loopback_servers=True)
    async with webhook_site(addresses, smtp_port=mailbox.port) as site, receiving() as receiver:
        tenant = await new_tenant(site.tenancy)
        yield World(addresses=addresses, running=running, site=site, tenant=tenant, receiver=receiver)


NODE = """
import Stripe from "stripe";
const { BODY, HEADER, SECRETS } = process.env;
const stripe = new Stripe("sk_test_x");
const types = SECRETS.split(" ").map((secret) => stripe.webhooks.constructEvent(BODY, HEADER, secret).type);
let refused = 0;
try { stripe.webhooks.constructEvent(BODY, HEADER, "whsec_other"); } catch { refused += 1; }
console.log(JSON.stringify({ types, refused }));
"""


def a_life(v1: Any) -> str:
    """A customer comes, pays, and leaves; returns the subscription's id."""
    product = v1.products.create({"name": "Team", "unit_label": "seat"})
    price = v1.prices.create(
        {"product": product.id, "currency": "eur", "unit_amount": 1200, "recurring": {"interval": "month"}}
    )
    v1.coupons.create({"id": "half", "percent_off": 50, "duration": "forever"})
    customer = v1.customers.create({"email": "jenny@example.com", "metadata": {"plan": "team"}})
    v1.customers.tax_ids.create(customer.id, {"type": "eu_vat", "value": "DE123456789"})
    subscription = v1.subscriptions.create(
        {"customer": customer.id, "items": [{"price": price.id, "quantity": 2}], "discounts": [{"coupon": "half"}]}
    )
    v1.invoices.pay(subscription.latest_invoice, {"paid_out_of_band": True})
    v1.customers.update(customer.id, {"name": "Jenny", "metadata": {"plan": "all"}}, {"idempotency_key": "the-key"})
    v1.billing_portal.sessions.create({"customer": customer.id})
    v1.subscriptions.cancel(subscription.id)
    return str(subscription.id)


async def test_a_life_is_told_in_events_that_both_libraries_take(world: World) -> None:
    client = stripe.HTTPXClient(allow_sync_methods=True)
    key = world.tenant.sandbox.secret_key.reveal()
    v1: Any = stripe.StripeClient(key, base_addresses={"api": world.running.url}, http_client=client).v1
    before = await asyncio.to_thread(v1.products.create, {"name": "Nobody listens yet"})
    endpoint = await asyncio.to_thread(
        v1.webhook_endpoints.create,
        {"url": world.receiver.url, "enabled_events": ["*"], "api_version": stripe.api_version},
    )
    assert object_faults("webhook_endpoint", endpoint.to_dict()) == []
    subscription = await asyncio.to_thread(a_life, v1)
    await told(world.site)
    assert await world.waiting() == 0

    calls = {each.event["id"]: each for each in world.receiver.calls}
    assert len(calls) == len(world.receiver.calls)
    for call in calls.values():
        event = stripe.Webhook.construct_event(call.body, call.headers["stripe-signature"], endpoint.secret)
        assert object_faults("event", call.event) == []
        assert (event.livemode, event.api_version) == (False, stripe.api_version)
        schema = call.event["data"]["object"]["object"]
        assert object_faults(schema, call.event["data"]["object"]) == [], call.event["type"]
    assert set(world.receiver.types) == {
        *("product.created", "price.created", "coupon.created", "customer.created", "customer.tax_id.created"),
        *("customer.subscription.created", "customer.discount.created", "invoice.created", "invoice.finalized"),
        *("invoice.sent", "invoice.updated", "invoice.paid", "invoice.payment_succeeded", "customer.updated"),
        *("billing_portal.session.created", "customer.subscription.deleted", "customer.subscription.updated"),
    } - {each for each in ("customer.subscription.updated",) if each not in world.receiver.types}

    (change,) = [each for each in calls.values() if "previous_attributes" in each.event["data"]
                 and each.event["data"]["previous_attributes"].get("name", "") is None]  # fmt: skip
    assert change.event["data"]["previous_attributes"] == {"metadata": {"plan": "team"}, "name": None}
    assert change.event["data"]["object"]["metadata"] == {"plan": "all"}
    assert change.event["request"]["idempotency_key"] == "the-key"
    assert change.event["request"]["id"].startswith("req_")
    (session,) = [each for each in calls.values() if each.event["type"] == "billing_portal.session.created"]
    assert "/session/" not in session.event["data"]["object"]["url"]
    (ended,) = [each for each in calls.values() if each.event["type"] == "customer.subscription.deleted"]
    assert (ended.event["data"]["object"]["id"], ended.event["data"]["object"]["status"]) == (subscription, "canceled")

    # The list has them too, and what happened before anybody listened.
    events = await asyncio.to_thread(lambda: list(v1.events.list({"limit": 5}).auto_paging_iter()))
    assert {each.id for each in events} > set(calls)
    assert events[-1].data.object.id == before.id
    assert [each.id for each in events] == sorted((each.id for each in events), key=[e.id for e in events].index)
    as_told = {**change.event, "pending_webhooks": 0}
    shown = (await asyncio.to_thread(v1.events.retrieve, change.event["id"])).to_dict()
    assert shown == as_told | {"api_version": "2026-05-27.dahlia"}
    of_invoices = await asyncio.to_thread(v1.events.list, {"type": "invoice.*", "limit": 100})
    assert {each.type.partition(".")[0] for each in of_invoices.data} == {"invoice"}
    two = await asyncio.to_thread(v1.events.list, {"types": ["coupon.created", "price.created"]})
    assert {each.type for each in two.data} == {"coupon.created", "price.created"}
    assert (await asyncio.to_thread(v1.events.list, {"delivery_success": False})).data == []

    # A secret that is rolled signs beside the new one; Node's library takes both.
    async with world.site.tenancy.database.side(world.tenant.door.tenant_id) as connection:
        stored = await webhook_endpoints.find(connection, endpoint.id)
        assert stored is not None
        new = await webhook_endpoints.roll(
            connection, world.site.tenancy.vault, world.tenant.door, stored, timedelta(hours=24),
            actor=STAFF, now=await clock(connection),
        )  # fmt: skip
        await webhook_record.replay(
            connection, world.tenant.door, endpoint.id, [change.event["id"]], await clock(connection), actor=STAFF
        )
    await told(world.site)
    again = world.receiver.calls[-1]
    assert {**again.event, "pending_webhooks": 0} == as_told
    printed = await asyncio.to_thread(
        run_node, NODE, (NODE_SDK,),
        BODY=again.body.decode(), HEADER=again.headers["stripe-signature"], SECRETS=f"{endpoint.secret} {new.reveal()}",
    )  # fmt: skip
    assert json.loads(printed) == {"types": ["customer.updated"] * 2, "refused": 1}


async def test_an_endpoint_that_was_down_for_a_day_gets_everything_and_one_that_is_gone_is_given_up(
    world: World, mailbox: Mailbox
) -> None:
    move = clock_of(world.addresses)
    endpoint = world.endpoint("product.created")
    await world.receiver.down()
    world.products(12)
    for hour in range(24):
        move(timedelta(hours=hour))
        await told(world.site)
    assert world.receiver.calls == []
    world.products(3)
    await told(world.site)
    pending = {each["pending_webhooks"] for each in world.listed(type="product.created")}
    assert pending == {1}
    await world.receiver.up()
    move(timedelta(hours=24))
    await told(world.site)
    assert len(world.receiver.ids) == 15
    assert {each["id"] for each in world.listed(type="product.created")} == world.receiver.ids
    assert world.listed(delivery_success="false") == []
    assert await world.waiting() == 0

    # Three days are too long: it is switched off, and its owners are told.
    world.receiver.calls.clear()
    world.receiver.status = 500
    world.products(2)
    for hours in range(24, 104, 8):
        move(timedelta(hours=hours))
        await told(world.site)
    with world.http() as http:
        one = f"{ALL}/{endpoint['id']}"
        assert http.get(one).json()["status"] == "disabled"
        async with world.site.tenancy.database.unscoped() as connection:
            job = text("SELECT args FROM procrastinate_jobs WHERE task_name = :name")
            ((args,),) = (await connection.execute(job, {"name": webhook_calls.TELL_OWNERS})).all()
        assert endpoint["id"] in str(args)
        owner = await hire(world.site.tenancy, world.tenant.live.door)
        mailbox.messages.clear()
        await tell_owners(world.site, world.tenant.door.tenant_id, endpoint["id"])
        (letter,) = mailbox.messages
        assert (letter["To"], letter["Subject"]) == (
            owner.person.address,
            SWITCHED_OFF.format(world.tenant.slug.title()),
        )
        assert f"/webhooks/{endpoint['id']}" in letter.get_body(("plain",)).get_content()
        # What happens meanwhile is not told, and can be asked for once the endpoint is on again.
        world.products(1)
        await told(world.site)
        world.receiver.status = 200
        assert http.post(one, data={"disabled": "false"}).json()["status"] == "enabled"
    await told(world.site)
    assert world.receiver.calls == []
    async with world.site.tenancy.database.side(world.tenant.door.tenant_id) as connection:
        now = await clock(connection)
        since = now - timedelta(hours=84)
        replayed = await webhook_record.replay_since(
            connection, world.tenant.door, endpoint["id"], since, now, failed_only=True, actor=STAFF
        )
    assert replayed == 2
    await told(world.site)
    assert len(world.receiver.ids) == 2


DYING = (
    "after webhook_calls.spread",
    "before webhook_calls.due_calls",
    "after webhook_calls.due_calls",
    "after calling._call_once",
    "before webhook_calls.keep_outcomes",
    "after webhook_calls.keep_outcomes",
)
"""Where a worker is killed: before it has told an endpoint, while it calls, and before it has written down that it did,
each within the transaction and outside."""
WORKING = """
import asyncio, os, signal, sys
sys.path.insert(0, sys.argv[1])
from datetime import timedelta
from sides import MASTER_KEY
from frontdesk_tenants import webhook_calls
from frontdesk_tenants.worker_loop import Pace
from frontdesk_web.config import Config
from frontdesk_web.site import Site
from frontdesk_web.webhooks import calling
from frontdesk_web.worker import run_worker

webhook_calls.LEASE = timedelta(seconds=0.5)
config = Config(database_url=sys.argv[2], base_url="https://b.example.com", master_keys=(MASTER_KEY,),
                loopback_servers=True)

def work():
    asyncio.run(run_worker(Site(config), Pace(webhooks=0.05, renewals=60)))

def die(when, module, name):
    kept = getattr(module, name)
    async def act(*given):
        if when == "after":
            await kept(*given)
        os.kill(os.getpid(), signal.SIGKILL)
    setattr(module, name, act)
    work()

for place in sys.argv[3:]:
    when, _, name = place.partition(" ")
    module, _, name = name.partition(".")
    child = os.fork()
    if not child:
        die(when, {"webhook_calls": webhook_calls, "calling": calling}[module], name)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    print(place, flush=True)
work()
"""


async def test_workers_that_are_killed_lose_nothing(world: World) -> None:
    """kill -9 at every point of telling. Each worker is followed by another; the last one may live."""
    world.endpoint("product.created")
    await asyncio.to_thread(world.products, 24)
    arguments = ("-c", WORKING, str(Path(__file__).parents[1]), world.addresses.app_url, *DYING)
    worker = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=asyncio.subprocess.PIPE)
    # Each of them takes a second of a processor to start, and a busy machine has few of those.
    async with asyncio.timeout(300):
        while await world.waiting():  # noqa: ASYNC110 - the database sets no event of ours
            await asyncio.sleep(0.05)
    worker.terminate()
    printed, _ = await worker.communicate()
    assert printed.decode().splitlines() == list(DYING)
    assert {each["id"] for each in world.listed(type="product.created")} == world.receiver.ids
    assert len(world.receiver.ids) == 24


HOSTILE = [
    *(f"{scheme}://{host}" for scheme in ("http", "https") for host in NAMES_OF_THIS_MACHINE),
    *(f"https://[{each}]" if ":" in each else f"https://{each}" for each in ADDRESSES_INSIDE),
]


async def test_hostile_addresses_reach_no_trap_and_tenants_hear_of_their_own_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused when they are given, or else when they are called: the same trap catches whoever may call it."""
    assert len(HOSTILE) >= 60
    trap, port = world.receiver, world.receiver.port
    monkeypatch.setattr("frontdesk.public_addresses.PORTS", (443, 8443, port))
    async with webhook_site(world.addresses, loopback=False) as site:
        async with site.outside.client() as client:
            for address in HOSTILE:
                with pytest.raises((Misconfigured, httpx2.InvalidURL)):
                    await client.post(f"{address}:{port}/", content=b"{}")
        # Names that lead inside are taken when they are given, and found out when they are called.
        places = itertools.cycle(ADDRESSES_INSIDE)

        async def resolve(host: str, port: int) -> list[str]:
            return [next(places)]

        site.__dict__["outside"] = Outside(resolve=resolve)
        door = world.tenant.door
        async with site.tenancy.database.side(door.tenant_id) as connection:
            hidden = WebhookEndpoint(
                id="we_hidden",
                url=f"https://hooks.example.com:{port}/",
                types=("*",),
                created=await clock(connection),
            )
            await webhook_endpoints.create(connection, site.tenancy.vault, door, hidden, actor=STAFF)
        world.products(3)
        await told(site)
        async with site.tenancy.database.side(door.tenant_id) as connection:
            found = (await webhook_record.deliveries(connection, hidden.id)).items
            tries = [
                each for one in found for each in await webhook_record.attempts(connection, hidden.id, one.happening)
            ]
    assert {each.state for each in found} == {"waiting"}
    assert tries
    assert all("no server on the public internet" in each.answer for each in tries)
    assert trap.calls == []

    await hear_of_their_own_alone(world)


async def hear_of_their_own_alone(world: World) -> None:
    """Two tenants with an endpoint each: none is told of the other's, nor finds it."""
    async with world.site.tenancy.database.unscoped() as connection:
        # What waits for the hidden endpoint is its own affair.
        await connection.execute(delete(webhooks_due))
    other = await new_tenant(world.site.tenancy)
    ours = world.endpoint()
    async with receiving() as theirs:
        their_endpoint = world.endpoint(url=theirs.url, tenant=other)
        world.products(2)
        world.products(3, other)
        await told(world.site)
        assert (len(world.receiver.calls), len(theirs.calls)) == (2, 3)
        assert not world.receiver.ids & theirs.ids
        with world.http(other) as http:
            foreign = next(iter(world.receiver.ids))
            for path in (f"/v1/events/{foreign}", f"{ALL}/{ours['id']}"):
                assert http.get(path).status_code == 404
            for answer in (
                http.post(f"{ALL}/{ours['id']}", data={"disabled": "true"}),
                http.delete(f"{ALL}/{ours['id']}"),
            ):
                assert answer.status_code == 404
            assert http.get("/v1/events", params={"starting_after": foreign}).status_code == 400
            assert {each["id"] for each in http.get("/v1/events").json()["data"]} == theirs.ids
            assert [each["id"] for each in http.get(ALL).json()["data"]] == [their_endpoint["id"]]


async def test_what_cannot_be_an_endpoint_is_refused_in_a_sentence(api_server: ApiServer, tenant: Tenant) -> None:
    good = {"url": "https://hooks.example.com/", "enabled_events[]": "*"}

    def refused(data: dict[str, Any]) -> tuple[str, str, str]:
        answer = http.post(ALL, data=data)
        assert answer.status_code == 400, answer.text
        error = answer.json()["error"]
        return error.get("code", ""), error.get("param", ""), error["message"]

    with api_server.http(tenant.live.secret_key.reveal()) as http:
        assert refused({"enabled_events[]": "*"}) == ("parameter_missing", "url", "Missing required param: url.")
        assert refused({"url": good["url"]})[:2] == ("parameter_missing", "enabled_events")
        assert refused(good | {"url": "http://example.com/"})[:2] == ("url_invalid", "url")
        assert refused(good | {"url": "https://10.0.0.1/"})[0] == "url_invalid"
        assert refused(good | {"enabled_events[]": "invoice.eaten"})[1] == "enabled_events[0]"
        assert "2026-05-27.dahlia" in refused(good | {"api_version": "2024-06-20"})[2]
        assert "Invalid Stripe API version" in refused(good | {"api_version": "latest"})[2]
        assert "not available yet" in refused(good | {"connect": "true"})[2]
        named = http.post(
            ALL, data=good | {"description": "Ours", "metadata[a]": "1", "enabled_events[]": "payout.paid"}
        )
        one = f"{ALL}/{made(named)}"
        assert named.json()["secret"].startswith("whsec_")
        shown = http.get(one).json()
        assert "secret" not in shown
        assert (shown["description"], shown["metadata"], shown["enabled_events"]) == (
            "Ours",
            {"a": "1"},
            ["payout.paid"],
        )
        changed = http.post(one, data={"description": "", "metadata[a]": "", "disabled": "true"}).json()
        assert (changed["description"], changed["metadata"], changed["status"]) == (None, {}, "disabled")
        for _ in range(15):
            made(http.post(ALL, data=good))
        assert refused(good)[2] == "You have reached the maximum of 16 live webhook endpoints."
        assert http.delete(one).json() == {"id": one.rpartition("/")[2], "object": "webhook_endpoint", "deleted": True}
        assert http.get(one).status_code == 404
        for query in ({"type": "a", "types[]": "b"}, {"types[]": "invoice.*"}):
            assert http.get("/v1/events", params=query).status_code == 400
        assert http.get("/v1/events", params={"type": "nothing.known"}).json()["data"] == []
        assert http.get("/v1/events/evt_none").json()["error"]["message"] == "No such event: 'evt_none'"

"""The Stripe that plays for the plugin in tests: it keeps what it is told, lives on a time of its own, goes wrong as
scripted, and whatever is said with it is held to Stripe's document."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from api_server import ApiServer, made
from peer_stripe import ANSWER_LOST, FAILS, REFUSED, Fault, Peer, peer_at, slow, too_many
from stripe_requests import nested, request_faults

from frontdesk.testing.play import sample_terms
from frontdesk_tenants.tenancy import Tenancy

START = datetime(2026, 1, 31, 12, 30, 15, tzinfo=UTC)


@pytest.fixture
async def peer(tenancy: Tenancy, api_server: ApiServer) -> AsyncIterator[Peer]:
    async with peer_at(tenancy, api_server.url) as one:
        await one.sell(sample_terms("eur", START))
        yield one
        one.all_as_scripted()


@pytest.fixture
async def http(peer: Peer) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {peer.key}"}
    async with httpx.AsyncClient(
        base_url=peer.url, headers=headers, trust_env=False, verify=False, timeout=30
    ) as client:
        yield client


async def test_its_customers_live_on_its_time(peer: Peer, http: httpx.AsyncClient) -> None:
    await peer.begin_at(START)
    customer = made(await http.post("/v1/customers", data={"name": "Jenny"}))
    asked = {"customer": customer, "items[0][price]": "basic", "items[0][quantity]": "2", "days_until_due": "30"}
    subscription = await http.post("/v1/subscriptions", data=asked | {"collection_method": "send_invoice"})
    assert subscription.json()["created"] == START.timestamp()
    await peer.time_is(customer, START + timedelta(days=70))
    billed = (await http.get("/v1/invoices", params={"customer": customer})).json()["data"]
    assert [each["total"] for each in billed] == [2000, 2000, 2000]
    assert len(peer.effects("/v1/subscriptions")) == 1


async def test_it_goes_wrong_as_scripted(peer: Peer, http: httpx.AsyncClient) -> None:
    peer.script(
        Fault("POST", "/v1/customers", ANSWER_LOST),
        Fault("POST", "/v1/customers", REFUSED),
        Fault("POST", "/v1/customers", FAILS),
        Fault("POST", "/v1/customers", too_many(7)),
        Fault("POST", "/v1/customers", slow(0.01)),
    )
    for key in ("one", "two"):
        with pytest.raises(httpx.TransportError):
            await http.post("/v1/customers", data={"name": "Jenny"}, headers={"Idempotency-Key": key})
    assert len(peer.effects()) == 1
    one = {"Idempotency-Key": "one"}
    answers = [await http.post("/v1/customers", data={"name": "Jenny"}, headers=one) for _ in range(3)]
    assert [each.status_code for each in answers] == [500, 429, 200]
    assert answers[1].headers["retry-after"] == "7"
    assert len(peer.effects()) == 1
    with peer.away(), pytest.raises(httpx.TransportError):
        await http.get("/v1/customers")


def test_what_no_request_to_stripe_may_say_is_found() -> None:
    assert request_faults("POST", "/v1/subscriptions/sub_1", sent="items[0][id]=si_1&items[0][quantity]=3") == []
    assert request_faults("POST", "/v1/subscriptions/sub_1", sent="cancel_at=1700000000&metadata[a]=1") == []
    assert request_faults("POST", "/v1/subscriptions/sub_1", sent="items[0][quantity]=many") != []
    assert request_faults("POST", "/v1/subscriptions/sub_1", sent="items[0][colour]=red") != []
    assert request_faults("GET", "/v1/subscriptions", query="customer=cus_1&expand[]=data.schedule") == []
    assert request_faults("GET", "/v1/subscriptions", query="colour=red") != []
    assert request_faults("POST", "/v1/subscriptions/sub_1/rest") != []
    assert nested([("a[b][0]", "1"), ("a[b][1]", "2"), ("c[]", "3"), ("c[]", "4")]) == {
        "a": {"b": {"0": "1", "1": "2"}},
        "c": {"0": "3", "1": "4"},
    }

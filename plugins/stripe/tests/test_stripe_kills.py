"""kill -9 at every edge of an act on a Stripe account, and of who settles it: one effect an intent (trust.md §E5)."""

import itertools
import secrets
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from killed_worker import settle, workers_on
from msgspec.structs import replace
from peer_stripe import Peer
from sides import MASTER_KEY
from sqlalchemy import select

from frontdesk.book import Account
from frontdesk.desk import Actor
from frontdesk.plugins import PluginHost
from frontdesk_tenants import book, mirrors, provisioning
from frontdesk_tenants.directory import Door
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.enabling import enable
from frontdesk_tenants.mirror_work import mirror_some
from frontdesk_tenants.tables import intents
from frontdesk_tenants.tenancy import Tenancy

STAFF = Actor(kind="staff", id="stf_1")
EVERY = 8
"""Of how many edges a test takes one; so many tests take them all."""
pytestmark = pytest.mark.long


@pytest.fixture
def at_the_peer(peer: Peer) -> Iterator[None]:
    """The operator says where Stripe is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FRONTDESK_STRIPE_API", peer.url)
        yield


@pytest.fixture
async def house(postgres: PostgresAddresses, at_the_peer: None) -> AsyncIterator[Tenancy]:
    opened = Tenancy(postgres.app_url, (MASTER_KEY,), PluginHost.load())
    await opened.open()
    yield opened
    await opened.aclose()


async def at_stripe_already(peer: Peer) -> str:
    """A customer with two seats, who is billed by card."""
    headers = {"Authorization": f"Bearer {peer.key}"}
    async with httpx.AsyncClient(base_url=peer.url, headers=headers, trust_env=False, verify=False, timeout=30) as http:
        made = await http.post("/v1/customers", data={"name": "Ashford & Lane"})
        customer = str(made.json()["id"])
        await peer.attach(customer)
        items = {"items[0][price]": "basic", "items[0][quantity]": "2", "customer": customer}
        (await http.post("/v1/subscriptions", data=items)).raise_for_status()
    return customer


async def connected(house: Tenancy, peer: Peer) -> Door:
    """A tenant with all that the account has in its book."""
    new = provisioning.NewTenant(
        slug=f"killed-{secrets.token_hex(4)}", name="Northbeam", currency="eur", backend="stripe"
    )
    _, sandbox = await provisioning.create_tenant(house, new)
    await enable(house, sandbox.door, "stripe", {"api_key": peer.key}, STAFF)
    await mirrors.connect_side(house, sandbox.door, base_url="https://pay.example.com", actor=STAFF)
    while await mirror_some(house, only=sandbox.door.tenant_id):
        continue
    return sandbox.door


async def account_of(house: Tenancy, door: Door, customer: str) -> Account:
    """The account but for versions."""
    async with house.database.side(door.tenant_id) as connection:
        found = await book.read_account(connection, customer)
    assert found is not None
    return replace(
        found,
        version=1,
        customer=replace(found.customer, version=1),
        subscriptions=tuple(replace(each, version=1) for each in found.subscriptions),
        invoices=tuple(replace(each, version=1) for each in found.invoices),
    )


@pytest.mark.parametrize("first", range(1, EVERY + 1))
async def test_an_act_at_stripe_is_killed_at_every_edge(
    peer: Peer, house: Tenancy, postgres: PostgresAddresses, first: int
) -> None:
    customer = await at_stripe_already(peer)
    door = await connected(house, peer)
    already = len(peer.effects("/v1/subscriptions/"))
    async with workers_on(postgres.app_url) as workers:
        for edge in itertools.count(first, EVERY):
            killed = await workers.killed(edge, door.tenant_id, "seats", customer, str(100 + edge))
            for again in (edge, edge // 2):
                await workers.killed(again, door.tenant_id, "settle")
            await settle(house, door.tenant_id)
            async with house.database.side(door.tenant_id) as connection:
                states = list(await connection.scalars(select(intents.c.state)))
            assert set(states) <= {"done"}, edge
            assert len(peer.effects("/v1/subscriptions/")) - already == len(states), edge
            if not killed:
                assert edge > 30
                break
    assert (await account_of(house, door, customer)).subscriptions[0].items[0].quantity == 100 + edge
    anew = await connected(house, peer)
    assert await account_of(house, anew, customer) == await account_of(house, door, customer)

"""One served peer for all tests of the plugin that ask one."""

from collections.abc import AsyncIterator, Iterator

import pytest
from api_server import ApiServer, serving
from peer_stripe import Peer, peer_at
from stripe_play import START

from frontdesk.testing.play import sample_terms
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.tenancy import Tenancy


@pytest.fixture(scope="session")
def peer_server(postgres: PostgresAddresses, valkey_url: str) -> Iterator[ApiServer]:
    """The application that plays Stripe."""
    with serving(postgres, valkey_url) as server:
        yield server


@pytest.fixture(scope="module")
async def peer(tenancy: Tenancy, peer_server: ApiServer) -> AsyncIterator[Peer]:
    """An account there that sells what the plays buy. All that is said with it is as Stripe's document has it."""
    async with peer_at(tenancy, peer_server.url) as one:
        await one.sell(sample_terms("eur", START))
        yield one
        one.all_as_scripted()

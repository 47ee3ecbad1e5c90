"""The contract of billing backends, kept over a Stripe that keeps what it is told."""

from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import httpx
import pytest
from api_server import ApiServer, serving
from peer_stripe import Peer, peer_at

from frontdesk.billing import Capability, Request
from frontdesk.changes import Changes
from frontdesk.commands import CreateCustomer, PayInvoice
from frontdesk.secret import Secret
from frontdesk.testing import BillingBackendContract
from frontdesk.testing.acts import Act
from frontdesk.testing.play import Play, sample_terms
from frontdesk_stripe.backend import StripeBackend, StripeSettings
from frontdesk_stripe.connection import World
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.tenancy import Tenancy

START = datetime(2026, 1, 31, 12, 30, 15, tzinfo=UTC)


class PlayTime:
    """The time of a play, a moment later whenever somebody looks."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        self.now += timedelta(microseconds=1)
        return self.now

    def is_at_least(self, instant: datetime) -> None:
        """Go on to an instant."""
        self.now = max(self.now, instant)


class OnPlayTime(StripeBackend):
    """The plugin, before a peer whose customers live on the time of the play."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.time = PlayTime()
        super().__init__(
            StripeSettings(api_key=Secret(peer.key)), address=peer.url, world=World(now=self.time, sleep=at_once)
        )

    async def carry_out(self, request: Request) -> Changes:
        await self._time_is(request)
        return await super().carry_out(request)

    async def quote(self, request: Request) -> Changes:
        await self._time_is(request)
        return await super().quote(request)

    async def _time_is(self, request: Request) -> None:
        self.time.is_at_least(request.now)
        if isinstance(request.command, CreateCustomer):
            await self.peer.begin_at(request.now)
        elif request.account is not None:
            await self.peer.time_is(request.account.customer.id, request.now)


async def at_once(seconds: float) -> None:
    return


@pytest.fixture(scope="module")
def peer_server(postgres: PostgresAddresses, valkey_url: str) -> Iterator[ApiServer]:
    with serving(postgres, valkey_url) as server:
        yield server


@pytest.fixture(scope="module")
async def peer(tenancy: Tenancy, peer_server: ApiServer) -> AsyncIterator[Peer]:
    async with peer_at(tenancy, peer_server.url) as one:
        await one.sell(sample_terms("eur", START))
        yield one
        one.all_as_scripted()


class TestStripe(BillingBackendContract):
    """The contract, with some of the acts and of what is claimed: each asks the peer a hundred times."""

    peer: ClassVar[Peer]
    tried: ClassVar[frozenset[str] | None] = frozenset({"upgrade", "cancel now"})
    needed: ClassVar[frozenset[Capability] | None] = frozenset(
        {Capability.PUT_OFF, Capability.DISCOUNTS, Capability.START_AGAIN, Capability.CANCEL_AT, Capability.TRIALS}
    )

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def _with_peer(cls, peer: Peer) -> None:
        cls.peer = peer

    async def give_method(self, play: Play) -> None:
        """As a customer does on Stripe's own page."""
        headers = {"Authorization": f"Bearer {self.peer.key}"}
        async with httpx.AsyncClient(base_url=self.peer.url, headers=headers, trust_env=False, verify=False) as http:
            path = "/v1/payment_methods/pm_card_visa/attach"
            method = (await http.post(path, data={"customer": play.customer})).json()["id"]
            chosen = {"invoice_settings[default_payment_method]": method}
            await http.post(f"/v1/customers/{play.customer}", data=chosen)
        play.write(await play.backend.refresh(play.customer))

    async def _at_work(self, name: str) -> Play:
        """Paid: the peer sets credit against what is unpaid first, where Stripe puts it on the balance."""
        play = await super()._at_work(name)
        if name in ("fewer at once", "cancel now"):
            await play.do(PayInvoice(invoice=play.book.invoices[0].id))
        return play

    def make_backend(self) -> StripeBackend:
        return OnPlayTime(self.peer)

    def acts(self) -> dict[str, Act]:
        return {name: act for name, act in super().acts().items() if self.tried is None or name in self.tried}

    def claimed(self) -> Iterable[Capability]:
        return super().claimed() if self.needed is None else self.needed


@pytest.mark.long
class TestStripeInFull(TestStripe):
    """The same with everything."""

    tried = None
    needed = None

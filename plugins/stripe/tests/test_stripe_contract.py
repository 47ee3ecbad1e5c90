"""The contract of billing backends, kept over a Stripe that keeps what it is told."""

from collections.abc import Iterable
from typing import ClassVar

import pytest
from peer_stripe import Peer
from stripe_play import OnPlayTime

from frontdesk.billing import Capability
from frontdesk.commands import PayInvoice
from frontdesk.testing import BillingBackendContract
from frontdesk.testing.acts import Act
from frontdesk.testing.play import Play
from frontdesk_stripe.backend import StripeBackend


class TestStripe(BillingBackendContract):
    """The contract, with some of the acts and of what is claimed: each asks the peer a hundred times."""

    peer: ClassVar[Peer]
    tried: ClassVar[frozenset[str] | None] = frozenset({"upgrade at once"})
    needed: ClassVar[frozenset[Capability] | None] = frozenset({Capability.PUT_OFF})

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def _with_peer(cls, peer: Peer) -> None:
        cls.peer = peer

    async def give_method(self, play: Play) -> None:
        """As a customer does on Stripe's own page."""
        await self.peer.attach(play.customer)
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

"""The Stripe plugin before the peer, on the time of a play: what a test moves on, the peer's customers move on too."""

from datetime import UTC, datetime, timedelta

from peer_stripe import Peer

from frontdesk.billing import Request
from frontdesk.changes import Changes
from frontdesk.commands import CreateCustomer
from frontdesk.secret import Secret
from frontdesk_stripe.backend import StripeBackend, StripeSettings
from frontdesk_stripe.connection import World

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

    def __init__(self, peer: Peer, time: PlayTime | None = None) -> None:
        self.peer = peer
        self.time = time or PlayTime()
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

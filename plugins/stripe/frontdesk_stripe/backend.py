"""The backend as the desk sees it: each question goes to the module that is named after it."""

import httpx2
from msgspec import Struct

from frontdesk.billing import BillingBackend, Capabilities, Request
from frontdesk.changes import Changes
from frontdesk.errors import NotSupported
from frontdesk.secret import Secret
from frontdesk_stripe.connection import Connection, World
from frontdesk_stripe.refreshing import refreshed
from frontdesk_stripe.remembering import Memory


class StripeSettings(Struct, frozen=True):
    """The key alone: whose account it is, and the endpoint that hears of it, are found out."""

    api_key: Secret


CAN = Capabilities(
    remote=True,
    can=frozenset(),
    collection_methods=("charge_automatically", "send_invoice"),
)
"""What the commands that are written can do, and no more."""


class StripeBackend(BillingBackend[StripeSettings]):
    """A Stripe account. It keeps what it knows at Stripe; the book mirrors it."""

    name = "stripe"
    title = "Stripe"
    Settings = StripeSettings
    capabilities = CAN

    def __init__(
        self,
        settings: StripeSettings,
        *,
        transport: httpx2.AsyncBaseTransport | None = None,
        address: str | None = None,
        world: World = World(),
    ) -> None:
        super().__init__(settings)
        self.stripe = Connection(settings.api_key, transport=transport, address=address, world=world)
        self._memory = Memory(self.stripe)

    async def carry_out(self, request: Request) -> Changes:
        """See `BillingBackend.carry_out`."""
        raise NotSupported(type(request.command).__name__)

    async def quote(self, request: Request) -> Changes:
        """See `BillingBackend.quote`."""
        raise NotSupported(type(request.command).__name__)

    async def refresh(self, customer: str) -> Changes:
        """See `BillingBackend.refresh`."""
        return await refreshed(self.stripe, self._memory, customer)

    async def aclose(self) -> None:
        """Let go of connections."""
        await self.stripe.aclose()

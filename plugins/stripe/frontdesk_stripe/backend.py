"""The backend as the desk sees it: each question goes to the module that is named after it.

Those are loaded with the first question, as Stripe's SDK is: a process of which no tenant is on Stripe stays a megabyte
smaller.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from frontdesk.billing import BillingBackend, Request
from frontdesk.book import Terms
from frontdesk.catalogue_commands import CatalogueCommand
from frontdesk.changes import Changes
from frontdesk.mirroring import Connected, CustomerPage, Heard, HeardPage, HostedPage, Listening, Page, Subject
from frontdesk.secret import Secret
from frontdesk_stripe.capabilities import CAN
from frontdesk_stripe.connection import DOMAIN, Connection, World, stripe_address
from frontdesk_stripe.permissions import PERMISSIONS, page_to_make_a_key

if TYPE_CHECKING:
    import httpx2


class StripeSettings(Struct, frozen=True):
    """The key alone: whose account it is, and the endpoint that hears of it, are found out."""

    api_key: Annotated[
        Secret,
        Meta(
            title="Restricted key",
            description="Made in Stripe's dashboard under Developers, API keys. It begins with rk_.",
        ),
    ]


class StripeBackend(BillingBackend[StripeSettings]):
    """A Stripe account. It keeps what it knows at Stripe; the book mirrors it."""

    name = "stripe"
    title = "Stripe"
    Settings = StripeSettings
    capabilities = CAN
    permissions = tuple(each.written for each in PERMISSIONS)
    key_page = page_to_make_a_key()

    @classmethod
    def page_of_customer(cls, customer: str, *, livemode: bool) -> str:
        """See `BillingBackend.page_of_customer`."""
        return f"https://dashboard.stripe.com/{'' if livemode else 'test/'}customers/{customer}"

    @classmethod
    def keeps_documents_at(cls, host: str) -> bool:
        """See `BillingBackend.keeps_documents_at`. Documents lie at Stripe's file servers."""
        return host == DOMAIN or host.endswith(f".{DOMAIN}") or host == urlsplit(stripe_address()).hostname

    def __init__(
        self,
        settings: StripeSettings,
        *,
        transport: "httpx2.AsyncBaseTransport | None" = None,
        address: str | None = None,
        world: World = World(),
    ) -> None:
        from frontdesk_stripe.remembering import Memory

        super().__init__(settings)
        self.stripe = Connection(settings.api_key, transport=transport, address=address, world=world)
        self._memory = Memory(self.stripe)

    async def carry_out(self, request: Request) -> Changes:
        """See `BillingBackend.carry_out`."""
        from frontdesk_stripe.commanding.carrying_out import carry_out

        return await carry_out(self.stripe, request, self.capabilities, self.refresh)

    async def quote(self, request: Request) -> Changes:
        """See `BillingBackend.quote`."""
        from frontdesk_stripe.commanding.foreseeing import foresee

        return await foresee(self.stripe, request, self.capabilities)

    async def carry_out_catalogue(
        self, terms: Terms, command: CatalogueCommand, now: datetime, idempotency_key: str
    ) -> Changes:
        """See `BillingBackend.carry_out_catalogue`."""
        from frontdesk_stripe.cataloguing import carried_out

        return await carried_out(self.stripe, terms, command, idempotency_key)

    async def refresh(self, customer: str) -> Changes:
        """See `BillingBackend.refresh`."""
        from frontdesk_stripe.refreshing import refreshed

        return await refreshed(self.stripe, self._memory, customer)

    async def connect(self) -> Connected:
        """See `BillingBackend.connect`."""
        from frontdesk_stripe.connecting import connected

        return await connected(self.stripe, self.settings.api_key)

    async def listen(self, url: str, idempotency_key: str) -> Listening:
        """See `BillingBackend.listen`."""
        from frontdesk_stripe import listening

        return await listening.listen(self.stripe, url, idempotency_key)

    async def stop_listening(self, endpoint: str) -> None:
        """See `BillingBackend.stop_listening`."""
        from frontdesk_stripe import listening

        await listening.stop_listening(self.stripe, endpoint)

    def hear(self, body: bytes, signature: str, secrets: Sequence[Secret], now: datetime) -> Heard:
        """See `BillingBackend.hear`."""
        from frontdesk_stripe import listening

        return listening.hear(body, signature, secrets, now)

    async def heard_since(self, after: str | None, at: datetime) -> HeardPage:
        """See `BillingBackend.heard_since`."""
        from frontdesk_stripe import listening

        return await listening.heard_since(self.stripe, after, at)

    async def refresh_catalogue(self, subject: Subject) -> Changes:
        """See `BillingBackend.refresh_catalogue`."""
        from frontdesk_stripe import walking

        return await walking.refresh_catalogue(self.stripe, subject)

    async def page_of_catalogue(self, after: str | None) -> Page:
        """See `BillingBackend.page_of_catalogue`."""
        from frontdesk_stripe import walking

        return await walking.page_of_catalogue(self.stripe, after)

    async def page_of_customers(self, after: str | None) -> CustomerPage:
        """See `BillingBackend.page_of_customers`."""
        from frontdesk_stripe import walking

        return await walking.page_of_customers(self.stripe, after)

    async def customers_with_address(self, address: str) -> tuple[str, ...]:
        """See `BillingBackend.customers_with_address`."""
        from frontdesk_stripe import walking

        return await walking.customers_with_address(self.stripe, address)

    async def hosted_page(self, page: HostedPage, idempotency_key: str) -> str:
        """See `BillingBackend.hosted_page`."""
        from frontdesk_stripe.hosted_pages import address_of

        return await address_of(self.stripe, page, idempotency_key)

    async def aclose(self) -> None:
        """Let go of connections."""
        await self.stripe.aclose()

"""A tenant's live billing backend, from a pool, behind a wall that keeps a plugin's bugs to its own tenant."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.billing import AnyBackend, Capabilities, Request
from frontdesk.book import Terms
from frontdesk.catalogue_commands import CatalogueCommand
from frontdesk.changes import Changes
from frontdesk.errors import FrontdeskError, Misconfigured, Unavailable
from frontdesk.mirroring import Connected, CustomerPage, Forged, Heard, HeardPage, HostedPage, Listening, Page, Subject
from frontdesk.plugins import PluginHost
from frontdesk.reasons import BACKEND_FAILED, BACKEND_SLOW
from frontdesk.secret import Secret
from frontdesk.settings import decode_settings
from frontdesk_tenants.tables import sides, tenant_plugins
from frontdesk_tenants.vault import Vault

CALL_TIMEOUT_SECONDS = 20
POOL_SIZE = 500
log = logging.getLogger("frontdesk.plugins")
Answer = TypeVar("Answer")


class LiveBackend:
    """One tenant's backend. What it raises beyond the four errors is logged and becomes `Unavailable`."""

    def __init__(self, backend: AnyBackend, tenant_id: UUID, *, livemode: bool) -> None:
        self._backend = backend
        self._tenant_id = tenant_id
        self.livemode = livemode

    @property
    def capabilities(self) -> Capabilities:
        """What the backend can do on this side."""
        return self._backend.abilities(livemode=self.livemode)

    async def carry_out(self, request: Request) -> Changes:
        """See `BillingBackend.carry_out`."""
        return await self._guarded("carry_out", self._backend.carry_out(self._on_side(request)))

    async def quote(self, request: Request) -> Changes:
        """See `BillingBackend.quote`."""
        return await self._guarded("quote", self._backend.quote(self._on_side(request)))

    async def carry_out_catalogue(
        self, terms: Terms, command: CatalogueCommand, now: datetime, idempotency_key: str
    ) -> Changes:
        """See `BillingBackend.carry_out_catalogue`."""
        call = self._backend.carry_out_catalogue(terms, command, now, idempotency_key)
        return await self._guarded("carry_out_catalogue", call)

    async def refresh(self, customer: str) -> Changes:
        """See `BillingBackend.refresh`."""
        return await self._guarded("refresh", self._backend.refresh(customer))

    async def connect(self) -> Connected:
        """See `BillingBackend.connect`."""
        return await self._guarded("connect", self._backend.connect())

    async def listen(self, url: str, idempotency_key: str) -> Listening:
        """See `BillingBackend.listen`."""
        return await self._guarded("listen", self._backend.listen(url, idempotency_key))

    async def stop_listening(self, endpoint: str) -> None:
        """See `BillingBackend.stop_listening`."""
        await self._guarded("stop_listening", self._backend.stop_listening(endpoint))

    def hear(self, body: bytes, signature: str, secrets: Sequence[Secret], now: datetime) -> Heard:
        """See `BillingBackend.hear`."""
        try:
            return self._backend.hear(body, signature, secrets, now)
        except (Forged, FrontdeskError):
            raise
        except Exception as error:
            log.exception("plugin failed", extra={"plugin": self._backend.name, "tenant": str(self._tenant_id)})
            raise Unavailable(BACKEND_FAILED, retry_after=60) from error

    async def refresh_catalogue(self, subject: Subject) -> Changes:
        """See `BillingBackend.refresh_catalogue`."""
        return await self._guarded("refresh_catalogue", self._backend.refresh_catalogue(subject))

    async def page_of_catalogue(self, after: str | None) -> Page:
        """See `BillingBackend.page_of_catalogue`."""
        return await self._guarded("page_of_catalogue", self._backend.page_of_catalogue(after))

    async def page_of_customers(self, after: str | None) -> CustomerPage:
        """See `BillingBackend.page_of_customers`."""
        return await self._guarded("page_of_customers", self._backend.page_of_customers(after))

    async def customers_with_address(self, address: str) -> tuple[str, ...]:
        """See `BillingBackend.customers_with_address`."""
        return await self._guarded("customers_with_address", self._backend.customers_with_address(address))

    async def heard_since(self, after: str | None, at: datetime) -> HeardPage:
        """See `BillingBackend.heard_since`."""
        return await self._guarded("heard_since", self._backend.heard_since(after, at))

    async def hosted_page(self, page: HostedPage, idempotency_key: str) -> str:
        """See `BillingBackend.hosted_page`."""
        return await self._guarded("hosted_page", self._backend.hosted_page(page, idempotency_key))

    async def aclose(self) -> None:
        """Let go of what the backend holds."""
        await self._guarded("aclose", self._backend.aclose())

    def _on_side(self, request: Request) -> Request:
        return replace(request, livemode=self.livemode)

    async def _guarded(self, call: str, answer: Awaitable[Answer]) -> Answer:
        try:
            async with asyncio.timeout(CALL_TIMEOUT_SECONDS):
                return await answer
        except FrontdeskError:
            raise
        except TimeoutError as error:
            raise Unavailable(BACKEND_SLOW, retry_after=10) from error
        except Exception as error:
            log.exception(
                "plugin failed",
                extra={"plugin": self._backend.name, "tenant": str(self._tenant_id), "call": call},
            )
            raise Unavailable(BACKEND_FAILED, retry_after=60) from error


class BackendPool:
    """Live backends by (side, plugin, version of its settings), the least used let go first."""

    def __init__(self, host: PluginHost, vault: Vault) -> None:
        self._host = host
        self._vault = vault
        self._live: OrderedDict[tuple[UUID, str, int], LiveBackend] = OrderedDict()

    async def of(self, connection: AsyncConnection, tenant_id: UUID, name: str) -> LiveBackend:
        """The backend called `name` with the settings of this side.

        Raises:
            Unavailable: no installed plugin provides it. Other tenants are untouched.
            Misconfigured: the stored settings do not fit the plugin.
        """
        row = (
            await connection.execute(
                select(
                    sides.c.livemode, tenant_plugins.c.settings_sealed, tenant_plugins.c.settings_version
                ).select_from(
                    sides.outerjoin(
                        tenant_plugins,
                        (tenant_plugins.c.tenant_id == sides.c.tenant_id) & (tenant_plugins.c.plugin == name),
                    )
                )
            )
        ).one()
        sealed, version = row.settings_sealed, row.settings_version or 0
        key = (tenant_id, name, version)
        if key not in self._live:
            self._live[key] = self._open(tenant_id, name, sealed, livemode=row.livemode)
            while len(self._live) > POOL_SIZE:
                _, oldest = self._live.popitem(last=False)
                await oldest.aclose()
        self._live.move_to_end(key)
        return self._live[key]

    def _open(self, tenant_id: UUID, name: str, sealed: bytes | None, *, livemode: bool) -> LiveBackend:
        kind = self._host.billing_backends().get(name)
        if kind is None:
            log.error("billing backend not installed", extra={"plugin": name, "tenant": str(tenant_id)})
            raise Unavailable("Billing is being looked after.", retry_after=60)
        stored = self._vault.open_settings(sealed, tenant_id, name) if sealed else {}
        try:
            settings = decode_settings(kind.Settings, stored)
        except Misconfigured:
            log.exception("settings do not fit", extra={"plugin": name, "tenant": str(tenant_id)})
            raise
        return LiveBackend(kind(settings), tenant_id, livemode=livemode)

    async def aclose(self) -> None:
        """Let go of all."""
        while self._live:
            _, each = self._live.popitem()
            await each.aclose()

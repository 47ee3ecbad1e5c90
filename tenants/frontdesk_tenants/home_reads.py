"""The hot way to the home page: one call to PostgreSQL over a fixed set of connections that are never reset.

Everything that is not hot goes through `database`. Here the statement is prepared once per connection, and a call is a
transaction of its own, so nothing of one customer stays behind for the next: its side is set for that call alone.
"""

import asyncio
import contextlib
import logging
from collections import OrderedDict
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from asyncpg.prepared_stmt import PreparedStatement
from msgspec import Struct

from frontdesk.book import (
    Account,
    BillingSettings,
    Customer,
    InvoiceStatus,
    PendingItem,
    Price,
    Product,
    Subscription,
    Terms,
)
from frontdesk.branding import Brand
from frontdesk.errors import Misconfigured, Unavailable
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk.suspension import Status, Suspension
from frontdesk_tenants.database import LOCK_TIMEOUT_MS, STATEMENT_TIMEOUT_MS
from frontdesk_tenants.directory import Door, Side
from frontdesk_tenants.home_query import HOME_STATEMENT
from frontdesk_tenants.sessions import Source, well_formed
from frontdesk_tenants.vault import hashed

CONNECTIONS = 6
CONNECT_SECONDS = 3.0
WAIT_SECONDS = 3.0
"""How long a request waits for one of the connections."""
SIDES = 500
"""Sides whose part of the page a process remembers."""
log = logging.getLogger("frontdesk.home")

_LOST = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    # The database exists and takes no connections, as during maintenance.
    asyncpg.ObjectNotInPrerequisiteStateError,
    asyncpg.InvalidSQLStatementNameError,
    asyncpg.InvalidCachedStatementError,
)


class InvoiceSummary(Struct, frozen=True, array_like=True):
    """An invoice as the list shows it. Never a draft, so it has a number."""

    id: str
    number: str | None
    status: InvoiceStatus
    currency: str
    total: int
    created: datetime
    finalized_at: datetime | None
    due_date: datetime | None


class OtherCustomer(Struct, frozen=True, array_like=True):
    """A customer with the proven address, the present one among them; `plan` is a product's name, if there is one."""

    id: str
    name: str | None
    plan: str | None


class SideFacts(Struct, frozen=True, kw_only=True):
    """What the home pages of a side share under one configuration. `plugins` are the enabled ones."""

    slug: str
    name: str
    country: str | None
    locale: str
    backend: str
    status: Status
    page_version: int
    live_since: datetime | None
    suspension: Suspension | None
    settings: BillingSettings
    brand: Brand
    configuration: PortalConfiguration
    prices: tuple[Price, ...]
    products: tuple[Product, ...]
    plugins: frozenset[str]

    @property
    def suspended(self) -> bool:
        """Whether the operator has suspended the tenant."""
        return self.status == "suspended"

    def behind(self, door: Door) -> Side:
        """The side itself."""
        return Side(
            door=door,
            slug=self.slug,
            name=self.name,
            country=self.country,
            locale=self.locale,
            backend=self.backend,
            status=self.status,
            settings=self.settings,
            brand=self.brand,
            page_version=self.page_version,
            live_since=self.live_since,
            suspension=self.suspension,
        )


class HomeFacts(Struct, frozen=True, kw_only=True):
    """What one customer's home page shows. `invoices` are newest first, one more than fits if there are older ones.

    `others` is empty where there is nobody to switch to.
    """

    customer: Customer
    account_version: int
    subscriptions: tuple[Subscription, ...]
    prices: tuple[Price, ...]
    products: tuple[Product, ...]
    pending_items: tuple[PendingItem, ...]
    invoices: tuple[InvoiceSummary, ...]
    others: tuple[OtherCustomer, ...]

    @property
    def account(self) -> Account:
        """The account, without its invoices."""
        return Account(
            customer=self.customer,
            version=self.account_version,
            subscriptions=self.subscriptions,
            pending_items=self.pending_items,
        )

    def terms(self, side: SideFacts) -> Terms:
        """What the account is billed by, and what it is offered."""
        return Terms(
            settings=side.settings,
            products={each.id: each for each in (*side.products, *self.products)},
            prices={each.id: each for each in (*side.prices, *self.prices)},
        )


class HomeAnswer(Struct, frozen=True, kw_only=True):
    """What a live session's home page is made of. `page` is None where the caller knows the page's version."""

    session_id: str
    source: Source
    locale: str | None
    return_url: str | None
    now: datetime
    page_version: str
    page: tuple[HomeFacts, SideFacts] | None


class HomeReads:
    """Asks `frontdesk_home`. `url` is a libpq URL of the application role."""

    def __init__(self, url: str, connections: int = CONNECTIONS) -> None:
        self._lines = [_Line(url) for _ in range(connections)]
        self._idle: asyncio.LifoQueue[_Line] = asyncio.LifoQueue()
        self._sides: OrderedDict[UUID, tuple[str, SideFacts]] = OrderedDict()
        self._facts = msgspec.json.Decoder(HomeFacts)
        self._side_facts = msgspec.json.Decoder(SideFacts)
        for line in reversed(self._lines):
            self._idle.put_nowait(line)

    async def open(self) -> None:
        """Connect once, so that the first visitor does not wait for it; the other connections follow when needed.

        Raises:
            Unavailable: PostgreSQL does not answer.
            Misconfigured: it lacks the function.
        """
        await self._lines[0].connect()

    async def aclose(self) -> None:
        """Let go of every connection."""
        for line in self._lines:
            await line.aclose()

    async def read(
        self, tenant_id: UUID, secret: str, known_page: str | None = None, before: str | None = None
    ) -> HomeAnswer | None:
        """The home page of a session's secret, or None where the session is none, over, or of another side.

        `known_page` is the version of the page that the caller has; `before` is an invoice: the list then begins
        with the next older one. The visit is noted, at most once a minute.

        Raises:
            Unavailable: PostgreSQL does not answer, or not in time.
        """
        if not well_formed(secret):
            return None
        known_side = self._sides.get(tenant_id)
        row = await self._ask(
            tenant_id, hashed(secret), known_page, None if known_side is None else known_side[0], before
        )
        if not row["live"]:
            return None
        return HomeAnswer(
            session_id=row["session_id"],
            source=row["source"],
            locale=row["locale"],
            return_url=row["return_url"],
            now=row["now"],
            page_version=row["page_version"],
            page=self._page(tenant_id, row, known_side),
        )

    def _page(
        self, tenant_id: UUID, row: Any, known_side: tuple[str, SideFacts] | None
    ) -> tuple[HomeFacts, SideFacts] | None:
        if row["page"] is None:
            return None
        if row["side"] is not None:
            side = self._side_facts.decode(row["side"])
            self._sides[tenant_id] = row["side_version"], side
            self._sides.move_to_end(tenant_id)
            if len(self._sides) > SIDES:
                self._sides.popitem(last=False)
        else:
            assert known_side is not None
            side = known_side[1]
        return self._facts.decode(row["page"]), side

    async def _ask(self, *arguments: object) -> Any:
        try:
            line = self._idle.get_nowait()
        except asyncio.QueueEmpty:
            line = await self._wait()
        try:
            return await line.ask(arguments)
        finally:
            self._idle.put_nowait(line)

    async def _wait(self) -> "_Line":
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                return await self._idle.get()
        except TimeoutError as error:
            raise Unavailable("The database is busy.", retry_after=2) from error


class _Line:
    """One connection with its prepared statement, made anew after a failure."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Any = None
        self._statement: PreparedStatement[Any] | None = None

    async def connect(self) -> "PreparedStatement[Any]":
        """The prepared statement, on a live connection as far as we know. Raises Unavailable or Misconfigured."""
        if self._statement is not None:
            return self._statement
        try:
            self._connection = await asyncpg.connect(
                self._url,
                timeout=CONNECT_SECONDS,
                command_timeout=STATEMENT_TIMEOUT_MS / 1000 + 1,
                server_settings={
                    "application_name": "frontdesk home",
                    "statement_timeout": str(STATEMENT_TIMEOUT_MS),
                    "lock_timeout": str(LOCK_TIMEOUT_MS),
                    "timezone": "UTC",
                    # Compiling a statement that runs for a millisecond costs a hundred.
                    "jit": "off",
                },
            )
            statement = await self._connection.prepare(HOME_STATEMENT)
            # Preparing leaves the server's clock for a statement running: without this, the first visitor who comes
            # later than that is told that the database took too long.
            await self._connection.execute("SELECT 1")
            self._statement = statement
        except _LOST as error:
            self._drop()
            raise Unavailable("The database does not answer now.", retry_after=2) from error
        except asyncpg.UndefinedFunctionError as error:
            self._drop()
            raise Misconfigured(
                "The database lacks a function. Run `frontdesk migrate` first.", "DATABASE_URL"
            ) from error
        return self._statement

    async def ask(self, arguments: tuple[object, ...]) -> Any:
        """The answer's one row. Raises Unavailable or Misconfigured."""
        seasoned = self._statement is not None
        try:
            return await self._fetch(arguments)
        except asyncpg.QueryCanceledError as error:
            log.warning("the database took too long: %s", error)
            raise Unavailable("The database took too long.", retry_after=5) from error
        except _LOST as error:
            log.warning("the database does not answer: %s", type(error).__name__)
            if not seasoned:
                raise Unavailable("The database does not answer now.", retry_after=2) from error
        # The server may have been restarted since the last call: that is no reason to send a visitor away.
        try:
            return await self._fetch(arguments)
        except _LOST as error:
            raise Unavailable("The database does not answer now.", retry_after=2) from error

    async def _fetch(self, arguments: tuple[object, ...]) -> Any:
        statement = self._statement or await self.connect()
        try:
            return await statement.fetchrow(*arguments)
        except asyncpg.QueryCanceledError:
            raise
        except BaseException:
            # A visitor who left in the middle, too: what the connection still has to say is nobody else's.
            self._drop()
            raise

    async def aclose(self) -> None:
        """Close the connection."""
        connection, self._connection, self._statement = self._connection, None, None
        if connection is not None and not connection.is_closed():
            # asyncpg lets go of a connection that does not say goodbye in time.
            with contextlib.suppress(TimeoutError):
                await connection.close(timeout=CONNECT_SECONDS)

    def _drop(self) -> None:
        connection, self._connection, self._statement = self._connection, None, None
        if connection is not None:
            connection.terminate()

"""The hot way to the home page: what the one call to PostgreSQL tells, and to whom."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

import msgspec
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
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk.suspension import Status, Suspension
from frontdesk.waiting import RefusedAct, WaitingAct
from frontdesk_tenants.directory import Door, Side
from frontdesk_tenants.home_lines import CONNECTIONS, HomeLines
from frontdesk_tenants.sessions import Source, well_formed
from frontdesk_tenants.vault import hashed

Sold = TypeVar("Sold", Price, Product)

SIDES = 500
"""Sides whose part of the page a process remembers."""


class InvoiceSummary(Struct, frozen=True, array_like=True):
    """An invoice as the page shows it. Never a draft, so it has a number. Amounts are in minor units.

    PostgreSQL keeps it so in `invoices.summary`, as the function `frontdesk_invoice_summary` puts it together.
    """

    id: str
    number: str | None
    status: InvoiceStatus
    currency: str
    total: int
    dated: datetime
    """When it was issued, or where that is not known, when it was made."""
    due_date: datetime | None
    left: int = 0
    """What is still to be paid of it, where it is open."""
    statement_descriptor: str | None = None


class OtherCustomer(Struct, frozen=True, array_like=True):
    """A customer with the proven address, the present one among them; `plan` is a product's name, if there is one."""

    id: str
    name: str | None
    plan: str | None


class SideFacts(Struct, frozen=True, kw_only=True, dict=True):
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
    away_since: datetime | None = None
    """When the remote backend was last heard of, while it does not answer: the page is as of then."""

    # Worked out once for all pages of the side, however much it sells.
    @cached_property
    def products_by_id(self) -> Mapping[str, Product]:
        """What it offers, by id."""
        return {each.id: each for each in self.products}

    @cached_property
    def prices_by_id(self) -> Mapping[str, Price]:
        """The prices of what it offers, by id."""
        return {each.id: each for each in self.prices}

    @cached_property
    def said(self) -> dict[Any, Any]:
        """What pages said of its offers, by what it was asked for: good as long as these facts are."""
        return {}

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


class EndedPlan(Struct, frozen=True, array_like=True):
    """A subscription that has ended; `owed` says whether an invoice of it is not paid."""

    subscription: Subscription
    owed: bool


class HomeFacts(Struct, frozen=True, kw_only=True, dict=True):
    """What one customer's home page shows. `prices` and `products` are those of their plans, without what the side's
    part has already (`terms` has all). `invoices` are newest first, one more than fits if there are older ones.

    `others` is empty where there is nobody to switch to. `frozen_time` is that of the customer's test clock. `ended`
    are the newest that have ended, where customers can start them again.
    """

    customer: Customer
    account_version: int
    subscriptions: tuple[Subscription, ...]
    invoices: tuple[InvoiceSummary, ...]
    owed: tuple[InvoiceSummary, ...] | None = None
    """Open ones with something left to pay, those that were or are due first, where `invoices` are not all."""
    prices: tuple[Price, ...] = ()
    products: tuple[Product, ...] = ()
    pending_items: tuple[PendingItem, ...] = ()
    others: tuple[OtherCustomer, ...] = ()
    frozen_time: datetime | None = None
    ended: tuple[EndedPlan, ...] = ()
    waiting: tuple[WaitingAct, ...] = ()
    """Acts that are carried out once the remote backend answers again."""
    refused: tuple[RefusedAct, ...] = ()
    """Those that it refused then, as long as the customer has not noted it."""

    @cached_property
    def unpaid(self) -> Sequence[InvoiceSummary]:
        """Invoices with something left to pay, those that were or are due first, at most `UNPAID_INVOICES`."""
        if self.owed is not None:
            return self.owed
        return sorted([each for each in self.invoices if each.left > 0], key=_due_first)

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
            products=_with(side.products_by_id, self.products),
            prices=_with(side.prices_by_id, self.prices),
        )


def _due_first(invoice: InvoiceSummary) -> tuple[bool, datetime, str]:
    due = invoice.due_date
    return due is None, due or invoice.dated, invoice.id


def _with(known: Mapping[str, Sold], more: tuple[Sold, ...]) -> Mapping[str, Sold]:
    return {**known, **{each.id: each for each in more}} if more else known


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
    """Asks `frontdesk_homes`. `url` is a libpq URL of the application role."""

    def __init__(self, url: str, connections: int = CONNECTIONS) -> None:
        self._lines = HomeLines(url, connections)
        self._sides: OrderedDict[UUID, tuple[str, SideFacts]] = OrderedDict()
        self._facts = msgspec.json.Decoder(HomeFacts)
        self._side_facts = msgspec.json.Decoder(SideFacts)

    async def open(self) -> None:
        """Connect once, so that the first visitor does not wait for it; the other connections follow when needed.

        Raises:
            Unavailable: PostgreSQL does not answer.
            Misconfigured: it lacks the function.
        """
        await self._lines.open()

    async def aclose(self) -> None:
        """Let go of every connection."""
        await self._lines.aclose()

    async def read(self, tenant_id: UUID, secret: str, known_page: str | None = None) -> HomeAnswer | None:
        """The home page of a session's secret, or None where the session is none, over, or of another side.

        `known_page` is the version of the page that the caller has. The visit is noted, at most once a minute.

        Raises:
            Unavailable: PostgreSQL does not answer, or not in time.
        """
        if not well_formed(secret):
            return None
        known_side = self._sides.get(tenant_id)
        row = await self._lines.ask(
            tenant_id, hashed(secret), known_page, None if known_side is None else known_side[0]
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

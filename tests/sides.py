"""Two tenants with two sides each, on this worker's own PostgreSQL: what isolation is tested on."""

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk import customers, subscriptions
from frontdesk.book import Interval, Recurring
from frontdesk.catalogue_commands import CatalogueCommand, CreatePrice, CreateProduct, ProductFields
from frontdesk.clocks import TestClock
from frontdesk.commands import BillingDetails, CreateCustomer, CreateSubscription, NewItem
from frontdesk.desk import Actor
from frontdesk.ids import IdSource
from frontdesk.notice_settings import NO_NOTICES
from frontdesk.plugins import PluginHost
from frontdesk.secret import Secret
from frontdesk_tenants import catalogues, clocks, provisioning
from frontdesk_tenants.database import clock
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.directory import Door, Side
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.owner_tools import set_clock
from frontdesk_tenants.provisioning import Keys
from frontdesk_tenants.tables import sides
from frontdesk_tenants.tenancy import Tenancy

MASTER_KEY = Secret("for tests only: " + "0123456789abcdef" * 2)
API = Actor(kind="api", id="key_test")
_numbers = itertools.count(1)


class Tenant(Struct, frozen=True, kw_only=True):
    """A tenant of a test. Most tests play on the sandbox."""

    slug: str
    live: Keys
    sandbox: Keys

    @property
    def door(self) -> Door:
        return self.sandbox.door


@pytest.fixture(scope="session")
async def tenancy(postgres: PostgresAddresses) -> AsyncIterator[Tenancy]:
    """The open house on this worker's database."""
    async with opened_at(postgres) as opened:
        yield opened


@pytest.fixture
async def lone_tenancy(fresh_database: Callable[[], PostgresAddresses]) -> AsyncIterator[Tenancy]:
    """An open house on a database of this test alone: for what goes from side to side, of which others make many."""
    async with opened_at(fresh_database()) as opened:
        yield opened


@asynccontextmanager
async def opened_at(addresses: PostgresAddresses) -> AsyncIterator[Tenancy]:
    """The open house on a database."""
    opened = Tenancy(addresses.app_url, (MASTER_KEY,), PluginHost.load())
    await opened.open()
    try:
        yield opened
    finally:
        await opened.aclose()


@pytest.fixture
async def tenant(tenancy: Tenancy) -> Tenant:
    """A tenant of this test alone."""
    return await new_tenant(tenancy)


@pytest.fixture
async def two_tenants(tenancy: Tenancy) -> tuple[Tenant, Tenant]:
    """Two tenants of this test alone."""
    return await new_tenant(tenancy), await new_tenant(tenancy, currency="chf", locale="de")


async def new_tenant(tenancy: Tenancy, currency: str = "eur", locale: str = "en") -> Tenant:
    """A tenant that no other test knows."""
    slug = f"tenant-{next(_numbers)}"
    live, sandbox = await provisioning.create_tenant(
        tenancy, provisioning.NewTenant(slug=slug, name=slug.title(), currency=currency, locale=locale)
    )
    return Tenant(slug=slug, live=live, sandbox=sandbox)


async def sell(
    tenancy: Tenancy, door: Door, amount: int = 1200, interval: Interval = "month", name: str = "Team"
) -> str:
    """A product with one recurring price; returns the price's id."""
    number = next(_numbers)
    product, price = f"prod_{number:06}", f"price_{number:06}"
    async with tenancy.at(door) as (_, side):
        currency = side.settings.currency
    commands: tuple[CatalogueCommand, ...] = (
        CreateProduct(id=product, fields=ProductFields(name=name, unit_label="seat")),
        CreatePrice(
            id=price,
            product=product,
            currency=currency,
            unit_amount=Decimal(amount),
            recurring=Recurring(interval=interval),
        ),
    )
    for command in commands:
        await catalogues.carry_out(
            lambda: tenancy.database.side(door.tenant_id), tenancy, side, command, actor=API, idempotency_key=price
        )
    return price


async def subscribe(
    tenancy: Tenancy,
    door: Door,
    price: str | None,
    email: str = "jenny@example.com",
    quantity: int = 10,
    test_clock: str | None = None,
) -> str:
    """A customer, with a subscription where a price is given; returns the customer's id."""
    # Padded, so that ids of one instant stand in the order in which they were made.
    customer = f"cus_{next(_numbers):06}"
    async with open_desk(tenancy, door, customer_id=None, actor=API, test_clock=test_clock) as desk:
        await customers.create(desk, CreateCustomer(id=customer, details=BillingDetails(email=email, name="Jenny")))
    if price is not None:
        async with open_desk(tenancy, door, customer_id=customer, actor=API) as desk:
            await subscriptions.create(desk, CreateSubscription(items=(NewItem(price=price, quantity=quantity),)))
    return customer


async def never_late(tenancy: Tenancy, door: Door) -> None:
    """Give a side's customers ten years to pay, and tell nothing beforehand, where neither is the question."""
    async with tenancy.at(door) as (connection, side):
        patient = replace(side.settings, days_until_due=3650, notices=NO_NOTICES)
        await connection.execute(sides.update().values(settings=patient))


def clock_of(addresses: PostgresAddresses) -> Callable[[timedelta], None]:
    """Moves the clock of a database that belongs to one test: `move(timedelta(minutes=10))` from the real time."""
    return lambda moved: set_clock(addresses.owner_url, moved)


async def new_clock(connection: AsyncConnection, side: Side, frozen_time: datetime) -> TestClock:
    """A test clock of a sandbox."""
    now = await clock(connection)
    return await clocks.create(
        connection, side, name=None, frozen_time=frozen_time, ids=IdSource(now), actor=API, now=now, request_id=None
    )


async def move_clock(connection: AsyncConnection, tenancy: Tenancy, side: Side, id_: str, to: datetime) -> TestClock:
    """A test clock, set on its way: a worker or `clock_walks.walk` does the rest."""
    now = await clock(connection)
    return await clocks.advance(connection, side, id_, to, actor=API, now=now, jobs=tenancy.jobs, request_id=None)

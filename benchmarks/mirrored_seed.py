"""Two tenants with the same customer, one of whom bills by invoice and the other mirrors a remote backend."""

import asyncio
import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import seed as usual
from msgspec import Struct
from seeded import MASTER_KEY
from sqlalchemy import select, update

import frontdesk_invoice_only
import frontdesk_otp_email
import frontdesk_tax_codes
from frontdesk.book import BillingSettings, Price, Product, Recurring, Terms
from frontdesk.changes import Changes
from frontdesk.commands import BillingDetails, CreateCustomer, CreateSubscription, NewItem
from frontdesk.desk import Actor
from frontdesk.hookspecs import hookimpl
from frontdesk.plugins import PluginHost
from frontdesk.testing.mirrored import Teller, mirrored_backend
from frontdesk.testing.remote import FarSide
from frontdesk_invoice_only.backend import InvoiceOnly, InvoiceOnlySettings
from frontdesk_tenants import configurations, mirrors, provisioning, sessions
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Door
from frontdesk_tenants.embedded import start_servers
from frontdesk_tenants.migrating import migrate
from frontdesk_tenants.mirror_work import mirror_some
from frontdesk_tenants.tables import mirrors as mirror_rows
from frontdesk_tenants.tables import prices, sides
from frontdesk_tenants.tenancy import Tenancy

BEGAN = datetime(2026, 11, 1, tzinfo=UTC)
STAFF = Actor(kind="staff", id="benchmark")
BASE = "https://pay.example.com"


class Visit(Struct, frozen=True):
    """A session that asks for the home page."""

    portal: str
    secret: str


class Mirrored(Struct, frozen=True, kw_only=True):
    """What the measured processes are told. `visits` are of the invoice-only side and of the mirrored one."""

    database_url: str
    redis_url: str
    visits: tuple[Visit, Visit]
    path: str
    signing_secret: str


class Provides:
    """A plugin whose backend is mirrored."""

    def __init__(self, far: FarSide, teller: Teller) -> None:
        self._far, self._teller = far, teller

    @hookimpl
    def billing_backends(self) -> list[type]:
        return [mirrored_backend(self._far, self._teller)]


def plugins(far: FarSide, teller: Teller) -> PluginHost:
    """What is installed in a measured process."""
    return PluginHost.of(
        invoice_only=frontdesk_invoice_only,
        tax_codes=frontdesk_tax_codes,
        otp_email=frontdesk_otp_email,
        remote=Provides(far, teller),
    )


def other_end() -> tuple[FarSide, Teller]:
    """A new remote system."""
    far = FarSide(InvoiceOnly(InvoiceOnlySettings()))
    return far, Teller(far, livemode=True)


def seed(data: Path) -> Mirrored:
    """Start embedded servers in `data` and fill them."""
    servers = start_servers(data)
    migrate(servers.database_owner_url)
    portal, secret = asyncio.run(usual._fill(servers.database_url))
    local = Visit(portal, secret)
    remote, path, signing = asyncio.run(_mirrored(servers.database_url))
    return Mirrored(
        database_url=servers.database_url,
        redis_url=servers.redis_url,
        visits=(local, remote),
        path=path,
        signing_secret=signing,
    )


async def _mirrored(database_url: str) -> tuple[Visit, str, str]:
    far, teller = other_end()
    tenancy = Tenancy(database_url, (MASTER_KEY,), plugins(far, teller))
    await tenancy.open()
    try:
        door = await tenancy.directory.by_portal("northbeam")
        assert door is not None
        secret = await _same_customer(tenancy, door)
        async with tenancy.at(door) as (connection, _):
            await connection.execute(update(sides).values(backend="remote_fake"))
        await mirrors.connect_side(tenancy, door, base_url=BASE, actor=STAFF)
        async with tenancy.at(door) as (connection, _):
            await connection.execute(update(mirror_rows).values(imported_at=await clock(connection)))
        ((url, signing),) = teller.endpoints.values()
        return Visit(door.portal, secret), url.removeprefix(BASE), signing.reveal()
    finally:
        await tenancy.aclose()


async def _same_customer(tenancy: Tenancy, door: Door) -> str:
    async with tenancy.at(door) as (connection, _):
        sold = list(await connection.scalars(select(prices.c.id).order_by(prices.c.created, prices.c.id)))
    customer = await usual._customer(tenancy, door, "cus_measured", "jenny@example.com", sold)
    await usual._fill_invoices(tenancy, door, customer, sold)
    async with tenancy.at(door) as (connection, _):
        configuration = await configurations.read_default(connection)
        _, secret = await sessions.open_session(
            connection,
            door,
            address="jenny@example.com",
            customer=customer,
            configuration=configuration.id,
            locale="en",
            now=await clock(connection),
        )
    return secret


async def run_import(mirrored: Mirrored, customers: int) -> tuple[float, float]:
    """Seconds, and seconds of this process's processor, that a first import takes: each with a plan and its invoice."""
    far, teller = other_end()
    teller.page_size = 100
    product = Product(id="prod_far", name="Team", created=BEGAN, updated=BEGAN)
    price = Price(
        id="price_far",
        product=product.id,
        currency="eur",
        created=BEGAN,
        unit_amount=Decimal(1200),
        recurring=Recurring(interval="month"),
    )
    far.sell(Changes(products=(product,), prices=(price,)))
    terms = Terms(settings=BillingSettings(currency="eur"), products={product.id: product}, prices={price.id: price})
    for number in range(customers):
        id_ = f"cus_{number:06}"
        details = BillingDetails(email=f"customer{number}@example.com", name=f"Customer {number}")
        await far.act(id_, CreateCustomer(id=id_, details=details), BEGAN, terms)
        await far.act(id_, CreateSubscription(items=(NewItem(price=price.id, quantity=3),)), BEGAN)
    tenancy = Tenancy(mirrored.database_url, (MASTER_KEY,), plugins(far, teller))
    await tenancy.open()
    try:
        live, _ = await provisioning.create_tenant(
            tenancy, provisioning.NewTenant(slug="imported", name="Imported", currency="eur", backend="remote_fake")
        )
        await mirrors.connect_side(tenancy, live.door, base_url=BASE, actor=STAFF)
        began, used = time.perf_counter(), time.process_time()
        while True:
            await mirror_some(tenancy, only=live.door.tenant_id)
            async with tenancy.at(live.door) as (connection, side):
                mirror = await mirrors.mirror_of(connection, side)
            assert mirror is not None
            if mirror.imported_at is not None:
                assert mirror.imported.done == customers
                return time.perf_counter() - began, time.process_time() - used
    finally:
        await tenancy.aclose()

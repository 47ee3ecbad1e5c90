"""A tenant whose remote backend is mirrored, the far side, and what a worker does for it, step by step."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sides import MASTER_KEY, Tenant
from sqlalchemy import Table, select, text

import frontdesk_invoice_only
from frontdesk.book import BillingSettings, Price, Product, Recurring, Terms
from frontdesk.changes import Changes
from frontdesk.commands import (
    AccountCommand,
    BillingDetails,
    CancelSubscription,
    ChangePlan,
    CreateCustomer,
    CreateSubscription,
    ItemChange,
    KeepSubscription,
    NewItem,
    UpdateBillingDetails,
)
from frontdesk.desk import Actor
from frontdesk.hookspecs import hookimpl
from frontdesk.mirroring import Heard
from frontdesk.plugins import PluginHost
from frontdesk.secret import Secret
from frontdesk.testing.mirrored import Teller, mirrored_backend
from frontdesk.testing.remote import FarSide
from frontdesk_invoice_only.backend import InvoiceOnly, InvoiceOnlySettings
from frontdesk_tenants import mirrors, provisioning
from frontdesk_tenants.directory import Door
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.mirror_inbox import take_in
from frontdesk_tenants.mirror_work import DAYS_OF_PATIENCE, mirror_some
from frontdesk_tenants.mirrors import Mirror, mirror_of
from frontdesk_tenants.tables import (
    credit_notes,
    customers,
    events,
    invoices,
    mirror_due,
    mirror_inbox,
    pending_items,
    subscriptions,
)
from frontdesk_tenants.tenancy import Tenancy

API = Actor(kind="api", id="key_1")
STAFF = Actor(kind="staff", id="stf_1")
BASE = "https://pay.example.com"
OWNED: tuple[Table, ...] = (customers, subscriptions, invoices, pending_items, credit_notes)
_numbers = itertools.count(1)


class Provides:
    """A plugin with one mirrored backend, wired to one far side."""

    def __init__(self, far: FarSide, teller: Teller) -> None:
        self._far, self._teller = far, teller

    @hookimpl
    def billing_backends(self) -> list[type]:
        return [mirrored_backend(self._far, self._teller)]


class Mirrored(Struct, frozen=True):
    """A tenant's sandbox that mirrors a far side."""

    tenancy: Tenancy
    tenant: Tenant
    far: FarSide
    teller: Teller

    @property
    def door(self) -> Door:
        return self.tenant.door

    async def now(self) -> datetime:
        async with self.tenancy.database.unscoped() as connection:
            return (await connection.execute(text("SELECT frontdesk_now()"))).scalar_one()  # type: ignore[no-any-return]

    async def connect(self) -> Mirror:
        return await mirrors.connect_side(self.tenancy, self.door, base_url=BASE, actor=STAFF)

    async def mirror(self) -> Mirror:
        async with self.tenancy.at(self.door) as (connection, side):
            found = await mirror_of(connection, side)
        assert found is not None
        return found

    async def due_now(self, *rounds: str) -> None:
        """Have everything that waits for a time done now; with names, those alone."""
        async with self.tenancy.database.unscoped() as connection:
            mine = mirror_due.c.tenant_id == self.door.tenant_id
            chosen = mine & mirror_due.c.id.in_(rounds) if rounds else mine
            await connection.execute(mirror_due.update().where(chosen).values(wake_at=text("'2000-01-01'")))

    async def work(self, most: int = 200) -> None:
        """What a worker does until nothing is due now."""
        for _ in range(most):
            if not await mirror_some(self.tenancy, only=self.door.tenant_id):
                return

    async def give_up(self) -> None:
        """What waits is tried for the last time."""
        async with self.tenancy.database.unscoped() as connection:
            mine = mirror_due.c.tenant_id == self.door.tenant_id
            await connection.execute(mirror_due.update().where(mine).values(attempts=DAYS_OF_PATIENCE))
        await self.due_now()
        await self.work()

    async def deliver(self, heard: Heard, secret: Secret | None = None) -> bool:
        """Deliver a message as the far side sends it."""
        now = await self.now()
        body, signature = self.teller.message(heard, now, secret)
        url, _ = list(self.teller.endpoints.values())[-1]
        return await take_in(self.tenancy, self.door, url.rsplit("/", 1)[1], body, signature)

    async def book(self) -> dict[str, Any]:
        """All that the book has of customers, by table and id, but for versions."""
        async with self.tenancy.database.side(self.door.tenant_id) as connection:
            found = {}
            for table in OWNED:
                rows = await connection.execute(select(table.c.id, table.c.body))
                found[table.name] = {row.id: without_version(row.body) for row in rows}
        return found

    async def told(self) -> list[str]:
        async with self.tenancy.database.side(self.door.tenant_id) as connection:
            return sorted(await connection.scalars(select(events.c.kind)))

    async def inbox(self) -> dict[str, str]:
        async with self.tenancy.database.side(self.door.tenant_id) as connection:
            rows = await connection.execute(select(mirror_inbox.c.id, mirror_inbox.c.state))
            return {row.id: row.state for row in rows}

    def there(self) -> dict[str, Any]:
        """The same of the far side, whose ended subscriptions and paid invoices are known too."""
        return far_book(self.far)

    async def same(self) -> None:
        """The book says what the far side says."""
        assert await self.book() == self.there()


def without_version(snapshot: Any) -> Any:
    return replace(snapshot, version=1)


def far_book(far: FarSide) -> dict[str, Any]:
    found: dict[str, Any] = {each.name: {} for each in OWNED}
    for known in far._known.values():
        if known.customer is not None:
            found["customers"][known.customer.id] = without_version(known.customer)
        for table in OWNED[1:]:
            for each in getattr(known, table.name):
                if not getattr(each, "deleted", False):
                    found[table.name][each.id] = without_version(each)
    return found


@asynccontextmanager
async def mirrored_on(addresses: PostgresAddresses, customers_at_first: int = 0) -> AsyncIterator[Mirrored]:
    """A world on a database, with something on sale there and some customers."""
    far = FarSide(InvoiceOnly(InvoiceOnlySettings()))
    teller = Teller(far, livemode=False)
    plugins = PluginHost.of(remote_fake=Provides(far, teller), invoice_only=frontdesk_invoice_only)
    tenancy = Tenancy(addresses.app_url, (MASTER_KEY,), plugins)
    await tenancy.open()
    far.sell(SOLD)
    world = Mirrored(tenancy, await _new_tenant(tenancy), far, teller)
    try:
        for _ in range(customers_at_first):
            await new_customer(world)
        yield world
    finally:
        await tenancy.aclose()


async def beside(world: Mirrored) -> Mirrored:
    """Another tenant, whose sandbox may mirror the same far side."""
    return replace(world, tenant=await _new_tenant(world.tenancy))


async def _new_tenant(tenancy: Tenancy) -> Tenant:
    slug = f"mirrored-{next(_numbers)}"
    live, sandbox = await provisioning.create_tenant(
        tenancy,
        provisioning.NewTenant(slug=slug, name=slug.title(), currency="eur", backend="remote_fake", plugins=()),
    )
    return Tenant(slug=slug, live=live, sandbox=sandbox)


BEGAN = datetime(2026, 11, 1, 9, tzinfo=UTC)
PRODUCT = Product(id="prod_far", name="Team", created=BEGAN, updated=BEGAN, unit_label="seat")
PRICES = tuple(
    Price(
        id=id_, product=PRODUCT.id, currency="eur", created=BEGAN, unit_amount=Decimal(amount),
        recurring=Recurring(interval="month"),
    )
    for id_, amount in (("price_far", 1200), ("price_near", 2400))
)  # fmt: skip
SOLD = Changes(products=(PRODUCT,), prices=PRICES)
TERMS = Terms(
    settings=BillingSettings(currency="eur"),
    products={PRODUCT.id: PRODUCT},
    prices={each.id: each for each in PRICES},
)


async def new_customer(world: Mirrored, at: datetime = BEGAN, quantity: int = 3) -> str:
    """Somebody subscribes at the far side's own dashboard."""
    number = next(_numbers)
    id_ = f"cus_{number:06}"
    details = BillingDetails(email=f"Jenny{number}@Example.com", name="Jenny")
    await world.far.act(id_, CreateCustomer(id=id_, details=details), at, TERMS)
    await world.far.act(id_, CreateSubscription(items=(NewItem(price="price_far", quantity=quantity),)), at)
    return id_


def subscription_of(world: Mirrored, customer: str) -> Any:
    return world.far.accounts[customer].subscriptions[0]


def seats(world: Mirrored, customer: str, quantity: int, price: str | None = None) -> AccountCommand:
    plan = subscription_of(world, customer)
    item = ItemChange(id=plan.items[0].id, quantity=quantity, price=price)
    return ChangePlan(subscription=plan.id, items=(item,), proration_behavior="always_invoice")


def leave(world: Mirrored, customer: str) -> AccountCommand:
    return CancelSubscription(subscription=subscription_of(world, customer).id)


def stay(world: Mirrored, customer: str) -> AccountCommand:
    return KeepSubscription(subscription_of(world, customer).id)


def rename(name: str) -> AccountCommand:
    return UpdateBillingDetails(details=BillingDetails(name=name))


def replace_price_of(world: Mirrored) -> Changes:
    """A price that has another name by now."""
    price = next(each for each in world.far.sold.prices if each.id == "price_near")
    return Changes(prices=(replace(price, nickname="Near", version=price.version + 1),))

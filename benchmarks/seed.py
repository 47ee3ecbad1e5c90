"""The customer whose home page is measured: three plans, how to pay, ten invoices, among others of two tenants."""

import asyncio
from decimal import Decimal
from pathlib import Path

from msgspec.structs import replace
from seeded import MASTER_KEY, Seeded

from frontdesk import cancellations, customers, subscriptions
from frontdesk.book import Address, Price, Product, Recurring, SellerDetails
from frontdesk.branding import Brand
from frontdesk.changes import Changes
from frontdesk.commands import BillingDetails, CancelSubscription, CreateCustomer, CreateSubscription, NewItem
from frontdesk.desk import Actor
from frontdesk.ids import IdSource
from frontdesk.plugins import PluginHost
from frontdesk.portal_configuration import OfferedProduct, SubscriptionUpdate
from frontdesk_tenants import configurations, provisioning, sessions
from frontdesk_tenants.committing import commit_changes
from frontdesk_tenants.database import clock
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.directory import Door
from frontdesk_tenants.embedded import start_servers
from frontdesk_tenants.migrating import migrate
from frontdesk_tenants.tenancy import Tenancy

STRANGERS = 60
PLANS = (("Dashboards", 1200), ("Alerts", 600), ("Audit log", 2400))
SAID = " ".join(["Shared for a whole team, with unlimited viewers, alerts by e-mail and roles for all."] * 20)
"""Long enough to bring the page to 15 kB, which pages of real tenants have."""
SELLER = SellerDetails(
    name="Northbeam Ltd",
    address=Address(line1="Am Speicher 4", postal_code="20457", city="Hamburg", country="DE"),
    iban="DE02120300000000202051",
    bic="BYLADEM1001",
)
BRAND = Brand(
    business_name="Northbeam",
    headline="Your plans, seats and invoices in one place",
    terms_url="https://northbeam.example/terms",
    privacy_url="https://northbeam.example/privacy",
    support_email="billing@northbeam.example",
    support_phone="+49 40 5550142",
)
API = Actor(kind="api", id="benchmark")


def seed(data: Path) -> Seeded:
    """Start embedded servers in `data` and fill them."""
    servers = start_servers(data)
    migrate(servers.database_owner_url)
    portal, secret = asyncio.run(_fill(servers.database_url))
    return Seeded(database_url=servers.database_url, redis_url=servers.redis_url, portal=portal, secret=secret)


async def _fill(database_url: str) -> tuple[str, str]:
    tenancy = Tenancy(database_url, (MASTER_KEY,), PluginHost.load())
    await tenancy.open()
    try:
        doors = [await _tenant(tenancy, slug) for slug in ("northbeam", "southbeam")]
        for door in doors:
            prices = await _catalogue(tenancy, door)
            for number in range(STRANGERS // len(doors)):
                await _customer(tenancy, door, f"cus_{number}", f"stranger{number}@example.com", prices[:1])
        customer = await _customer(tenancy, door, "cus_measured", "jenny@example.com", prices)
        await _fill_invoices(tenancy, door, customer, prices)
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
        return door.portal, secret
    finally:
        await tenancy.aclose()


async def _tenant(tenancy: Tenancy, slug: str) -> Door:
    new = provisioning.NewTenant(slug=slug, name=slug.title(), currency="eur", seller=SELLER)
    live, _ = await provisioning.create_tenant(tenancy, new)
    await provisioning.brand_side(tenancy, live.door, BRAND)
    return live.door


async def _catalogue(tenancy: Tenancy, door: Door) -> list[str]:
    async with tenancy.at(door) as (connection, side):
        now = await clock(connection)
        ids = IdSource(now)
        products = tuple(
            Product(id=ids("prod"), name=name, description=SAID, unit_label="seat", created=now, updated=now)
            for name, _ in PLANS
        )
        prices = tuple(
            Price(
                id=ids("price"),
                product=product.id,
                currency="eur",
                unit_amount=Decimal(amount),
                created=now,
                recurring=Recurring(interval="month"),
            )
            for product, (_, amount) in zip(products, PLANS, strict=True)
        )
        changes = Changes(products=products, prices=prices)
        await commit_changes(
            connection, side, changes, before=None, actor=API, action="seed", now=now, jobs=tenancy.jobs
        )
        configuration = await configurations.read_default(connection)
        update = SubscriptionUpdate(
            enabled=True,
            default_allowed_updates=("price", "quantity"),
            products=tuple(OfferedProduct(product=each.product, prices=(each.id,)) for each in prices),
            proration_behavior="always_invoice",
        )
        features = replace(configuration.features, subscription_update=update)
        configuration = replace(configuration, version=configuration.version + 1, features=features)
        await configurations.put(connection, door.tenant_id, configuration, None)
    return [each.id for each in prices]


async def _customer(tenancy: Tenancy, door: Door, id_: str, email: str, prices: list[str]) -> str:
    address = Address(line1="Weidenweg 18", postal_code="10249", city="Berlin", country="DE")
    details = BillingDetails(email=email, name="Ashford & Lane Architects", phone="+49 30 5550188", address=address)
    async with open_desk(tenancy, door, customer_id=None, actor=API) as desk:
        await customers.create(desk, CreateCustomer(id=id_, details=details))
    for price in prices:
        await _subscribe(tenancy, door, id_, price)
    return id_


async def _subscribe(tenancy: Tenancy, door: Door, customer: str, price: str) -> str:
    async with open_desk(tenancy, door, customer_id=customer, actor=API) as desk:
        changes = await subscriptions.create(desk, CreateSubscription(items=(NewItem(price=price, quantity=10),)))
    return changes.subscriptions[0].id


async def _fill_invoices(tenancy: Tenancy, door: Door, customer: str, prices: list[str]) -> None:
    """Invoices of subscriptions that have ended since, up to ten."""
    for number in range(10 - len(prices)):
        subscription = await _subscribe(tenancy, door, customer, prices[number % len(prices)])
        async with open_desk(tenancy, door, customer_id=customer, actor=API) as desk:
            await cancellations.cancel(desk, CancelSubscription(subscription=subscription, when="now"))

"""A tenant with plans, customers and sessions in a real database, for tests of the signed-in pages."""

import secrets
from collections.abc import Mapping
from decimal import Decimal

import psycopg
from msgspec import Struct
from msgspec.structs import replace
from sides import MASTER_KEY

from frontdesk import customers, subscriptions
from frontdesk.book import Address, Price, Product, Recurring, SellerDetails
from frontdesk.catalogue_commands import CatalogueCommand
from frontdesk.changes import Changes
from frontdesk.commands import BillingDetails, CreateCustomer, CreateSubscription, NewItem
from frontdesk.desk import Actor
from frontdesk.flows import Flow
from frontdesk.ids import IdSource
from frontdesk.plugins import PluginHost
from frontdesk.portal_configuration import (
    AdjustableQuantity,
    Features,
    OfferedProduct,
    PortalConfiguration,
    SubscriptionUpdate,
)
from frontdesk_tenants import catalogues, configurations, sessions
from frontdesk_tenants.committing import commit_changes
from frontdesk_tenants.database import clock
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.directory import Door
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.home_query import HOME_FUNCTIONS
from frontdesk_tenants.provisioning import NewTenant, create_tenant
from frontdesk_tenants.tenancy import Tenancy

API = Actor(kind="api", id="sk_1")
PLANS = {
    "starter": ("Starter", "For one desk.", 600, "month"),
    "team": ("Team", "Shared desks for a team.", 1200, "month"),
    "team_year": ("Team", "Shared desks for a team.", 12000, "year"),
    "scale": ("Scale", "With an audit log.", 2400, "month"),
}
SELLER = SellerDetails(
    name="Northbeam Ltd",
    email="billing@northbeam.example",
    address=Address(line1="Am Speicher 4", postal_code="20457", city="Hamburg", country="DE"),
    bank_account_holder="Northbeam Ltd",
    iban="DE02120300000000202051",
    bic="BYLADEM1001",
)


class Shop(Struct, frozen=True, kw_only=True):
    """A side with a catalogue. `prices` are ids by the plan's name in PLANS."""

    tenancy: Tenancy
    door: Door
    other_door: Door
    configuration: PortalConfiguration
    prices: Mapping[str, str]

    async def add_customer(
        self, *items: NewItem, email: str = "jenny@ashfordlane.example", name: str = "Ashford & Lane", **details: object
    ) -> str:
        """A customer; with a subscription if items are given. Returns the id."""
        id_ = f"cus_{secrets.token_hex(8)}"
        filled = BillingDetails(email=email, name=name, **details)  # type: ignore[arg-type]
        async with open_desk(self.tenancy, self.door, customer_id=None, actor=API) as desk:
            await customers.create(desk, CreateCustomer(id=id_, details=filled))
        if items:
            await self.subscribe(id_, *items)
        return id_

    async def add_to_catalogue(self, command: CatalogueCommand) -> None:
        """Something else that is sold, or a coupon."""
        async with self.tenancy.at(self.door) as (_, side):
            pass
        await catalogues.carry_out(
            lambda: self.tenancy.database.side(self.door.tenant_id),
            self.tenancy,
            side,
            command,
            actor=API,
            idempotency_key=command.id,
        )

    async def subscribe(self, customer: str, *items: NewItem) -> str:
        """One more subscription; returns its id."""
        async with open_desk(self.tenancy, self.door, customer_id=customer, actor=API) as desk:
            changes = await subscriptions.create(desk, CreateSubscription(items=items))
        return changes.subscriptions[0].id

    def item(self, plan: str, quantity: int = 1) -> NewItem:
        """A subscription item of a plan."""
        return NewItem(price=self.prices[plan], quantity=quantity)

    async def sign_in(
        self, customer: str, address: str = "jenny@ashfordlane.example", locale: str | None = None
    ) -> str:
        """A session by login link; returns its secret."""
        async with self.tenancy.database.side(self.door.tenant_id) as connection:
            _, secret = await sessions.open_session(
                connection,
                self.door,
                address=address,
                customer=customer,
                configuration=self.configuration.id,
                locale=locale,
                now=await clock(connection),
            )
        return secret

    async def open_by_api(self, customer: str, return_url: str | None = None, flow: Flow | None = None) -> str:
        """A session by API, opened; returns its secret."""
        async with self.tenancy.database.side(self.door.tenant_id) as connection:
            now = await clock(connection)
            _, token = await sessions.create_api_session(
                connection,
                self.door,
                customer=customer,
                configuration=self.configuration.id,
                locale=None,
                return_url=return_url,
                now=now,
                flow=flow,
            )
            secret = sessions.secret_in(token)
            assert secret is not None
            session = await sessions.read_session(connection, secret)
            assert session is not None
            assert await sessions.open_api_session(connection, session, now)
        return secret

    async def configure(self, **features: object) -> None:
        """Replace features of the side's configuration."""
        async with self.tenancy.database.side(self.door.tenant_id) as connection:
            now_ = await configurations.read_default(connection)
            changed = replace(now_, version=now_.version + 1, features=replace(now_.features, **features))
            await configurations.put(connection, self.door.tenant_id, changed, None)


async def open_tenancy(postgres: PostgresAddresses) -> Tenancy:
    """A tenancy on a migrated database, with the function of the home page in it."""
    with psycopg.connect(postgres.owner_url) as connection:
        for function in HOME_FUNCTIONS:
            connection.execute(function.encode())
    tenancy = Tenancy(postgres.app_url, (MASTER_KEY,), PluginHost.load())
    await tenancy.open()
    return tenancy


async def open_shop(
    tenancy: Tenancy, locale: str = "en", *, in_sandbox: bool = False, backend: str = "invoice_only"
) -> Shop:
    """A new tenant with plans by the seat, which customers may change, cancel and keep; live, or in its sandbox."""
    slug = f"northbeam-{secrets.token_hex(4)}"
    live, sandbox = await create_tenant(
        tenancy,
        NewTenant(slug=slug, name="Northbeam", currency="eur", locale=locale, seller=SELLER, backend=backend),
    )
    here, there = (sandbox, live) if in_sandbox else (live, sandbox)
    async with tenancy.at(here.door) as (connection, side):
        now = await clock(connection)
        ids = IdSource(now)
        products, prices = {}, {}
        for key, (name, description, amount, interval) in PLANS.items():
            if name not in products:
                products[name] = Product(
                    id=ids("prod"), name=name, description=description, created=now, updated=now, unit_label="seat"
                )
            prices[key] = Price(
                id=ids("price"),
                product=products[name].id,
                currency="eur",
                unit_amount=Decimal(amount),
                created=now,
                recurring=Recurring(interval=interval),  # type: ignore[arg-type]
            )
        await commit_changes(
            connection,
            side,
            Changes(products=tuple(products.values()), prices=tuple(prices.values())),
            before=None,
            actor=API,
            action="seed",
            now=now,
            jobs=tenancy.jobs,
        )
        configuration = await configurations.read_default(connection)
        offered = tuple(
            OfferedProduct(
                product=each.id,
                prices=tuple(price.id for price in prices.values() if price.product == each.id),
                adjustable_quantity=AdjustableQuantity(minimum=1, maximum=100),
            )
            for each in products.values()
        )
        update = SubscriptionUpdate(
            enabled=True,
            default_allowed_updates=("price", "quantity"),
            products=offered,
            proration_behavior="always_invoice",
        )
        features: Features = replace(configuration.features, subscription_update=update)
        configuration = replace(configuration, version=configuration.version + 1, features=features)
        await configurations.put(connection, here.door.tenant_id, configuration, here.login_token)
    return Shop(
        tenancy=tenancy,
        door=here.door,
        other_door=there.door,
        configuration=configuration,
        prices={key: each.id for key, each in prices.items()},
    )

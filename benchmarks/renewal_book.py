"""A book of many subscriptions, all due: one customer of each tenant is made by the product, the others are copies.

The copies are made in PostgreSQL, past its triggers: a hundred thousand take a minute or two, not an hour. What is
measured afterwards works on them as on any others: on durable storage, as the application's own role.
"""

import asyncio
import re
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import psycopg
from msgspec import Struct
from psycopg import sql
from seed import API, BRAND, SELLER
from seeded import MASTER_KEY

from frontdesk import customers, invoices, subscriptions
from frontdesk.book import Address, Recurring
from frontdesk.catalogue_commands import CatalogueCommand, CreatePrice, CreateProduct, ProductFields
from frontdesk.commands import BillingDetails, CreateCustomer, CreateSubscription, NewItem
from frontdesk.plugins import PluginHost
from frontdesk_tenants import catalogues, provisioning
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.directory import Door
from frontdesk_tenants.embedded import EmbeddedServers
from frontdesk_tenants.migrating import migrate
from frontdesk_tenants.owner_tools import set_clock
from frontdesk_tenants.tenancy import Tenancy

FIRST = "cus_0000000000000000000000"
EMAIL = "billing-0000000@example.com"
PASSED = timedelta(days=32)
"""One month after everybody subscribed, and not two: each subscription is due once."""
COPIED = (
    *("customers", "customer_words", "subscriptions", "active_items", "invoices", "billed_periods"),
    *("ledger_transactions", "ledger_entries", "due"),
)
PLACE, NUMBER = "~place~", "~number~"
# `row` is a row of a copied table as JSON, with marks where a copy differs from it.
COPY = """
INSERT INTO {table} ({columns})
SELECT {columns} FROM (
  SELECT (json_populate_record(NULL::{table}, replace(replace({row}, {place_mark}, lpad(n::text, 7, '0')),
           {number_mark}, lpad((n + 1)::text, greatest(4, length((n + 1)::text)), '0'))::json)).*
    FROM generate_series(1, {more}) n
) copied
"""


class FullBook(Struct, frozen=True, kw_only=True):
    """Whose subscriptions are due, and where."""

    database_url: str
    subscriptions: int


def fill(servers: EmbeddedServers, admin_url: str, tenants: int, subscriptions: int) -> FullBook:
    """`subscriptions` in all, spread over `tenants`, on a database that is empty; then a month passes."""
    migrate(servers.database_owner_url)
    doors = asyncio.run(_firsts(servers.database_url, tenants))
    each = subscriptions // tenants
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        for door in doors:
            _copy(admin, door.tenant_id, each - 1)
        admin.execute("VACUUM ANALYZE")
    set_clock(servers.database_owner_url, PASSED)
    return FullBook(database_url=servers.database_url, subscriptions=subscriptions)


async def _firsts(database_url: str, tenants: int) -> Sequence[Door]:
    tenancy = Tenancy(database_url, (MASTER_KEY,), PluginHost.load())
    await tenancy.open()
    try:
        return [await _first(tenancy, f"measured-{number}") for number in range(tenants)]
    finally:
        await tenancy.aclose()


async def _first(tenancy: Tenancy, slug: str) -> Door:
    """A tenant with one customer, who has one subscription and has paid for its first month."""
    new = provisioning.NewTenant(slug=slug, name=slug.title(), currency="eur", seller=SELLER)
    live, _ = await provisioning.create_tenant(tenancy, new)
    door = live.door
    await provisioning.brand_side(tenancy, door, BRAND)
    async with tenancy.at(door) as (_, side):
        present = side
    commands: tuple[CatalogueCommand, ...] = (
        CreateProduct(id="prod_team", fields=ProductFields(name="Team", unit_label="seat")),
        CreatePrice(
            id="price_team",
            product="prod_team",
            currency="eur",
            unit_amount=Decimal(1200),
            recurring=Recurring(interval="month"),
        ),
    )
    for command in commands:
        await catalogues.carry_out(
            lambda: tenancy.database.side(door.tenant_id),
            tenancy,
            present,
            command,
            actor=API,
            idempotency_key=command.id,
        )
    address = Address(line1="Weidenweg 18", postal_code="10249", city="Berlin", country="DE")
    details = BillingDetails(email=EMAIL, name="Ashford & Lane Architects", phone="+49 30 5550188", address=address)
    async with open_desk(tenancy, door, customer_id=None, actor=API) as desk:
        await customers.create(desk, CreateCustomer(id=FIRST, details=details))
    async with open_desk(tenancy, door, customer_id=FIRST, actor=API) as desk:
        made = await subscriptions.create(desk, CreateSubscription(items=(NewItem(price="price_team", quantity=10),)))
        await invoices.pay_out_of_band(desk, made.invoices[0].id)
    return door


def _copy(admin: "psycopg.Connection[tuple[object, ...]]", tenant: UUID, more: int) -> None:
    found = admin.execute("SELECT number FROM invoices WHERE tenant_id = %s", [tenant]).fetchone()
    assert found is not None
    number = str(found[0])
    for table in COPIED:
        columns = admin.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND table_schema = 'public' "
            "AND is_generated = 'NEVER' AND is_identity = 'NO' ORDER BY ordinal_position",
            [table],
        ).fetchall()
        question = sql.SQL("SELECT row_to_json(t)::text FROM {} t WHERE tenant_id = %s").format(sql.Identifier(table))
        for (row,) in admin.execute(question, [tenant]).fetchall():
            admin.execute(
                sql.SQL(COPY).format(
                    table=sql.Identifier(table),
                    columns=sql.SQL(", ").join(sql.Identifier(str(name)) for (name,) in columns),
                    row=sql.Literal(_marked(str(row), number)),
                    place_mark=sql.Literal(PLACE),
                    number_mark=sql.Literal(NUMBER),
                    more=sql.Literal(more),
                )
            )
    admin.execute("UPDATE invoice_counters SET next = %s WHERE tenant_id = %s", [more + 2, tenant])


def _marked(row: str, number: str) -> str:
    """A row with marks: in its number, its address, and for the last seven characters of the customer's own ids."""
    row = row.replace(number, number[: number.rindex("-") + 1] + NUMBER).replace("billing-0000000", f"billing-{PLACE}")
    return re.sub(r"\b([a-z]+_[0-9A-Za-z]{15})[0-9A-Za-z]{7}\b", rf"\1{PLACE}", row)

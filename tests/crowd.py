"""Tenants with so many customers that only lists by place can show them."""

import random
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from uuid import UUID

import msgspec
import pytest
from catalog_findings import as_admin
from servers import Databases
from sides import Tenant, new_tenant, opened_at
from sqlalchemy import event

from frontdesk.book import Customer
from frontdesk.search_words import words_of
from frontdesk_tenants.database_roles import drop_database
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.tenancy import Tenancy

FIRST = ("anna", "jenny", "peter", "john", "maria", "wei", "omar", "fatima", "klaus", "pierre", "sofia", "olga", "ken")
LAST = ("rosen", "smith", "meyer", "schmidt", "garcia", "chen", "wang", "novak", "rossi", "dubois", "martin", "jensen")
DOMAINS = ["gmail.com"] * 6 + ["outlook.com"] * 2 + [f"example{number}.com" for number in range(200)]
NEWEST = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
async def crowded(
    databases: Databases, worker_name: str, request: pytest.FixtureRequest
) -> AsyncIterator[tuple[Tenancy, tuple[Tenant, Tenant]]]:
    """Two tenants with so many customers each, among others with as many: one that owned half of all rows would be read
    from end to end now and then, and rightly so. A module's tests share them, and only add what they themselves ask."""
    name = databases.named(f"{worker_name}_{token_hex(4)}")
    addresses = databases.copy(name)
    async with opened_at(addresses) as tenancy:
        tenants = (await new_tenant(tenancy), await new_tenant(tenancy))
        first, *others = (*tenants, await new_tenant(tenancy), await new_tenant(tenancy))
        fill(addresses, first.door.tenant_id, [each.door.tenant_id for each in others], request.param)
        with as_admin(addresses) as admin:
            admin.autocommit = True
            # As autovacuum leaves tables, which comes when it likes; and from every row, since a sample would have the
            # planner decide one way today and another tomorrow.
            admin.execute("SET default_statistics_target = 1000")
            admin.execute("VACUUM ANALYZE")
        yield tenancy, tenants
    drop_database(databases.admin_url, name)


def fill(addresses: PostgresAddresses, tenant_id: UUID, others: Sequence[UUID], number: int) -> None:
    """Customers as an import would leave them, some of them made in one second; every other one pays.

    The others have the same ones, as each side has ids of its own.
    """
    dice = random.Random(number)
    tables: dict[str, list[tuple[object, ...]]] = {
        "customers (tenant_id, id, version, address, deleted, created, body)": [],
        "customer_words (tenant_id, customer, word)": [],
        "subscriptions (tenant_id, id, version, customer, status, created, body)": [],
        "invoices (tenant_id, id, version, customer, status, currency, total, amount_due, amount_paid, created, body)"
        "": [],
    }
    rows, words, subscriptions, invoices = tables.values()
    for place in range(number):
        first, last, domain = dice.choice(FIRST), dice.choice(LAST), dice.choice(DOMAINS)
        id_, created = f"cus_{place:022}", NEWEST - timedelta(seconds=place // 3)
        email = f"{first}.{last}{dice.randrange(number)}@{domain}"
        customer = Customer(id=id_, created=created, email=email, name=f"{first} {last}".title())
        rows.append((tenant_id, id_, 1, email, False, created, msgspec.json.encode(customer).decode()))
        words += [(tenant_id, id_, word) for word in words_of(customer)]
        if place % 2:
            body = '{"items": [{"price": "price_1", "quantity": 3}]}'
            subscriptions.append((tenant_id, f"sub_{place}", 1, id_, "active", created, body))
            status, due = ("open" if place % 100 == 1 else "paid"), f"{2000 + place % 200}-01-01T00:00:00Z"
            body = f'{{"due_date": "{due}"}}'
            invoices.append((tenant_id, f"in_{place}", 1, id_, status, "eur", 1200, 1200, 0, created, body))
    with as_admin(addresses) as connection:
        for table, values in tables.items():
            with connection.cursor().copy(f"COPY {table} FROM STDIN".encode()) as copy:
                for row in values:
                    copy.write_row(row)
            name, _, columns = table.partition(" ")
            rest = columns.strip("()").removeprefix("tenant_id, ")
            for other in others:
                again = f"INSERT INTO {name} {columns} SELECT %s, {rest} FROM {name} WHERE tenant_id = %s"
                connection.execute(again.encode(), (other, tenant_id))


@contextmanager
def statements(tenancy: Tenancy) -> Iterator[list[str]]:
    """What is sent to PostgreSQL in the block."""
    seen: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        seen.append(statement)

    event.listen(tenancy.database.engine.sync_engine, "before_cursor_execute", note)
    yield seen
    event.remove(tenancy.database.engine.sync_engine, "before_cursor_execute", note)

"""Near misses found among a side's customers and among the addresses that codes were asked for."""

import random
from collections.abc import Callable

import pytest
from catalog_findings import as_admin
from sides import API, MASTER_KEY, Tenant, new_tenant
from sqlalchemy import text

from frontdesk import customers
from frontdesk.commands import BillingDetails, CreateCustomer
from frontdesk.plugins import PluginHost
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.near_addresses import near_addresses, statement_of
from frontdesk_tenants.tenancy import Tenancy

JENNY = "jenny.rosen@example.com"
WRONG = (
    "jenny.rosen@exmaple.com",
    "jeny.rosen@example.com",
    "jenny rosen@example.com",
    "jenny.rosen@example",
    "jennyrosen@example.com",
    "jenny.rosen+shop@example.com",
    "jenny.rosne@exampel.com",
    "ejnny.rosen@example.com",
    "jenny.rosen@beispiel.com",
)


async def add(tenancy: Tenancy, tenant: Tenant, id_: str, email: str) -> None:
    async with open_desk(tenancy, tenant.door, customer_id=None, actor=API) as desk:
        await customers.create(desk, CreateCustomer(id=id_, details=BillingDetails(email=email)))


async def near(tenancy: Tenancy, tenant: Tenant, given: str) -> list[str]:
    async with tenancy.database.side(tenant.door.tenant_id) as connection:
        return [each.address for each in await near_addresses(connection, given, "customers")]


async def test_a_customer_is_found_by_a_wrong_address(tenancy: Tenancy, two_tenants: tuple[Tenant, Tenant]) -> None:
    ours, theirs = two_tenants
    await add(tenancy, ours, "cus_jenny", JENNY)
    await add(tenancy, ours, "cus_petra", "petra@example.com")
    await add(tenancy, theirs, "cus_theirs", "jenny.rosen@example.org")
    for given in WRONG[:-1]:
        assert await near(tenancy, ours, given) == [JENNY], given
    assert await near(tenancy, ours, WRONG[-1]) == []
    assert await near(tenancy, ours, JENNY) == []
    assert await near(tenancy, theirs, JENNY) == ["jenny.rosen@example.org"]


async def test_a_closed_account_is_no_near_miss(tenancy: Tenancy, tenant: Tenant) -> None:
    await add(tenancy, tenant, "cus_jenny", JENNY)
    async with open_desk(tenancy, tenant.door, customer_id="cus_jenny", actor=API) as desk:
        await customers.delete(desk)
    assert await near(tenancy, tenant, WRONG[0]) == []


@pytest.mark.parametrize(
    "given", ["", " ", "@", "\0", "\ud800@x.com", "'; DROP TABLE customers; --", "a" * 9000, "%", ":x"]
)
async def test_any_text_can_be_asked(tenancy: Tenancy, tenant: Tenant, given: str) -> None:
    assert await near(tenancy, tenant, given) == []


@pytest.mark.parametrize("among", ["customers", "challenges"])
async def test_a_crowd_is_not_read_through(fresh_database: Callable[[], PostgresAddresses], among: str) -> None:
    """Ten thousand addresses in each of two tenants: only indexes are asked, and few rows come back."""
    addresses = fresh_database()
    tenancy = Tenancy(addresses.app_url, (MASTER_KEY,), PluginHost.load())
    await tenancy.open()
    ours, theirs = await new_tenant(tenancy), await new_tenant(tenancy)
    dice = random.Random(7)
    with as_admin(addresses) as admin:
        for tenant in (ours, theirs):
            side = tenant.door.tenant_id
            (configuration,) = (
                admin.execute("SELECT id FROM configurations WHERE tenant_id = %s", [side]).fetchone() or ()
            )
            with admin.cursor() as cursor:
                rows = [(f"{dice.choice('abcj')}enny{number}@gmail.com", number) for number in range(10_000)]
                if among == "customers":
                    cursor.executemany(
                        "INSERT INTO customers (tenant_id, id, version, address, deleted, created, body) "
                        "VALUES (%s, %s, 1, %s, false, now(), '{}')",
                        [(side, f"cus_{number}", address) for address, number in rows],
                    )
                else:
                    cursor.executemany(
                        "INSERT INTO challenges (tenant_id, hash, id, address, pool, network, configuration, locale, "
                        "digits, code_digest, pepper_id, known_browser, send, delivery, created, expires_at) "
                        "VALUES (%s, %s, %s, %s, '', '', %s, 'en', 6, '', '', false, false, 'not_sent', now(), now())",
                        [(side, f"{n}".encode(), f"chl_{n}", address, configuration) for address, n in rows],
                    )
        admin.execute("ANALYZE")
    async with tenancy.database.side(ours.door.tenant_id) as connection:
        for given in ("ajenny5000@gmail.com", "jenny500@gmial.com", "enny7@gmail.com", "nobody@example.com"):
            statement, parameters = statement_of(given, among)  # type: ignore[arg-type]
            plan = "\n".join(await connection.scalars(text("EXPLAIN " + statement), parameters))
            assert "Seq Scan" not in plan, plan
            assert len(await near_addresses(connection, given, among)) <= 8  # type: ignore[arg-type]
    await tenancy.aclose()

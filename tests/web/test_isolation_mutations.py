"""The tests of isolation can see: break one wall, and they go red (trust.md B6).

Each break is made in a database of its own, and the probe is the one that stands guard otherwise: the matrix' request
for another tenant's object, the pool's traffic, the digests.
"""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from catalog_findings import as_admin
from digests import changed, digests
from furnished_database import Furnished
from pool_traffic import Traffic
from sides import MASTER_KEY, new_tenant
from sites import RunningSite, browser_headers
from sqlalchemy import Connection, event

from frontdesk.plugins import PluginHost
from frontdesk_tenants.database import NO_SIDE, Database, name_the_side
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.tenancy import Tenancy

MakeDatabase = Callable[[], PostgresAddresses]
SiteAt = Callable[..., RunningSite]
OPENED = {
    "customers": "GET /v1/customers/{customer}",
    "products": "GET /v1/products/{product}",
    "prices": "GET /v1/prices/{price}",
    "subscriptions": "GET /v1/subscriptions/{subscription}",
    "invoices": "GET /v1/invoices/{invoice}",
    "configurations": "GET /v1/billing_portal/configurations/{configuration}",
}


def execute(addresses: PostgresAddresses, *statements: str) -> None:
    with as_admin(addresses) as admin:
        for statement in statements:
            admin.execute(statement.encode())


async def test_every_table_that_the_api_reads_is_guarded_by_its_policy(
    furnished_database: Furnished, site_at: SiteAt
) -> None:
    """With the policy a foreign object is not there; opened to all, it is. So it is the policy that hides it."""
    addresses, (ours, theirs) = furnished_database
    running = site_at(addresses)

    async def status(table: str) -> int:
        path = OPENED[table].split()[1].format(**theirs.live.jenny.ids)
        async with running.client(Authorization=f"Bearer {ours.live.secret_key}") as client:
            return (await client.get(path)).status_code

    for table in OPENED:
        assert await status(table) == 404
        execute(addresses, f"CREATE POLICY opened ON {table} USING (true)")
        # What it hangs on is still hidden, so that the answer may not be whole.
        assert await status(table) != 404, f"nobody would see that {table} is open"
        execute(addresses, f"DROP POLICY opened ON {table}")
        assert await status(table) == 404


async def test_a_dropped_policy_turns_every_page_red(furnished_database: Furnished, site_at: SiteAt) -> None:
    """Without its policy a table shows nothing to anybody: the owner's own pages fail at once."""
    addresses, (ours, _) = furnished_database
    running = site_at(addresses)
    async with running.client(Authorization=f"Bearer {ours.live.secret_key}") as client:
        path = f"/v1/customers/{ours.live.jenny.ids['customer']}"
        assert (await client.get(path)).status_code == 200
        execute(addresses, "DROP POLICY side ON customers")
        assert (await client.get(path)).status_code == 404


async def test_without_row_level_security_a_foreign_cookie_opens_a_foreign_account(
    furnished_database: Furnished, site_at: SiteAt
) -> None:
    """What `test_a_foreign_cookie_counts_as_none` would see if the look-up of sessions were not fenced in."""
    addresses, (ours, theirs) = furnished_database
    running = site_at(addresses)
    home = ours.live.door
    headers = {"Cookie": running.cookie(home, theirs.live.jenny.session.secret), **browser_headers(running.config)}
    invoice = theirs.live.jenny.ids["invoice"]
    async with running.client(**headers) as client:
        assert (await client.get(f"/p/{home.portal}/invoices/{invoice}")).status_code == 303
        tables = ("sessions", "customers", "configurations", "invoices")
        execute(addresses, *(f"ALTER TABLE {each} DISABLE ROW LEVEL SECURITY" for each in tables))
        shown = await client.get(f"/p/{home.portal}/invoices/{invoice}")
    assert shown.status_code == 200


async def test_digests_see_what_a_foreign_write_would_change(furnished_database: Furnished, site_at: SiteAt) -> None:
    addresses, (ours, theirs) = furnished_database
    running = site_at(addresses)
    before = digests(addresses)
    form = {"name": "Stolen"}
    async with running.client(Authorization=f"Bearer {ours.live.secret_key}") as client:
        path = f"/v1/products/{theirs.live.jenny.ids['product']}"
        assert (await client.post(path, data=form)).status_code == 404
        assert changed(before, digests(addresses), theirs.live.door.tenant_id) == set()
        execute(addresses, "ALTER TABLE products DISABLE ROW LEVEL SECURITY")
        await client.post(path, data=form)
    assert "products" in changed(before, digests(addresses))


@pytest.mark.parametrize("local", [True, False], ids=["set_config for the transaction", "SET for the session"])
async def test_a_side_that_is_set_for_the_session_bleeds_and_is_seen(fresh_database: MakeDatabase, local: bool) -> None:
    addresses = fresh_database()
    tenancy = Tenancy(addresses.app_url, (MASTER_KEY,), PluginHost.load())
    await tenancy.open()
    sides = [(await new_tenant(tenancy)).sandbox.door.tenant_id for _ in range(3)]
    await tenancy.aclose()
    database = Database(addresses.app_url, pool_size=1, overflow=0)
    if not local:
        event.remove(database.engine.sync_engine, "begin", name_the_side)
        event.listen(database.engine.sync_engine, "begin", _set_for_the_session)
    traffic = Traffic(database, sides, Random(6))
    try:
        await traffic.drive()
    finally:
        await database.aclose()
    assert bool(traffic.bled()) is not local


def _set_for_the_session(connection: Connection) -> None:
    """The mistake: `SET` outlives its transaction."""
    side: Any = connection.get_execution_options()["tenant_id"]
    if side != NO_SIDE:
        connection.exec_driver_sql("SELECT set_config('frontdesk.tenant_id', %s, false)", (str(side),))

"""The catalogue's pages in front of a remote backend: no transaction is open while it is asked."""

import secrets
from collections.abc import AsyncIterator, Iterator

import pytest
from hired import Hired, StaffBrowser, hire
from msgspec import Struct
from sides import MASTER_KEY
from sites import RunningSite, serve_site
from sqlalchemy import text

import frontdesk_invoice_only
import frontdesk_tax_codes
from frontdesk.book import Terms
from frontdesk.catalogue_commands import CatalogueCommand, CreatePrice
from frontdesk.changes import Changes
from frontdesk.errors import Unavailable
from frontdesk.hookspecs import hookimpl
from frontdesk.plugins import PluginHost
from frontdesk.testing.remote import FarSide, RemoteFake, remote_backend
from frontdesk_invoice_only.backend import InvoiceOnly
from frontdesk_tenants.directory import Door
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.provisioning import NewTenant, create_tenant
from frontdesk_tenants.tenancy import Tenancy


class Watched(Struct):
    """What the backend was asked, and whether it is away for prices."""

    keys: list[str]
    idle_in_transaction: list[int]
    away: bool = False


@pytest.fixture(scope="module")
def watched() -> Watched:
    return Watched([], [])


@pytest.fixture(scope="module")
def plugins(watched: Watched, postgres: PostgresAddresses) -> PluginHost:
    far = FarSide(InvoiceOnly(InvoiceOnly.Settings()), own_ids=True)

    class Watching(remote_backend(far)):  # type: ignore[misc]
        async def carry_out_catalogue(self, terms: Terms, command: CatalogueCommand, now: object, key: str) -> Changes:
            watched.keys.append(key)
            watched.idle_in_transaction.append(await open_transactions(postgres))
            if watched.away and isinstance(command, CreatePrice):
                raise Unavailable
            return await RemoteFake.carry_out_catalogue(self, terms, command, now, key)  # type: ignore[arg-type]

    class Plugin:
        @hookimpl
        def billing_backends(self) -> list[type]:
            return [Watching]

    return PluginHost.of(invoice_only=frontdesk_invoice_only, tax_codes=frontdesk_tax_codes, remote=Plugin())


async def open_transactions(postgres: PostgresAddresses) -> int:
    """Transactions of the application that wait for somebody, seen from outside."""
    tenancy = Tenancy(postgres.app_url, (MASTER_KEY,), PluginHost.of(invoice_only=frontdesk_invoice_only))
    await tenancy.open()
    try:
        async with tenancy.database.unscoped() as connection:
            waiting = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
            return int(await connection.scalar(text(f"{waiting} AND datname = current_database()")) or 0)
    finally:
        await tenancy.aclose()


@pytest.fixture(scope="module")
def site(postgres: PostgresAddresses, plugins: PluginHost) -> Iterator[RunningSite]:
    with serve_site(postgres, plain_http=True, plugins=plugins) as running:
        yield running


@pytest.fixture
async def remote_tenancy(postgres: PostgresAddresses, plugins: PluginHost) -> AsyncIterator[Tenancy]:
    opened = Tenancy(postgres.app_url, (MASTER_KEY,), plugins)
    await opened.open()
    yield opened
    await opened.aclose()


@pytest.fixture
async def door(remote_tenancy: Tenancy) -> Door:
    slug = f"remote-{secrets.token_hex(4)}"
    live, _ = await create_tenant(
        remote_tenancy, NewTenant(slug=slug, name="Remote", currency="eur", backend="remote_fake", plugins=())
    )
    return live.door


@pytest.fixture
async def robin(remote_tenancy: Tenancy, door: Door) -> Hired:
    return await hire(remote_tenancy, door)


async def test_a_product_is_made_and_archived(site: RunningSite, watched: Watched, door: Door, robin: Hired) -> None:
    watched.keys.clear()
    watched.idle_in_transaction.clear()
    async with StaffBrowser(site, door, robin.secret) as staff:
        await staff.get("/products/new")
        await staff.post("/products/new", name="Team", amount="12", currency="eur")
        assert staff.page.status_code == 303, staff.text
        path = staff.page.headers["location"].partition("?")[0]
        assert "€12.00 per month" in (await staff.follow()).text
        await staff.post(f"{path}/archive")
        assert "is archived" in (await staff.follow()).text
    assert len(set(watched.keys)) == 4
    assert watched.idle_in_transaction == [0] * 4


async def test_a_backend_that_goes_away_in_between_leaves_a_product_that_can_be_finished(
    site: RunningSite, watched: Watched, door: Door, robin: Hired
) -> None:
    async with StaffBrowser(site, door, robin.secret) as staff:
        page = await staff.get("/products/new")
        id_ = page.text.partition('name="id" value="')[2].partition('"')[0]
        watched.away = True
        await staff.post("/products/new", id=id_, name="Half", amount="12", currency="eur")
        assert staff.page.status_code == 503
        watched.away = False
        await staff.get("/products/new")
        await staff.post("/products/new", id=id_, name="Half", amount="12", currency="eur")
        assert "It has no price" in (await staff.follow()).text
        await staff.get(f"/products/{id_}/prices/new")
        await staff.post(f"/products/{id_}/prices/new", amount="12", currency="eur")
        assert "Default" in (await staff.follow()).text

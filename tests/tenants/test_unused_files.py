"""No file stays for ever without something that names it, and none goes that is named."""

import hashlib
import itertools
from datetime import timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace
from sides import API, Tenant, new_tenant, sell, subscribe
from sqlalchemy import select, update

from frontdesk.catalogue_commands import ProductFields, UpdateProduct
from frontdesk_tenants import book, catalogues, documents, files, provisioning, sweeping
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Door
from frontdesk_tenants.files import File
from frontdesk_tenants.sweeping import sweep
from frontdesk_tenants.tables import files as files_table
from frontdesk_tenants.tables import metadata, products
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_tenants.unused_files import delete_unused, named_in

_numbers = itertools.count(1)


def image() -> File:
    """A file that no other test has."""
    return File(media_type="image/png", content=f"picture {next(_numbers)}".encode(), small=b"small")


async def keep(tenancy: Tenancy, door: Door, file: File, days_ago: float = 2) -> str:
    """Store a file as if that were some days ago."""
    async with tenancy.database.side(door.tenant_id) as connection:
        then = await clock(connection) - timedelta(days=days_ago)
        return await files.keep(connection, door.tenant_id, file, then)


async def kept(tenancy: Tenancy, tenant_id: UUID) -> set[str]:
    async with tenancy.database.side(tenant_id) as connection:
        return set(await connection.scalars(select(files_table.c.hash)))


async def show(tenancy: Tenancy, door: Door, product: str, *hashes: str) -> None:
    """Give a product these images."""
    urls = tuple(f"https://old-name.example.com/images/{door.public_id}/{each}.png" for each in hashes)
    async with tenancy.at(door) as (_, side):
        command = UpdateProduct(id=product, fields=ProductFields(images=urls))
    await catalogues.carry_out(
        lambda: tenancy.database.side(door.tenant_id), tenancy, side, command, actor=API, idempotency_key="x"
    )


async def product_of(tenancy: Tenancy, door: Door, price: str) -> str:
    async with tenancy.at(door) as (connection, side):
        return (await book.read_terms(connection, side, (price,))).prices[price].product


@pytest.fixture
def tenancy(lone_tenancy: Tenancy) -> Tenancy:
    """The sweeper goes through all sides that there are."""
    return lone_tenancy


@pytest.fixture
async def tenant(tenancy: Tenancy) -> Tenant:
    return await new_tenant(tenancy)


async def test_what_nothing_names_goes_after_a_day(tenancy: Tenancy, tenant: Tenant) -> None:
    door = tenant.door
    old, fresh = await keep(tenancy, door, image()), await keep(tenancy, door, image(), days_ago=0.9)
    beside = await keep(tenancy, tenant.live.door, image(), days_ago=0.9)
    await sweep(tenancy)
    await sweep(tenancy)
    assert await kept(tenancy, door.tenant_id) == {fresh}
    assert await kept(tenancy, tenant.live.door.tenant_id) == {beside}
    assert old not in {fresh, beside}


async def test_images_of_products_stay_until_they_are_replaced(tenancy: Tenancy, tenant: Tenant) -> None:
    door = tenant.door
    product = await product_of(tenancy, door, await sell(tenancy, door))
    first, second, third = [await keep(tenancy, door, image()) for _ in range(3)]
    await show(tenancy, door, product, first, second)
    await sweep(tenancy)
    assert await kept(tenancy, door.tenant_id) == {first, second}
    await show(tenancy, door, product, second)
    await sweep(tenancy)
    assert await kept(tenancy, door.tenant_id) == {second}
    async with tenancy.database.side(door.tenant_id) as connection:
        await connection.execute(update(products).where(products.c.id == product).values(deleted=True))
    await sweep(tenancy)
    assert await kept(tenancy, door.tenant_id) == set()
    assert third


async def test_images_of_brands_and_documents_of_invoices_stay(tenancy: Tenancy, tenant: Tenant) -> None:
    door = tenant.door
    icon, logo = await keep(tenancy, door, image()), await keep(tenancy, door, image())
    async with tenancy.at(door) as (_, side):
        brand = replace(side.brand, icon_file=icon, logo_file=logo)
    await provisioning.brand_side(tenancy, door, brand)
    customer = await subscribe(tenancy, door, await sell(tenancy, door))
    pdf = File(media_type="application/pdf", content=f"%PDF {next(_numbers)}".encode())
    async with tenancy.at(door) as (connection, side):
        account = await book.read_account(connection, customer)
        assert account is not None
        then = await clock(connection) - timedelta(days=400)
        await documents.keep(connection, door.tenant_id, account.invoices[0].id, "en", pdf, then)
    await sweep(tenancy)
    assert await kept(tenancy, door.tenant_id) == {icon, logo, hashlib.sha256(pdf.content).hexdigest()}


async def test_a_file_that_is_kept_again_begins_its_day_anew(tenancy: Tenancy, tenant: Tenant) -> None:
    file = image()
    await keep(tenancy, tenant.door, file)
    again = await keep(tenancy, tenant.door, file, days_ago=0)
    await sweep(tenancy)
    assert await kept(tenancy, tenant.door.tenant_id) == {again}
    async with tenancy.database.side(tenant.door.tenant_id) as connection:
        assert await files.read(connection, again) == file


@pytest.mark.parametrize(
    "place", ["products.body", "sides.brand", "documents.file", "brand_drafts.look", "brand_versions.look"]
)
def test_the_places_are_found_in_the_tables(place: str) -> None:
    assert place in {f"{each.table.name}.{each.name}" for each in named_in()}
    assert {each.table for each in named_in()} <= set(metadata.sorted_tables)


def test_what_is_deleted_is_worked_out_once() -> None:
    """It was worked out anew for every side: four minutes of processor time in each sweep over six thousand sides."""
    assert delete_unused() is delete_unused()
    assert sweeping.statements_of_a_side() is sweeping.statements_of_a_side()

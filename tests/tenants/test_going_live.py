"""A side that was born closed goes live once, when what it needs is there; the seller's details and invoice numbers."""

import pytest
from msgspec import json
from msgspec.structs import replace
from sides import API, Tenant, sell, subscribe
from sqlalchemy import insert, select

from frontdesk.book import Address, BillingSettings, SellerDetails
from frontdesk.desk import Actor
from frontdesk.errors import Refused
from frontdesk.portal_configuration import LoginPage
from frontdesk_tenants import configurations, configuring, provisioning
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Door, Side
from frontdesk_tenants.going_live import go_live, read_checklist
from frontdesk_tenants.provisioning import NewTenant
from frontdesk_tenants.sellers import read_series, save_seller
from frontdesk_tenants.tables import audit, invoices
from frontdesk_tenants.tenancy import Tenancy

OWNER = Actor(kind="staff", id="stf_1")
SELLER = SellerDetails(
    name="Lena Brandt",
    address=Address(line1="Hafenstraße 7", postal_code="20457", city="Hamburg", country="DE"),
    tax_number="DE 123 456 789",
    iban="DE02120300000000202051",
)


@pytest.fixture
async def born(tenancy: Tenancy, tenant: Tenant) -> tuple[Door, Door]:
    """The doors of a tenant that has just signed up: live and sandbox."""
    live, sandbox = await provisioning.create_tenant(
        tenancy, NewTenant(slug=f"{tenant.slug}-yoga", name="Brandt Yoga", currency="eur", live=False)
    )
    return live.door, sandbox.door


async def side_of(tenancy: Tenancy, door: Door) -> Side:
    async with tenancy.at(door) as (_, side):
        return side


async def save(tenancy: Tenancy, door: Door, **changed: object) -> dict[str | None, str]:
    async with tenancy.at(door) as (connection, side):
        settings: BillingSettings = replace(side.settings, **changed)
        faults = await save_seller(connection, side, settings, actor=OWNER, now=await clock(connection))
    return {each.param: each.code for each in faults}


async def open_to_customers(tenancy: Tenancy, door: Door) -> None:
    async with tenancy.at(door) as (connection, side):
        await go_live(connection, tenancy, side, OWNER, await clock(connection), "req_1")


async def test_the_link_waits_for_the_seller(tenancy: Tenancy, born: tuple[Door, Door]) -> None:
    live, _ = born
    with pytest.raises(Refused, match="seller_incomplete"):
        await open_to_customers(tenancy, live)
    assert await save(tenancy, live, seller=SELLER) == {}
    await open_to_customers(tenancy, live)
    async with tenancy.at(live) as (connection, side):
        configuration = await configurations.read_default(connection)
        assert (side.live_since is not None, configuration.login_page.enabled, configuration.version) == (True, True, 2)
        entry = (await connection.execute(select(audit).where(audit.c.action == "went_live"))).one()
        checklist, refusal = await read_checklist(connection, tenancy, side)
    assert (entry.actor, entry.request_id) == ("stf_1", "req_1")
    assert refusal is not None
    assert refusal.code == "already_live"
    assert checklist.missing == ()
    with pytest.raises(Refused, match="already_live"):
        await open_to_customers(tenancy, live)


async def test_the_link_cannot_be_switched_on_by_another_door(tenancy: Tenancy, born: tuple[Door, Door]) -> None:
    async def switch(door: Door) -> None:
        async with tenancy.at(door) as (connection, side):
            before = await configurations.read_default(connection)
            changed = replace(before, login_page=LoginPage(enabled=True), version=before.version + 1)
            now = await clock(connection)
            await configuring.store(connection, tenancy, side, changed, before, actor=API, action="x", now=now)

    live, sandbox = born
    with pytest.raises(Refused, match="not_live_yet"):
        await switch(live)
    await switch(sandbox)
    await save(tenancy, live, seller=SELLER)
    await open_to_customers(tenancy, live)
    await switch(live)


async def test_a_live_seller_stays_whole_and_a_new_one_may_be_half(tenancy: Tenancy, born: tuple[Door, Door]) -> None:
    live, sandbox = born
    half = SellerDetails(name="Lena Brandt", tax_number="DE 123")
    assert await save(tenancy, live, seller=half) == {}
    assert await save(tenancy, live, seller=replace(half, iban="DE00")) == {"iban": "iban_invalid"}
    assert (await side_of(tenancy, live)).settings.seller == half
    await save(tenancy, live, seller=SELLER)
    await open_to_customers(tenancy, live)
    assert "city" in await save(tenancy, live, seller=half)
    assert (await side_of(tenancy, live)).settings.seller == SELLER
    assert await save(tenancy, sandbox, seller=half) == {}, "a sandbox is never asked"


async def test_saving_is_in_the_audit_and_on_the_next_invoice(tenancy: Tenancy, tenant: Tenant) -> None:
    door = tenant.live.door
    before = (await side_of(tenancy, door)).page_version
    assert await save(tenancy, door, seller=SELLER, invoice_prefix="by", days_until_due=30) == {}
    side = await side_of(tenancy, door)
    assert side.page_version == before + 1
    await subscribe(tenancy, door, await sell(tenancy, door))
    async with tenancy.at(door) as (connection, _):
        invoice = (await connection.scalars(select(invoices.c.body))).one()
        entry = (await connection.execute(select(audit).where(audit.c.action == "seller_saved"))).one()
    assert (invoice.number, invoice.seller.name, invoice.seller.tax_number) == (
        "BY-0001",
        "Lena Brandt",
        "DE 123 456 789",
    )
    assert (invoice.due_date - invoice.created).days == 30
    assert json.decode(entry.after)["invoice_prefix"] == "BY"
    assert json.decode(entry.before)["invoice_prefix"] != "BY"


async def test_every_series_goes_on_where_it_stopped(tenancy: Tenancy, tenant: Tenant) -> None:
    door = tenant.live.door
    price = await sell(tenancy, door)
    assert await save(tenancy, door, seller=SELLER, invoice_prefix="OLD") == {}
    numbers = []
    for prefix in ("OLD", "NEW", "OLD", "NEW", "NEW"):
        assert await save(tenancy, door, invoice_prefix=prefix) == {}
        async with tenancy.at(door) as (connection, _):
            numbers.append((await read_series(connection, prefix)).number)
        await subscribe(tenancy, door, price)
    assert numbers == ["OLD-0001", "NEW-0001", "OLD-0002", "NEW-0002", "NEW-0003"]
    async with tenancy.at(door) as (connection, _):
        issued = await connection.scalars(select(invoices.c.number).order_by(invoices.c.created, invoices.c.id))
        assert sorted(issued) == sorted(numbers)


async def test_a_series_that_came_from_elsewhere_is_not_taken_up(tenancy: Tenancy, tenant: Tenant) -> None:
    door = tenant.live.door
    await save(tenancy, door, seller=SELLER)
    await subscribe(tenancy, door, await sell(tenancy, door))
    async with tenancy.at(door) as (connection, _):
        invoice = (await connection.execute(select(invoices))).one()
        kept = {column.name: invoice._mapping[column] for column in invoices.c if column.computed is None}
        values = {**kept, "id": "in_imported", "number": "IMPORT-0007"}
        await connection.execute(insert(invoices).values(values))
    assert await save(tenancy, door, invoice_prefix="import") == {"invoice_prefix": "prefix_taken"}
    assert await save(tenancy, door, invoice_prefix="IMP") == {}

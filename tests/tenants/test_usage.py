"""What tenants are billed by, held against a count that is made another way; and the operator's list."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import pytest
from catalog_findings import as_admin
from hired import hire
from sides import MASTER_KEY, Tenant, clock_of, new_tenant, sell, subscribe
from sqlalchemy import text

from frontdesk import cancellations, invoices, plan_changes
from frontdesk.book import Invoice
from frontdesk.commands import CancelSubscription, ChangePlan, ItemChange
from frontdesk.desk import Actor
from frontdesk.invoice_commands import CreateInvoice, CreateInvoiceItem, FinalizeInvoice, ItemCharge
from frontdesk.plugins import PluginHost
from frontdesk_tenants.database import clock
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.renewals import advance_due
from frontdesk_tenants.suspending import suspend
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_tenants.tenant_list import TenantPage, read_counts, read_tenants
from frontdesk_tenants.usage import Usage, months_until, read_usage

API = Actor(kind="api", id="key_1")
OPERATOR = Actor(kind="staff", id="opr_1")


@pytest.fixture
async def lived(
    fresh_database: Callable[[], PostgresAddresses],
) -> AsyncIterator[tuple[Tenancy, Tenant, PostgresAddresses]]:
    """A tenant with three months behind it: renewals, a change with credit, cancellations, a void and an own bill."""
    addresses = fresh_database()
    tenancy = Tenancy(addresses.app_url, (MASTER_KEY,), PluginHost.load())
    await tenancy.open()
    tenant = await new_tenant(tenancy)
    door = tenant.live.door
    move = clock_of(addresses)
    cheap, dear = await sell(tenancy, door), await sell(tenancy, door, amount=3000, name="Company")
    people = [await subscribe(tenancy, door, cheap, email=f"c{n}@example.com", quantity=n + 1) for n in range(4)]
    await subscribe(tenancy, tenant.sandbox.door, await sell(tenancy, tenant.sandbox.door))
    for days in (20, 33, 64):
        move(timedelta(days=days))
        await advance_due(tenancy, 100)
        async with open_desk(tenancy, door, customer_id=people[days % 3], actor=API) as desk:
            (subscription,) = desk.account.subscriptions
            price = dear if subscription.items[0].price == cheap else cheap
            item = ItemChange(id=subscription.items[0].id, price=price, quantity=1)
            command = ChangePlan(subscription=subscription.id, items=(item,), proration_behavior="always_invoice")
            await plan_changes.change(desk, command)
    async with open_desk(tenancy, door, customer_id=people[3], actor=API) as desk:
        (subscription,) = desk.account.subscriptions
        await cancellations.cancel(desk, CancelSubscription(subscription=subscription.id, when="now", prorate=True))
    async with open_desk(tenancy, door, customer_id=people[0], actor=API) as desk:
        await invoices.void(desk, next(each.id for each in desk.account.invoices if each.status == "open"))
    async with open_desk(tenancy, door, customer_id=people[1], actor=API) as desk:
        own = CreateInvoice(id=desk.ids("in"))
        item = CreateInvoiceItem(id=desk.ids("ii"), charge=ItemCharge(amount=700), invoice=own.id)
        for command in (own, item, FinalizeInvoice(invoice=own.id)):
            await invoices.write(desk, command)
    yield tenancy, tenant, addresses
    await tenancy.aclose()


def counted(addresses: PostgresAddresses, tenant: Tenant) -> dict[str, tuple[Counter[str], Counter[str]]]:
    """By month: volume and invoices by currency, from whole invoices and without any of our SQL."""
    import msgspec

    with as_admin(addresses) as admin:
        rows = admin.execute(
            "SELECT body::text FROM invoices WHERE tenant_id = %s", [tenant.live.door.tenant_id]
        ).fetchall()
    by_month: dict[str, tuple[Counter[str], Counter[str]]] = {}
    for (body,) in rows:
        invoice = msgspec.json.decode(body, type=Invoice)
        if invoice.status in ("draft", "void") or invoice.finalized_at is None:
            continue
        at = invoice.finalized_at.astimezone(UTC)
        volume, number = by_month.setdefault(f"{at.year:04d}-{at.month:02d}", (Counter(), Counter()))
        number[invoice.currency] += 1
        if invoice.subscription is not None:
            volume[invoice.currency] += sum(line.amount for line in invoice.lines)
    return by_month


async def test_the_counts_are_the_book(lived: tuple[Tenancy, Tenant, PostgresAddresses]) -> None:
    tenancy, tenant, addresses = lived
    expected = counted(addresses, tenant)
    assert len(expected) >= 3
    async with tenancy.at(tenant.live.door) as (connection, _):
        months = months_until(await clock(connection), 6)
        found = await read_usage(connection, months)
    assert {(each.month, each.currency): (each.volume, each.invoices) for each in found} == {
        (month, currency): (volume[currency], number[currency])
        for month, (volume, number) in expected.items()
        for currency in number
    }
    assert any(each.volume < 0 or each.volume for each in found)
    assert [each.month for each in found] == sorted((each.month for each in found), reverse=True)


async def test_the_list_says_the_same_and_asks_once(lived: tuple[Tenancy, Tenant, PostgresAddresses]) -> None:
    tenancy, tenant, addresses = lived
    expected = counted(addresses, tenant)
    page = await read_tenants(tenancy)
    (listed,) = page.tenants
    assert (listed.portal, listed.state, page.next) == (tenant.slug, "live", None)
    for usage in listed.usage:
        volume, number = expected[usage.month]
        assert usage == Usage(month=usage.month, currency="eur", volume=volume["eur"], invoices=number["eur"])
    assert {each.month for each in listed.usage} == expected.keys() & set(page.months)
    async with tenancy.at(tenant.live.door) as (connection, _):
        counts = await read_counts(connection, tenant.live.door.tenant_id)
    assert (counts.customers, counts.active_subscriptions) == (4, 3)


def test_months_go_back_over_new_year() -> None:
    at = datetime(2026, 2, 3, tzinfo=UTC)
    assert months_until(at, 4) == ("2026-02", "2026-01", "2025-12", "2025-11")


@pytest.fixture
async def several(
    fresh_database: Callable[[], PostgresAddresses],
) -> AsyncIterator[tuple[Tenancy, list[Tenant]]]:
    """Seven tenants, one suspended."""
    tenancy = Tenancy(fresh_database().app_url, (MASTER_KEY,), PluginHost.load())
    await tenancy.open()
    tenants = sorted([await new_tenant(tenancy) for _ in range(7)], key=lambda each: each.slug)
    await hire(tenancy, tenants[2].live.door, address="mira@yoga.example")
    last = tenants[-1]
    await suspend(tenancy, (last.live.door, last.sandbox.door), "Fraud", OPERATOR)
    yield tenancy, tenants
    await tenancy.aclose()


async def test_pages_follow_each_other(several: tuple[Tenancy, list[Tenant]]) -> None:
    tenancy, tenants = several
    found: list[str] = []
    page = TenantPage(tenants=(), months=(), next="")
    while page.next is not None:
        page = await read_tenants(tenancy, after=page.next, limit=3)
        found += [each.portal for each in page.tenants]
    assert found == [each.slug for each in tenants]


async def test_searching(several: tuple[Tenancy, list[Tenant]]) -> None:
    tenancy, tenants = several
    for search, expected in (
        ("MIRA yoga", [tenants[2].slug]),
        (tenants[1].slug.upper(), [tenants[1].slug]),
        ("mira nobody", []),
        ("100%", []),
        ("\x00", [each.slug for each in tenants]),
    ):
        page = await read_tenants(tenancy, search=search)
        assert [each.portal for each in page.tenants] == expected, search
    for state, number in (("suspended", 1), ("live", 6), ("new", 0)):
        page = await read_tenants(tenancy, state=state)  # type: ignore[arg-type]
        assert len(page.tenants) == number
    (mira,) = (await read_tenants(tenancy, search="mira")).tenants
    assert mira.owner == "mira@yoga.example"


async def test_the_list_leaves_no_side_behind(several: tuple[Tenancy, list[Tenant]]) -> None:
    tenancy, _ = several
    async with tenancy.database.unscoped() as connection:
        question = "SELECT count(*) FROM frontdesk_tenant_list('{}', '', NULL, '{}', 100)"
        assert await connection.scalar(text(question)) == 7
        assert await connection.scalar(text("SELECT current_setting('frontdesk.tenant_id', true)")) == ""
        assert await connection.scalar(text("SELECT count(*) FROM sides")) == 0

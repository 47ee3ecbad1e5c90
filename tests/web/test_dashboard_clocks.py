"""Test clocks in the dashboard: a sandbox customer's months pass by a click, and every page tells their time."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from bare_browser import words
from hired import Hired, StaffBrowser, hire
from sides import Tenant, new_clock, new_tenant, sell, subscribe
from sites import RunningSite, browser_headers, sign_in
from sqlalchemy import select

from frontdesk.clocks import TestClock
from frontdesk.roles import Role
from frontdesk_tenants import clock_walks
from frontdesk_tenants.tables import audit, test_clocks
from frontdesk_tenants.tenancy import Tenancy

MARCH = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
async def robin(tenancy: Tenancy, tenant: Tenant) -> Hired:
    return await hire(tenancy, tenant.live.door, Role.SUPPORT)


@pytest.fixture
async def staff(running_site: RunningSite, tenant: Tenant, robin: Hired) -> StaffBrowser:
    return StaffBrowser(running_site, tenant.door, robin.secret)


async def clock_in(tenancy: Tenancy, tenant: Tenant) -> str:
    async with tenancy.at(tenant.door) as (connection, side):
        return (await new_clock(connection, side, MARCH)).id


async def clocks_of(tenancy: Tenancy, tenant: Tenant) -> list[TestClock]:
    async with tenancy.at(tenant.door) as (connection, _):
        return list(await connection.scalars(select(test_clocks.c.body)))


async def acts(tenancy: Tenancy, tenant: Tenant, clock: str) -> list[tuple[str, str]]:
    """Who did what to a clock, as the audit tells."""
    async with tenancy.at(tenant.door) as (connection, _):
        entries = await connection.execute(
            select(audit.c.actor_kind, audit.c.action).where(audit.c.object == clock).order_by(audit.c.number)
        )
        return [(each.actor_kind, each.action) for each in entries]


async def test_three_months_by_one_click(
    running_site: RunningSite, tenancy: Tenancy, tenant: Tenant, staff: StaffBrowser
) -> None:
    clock = await clock_in(tenancy, tenant)
    customer = await subscribe(tenancy, tenant.door, await sell(tenancy, tenant.door), test_clock=clock)
    page = f"/customers/{customer}"
    async with staff:
        await staff.get(page)
        assert "This customer lives on 1 March 2027 12:00 UTC" in staff.text
        assert "late invoice" not in staff.text
        await staff.post(f"/clocks/{clock}/advance", step="quarter", customer=customer)
        assert staff.page.status_code == 303
        await staff.follow()
        assert "On its way to 1 June 2027." in staff.text
        assert "Three months" not in staff.text
        await staff.post(f"{page}/details", name="Jenny Rosen", email="jenny@example.com")
        assert (staff.page.status_code, staff.page.headers["retry-after"]) == (429, "1")
        assert "The clock of this customer is just being moved on." in staff.text
        await clock_walks.walk(tenancy, tenant.door.tenant_id, clock)
        await staff.get(page)
        assert "This customer lives on 1 June 2027" in staff.text
        assert "Moved on from 1 March 2027. 3 invoices were issued." in staff.text
        # Due after fourteen days: all but the newest are late by now.
        assert "3 late invoices" in staff.text
        await staff.post(f"/clocks/{clock}/advance", date="2027-06-16", customer=customer)
        await clock_walks.walk(tenancy, tenant.door.tenant_id, clock)
        await staff.get(page)
        assert "This customer lives on 16 June 2027 12:00 UTC" in staff.text
        assert "Moved on from 1 June 2027. No invoice was issued." in staff.text
        assert "4 late invoices" in staff.text
        for date, sentence in (
            ("2027-06-16", "The clock only goes forward."),
            ("2030-01-01", "by two years at most at a time"),
            ("soon", "Please choose a date between"),
        ):
            await staff.post(f"/clocks/{clock}/advance", date=date, csrf=staff.csrf)
            assert (staff.page.status_code, sentence in staff.text) == (400, True), date
            await staff.get(page)
        assert await acts(tenancy, tenant, clock) == [
            ("api", "CreateTestClock"),
            *[("staff", "AdvanceTestClock")] * 2,
        ]
    await _portal_tells_the_accounts_time(running_site, tenancy, tenant, customer)


async def _portal_tells_the_accounts_time(
    running_site: RunningSite, tenancy: Tenancy, tenant: Tenant, customer: str
) -> None:
    session = await sign_in(tenancy, tenant.door, customer, "jenny@example.com")
    cookie = running_site.cookie(tenant.door, session.secret)
    async with running_site.client(Cookie=cookie, **browser_headers(running_site.config)) as client:
        home = await client.get(f"/p/{tenant.door.portal}/")
        assert "For this account it is 16 June 2027: it lives on a test clock." in words(home.text)
        assert words(home.text).count("Past due") == 4
        invoice = re.search(r"/invoices/in_\w+", unescape(home.text))
        assert invoice is not None
        shown = await client.get(f"/p/{tenant.door.portal}{invoice[0]}")
        assert "Past due" in words(shown.text)


async def test_a_clock_of_its_own_for_a_new_customer_and_one_to_share(
    tenancy: Tenancy, tenant: Tenant, staff: StaffBrowser
) -> None:
    async with staff:
        await staff.get("/customers/new")
        assert "A clock of its own, from today on" in staff.text
        await staff.post("/customers/new", name="Jenny Rosen", email="jenny@example.com", clock="own")
        await staff.follow()
        (own,) = await clocks_of(tenancy, tenant)
        assert own.name == "Jenny Rosen"
        assert datetime.now(UTC) - own.frozen_time < timedelta(minutes=5)
        assert "This customer lives on" in staff.text
        await staff.get("/clocks")
        assert "Jenny Rosen" in staff.text
        await staff.post("/clocks", name="Trial run", date="2020-02-29")
        await staff.follow()
        assert "29 February 2020 00:00 UTC Trial run · No customers" in staff.text
        shared = next(each.id for each in await clocks_of(tenancy, tenant) if each.name == "Trial run")
        for name in ("Ada", "Grace"):
            await staff.get("/customers/new")
            await staff.post("/customers/new", name=name, email=f"{name}@example.com", clock=shared)
            await staff.follow()
        assert "It is the time of these too: Ada" in staff.text
        await staff.get("/clocks")
        assert "Trial run · Ada , Grace" in staff.text.replace("Ada,", "Ada ,")
        assert "The 2 customers on it are closed with it" in staff.text
        await staff.post(f"/clocks/{shared}/delete")
        await staff.follow()
        assert "The clock was deleted" in staff.text
        both = [("staff", "CreateTestClock"), ("staff", "DeleteTestClock")]
        assert await acts(tenancy, tenant, shared) == both
        assert "Trial run" not in staff.text
        await staff.post("/clocks", name="", date="1999-12-31", csrf=staff.csrf)
        assert staff.page.status_code == 400
        assert "Please choose a date between" in staff.text
        await staff.get("/customers/new")
        await staff.post("/customers/new", name="Nobody", email="", clock="clock_none")
        assert staff.page.status_code in (400, 404)


async def test_clocks_are_of_one_sandbox_and_live_sides_have_none(
    running_site: RunningSite, tenancy: Tenancy, tenant: Tenant, robin: Hired
) -> None:
    theirs = await new_tenant(tenancy)
    foreign = await clock_in(tenancy, theirs)
    async with StaffBrowser(running_site, tenant.live.door, robin.secret) as live:
        await live.get("/clocks")
        assert "Test clocks are in the sandbox" in live.text
        await live.get("/customers/new")
        assert "clock" not in live.text
        csrf = live.csrf
        for path, fields in (("/clocks", {"date": "2027-03-01"}), (f"/clocks/{foreign}/advance", {"step": "day"})):
            await live.post(path, csrf=csrf, **fields)
            assert (live.page.status_code, "Test clocks are in the sandbox" in live.text) == (400, True)
    async with StaffBrowser(running_site, tenant.door, robin.secret) as sandbox:
        await sandbox.get("/clocks")
        csrf = sandbox.csrf
        for id_ in (foreign, "clock_none"):
            for act, fields in (("advance", {"step": "day"}), ("delete", {})):
                await sandbox.post(f"/clocks/{id_}/{act}", csrf=csrf, **fields)
                assert sandbox.page.status_code == 404
    assert [each.status for each in await clocks_of(tenancy, theirs)] == ["ready"]

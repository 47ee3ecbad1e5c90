"""Reminders as staff choose, write, send and stop them; on a test clock they go in their order."""

from datetime import UTC, datetime, timedelta

import pytest
from hired import Hired, StaffBrowser, hire
from sides import Tenant, move_clock, new_clock, sell, subscribe
from sites import RunningSite
from sqlalchemy import select

from frontdesk.events import InvoiceReminded
from frontdesk.reminders import Reminder
from frontdesk.roles import Role
from frontdesk_tenants import clock_walks
from frontdesk_tenants.tables import events, invoices, reminders
from frontdesk_tenants.tenancy import Tenancy

MARCH = datetime(2027, 3, 1, 12, tzinfo=UTC)
DUE = MARCH + timedelta(days=14)


@pytest.fixture
async def lena(tenancy: Tenancy, tenant: Tenant) -> Hired:
    return await hire(tenancy, tenant.live.door, Role.OWNER)


@pytest.fixture
async def staff(running_site: RunningSite, tenant: Tenant, lena: Hired) -> StaffBrowser:
    return StaffBrowser(running_site, tenant.door, lena.secret)


async def sent(tenancy: Tenancy, tenant: Tenant) -> list[tuple[str, datetime]]:
    async with tenancy.at(tenant.door) as (connection, _):
        found: list[Reminder] = list(await connection.scalars(select(reminders.c.body).order_by(reminders.c.id)))
    return [(each.stage, each.created) for each in found]


async def test_reminders_from_the_settings_to_the_letter(
    running_site: RunningSite, tenancy: Tenancy, tenant: Tenant, staff: StaffBrowser
) -> None:
    async with tenancy.at(tenant.door) as (connection, side):
        clock = (await new_clock(connection, side, MARCH)).id
    customer = await subscribe(tenancy, tenant.door, await sell(tenancy, tenant.door), test_clock=clock)

    async def walk(days: float) -> None:
        async with tenancy.at(tenant.door) as (connection, side):
            await move_clock(connection, tenancy, side, clock, DUE + timedelta(days=days))
        await clock_walks.walk(tenancy, tenant.door.tenant_id, clock)

    async with tenancy.at(tenant.door) as (connection, _):
        invoice = (await connection.scalars(select(invoices.c.id))).one()
    async with staff:
        await staff.get("/reminders")
        assert "Reminder: invoice {number} was due on {due_date}" in staff.text
        await staff.post("/reminders", friendly_on="on", friendly_days="2", firm_on="on", firm_days="2", final_days="9")
        assert staff.page.status_code == 400
        assert "This has to come later than the reminder before it." in staff.text
        await staff.post("/reminders", friendly_on="on", friendly_days="2", firm_on="on", firm_days="5", final_days="9")
        await staff.follow()
        assert "Saved. It counts for the invoices that are open now too." in staff.text
        await staff.get("/reminders/friendly?language=en")
        await staff.post("/reminders/friendly", language="en", subject="Psst, {number}", body="Dear {name}")
        assert "We have nothing to put in for {name}." in staff.text
        await staff.post(
            "/reminders/friendly", language="en", subject="Psst, {number}", body="Dear {customer},\n\nplease."
        )
        assert staff.page.status_code == 303
        await staff.get("/reminders/friendly/preview?language=en")
        assert "<h1>Psst, " in staff.html
        assert "{number}" not in staff.html
        # The settings count for whoever lives on a clock, as it moves on.
        await walk(3)
        assert await sent(tenancy, tenant) == [("friendly", DUE + timedelta(days=2))]
        await staff.get(f"/customers/{customer}/invoices/{invoice}")
        assert "Friendly reminder, sent on 17 March 2027" in staff.text
        assert f"/p/invoice/{tenant.door.public_id}{invoice}." in staff.html, "its own page's link, to copy"
        assert "Next, if it stays unpaid: Firm reminder, on 20 March 2027." in staff.text
        assert "Past due" in staff.text
        await staff.get(f"/customers/{customer}")
        assert "Payment overdue" in staff.text
        await staff.get(f"/customers/{customer}/invoices/{invoice}/remind")
        assert "It goes to jenny@example.com at once and asks for €120.00." in staff.text
        await staff.post(f"/customers/{customer}/invoices/{invoice}/remind", stage="firm")
        await staff.follow()
        assert "Firm reminder, sent by hand on 18 March 2027" in staff.text
        await staff.post(f"/customers/{customer}/invoices/{invoice}/reminders", reminded="off")
        await staff.follow()
        assert "This customer is left out: nothing goes by itself." in staff.text
        await staff.post("/reminders/friendly", language="en", act="reset")
        await staff.follow()
        assert "Our text is back." in staff.text
        # The overview counts by the customer's own time; so does its list.
        await staff.get("/invoices?show=late")
        assert "Past due" in staff.text
    async with tenancy.at(tenant.door) as (connection, _):
        told = await connection.execute(select(events.c.id, events.c.body).where(events.c.kind == "invoice_reminded"))
        first, second = sorted(told.all(), key=lambda row: row.body.at)
    assert isinstance(first.body, InvoiceReminded)
    assert (second.body.stage, second.body.at) == ("firm", DUE + timedelta(days=3))

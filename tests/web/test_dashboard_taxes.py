"""Tax rates in the dashboard: made, chosen when a plan is started, archived."""

import re

import pytest
from hired import Hired, StaffBrowser, hire
from sides import Tenant, sell, subscribe
from sites import RunningSite

from frontdesk_tenants import book
from frontdesk_tenants.tenancy import Tenancy


@pytest.fixture
async def owner(tenancy: Tenancy, tenant: Tenant) -> Hired:
    return await hire(tenancy, tenant.live.door)


async def test_from_a_rate_to_a_taxed_plan(
    tenancy: Tenancy, tenant: Tenant, running_site: RunningSite, owner: Hired
) -> None:
    price = await sell(tenancy, tenant.door)
    customer = await subscribe(tenancy, tenant.door, None)
    async with StaffBrowser(running_site, tenant.door, owner.secret) as staff:
        await staff.get(f"/customers/{customer}/subscribe")
        assert "No tax" not in staff.text
        await staff.get("/tax-rates")
        assert "No tax rate yet." in staff.text
        for wrong, sentence in (
            ({"name": "VAT", "percentage": "much"}, "Enter a percentage from 0 to 100."),
            ({"name": "VAT", "percentage": "101"}, "Enter a percentage from 0 to 100."),
            ({"name": "VAT", "percentage": "1.00001"}, "Please use at most four decimals."),
            ({"name": " ", "percentage": "19"}, "Enter what your bills call it, such as VAT."),
        ):
            await staff.post("/tax-rates", **wrong, kind="added")
            assert staff.page.status_code == 400
            assert sentence in staff.text
        await staff.post("/tax-rates", name="VAT", percentage="19 %", kind="added")
        await staff.follow()
        assert "The tax rate is added." in staff.text
        assert "VAT 19% Active" in staff.text
        (rate,) = set(re.findall(r"/tax-rates/(txr_[A-Za-z0-9]+)/switch", staff.html))

        await staff.get(f"/customers/{customer}/subscribe")
        assert "VAT 19%" in staff.text
        await staff.post(f"/customers/{customer}/subscribe", price=price, quantity="10", tax=rate)
        await staff.follow()
        for words in ("Subtotal", "VAT 19%", "€22.80", "€142.80"):
            assert words in staff.text
        (start,) = set(re.findall(r"/subscribe/([A-Za-z0-9_]+)\"", staff.html))
        await staff.post(f"/customers/{customer}/subscribe/{start}")
        await staff.follow()
        async with tenancy.at(tenant.door) as (connection, _):
            account = await book.read_account(connection, customer)
        assert account is not None
        assert [each.total for each in account.invoices] == [14280]

        await staff.post(f"/tax-rates/{rate}/switch", active="false")
        await staff.follow()
        assert "VAT 19% Archived" in staff.text
        await staff.post(f"/customers/{customer}/subscribe", price=price, quantity="1", tax=rate)
        assert "This tax rate is archived." in staff.text
        await staff.post(f"/tax-rates/{rate}/switch", active="true")
        await staff.follow()
        assert "VAT 19% Active" in staff.text

"""Automatic tax in the dashboard: settings, registrations, the preview, and a customer's tax ids."""

import re

import pytest
from hired import Hired, StaffBrowser, hire
from msgspec.structs import replace
from sides import Tenant, sell, subscribe
from sites import RunningSite

from frontdesk.book import Address
from frontdesk_tenants import book
from frontdesk_tenants.tables import sides
from frontdesk_tenants.tenancy import Tenancy


@pytest.fixture
async def owner(tenancy: Tenancy, tenant: Tenant) -> Hired:
    async with tenancy.at(tenant.door) as (connection, side):
        seller = replace(side.settings.seller, address=Address(country="DE"))
        await connection.execute(sides.update().values(settings=replace(side.settings, seller=seller)))
    return await hire(tenancy, tenant.live.door)


async def test_from_a_registration_to_a_taxed_plan(
    tenancy: Tenancy, tenant: Tenant, running_site: RunningSite, owner: Hired
) -> None:
    price = await sell(tenancy, tenant.door)
    customer = await subscribe(tenancy, tenant.door, None)
    async with StaffBrowser(running_site, tenant.door, owner.secret) as staff:
        await staff.get("/tax")
        assert "Nowhere yet. Without a registration no tax is charged." in staff.text
        for wrong, sentence in (
            ({"country": "JP"}, "The tax rates of Japan are not known here."),
            ({"country": "US"}, "There one registers with a state."),
            ({"country": "DE", "region": "BY"}, "There one registers with the country."),
            ({"country": "DE", "since": "soon"}, "Choose a day."),
            ({"country": "CH", "scheme": "oss_union"}, "one of the European Union's countries."),
            ({"country": "QQ"}, "Choose a country from the list."),
        ):
            await staff.post("/tax/registrations", **({"scheme": "standard"} | wrong))
            assert staff.page.status_code == 400
            assert sentence in staff.text
        await staff.post("/tax/registrations", country="DE", scheme="standard")
        await staff.follow()
        assert "The registration was added." in staff.text
        assert "Germany Active" in staff.text
        await staff.post("/tax", automatic="on", behavior="exclusive", tax_code="zzqx")
        assert staff.page.status_code == 400
        await staff.post("/tax", automatic="on", behavior="exclusive", tax_code="saas business electronic download")
        await staff.follow()
        assert "Saved." in staff.text
        assert "(txcd_10103101)" in staff.html
        for query, words in (
            ("country=DE&kind=consumer", ("VAT 19%", "You are registered there.", "€119.00")),
            ("country=FR&kind=business", ("No tax", "Reverse charge", "€100.00")),
            ("country=FR", ("VAT 19%", "the rate of your own country")),
            ("country=US", ("No tax", "You are not registered there, so no tax is charged.")),
        ):
            await staff.get(f"/tax?{query}")
            assert all(each in staff.text for each in words), query

        # Without a country tax cannot be worked out, and the page says what to do.
        await staff.post(f"/customers/{customer}/subscribe", price=price, quantity="10")
        assert "Add the address to the customer's details first." in staff.text
        await staff.get(f"/customers/{customer}/details")
        await staff.post(f"/customers/{customer}/details", name="Jenny", email="jenny@example.com", country="DE")
        await staff.get(f"/customers/{customer}/subscribe")
        await staff.post(f"/customers/{customer}/subscribe", price=price, quantity="10")
        await staff.follow()
        assert all(words in staff.text for words in ("VAT 19%", "€22.80", "€142.80"))
        (start,) = set(re.findall(r"/subscribe/([A-Za-z0-9_]+)\"", staff.html))
        await staff.post(f"/customers/{customer}/subscribe/{start}")
        async with tenancy.at(tenant.door) as (connection, _):
            account = await book.read_account(connection, customer)
        assert account is not None
        assert [(each.total, each.automatic_tax) for each in account.invoices] == [(14280, True)]

        await staff.get("/tax")
        (registration,) = set(re.findall(r"/registrations/(taxreg_[A-Za-z0-9]+)/end", staff.html))
        await staff.post(f"/tax/registrations/{registration}/end")
        await staff.follow()
        assert "Germany Ended" in staff.text


async def test_tax_ids_of_a_customer(tenancy: Tenancy, tenant: Tenant, running_site: RunningSite, owner: Hired) -> None:
    customer = await subscribe(tenancy, tenant.door, None)
    async with StaffBrowser(running_site, tenant.door, owner.secret) as staff:
        await staff.get(f"/customers/{customer}/tax-ids")
        assert "European Union: VAT number" in staff.text
        await staff.post(f"/customers/{customer}/tax-ids", type="eu_vat", value="AT 1")
        assert staff.page.status_code == 400
        assert "This is no number of that kind." in staff.text
        await staff.post(f"/customers/{customer}/tax-ids", type="eu_vat", value="atu 123 456 78")
        await staff.follow()
        assert "The tax id was added." in staff.text
        assert "ATU12345678 (Not checked yet)" in staff.text
        await staff.get(f"/customers/{customer}/tax-ids")
        assert "ATU12345678 Not checked yet" in staff.text
        (tax_id,) = set(re.findall(r"/tax-ids/(txi_[A-Za-z0-9]+)/confirm", staff.html))
        await staff.post(f"/customers/{customer}/tax-ids/{tax_id}/confirm")
        await staff.follow()
        assert "ATU12345678 (Confirmed)" in staff.text
        await staff.get(f"/customers/{customer}/tax-ids")
        assert "Confirm by hand" not in staff.text
        await staff.post(f"/customers/{customer}/tax-ids/{tax_id}/remove")
        await staff.follow()
        assert "ATU12345678" not in staff.text
        await staff.post(f"/customers/{customer}/tax-ids/{tax_id}/confirm")
        assert staff.page.status_code == 404

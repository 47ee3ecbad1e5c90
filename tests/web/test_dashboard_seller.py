"""The details for invoices and going live, as an owner does them."""

import asyncio

import pytest
from hired import Hired, StaffBrowser, hire
from msgspec.structs import replace
from sides import Tenant
from sites import RunningSite

from frontdesk.roles import Role
from frontdesk_tenants import provisioning
from frontdesk_tenants.directory import Door, Side
from frontdesk_tenants.provisioning import NewTenant
from frontdesk_tenants.side_settings import lock_settings, write_settings
from frontdesk_tenants.tenancy import Tenancy

WHOLE = {
    "name": "Lena Brandt",
    "line1": "Hafenstraße 7",
    "line2": "",
    "postal_code": "20457",
    "city": "Hamburg",
    "state": "",
    "country": "DE",
    "tax_number": "DE 123 456 789",
    "email": "",
    "phone": "",
    "iban": "de02 1203 0000 0000 2020 51",
    "bic": "",
    "bank_account": "",
    "bank_account_holder": "",
    "invoice_prefix": "brandt",
    "days_until_due": "14",
    "invoice_footer": "Thank you.\r\nSee you soon.",
}


@pytest.fixture
async def born(tenancy: Tenancy, tenant: Tenant) -> tuple[Door, Door]:
    """The doors of a tenant that has just signed up: live and sandbox."""
    live, sandbox = await provisioning.create_tenant(
        tenancy, NewTenant(slug=f"{tenant.slug}-new", name="Brandt Yoga", currency="eur", live=False)
    )
    return live.door, sandbox.door


@pytest.fixture
async def lena(tenancy: Tenancy, born: tuple[Door, Door]) -> Hired:
    return await hire(tenancy, born[0])


async def side_of(tenancy: Tenancy, door: Door) -> Side:
    async with tenancy.at(door) as (_, side):
        return side


async def test_from_nothing_to_live(
    running_site: RunningSite, tenancy: Tenancy, born: tuple[Door, Door], lena: Hired
) -> None:
    live, _ = born
    async with StaffBrowser(running_site, live, lena.secret) as browser:
        await browser.get("/portal/link")
        assert "It works once you go live." in browser.text
        assert "Activate link" not in browser.text
        await browser.get("/go-live")
        for missing in ("Street and number", "Postal code", "City", "Country", "Tax or VAT number", "Bank account"):
            assert missing in browser.text
        assert "Go live now" not in browser.text
        await browser.get("/seller")
        csrf = browser.csrf
        await browser.post("/go-live", csrf=csrf)
        assert browser.page.status_code == 400
        await browser.post("/seller", **WHOLE, csrf=csrf)
        assert browser.page.status_code == 303
        await browser.follow()
        assert "Saved. New invoices say this" in browser.text
        assert 'value="DE02 1203 0000 0000 2020 51"' in browser.html
        assert "The next invoice is BRANDT-0001." in browser.text
        await browser.get("/go-live")
        assert "Everything that is needed is there" in browser.text
        await browser.post("/go-live")
        await browser.follow()
        assert "Your portal is live." in browser.text
        assert "Deactivate link" in browser.text
        assert (await browser.get("/go-live")).status_code == 303
        assert (await browser.post("/go-live", csrf=csrf)).status_code == 303, "a second click does no harm"
        await browser.get("/portal/link")
        await browser.post("/portal/link", act="deactivate")
        await browser.follow()
        await browser.post("/portal/link", act="activate")
        await browser.follow()
        assert "The link works now." in browser.text
    side = await side_of(tenancy, live)
    assert side.live_since is not None
    assert side.settings.seller.iban == "DE02120300000000202051"
    assert side.settings.invoice_footer == "Thank you.\nSee you soon."


async def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(
    running_site: RunningSite, tenancy: Tenancy, born: tuple[Door, Door], lena: Hired
) -> None:
    live, _ = born
    async with StaffBrowser(running_site, live, lena.secret) as browser:
        await browser.get("/seller")
        wrong = WHOLE | {"iban": "DE02 1203 0000 0000 2020 52", "days_until_due": "many", "invoice_prefix": "a-b c!"}
        await browser.post("/seller", **wrong, lang="en")
        assert browser.page.status_code == 400
        for sentence in ("This IBAN is not right.", "Enter a number of days", "letters and digits, without spaces"):
            assert sentence in browser.text
        assert 'value="Hafenstraße 7"' in browser.html
        assert 'aria-invalid="true"' in browser.html
    assert (await side_of(tenancy, live)).settings.seller.iban is None


async def test_once_live_nothing_that_invoices_need_can_go(
    running_site: RunningSite, tenancy: Tenancy, born: tuple[Door, Door], lena: Hired
) -> None:
    live, sandbox = born
    async with StaffBrowser(running_site, live, lena.secret) as browser:
        await browser.get("/seller")
        csrf = browser.csrf
        await browser.post("/seller", **WHOLE, csrf=csrf)
        await browser.post("/go-live", csrf=csrf)
        await browser.post("/seller", **(WHOLE | {"tax_number": " "}), csrf=csrf)
        assert browser.page.status_code == 400
        assert "Please fill this in: invoices need it." in browser.text
    async with StaffBrowser(running_site, sandbox, lena.secret) as browser:
        await browser.get("/seller")
        await browser.post("/seller", name="Only a name", invoice_prefix="TEST", days_until_due="0")
        assert browser.page.status_code == 303
        assert (await browser.get("/go-live")).status_code == 303


async def test_who_may_look_and_who_may_change(
    running_site: RunningSite, tenancy: Tenancy, born: tuple[Door, Door]
) -> None:
    live, _ = born
    support = await hire(tenancy, live, Role.SUPPORT)
    async with StaffBrowser(running_site, live, support.secret) as browser:
        await browser.get("/seller")
        assert browser.page.status_code == 200
        assert "disabled" in browser.html
        csrf = browser.csrf
        for path in ("/seller", "/go-live"):
            assert (await browser.post(path, **WHOLE, csrf=csrf)).status_code == 403
        assert (await browser.post("/seller", **WHOLE, csrf="forged")).status_code == 403


async def test_details_undo_nothing_that_a_colleague_saves_at_the_same_moment(
    running_site: RunningSite, tenancy: Tenancy, born: tuple[Door, Door], lena: Hired
) -> None:
    live, _ = born
    async with StaffBrowser(running_site, live, lena.secret) as browser:
        await browser.get("/seller")
        async with tenancy.at(live) as (connection, _):
            before = await lock_settings(connection)
            posting = asyncio.create_task(browser.post("/seller", **WHOLE, csrf=browser.csrf))
            # It has read the side by then, and waits for the settings.
            await asyncio.sleep(0.4)
            await write_settings(connection, replace(before, cancel_late_after=9))
        await posting
        assert browser.page.status_code == 303
    settings = (await side_of(tenancy, live)).settings
    assert (settings.cancel_late_after, settings.seller.name) == (9, "Lena Brandt")

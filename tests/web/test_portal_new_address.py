"""Another e-mail address: proven by a code in the same session, told to the old one, which can take it back."""

import re

import pytest
from hurry import forgets_counts
from portal_browser import PortalBrowser
from portal_shop import API, Shop, open_shop
from sites import RunningSite
from sqlalchemy import select, update

from frontdesk import billing_details
from frontdesk.address_changes import OBJECTION, AddressChange
from frontdesk.commands import BillingDetails
from frontdesk.portal_configuration import CustomerUpdate
from frontdesk_tenants import address_changes, book, passcodes
from frontdesk_tenants.database import clock
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.tables import address_changes as rows
from frontdesk_tenants.tables import audit, challenges
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.objection_links import objection_path

OLD, NEW = "jenny@ashfordlane.example", "Jenny.Rosen@new.example"


@pytest.fixture(scope="module")
async def shop(tenancy: Tenancy, running_site: RunningSite) -> Shop:
    return await open_shop(tenancy)


@pytest.fixture(autouse=True)
def fresh_counts(running_site: RunningSite) -> None:
    """One network may ask for so many codes, and all tests of a worker are one."""
    forgets_counts(running_site.port)


async def email_of(shop: Shop, customer: str) -> str | None:
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        account = await book.read_account(connection, customer)
    assert account is not None
    return account.customer.email


async def newest(shop: Shop, customer: str) -> AddressChange:
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        id_ = await connection.scalar(select(rows.c.id).where(rows.c.customer == customer).order_by(rows.c.id.desc()))
        change = await address_changes.read(connection, id_ or "")
    assert change is not None
    return change


async def code_of(shop: Shop, customer: str) -> str:
    """The code on its way to the new address."""
    change = await newest(shop, customer)
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        now = await clock(connection)
        waiting = await passcodes.read_waiting(connection, shop.door, shop.tenancy.vault, change.challenge, now)
    assert waiting is not None
    assert waiting.code is not None
    return waiting.code


async def asked(browser: PortalBrowser, email: str = NEW, **more: str) -> None:
    """Type another address, and follow to the page that asks for the code."""
    await browser.get("/details")
    await browser.post("/details", email=email, **more)
    await browser.follow()
    assert "Confirm your new address" in browser.text


async def test_the_new_address_counts_once_its_code_was_typed(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer()
    by_link, elsewhere = await shop.sign_in(customer), await shop.open_by_api(customer)
    async with PortalBrowser(running_site, shop, await shop.open_by_api(customer)) as browser:
        await asked(browser, name="Jenny")
        assert f"Until you enter it, {OLD} stays your address." in browser.text
        code = await code_of(shop, customer)
        await browser.post("/details/email", code=f"{(int(code) + 1) % 10**6:06d}")
        assert browser.page.status_code == 400
        assert "This code is not right" in browser.text
        assert await email_of(shop, customer) == OLD
        await browser.post("/details/email", code=code)
        await browser.follow()
        assert "Your new e-mail address counts from now on." in browser.text
        assert NEW in browser.text
        await browser.get("/details")
        await browser.post("/details/email", code=code)
        assert browser.page.headers["location"].endswith("/details"), "a code works once"
    assert await email_of(shop, customer) == NEW
    for secret in (by_link, elsewhere):
        async with PortalBrowser(running_site, shop, secret) as other:
            assert (await other.get("/")).status_code == 401, "other sessions are over"
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        actions = set(await connection.scalars(select(audit.c.action).where(audit.c.object == customer)))
    assert {"asked_for_address", "UpdateBillingDetails"} <= actions


async def test_a_code_belongs_to_its_session_and_to_its_change(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer()
    async with (
        PortalBrowser(running_site, shop, await shop.open_by_api(customer)) as browser,
        PortalBrowser(running_site, shop, await shop.open_by_api(customer)) as other,
        PortalBrowser(running_site, shop, await shop.sign_in(customer)) as by_link,
    ):
        await asked(browser, "first@new.example")
        code = await code_of(shop, customer)
        for stranger in (other, by_link):
            await stranger.get("/details")
            await stranger.post("/details/email", code=code)
            assert stranger.page.headers["location"].endswith("/details")
        await asked(browser, "second@new.example")
        if code != await code_of(shop, customer):
            await browser.post("/details/email", code=code)
            assert browser.page.status_code == 400
        await shop.configure(customer_update=CustomerUpdate(enabled=True, allowed_updates=("name",)))
        await browser.get("/details/email")
        await browser.post("/details/email", code=await code_of(shop, customer))
        assert browser.page.status_code == 400
        await shop.configure(customer_update=CustomerUpdate(enabled=True, allowed_updates=("name", "email")))
    assert await email_of(shop, customer) == OLD


async def test_nobody_learns_who_has_an_address_and_nobody_floods_one(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer()
    await shop.add_customer(email="known@new.example")
    shown = []
    async with PortalBrowser(running_site, shop, await shop.open_by_api(customer)) as browser:
        for email in ("known@new.example", "unknown@new.example"):
            await asked(browser, email)
            shown.append(re.sub(r'value="[^"]{43}"', "", browser.page.text.replace(email, "")))
        assert shown[0] == shown[1]
        for number in range(3):
            await asked(browser, f"n{number}@new.example")
        await browser.get("/details")
        await browser.post("/details", email="n4@new.example", name="Kept")
        assert browser.page.status_code == 429
        assert browser.page.headers["retry-after"] == "3600"
        assert "You have asked for many codes" in browser.text
        assert 'value="n4@new.example"' in browser.page.text
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        sent = set(await connection.scalars(select(challenges.c.address)))
    assert "n4@new.example" not in sent


async def test_the_old_address_takes_it_back(shop: Shop, running_site: RunningSite) -> None:
    """Even after another change, as long as it went through the portal."""
    customer = await shop.add_customer()
    async with PortalBrowser(running_site, shop, await shop.open_by_api(customer)) as browser:
        await asked(browser)
        await browser.post("/details/email", code=await code_of(shop, customer))
        change = await newest(shop, customer)
        await asked(browser, "third@new.example")
        await browser.post("/details/email", code=await code_of(shop, customer))
        assert await email_of(shop, customer) == "third@new.example"
        path = objection_path(shop.tenancy.vault, shop.door, change.id)
        async with PortalBrowser(running_site, shop, "x") as reader:
            await reader.get(path)
            assert f"was changed from {OLD} to J…@new.example" in reader.text
            assert await email_of(shop, customer) == "third@new.example", "looking changes nothing"
            assert (await reader.post(path, csrf="forged")).status_code == 403
            await reader.get(path)
            await reader.post(path)
            assert "Your address is as it was" in reader.text
            assert await email_of(shop, customer) == OLD
            await reader.get(path)
            assert "This change was taken back already." in reader.text
            for forged in (path[:-1], path + "x", path.replace("-", "+"), "/p/address/x", "/p/address/%00"):
                assert (await reader.get(forged)).status_code == 404
        assert (await browser.get("/")).status_code == 401


async def test_after_a_week_or_the_tenants_word_it_stays(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer()
    async with PortalBrowser(running_site, shop, await shop.open_by_api(customer)) as browser:
        await asked(browser)
        await browser.post("/details/email", code=await code_of(shop, customer))
    change = await newest(shop, customer)
    path = objection_path(shop.tenancy.vault, shop.door, change.id)
    async with PortalBrowser(running_site, shop, "x") as reader:
        async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
            await billing_details.update(desk, BillingDetails(email="tenants@word.example"))
        await reader.get(path)
        assert "The address was changed again since" in reader.text
        async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
            await billing_details.update(desk, BillingDetails(email=NEW))
        await reader.get(path)
        csrf = reader.csrf
        async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
            await connection.execute(update(rows).values(confirmed_at=change.created - OBJECTION))
        await reader.post(path, csrf=csrf)
        assert "This link is not valid any more." in reader.text
    assert await email_of(shop, customer) == NEW

"""A suspended tenant, as its customers meet it."""

import re

import pytest
from portal_browser import PortalBrowser
from portal_shop import Shop, open_shop
from sites import RunningSite

from frontdesk.branding import Brand
from frontdesk.desk import Actor
from frontdesk_tenants import book, provisioning
from frontdesk_tenants.suspending import lift, suspend
from frontdesk_tenants.tenancy import Tenancy

OPERATOR = Actor(kind="staff", id="opr_1")
SENTENCE = "Changes are paused at the moment. You can see everything, download your invoices and cancel."


@pytest.fixture
async def shop(tenancy: Tenancy, running_site: RunningSite) -> Shop:
    return await open_shop(tenancy)


async def product_of(shop: Shop, plan: str) -> str:
    async with shop.tenancy.at(shop.door) as (connection, side):
        terms = await book.read_terms(connection, side, [shop.prices[plan]])
    return terms.prices[shop.prices[plan]].product


async def suspended(shop: Shop) -> None:
    await suspend(shop.tenancy, (shop.door, shop.other_door), "The bill of October is open.", OPERATOR)


async def lifted(shop: Shop) -> None:
    await lift(shop.tenancy, (shop.door, shop.other_door), "", OPERATOR)


async def test_the_home_page_says_it_once_and_shows_everything(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer(shop.item("team", 10))
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get("/")
        assert SENTENCE not in browser.text
        assert "/change" in browser.html
        await suspended(shop)
        await browser.get("/")
        assert browser.text.count(SENTENCE) == 1
        assert "October" not in browser.text, "why is the tenant's business, not the customer's"
        assert "€120.00 per month" in browser.text
        assert "/cancel" in browser.html
        assert "/change" not in browser.html
        assert "/details" not in browser.html
        invoice = re.search(r'href="(/p/[^"]+/invoices/[^"/]+)"', browser.html)
        assert invoice is not None
        for path in (invoice[1], invoice[1] + "/pdf"):
            assert (await browser.get(path.removeprefix(browser.base))).status_code == 200
        await lifted(shop)
        await browser.get("/")
        assert SENTENCE not in browser.text
        assert "/change" in browser.html


async def test_the_sentence_names_whom_to_ask(shop: Shop, running_site: RunningSite) -> None:
    await provisioning.brand_side(shop.tenancy, shop.door, Brand(business_name="N", support_email="help@n.example"))
    customer = await shop.add_customer()
    await suspended(shop)
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get("/")
        assert "If you have questions, write to help@n.example." in browser.text
        await browser.get("/?lang=de")
        assert "help@n.example" in browser.text
        assert "Änderungen sind" in browser.text


async def test_every_change_is_refused_in_words(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer()
    subscription = await shop.subscribe(customer, shop.item("team", 10))
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get(f"/subscriptions/{subscription}/change")
        csrf = browser.csrf
        await browser.post(
            f"/subscriptions/{subscription}/change",
            product=await product_of(shop, "scale"),
            interval="month-1",
            quantity="12",
        )
        confirm = browser.page.headers["location"].removeprefix(browser.base)
        await suspended(shop)
        refused: list[tuple[str, dict[str, str] | None]] = [
            (f"/subscriptions/{subscription}/change", None),
            (f"/subscriptions/{subscription}/change", {"quantity": "3"}),
            (confirm, None),
            (confirm, {}),
            (f"/subscriptions/{subscription}/keep", {}),
            ("/details", None),
            ("/details", {"name": "New"}),
        ]
        for path, form in refused:
            page = await (browser.get(path) if form is None else browser.post(path, **form, csrf=csrf))
            assert page.status_code == 403, path
            assert SENTENCE in browser.text, path
            assert "Northbeam" in browser.html, "the page is the tenant's"
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        account = await book.read_account(connection, customer)
    assert account is not None
    assert account.version == 2
    assert account.subscriptions[0].items[0].quantity == 10


async def test_cancelling_works_and_cannot_be_taken_back_meanwhile(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer()
    subscription = await shop.subscribe(customer, shop.item("team", 10))
    await suspended(shop)
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get(f"/subscriptions/{subscription}/cancel")
        await browser.post(browser.action)
        await browser.follow()
        assert "Your plan is cancelled" in browser.text
        assert "take this back" not in browser.text
        assert "Keep my plan" not in browser.text
        await browser.post(f"/subscriptions/{subscription}/reason", feedback="unused")
        await browser.follow()
        assert "Thank you" in browser.text
        await browser.get("/")
        assert "Keep my plan" not in browser.text
        await lifted(shop)
        await browser.get("/")
        assert "Keep my plan" in browser.text


async def test_a_session_can_begin_and_end(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer()
    await suspended(shop)
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get("/")
        assert (await browser.post("/sign-out")).status_code == 303

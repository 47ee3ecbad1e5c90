"""A plan that has ended is started again: seen on the home page, quoted, confirmed once."""

import re

import pytest
from msgspec.structs import replace
from portal_browser import PortalBrowser
from portal_shop import API, Shop, open_shop
from sites import RunningSite

from frontdesk import cancellations, invoices
from frontdesk.book import Account
from frontdesk.commands import CancelSubscription
from frontdesk.frontdesk_settings import FrontdeskSettings, Restart
from frontdesk_tenants import book, configurations
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.tenancy import Tenancy


@pytest.fixture
async def shop(tenancy: Tenancy, running_site: RunningSite) -> Shop:
    return await open_shop(tenancy)


async def allow(shop: Shop) -> None:
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        present = await configurations.read_default(connection)
        changed = replace(
            present, version=present.version + 1, frontdesk=FrontdeskSettings(restart=Restart(enabled=True))
        )
        await configurations.put(connection, shop.door.tenant_id, changed, None)


async def account_of(shop: Shop, customer: str) -> Account:
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        account = await book.read_account(connection, customer)
    assert account is not None
    return account


async def test_what_ended_starts_again_once_and_at_the_price_shown(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer()
    subscription = await shop.subscribe(customer, shop.item("team", 10))
    async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        await cancellations.cancel(desk, CancelSubscription(subscription=subscription, when="now"))
    path = f"/subscriptions/{subscription}/start-again"
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get("/")
        assert "Team" not in browser.text
        assert (await browser.get(path)).status_code == 400
        await allow(shop)
        await browser.get("/")
        for expected in ("Team Ended €120.00 per month", "Ended on", "An invoice of this plan is still open."):
            assert expected in browser.text
        assert path not in browser.html
        assert (await browser.get(path)).status_code == 400
        async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
            await invoices.pay_out_of_band(desk, desk.account.invoices[0].id)
        await browser.get("/")
        assert path in browser.html
        await browser.get(path)
        for expected in ("Start Team again?", "10 × €12.00 per seat", "Due today €120.00", "renews by itself"):
            assert expected in browser.text
        confirm, csrf = browser.action, browser.csrf
        for _ in range(2):
            await browser.post(confirm, csrf=csrf)
            await browser.follow()
            assert "Your plan runs again" in browser.text
        for expected in ("We send you an invoice over €120.00, payable by", "€120.00 per month", "Next invoice"):
            assert expected in browser.text
        (issued,) = set(re.findall(rf'href="{browser.base}(/invoices/[^"]+)"', browser.html))
        assert "€120.00" in (await browser.get(issued)).text
        assert (await browser.get(path.replace("start-again", "started/quote_none"))).status_code == 404
        await browser.get("/")
        assert "Ended" not in browser.text
        assert re.search(r"Renews on .*€120\.00", browser.text)
        assert (await browser.get(path)).status_code == 400
        assert "You have this plan already." in browser.text
        for odd in ("", "qt_unknown", "%00"):
            assert (await browser.post(f"{path}?quote={odd}", csrf=csrf)).status_code == 404
        assert (await browser.post(confirm, csrf="x")).status_code == 403
    account = await account_of(shop, customer)
    (again,) = account.subscriptions
    assert (again.status, again.items[0].quantity) == ("active", 10)
    assert [each.amount_due for each in account.invoices if each.subscription == again.id] == [12000]

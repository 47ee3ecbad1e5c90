"""Cancelling in two steps, keeping, and the question why."""

import re

import pytest
from portal_browser import PortalBrowser
from portal_shop import API, Shop, open_shop
from sites import RunningSite

from frontdesk import plan_changes
from frontdesk.book import Account
from frontdesk.commands import ChangePlan, ItemChange
from frontdesk.portal_configuration import CancellationReasons, SubscriptionCancel
from frontdesk_tenants import book
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.portal_reads import read_subscription
from frontdesk_tenants.tenancy import Tenancy


@pytest.fixture
async def shop(tenancy: Tenancy, running_site: RunningSite) -> Shop:
    return await open_shop(tenancy)


async def with_team(shop: Shop) -> tuple[str, str, str]:
    customer = await shop.add_customer()
    subscription = await shop.subscribe(customer, shop.item("team", 10))
    return customer, subscription, await shop.sign_in(customer)


async def account_of(shop: Shop, customer: str) -> Account:
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        account = await book.read_account(connection, customer)
    assert account is not None
    return account


async def test_cancel_say_why_and_keep(shop: Shop, running_site: RunningSite) -> None:
    customer, subscription, secret = await with_team(shop)
    async with PortalBrowser(running_site, shop, secret) as browser:
        await browser.get(f"/subscriptions/{subscription}/cancel")
        assert "Cancel Team?" in browser.text
        assert "You can use your plan until" in browser.text
        assert re.search(r"Invoice \S+ over €120.00 is still to be paid", browser.text)
        await browser.post(browser.action)
        await browser.follow()
        assert "Your plan is cancelled" in browser.text
        assert "too expensive" in browser.text
        assert (await account_of(shop, customer)).subscriptions[0].cancel_at is not None

        await browser.post(f"/subscriptions/{subscription}/reason", feedback="unused", comment="Bye\x00\r\nnow ☃")
        await browser.follow()
        assert "Thank you" in browser.text
        told = (await account_of(shop, customer)).subscriptions[0].cancellation
        assert (told.feedback, told.comment) == ("unused", "Bye\nnow ☃")

        await browser.get("/")
        assert "Ends on" in browser.text
        assert "Ends soon" in browser.text
        assert f"/subscriptions/{subscription}/change" not in browser.html
        csrf = browser.csrf
        await browser.post(f"/subscriptions/{subscription}/keep")
        await browser.follow()
        assert "Your plan goes on as before." in browser.text
        assert "Renews on" in browser.text
        assert (await account_of(shop, customer)).subscriptions[0].cancel_at is None
        await browser.post(f"/subscriptions/{subscription}/keep", csrf=csrf)
        assert browser.page.status_code == 303, "a second time changes nothing"
        assert (await browser.get(f"/subscriptions/{subscription}/cancelled")).status_code == 303


async def test_cancelling_twice_is_cancelling_once(shop: Shop, running_site: RunningSite) -> None:
    customer, subscription, secret = await with_team(shop)
    async with PortalBrowser(running_site, shop, secret) as browser:
        await browser.get(f"/subscriptions/{subscription}/cancel")
        action, csrf = browser.action, browser.csrf
        places = {(await browser.post(action, csrf=csrf)).headers["location"] for _ in range(3)}
        assert places == {f"{browser.base}/subscriptions/{subscription}/cancelled"}
        await browser.get(f"/subscriptions/{subscription}/cancel")
        assert browser.page.headers["location"] in places
    assert (await account_of(shop, customer)).version == 3


async def test_ending_at_once_says_so_and_credits_what_was_shown(shop: Shop, running_site: RunningSite) -> None:
    customer, subscription, secret = await with_team(shop)
    await shop.configure(
        subscription_cancel=SubscriptionCancel(
            enabled=True,
            mode="immediately",
            proration_behavior="create_prorations",
            cancellation_reason=CancellationReasons(enabled=True),
        )
    )
    async with PortalBrowser(running_site, shop, secret) as browser:
        await browser.get(f"/subscriptions/{subscription}/cancel")
        assert "Your plan ends now. This cannot be taken back." in browser.text
        (credit,) = re.findall(r"€(\S+) for the time you do not use is credited", browser.text)
        await browser.post(browser.action)
        await browser.follow()
        assert "Your plan ended on" in browser.text
        assert f"€{credit} for the time that you do not use was credited to you." in browser.text
        assert "Keep my plan" not in browser.text
        reason = re.findall(r'action="([^"]+/reason[^"]*)"', browser.html)[0]
        await browser.post(reason, feedback="unused", comment="Moved away")
        await browser.follow()
        assert "Thank you" in browser.text
        assert f"€{credit} for the time" in browser.text
        await browser.get("/")
        assert "You have no plan at the moment" in browser.text
    account = await account_of(shop, customer)
    assert not account.subscriptions
    credited = -sum(each.line.amount for each in account.pending_items) + -account.customer.balances.get("eur", 0)
    assert f"{credited / 100:.2f}" == credit
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        ended = await read_subscription(connection, customer, subscription)
    assert ended is not None
    assert ended.status == "canceled"
    assert (ended.cancellation.feedback, ended.cancellation.comment) == ("unused", "Moved away")


async def test_an_account_that_moved_on_is_asked_again(shop: Shop, running_site: RunningSite) -> None:
    customer, subscription, secret = await with_team(shop)
    async with PortalBrowser(running_site, shop, secret) as browser:
        await browser.get(f"/subscriptions/{subscription}/cancel")
        action = browser.action
        async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
            item = ItemChange(id=desk.account.subscriptions[0].items[0].id, quantity=20)
            await plan_changes.change(desk, ChangePlan(subscription=subscription, items=(item,)))
        await browser.post(action)
        assert browser.page.status_code == 409
        assert "Something changed since" in browser.text
        assert "for changes that you made before is billed on that day" in browser.text
        assert (await account_of(shop, customer)).subscriptions[0].cancel_at is None
        await browser.post(browser.action)
        assert browser.page.status_code == 303
    cancelled = [each.id for each in (await account_of(shop, customer)).subscriptions if each.cancel_at]
    assert cancelled == [subscription]


@pytest.mark.parametrize("feature", [SubscriptionCancel(), SubscriptionCancel(enabled=True)])
async def test_what_is_not_asked_cannot_be_answered(
    shop: Shop, running_site: RunningSite, feature: SubscriptionCancel
) -> None:
    customer, subscription, secret = await with_team(shop)
    await shop.configure(subscription_cancel=feature)
    async with PortalBrowser(running_site, shop, secret) as browser:
        await browser.get(f"/subscriptions/{subscription}/change")
        csrf = browser.csrf
        await browser.post(f"/subscriptions/{subscription}/reason", csrf=csrf, feedback="unused")
        assert browser.page.status_code == 400
        await browser.post(f"/subscriptions/{subscription}/reason", csrf=csrf, comment="  ")
        assert browser.page.status_code == 303
        await browser.get(f"/subscriptions/{subscription}/cancel")
        assert browser.page.status_code == (200 if feature.enabled else 400)
    assert (await account_of(shop, customer)).version == 2

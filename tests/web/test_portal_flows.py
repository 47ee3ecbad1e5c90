"""Sessions with a flow: one job, no way around it, and what comes when it is done."""

import re
from collections.abc import Mapping
from decimal import Decimal

import pytest
from portal_browser import PortalBrowser
from portal_shop import API, Shop, open_shop
from sites import RunningSite

from frontdesk import cancellations
from frontdesk.book import Account
from frontdesk.catalogue_commands import CreateCoupon
from frontdesk.commands import ItemChange
from frontdesk.coupons import DiscountChoice
from frontdesk.flows import AfterCompletion, Flow
from frontdesk.portal_configuration import CancellationReasons, CustomerUpdate, SubscriptionCancel
from frontdesk.retention import StayOffer
from frontdesk_tenants import book, catalogues
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.tenancy import Tenancy

SHOP = "https://northbeam.example/account"
THANKS = "https://northbeam.example/thanks?plan=team&from=portal"
AFTER: Mapping[str, AfterCompletion] = {
    "hosted": AfterCompletion(custom_message="See you around.\nYour <Northbeam> team"),
    "redirect": AfterCompletion(type="redirect", return_url=THANKS),
    "home": AfterCompletion(type="portal_homepage"),
}


@pytest.fixture
async def shop(tenancy: Tenancy, running_site: RunningSite) -> Shop:
    return await open_shop(tenancy)


async def with_team(shop: Shop) -> tuple[str, str]:
    customer = await shop.add_customer()
    return customer, await shop.subscribe(customer, shop.item("team", 10))


async def account_of(shop: Shop, customer: str) -> Account:
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        account = await book.read_account(connection, customer)
    assert account is not None
    return account


async def with_coupon(shop: Shop) -> None:
    """A quarter off for ever, by the name of STAY25."""
    coupon = CreateCoupon(id="STAY25", percent_off=Decimal(25), duration="forever")
    async with shop.tenancy.at(shop.door) as (_, side):
        pass
    await catalogues.carry_out(
        lambda: shop.tenancy.database.side(shop.door.tenant_id),
        shop.tenancy,
        side,
        coupon,
        actor=API,
        idempotency_key="req_1",
    )


async def begin(browser: PortalBrowser) -> None:
    """From the address of the session to the flow's first page."""
    await browser.get("/flow")
    while browser.page.status_code == 303:
        await browser.follow()


async def test_a_flow_shows_its_job_alone(shop: Shop, running_site: RunningSite) -> None:
    customer, subscription = await with_team(shop)
    other = await shop.subscribe(customer, shop.item("starter"))
    flow = Flow(type="subscription_cancel", subscription=subscription)
    async with PortalBrowser(running_site, shop, await shop.open_by_api(customer, SHOP, flow)) as browser:
        await browser.get("/flow")
        assert browser.page.headers["location"] == f"{browser.base}/subscriptions/{subscription}/cancel"
        await browser.follow()
        assert ways(browser) == {SHOP}, "the way out, and to stay"
        assert "sign-out" not in browser.html
        assert "Return to Northbeam" in browser.html
        elsewhere = ("", "/", "/details", f"/subscriptions/{subscription}/change", f"/subscriptions/{other}/cancel")
        for path in (*elsewhere, "/statement", "/?lang=de"):
            assert (await browser.get(path)).headers["location"] == f"{browser.base}/flow", path
        await browser.get(f"/subscriptions/{subscription}/cancel")
        csrf = browser.csrf
        for path in (f"/subscriptions/{other}/cancel?quote=qt_1", "/details", "/switch"):
            await browser.post(path, csrf=csrf, name="Nobody")
            assert browser.page.headers["location"] == f"{browser.base}/flow", path
    account = await account_of(shop, customer)
    assert account.customer.name == "Ashford & Lane"
    assert all(each.cancel_at is None for each in account.subscriptions)


@pytest.mark.parametrize("after", AFTER)
async def test_cancelling_leads_where_its_maker_wanted(shop: Shop, running_site: RunningSite, after: str) -> None:
    customer, subscription = await with_team(shop)
    asked = CancellationReasons(enabled=after != "home")
    await shop.configure(subscription_cancel=SubscriptionCancel(enabled=True, cancellation_reason=asked))
    flow = Flow(type="subscription_cancel", subscription=subscription, after=AFTER[after])
    async with PortalBrowser(running_site, shop, await shop.open_by_api(customer, SHOP, flow)) as browser:
        await begin(browser)
        await browser.post(browser.action)
        await browser.follow()
        if after == "home":
            assert browser.page.headers["location"] == f"{browser.base}/?saved=cancelled"
            await browser.follow()
            assert "Your plan is cancelled." in browser.text
            assert "Billing details" in browser.text
            assert (await browser.get("/details")).status_code == 200, "it is a session like any other now"
            return
        assert "Your plan is cancelled" in browser.text
        if after == "hosted":
            assert "See you around." in browser.text
            assert "Your <Northbeam> team" in browser.text
        csrf = browser.csrf
        await browser.post(f"/subscriptions/{subscription}/reason", csrf=csrf, feedback="unused")
        await browser.follow()
        if after == "redirect":
            assert f'content="0;url={THANKS}"' in browser.html
        else:
            assert "Thank you" in browser.text
        # What is done is not begun again: every way leads to what came of it.
        for path in ("/flow", f"/subscriptions/{subscription}/cancel", "/"):
            await browser.get(path)
            while browser.page.status_code == 303:
                await browser.follow()
            assert ("Go on to Northbeam" if after == "redirect" else "Your plan is cancelled") in browser.text
        await browser.post(f"/subscriptions/{subscription}/keep", csrf=csrf)
        while browser.page.status_code == 303:
            await browser.follow()
        assert ("Go on to Northbeam" if after == "redirect" else "You keep your plan") in browser.text
    assert (await account_of(shop, customer)).subscriptions[0].cancel_at is None


@pytest.mark.parametrize("after", AFTER)
async def test_a_prepared_change_is_confirmed_with_its_discount(
    shop: Shop, running_site: RunningSite, after: str
) -> None:
    customer, subscription = await with_team(shop)
    await with_coupon(shop)
    (item,) = (await account_of(shop, customer)).subscriptions[0].items
    flow = Flow(
        type="subscription_update_confirm",
        after=AFTER[after],
        subscription=subscription,
        item=ItemChange(id=item.id, price=shop.prices["scale"], quantity=12),
        discounts=(DiscountChoice(coupon="STAY25"),),
    )
    async with PortalBrowser(running_site, shop, await shop.open_by_api(customer, SHOP, flow)) as browser:
        await begin(browser)
        assert "Confirm your new plan" in browser.text
        assert "Choose another plan" not in browser.text
        assert "25% off" in browser.text
        assert (await browser.get(f"/subscriptions/{subscription}/change")).status_code == 303
        await begin(browser)
        await browser.post(browser.action)
        await browser.follow()
        if after == "home":
            await browser.follow()
            assert "Your plan is changed." in browser.text
        elif after == "redirect":
            assert "Go on to Northbeam" in browser.text
        else:
            assert "See you around." in browser.text
            assert "Scale" in browser.text
            assert "View invoice" not in browser.text
    (changed,) = (await account_of(shop, customer)).subscriptions
    assert [(each.price, each.quantity) for each in changed.items] == [(shop.prices["scale"], 12)]
    assert [each.coupon for each in changed.discounts] == ["STAY25"]


async def test_an_offer_to_stay_ends_the_flow_too(shop: Shop, running_site: RunningSite) -> None:
    customer, subscription = await with_team(shop)
    await with_coupon(shop)
    flow = Flow(
        type="subscription_cancel",
        after=AFTER["redirect"],
        subscription=subscription,
        retention=StayOffer(type="coupon", coupon="STAY25"),
    )
    async with PortalBrowser(running_site, shop, await shop.open_by_api(customer, SHOP, flow)) as browser:
        await begin(browser)
        assert "Keep my plan with 25% off" in browser.text
        (stay,) = re.findall(r'formaction="([^"]+)"', browser.html)
        await browser.post(stay)
        await browser.follow()
        assert "Go on to Northbeam" in browser.text
        assert (await browser.get(f"/subscriptions/{subscription}/cancel")).headers["location"].endswith("/flow")
    (kept,) = (await account_of(shop, customer)).subscriptions
    assert ([each.coupon for each in kept.discounts], kept.cancel_at) == (["STAY25"], None)


async def test_choosing_a_plan_and_editing_details_are_flows_too(shop: Shop, running_site: RunningSite) -> None:
    customer, subscription = await with_team(shop)
    flow = Flow(type="subscription_update", subscription=subscription)
    async with PortalBrowser(running_site, shop, await shop.open_by_api(customer, None, flow)) as browser:
        await begin(browser)
        assert "Which plan suits you?" in browser.text
        assert "Back to billing" not in browser.text
        assert ways(browser) == set(), "without an address there is no way out"
        await browser.post(f"/subscriptions/{subscription}/change", product=product(browser, "Scale"), quantity="3")
        await browser.follow()
        await browser.post(browser.action)
        await browser.follow()
        assert "Your plan is changed" in browser.text
        assert "Back to billing" not in browser.text
    flow = Flow(type="customer_update", after=AFTER["hosted"])
    async with PortalBrowser(running_site, shop, await shop.open_by_api(customer, SHOP, flow)) as browser:
        await begin(browser)
        await browser.post("/details", name="Ashford & Daughters")
        while browser.page.status_code == 303:
            await browser.follow()
        assert "Your billing details are saved" in browser.text
        assert "See you around." in browser.text
        assert (await browser.get("/details")).headers["location"] == f"{browser.base}/flow"
    # A tax id is part of the one form, and saved with it or not at all.
    await shop.configure(customer_update=CustomerUpdate(enabled=True, allowed_updates=("name", "tax_id")))
    async with PortalBrowser(running_site, shop, await shop.open_by_api(customer, SHOP, flow)) as browser:
        await begin(browser)
        await browser.post("/details", name="Nobody", type="us_ein", value="12")
        assert browser.page.status_code == 400
        assert 'value="12"' in browser.html
        await browser.post("/details", name="Ashford & Daughters", type="us_ein", value="12-3456789")
        while browser.page.status_code == 303:
            await browser.follow()
        assert "Your billing details are saved" in browser.text
    account = await account_of(shop, customer)
    assert account.customer.name == "Ashford & Daughters"
    assert [each.value for each in account.customer.tax_ids] == ["12-3456789"]
    assert account.subscriptions[0].items[0].quantity == 3


async def test_what_became_impossible_is_explained(shop: Shop, running_site: RunningSite) -> None:
    customer, subscription = await with_team(shop)
    (item,) = (await account_of(shop, customer)).subscriptions[0].items
    confirm = Flow(
        type="subscription_update_confirm", subscription=subscription, item=ItemChange(id=item.id, quantity=10)
    )
    async with PortalBrowser(running_site, shop, await shop.open_by_api(customer, SHOP, confirm)) as browser:
        await begin(browser)
        assert browser.page.status_code == 400
        assert "This is your present plan." in browser.text
        assert "Return to Northbeam" in browser.html
    # Undone from elsewhere, the flow begins again instead of going round in circles.
    cancel = Flow(type="subscription_cancel", subscription=subscription)
    async with PortalBrowser(running_site, shop, await shop.open_by_api(customer, SHOP, cancel)) as browser:
        await begin(browser)
        await browser.post(browser.action)
        await browser.follow()
        async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
            await cancellations.keep(desk, subscription)
        await begin(browser)
        assert "Cancel Team?" in browser.text


def ways(browser: PortalBrowser) -> set[str]:
    """Where the page's links lead, but for those to itself in other languages."""
    return {each for each in re.findall(r'<a [^>]*href="([^"#]*)"', browser.html) if "lang=" not in each} - {""}


def product(browser: PortalBrowser, name: str) -> str:
    found = re.search(rf'name="product" value="([^"]+)"(?:(?!name="product").)*{name}', browser.html, re.S)
    assert found is not None
    return found[1]

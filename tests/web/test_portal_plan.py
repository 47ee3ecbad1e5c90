"""Changing a plan in the browser's way: choose, see the cents, confirm them, once."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace
from portal_browser import PortalBrowser
from portal_shop import Shop, open_shop, open_tenancy
from sides import API, clock_of
from sites import RunningSite

from frontdesk import subscriptions
from frontdesk.branding import Brand
from frontdesk.commands import CreateSubscription
from frontdesk.portal_configuration import InvoiceHistory, OfferedProduct, SubscriptionUpdate
from frontdesk_tenants import book, configurations, provisioning
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.tenancy import Tenancy


@pytest.fixture
async def shop(tenancy: Tenancy, running_site: RunningSite) -> Shop:
    return await open_shop(tenancy)


async def with_team(shop: Shop, quantity: int = 10) -> tuple[str, str, str]:
    """A customer with the team plan: customer, subscription, secret."""
    customer = await shop.add_customer()
    subscription = await shop.subscribe(customer, shop.item("team", quantity))
    return customer, subscription, await shop.sign_in(customer)


async def product_of(shop: Shop, plan: str) -> str:
    async with shop.tenancy.at(shop.door) as (connection, side):
        terms = await book.read_terms(connection, side, [shop.prices[plan]])
    return terms.prices[shop.prices[plan]].product


async def account_of(shop: Shop, customer: str) -> object:
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        return await book.read_account(connection, customer)


async def test_choosing_quoting_and_confirming(shop: Shop, running_site: RunningSite) -> None:
    customer, subscription, secret = await with_team(shop)
    brand = Brand(business_name="Northbeam", statement_descriptor="Northbeam Ltd", short_descriptor="BEAM")
    await provisioning.brand_side(shop.tenancy, shop.door, brand)
    async with PortalBrowser(running_site, shop, secret) as browser:
        await browser.get(f"/subscriptions/{subscription}/change")
        assert browser.page.status_code == 200
        for expected in ("Starter", "Scale", "Monthly", "Yearly", "Current plan", "€24.00", "Quantity (seat)"):
            assert expected in browser.text
        assert browser.action == f"{browser.base}/subscriptions/{subscription}/change"
        await browser.post(browser.action, product=await product_of(shop, "scale"), interval="month-1", quantity="12")
        await browser.follow()
        assert browser.page.status_code == 200
        shown = browser.text
        for expected in ("12 × €24.00 per seat", "€288.00 per month", "Unused time on Team", "Remaining time on Scale"):
            assert expected in shown
        assert "On your statement: NORTHBEAM LTD" in shown
        due = re.findall(r"Due today (\S+)", shown)[0]
        await browser.post(browser.action)
        await browser.follow()
        assert browser.page.status_code == 200
        assert "Your plan is changed" in browser.text
        assert due in browser.text
        (invoice,) = re.findall(r'href="([^"]+/invoices/[^"]+)"', browser.html)
        await browser.get(invoice)
        assert due in browser.text
        assert "Unused time on Team" in browser.text
        assert re.search(r"Reference \S+-0002 NORTHBEAM LTD", browser.text)
        pictures = re.findall(r'src="([^"]+/transfer-code[^"]+)"', browser.html)
        await browser.get("/")
        assert "12 × €24.00 per seat" in browser.text
        pictures += re.findall(r'src="([^"]+/transfer-code[^"]+)"', browser.html)
    await _see_pictures(shop, running_site, secret, pictures)
    account = await account_of(shop, customer)
    (item,) = account.subscriptions[0].items  # type: ignore[attr-defined]
    assert (item.price, item.quantity) == (shop.prices["scale"], 12)


async def _see_pictures(shop: Shop, site: RunningSite, secret: str, pictures: list[str]) -> None:
    """The codes to pay by, of an invoice's page and of the home page: theirs alone, and kept while they are right."""
    assert len(pictures) == 2
    async with PortalBrowser(site, shop, secret) as browser:
        for path in pictures:
            drawn = await browser.get(path)
            assert (drawn.status_code, drawn.headers["content-type"]) == (200, "image/png")
            assert drawn.content.startswith(b"\x89PNG")
            assert drawn.headers["cache-control"] == "private, max-age=3600"
            old = await browser.get(path[:-1] + "x")
            assert (old.content, old.headers["cache-control"]) == (drawn.content, "no-store, private")
        assert (await browser.get("/invoices/in_nobodys/transfer-code")).status_code == 404
        await shop.configure(invoice_history=InvoiceHistory(enabled=False))
        await browser.get("/")
        (path,) = re.findall(r'src="([^"]+/transfer-code[^"]+)"', browser.html)
        assert (await browser.get(path)).status_code == 200, "the home page says how to pay all the same"
    async with PortalBrowser(site, shop, await shop.sign_in(await shop.add_customer())) as stranger:
        assert (await stranger.get(pictures[0])).status_code == 404
    async with PortalBrowser(site, shop, "nobody") as nobody:
        assert (await nobody.get(pictures[0])).status_code == 401


async def test_a_smaller_plan_waits_and_can_be_taken_back(shop: Shop, running_site: RunningSite) -> None:
    _, subscription, secret = await with_team(shop)
    async with shop.tenancy.at(shop.door) as (connection, _):
        update = (await configurations.read_default(connection)).features.subscription_update
    await shop.configure(subscription_update=replace(update, schedule_at_period_end=("decreasing_item_amount",)))
    async with PortalBrowser(running_site, shop, secret) as browser:
        await browser.get(f"/subscriptions/{subscription}/change")
        await browser.post(browser.action, product=await product_of(shop, "team"), interval="month-1", quantity="5")
        await browser.follow()
        assert "You keep your present plan until" in browser.text
        assert "Due today €0.00" in browser.text
        await browser.post(browser.action)
        await browser.follow()
        assert "Your plan will change" in browser.text
        await browser.get("/")
        assert "it changes to Team, €60.00 per month." in browser.text
        assert "10 × €12.00 per seat" in browser.text
        await browser.post(f"/subscriptions/{subscription}/undo-change")
        await browser.follow()
        assert "Your plan stays as it is." in browser.text
        assert "it changes to" not in browser.text


async def test_a_trial_says_until_when_it_is_and_what_comes_then(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer()
    async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        await subscriptions.create(desk, CreateSubscription(items=(shop.item("team", 10),), trial_days=14))
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get("/")
        assert re.search(r"Trial until \d+ \w+ \d{4}, then €120.00 per month", browser.text)
        assert "€0.00" in browser.text


async def test_a_double_click_changes_once(shop: Shop, running_site: RunningSite) -> None:
    customer, subscription, secret = await with_team(shop)
    async with PortalBrowser(running_site, shop, secret) as browser:
        await browser.get(f"/subscriptions/{subscription}/change")
        await browser.post(browser.action, product=await product_of(shop, "scale"), interval="month-1", quantity="10")
        confirm = browser.page.headers["location"]
        await browser.follow()
        csrf = browser.csrf
        places = [(await browser.post(confirm, csrf=csrf)).headers["location"] for _ in range(3)]
        assert len(set(places)) == 1
        assert (await browser.get(confirm)).headers["location"] == places[0]
    account = await account_of(shop, customer)
    assert len(account.invoices) == 2, "the first period's, and one for the change"  # type: ignore[attr-defined]


async def test_ten_minutes_later_the_same_cents_are_billed_and_after_fifteen_a_new_look_is_needed(
    fresh_database: Callable[[], PostgresAddresses], site_at: Callable[..., RunningSite]
) -> None:
    postgres = fresh_database()
    tenancy = await open_tenancy(postgres)
    running, move = site_at(postgres), clock_of(postgres)
    shop = await open_shop(tenancy)
    customer, subscription, secret = await with_team(shop)
    async with PortalBrowser(running, shop, secret) as browser:
        move(timedelta(minutes=20))
        await browser.get(f"/subscriptions/{subscription}/change")
        form = {"product": await product_of(shop, "scale"), "interval": "month-1", "quantity": "10"}
        await browser.post(browser.action, **form)
        quoted = browser.page.headers["location"]
        await browser.follow()
        due = re.findall(r"Due today €(\S+)", browser.text)[0]
        move(timedelta(minutes=30))
        assert due in (await browser.get(quoted)).text, "ten minutes later it says the same"
        move(timedelta(minutes=36))
        await browser.get(quoted)
        assert browser.page.status_code == 410
        assert "valid for 15 minutes" in browser.text
        assert "checked" in browser.page.text
        csrf = browser.csrf
        await browser.post(quoted, csrf=csrf)
        assert browser.page.status_code == 410
        assert len((await account_of(shop, customer)).invoices) == 1  # type: ignore[attr-defined]
        await browser.post(browser.action, **form)
        await browser.follow()
        due = re.findall(r"Due today €(\S+)", browser.text)[0]
        move(timedelta(minutes=46))
        await browser.post(browser.action)
        await browser.follow()
        assert "Your plan is changed" in browser.text
    (_, invoice) = sorted((await account_of(shop, customer)).invoices, key=lambda each: each.created)  # type: ignore[attr-defined]
    assert f"{invoice.amount_due / 100:.2f}" == due
    await tenancy.aclose()


async def test_an_account_that_moved_on_shows_the_new_amounts_beside_the_old(
    shop: Shop, running_site: RunningSite
) -> None:
    customer, subscription, secret = await with_team(shop)
    scale = await product_of(shop, "scale")
    async with PortalBrowser(running_site, shop, secret) as browser:
        await browser.get(f"/subscriptions/{subscription}/change")
        change = browser.action
        await browser.post(change, product=scale, interval="month-1", quantity="10")
        first = browser.page.headers["location"]
        await browser.follow()
        csrf = browser.csrf
        await browser.post(change, csrf=csrf, product=scale, interval="month-1", quantity="3")
        await browser.post(browser.page.headers["location"], csrf=csrf)
        await browser.post(first, csrf=csrf)
        assert browser.page.status_code == 409
        assert "The amounts have changed" in browser.text
        assert "Nothing was changed or charged." in browser.text
        assert re.search(
            r"Present plan Team 10 × €12.00 per seat €120.00 per month Scale 3 × €24.00 per seat €72.00 per month"
            r" New plan Scale 10 × €24.00 per seat €240.00 per month Scale 10 ×",
            browser.text,
        ), "each as it was when it was shown"
        assert browser.action != first
        await browser.post(browser.action)
        await browser.follow()
        assert "Your plan is changed" in browser.text
    account = await account_of(shop, customer)
    assert account.subscriptions[0].items[0].quantity == 10  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"quantity": "0"}, "from 1 to 100"),
        ({"quantity": "101"}, "from 1 to 100"),
        ({"quantity": "-1"}, "Enter a whole number"),
        ({"quantity": "1.5"}, "Enter a whole number"),
        ({"quantity": "١٢"}, "Enter a whole number"),
        ({"quantity": "9" * 400}, "Enter a whole number"),
        ({"product": "prod_unknown"}, "not sold at that interval"),
        ({"product": "\x00"}, "not sold at that interval"),
        ({"interval": "year-1"}, "not sold at that interval"),
        ({"interval": "é"}, "not sold at that interval"),
        ({}, "This is your present plan"),
    ],
)
async def test_a_wrong_choice_is_shown_again_with_the_reason(
    shop: Shop, running_site: RunningSite, changed: dict[str, str], sentence: str
) -> None:
    customer, subscription, secret = await with_team(shop)
    product = await product_of(shop, "scale" if changed else "team")
    form = {"product": product, "interval": "month-1", "quantity": "10"} | changed
    async with PortalBrowser(running_site, shop, secret) as browser:
        await browser.get(f"/subscriptions/{subscription}/change")
        await browser.post(browser.action, **form)
        assert browser.page.status_code == 400
        assert sentence in browser.text
        assert "Which plan suits you?" in browser.text
    account = await account_of(shop, customer)
    assert account.subscriptions[0].items[0].quantity == 10  # type: ignore[attr-defined]


async def test_what_belongs_to_somebody_else_was_never_there(
    shop: Shop, running_site: RunningSite, tenancy: Tenancy
) -> None:
    """The same answer for another's id and for one that nobody has, but for the request's own number."""
    _, theirs, their_secret = await with_team(shop)
    elsewhere = await open_shop(tenancy)
    _, far, _ = await with_team(elsewhere)
    async with PortalBrowser(running_site, shop, their_secret) as other:
        await other.get(f"/subscriptions/{theirs}/change")
        await other.post(other.action, product=await product_of(shop, "scale"), interval="month-1", quantity="1")
        their_quote = other.page.headers["location"].rpartition("/")[2]
    customer = await shop.add_customer(email="eve@example.com")
    mine = await shop.subscribe(customer, shop.item("team"))

    def without_numbers(text: str, *ids: str) -> str:
        for each in ids:
            text = text.replace(each, "ID")
        return re.sub(r"req_\w+", "req", text)

    async with PortalBrowser(running_site, shop, await shop.sign_in(customer, address="eve@example.com")) as browser:
        await browser.get(f"/subscriptions/{mine}/change")
        csrf = browser.csrf
        for place in ("change", "cancel", "cancelled", f"confirm/{their_quote}", f"changed/{their_quote}"):
            nobody = await browser.get(f"/subscriptions/sub_0000000000000000000000/{place}")
            assert nobody.status_code == 404
            for id_ in (theirs, far):
                foreign = await browser.get(f"/subscriptions/{id_}/{place}")
                assert foreign.status_code == 404
                assert without_numbers(foreign.text, id_) == without_numbers(nobody.text, "sub_0000000000000000000000")
        for place in ("change", "cancel?quote=qt_1", "keep", "reason", f"confirm/{their_quote}"):
            answer = await browser.post(
                f"/subscriptions/{theirs}/{place}", csrf=csrf, feedback="unused", quantity="1", product="prod_1"
            )
            assert answer.status_code == 404, place
        assert (await browser.post(f"/subscriptions/{mine}/confirm/{their_quote}", csrf=csrf)).status_code == 404
        for odd in ("%00", "a%20b", "é", "x" * 300, "..%2f", "%ff"):
            assert (await browser.get(f"/subscriptions/{odd}/change")).status_code == 404
            assert (await browser.get(f"/subscriptions/{mine}/confirm/{odd}")).status_code == 404


async def test_a_forged_post_changes_nothing(shop: Shop, running_site: RunningSite) -> None:
    customer, subscription, secret = await with_team(shop)
    async with PortalBrowser(running_site, shop, secret) as browser:
        for place in ("change", "cancel?quote=qt_1", "keep", "reason", "confirm/qt_1"):
            for token in ("", "x", "é" * 43, "A" * 43):
                answer = await browser.post(f"/subscriptions/{subscription}/{place}", csrf=token, quantity="1")
                assert answer.status_code == 403
    foreign = {"Sec-Fetch-Site": "cross-site"}
    async with PortalBrowser(running_site, shop, secret, **foreign) as browser:
        await browser.get(f"/subscriptions/{subscription}/change")
        assert (await browser.post(browser.action, quantity="1")).status_code == 403
    account = await account_of(shop, customer)
    assert account.version == 2  # type: ignore[attr-defined]


async def test_an_offer_without_another_plan_says_so(shop: Shop, running_site: RunningSite) -> None:
    _, subscription, secret = await with_team(shop)
    team = await product_of(shop, "team")
    offered = (OfferedProduct(product=team, prices=(shop.prices["team"],)),)
    await shop.configure(
        subscription_update=SubscriptionUpdate(
            enabled=True, default_allowed_updates=("price",), products=offered, proration_behavior="always_invoice"
        )
    )
    async with PortalBrowser(running_site, shop, secret) as browser:
        await browser.get("/")
        assert "There is no other plan that you could change to online" in browser.text
        await browser.get(f"/subscriptions/{subscription}/change")
        assert browser.page.status_code == 400
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        assert (await configurations.read_default(connection)).features.subscription_update.enabled

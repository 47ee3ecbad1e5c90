"""Plans of several parts, by use and with codes; and many confirmations at once."""

import asyncio
import re
from decimal import Decimal

import pytest
from msgspec.structs import replace
from portal_browser import PortalBrowser
from portal_shop import API, Shop, open_shop
from sites import RunningSite

from frontdesk import acts, subscriptions
from frontdesk.book import Account, Price, Product, Recurring
from frontdesk.catalogue_commands import CreateCoupon, CreatePromotionCode
from frontdesk.changes import Changes
from frontdesk.commands import CreateSubscription, NewItem, ReportUsage
from frontdesk.events import CancellationScheduled
from frontdesk.ids import IdSource
from frontdesk.meters import Meter
from frontdesk.portal_configuration import AdjustableQuantity, OfferedProduct
from frontdesk_tenants import book, catalogues, configurations, meters
from frontdesk_tenants.committing import commit_changes
from frontdesk_tenants.database import clock
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.letters.time_sentences import last_bill_words


@pytest.fixture
async def shop(tenancy: Tenancy, running_site: RunningSite) -> Shop:
    """A shop that also sells calls by use, in two plans, and takes codes."""
    opened = await open_shop(tenancy)
    prices = await _sell_by_use(opened)
    async with tenancy.at(opened.door) as (connection, _):
        update = (await configurations.read_default(connection)).features.subscription_update
    offered = tuple(
        OfferedProduct(product=each.product, prices=(each.id,), adjustable_quantity=AdjustableQuantity(enabled=False))
        for each in prices.values()
    )
    allowed = (*update.default_allowed_updates, "promotion_code")
    await opened.configure(
        subscription_update=replace(update, products=(*update.products, *offered), default_allowed_updates=allowed)
    )
    return replace(opened, prices={**opened.prices, **{key: each.id for key, each in prices.items()}})


async def _sell_by_use(shop: Shop) -> dict[str, Price]:
    async with shop.tenancy.at(shop.door) as (connection, side):
        now = await clock(connection)
        ids = IdSource(now)
        products = {
            key: Product(id=ids("prod"), name=name, created=now, updated=now, unit_label="call")
            for key, name in (("calls", "Calls"), ("bulk", "Bulk calls"))
        }
        prices = {
            key: Price(
                id=ids("price"),
                product=each.id,
                currency="eur",
                unit_amount=Decimal("2"),
                created=now,
                recurring=Recurring(interval="month", usage_type="metered", meter="mtr_calls"),
            )
            for key, each in products.items()
        }
        meter = Meter(id="mtr_calls", event_name="calls", display_name="Calls", formula="sum", created=now, updated=now)
        await meters.create(connection, shop.door.tenant_id, meter, actor=API, request_id=None)
        await commit_changes(
            connection,
            side,
            Changes(products=tuple(products.values()), prices=tuple(prices.values())),
            before=None,
            actor=API,
            action="seed",
            now=now,
            jobs=shop.tenancy.jobs,
        )
    return prices


async def give_codes(shop: Shop) -> None:
    """Codes: one for all, one of another customer, one that was switched off."""
    another = await shop.add_customer(email="other@example.com")
    async with shop.tenancy.at(shop.door) as (_, side):
        pass
    for command in (
        CreateCoupon(id="SPRING", name="Spring", percent_off=Decimal(25), duration="repeating", duration_in_months=3),
        CreatePromotionCode(id="promo_1", code="SPRING-25", coupon="SPRING"),
        CreatePromotionCode(id="promo_2", code="THEIRS", coupon="SPRING", customer=another),
        CreatePromotionCode(id="promo_3", code="OVER", coupon="SPRING", active=False),
    ):
        await catalogues.carry_out(
            lambda: shop.tenancy.database.side(shop.door.tenant_id),
            shop.tenancy,
            side,
            command,
            actor=API,
            idempotency_key=command.id,
        )


async def account_of(shop: Shop, customer: str) -> Account:
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        account = await book.read_account(connection, customer)
    assert account is not None
    return account


async def product_of(shop: Shop, plan: str) -> str:
    async with shop.tenancy.at(shop.door) as (connection, side):
        terms = await book.read_terms(connection, side, [shop.prices[plan]])
    return terms.prices[shop.prices[plan]].product


async def test_a_plan_of_several_parts_is_changed_part_by_part(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer()
    subscription = await shop.subscribe(customer, shop.item("team", 10), NewItem(price=shop.prices["calls"]))
    seats, calls = (await account_of(shop, customer)).subscriptions[0].items
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get("/")
        await browser.get(f"/subscriptions/{subscription}/change")
        for expected in ("Team 10 × €12.00 per seat", "Calls €0.02 per call, by use", "Bulk calls", "Scale"):
            assert expected in browser.text
        assert "Yearly" not in browser.text, "the calls cannot follow"
        form = {
            "interval": "month-1",
            f"product-{seats.id}": await product_of(shop, "scale"),
            f"quantity-{seats.id}": "500",
            f"product-{calls.id}": await product_of(shop, "bulk"),
        }
        await browser.post(browser.action, **form)
        assert browser.page.status_code == 400
        assert f'id="quantity-{seats.id}-error"' in browser.html
        async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
            await acts.do(desk, _calls(100, desk.now))
        await browser.post(browser.action, **form | {f"quantity-{seats.id}": "4"})
        await browser.follow()
        for expected in (
            "4 × €24.00 per seat",
            "What you used of Calls until now is billed today.",
            "What you use of Bulk calls is billed at the end of each period.",
            "€96.00 plus use",
        ):
            assert expected in browser.text
        assert "then €96.00" not in browser.text
        due = re.findall(r"Due today (\S+)", browser.text)[0]
        await browser.post(browser.action)
        await browser.follow()
        assert "Your plan is changed" in browser.text
        assert due in browser.text or due == "€0.00"
    account = await account_of(shop, customer)
    items = [(each.price, each.quantity) for each in account.subscriptions[0].items]
    assert items == [(shop.prices["scale"], 4), (shop.prices["bulk"], 0)]


def _calls(count: int, at: object) -> ReportUsage:
    return ReportUsage(meter="mtr_calls", value=count, at=at, identifier=f"report_{count}")  # type: ignore[arg-type]


async def test_a_code_alone_a_wrong_one_and_one_taken_off_again(shop: Shop, running_site: RunningSite) -> None:
    await give_codes(shop)
    customer = await shop.add_customer()
    subscription = await shop.subscribe(customer, shop.item("team", 10))
    team, scale = await product_of(shop, "team"), await product_of(shop, "scale")
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get(f"/subscriptions/{subscription}/change")
        change, csrf = browser.action, browser.csrf
        form = {"interval": "month-1", "quantity": "10", "csrf": csrf}
        for code in ("NOPE", "THEIRS", "OVER"):
            await browser.post(change, product=scale, code=code, **form)
            assert browser.page.status_code == 400
            assert f"We do not know the code “{code}”" in browser.text, "nobody learns of others' codes"
            assert 'id="code-error"' in browser.html
        await browser.post(change, product=scale, code="spring-25", **form)
        await browser.follow()
        assert "Promotion code spring-25" in browser.text
        discounted = re.findall(r"Due today (\S+)", browser.text)[0]
        back = re.search(r'class="back" href="([^"]+)"', browser.html)
        assert back is not None
        shown = await browser.get(back[1])
        assert 'value="spring-25"' in shown.text
        await browser.post(change, product=scale, without="code", **form)
        await browser.follow()
        assert "Promotion code" not in browser.text
        assert re.findall(r"Due today (\S+)", browser.text)[0] != discounted
        # A code without another plan counts from the next invoice on, and taking it off leaves nothing to confirm.
        await browser.post(change, product=team, code="SPRING-25", **form)
        await browser.follow()
        for expected in ("Due today €0.00", "The code SPRING-25 counts from your next invoice on.", "€90.00"):
            assert expected in browser.text
        confirm = browser.action
        await browser.post(change, product=team, without="code", **form)
        assert browser.page.headers["location"] == change
        await browser.post(confirm, csrf=csrf)
        await browser.follow()
        assert browser.page.status_code == 200
    (subscription_,) = (await account_of(shop, customer)).subscriptions
    assert [each.code for each in subscription_.discounts] == ["SPRING-25"]


async def test_use_that_goes_on_does_not_stand_in_the_way(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer()
    subscription = await shop.subscribe(customer, shop.item("team", 10), NewItem(price=shop.prices["calls"]))
    seats, _ = (await account_of(shop, customer)).subscriptions[0].items
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get(f"/subscriptions/{subscription}/change")
        product = await product_of(shop, "team")
        fields = {f"product-{seats.id}": product, f"quantity-{seats.id}": "12", "interval": "month-1"}
        await browser.post(browser.action, **fields)
        await browser.follow()
        due = re.findall(r"Due today €(\S+)", browser.text)[0]
        async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
            await acts.do(desk, _calls(7, desk.now))
        await browser.post(browser.action)
        await browser.follow()
        assert "Your plan is changed" in browser.text
    invoices = (await account_of(shop, customer)).invoices
    (changed,) = [each for each in invoices if each.billing_reason == "subscription_update"]
    assert f"{changed.amount_due / 100:.2f}" == due


async def test_fifty_confirmations_at_once_change_once(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer()
    subscription = await shop.subscribe(customer, shop.item("team", 10))
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get(f"/subscriptions/{subscription}/change")
        await browser.post(browser.action, product=await product_of(shop, "scale"), interval="month-1", quantity="10")
        confirm = browser.page.headers["location"]
        await browser.follow()
        fields = {"csrf": browser.csrf}
        answers = await asyncio.gather(*(browser.send(confirm, **fields) for _ in range(50)))
    assert {each.status_code for each in answers} == {303}
    assert len({each.headers["location"] for each in answers}) == 1
    account = await account_of(shop, customer)
    assert len(account.invoices) == 2, "the first period's, and one for the change"
    assert (account.version, account.subscriptions[0].items[0].price) == (3, shop.prices["scale"])


async def test_a_trial_says_what_becomes_of_it(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer()
    async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        changes = await subscriptions.create(desk, CreateSubscription(items=(shop.item("team", 10),), trial_days=14))
    subscription = changes.subscriptions[0].id
    scale = await product_of(shop, "scale")
    async with shop.tenancy.at(shop.door) as (connection, _):
        update = (await configurations.read_default(connection)).features.subscription_update
    for behavior, before, after, due in (
        ("continue_trial", "Your trial goes on until", "Nothing is due before that.", "Due today €0.00"),
        ("end_trial", "it ends, and the new plan is billed", "Your trial ends today", "Due today €240.00"),
    ):
        await shop.configure(subscription_update=replace(update, trial_update_behavior=behavior))
        async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
            await browser.get(f"/subscriptions/{subscription}/change")
            assert before in browser.text
            await browser.post(browser.action, product=scale, interval="month-1", quantity="10")
            await browser.follow()
            assert after in browser.text
            assert due in browser.text


async def test_cancelling_what_is_billed_by_use_names_its_last_bill(shop: Shop, running_site: RunningSite) -> None:
    """As use, on the page and in the letter: nobody changed anything before. What cannot be now is said plainly."""
    customer = await shop.add_customer()
    plan = await shop.subscribe(customer, NewItem(price=shop.prices["calls"]))
    async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        await acts.do(desk, _calls(100, desk.now))
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get("/")
        await browser.get(f"/subscriptions/{plan}/cancel")
        assert "What you use until then is billed on that day. So far that is €2.00." in browser.text
        assert "changes that you made before" not in browser.text
        await browser.post(browser.action)
        await browser.get(f"/subscriptions/{plan}/change")
        assert "This is not possible at the moment" in browser.text
        assert "We did not understand that" not in browser.text
    (cancelled,) = (await account_of(shop, customer)).subscriptions
    assert cancelled.cancel_at is not None
    event = CancellationScheduled(customer=customer, subscription=plan, at=cancelled.created, ends=cancelled.cancel_at)
    async with shop.tenancy.at(shop.door) as (connection, side):
        told = await last_bill_words(connection, side, event, "en")
    assert told == "What you use until then is billed on that day."

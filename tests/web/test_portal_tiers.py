"""Plans in tiers and packages on the portal: what they say, and the exact total of a quantity before and after."""

from decimal import Decimal

import pytest
from portal_browser import PortalBrowser
from portal_shop import Shop, open_shop
from sites import RunningSite

from frontdesk.book import CurrencyOption, Price, Product, Recurring, Tier, TransformQuantity
from frontdesk.changes import Changes
from frontdesk.commands import CreateSubscription, NewItem
from frontdesk.desk import Actor
from frontdesk.ids import IdSource
from frontdesk.portal_configuration import AdjustableQuantity, OfferedProduct, SubscriptionUpdate
from frontdesk_tenants.committing import commit_changes
from frontdesk_tenants.database import clock
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.tenancy import Tenancy

API = Actor(kind="api", id="sk_1")


@pytest.fixture
async def shop(tenancy: Tenancy, running_site: RunningSite) -> Shop:
    return await open_shop(tenancy)


async def sell_in_tiers(shop: Shop) -> dict[str, Price]:
    """Graduated seats and packages of mailboxes, both offered; the packages for dollars too."""
    async with shop.tenancy.at(shop.door) as (connection, side):
        now = await clock(connection)
        ids = IdSource(now)
        made = {
            name: Product(id=ids("prod"), name=name, created=now, updated=now, unit_label=unit)
            for name, unit in (("Growth", "seat"), ("Mail", "mailbox"))
        }
        common = {"currency": "eur", "created": now, "recurring": Recurring(interval="month")}
        prices = {
            "Growth": Price(
                id=ids("price"),
                product=made["Growth"].id,
                billing_scheme="tiered",
                tiers_mode="graduated",
                tiers=(
                    Tier(up_to=5, unit_amount=Decimal(700)),
                    Tier(up_to=None, unit_amount=Decimal(500)),
                ),
                **common,  # type: ignore[arg-type]
            ),
            "Mail": Price(
                id=ids("price"),
                product=made["Mail"].id,
                unit_amount=Decimal(400),
                transform_quantity=TransformQuantity(divide_by=10, round="up"),
                currency_options={"usd": CurrencyOption(unit_amount=Decimal(500))},
                **common,  # type: ignore[arg-type]
            ),
        }
        await commit_changes(
            connection,
            side,
            Changes(products=tuple(made.values()), prices=tuple(prices.values())),
            before=None,
            actor=API,
            action="seed",
            now=now,
            jobs=shop.tenancy.jobs,
        )
    await shop.configure(
        subscription_update=SubscriptionUpdate(
            enabled=True,
            default_allowed_updates=("price", "quantity"),
            proration_behavior="always_invoice",
            products=tuple(
                OfferedProduct(
                    product=each.product,
                    prices=(each.id,),
                    adjustable_quantity=AdjustableQuantity(minimum=1, maximum=100),
                )
                for each in prices.values()
            ),
        )
    )
    return prices


async def test_tiers_and_packages_say_what_they_come_to(shop: Shop, running_site: RunningSite) -> None:
    prices = await sell_in_tiers(shop)
    customer = await shop.add_customer()
    subscription = await shop.subscribe(customer, NewItem(price=prices["Growth"].id, quantity=8))
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get("/")
        assert "8 seats" in browser.text
        assert "€50.00 per month" in browser.text
        change = f"/subscriptions/{subscription}/change"
        await browser.get(change)
        for expected in (
            "from €7.00 per seat, per month",
            "8 seats: €50.00",
            "€4.00 per 10 mailboxes, rounded up, per month",
            "8 mailboxes: €4.00",
        ):
            assert expected in browser.text
        await browser.get(f"{change}?quantity=21")
        assert "21 seats: €115.00" in browser.text
        assert "21 mailboxes: €12.00" in browser.text
        for odd in ("-1", "x", "1&quantity=2", "9" * 300):
            await browser.get(f"{change}?quantity={odd}")
            assert browser.page.status_code == 200
            assert "8 seats: €50.00" in browser.text
        await browser.get(change)
        await browser.post(browser.action, product=prices["Growth"].product, interval="month-1", quantity="12")
        await browser.follow()
        for expected in ("12 seats", "€70.00 per month", "Remaining time on Growth"):
            assert expected in browser.text
        await browser.get(change)
        await browser.post(browser.action, product=prices["Mail"].product, interval="month-1", quantity="21")
        await browser.follow()
        for expected in ("21 mailboxes, €4.00 per 10 mailboxes", "€12.00 per month"):
            assert expected in browser.text
        await browser.post(browser.action)
        await browser.follow()
        assert "Your plan is changed" in browser.text
        await browser.get("/")
        assert "€12.00 per month" in browser.text


async def test_a_subscription_in_another_currency_is_shown_in_it(shop: Shop, running_site: RunningSite) -> None:
    prices = await sell_in_tiers(shop)
    customer = await shop.add_customer()
    async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        items = (NewItem(price=prices["Mail"].id, quantity=21),)
        await desk.know(command := CreateSubscription(items=items, currency="usd"))
        (subscription,) = (await desk.carry_out(command)).subscriptions
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get("/")
        assert "$15.00 per month" in browser.text
        assert "€" not in browser.text.partition("Payment")[0]
        await browser.get(f"/subscriptions/{subscription.id}/change?quantity=31")
        assert "31 mailboxes: $20.00" in browser.text
        assert "Growth" not in browser.text

"""A promotion code in the browser's way: typed with another plan, seen on confirmation, card and bill."""

import re
from decimal import Decimal

import pytest
from msgspec.structs import replace
from portal_browser import PortalBrowser
from portal_shop import API, Shop, open_shop
from sites import RunningSite

from frontdesk.catalogue_commands import CreateCoupon, CreatePromotionCode
from frontdesk_tenants import book, catalogues, configurations
from frontdesk_tenants.tenancy import Tenancy


@pytest.fixture
async def shop(tenancy: Tenancy, running_site: RunningSite) -> Shop:
    return await open_shop(tenancy)


async def with_codes(shop: Shop) -> None:
    """A code that everybody may use for three months, and customers who may type it."""
    async with shop.tenancy.at(shop.door) as (connection, side):
        configuration = await configurations.read_default(connection)
    for command in (
        CreateCoupon(id="SPRING", name="Spring", percent_off=Decimal(25), duration="repeating", duration_in_months=3),
        CreatePromotionCode(id="promo_1", code="SPRING-25", coupon="SPRING"),
    ):
        await catalogues.carry_out(
            lambda: shop.tenancy.database.side(shop.door.tenant_id),
            shop.tenancy,
            side,
            command,
            actor=API,
            idempotency_key=command.id,
        )
    update = configuration.features.subscription_update
    allowed = (*update.default_allowed_updates, "promotion_code")
    await shop.configure(subscription_update=replace(update, default_allowed_updates=allowed))


async def product_of(shop: Shop, plan: str) -> str:
    async with shop.tenancy.at(shop.door) as (connection, side):
        terms = await book.read_terms(connection, side, [shop.prices[plan]])
    return terms.prices[shop.prices[plan]].product


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("en", ("Promotion code", "Spring (25% off)", "Subtotal", "25% off until")),
        ("de", ("Aktionscode", "Spring (25 % Rabatt)", "Zwischensumme", "25 % Rabatt bis")),
    ],
)
async def test_a_code_is_typed_seen_and_kept(
    shop: Shop, running_site: RunningSite, locale: str, expected: tuple[str, ...]
) -> None:
    await with_codes(shop)
    customer = await shop.add_customer()
    subscription = await shop.subscribe(customer, shop.item("team", 10))
    field, name, subtotal, kept = expected
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer, locale=locale)) as browser:
        await browser.get(f"/subscriptions/{subscription}/change")
        assert field in browser.text
        form = {"product": await product_of(shop, "scale"), "interval": "month-1", "quantity": "10"}
        await browser.post(browser.action, **form, code="NONSENSE")
        assert browser.page.status_code == 400
        assert 'id="code-error"' in browser.html
        assert 'value="NONSENSE"' in browser.html
        await browser.post(browser.action, **form, code=" spring-25 ")
        await browser.follow()
        assert name in browser.text
        assert subtotal in browser.text
        await browser.post(browser.action)
        await browser.follow()
        assert browser.page.status_code == 200
        (invoice,) = re.findall(r'href="([^"]+/invoices/[^"]+)"', browser.html)
        await browser.get(invoice)
        assert name in browser.text
        await browser.get("/")
        assert kept in browser.text
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        account = await book.read_account(connection, customer)
    assert account is not None
    assert [each.code for each in account.subscriptions[0].discounts] == ["SPRING-25"]


async def test_where_codes_are_not_asked_for_none_is_taken(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer()
    subscription = await shop.subscribe(customer, shop.item("team", 10))
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get(f"/subscriptions/{subscription}/change")
        assert "Promotion code" not in browser.text
        product = await product_of(shop, "scale")
        await browser.post(browser.action, product=product, interval="month-1", quantity="10", code="SPRING-25")
        await browser.follow()
        assert browser.page.status_code == 200
        assert "Subtotal" not in browser.text

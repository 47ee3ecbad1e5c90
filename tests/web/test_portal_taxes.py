"""Taxes where a customer sees them: what comes next, what a change costs, the bill, and its document."""

import io
import re
from decimal import Decimal

import pytest
from portal_browser import PortalBrowser
from portal_shop import API, Shop, open_shop
from pypdf import PdfReader
from sites import RunningSite

from frontdesk import subscriptions
from frontdesk.catalogue_commands import CreateTaxRate
from frontdesk.commands import CreateSubscription
from frontdesk_tenants import book, catalogues
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.tenancy import Tenancy


@pytest.fixture
async def shop(tenancy: Tenancy, running_site: RunningSite) -> Shop:
    return await open_shop(tenancy)


async def taxed_subscription(shop: Shop, customer: str) -> str:
    command = CreateTaxRate(id="txr_1", display_name="VAT", percentage=Decimal(19), inclusive=False)
    async with shop.tenancy.at(shop.door) as (_, side):
        pass
    await catalogues.carry_out(
        lambda: shop.tenancy.database.side(shop.door.tenant_id),
        shop.tenancy,
        side,
        command,
        actor=API,
        idempotency_key="key",
    )
    async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        new = CreateSubscription(items=(shop.item("team", 10),), default_tax_rates=("txr_1",))
        return (await subscriptions.create(desk, new)).subscriptions[0].id


@pytest.mark.parametrize(
    ("locale", "card", "renews", "confirmed"),
    [
        ("en", "€120.00 per month + VAT 19%", "€142.80", ("Subtotal €120.00", "VAT 19% €22.80", "€285.60")),
        ("de", "120,00 € pro Monat + VAT 19 %", "142,80 €", ("Zwischensumme 120,00 €", "VAT 19 % 22,80 €", "285,60 €")),
    ],
)
async def test_what_is_shown_is_what_is_billed(
    shop: Shop, running_site: RunningSite, locale: str, card: str, renews: str, confirmed: tuple[str, ...]
) -> None:
    customer = await shop.add_customer()
    subscription = await taxed_subscription(shop, customer)
    async with shop.tenancy.at(shop.door) as (connection, side):
        terms = await book.read_terms(connection, side, [shop.prices["scale"]])
    product = terms.prices[shop.prices["scale"]].product

    async with PortalBrowser(running_site, shop, await shop.sign_in(customer, locale=locale)) as browser:

        def seen() -> str:
            return " ".join(browser.text.replace("\xa0", " ").split())

        await browser.get("/")
        assert card in seen()
        assert renews in seen()
        await browser.get(f"/subscriptions/{subscription}/change")
        await browser.post(browser.action, product=product, interval="month-1", quantity="10")
        await browser.follow()
        for words in confirmed:
            assert words in seen()
        await browser.post(browser.action)
        await browser.follow()
        (address,) = re.findall(r'href="([^"]+/invoices/[^"]+)"', browser.html)
        await browser.get(address)
        for words in confirmed[:2]:
            assert words in seen()
        await browser.get(f"{address}/pdf")
        pdf = PdfReader(io.BytesIO(browser.page.content))
        printed = " ".join(" ".join(page.extract_text() for page in pdf.pages).replace("\xa0", " ").split())
        for words in confirmed[:2]:
            assert words in printed
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        account = await book.read_account(connection, customer)
    assert account is not None
    assert account.invoices[-1].total == 14280

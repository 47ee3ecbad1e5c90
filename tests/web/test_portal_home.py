"""The home page: what it shows, in whose language, and what it answers where there is nobody signed in."""

import re

import pytest
from portal_browser import PortalBrowser
from portal_shop import API, Shop, open_shop
from sites import RunningSite

from frontdesk import invoices, subscriptions
from frontdesk.book import Address
from frontdesk.commands import CreateSubscription
from frontdesk.invoice_commands import AdjustBalance
from frontdesk.portal_configuration import (
    CustomerUpdate,
    InvoiceHistory,
    PaymentMethodUpdate,
    SubscriptionCancel,
    SubscriptionUpdate,
)
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.tenancy import Tenancy


@pytest.fixture
async def shop(tenancy: Tenancy, running_site: RunningSite) -> Shop:
    return await open_shop(tenancy)


async def test_the_page_says_what_is_paid_when_and_how(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer(
        shop.item("team", 10),
        phone="+49 40 5550188",
        address=Address(line1="Weidenweg 18", postal_code="10249", city="Berlin", country="DE"),
    )
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        page = await browser.get("/")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-store, private"
    text = browser.text
    for expected in (
        "Ashford & Lane",
        "Team",
        "€120.00 per month",
        "10 × €12.00 per seat",
        "Shared desks for a team.",
        "Active",
        "Renews on",
        "You pay by bank transfer within 14 days of the invoice.",
        "DE02 1203 0000 0000 2020 51",
        "jenny@ashfordlane.example",
        "+49 40 5550188",
        "Weidenweg 18",
        "10249 Berlin",
        "Germany",
        "Open",
    ):
        assert expected in text
    (subscription,) = re.findall(r'/subscriptions/([^/"]+)/change"', browser.html)
    assert f'href="{browser.base}/subscriptions/{subscription}/cancel"' in browser.html
    assert f'href="{browser.base}/details"' in browser.html
    assert "<script>" not in page.text
    assert "€120.00" in text


async def test_german_words_dates_and_amounts(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer(shop.item("team", 10))
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer, locale="de")) as browser:
        page = await browser.get("/")
    assert '<html lang="de">' in page.text
    assert "120,00 € pro Monat" in browser.text.replace("\xa0", " ")
    assert "Verlängert sich am" in browser.text


@pytest.mark.parametrize(
    ("session", "preferred", "header", "expected"),
    [
        (None, (), "", "en"),
        (None, (), "de-CH,de;q=0.9", "de"),
        (None, ("de-AT",), "en", "de"),
        ("en", ("de",), "de", "en"),
        (None, ("pt-BR",), "de", "de"),
        ("pt-BR", ("fr-CA", "de"), "de", "fr"),
    ],
)
async def test_the_language_is_the_sessions_then_the_customers_then_the_browsers(
    shop: Shop,
    running_site: RunningSite,
    session: str | None,
    preferred: tuple[str, ...],
    header: str,
    expected: str,
) -> None:
    secret = await shop.sign_in(await shop.add_customer(preferred_locales=preferred), locale=session)
    async with PortalBrowser(running_site, shop, secret, **{"Accept-Language": header}) as browser:
        for _ in range(2):
            assert f'<html lang="{expected}">' in (await browser.get("/")).text


async def test_a_chosen_language_stays(shop: Shop, running_site: RunningSite) -> None:
    secret = await shop.sign_in(await shop.add_customer())
    async with PortalBrowser(running_site, shop, secret) as browser:
        assert '<html lang="en">' in (await browser.get("/")).text
        assert '<html lang="de">' in (await browser.get("/?lang=de")).text
        assert '<html lang="de">' in (await browser.get("/")).text
        assert '<html lang="de">' in (await browser.get("/details")).text
        assert '<html lang="de">' in (await browser.get("/?lang=xx")).text
        assert '<html lang="es">' in (await browser.get("/?lang=es-419")).text
        assert '<html lang="ar" dir="rtl">' in (await browser.get("/?lang=ar")).text
        assert '<html lang="en">' in (await browser.get("/?lang=en")).text


async def test_who_has_no_good_session_is_sent_away(shop: Shop, running_site: RunningSite) -> None:
    elsewhere = await shop.sign_in(await shop.add_customer())
    for secret in ("", "x", "a" * 55, "%00", elsewhere[::-1]):
        async with PortalBrowser(running_site, shop, secret) as browser:
            answer = await browser.get("/")
            assert (answer.status_code, answer.headers["location"].startswith("/p/login/")) == (303, True)
            assert (await browser.get("/subscriptions/sub_1/change")).status_code == 303
    async with running_site.client() as client:
        assert (await client.get("/p/nobody-has-this-portal/")).status_code == 404


async def test_a_switched_off_feature_takes_its_buttons_and_sections_along(
    shop: Shop, running_site: RunningSite
) -> None:
    customer = await shop.add_customer(shop.item("team"))
    await shop.configure(
        customer_update=CustomerUpdate(),
        invoice_history=InvoiceHistory(),
        subscription_cancel=SubscriptionCancel(),
        subscription_update=SubscriptionUpdate(),
    )
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get("/")
    assert "Team" in browser.text
    # How to pay is said all the same, with its code, whose picture is an invoice's.
    pages = re.sub(r'src="[^"]+/transfer-code\?', "", browser.html)
    for gone in ("/change", "/cancel", "/details", "/invoices", "Invoices"):
        assert gone not in pages


async def test_a_subscription_of_several_parts_is_shown_and_changed_part_by_part(
    shop: Shop, running_site: RunningSite
) -> None:
    customer = await shop.add_customer(shop.item("team", 2), shop.item("scale"))
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get("/")
        assert "Team: 2 × €12.00 per seat" in browser.text
        assert "€48.00 per month" in browser.text
        (subscription,) = re.findall(r'/subscriptions/([^/"]+)/change"', browser.html)
        answer = await browser.get(f"/subscriptions/{subscription}/change")
    assert answer.status_code == 200
    assert "Team" in browser.text
    assert "Scale" in browser.text


async def test_the_switcher_offers_the_other_customers_of_the_address(shop: Shop, running_site: RunningSite) -> None:
    first = await shop.add_customer(shop.item("team"), name="First")
    second = await shop.add_customer(name="Second")
    await shop.add_customer(name="Stranger", email="other@example.com")
    async with PortalBrowser(running_site, shop, await shop.sign_in(first)) as browser:
        page = await browser.get("/")
        assert f'value="{second}"' in page.text
        assert "Stranger" not in page.text
    async with PortalBrowser(running_site, shop, await shop.open_by_api(first)) as browser:
        assert "Second" not in (await browser.get("/")).text


async def test_a_session_by_api_leads_back(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer()
    for address in ("https://app.northbeam.example/a", "https://app.northbeam.example/b"):
        secret = await shop.open_by_api(customer, return_url=address)
        async with PortalBrowser(running_site, shop, secret) as browser:
            await browser.get("/")
            assert f'href="{address}"' in browser.html


async def test_a_short_list_of_invoices_leads_to_all(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer()
    for _ in range(12):
        await shop.subscribe(customer, shop.item("starter"))
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        first = re.findall(r'<td class="invoice-text">([^<]+)', (await browser.get("/")).text)
        assert len(first) == 10
        assert f'href="{browser.base}/invoices"' in browser.html
        assert "11 more invoices are open." in browser.text


async def test_what_is_to_be_paid_next_and_how(shop: Shop, running_site: RunningSite) -> None:
    """With the reference and the code to scan, what comes then, and what credit there is."""
    customer = await shop.add_customer(shop.item("team", 10))
    async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        await invoices.adjust_balance(desk, AdjustBalance(amount=-1500, currency="eur"))
        (invoice,) = desk.account.invoices
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get("/")
        assert f"€120.00 for invoice {invoice.number} is due on" in browser.text
        assert f"Reference {invoice.number}" in browser.text
        assert 'alt="QR code of the transfer"' in browser.page.text
        assert "The next invoice comes on" in browser.text
        assert "You have a credit of €15.00. Your next invoices use it." in browser.text
        await browser.get("/upcoming")
        assert "10 × €12.00 per seat" in browser.text
        assert "Credit used −€15.00 Amount due €105.00" in browser.text
        await browser.get("/balance")
        assert "Adjustment €15.00 €15.00" in browser.text
        async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
            await invoices.pay_out_of_band(desk, invoice.id)
        await browser.get("/")
        assert "Nothing is to be paid now." in browser.text
        assert "QR code" not in browser.page.text
        await shop.configure(invoice_history=InvoiceHistory())
        await browser.get("/")
        assert "/balance" not in browser.page.text
        assert (await browser.get("/balance")).status_code == 404


async def test_an_overdue_invoice_is_said_once(shop: Shop, running_site: RunningSite) -> None:
    """On top, with the way to pay it; the section about paying says how, and what else is open."""
    await shop.configure(payment_method_update=PaymentMethodUpdate(enabled=True))
    customer = await shop.add_customer()
    async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        for days, quantity in ((0, 1), (30, 2)):
            item = shop.item("team", quantity)
            await subscriptions.create(desk, CreateSubscription(items=(item,), days_until_due=days))
        late, open_ = sorted(desk.account.invoices, key=lambda each: each.amount_due)
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get("/")
        said = re.findall(r"[^.]*was due on[^.]*", browser.text)
        assert len(said) == 1
        assert f"Invoice {late.number} was due on" in said[0]
        assert "€12.00 is still to be paid." in browser.text
        assert "1 more invoice is open." in browser.text
        assert "Nothing is to be paid now" not in browser.text
        assert f"Reference {late.number}" in browser.text
        async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
            await invoices.pay_out_of_band(desk, late.id)
        await browser.get("/")
        assert "was due on" not in browser.text
        assert f"€24.00 for invoice {open_.number} is due on" in browser.text
        assert "more invoice" not in browser.text


async def test_words_of_a_customer_are_text_and_nothing_else(shop: Shop, running_site: RunningSite) -> None:
    name = '"><script>alert(1)</script>'
    customer = await shop.add_customer(shop.item("team"), name=name)
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        page = await browser.get("/")
    assert "<script>alert" not in page.text
    assert name in browser.text

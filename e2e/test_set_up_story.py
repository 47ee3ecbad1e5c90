"""A person without a website and without a developer sets up a portal in minutes, and a customer signs in to it.

From an e-mail address to a live, branded portal: a product with a picture, a tax code and a unit, colours, what
customers may do, the link, a first customer on a plan. On a phone and at a desk, in English and in German; clicks and
seconds are counted, the reading of letters included.
"""

import re
import secrets
import time

import pyotp
import pytest
from demo_house import DemoHouse
from hands import Hands
from msgspec import Struct
from pictures import gradient, saved
from playwright.async_api import Browser, BrowserContext, Page, expect
from staff_sign_in import type_code
from test_portal_story import no_side_scroll

pytestmark = pytest.mark.browser
CLICKS, SECONDS = 40, 180
ACCENT = "#0a7a5c"


class Case(Struct, frozen=True, kw_only=True):
    """Who sets up and where: `unit` is what they sell by, `code` a tax code's name as the picker has it."""

    width: int
    language: str
    product: str
    unit: str
    price: str
    headings: tuple[str, str]


PHONE = Case(
    width=390,
    language="en-GB",
    product="Yoga pass",
    unit="member",
    price="£12.50",
    headings=("Your portal's link", "Invoices"),
)
DESK = Case(**{each: getattr(PHONE, each) for each in PHONE.__struct_fields__} | {"width": 1280})
GERMAN = Case(
    width=390,
    language="de-DE",
    product="Yogakarte",
    unit="Mitglied",
    price="12,50\xa0€",
    headings=("Link Ihres Portals", "Rechnungen"),
)


@pytest.mark.parametrize(
    "case",
    [
        # A story of many pages: one way of it holds the phone and the other language.
        pytest.param(GERMAN, id="german"),
        pytest.param(PHONE, id="phone", marks=pytest.mark.long),
        pytest.param(DESK, id="desk", marks=pytest.mark.long),
    ],
)
async def test_a_portal_in_minutes(browser: Browser, demo: DemoHouse, case: Case) -> None:
    began = time.monotonic()
    token = secrets.token_hex(3)
    staff, customer = await opened(browser, case), await opened(browser, case)
    try:
        page = await staff.new_page()
        hands = Hands(page)
        await sign_up(hands, demo, f"robin-{token}@example.com", f"Studio {token}")
        await expect(page.locator("main")).to_contain_text(case.headings[0])
        await add_a_product(hands, case)
        await brand(hands)
        await let_customers_change_their_plan(hands)
        link = await go_live(hands)
        await add_a_customer(hands, f"jenny-{token}@example.com")
        await no_side_scroll(page)

        visitor = Hands(await customer.new_page(), hands.clicks)
        await sign_in(visitor, demo, link, f"jenny-{token}@example.com")
        await see_all_of_it(visitor, case, f"Studio {token}")
        assert visitor.clicks < CLICKS
        assert time.monotonic() - began < SECONDS
    finally:
        await staff.close()
        await customer.close()


async def opened(browser: Browser, case: Case) -> BrowserContext:
    context = await browser.new_context(viewport={"width": case.width, "height": 900}, locale=case.language)
    context.set_default_timeout(60_000)
    return context


async def sign_up(hands: Hands, demo: DemoHouse, address: str, name: str) -> None:
    """An address, its code, a second step; then what the portal is called."""
    page = hands.page
    await page.goto(demo.ready["sign_up"])
    await hands.write("input[name=email]", address)
    await hands.leave_by("form:has(input[name=email]) button")
    await type_code(page, await demo.code_for(address))
    key = (await page.locator("code.key").inner_text()).replace(" ", "")
    await type_code(page, pyotp.TOTP(key).now())
    await hands.leave_by("main a.button-primary")
    await hands.write("input[name=name]", name)
    assert await page.locator("input[type=url], input[name*=website], input[name*=url]").count() == 0
    await hands.leave_by("form:has(input[name=name]) button")
    await page.wait_for_url(re.compile(r"/dashboard/studio-\w+$"))


async def add_a_product(hands: Hands, case: Case) -> None:
    """A name, a picture, an amount, the unit, and a tax code by a word."""
    page = hands.page
    await hands.leave_by("a.checklist-link[href$='/products/new']")
    await no_side_scroll(page)
    await hands.write("input[name=name]", case.product)
    async with page.expect_response("**/picture"):
        await hands.hand_over("input[name=image]", "yoga.png", "image/png", saved(gradient(), "PNG"))
    await hands.write("input[name=amount]", "12.50" if case.language == "en-GB" else "12,50")
    await hands.write("input[name=unit_label]", case.unit)
    await hands.click("summary.more-title")
    await hands.write("input[name=tax_code]", "software")
    await hands.click(".combo-option")
    assert "txcd_" in await page.locator("input[name=tax_code]").input_value()
    await hands.leave_by("form.settings .button-primary")
    await expect(page.locator(".product")).to_contain_text("txcd_")
    await expect(page.locator(".product")).to_contain_text(case.price)
    assert await drawn(page, ".product-picture")


async def brand(hands: Hands) -> None:
    """A colour and a logo, published."""
    await hands.go("/branding")
    await hands.write("[data-colour-of=accent]", ACCENT)
    await hands.hand_over("input[type=file][name=logo]", "logo.png", "image/png", saved(gradient(), "PNG"))
    await hands.leave_by("button[name=act][value=publish]")
    await expect(hands.page.locator(".notice-success")).to_be_visible()
    await no_side_scroll(hands.page)


async def let_customers_change_their_plan(hands: Hands) -> None:
    """They may choose how many they need, of the product that there is."""
    await hands.go("/portal")
    page = hands.page
    for switch in ("switch_plan", "change_quantity"):
        if not await page.locator(f"#{switch}").is_checked():
            await hands.click(f"label[for={switch}]")
    offered = page.locator(".offer input[type=checkbox]")
    assert await offered.count() == 1
    if not await offered.is_checked():
        await hands.click(offered)
    await hands.leave_by("form.settings .button-primary")
    await expect(page.locator(".notice-success")).to_be_visible()
    await no_side_scroll(page)


async def go_live(hands: Hands) -> str:
    """What invoices must say, and the link is switched on. Returns it."""
    page = hands.page
    await hands.go("/seller")
    for field, value in (
        ("name", "Robin Meyer"),
        ("line1", "Hafenstraße 7"),
        ("postal_code", "20457"),
        ("city", "Hamburg"),
        ("tax_number", "DE 123 456 789"),
        ("iban", "DE02 1203 0000 0000 2020 51"),
    ):
        await hands.write(f"input[name={field}]", value)
    await hands.leave_by("form.settings .button-primary")
    await hands.go("/portal/link")
    await hands.leave_by("a[href$='/go-live']")
    await hands.leave_by("form[action$='/go-live'] button")
    await page.wait_for_url("**/portal/link*")
    await no_side_scroll(page)
    return await page.locator("#link").input_value()


async def add_a_customer(hands: Hands, address: str) -> None:
    """A name, an address, and the plan with three pieces of it."""
    page = hands.page
    await hands.go("/customers")
    await hands.leave_by("a.button-primary[href$='/customers/new']")
    await hands.write("input[name=name]", "Jenny Rosen")
    await hands.write("input[name=email]", address)
    await hands.leave_by("form.settings .button-primary")
    await hands.leave_by("a[href$='/subscribe']")
    price = await page.locator("select[name=price] option:not([value=''])").first.get_attribute("value")
    hands.clicks += 2
    await page.locator("select[name=price]").select_option(price)
    await hands.write("input[name=quantity]", "3")
    await hands.leave_by("form.settings .button-primary")
    await no_side_scroll(page)
    await hands.leave_by(".bill-actions .button-primary")
    await expect(page.locator(".customer-plan")).to_have_count(1)


async def sign_in(hands: Hands, demo: DemoHouse, link: str, address: str) -> None:
    """The customer: a link, an address, a code."""
    await hands.page.goto(link)
    await hands.write("input[name=email]", address)
    await hands.leave_by("form:has(input[name=email]) button")
    await type_code(hands.page, await demo.code_for(address))


async def see_all_of_it(hands: Hands, case: Case, name: str) -> None:
    """The product with its picture, unit and price, the invoice, the brand, and what was allowed."""
    page = hands.page
    body = page.locator("body")
    assert await page.locator("html").get_attribute("lang") == case.language[:2]
    await expect(page).to_have_title(re.compile(name))
    assert await drawn(page, f"header img[alt='{name}']"), "the logo stands in the place of the name"
    for words in (case.product, case.unit, case.price, case.headings[1]):
        await expect(body).to_contain_text(words)
    assert await drawn(page, "img.product-image")
    assert await page.locator("a[href*='/invoices/']").count() > 0
    accent = await page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--accent').trim()")
    assert accent == ACCENT
    await no_side_scroll(page)
    await hands.leave_by("a[href*='/change']")
    await expect(page.locator("input[name=quantity]")).to_have_value("3")
    await no_side_scroll(page)


async def drawn(page: Page, image: str) -> bool:
    """Whether a picture has come and could be shown."""
    shown = page.locator(image).first
    await expect(shown).to_be_visible()
    return bool(await shown.evaluate("async each => { await each.decode(); return each.naturalWidth > 0 }"))

"""A person without a website signs up: from an e-mail address to a live link and a portal to look at.

On a phone and at a desk, with JavaScript and without, in English and in German.
"""

import re
import secrets

import pyotp
import pytest
from demo_house import DemoHouse, Look
from playwright.async_api import Browser, Page, expect
from staff_sign_in import type_code
from test_portal_story import no_side_scroll

pytestmark = pytest.mark.browser
LOOKS = [Look(width=width, javascript=javascript) for width in (390, 1280) for javascript in (True, False)]
WORDS = {
    "en-GB": ("Overview", "Your portal is live.", "GB", "gbp", "What do your customers call you?"),
    "de-AT": ("Übersicht", "Ihr Portal ist live.", "AT", "eur", "Wie nennen Ihre Kunden Sie?"),
}


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look.width}px-{'js' if look.javascript else 'nojs'}")
def look(request: pytest.FixtureRequest) -> Look:
    return request.param  # type: ignore[no-any-return]


@pytest.mark.parametrize("language", WORDS)
async def test_from_an_address_to_a_live_link(browser: Browser, demo: DemoHouse, look: Look, language: str) -> None:
    overview, live, country, currency, question = WORDS[language]
    token = secrets.token_hex(3)
    context = await browser.new_context(
        viewport={"width": look.width, "height": 900}, java_script_enabled=look.javascript, locale=language
    )
    page = await context.new_page()
    page.set_default_timeout(60_000)
    try:
        await prove_the_address(page, demo, f"lena-{token}@example.com", look)
        await expect(page.locator("main")).to_contain_text(question)
        assert await page.locator("input[type=url], input[name*=website], input[name*=url]").count() == 0
        assert await page.locator("select[name=country]").input_value() == country
        assert await page.locator("select[name=currency]").input_value() == currency
        await no_side_scroll(page)
        await describe_the_portal(page, f"Brandt Yoga {token}", look)
        assert page.url.endswith(f"/dashboard/brandt-yoga-{token}")
        await expect(page.locator("h1")).to_contain_text(overview)
        await no_side_scroll(page)

        # The sandbox works at once: a portal to look at.
        await page.goto(page.url.replace("/dashboard/", "/dashboard/test_") + "/portal/link")
        sandbox = await page.locator("#link").input_value()
        assert "/p/login/test_" in sandbox

        # Live waits for what invoices must say, and then is one click.
        base = f"{demo.ready['dashboard']}/brandt-yoga-{token}"
        await page.goto(f"{base}/portal/link")
        link = await page.locator("#link").input_value()
        assert await sign_in_field(browser, link) == 0, "the live link is off"
        await page.locator("a[href$='/go-live']").first.click()
        await no_side_scroll(page)
        await page.locator("a[href$='/seller']").last.click()
        await enter_the_seller(page)
        await page.goto(f"{base}/go-live")
        await page.locator("form[action$='/go-live'] button").click()
        await expect(page.locator(".notice-success")).to_contain_text(live)
        await no_side_scroll(page)
        for url in (link, sandbox):
            assert await sign_in_field(browser, url) == 1
    finally:
        await context.close()


async def prove_the_address(page: Page, demo: DemoHouse, address: str, look: Look) -> None:
    """The address, its code, and a second step."""
    await page.goto(demo.ready["sign_up"])
    await no_side_scroll(page)
    await page.locator("input[name=email]").fill(address)
    await page.locator("form:has(input[name=email]) button").click()
    await page.wait_for_url("**/code*")
    await type_code(page, await demo.code_for(address), look.javascript)
    key = (await page.locator("code.key").inner_text()).replace(" ", "")
    await no_side_scroll(page)
    await type_code(page, pyotp.TOTP(key).now(), look.javascript)
    assert await page.locator(".recovery-codes li").count() == 10
    await page.locator("main a.button-primary").click()
    await page.wait_for_url("**/sign-up/details")


async def describe_the_portal(page: Page, name: str, look: Look) -> None:
    """The short page: a name is all that has to be typed."""
    await page.locator("input[name=name]").fill(name)
    if look.javascript:
        suggested = await page.locator("input[name=slug]").get_attribute("placeholder")
        assert suggested == name.lower().replace(" ", "-")
        usual = await page.locator("select[name=currency]").input_value()
        await page.locator("select[name=country]").select_option("CH")
        assert await page.locator("select[name=currency]").input_value() == "chf"
        await page.locator("select[name=country]").select_option("AT")
        assert await page.locator("select[name=currency]").input_value() == "eur"
        await page.locator("select[name=currency]").select_option(usual)
    await page.locator("input[name=starting_point][value=membership]").check(force=True)
    await page.locator("form:has(input[name=name]) button").click()
    await page.wait_for_url(re.compile(r"/dashboard/brandt-yoga-\w+$"))


async def enter_the_seller(page: Page) -> None:
    """What an invoice cannot do without; a typing error in the account number is told."""
    for field, value in (
        ("name", "Lena Brandt"),
        ("line1", "Hafenstraße 7"),
        ("postal_code", "20457"),
        ("city", "Hamburg"),
        ("tax_number", "DE 123 456 789"),
        ("iban", "DE02 1203 0000 0000 2020 52"),
    ):
        await page.locator(f"input[name={field}]").fill(value)
    await page.locator("select[name=country]").select_option("DE")
    await page.locator("form.settings button").click()
    await expect(page.locator("#iban-error")).to_contain_text("IBAN")
    assert await page.locator("input[name=city]").input_value() == "Hamburg"
    await page.locator("input[name=iban]").fill("DE02 1203 0000 0000 2020 51")
    await page.locator("form.settings button").click()
    await expect(page.locator(".notice-success")).to_be_visible()
    await no_side_scroll(page)


async def sign_in_field(browser: Browser, url: str) -> int:
    """How many fields for an address a stranger finds behind a link: one where it works."""
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(url)
    found = await page.locator("input[name=email]").count()
    assert "Brandt Yoga" in await page.locator("body").inner_text()
    await context.close()
    return found

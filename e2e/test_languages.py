"""Portals in Japanese and Arabic, in a browser: the whole way in, the plan, the bills; and that every page fits.

A customer's language is that of their browser. Arabic runs from right to left: the panel stands at the right, what
people wrote keeps its own direction.
"""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import stripe
from demo_house import DemoHouse, Look
from demo_tour import Tour, tours
from node_runtime import node_program
from playwright.async_api import Browser, Page, expect
from sights import open_sight, sights
from stripe_tenant import heard
from test_accessibility import AXE, violations
from test_portal_story import smallest_plan

from frontdesk_web.languages import LOCALES, direction
from frontdesk_web.messages import translate

pytestmark = pytest.mark.browser
FAULTS = Path(__file__).with_name("page_faults.js").read_text()
SCRIPTS = {"ja": re.compile("[\u3040-\u30ff\u4e00-\u9fff]"), "ar": re.compile("[\u0620-\u064a]")}
WAYS = [("ja", Look(width=1280, javascript=True)), ("ar", Look(width=390, javascript=False))]


@pytest.fixture(params=WAYS, ids=lambda way: f"{way[0]}-{way[1].width}px")
def way(request: pytest.FixtureRequest) -> tuple[str, Look]:
    """A language, and how its reader looks at pages."""
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def tenant(first_tenant: dict[str, Any], backend: str, way: tuple[str, Look], demo: DemoHouse) -> dict[str, Any]:
    """A tenant of the demo for each of the languages; at Stripe the same for all."""
    return first_tenant if backend == "stripe" else demo.ready["tenants"][WAYS.index(way)]  # type: ignore[no-any-return]


@pytest.fixture
async def reader(way: tuple[str, Look], browser: Browser) -> AsyncIterator[Page]:
    """A page of a browser that asks for a language."""
    language, look = way
    context = await browser.new_context(
        viewport={"width": look.width, "height": 900}, java_script_enabled=look.javascript, locale=language
    )
    page = await context.new_page()
    page.set_default_timeout(60_000)
    yield page
    await context.close()


@pytest.fixture(scope="session")
async def all_tours(demo: DemoHouse) -> AsyncIterator[list[Tour]]:
    """Everybody who looks at the pages of each company of the demo, signed in."""
    async with tours(demo) as opened:
        yield opened


async def speaks(page: Page, language: str) -> None:
    """The page is in the language, headings and buttons too, and lies in its window as it should."""
    root = page.locator("html")
    assert await root.get_attribute("lang") == language
    assert await root.evaluate("each => getComputedStyle(each).direction") == direction(language)
    said = await page.locator("main h1, main h2, main button:not(.copy), main .button").all_inner_texts()
    assert said
    assert all(SCRIPTS[language].search(each) for each in said if re.search(r"[^\W\d_]", each)), said
    assert await page.evaluate(FAULTS) == []


@pytest.mark.any_backend
async def test_a_customer_reads_their_own_language(
    reader: Page, way: tuple[str, Look], demo: DemoHouse, client: stripe.StripeClient, tenant: dict[str, Any]
) -> None:
    page, (language, look) = reader, way
    address = f"reader-{tenant['slug']}-{language}@example.com"
    smallest = smallest_plan(client)
    customer = client.v1.customers.create({"email": address, "name": "Acme (Inc.)", "preferred_locales": ["pt-BR"]})
    client.v1.subscriptions.create({"customer": customer.id, "items": [{"price": smallest.id}]})

    heard(client)
    await page.goto(tenant["login_link"])
    await speaks(page, language)
    await page.locator("input[name=email]").fill(address)
    await page.locator("main form button").first.click()
    await page.wait_for_url("**/code")
    await speaks(page, language)
    letter = (await demo.letters(address))[0] if await demo.code_for(address) else {}
    assert SCRIPTS[language].search(letter["subject"])
    await page.locator("input[name=code]").fill(letter["code"])
    if not look.javascript:
        await page.locator("form:has(input[name=code]) button").first.click()
    await page.wait_for_url(re.compile(r"/p/[^/]+/(\?.*)?$"))
    await speaks(page, language)
    if direction(language) == "rtl":
        name = page.locator("bdi", has_text="Acme (Inc.)").first
        assert await name.evaluate("each => getComputedStyle(each).direction") == "ltr"

    await page.locator("a[href*='/change']").first.click()
    await speaks(page, language)
    await page.locator("input[name=product]:not([checked])").last.check(force=True)
    await page.locator(".task-bar button").last.click()
    await page.wait_for_url("**/confirm/**")
    await speaks(page, language)
    await page.locator("form:has(input[name=quote]) button").last.click()
    await expect(page.locator(".done-mark")).to_be_visible()
    await speaks(page, language)

    # Where a payment method is added: here, or on a page of Stripe's to which this one leads.
    await page.goto(re.sub(r"(/p/[^/]+/).*", r"\1payment-methods/add", page.url))
    await speaks(page, language)
    await page.goto(re.sub(r"(/p/[^/]+/).*", r"\1invoices", page.url))
    await speaks(page, language)
    await expect(page.locator("h1")).to_have_text(translate(language, "Invoices"))
    await page.locator("a[href*='/invoices/in_']").first.click()
    await speaks(page, language)


@pytest.mark.long
@pytest.mark.parametrize("language", LOCALES)
async def test_every_page_fits_and_is_accessible_in_every_language(
    browser: Browser, all_tours: list[Tour], language: str
) -> None:
    """Nothing scrolls sideways and no text is cut off on the narrowest phones, for both companies of the demo; axe
    finds nothing, from left to right and from right to left."""
    faults = [each for tour in all_tours for each in await _faults(browser, tour, language)]
    assert faults == []


async def _faults(browser: Browser, tour: Tour, language: str) -> list[str]:
    faults, (_, folder) = [], node_program((AXE,))
    for sight in sights(tour):
        if not sight.spot.path.startswith("/p/"):
            continue
        context = await browser.new_context(viewport={"width": 320, "height": 900}, locale=language, bypass_csp=True)
        await context.add_init_script(path=folder / "node_modules" / "axe-core" / "axe.min.js")
        page = await context.new_page()
        if sight.visitor in tour.cookies:
            name, value = tour.cookies[sight.visitor]
            await context.add_cookies([{"name": name, "value": value, "url": tour.base_url}])
            await page.goto(f"{tour.base_url}/p/{tour.sandbox.portal}/?lang={language}")
        await open_sight(page, sight)
        for width in (320, 390):
            await page.set_viewport_size({"width": width, "height": 900})
            faults += [f"{sight.name} at {width} px {each}" for each in await page.evaluate(FAULTS)]
        faults += await violations(page, sight.name, "light", ())
        assert await page.locator("html").get_attribute("lang") == language, sight.name
        await context.close()
    return faults

"""The sender's page in a real browser: by keyboard alone, on a phone, with the copy buttons, and without scripts."""

from collections.abc import AsyncIterator

import pytest
from hired import Hired, hire
from mail_world import SPF
from name_server import NameServer, name_server
from playwright.async_api import Browser, BrowserContext, Page, expect
from sides import Tenant
from sites import RunningSite, serve_site
from sqlalchemy import text

from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.config import Smtp
from frontdesk_web.cookies import cookie_name
from frontdesk_web.dashboard.house_face import JAR

pytestmark = pytest.mark.browser


@pytest.fixture
async def place(postgres: PostgresAddresses, valkey_url: str) -> AsyncIterator[tuple[RunningSite, NameServer]]:
    """A site as the demo is, and the DNS that it asks."""
    async with name_server() as names:
        smtp = Smtp(host="127.0.0.1", port=1, tls="none", sender="billing@frontdesk.example.com")
        with serve_site(
            postgres, valkey_url, plain_http=True, smtp=smtp, mail_spf=(SPF,), dns_servers=(names.address,)
        ) as running:
            yield running, names


@pytest.fixture
async def robin(tenancy: Tenancy, tenant: Tenant) -> Hired:
    """The owner."""
    return await hire(tenancy, tenant.live.door)


async def opened(browser: Browser, running: RunningSite, robin: Hired, **options: object) -> BrowserContext:
    """A browser that is signed in; phones are 390 pixels wide."""
    settings = {"viewport": {"width": 390, "height": 844}, "locale": "en", **options}
    context = await browser.new_context(**settings)  # type: ignore[arg-type]
    cookie = {"name": cookie_name(running.config, JAR), "value": robin.secret, "url": running.url}
    await context.add_cookies([cookie])  # type: ignore[list-item]
    return context


async def assert_nothing_is_cut(page: Page) -> None:
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"


async def test_a_domain_is_set_up_by_keyboard_on_a_phone(
    browser: Browser, place: tuple[RunningSite, NameServer], tenancy: Tenancy, tenant: Tenant, robin: Hired
) -> None:
    running, names = place
    context = await opened(browser, running, robin)
    await context.grant_permissions(["clipboard-read", "clipboard-write"], origin=running.url)
    page = await context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    await page.goto(f"{running.url}/dashboard/{tenant.live.door.portal}/email")
    await expect(page.get_by_text("billing@frontdesk.example.com")).to_be_visible()
    await assert_nothing_is_cut(page)
    await page.get_by_label("Domain", exact=True).focus()
    await page.keyboard.type("northbeam.example")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Waiting for records")).to_be_visible()
    await assert_nothing_is_cut(page)
    for kind in ("spf", "dkim", "dmarc"):
        record = page.locator(f"section[aria-labelledby={kind}]")
        await expect(record.get_by_text("Missing")).to_be_visible()
        copied = []
        for number in range(2):
            button = record.get_by_role("button", name="Copy").nth(number)
            await button.focus()
            await page.keyboard.press("Enter")
            await expect(button.get_by_role("status")).to_have_text("Copied")
            copied.append(await page.evaluate("navigator.clipboard.readText()"))
        names.publish(*copied)
    # What was just looked at counts for five seconds: somebody at a DNS provider's page takes longer.
    async with tenancy.database.side(tenant.live.door.tenant_id) as connection:
        await connection.execute(text("UPDATE sender_domains SET checked_at = checked_at - interval '6 seconds'"))
    check = page.get_by_role("button", name="Check again")
    await check.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("All three records are found.")).to_be_visible()
    await expect(page.get_by_text("In use", exact=True)).to_be_visible()
    await expect(page.get_by_text("Show record").first).to_be_visible()
    assert await page.get_by_label("Value").first.is_hidden(), "what is found has nothing to be done about it"
    assert faults == []
    await context.close()


async def test_it_works_without_scripts_and_asks_twice_before_it_stops(
    browser: Browser, place: tuple[RunningSite, NameServer], tenant: Tenant, robin: Hired
) -> None:
    running, _ = place
    context = await opened(browser, running, robin, java_script_enabled=False, color_scheme="dark")
    page = await context.new_page()
    await page.goto(f"{running.url}/dashboard/{tenant.live.door.portal}/email")
    await page.get_by_label("Before the @").fill("rechnung")
    await page.get_by_label("Domain", exact=True).fill("co.uk")
    await page.get_by_role("button", name="Show records to publish").click()
    await expect(page.get_by_text("co.uk belongs to everybody")).to_be_visible()
    await page.get_by_label("Domain", exact=True).fill("northbeam.example")
    await page.get_by_role("button", name="Show records to publish").click()
    await expect(page.get_by_text("rechnung@northbeam.example").first).to_be_visible()
    assert await page.get_by_role("button", name="Copy").count() == 0, "a button that does nothing is not shown"
    stop = page.get_by_role("button", name="Stop using it")
    await expect(stop).to_be_hidden()
    await page.get_by_text("Stop using this domain").click()
    await stop.click()
    await expect(page.get_by_text("E-mails come from the shared sender again.")).to_be_visible()
    await context.close()

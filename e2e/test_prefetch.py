"""Mail scanners and prefetchers open links, run scripts and send forms. None of it may use a code up (trust.md A11)."""

from typing import Any

import httpx
import pytest
from demo_house import DemoHouse, Look
from playwright.async_api import Browser, Page, expect
from test_portal_story import new_customer

pytestmark = pytest.mark.browser


async def scan(browser: Browser, address: str) -> None:
    """Open a page in a browser without cookies, let its scripts run, and send every form on it."""
    context = await browser.new_context()
    scanner = await context.new_page()
    await scanner.goto(address)
    for number in range(await scanner.locator("form").count()):
        await scanner.goto(address)
        form = scanner.locator("form").nth(number)
        if await form.count():
            await form.evaluate("form => form.submit()")
            await scanner.wait_for_load_state()
    await context.close()


async def test_a_scanner_uses_no_code_up(
    page: Page, browser: Browser, demo: DemoHouse, tenant: dict[str, Any], client: Any, look: Look
) -> None:
    address = f"scanned-{tenant['slug']}@example.com"
    new_customer(client, address)
    await page.goto(tenant["login_link"])
    await page.locator("input[name=email]").fill(address)
    await page.locator("form button").first.click()
    await page.wait_for_url("**/code")
    code = await demo.code_for(address)

    links = [tenant["login_link"], f"{tenant['login_link']}/code", f"{tenant['login_link']}?prefilled_email={address}"]
    for link in links:
        async with httpx.AsyncClient(follow_redirects=True, verify=False) as prefetcher:
            await prefetcher.head(link)
            await prefetcher.get(link)
        await scan(browser, link)

    # Scripts send a complete code by themselves.
    await page.locator("input[name=code]").fill(code)
    await page.wait_for_url(lambda url: "/login/" not in url)
    await expect(page.locator("body")).to_contain_text(address)

"""Staff switch the portal's link off and on again; who comes meanwhile finds whom to ask, at both sides of the desk."""

from typing import Any

import pytest
from demo_house import DemoHouse, Look
from playwright.async_api import Browser, Page, expect
from staff_sign_in import sign_in_staff
from test_portal_story import no_side_scroll

pytestmark = pytest.mark.browser


@pytest.fixture(params=[390, 1280], ids=["phone", "desk"])
def look(request: pytest.FixtureRequest) -> Look:
    return Look(width=request.param, javascript=True)


@pytest.mark.any_backend
async def test_a_link_is_switched_off_and_on_again(
    page: Page, browser: Browser, demo: DemoHouse, tenant: dict[str, Any], look: Look
) -> None:
    await sign_in_staff(page, demo, tenant["staff"][0])
    await page.goto(f"{demo.ready['dashboard']}/test_{tenant['slug']}/portal/link")
    link = await page.locator("#link").input_value()
    context = await browser.new_context(viewport={"width": look.width, "height": 900})
    visitor = await context.new_page()
    await page.locator("button[name=act][value=deactivate]").click()
    try:
        await expect(page.locator("button[name=act][value=activate]")).to_be_visible()
        await no_side_scroll(page)
        await visitor.goto(f"{link}?prefilled_email=jenny%40example.com")
        await expect(visitor.locator("body")).to_contain_text(tenant["name"])
        domain = tenant["staff"][0]["email"].partition("@")[2]
        await expect(visitor.locator(f"a[href^='mailto:'][href$='@{domain}']").first).to_be_visible()
        assert await visitor.locator("input").count() == 0, "nobody can sign in"
        await no_side_scroll(visitor)
    finally:
        await page.locator("button[name=act][value=activate]").click()
    await expect(page.locator("button[name=act][value=deactivate]")).to_be_visible()
    await visitor.goto(link)
    await expect(visitor.locator("input[name=email]")).to_be_visible()
    assert await page.locator("#link").input_value() == link, "it is the same link as before"
    await context.close()

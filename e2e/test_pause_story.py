"""Pausing in a browser: for how long, what comes then, moving its end, and going on before.

Played on a phone without JavaScript and on a desk with it; all other ways in `make test-long`.
"""

from typing import Any

import pytest
import stripe
from demo_house import DemoHouse, Look
from playwright.async_api import Page, expect
from test_portal_story import new_customer, no_side_scroll, sign_in

from frontdesk.billing import Capability

pytestmark = [pytest.mark.browser, pytest.mark.any_backend(Capability.PAUSE)]
LOOKS = [
    Look(width=390, javascript=False),
    Look(width=1280, javascript=True),
    pytest.param(Look(width=390, javascript=True), marks=pytest.mark.long),
    pytest.param(Look(width=1280, javascript=False), marks=pytest.mark.long),
]


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look.width}px-{'js' if look.javascript else 'nojs'}")
def look(request: pytest.FixtureRequest) -> Look:
    return request.param  # type: ignore[no-any-return]


async def test_pausing_and_going_on(
    page: Page, demo: DemoHouse, tenant: dict[str, Any], client: stripe.StripeClient, look: Look
) -> None:
    address = f"rest-{tenant['slug']}-{look.width}-{look.javascript}@example.com".lower()
    _, subscription = new_customer(client, address)
    await sign_in(page, demo, tenant, address, look)
    home = page.url
    await page.locator(f"a[href*='{subscription}/pause']").click()
    await no_side_scroll(page)
    choices = page.locator("input[name=quote]")
    await expect(choices).to_have_count(2)
    await choices.first.check(force=True)
    await page.locator("form:has(input[name=quote]) button").click()
    await expect(page.locator(".done-mark")).to_be_visible()
    v1: Any = client.v1
    assert v1.subscriptions.retrieve(subscription).status == "paused"
    await page.goto(home)
    await no_side_scroll(page)
    assert await page.locator(f"a[href$='{subscription}/pause']").count() == 0
    (was,) = [await each.inner_text() for each in await page.locator(".plan-next strong").all()]
    await page.locator(f"a[href*='{subscription}/pause-end']").click()
    await no_side_scroll(page)
    await page.locator("form:has(input[name=quote]) button").click()
    await expect(page.locator(".done-mark")).to_be_visible()
    await page.goto(home)
    await expect(page.locator(".plan-next strong")).not_to_have_text(was)
    await page.locator(f"a[href*='{subscription}/resume']").click()
    await no_side_scroll(page)
    await page.locator("form:has(input[name=quote]) button").click()
    await page.wait_for_url("**/?saved=resumed")
    assert v1.subscriptions.retrieve(subscription).status == "active"

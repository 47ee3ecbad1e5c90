"""A link into the portal, from a letter say: after the code it leads to its page, in the account that it is about."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
import stripe
from demo_house import DemoHouse, Look
from playwright.async_api import Page, expect
from stripe_tenant import heard
from test_expiry_story import look, type_code
from test_portal_story import new_customer, no_side_scroll

__all__ = ["look"]
pytestmark = pytest.mark.browser


@pytest.fixture
def tenant(first_tenant: dict[str, Any]) -> dict[str, Any]:
    """One tenant is enough."""
    return first_tenant


@pytest.mark.any_backend
async def test_a_link_leads_to_its_page_in_the_account_that_it_is_about(
    page: Page, demo: DemoHouse, tenant: dict[str, Any], client: stripe.StripeClient, look: Look
) -> None:
    address = f"deep-{look.width}-{look.javascript}@example.com".lower()
    first, subscription = new_customer(client, address)
    second, _ = new_customer(client, address)
    client.v1.customers.update(first, {"name": "First & Co"})
    client.v1.customers.update(second, {"name": "Second & Co"})
    heard(client)
    parts = urlsplit(tenant["login_link"])
    portal = f"{parts.scheme}://{parts.netloc}/p/test_{tenant['slug']}"
    await page.goto(f"{portal}/subscriptions/{subscription}/cancel")
    await page.wait_for_url("**/p/login/**")
    await no_side_scroll(page)
    await type_code(page, demo, address, look, after=0)
    await page.wait_for_url(f"**/subscriptions/{subscription}/cancel")
    await expect(page.locator("form[action*='/cancel?'] button")).to_be_visible()
    assert client.v1.subscriptions.retrieve(subscription).cancel_at is None

    # The same address is another customer's too: one goes over without a code.
    await page.goto(portal)
    await expect(page.locator(".menu-current")).to_contain_text("First & Co")
    await page.locator("summary.menu-button").click()
    await page.locator("button.menu-item", has_text="Second & Co").click()
    await page.wait_for_url(re.compile(r"/p/[^/]+/$"))
    await expect(page.locator(".menu-current")).to_contain_text("Second & Co")
    await page.goto(f"{portal}/subscriptions/{subscription}/cancel")
    await expect(page.locator("form[action*='/cancel?']")).to_have_count(0)

"""The pages that only customers at Stripe see, while a change of their plan waits to be paid there: to axe, by keyboard
alone, and in every language on the narrowest phone."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import stripe
from node_runtime import node_program
from playwright.async_api import Browser, Page
from test_accessibility import AXE, SCHEMES, violations
from test_card_story import pays_by_visa
from test_keyboard import walk_here
from test_languages import FAULTS

from frontdesk_web.languages import LOCALES

pytestmark = [pytest.mark.browser, pytest.mark.long]


@pytest.fixture
def backend() -> str:
    return "stripe"


@pytest.fixture
def tenant(first_tenant: dict[str, Any]) -> dict[str, Any]:
    return first_tenant


@pytest.fixture
async def phone(browser: Browser) -> AsyncIterator[Page]:
    """A page of a phone on which axe can run."""
    _, folder = node_program((AXE,))
    context = await browser.new_context(viewport={"width": 390, "height": 900}, locale="en-GB", bypass_csp=True)
    await context.add_init_script(path=folder / "node_modules" / "axe-core" / "axe.min.js")
    page = await context.new_page()
    page.set_default_timeout(60_000)
    yield page
    await context.close()


async def test_all_can_use_the_pages_of_a_change_that_waits_at_stripe(phone: Page, client: stripe.StripeClient) -> None:
    v1 = client.v1
    customer, plan = pays_by_visa(client)
    asking = v1.payment_methods.attach("pm_card_authenticationRequired", {"customer": customer}).id
    v1.customers.update(customer, {"invoice_settings": {"default_payment_method": asking}})
    (item,) = v1.subscriptions.retrieve(plan)["items"].data
    asked: Any = {
        "items": [{"id": item.id, "quantity": 4}],
        "payment_behavior": "pending_if_incomplete",
        "proration_behavior": "always_invoice",
    }
    invoice = v1.subscriptions.update(plan, asked).latest_invoice
    await phone.goto(v1.billing_portal.sessions.create({"customer": customer}).url)
    home = phone.url.partition("?")[0]
    found: list[str] = []
    for path in ("", "payment-methods", "payment-methods/add", f"invoices/{invoice}/pay"):
        await phone.goto(home + path)
        await walk_here(phone, path)
        for scheme in SCHEMES:
            found += await violations(phone, path, scheme, ())
        await phone.set_viewport_size({"width": 320, "height": 900})
        for language in LOCALES:
            await phone.goto(f"{home}{path}?lang={language}")
            assert await phone.locator("html").get_attribute("lang") == language
            found += [f"{path} in {language}: {each}" for each in await phone.evaluate(FAULTS)]
        await phone.set_viewport_size({"width": 390, "height": 900})
        await phone.goto(f"{home}{path}?lang=en")
    assert found == []

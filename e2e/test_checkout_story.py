"""A program sends a customer to a page where a card is added: one is declined, the next one's bank asks, and the way
leads back to the program. The portal shows it then."""

from typing import Any

import pytest
import stripe
from demo_house import Look
from playwright.async_api import Page, expect
from test_flow_story import SHOP, at_the_shop
from test_portal_story import no_side_scroll

pytestmark = pytest.mark.browser
LOOKS = [
    pytest.param(Look(width=390, javascript=False), id="390px-nojs"),
    pytest.param(Look(width=1280, javascript=True), id="1280px-js", marks=pytest.mark.long),
]


@pytest.fixture
def tenant(first_tenant: dict[str, Any]) -> dict[str, Any]:
    return first_tenant


@pytest.mark.any_backend
@pytest.mark.parametrize("look", LOOKS)
async def test_a_card_is_added_for_a_program(page: Page, client: stripe.StripeClient, look: Look) -> None:
    v1 = client.v1
    customer = v1.customers.create({"email": f"checkout-{look.width}@example.com", "preferred_locales": ["en"]})
    session = v1.checkout.sessions.create(
        {
            "mode": "setup",
            "currency": "eur",
            "customer": customer.id,
            "success_url": f"{SHOP}?session={{CHECKOUT_SESSION_ID}}",
            "cancel_url": SHOP,
        }
    )

    await at_the_shop(page)
    await page.goto(session.url or "")
    await expect(page.get_by_role("heading", name="Which card do you want to add?")).to_be_visible()
    await expect(page.get_by_role("textbox")).to_have_count(0)
    await no_side_scroll(page)

    await page.get_by_role("radio", name="0002").check()
    await page.get_by_role("button", name="Add card").click()
    await expect(page.get_by_text("The bank declined this card")).to_be_visible()
    await page.get_by_role("radio", name="3155").check()
    await page.get_by_role("button", name="Add card").click()
    await expect(page.get_by_role("heading", name="Confirm at your bank")).to_be_visible()
    await page.get_by_role("button", name="No, it is not me").click()
    await expect(page.get_by_text("You did not confirm at your bank, so nothing was added.")).to_be_visible()
    assert v1.checkout.sessions.retrieve(session.id).status == "open"
    await page.get_by_role("radio", name="3155").check()
    await page.get_by_role("button", name="Add card").click()
    await page.get_by_role("button", name="Yes, it is me").click()

    await page.wait_for_url(f"{SHOP}?session={session.id}")
    done = v1.checkout.sessions.retrieve(session.id, {"expand": ["setup_intent"]})
    assert (done.status, done.setup_intent.status) == ("complete", "succeeded")  # type: ignore[union-attr]
    (held,) = v1.customers.payment_methods.list(customer.id).data
    assert held.card is not None
    assert held.card.last4 == "3155"
    # The address leads on to the program, and adds no second card.
    await page.goto(session.url or "")
    await page.wait_for_url(f"{SHOP}?session={session.id}")
    assert len(v1.customers.payment_methods.list(customer.id).data) == 1

    # The customer finds it in the portal, also where that bills by what Stripe says.
    await page.goto(v1.billing_portal.sessions.create({"customer": customer.id}).url)
    await page.locator("a[href$='/payment-methods']").click()
    await expect(page.locator(".held-one")).to_contain_text("•••• 3155")

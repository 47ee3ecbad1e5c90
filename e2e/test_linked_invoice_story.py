"""Whoever has the link to an invoice opens it without signing in, pays it by a test card, and keeps the receipt."""

import asyncio
import re
from typing import Any

import pytest
import stripe
from demo_house import DemoHouse, Look
from playwright.async_api import Page, expect
from stripe_tenant import heard
from test_invoices_story import downloaded

pytestmark = pytest.mark.browser
INVOICE_PAGE = re.compile(r"https?://\S+/p/invoice/\S+")
LOOKS = [
    pytest.param(Look(width=390, javascript=False), id="390px-nojs"),
    pytest.param(Look(width=1280, javascript=True), id="1280px-js", marks=pytest.mark.long),
]


@pytest.fixture
def tenant(first_tenant: dict[str, Any]) -> dict[str, Any]:
    """One tenant is enough."""
    return first_tenant


@pytest.mark.any_backend
@pytest.mark.parametrize("look", LOOKS)
async def test_an_invoice_is_paid_by_its_link(
    page: Page, demo: DemoHouse, client: stripe.StripeClient, backend: str, look: Look
) -> None:
    address = f"linked-{backend}-{look.width}@example.com"
    customer = client.v1.customers.create({"email": address, "name": "Ashford & Lane", "preferred_locales": ["en"]})
    draft = client.v1.invoices.create({"customer": customer.id, "collection_method": "send_invoice"})
    client.v1.invoice_items.create(
        {"customer": customer.id, "invoice": draft.id, "amount": 4200, "currency": "eur", "description": "Workshop"}
    )
    client.v1.invoices.finalize_invoice(draft.id)
    issued = client.v1.invoices.send_invoice(draft.id)
    letter = await demo.letter_about(address, issued.number or "")
    assert "/p/invoice/" in letter

    theirs = link = issued.hosted_invoice_url or ""
    if backend == "stripe":
        # Stripe has a page of it, and so has the portal: its letter leads to that, and to pay one goes on to Stripe's.
        link = await own_link(demo, address, theirs)
        await page.goto(client.v1.billing_portal.sessions.create({"customer": customer.id}).url)
        await page.locator(f"a[href$='/invoices/{issued.id}']").first.click()
        await page.get_by_role("link", name="Pay now").click()
        await page.get_by_role("button", name="Pay €42.00").click()
        await page.wait_for_url(theirs)
    await page.goto(link)
    await expect(page.locator(".invoice-head")).to_contain_text("€42.00")
    await expect(page.locator(".lines")).to_contain_text("Workshop")
    assert (await downloaded(page, page.get_by_role("link", name="Download PDF").first)).startswith(b"%PDF-")
    await page.get_by_role("link", name="Pay now").click()
    if link != theirs:
        await page.wait_for_url(theirs)
        await page.get_by_role("link", name="Pay now").click()

    # One card is declined; another one's bank asks first.
    await page.get_by_role("radio", name="0002").check()
    await page.get_by_role("button", name="Pay €42.00").click()
    await expect(page.get_by_text("The bank declined this card")).to_be_visible()
    await page.get_by_role("radio", name="3184").check()
    await page.get_by_role("button", name="Pay €42.00").click()
    await expect(page.get_by_role("heading", name="Confirm at your bank")).to_be_visible()
    await page.get_by_role("button", name="Yes, it is me").click()

    await expect(page.locator(".invoice-head")).to_contain_text("Paid on")
    await expect(page.get_by_text("Thank you. Your payment came in.")).to_be_visible()
    assert (await downloaded(page, page.locator("a[href*='/receipt']"))).startswith(b"%PDF-")
    metrics = await (await page.context.new_cdp_session(page)).send("Page.getLayoutMetrics")
    assert metrics["cssContentSize"]["width"] <= metrics["cssLayoutViewport"]["clientWidth"]
    assert client.v1.invoices.retrieve(draft.id).status == "paid"
    if link != theirs:
        heard(client)
        await page.goto(link)
        await expect(page.locator(".invoice-head")).to_contain_text("Paid on")
        assert (await downloaded(page, page.locator("a[href*='/receipt']"))).startswith(b"%PDF-")


async def own_link(demo: DemoHouse, address: str, theirs: str) -> str:
    """Where the portal's own letter about an invoice leads, once it has arrived."""
    for _ in range(600):
        found = {each for letter in await demo.letters(address) for each in INVOICE_PAGE.findall(letter["text"])}
        if own := found - {theirs}:
            return str(own.pop())
        await asyncio.sleep(0.1)
    raise AssertionError(f"the portal wrote no letter to {address}")

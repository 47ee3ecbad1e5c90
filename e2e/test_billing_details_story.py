"""A customer comes from the tenant's own program and looks after their details: tax ids, shipping, another address.

The new e-mail address is proven by a code; the old one is told and takes the change back.
"""

import re
from typing import Any

import pytest
import stripe
from demo_house import DemoHouse, Look
from playwright.async_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.any_backend]
EVERYTHING = ["name", "email", "address", "phone", "shipping", "tax_id"]
LOOKS = [
    pytest.param(Look(width=390, javascript=False), id="390px-nojs"),
    pytest.param(Look(width=1280, javascript=True), id="1280px-js"),
    pytest.param(Look(width=390, javascript=True), id="390px-js", marks=pytest.mark.long),
    pytest.param(Look(width=1280, javascript=False), id="1280px-nojs", marks=pytest.mark.long),
]


@pytest.fixture(params=LOOKS)
def look(request: pytest.FixtureRequest) -> Look:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def tenant(first_tenant: dict[str, Any]) -> dict[str, Any]:
    """One tenant is enough."""
    return first_tenant


async def test_details_and_another_address(
    page: Page, demo: DemoHouse, client: stripe.StripeClient, look: Look
) -> None:
    name = f"details-{look.width}-{look.javascript}".lower()
    old, new = f"{name}@old.example", f"{name}@new.example"
    customer = client.v1.customers.create({"email": old, "name": "Robin Example"})
    configuration = client.v1.billing_portal.configurations.create(
        {"features": {"customer_update": {"enabled": True, "allowed_updates": EVERYTHING}}}  # type: ignore[typeddict-item]
    )
    session = client.v1.billing_portal.sessions.create({"customer": customer.id, "configuration": configuration.id})
    await page.goto(session.url)
    home = page.url
    await page.locator("a[href$='/details']").first.click()

    # A number that cannot be one is shown again; a right one is kept with its state, and goes again.
    await page.locator("select[name=type]").select_option("eu_vat")
    await page.locator("input[name=value]").fill("DE 1")
    await page.get_by_role("button", name="Add tax id").click()
    await expect(page.locator("#value-error")).to_be_visible()
    await expect(page.locator("input[name=value]")).to_have_value("DE 1")
    await page.locator("input[name=value]").fill("DE 123 456 789")
    await page.get_by_role("button", name="Add tax id").click()
    await expect(page.locator(".notice-success")).to_contain_text("The tax id is added.")
    await expect(page.locator(".held-one")).to_contain_text("DE123456789 Not checked yet")
    await page.get_by_role("button", name="Remove: DE123456789").click()
    await expect(page.locator(".held-one")).to_have_count(0)

    # The fields follow the country, which is offered where another one was chosen; what was typed stays.
    await page.locator("input[name=name]").fill("Robin & Sons")
    adapt = page.get_by_role("button", name="Show the fields of this country")
    await expect(adapt).to_have_count(0)
    await page.locator("select[name=country]").select_option("US")
    await expect(adapt).to_have_count(1)
    await adapt.click()
    await expect(page.get_by_label("ZIP code")).to_be_visible()
    await expect(adapt).to_have_count(0)
    await expect(page.locator("input[name=name]")).to_have_value("Robin & Sons")
    await page.locator("input[name=city]").fill("Austin")
    await page.locator("input[name=shipping_name]").fill("Back door")
    await page.locator("input[name=shipping_city]").fill("Bremen")
    await page.locator("select[name=shipping_country]").select_option("DE")
    await page.locator("input[name=email]").fill(new)
    await page.locator("input[name=city]").press("Enter")

    # Everything but the address is saved; that waits for its code.
    await page.wait_for_url("**/details/email")
    held = client.v1.customers.retrieve(customer.id)
    assert (held.email, held.name) == (old, "Robin & Sons")
    assert held.address is not None
    assert held.shipping is not None
    assert (held.address.city, held.address.country, held.shipping.name) == ("Austin", "US", "Back door")
    await page.locator("input[name=code]").fill(await demo.code_for(new))
    if not look.javascript:
        await page.get_by_role("button", name="Confirm address").click()
    await page.wait_for_url(f"{home}?saved=email")
    await expect(page.locator("body")).to_contain_text("Your new e-mail address counts from now on.")
    assert client.v1.customers.retrieve(customer.id).email == new

    # Whoever reads the old address's mail has the last word, without signing in; looking changes nothing.
    link = re.search(r"https?://\S+/p/address/\S+", await demo.letter_about(old, "was changed"))
    assert link is not None
    reader = await page.context.new_page()
    await reader.goto(link[0])
    await expect(reader.get_by_role("heading", name="Was this not you?")).to_be_visible()
    assert client.v1.customers.retrieve(customer.id).email == new
    await reader.get_by_role("button", name="Take the change back").click()
    await expect(reader.get_by_role("heading", name="Your address is as it was")).to_be_visible()
    assert client.v1.customers.retrieve(customer.id).email == old
    answer = await page.goto(home)
    assert answer is not None
    assert answer.status == 401

"""A suspended tenant, from every side of the desk: operator, staff, customer, program; and afterwards."""

import re
import secrets
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import pytest
import stripe
from demo_house import DemoHouse, Look
from playwright.async_api import Browser, BrowserContext, Page, expect
from staff_sign_in import sign_in_staff, type_code
from stripe_tenant import client_of, heard
from test_portal_story import new_customer, no_side_scroll

pytestmark = [pytest.mark.browser, pytest.mark.any_backend]
REASON = "The bill of October is still open."
SENTENCE = re.compile("Changes are paused|Änderungen sind derzeit nicht möglich")


@pytest.fixture(params=[390, pytest.param(1280, marks=pytest.mark.long)], ids=lambda width: f"{width}px")
def look(request: pytest.FixtureRequest) -> Look:
    return Look(width=request.param, javascript=True)


@pytest.fixture
def tenant(first_tenant: dict[str, Any], backend: str, demo: DemoHouse) -> dict[str, Any]:
    """The one that no other story is about while this one runs. At Stripe nobody knows of the suspension, and customers
    cancel there all the same."""
    return first_tenant if backend == "stripe" else demo.ready["tenants"][1]  # type: ignore[no-any-return]


@pytest.fixture
async def desks(browser: Browser, look: Look) -> AsyncIterator[list[Page]]:
    """A browser each for the operator, the owner and the customer."""
    contexts: list[BrowserContext] = [
        await browser.new_context(viewport={"width": look.width, "height": 900}, locale="en-GB") for _ in range(3)
    ]
    pages = [await each.new_page() for each in contexts]
    for page in pages:
        page.set_default_timeout(60_000)
    yield pages
    for each in contexts:
        await each.close()


async def test_a_suspension_and_its_end(
    desks: list[Page], demo: DemoHouse, tenant: dict[str, Any], client: stripe.StripeClient
) -> None:
    operator, owner, customer = desks
    address = f"robin-{secrets.token_hex(3)}@example.com"
    id_, subscription = new_customer(client, address)
    heard(client)
    program = client_of(tenant["secret_key"], demo.ready["api_base"]).v1
    await sign_in_staff(operator, demo, demo.ready["operator"])
    await sign_in_staff(owner, demo, tenant["staff"][0])
    told = len(await demo.letters(tenant["staff"][0]["email"]))
    await suspend(operator, demo, tenant)
    try:
        await owner_reads_why_and_changes_nothing(owner, demo, tenant, told)
        with pytest.raises(stripe.PermissionError, match="suspended"):
            program.customers.update(id_, {"name": "New"})
        assert program.customers.retrieve(id_).name == client.v1.customers.retrieve(id_).name == "Robin Example"
        await customer_reads_and_leaves(customer, demo, tenant, address, subscription)
        assert client.v1.subscriptions.retrieve(subscription).cancel_at is not None
    finally:
        await lift(operator, demo, tenant)
    await customer.goto(re.sub(r"/subscriptions/.*", "/", customer.url))
    await expect(customer.locator("main")).not_to_contain_text(SENTENCE)
    await customer.locator("form[action$='/keep'] button").first.click()
    await customer.wait_for_load_state()
    assert client.v1.subscriptions.retrieve(subscription).cancel_at is None
    await owner.goto(f"{demo.ready['dashboard']}/{tenant['slug']}")
    await expect(owner.locator("main")).not_to_contain_text(REASON)


async def suspend(page: Page, demo: DemoHouse, tenant: dict[str, Any]) -> None:
    """The operator finds the tenant, and is asked twice."""
    await page.goto(demo.ready["dashboard"].replace("/dashboard", "/operator"))
    await no_side_scroll(page)
    await page.locator("input[name=q]").fill(tenant["slug"])
    await page.locator("input[name=q]").press("Enter")
    await page.locator(f"a[href$='/tenants/{tenant['slug']}']").click()
    await no_side_scroll(page)
    button = page.locator("form[action$='/suspend'] button")
    await expect(button).to_be_hidden()
    await page.locator("details.confirm summary").click()
    await page.locator("textarea[name=reason]").fill(REASON)
    await button.click()
    await expect(page.locator(".notice-danger")).to_contain_text(REASON)


async def lift(page: Page, demo: DemoHouse, tenant: dict[str, Any]) -> None:
    await page.goto(demo.ready["dashboard"].replace("/dashboard", f"/operator/tenants/{tenant['slug']}"))
    await page.locator("form[action$='/lift'] button").click()
    await expect(page.locator(".notice-success")).to_be_visible()


async def owner_reads_why_and_changes_nothing(
    page: Page, demo: DemoHouse, tenant: dict[str, Any], letters_before: int
) -> None:
    base = f"{demo.ready['dashboard']}/{tenant['slug']}"
    await page.goto(base)
    await expect(page.locator(".notice-danger")).to_contain_text(REASON)
    await no_side_scroll(page)
    await page.goto(f"{base}/seller")
    await page.locator("input[name=tax_number]").fill("changed")
    await page.locator("form.settings button").click()
    await expect(page.locator("main .task")).to_be_visible()
    await page.goto(f"{base}/seller")
    assert await page.locator("input[name=tax_number]").input_value() != "changed"
    for _ in range(600):
        letters = await demo.letters(tenant["staff"][0]["email"])
        if len(letters) > letters_before:
            break
        await page.wait_for_timeout(100)
    assert REASON in letters[0]["text"]


async def customer_reads_and_leaves(
    page: Page, demo: DemoHouse, tenant: dict[str, Any], address: str, subscription: str
) -> None:
    """Signs in, sees everything, takes a bill along, cancels; and finds no way to change anything."""
    await page.goto(f"{tenant['login_link']}?prefilled_email={quote(address, safe='')}")
    await page.locator("form:has(input[name=email]) button").click()
    await page.wait_for_url("**/code")
    await type_code(page, await demo.code_for(address))
    await expect(page.locator("main")).to_contain_text(SENTENCE)
    await no_side_scroll(page)
    for way in ("/change", "/details"):
        assert await page.locator(f"main a[href$='{way}']").count() == 0
    home = page.url
    await page.locator("a[href*='/invoices/in_']").first.click()
    async with page.expect_download() as downloading:
        await page.locator("a[href$='/pdf']").first.click()
    assert (await (await downloading.value).path()).read_bytes().startswith(b"%PDF-")
    await page.goto(f"{home.split('?')[0]}details")
    await expect(page.locator("main")).to_contain_text(SENTENCE)
    await page.goto(home)
    await page.locator(f"a[href*='{subscription}/cancel']").click()
    await page.locator("form[action*='/cancel?'] button").click()
    await expect(page.locator(".done-mark")).to_be_visible()
    assert await page.locator("form[action$='/keep']").count() == 0

"""The main job, in a browser: a customer comes by login link, signs in with a passcode and looks after their plan.

Played for both tenants, with JavaScript and without, on a phone and on a desk.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import stripe
from demo_house import DemoHouse, Look
from playwright.async_api import Page, expect
from stripe_tenant import heard

pytestmark = pytest.mark.browser
LOOKS = [Look(width=width, javascript=javascript) for width in (390, 1280) for javascript in (True, False)]


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look.width}px-{'js' if look.javascript else 'nojs'}")
def look(request: pytest.FixtureRequest) -> Look:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def real_time(demo: DemoHouse) -> Iterator[None]:
    """Puts the clock right after a test that moved it."""
    yield
    demo.move_clock(timedelta(0))


def smallest_plan(client: stripe.StripeClient) -> stripe.Price:
    """The monthly price that takes least, of those that customers may choose: other stories make further ones."""
    (default,) = client.v1.billing_portal.configurations.list({"is_default": True}).data
    offered = default.features.subscription_update.products or []
    prices = [client.v1.prices.retrieve(price) for product in offered for price in product.prices]
    monthly = [each for each in prices if each.recurring is not None and each.recurring.interval == "month"]
    return min(monthly, key=lambda price: price.unit_amount or 0)


def new_customer(client: stripe.StripeClient, address: str) -> tuple[str, str]:
    """A customer on the smallest plan of a tenant; returns the ids of customer and subscription."""
    smallest = smallest_plan(client)
    customer = client.v1.customers.create({"email": address, "name": "Robin Example"})
    subscription = client.v1.subscriptions.create(
        {"customer": customer.id, "items": [{"price": smallest.id, "quantity": 2}]}
    )
    heard(client)
    return customer.id, subscription.id


async def sign_in(page: Page, demo: DemoHouse, tenant: dict[str, Any], address: str, look: Look) -> None:
    await page.goto(f"{tenant['login_link']}?prefilled_email={quote(address, safe='')}")
    field = page.locator("input[name=email]")
    assert await field.input_value() == address
    await page.locator("main form button, form button").first.click()
    await page.wait_for_url("**/code")
    await page.locator("input[name=code]").fill(await demo.code_for(address))
    if not look.javascript:
        # With scripts a complete code is sent by itself.
        await page.locator("form:has(input[name=code]) button").first.click()
    await page.wait_for_url(re.compile(r"/p/[^/]+/(\?.*)?$"))


@pytest.mark.any_backend
async def test_the_whole_story(
    page: Page, demo: DemoHouse, tenant: dict[str, Any], client: stripe.StripeClient, look: Look, real_time: None
) -> None:
    address = f"robin+{tenant['slug']}-{look.width}-{look.javascript}@example.com".lower()
    customer, subscription = new_customer(client, address)
    await sign_in(page, demo, tenant, address, look)
    home = page.url
    await no_side_scroll(page)
    await expect(page.locator("body")).to_contain_text(address)

    # Change the plan: look at the cost, wait ten minutes, confirm.
    await page.locator(f"a[href*='{subscription}/change']").click()
    await no_side_scroll(page)
    plans = page.locator("input[name=product]:not([checked])")
    await plans.last.check(force=True)
    await page.locator("form:has(input[name=product]) button[type=submit], .task-bar button").last.click()
    await page.wait_for_url("**/confirm/**")
    await no_side_scroll(page)
    due_today = (await page.locator(".task-sum span").last.inner_text()).strip()
    demo.move_clock(timedelta(minutes=10))
    before = {each.id for each in client.v1.invoices.list({"customer": customer}).data}
    await page.locator("form:has(input[name=quote]) button").last.click()
    await expect(page.locator(".done-mark")).to_be_visible()
    (invoice,) = [each for each in client.v1.invoices.list({"customer": customer}).data if each.id not in before]
    assert cents(due_today) == invoice.amount_due
    assert invoice.total == sum(line.amount for line in invoice.lines.data)
    demo.move_clock(timedelta(0))

    # Cancel, say why, and think again.
    await page.goto(home)
    await page.locator(f"a[href*='{subscription}/cancel']").click()
    await no_side_scroll(page)
    await page.locator("form[action*='/cancel?'] button").click()
    await expect(page.locator(".done-mark")).to_be_visible()
    held = client.v1.subscriptions.retrieve(subscription)
    assert held.cancel_at is not None
    await page.locator("input[name=feedback]").first.check(force=True)
    await page.locator("form[action$='/reason'] button").click()
    assert client.v1.subscriptions.retrieve(subscription).cancellation_details is not None
    await page.goto(home)
    await page.locator("form[action$='/keep'] button").first.click()
    await page.wait_for_load_state()
    assert client.v1.subscriptions.retrieve(subscription).cancel_at is None

    # Move house.
    await page.goto(home)
    await page.locator("a[href$='/details']").first.click()
    await no_side_scroll(page)
    assert await page.locator("input[name=email]").count() == 0
    await page.locator("input[name=address_line1]").fill("Neue Straße 5")
    await page.locator("input[name=city]").fill("Bremen")
    await page.locator("input[name=postal_code]").fill("28195")
    await page.locator("select[name=country]").select_option("DE")
    await page.locator("form:has(input[name=address_line1]) .task-bar button").first.click()
    await page.wait_for_url(re.compile(r"/p/[^/]+/(\?.*)?$"))
    moved = client.v1.customers.retrieve(customer).address
    assert moved is not None
    assert (moved.line1, moved.city, moved.country) == ("Neue Straße 5", "Bremen", "DE")

    # Read the bill.
    await page.goto(home)
    await page.locator("a[href*='/invoices/in_']").first.click()
    await no_side_scroll(page)
    async with page.expect_download() as downloading:
        await page.locator("a[href$='/pdf']").first.click()
    path = await (await downloading.value).path()
    assert path.read_bytes().startswith(b"%PDF-")

    # Leave, and stay out.
    cookies = await page.context.cookies()
    await page.goto(home)
    await page.locator("form[action$='/sign-out'] button").first.click()
    await page.wait_for_load_state()
    async with httpx.AsyncClient(cookies={each["name"]: each["value"] for each in cookies}) as thief:
        answer = await thief.get(home, follow_redirects=False)
    assert answer.status_code != 200
    assert address not in answer.text


@pytest.mark.any_backend
async def test_a_forged_address_changes_nothing(
    page: Page, demo: DemoHouse, tenant: dict[str, Any], client: stripe.StripeClient, look: Look
) -> None:
    address = f"forge-{tenant['slug']}-{look.width}-{look.javascript}@example.com".lower()
    customer, _ = new_customer(client, address)
    await sign_in(page, demo, tenant, address, look)
    details = f"{page.url.split('?')[0]}details"
    await page.goto(details)
    token = await page.locator("form:has(input[name=address_line1]) input[name=csrf]").get_attribute("value")
    origin = demo.ready["api_base"]
    answer = await page.context.request.post(
        details,
        form={"csrf": token or "", "email": "thief@example.com", "name": "Thief"},
        headers={"Origin": origin},
        max_redirects=0,
    )
    assert answer.status in (400, 403)
    held = client.v1.customers.retrieve(customer)
    assert (held.email, held.name) == (address, "Robin Example")


async def no_side_scroll(page: Page) -> None:
    """Nothing scrolls sideways. Measured by the page's own size, so it also holds without JavaScript."""
    metrics = await (await page.context.new_cdp_session(page)).send("Page.getLayoutMetrics")
    content, shown = metrics["cssContentSize"]["width"], metrics["cssLayoutViewport"]["clientWidth"]
    assert content <= shown, f"{page.url} is {content} px wide in {shown}"


def cents(shown: str) -> int:
    """€1,234.50, 1.234,50 € and CHF 1’234.50 as minor units: every currency of the demo has two."""
    digits = re.sub(r"\D", "", shown)
    return int(digits) * (-1 if "-" in shown or "−" in shown else 1)

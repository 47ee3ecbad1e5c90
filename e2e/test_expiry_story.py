"""A session runs out while somebody fills in a form: after the code they are back on the page, with what they typed."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import stripe
from demo_house import DemoHouse, Look
from playwright.async_api import Page, expect
from test_portal_story import LOOKS, new_customer, no_side_scroll, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture(
    params=[LOOKS[3], *(pytest.param(each, marks=pytest.mark.long) for each in LOOKS[:3])],
    ids=lambda look: f"{look.width}px-{'js' if look.javascript else 'nojs'}",
)
def look(request: pytest.FixtureRequest) -> Look:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def tenant(first_tenant: dict[str, Any]) -> dict[str, Any]:
    return first_tenant


@pytest.fixture
def real_time(demo: DemoHouse) -> Iterator[None]:
    yield
    demo.move_clock(timedelta(0))


async def type_code(page: Page, demo: DemoHouse, address: str, look: Look, after: int) -> None:
    """From the page that asks for the address to the one after the code."""
    field = page.locator("input[name=email]")
    await field.fill(address)
    await page.locator("form:has(input[name=email]) button").first.click()
    await page.wait_for_url("**/code")
    await page.locator("input[name=code]").fill(await demo.code_for(address, after))
    if not look.javascript:
        await page.locator("form:has(input[name=code]) button").first.click()


@pytest.mark.any_backend
async def test_what_was_typed_is_there_again(
    page: Page, demo: DemoHouse, tenant: dict[str, Any], client: stripe.StripeClient, look: Look, real_time: None
) -> None:
    address = f"late-{look.width}-{look.javascript}@example.com".lower()
    customer, _ = new_customer(client, address)
    await sign_in(page, demo, tenant, address, look)
    await page.goto(f"{page.url.split('?')[0]}details")
    await page.locator("input[name=name]").fill("Robin <Ümlaut> & Co")
    await page.locator("input[name=city]").fill("Bremen")
    demo.move_clock(timedelta(hours=1, minutes=2))
    await page.locator("form:has(input[name=name]) .task-bar button").first.click()
    await expect(page.locator("main")).to_contain_text("kept for an hour")
    await no_side_scroll(page)
    assert client.v1.customers.retrieve(customer).name == "Robin Example"
    await page.locator("main a.button-primary").click()
    await expect(page.locator("main")).to_contain_text("back where you were")
    await type_code(page, demo, address, look, after=1)
    await page.wait_for_url("**/details")
    assert "Bremen" not in page.url
    await expect(page.locator("input[name=name]")).to_have_value("Robin <Ümlaut> & Co")
    await expect(page.locator("input[name=city]")).to_have_value("Bremen")
    assert client.v1.customers.retrieve(customer).name == "Robin Example", "nothing is sent by itself"
    await page.locator("form:has(input[name=name]) .task-bar button").first.click()
    await page.wait_for_url("**saved=details")
    assert client.v1.customers.retrieve(customer).name == "Robin <Ümlaut> & Co"

    # A session of the shop's program that is over is begun again with the same code, in the flow that it was.
    after = {"type": "customer_login"}
    session = client.v1.billing_portal.sessions.create(
        {
            "customer": customer,
            "return_url": "https://shop.example/account",
            "flow_data": {"type": "customer_update"},
            "after_expiration": after,  # type: ignore[typeddict-item]
        }
    )
    demo.move_clock(timedelta(hours=1, minutes=10))
    await page.goto(session.url)
    await expect(page.locator("a[href='https://shop.example/account']").first).to_be_visible()
    await page.locator("main a.button-primary").click()
    await type_code(page, demo, address, look, after=2)
    await page.wait_for_url("**/details")
    await expect(page.locator("form[action$='/sign-out']")).to_have_count(0)


@pytest.mark.parametrize("look", [Look(width=390, javascript=True)], ids=["390px-js"])
async def test_one_is_told_in_time_and_stays(
    page: Page, demo: DemoHouse, tenant: dict[str, Any], client: stripe.StripeClient, look: Look, real_time: None
) -> None:
    address = "calm@example.com"
    new_customer(client, address)
    await page.clock.install()
    await sign_in(page, demo, tenant, address, look)
    await page.goto(f"{page.url.split('?')[0]}details")
    city = page.locator("input[name=city]")
    await city.fill("Bremen")

    # Four minutes before the end: said beside the page, to whoever hears it too, and nobody is disturbed.
    soon = page.get_by_role("dialog", name="You will be signed out soon")
    stay = page.get_by_role("button", name="Stay signed in")
    demo.move_clock(timedelta(minutes=56))
    await page.clock.fast_forward("56:00")
    await expect(soon).to_be_visible()
    await expect(page.get_by_role("status")).to_contain_text("You will be signed out at")
    await expect(city).to_be_focused()
    await no_side_scroll(page)
    await stay.click()
    await expect(soon).to_be_hidden()
    await expect(page.get_by_role("status")).to_have_text("You stay signed in.")

    # In the last minute it stands in front of the page, and a key is enough.
    demo.move_clock(timedelta(minutes=56 + 59, seconds=10))
    await page.clock.fast_forward("59:10")
    await expect(stay).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(soon).to_be_hidden()
    await expect(city).to_have_value("Bremen")

    # Too late. What was typed is still there, and the way in is one click away.
    demo.move_clock(timedelta(hours=4))
    await page.clock.fast_forward("02:00:00")
    over = page.get_by_role("dialog", name="You are signed out")
    await expect(over).to_contain_text("kept until you have signed in again")
    await over.get_by_role("link", name="Sign in again").click()
    await expect(page.locator("main a.button-primary")).to_have_text("Sign in")

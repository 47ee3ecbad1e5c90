"""A tenant's developer in the dashboard: a key that may do little, what it did, and an endpoint with its calls."""

import asyncio
import re
from typing import Any

import httpx
import pytest
import stripe
from demo_house import DemoHouse, Look
from playwright.async_api import Page, expect
from staff_sign_in import sign_in_staff
from test_portal_story import no_side_scroll
from webhook_world import Call, Receiver, receiving

pytestmark = pytest.mark.browser
WAYS = [Look(width=1280, javascript=True), pytest.param(Look(width=390, javascript=True), marks=pytest.mark.long)]


@pytest.fixture
def tenant(demo: DemoHouse) -> dict[str, Any]:
    """The one whose owner reads English."""
    return demo.ready["tenants"][0]  # type: ignore[no-any-return]


class Ear:
    """Hears the calls of an endpoint."""

    def __init__(self, receiver: Receiver) -> None:
        self._calls: asyncio.Queue[Call] = asyncio.Queue()
        receiver.before_answer = self._calls.put

    async def next(self) -> Call:
        """The next call that was not heard yet."""
        return await asyncio.wait_for(self._calls.get(), 30)


@pytest.mark.parametrize("look", WAYS, ids=["desk", "phone"])
async def test_a_key_its_calls_and_an_endpoint(
    page: Page, demo: DemoHouse, tenant: dict[str, Any], client: stripe.StripeClient
) -> None:
    await sign_in_staff(page, demo, tenant["staff"][0])
    sandbox = await page.locator(".side-switch a").last.get_attribute("href")
    assert sandbox is not None
    base = demo.ready["api_base"]
    await a_key_that_may_do_little(page, base, f"{base}{sandbox}")
    async with receiving() as receiver:
        await an_endpoint_with_its_calls(page, f"{base}{sandbox}", client, receiver)


async def a_key_that_may_do_little(page: Page, base: str, sandbox: str) -> None:
    """It is shown once, does what it may, and both is in the log."""
    await page.goto(f"{sandbox}/keys")
    await page.locator(".page-head a[href$='/keys/new']").click()
    await page.locator("input[name=name]").fill("Nightly export")
    await page.locator("input[name=kind][value=restricted]").check()
    await page.locator("input[name=area_customer][value=read]").check()
    await no_side_scroll(page)
    await page.locator("form.key-form .button-primary").click()
    key = await page.locator("#new-key").input_value()
    assert key.startswith("rk_test_")
    async with httpx.AsyncClient(base_url=base, auth=(key, ""), trust_env=False) as program:
        assert (await program.get("/v1/customers", params={"limit": 1})).status_code == 200
        refused = await program.post("/v1/products", data={"name": "Not for this key"})
    assert refused.status_code == 403
    await page.goto(f"{sandbox}/keys")
    assert key not in await page.content()
    mine = page.locator(".person").filter(has_text=f"…{key[-4:]}")
    await expect(mine).to_contain_text("Read: Customers")
    await expect(mine).to_contain_text("Last used")

    await page.goto(f"{sandbox}/logs?q={refused.headers['request-id']}")
    row = page.locator("tbody tr")
    await expect(row).to_have_count(1)
    await expect(row).to_contain_text("403")
    await row.locator("a").click()
    await no_side_scroll(page)
    await expect(page.locator("main")).to_contain_text("POST /v1/products")
    await expect(page.locator("main")).to_contain_text("Nightly export")
    assert key not in await page.content()


async def an_endpoint_with_its_calls(page: Page, sandbox: str, client: stripe.StripeClient, receiver: Receiver) -> None:
    """It is told within seconds, again when asked, and by two secrets while one follows the other."""
    ear = Ear(receiver)
    await page.goto(f"{sandbox}/webhooks/new")
    await page.locator("input[name=url]").fill(receiver.url)
    await page.locator("input[name=which][value=some]").check()
    kind = page.locator(".hook-group").filter(has=page.locator("input[name='event_product.created']"))
    await kind.locator("summary").click()
    await kind.locator("input[name='event_product.created']").check()
    await page.locator("form.settings .button-primary").click()
    await page.wait_for_url(re.compile(r"/webhooks/we_\w+\?done=added"))
    endpoint = page.url.partition("?")[0]
    await page.goto(f"{endpoint}/secret")
    old = await page.locator("#secret").input_value()
    client.v1.products.create({"name": "Heard of"})
    call = await ear.next()
    assert stripe.Webhook.construct_event(call.body, call.headers["stripe-signature"], old).type == "product.created"

    await page.goto(endpoint)
    await page.locator(".hook-table a").first.click()
    await expect(page.locator("main")).to_contain_text('"type": "product.created"')
    await no_side_scroll(page)
    await page.locator("form[action$='/again'] button").click()
    assert (await ear.next()).event["id"] == call.event["id"]
    await expect(page.locator(".notice-success")).to_contain_text("It is being sent again.")

    await page.goto(f"{endpoint}/secret")
    await page.locator(".confirm summary").click()
    await page.locator("select[name=overlap]").select_option("12")
    await page.locator(".confirm form button").click()
    await expect(page.locator(".notice-success")).to_contain_text("This is the new secret.")
    new = await page.locator("#secret").input_value()
    assert new != old
    client.v1.products.create({"name": "Heard of, too"})
    later = await ear.next()
    for secret in (old, new):
        stripe.Webhook.construct_event(later.body, later.headers["stripe-signature"], secret)

    await page.goto(endpoint)
    await no_side_scroll(page)
    await page.locator(".confirm summary").click()
    await page.locator("form[action$='/delete'] button").click()
    await expect(page.locator(".notice-success")).to_contain_text("The endpoint is deleted.")

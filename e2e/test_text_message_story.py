"""A customer whose e-mails do not arrive has the code texted, through a real gateway, and signs in with it."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import stripe
from demo_house import DemoHouse, Look
from kannel import ACCOUNT, PASSWORD, Kannel
from playwright.async_api import Page, expect
from stripe_tenant import heard

pytestmark = [pytest.mark.browser, pytest.mark.any_backend]
LOOKS = [
    pytest.param(Look(width=390, javascript=True), id="390px-js"),
    pytest.param(Look(width=1280, javascript=False), id="1280px-nojs"),
    pytest.param(Look(width=390, javascript=False), id="390px-nojs", marks=pytest.mark.long),
    pytest.param(Look(width=1280, javascript=True), id="1280px-js", marks=pytest.mark.long),
]
WORDS = {"atlas": ("text message", "Check your messages"), "nordwand": ("SMS", "Sehen Sie in Ihren Nachrichten nach")}


@pytest.fixture(params=LOOKS)
def look(request: pytest.FixtureRequest) -> Look:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def tenant(first_tenant: dict[str, Any], backend: str, demo: DemoHouse, look: Look, kannel: Kannel) -> dict[str, Any]:
    """A tenant that texts codes through the gateway, as its operator switches it on. At Stripe customers' numbers are
    those that Stripe has."""
    chosen: dict[str, Any] = first_tenant if backend == "stripe" else demo.ready["tenants"][look.javascript]
    settings = {"kind": "kannel", "url": kannel.url, "account": ACCOUNT, "secret": PASSWORD, "countries": "IE\nCH"}
    command = [Path(sys.executable).with_name("frontdesk"), "plugins", "enable", "otp_sms", "--tenant", chosen["slug"]]
    done = subprocess.run(
        [*command, *(f"--set={name}={value}" for name, value in settings.items())],
        env={**os.environ, "FRONTDESK_DATA": str(demo.data)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return chosen


async def to_code_page(page: Page, tenant: dict[str, Any], address: str) -> None:
    # The second tenant's customers read German.
    await page.goto(tenant["login_link"] + ("?lang=de" if tenant["slug"] == "nordwand" else ""))
    await page.locator("input[name=email]").fill(address)
    await page.locator("main form button").first.click()
    await page.wait_for_url("**/code*")


async def test_no_mail_so_a_text(
    page: Page, demo: DemoHouse, tenant: dict[str, Any], client: stripe.StripeClient, look: Look, kannel: Kannel
) -> None:
    address = f"sam-{look.width}-{look.javascript}@example.com".lower()
    client.v1.customers.create({"email": address, "name": "Sam Text", "phone": "+353 86 555 0191"})
    heard(client)
    button, title = WORDS.get(tenant["slug"], WORDS["atlas"])

    # A stranger is offered the same, and learns nothing.
    await to_code_page(page, tenant, "stranger@example.com")
    await page.get_by_role("button", name=button).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(title)
    assert "555 0191" not in await page.content()

    await to_code_page(page, tenant, address)
    assert await demo.code_for(address)
    await page.get_by_role("button", name=button).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(title)
    assert "0191" not in await page.content()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth") or not look.javascript
    text = await asyncio.to_thread(kannel.next_text)
    assert text.to == "+353865550191"
    words, _, bound = text.text.rpartition("\n\n")
    host, _, code = bound.partition(" #")
    assert (host, code) == ("@127.0.0.1", words[:6])
    # A phone fills in a field that says what it is for.
    field = page.locator("input[name=code]")
    assert await field.get_attribute("autocomplete") == "one-time-code"
    assert await field.get_attribute("inputmode") == "numeric"
    await field.fill(code)
    if not look.javascript:
        await page.locator("form:has(input[name=code]) button").first.click()
    await page.wait_for_url("**/p/*/")
    await expect(page.locator("body")).to_contain_text(address)

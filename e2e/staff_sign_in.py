"""Staff and operators of the demo at their sign-in: a code from the mailbox, then the second step."""

import re
import time
from typing import Any

import pyotp
from demo_house import DemoHouse
from playwright.async_api import Page


async def sign_in_staff(page: Page, demo: DemoHouse, employee: dict[str, Any]) -> None:
    """From the sign-in page to where the dashboard leads. `employee` is an entry of the ready file."""
    address = employee["email"]
    before = len([each for each in await demo.letters(address) if each["code"]])
    await page.goto(demo.ready["dashboard"])
    await page.locator("input[name=email]").fill(address)
    await page.locator("form:has(input[name=email]) button").click()
    await page.wait_for_url("**/code*")
    await type_code(page, await demo.code_for(address, after=before))
    await page.wait_for_url("**/second-factor*")
    app = pyotp.TOTP(employee["totp_secret"])
    await type_code(page, app.now())
    if await page.locator("#code-error").count():
        # Each code counts once, and somebody has signed in within these seconds: the next one is good already.
        await type_code(page, app.at(int(time.time()) + app.interval))
    await page.wait_for_url(re.compile(r"/(dashboard|operator)(?!/sign-in)"))


async def type_code(page: Page, code: str, javascript: bool = True) -> None:
    """Fill in a code and go on. Where scripts run a passcode is sent by itself as soon as it is whole."""
    field = page.locator("input[name=code]")
    by_itself = javascript and await field.get_attribute("data-digits") is not None
    async with page.expect_navigation():
        await field.fill(code)
        if not by_itself:
            await field.press("Enter")

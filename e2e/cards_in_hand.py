"""How a person adds a test card and pays by one: on pages of the portal, or where billing is at Stripe, on the pages
there to which it leads and from which it leads back."""

import re

from playwright.async_api import Locator, Page
from test_portal_story import no_side_scroll

AT_BANK = re.compile(r"/confirm\?|/p/authenticate/")


def card(page: Page, last4: str) -> Locator:
    """A card among those that are kept."""
    return page.locator(".held-one").filter(has_text=f"•••• {last4}")


async def add(page: Page, name: str) -> None:
    """Choose a test card on the page that adds one, and send it. One may have to leave for that page first."""
    leave = page.get_by_role("button", name="Go to the payment provider")
    if await leave.count():
        await no_side_scroll(page)
        await leave.click()
        await page.wait_for_url("**/p/checkout/**")
    await page.locator(f"label.choice:has(input[value={name}])").click()
    await page.locator("form:has(input[name=card]) .task-bar button").click()
    await no_side_scroll(page)


async def answer(page: Page, word: str) -> None:
    """Tell the bank yes or no."""
    await page.wait_for_url(AT_BANK)
    await page.locator(f"button[name=answer][value={word}]").click()


async def leave_to_pay(page: Page) -> None:
    """From the portal's page about an open invoice to the page at Stripe on which cards are chosen."""
    await no_side_scroll(page)
    await page.locator("form[action$='/pay'] button").first.click()
    await page.wait_for_url("**/p/invoice/**")
    await page.get_by_role("link", name="Pay now").click()


async def pay(page: Page, *, by: str, card: str) -> None:
    """Pay an invoice by the payment method `by`; at Stripe by a test card, since nobody is signed in there."""
    name, value = ("method", by) if await page.locator("input[name=method]").count() else ("card", card)
    await page.locator(f"label.choice:has(input[name={name}][value={value}])").click()
    await page.locator(f"form:has(input[name={name}]) .task-bar button").click()


async def come_back(page: Page) -> None:
    """From the page on which a card was added: where that is not known yet, the portal says to load its page again."""
    await page.wait_for_url(lambda url: not re.search("/p/(checkout|authenticate)/", url))
    for _ in range(5):
        if not await page.get_by_text("appears here in a moment").count():
            return
        await page.reload()

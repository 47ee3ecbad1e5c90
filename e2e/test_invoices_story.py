"""A customer looks after their bills: what is due and how it is paid, all of them, one file, and what comes next."""

import io
import zipfile
from typing import Any

import pytest
import stripe
from demo_house import DemoHouse, Look
from playwright.async_api import Locator, Page, expect
from stripe_tenant import Program
from test_portal_story import smallest_plan

pytestmark = pytest.mark.browser
LOOKS = [
    pytest.param(Look(width=390, javascript=True), id="390px-js", marks=pytest.mark.long),
    pytest.param(Look(width=1280, javascript=False), id="1280px-nojs"),
    pytest.param(Look(width=390, javascript=False), id="390px-nojs", marks=pytest.mark.long),
    pytest.param(Look(width=1280, javascript=True), id="1280px-js", marks=pytest.mark.long),
]


@pytest.fixture(params=LOOKS)
def look(request: pytest.FixtureRequest) -> Look:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def tenant(first_tenant: dict[str, Any]) -> dict[str, Any]:
    """One tenant is enough."""
    return first_tenant


@pytest.mark.any_backend
async def test_invoices_of_all_kinds(page: Page, demo: DemoHouse, client: stripe.StripeClient, look: Look) -> None:
    customer = billed_customer(client, f"bills-{look.width}-{look.javascript}@example.com".lower())
    session = client.v1.billing_portal.sessions.create({"customer": customer})
    await page.goto(session.url)
    home = page.url

    # Home says what is due next, how it is paid, and what credit there is.
    payment = page.locator("section[aria-labelledby=payment]")
    await expect(payment).to_contain_text("is due on")
    await expect(payment).to_contain_text("The next invoice comes on")
    await payment.get_by_role("link", name="See how it came about").click()
    await expect(page.locator(".movements")).to_contain_text("Adjustment")

    # What comes next uses the credit, to the cent as the API says it.
    await page.goto(home)
    await page.get_by_role("link", name="Upcoming invoice").click()
    preview = client.v1.invoices.create_preview({"customer": customer})
    await expect(page.locator(".lines tfoot")).to_contain_text("Credit used")
    assert cents(await page.locator(".line-strong td").inner_text()) == preview.amount_due

    # All invoices, page by page, then those that are paid.
    await page.goto(home)
    await page.get_by_role("link", name="All invoices").click()
    await expect(page.locator(".invoices tbody tr")).to_have_count(20)
    await page.locator("a[rel=next]").click()
    await expect(page.locator(".invoices tbody tr")).to_have_count(1)
    await page.locator("select[name=status]").select_option("paid")
    await page.get_by_role("button", name="Show").click()
    await expect(page.locator(".invoices tbody tr")).to_have_count(1)
    await expect(page.locator(".choice-count")).to_contain_text("1 invoice matches your choice.")
    metrics = await (await page.context.new_cdp_session(page)).send("Page.getLayoutMetrics")
    assert metrics["cssContentSize"]["width"] <= metrics["cssLayoutViewport"]["clientWidth"]

    # Its document from the list, all of the choice as one file, and the receipt from its page.
    assert (await downloaded(page, page.locator(".invoice-paper a"))).startswith(b"%PDF-")
    file = zipfile.ZipFile(io.BytesIO(await downloaded(page, page.get_by_role("link", name="Download ZIP"))))
    assert file.testzip() is None
    assert [each.partition("_")[2].partition("_")[2] for each in file.namelist()] == ["", "Receipt.pdf"]
    await page.locator(".invoice-link").click()
    await expect(page.locator(".invoice-head")).to_contain_text("Paid on")
    assert (await downloaded(page, page.locator("a[href$='/receipt']"))).startswith(b"%PDF-")


def billed_customer(client: stripe.StripeClient, address: str) -> str:
    """A customer with a subscription, twenty others that end with their first period, and some credit. Each has an
    invoice, of which one is paid."""
    smallest = smallest_plan(client)
    customer = client.v1.customers.create({"email": address, "name": "Robin Example"}).id
    for place in range(21):
        client.v1.subscriptions.create(
            {"customer": customer, "items": [{"price": smallest.id}], "cancel_at_period_end": place > 0}
        )
    (newest,) = client.v1.invoices.list({"customer": customer, "limit": 1}).data
    assert newest.id is not None
    if isinstance(client, Program):
        # At Stripe there is a payment, and so a receipt, where it charged something.
        card = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer})
        client.v1.invoices.pay(newest.id, {"payment_method": card.id})
    else:
        client.v1.invoices.pay(newest.id, {"paid_out_of_band": True})
    credit = {"amount": -150, "currency": smallest.currency}
    client.v1.customers.balance_transactions.create(customer, credit)  # type: ignore[arg-type]
    return customer


async def downloaded(page: Page, link: Locator) -> bytes:
    """What a link gives."""
    async with page.expect_download() as downloading:
        await link.click()
    path = await (await downloading.value).path()
    return path.read_bytes()


def cents(shown: str) -> int:
    """An amount in words as minor units: every currency of the demo has two."""
    return int("".join(each for each in shown if each.isdigit()))

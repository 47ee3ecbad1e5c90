"""Cards in the portal of a sandbox, in a browser: one customer from the first card to a renewal that was declined.

They keep the card that their plan needs, add one over the bank's page, hear of a decline, replace the default, let a
card of its own pay for their plan, and make a failed renewal good. A change of plan that one card does not pay for is
paid by another. Then the flow that only asks for a card, with each of its ends. Where billing is at Stripe, cards are
added and invoices paid there.
"""

import asyncio
import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import stripe
from cards_in_hand import add, answer, card, come_back, leave_to_pay, pay
from demo_house import Look
from playwright.async_api import Page, expect
from stripe_tenant import heard
from test_flow_story import SHOP, THANKS, at_the_shop, is_alone
from test_portal_story import no_side_scroll, smallest_plan

pytestmark = [pytest.mark.browser, pytest.mark.any_backend]
PHONE, DESK = Look(width=390, javascript=False), Look(width=1280, javascript=True)
PHONE_NOW = pytest.mark.parametrize("look", [PHONE, pytest.param(DESK, marks=pytest.mark.long)], ids=["phone", "desk"])
DESK_NOW = pytest.mark.parametrize("look", [pytest.param(PHONE, marks=pytest.mark.long), DESK], ids=["phone", "desk"])
"""The phone has no scripts."""
ASKED_ONCE, FAILS_LATER, TOO_LITTLE = (
    "authenticationRequiredOnSetup",
    "chargeCustomerFail",
    "chargeDeclinedInsufficientFunds",
)


@pytest.fixture
def tenant(first_tenant: dict[str, Any]) -> dict[str, Any]:
    """One tenant is enough: cards look and do the same at both."""
    return first_tenant


def pays_by_visa(client: stripe.StripeClient, test_clock: str | None = None) -> tuple[str, str]:
    """A customer whose plan is charged to a Visa; ids of customer and subscription."""
    v1, visa = client.v1, "pm_card_visa"
    asked: Any = {"email": "casey@example.com", "name": "Casey Cards", "payment_method": visa}
    asked |= {"invoice_settings": {"default_payment_method": visa}}
    customer = v1.customers.create(asked if test_clock is None else asked | {"test_clock": test_clock})
    plan = v1.subscriptions.create({"customer": customer.id, "items": [{"price": smallest_plan(client).id}]})
    assert plan.status == "active"
    return customer.id, plan.id


async def moved_on(client: stripe.StripeClient, clock: stripe.test_helpers.TestClock, by: timedelta) -> None:
    """Move a test clock on, and wait until all that fell due is done."""
    clocks, until = client.v1.test_helpers.test_clocks, clock.frozen_time + int(by.total_seconds())
    clocks.advance(clock.id, {"frozen_time": until})
    deadline = time.monotonic() + 240
    while clocks.retrieve(clock.id).status != "ready":
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)


@PHONE_NOW
async def test_from_the_first_card_to_a_payment_that_was_made_good(
    page: Page, client: stripe.StripeClient, backend: str
) -> None:
    v1 = client.v1
    clock = v1.test_helpers.test_clocks.create({"frozen_time": int(datetime.now(UTC).timestamp())})
    customer, plan = pays_by_visa(client, clock.id)
    await page.goto(v1.billing_portal.sessions.create({"customer": customer}).url)
    home = page.url
    await no_side_scroll(page)

    # The last one stays as long as a plan needs it, and the page says so where the button would be.
    await page.locator("a[href$='/payment-methods']").click()
    await expect(card(page, "4242")).to_contain_text("Add another one before you remove it.")
    await expect(card(page, "4242").locator("form[action$='/remove']")).to_have_count(0)

    # One over the bank's page: who says no there has added nothing, and is asked again.
    await page.locator("a[href$='/payment-methods/add']").click()
    await add(page, ASKED_ONCE)
    await answer(page, "no")
    await expect(page.locator(".notice-danger")).to_contain_text("nothing was added")
    await add(page, ASKED_ONCE)
    await answer(page, "yes")
    await expect(page.locator(".notice-success")).to_contain_text(re.compile("Your (card|payment method) was added."))
    assert len(v1.customers.payment_methods.list(customer).data) == 2

    # One that is declined: why, and the choice once more.
    await page.locator("a[href$='/payment-methods/add']").click()
    await add(page, TOO_LITTLE)
    await expect(page.locator(".notice-danger")).to_contain_text("not enough money")
    await expect(page.locator(f"input[value={TOO_LITTLE}]")).to_be_checked()

    # Replace the default, and let the card before go.
    await page.locator("a[href$='/payment-methods']").first.click()
    await card(page, "3155").locator("form[action$='/default'] button").click()
    await expect(card(page, "3155")).to_contain_text("Default")
    await card(page, "4242").locator("form[action$='/remove'] button").click()
    await expect(page.locator(".notice-success")).to_contain_text("Your payment method was removed.")
    (kept,) = v1.customers.payment_methods.list(customer).data
    settings = v1.customers.retrieve(customer).invoice_settings
    assert settings is not None
    assert settings.default_payment_method == kept.id

    # A card of the plan's own; its bank will decline the renewal.
    await page.locator("a[href$='/payment-methods/add']").click()
    await add(page, FAILS_LATER)
    own = next(each for each in v1.customers.payment_methods.list(customer).data if each.id != kept.id)
    await page.locator("select[name=method]").select_option(own.id)
    await page.locator("form[action$='/payment-method'] button").click()
    await expect(page.locator(".notice-success")).to_contain_text("by the payment method that you chose")
    assert v1.subscriptions.retrieve(plan).default_payment_method == own.id

    # Past due: the same card is refused in a sentence, another one pays, and all is well.
    await moved_on(client, clock, timedelta(days=32))
    late = v1.subscriptions.retrieve(plan)
    assert late.status == "past_due"
    heard(client)
    await page.goto(home)
    await no_side_scroll(page)
    await page.locator("a[href$='/pay']").first.click()
    if backend == "stripe":
        await leave_to_pay(page)
    await pay(page, by=own.id, card=FAILS_LATER)
    await expect(page.locator(".notice-danger")).to_contain_text("The bank declined this card.")
    await no_side_scroll(page)
    await pay(page, by=kept.id, card="visa")
    await expect(page.locator(".notice-success")).to_contain_text(
        re.compile("Your payment was received.|Your payment came in.")
    )
    assert v1.subscriptions.retrieve(plan).status == "active"
    assert v1.invoices.retrieve(str(late.latest_invoice)).status == "paid"
    heard(client)
    await page.goto(home)
    await expect(page.locator(".badge", has_text="Active")).to_be_visible()
    await expect(page.locator("a[href$='/pay']")).to_have_count(0)


@DESK_NOW
async def test_a_declined_change_is_paid_by_another_card(page: Page, client: stripe.StripeClient) -> None:
    v1 = client.v1
    customer, plan = pays_by_visa(client)
    failing = v1.payment_methods.attach(f"pm_card_{FAILS_LATER}", {"customer": customer}).id
    v1.customers.update(customer, {"invoice_settings": {"default_payment_method": failing}})
    await page.goto(v1.billing_portal.sessions.create({"customer": customer}).url)
    await page.locator(f"a[href*='{plan}/change']").click()
    await page.locator("input[type=number]").fill("4")
    await page.locator(".task-bar button").last.click()
    await page.wait_for_url("**/confirm/**")
    due = await page.locator(".task-sum span").last.inner_text()
    await page.locator("form.task-bar button").click()
    await expect(page.locator(".notice-danger")).to_contain_text("The bank declined this card.")
    await no_side_scroll(page)
    assert v1.subscriptions.retrieve(plan)["items"].data[0].quantity == 1

    # Another card is a click away, and afterwards it is the same change at the same price.
    await page.get_by_role("link", name="Use another card").click()
    await add(page, "mastercard")
    await page.wait_for_url("**/confirm/**")
    await expect(page.locator(".notice-success")).to_contain_text("was added.")
    assert await page.locator(".task-sum span").last.inner_text() == due
    await page.locator("form.task-bar button").click()
    await expect(page.locator(".done-mark")).to_be_visible()
    changed = v1.subscriptions.retrieve(plan, {"expand": ["latest_invoice"]})
    assert (changed["items"].data[0].quantity, changed.latest_invoice.status) == (4, "paid")  # type: ignore[union-attr]
    settings = v1.customers.retrieve(customer, {"expand": ["invoice_settings.default_payment_method"]})
    assert settings.invoice_settings.default_payment_method.card.last4 == "4444"  # type: ignore[union-attr]


@DESK_NOW
async def test_a_plan_changes_once_the_bank_was_answered(page: Page, client: stripe.StripeClient, backend: str) -> None:
    v1 = client.v1
    customer, plan = pays_by_visa(client)
    asking = v1.payment_methods.attach("pm_card_authenticationRequired", {"customer": customer}).id
    v1.customers.update(customer, {"invoice_settings": {"default_payment_method": asking}})
    (item,) = v1.subscriptions.retrieve(plan)["items"].data
    prepared: Any = {"subscription": plan, "items": [{"id": item.id, "price": item.price.id, "quantity": 4}]}
    flow: Any = {"type": "subscription_update_confirm", "subscription_update_confirm": prepared}
    asked: Any = {"customer": customer, "locale": "en", "flow_data": flow}
    await page.goto(v1.billing_portal.sessions.create(asked).url)
    confirm = page.locator("form.task-bar button")
    due = await page.locator(".task-sum span").last.inner_text()

    async def told_the_bank(word: str) -> None:
        if backend == "stripe":
            await pay(page, by="", card="authenticationRequired")
        else:
            await confirm.click()
            await page.wait_for_url("**/confirm/*?bank")
        await expect(page.locator(".lead")).to_contain_text(due)
        await no_side_scroll(page)
        await page.locator(f"button[name=answer][value={word}]").click()

    stays = "your plan stays as it is"
    if backend == "stripe":
        # The change waits there to be paid, which is where the bank asks.
        stays = "nothing was paid"
        await confirm.click()
        await expect(page.locator(".due-amount")).to_have_text(due)
        await expect(page.locator(".lead").first).to_contain_text("waits for its payment until")
        portal = page.url
        await leave_to_pay(page)

    # Who says no keeps the plan, and can try again from where they are.
    await told_the_bank("no")
    await expect(page.locator(".notice-danger")).to_contain_text(stays)
    await no_side_scroll(page)
    assert v1.subscriptions.retrieve(plan)["items"].data[0].quantity == 1
    await told_the_bank("yes")
    if backend == "stripe":
        await expect(page.locator(".notice-success")).to_contain_text("Your payment came in.")
        heard(client)
        await page.goto(portal)
    await page.wait_for_url("**/changed/*")
    await expect(page.locator(".done-mark")).to_be_visible()
    changed = v1.subscriptions.retrieve(plan, {"expand": ["latest_invoice"]})
    assert (changed["items"].data[0].quantity, changed.status) == (4, "active")
    assert changed.latest_invoice.status == "paid"  # type: ignore[union-attr]


@DESK_NOW
async def test_the_flow_that_asks_for_a_card_ends_as_it_was_asked_to(page: Page, client: stripe.StripeClient) -> None:
    v1 = client.v1
    customer, _ = pays_by_visa(client)
    await at_the_shop(page)

    async def begin(after: Any) -> None:
        flow: Any = {"type": "payment_method_update", "after_completion": after}
        asked: Any = {"customer": customer, "return_url": SHOP, "flow_data": flow}
        await page.goto(v1.billing_portal.sessions.create(asked).url)
        await is_alone(page)

    async def default() -> str:
        settings = v1.customers.retrieve(customer, {"expand": ["invoice_settings.default_payment_method"]})
        return str(settings.invoice_settings.default_payment_method.card.last4)  # type: ignore[union-attr]

    await begin({"type": "hosted_confirmation", "hosted_confirmation": {"custom_message": "All set.\nThe shop"}})
    await add(page, ASKED_ONCE)
    await answer(page, "yes")
    await come_back(page)
    await expect(page.locator(".own-words")).to_contain_text("All set.")
    await is_alone(page)
    assert await default() == "3155"

    await begin({"type": "redirect", "redirect": {"return_url": THANKS}})
    await add(page, "mastercard")
    await come_back(page)
    await page.wait_for_url(THANKS)
    assert await default() == "4444"

    await begin({"type": "portal_homepage"})
    await add(page, "amex")
    await come_back(page)
    await expect(page.locator("form[action$='/sign-out']")).to_be_visible()
    assert await default() == "0005"

"""A tenant's program sends its customers into one job of the portal, by the official SDK; each ends as it was asked to.

One customer goes through five flows of the six: a prepared change, choosing a plan, billing details, a pause, and
cancelling. The sixth, which asks for a payment method, is told by the story of cards.
"""

from typing import Any

import pytest
import stripe
from demo_house import DemoHouse, Look
from playwright.async_api import Page, expect
from test_portal_story import LOOKS, new_customer, no_side_scroll

from frontdesk.billing import Capability

pytestmark = [pytest.mark.browser, pytest.mark.any_backend]
SHOP = "https://shop.example/account"
THANKS = "https://shop.example/thanks?from=portal"
WORDS = "Your colleagues can sign in now.\nThe shop team"


@pytest.fixture(
    params=[LOOKS[0], *(pytest.param(each, marks=pytest.mark.long) for each in LOOKS[1:])],
    ids=lambda look: f"{look.width}px-{'js' if look.javascript else 'nojs'}",
)
def look(request: pytest.FixtureRequest) -> Look:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(params=[0, pytest.param(1, marks=pytest.mark.long)], ids=["atlas", "nordwand"])
def tenant(request: pytest.FixtureRequest, first_tenant: dict[str, Any], demo: DemoHouse) -> dict[str, Any]:
    return demo.ready["tenants"][1] if request.param else first_tenant  # type: ignore[no-any-return]


async def at_the_shop(page: Page) -> None:
    """The tenant's own site, which is elsewhere."""
    await page.route(
        "https://shop.example/**",
        lambda route: route.fulfill(body="<!doctype html><title>Shop</title>", content_type="text/html"),
    )


async def is_alone(page: Page) -> None:
    """Nothing leads out of the job but the way back to the tenant."""
    await no_side_scroll(page)
    assert await page.locator("a[href*='/p/']:not([href*='lang='])").count() == 0
    assert await page.locator("form[action$='/sign-out']").count() == 0


async def test_each_flow_ends_as_it_was_asked_to(
    page: Page, tenant: dict[str, Any], client: stripe.StripeClient, look: Look, can: frozenset[Capability]
) -> None:
    customer, subscription = new_customer(client, f"flow-{look.width}-{look.javascript}@example.com".lower())
    v1 = client.v1
    v1.subscriptions.update(subscription, {"metadata": {"seen": "yes"}})
    await at_the_shop(page)

    async def begin(type_: str, after: Any, **subject: Any) -> None:
        data: Any = {"type": type_, "after_completion": after}
        if type_ != "customer_update":
            data[type_] = {"subscription": subscription, **subject}
        made = v1.billing_portal.sessions.create({"customer": customer, "return_url": SHOP, "flow_data": data})
        await page.goto(made.url)
        await is_alone(page)

    # A prepared change, with a discount that no customer could ask for; then the tenant's own words.
    hosted = {"type": "hosted_confirmation", "hosted_confirmation": {"custom_message": WORDS}}
    item = v1.subscriptions.retrieve(subscription)["items"].data[0]
    coupon = v1.coupons.create({"percent_off": 10, "duration": "forever", "name": "Loyal"}).id
    discounts = [{"coupon": coupon}]
    prepared = {"id": item.id, **another_plan(client, item)}
    await begin("subscription_update_confirm", hosted, items=[prepared], discounts=discounts)
    await page.locator("form:has(input[name=quote]) button").last.click()
    await expect(page.locator(".done-mark")).to_be_visible()
    await expect(page.locator(".own-words")).to_contain_text("Your colleagues can sign in now.")
    await is_alone(page)
    changed = v1.subscriptions.retrieve(subscription)
    now = changed["items"].data[0]
    assert (now.price.id, now.quantity) == (prepared.get("price", item.price.id), prepared.get("quantity", 2))
    assert len(changed.discounts or []) == 1
    await page.locator(f"main a[href='{SHOP}']").click()
    await page.wait_for_url(SHOP)

    # Choosing a plan, and on to the portal, which is as ever from then on.
    await begin("subscription_update", {"type": "portal_homepage"})
    await page.locator("input[name=product]:not([checked])").last.check(force=True)
    await page.locator(".task-bar button").last.click()
    await page.wait_for_url("**/confirm/**")
    await is_alone_but_for_plans(page)
    await page.locator("form:has(input[name=quote]) button").last.click()
    await page.wait_for_url("**/?saved=changed")
    await expect(page.locator("form[action$='/sign-out']")).to_be_visible()
    assert v1.subscriptions.retrieve(subscription)["items"].data[0].price.id != item.price.id

    # Billing details, and back to the shop.
    redirect = {"type": "redirect", "redirect": {"return_url": THANKS}}
    await begin("customer_update", redirect)
    await page.locator("input[name=name]").fill("Robin & Daughters")
    await page.locator("form:has(input[name=name]) .task-bar button").first.click()
    await page.wait_for_url(THANKS)
    assert v1.customers.retrieve(customer).name == "Robin & Daughters"

    # A pause.
    if Capability.PAUSE in can:
        await begin("subscription_pause", hosted)
        await page.locator("form:has(input[name=quote]) .task-bar button").last.click()
        await expect(page.locator(".own-words")).to_be_visible()
        assert v1.subscriptions.retrieve(subscription).status == "paused"
        v1.subscriptions.resume(subscription)

    # Cancelling: the question why comes before the way back, and is not in the way.
    await begin("subscription_cancel", redirect)
    await page.locator("form[action*='/cancel?'] button").click()
    await expect(page.locator(".done-mark")).to_be_visible()
    await is_alone(page)
    # A reason that brings no offer to stay.
    await page.locator("label:has(input[value=missing_features])").click()
    await page.locator("form[action$='/reason'] button").click()
    await page.wait_for_url(THANKS)
    held = v1.subscriptions.retrieve(subscription)
    assert held.cancel_at is not None
    assert held.cancellation_details is not None
    assert held.cancellation_details.feedback is not None
    with pytest.raises(stripe.InvalidRequestError, match="already set to be canceled"):
        await begin("subscription_cancel", redirect)


def another_plan(client: stripe.StripeClient, item: Any) -> dict[str, Any]:
    """What a customer may change: how many they have or, where that is not for customers, the price of their plan."""
    (settings,) = client.v1.billing_portal.configurations.list({"is_default": True}).data
    if "quantity" in settings.features.subscription_update.default_allowed_updates:
        return {"quantity": 3}
    prices = client.v1.prices.list({"product": item.price.product, "active": True}).data
    return {"price": next(each.id for each in prices if each.id != item.price.id)}


async def is_alone_but_for_plans(page: Page) -> None:
    """On the way one can go back to the plans."""
    assert await page.locator("main a[href*='/p/']").evaluate_all("all => all.every(a => a.href.includes('/change'))")

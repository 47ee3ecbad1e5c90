"""Leaving in a browser: two clicks, the reason afterwards, and offers that stand beside it and never in the way.

Played on a phone without JavaScript and on a desk with it; all other ways in `make test-long`.
"""

from typing import Any

import pytest
import stripe
from demo_house import Look
from playwright.async_api import Page, expect
from test_portal_story import new_customer, no_side_scroll

from frontdesk.billing import Capability

pytestmark = [pytest.mark.browser, pytest.mark.any_backend]
LOOKS = [
    pytest.param(Look(width=390, javascript=False), marks=pytest.mark.long),
    pytest.param(Look(width=1280, javascript=True), marks=pytest.mark.long),
    Look(width=390, javascript=True),
    pytest.param(Look(width=1280, javascript=False), marks=pytest.mark.long),
]


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look.width}px-{'js' if look.javascript else 'nojs'}")
def look(request: pytest.FixtureRequest) -> Look:
    return request.param  # type: ignore[no-any-return]


async def same_look(page: Page, *buttons: str) -> None:
    """Buttons of one choice are as large as each other, in the same colours."""
    looks = [
        await page.locator(each).evaluate(
            "b => { const s = getComputedStyle(b);"
            " return [s.color, s.backgroundColor, s.borderColor, s.fontWeight, b.offsetHeight].join() }"
        )
        for each in buttons
    ]
    assert len(set(looks)) == 1, looks


async def test_leaving_and_what_keeps_somebody(
    page: Page, tenant: dict[str, Any], client: stripe.StripeClient, look: Look, can: frozenset[Capability]
) -> None:
    address = f"leaver-{tenant['slug']}-{look.width}-{look.javascript}@example.com".lower()
    _, subscription = new_customer(client, address)
    v1: Any = client.v1
    coupon = {"type": "coupon", "coupon": "stay-25"}
    before = {"type": "pause", "months": 3} if Capability.PAUSE in can else coupon
    every = v1.billing_portal.configurations.list({"is_default": True}).data[0].id
    own = v1.billing_portal.configurations.create(
        {
            "features": {
                "subscription_cancel": {
                    "enabled": True,
                    "cancellation_reason": {"enabled": True, "options": ["too_expensive", "unused", "other"]},
                },
            },
            "frontdesk": {
                "retention": {
                    "enabled": True,
                    "again_after_months": 0,
                    "before": [{"offer": before}],
                    "after": [
                        {"offer": coupon, "reasons": ["too_expensive"]},
                    ],
                }
            },
        }
    )
    assert own.id != every
    session = v1.billing_portal.sessions.create(
        {"customer": v1.subscriptions.retrieve(subscription).customer, "configuration": own.id}
    )
    await page.goto(session.url)

    # Two clicks from the overview; the offer has a button of the same look, and adds none.
    await page.locator(f"a[href*='{subscription}/cancel']").click()
    await no_side_scroll(page)
    await expect(page.locator(".stay")).to_be_visible()
    await same_look(page, ".task-bar button:not([formaction])", ".task-bar button[formaction]")
    await page.locator(".task-bar button:not([formaction])").click()
    await expect(page.locator(".done-mark")).to_be_visible()
    assert v1.subscriptions.retrieve(subscription).cancel_at is not None

    # The reason comes afterwards, is optional, and brings an offer that takes the cancellation back.
    await no_side_scroll(page)
    await page.locator("input[name=feedback][value=too_expensive]").check(force=True)
    await page.locator("textarea[name=comment]").fill("Too much for two desks.")
    await page.locator("form[action*='/reason'] button").click()
    await expect(page.locator(".stay")).to_be_visible()
    await no_side_scroll(page)
    told = v1.subscriptions.retrieve(subscription).cancellation_details
    assert (told.feedback, told.comment) == ("too_expensive", "Too much for two desks.")
    await same_look(page, "form[action$='/keep'] button", "form[action*='/stay'] button")
    await page.locator("form[action*='/stay'] button").click()
    await expect(page.locator(".done-mark")).to_be_visible()
    stays = v1.subscriptions.retrieve(subscription, {"expand": ["discounts"]})
    assert (stays.cancel_at, [each.source.coupon for each in stays.discounts]) == (None, ["stay-25"])

    # Without an offer: cancel, and keep the plan after all.
    v1.billing_portal.configurations.update(own.id, {"frontdesk": {"retention": ""}})
    await page.goto(page.url.partition("/subscriptions/")[0] + "/")
    await page.locator(f"a[href*='{subscription}/cancel']").click()
    await expect(page.locator(".stay")).to_have_count(0)
    await page.locator("form[action*='/cancel?'] button").click()
    await expect(page.locator(".done-mark")).to_be_visible()
    await page.locator("form[action$='/keep'] button").first.click()
    await page.wait_for_load_state()
    assert v1.subscriptions.retrieve(subscription).cancel_at is None

    # At once, with credit: what is shown before is said afterwards.
    v1.billing_portal.configurations.update(
        own.id,
        {
            "features": {
                "subscription_cancel": {
                    "mode": "immediately",
                    "proration_behavior": "create_prorations",
                    "cancellation_reason": {"enabled": False},
                }
            }
        },
    )
    await page.goto(page.url.partition("/subscriptions/")[0].partition("?")[0])
    await page.locator(f"a[href*='{subscription}/cancel']").click()
    credit = (await page.locator(".facts li").nth(1).inner_text()).split(" for ")[0]
    await page.locator("form[action*='/cancel?'] button").click()
    await expect(page.locator(".done-mark")).to_be_visible()
    await expect(page.locator("main")).to_contain_text(credit)
    assert v1.subscriptions.retrieve(subscription).status == "canceled"

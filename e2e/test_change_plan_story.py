"""Plans in a browser: up, down, by the year, with a code; in a trial, of several parts, by use; ended and begun anew.

The rule of every step: what the confirmation shows is what is billed, once, whatever is clicked.
"""

import re
from typing import Any

import pytest
import stripe
from demo_house import Look
from playwright.async_api import Page, expect

from frontdesk.billing import Capability

pytestmark = pytest.mark.browser
DESK, PHONE = Look(width=1280, javascript=True), Look(width=390, javascript=False)
OTHERS = [Look(width=1280, javascript=False), Look(width=390, javascript=True)]


def looks(kept: Look) -> Any:
    """One way of looking in `make test`, all the others in `make test-long`."""
    rest = [each for each in (DESK, PHONE, *OTHERS) if each != kept]
    ways = [pytest.param(kept), *(pytest.param(each, marks=pytest.mark.long) for each in rest)]
    return pytest.mark.parametrize(
        "look", ways, ids=lambda look: f"{look.width}px-{'js' if look.javascript else 'nojs'}"
    )


@pytest.fixture
def tenant(first_tenant: dict[str, Any]) -> dict[str, Any]:
    """The tenant that sells by the seat."""
    return first_tenant


class Counter:
    """The tenant's side of the counter: what is sold, to whom, under which configuration."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self.v1 = client.v1
        self.prices = {
            each.lookup_key: each
            for each in self.v1.prices.list({"active": True, "limit": 100}).data
            if each.lookup_key
        }

    def price(self, name: str, amount: int, **recurring: Any) -> stripe.Price:
        product = self.v1.products.create({"name": name})
        return self.v1.prices.create(
            {
                "product": product.id,
                "currency": self.prices["team_month"].currency,
                "unit_amount": amount,
                "tax_behavior": "inclusive",
                "recurring": {"interval": "month", **recurring},
            }
        )

    def configuration(self, *prices: stripe.Price, **changes: Any) -> str:
        """A configuration that offers these prices, or all plans by the seat."""
        offered: dict[str, list[str]] = {}
        for each in prices or tuple(self.prices.values()):
            offered.setdefault(str(each.product), []).append(each.id)
        update = {
            "enabled": True,
            "default_allowed_updates": ["price", "quantity", "promotion_code"],
            "proration_behavior": "always_invoice",
            "products": [{"product": product, "prices": ids} for product, ids in offered.items()],
        }
        made = self.v1.billing_portal.configurations.create(
            {
                "features": {"subscription_update": {**update, **changes}, "invoice_history": {"enabled": True}},
                "frontdesk": {"restart": {"enabled": True}},
            }  # type: ignore[typeddict-unknown-key]
        )
        return made.id

    def customer(self, **subscription: Any) -> tuple[str, str]:
        customer = self.v1.customers.create({"email": "robin@example.com", "name": "Robin Example"})
        made = self.v1.subscriptions.create({"customer": customer.id, **subscription})  # type: ignore[typeddict-item]
        for invoice in self.v1.invoices.list({"customer": customer.id, "status": "open"}).data:
            self.v1.invoices.pay(str(invoice.id), {"paid_out_of_band": True})
        return customer.id, made.id

    def session(self, customer: str, configuration: str) -> str:
        return self.v1.billing_portal.sessions.create(
            {"customer": customer, "configuration": configuration, "locale": "en"}
        ).url

    def bills(self, customer: str) -> dict[str, stripe.Invoice]:
        return {str(each.id): each for each in self.v1.invoices.list({"customer": customer, "limit": 100}).data}

    def items(self, subscription: str) -> list[tuple[str, int]]:
        return [
            (each.price.id, getattr(each, "quantity", 0))
            for each in self.v1.subscriptions.retrieve(subscription)["items"].data
        ]


class Customer:
    """At the plan pages of one subscription."""

    def __init__(self, page: Page, counter: Counter, customer: str, subscription: str) -> None:
        self.page, self.counter, self.customer, self.subscription = page, counter, customer, subscription
        self.home = ""

    async def arrive(self, configuration: str) -> None:
        await self.page.goto(self.counter.session(self.customer, configuration))
        await self.page.wait_for_url(re.compile(r"/p/[^/]+/(\?.*)?$"))
        self.home = self.page.url.split("?")[0]

    async def choose(
        self, *, product: str = "", interval: str = "", quantity: int | None = None, code: str = ""
    ) -> None:
        """Open the plan page, choose, and go on."""
        page = self.page
        await page.goto(self.home)
        await page.locator(f"a[href*='{self.subscription}/change']").click()
        if interval:
            await page.locator(f"input[name=interval][value='{interval}'] + label").click()
        if product:
            await page.locator(f"input[name=product][value='{product}']").check(force=True)
        if quantity is not None:
            await page.locator("input[name=quantity]").fill(str(quantity))
        if code:
            await page.locator("input[name=code]").fill(code)
        await no_side_scroll(page)
        await self.go_on()

    async def go_on(self) -> None:
        async with self.page.expect_navigation():
            await self.page.locator(".task-bar button").last.click()
        await no_side_scroll(self.page)

    async def confirm(self) -> int:
        """Confirm, and see that exactly what was shown was billed, once. Returns it, in minor units."""
        shown = cents(await self.page.locator(".due-today .due-amount").inner_text())
        before, quoted = self.counter.bills(self.customer), self.page.url
        await self.go_on()
        await expect(self.page.locator(".done-mark")).to_be_visible()
        done = self.page.url
        # Back, and once more: it leads to what came of the first time.
        await self.page.goto(quoted)
        assert self.page.url == done
        new = [each for id, each in self.counter.bills(self.customer).items() if id not in before]
        assert len(new) <= 1
        assert sum(each.amount_due for each in new) == shown
        return shown


@pytest.mark.any_backend
@looks(DESK)
async def test_one_plan_up_down_and_with_a_code(page: Page, client: stripe.StripeClient, look: Look) -> None:
    counter = Counter(client)
    starter, team = counter.prices["starter_month"], counter.prices["team_month"]
    yearly = counter.prices["team_year"]
    coupon = client.v1.coupons.create({"percent_off": 25, "duration": "repeating", "duration_in_months": 3})
    code = f"SPRING{look.width}{'JS' if look.javascript else ''}"
    client.v1.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}, "code": code})
    waits = {"conditions": [{"type": "decreasing_item_amount"}]}
    configuration = counter.configuration(schedule_at_period_end=waits)
    robin = Customer(page, counter, *counter.customer(items=[{"price": starter.id, "quantity": 2}]))
    await robin.arrive(configuration)

    # Up, and more of it.
    await robin.choose(product=str(team.product), quantity=3)
    await expect(page.locator("body")).to_contain_text("3 × ")
    assert await robin.confirm() > 0
    assert counter.items(robin.subscription) == [(team.id, 3)]

    # A wrong code is told at its field; the right one comes off again, and counts in the end.
    await robin.choose(quantity=4, code="NONSENSE")
    await expect(page.locator("#code-error")).to_contain_text("NONSENSE")
    await page.locator("input[name=code]").fill(code)
    await robin.go_on()
    with_code = cents(await page.locator(".due-today .due-amount").inner_text())
    async with page.expect_navigation():
        await page.locator(".typed-code button").click()
    without = cents(await page.locator(".due-today .due-amount").inner_text())
    assert with_code < without
    await page.go_back()
    assert await robin.confirm() == with_code

    # By the year, from today on.
    await robin.choose(interval="year-1")
    await expect(page.locator(".facts")).to_contain_text("A new period begins today.")
    await robin.confirm()
    assert counter.items(robin.subscription) == [(yearly.id, 4)]

    # Fewer: from the next period on, and undone.
    await robin.choose(quantity=2)
    await expect(page.locator("body")).to_contain_text("You keep your present plan until")
    assert await robin.confirm() == 0
    await page.goto(robin.home)
    await expect(page.locator(".plan-planned")).to_contain_text("it changes to")
    async with page.expect_navigation():
        await page.locator("form[action$='/undo-change'] button").click()
    await expect(page.locator(".plan-planned")).to_have_count(0)
    assert counter.items(robin.subscription) == [(yearly.id, 4)]


@pytest.mark.any_backend
@looks(PHONE)
async def test_other_kinds_of_plans(
    page: Page, client: stripe.StripeClient, look: Look, can: frozenset[Capability]
) -> None:
    counter, by_use = Counter(client), Capability.USAGE in can
    team, business = counter.prices["team_month"], counter.prices["starter_month"]
    name = f"calls-{look.width}-{look.javascript}"
    meter = client.v1.billing.meters.create(
        {"display_name": "Calls", "event_name": name, "default_aggregation": {"formula": "sum"}}
    )
    metered = {"usage_type": "metered", "meter": meter.id} if by_use else {}
    calls, bulk = [counter.price(each, 5, **metered) for each in ("Calls", "Bulk calls")]
    care = counter.price("Care", 900)
    configuration = counter.configuration(team, business, calls, bulk, care, trial_update_behavior="continue_trial")

    # A trial goes on with another plan.
    sam = Customer(page, counter, *counter.customer(items=[{"price": team.id, "quantity": 2}], trial_period_days=14))
    await sam.arrive(configuration)
    await sam.choose(product=str(business.product))
    await expect(page.locator(".facts")).to_contain_text("Your trial goes on until")
    assert await sam.confirm() == 0

    # Several parts, one of them by use where that is billed: chosen part by part, confirmed once.
    parts: Any = [{"price": team.id, "quantity": 2}, {"price": calls.id}, {"price": care.id, "quantity": 1}]
    lee = Customer(page, counter, *counter.customer(items=parts))
    client.v1.billing.meter_events.create(
        {"event_name": name, "payload": {"stripe_customer_id": lee.customer, "value": "40"}}
    )
    await lee.arrive(configuration)
    await page.locator(f"a[href*='{lee.subscription}/change']").click()
    await expect(page.locator(".part")).to_have_count(3)
    seats, use, _ = [page.locator(".part").nth(place) for place in range(3)]
    await seats.locator("input[type=number]").fill("5")
    await use.locator(f"input[value='{bulk.product}']").check(force=True)
    await lee.go_on()
    if by_use:
        await expect(page.locator(".facts")).to_contain_text("What you used of Calls until now is billed today.")
    assert await lee.confirm() > 0
    assert counter.items(lee.subscription) == [(team.id, 5), (bulk.id, 0 if by_use else 1), (care.id, 1)]

    # Ended, paid, and begun anew at the price that was shown.
    kim = Customer(page, counter, *counter.customer(items=[{"price": team.id, "quantity": 3}]))
    client.v1.subscriptions.cancel(kim.subscription)
    await kim.arrive(configuration)
    await page.locator("a[href$='/start-again']").click()
    await no_side_scroll(page)
    shown = cents(await page.locator(".due-today .due-amount").inner_text())
    before = counter.bills(kim.customer)
    await kim.go_on()
    await expect(page.locator("body")).to_contain_text("Your plan runs again")
    (bill,) = [each for id, each in counter.bills(kim.customer).items() if id not in before]
    assert bill.amount_due == shown == 3 * (team.unit_amount or 0)
    await page.locator(".task .button-primary").click()
    await expect(page.locator("a[href$='/start-again']")).to_have_count(0)


async def no_side_scroll(page: Page) -> None:
    """Nothing scrolls sideways. Measured by the page's own size, so it also holds without JavaScript."""
    metrics = await (await page.context.new_cdp_session(page)).send("Page.getLayoutMetrics")
    content, shown = metrics["cssContentSize"]["width"], metrics["cssLayoutViewport"]["clientWidth"]
    assert content <= shown, f"{page.url} is {content} px wide in {shown}"


def cents(shown: str) -> int:
    """€1,234.50 as minor units."""
    digits = re.sub(r"\D", "", shown)
    return int(digits) * (-1 if "-" in shown or "−" in shown else 1)

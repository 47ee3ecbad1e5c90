"""A tenant on a Stripe account, whose Stripe is our own API: connected by a pasted key, imported, and used by a
customer who changes plan, adds a card on the page over there, and cancels."""

import secrets
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import pytest
import stripe
from demo_house import Look
from hired import hire, staff_cookie
from msgspec import Struct
from playwright.async_api import Browser, BrowserContext, expect
from portal_shop import Shop
from sides import MASTER_KEY
from sites import RunningSite, serve_site

import frontdesk_invoice_only
import frontdesk_stripe
import frontdesk_tax_codes
from frontdesk.limits import Limit
from frontdesk.plugins import PluginHost
from frontdesk.portal_configuration import OfferedProduct, PaymentMethodUpdate, SubscriptionCancel, SubscriptionUpdate
from frontdesk_tenants import configurations
from frontdesk_tenants.directory import Door
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.mirror_work import mirror_some
from frontdesk_tenants.provisioning import NewTenant, create_tenant
from frontdesk_tenants.tenancy import Tenancy

pytestmark = pytest.mark.browser


PLUGINS = PluginHost.of(invoice_only=frontdesk_invoice_only, tax_codes=frontdesk_tax_codes, stripe=frontdesk_stripe)


@pytest.fixture
def both(postgres: PostgresAddresses, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningSite]:
    """One site that serves the tenant's portal and, by its API and its pages, plays Stripe."""
    with serve_site(postgres, plain_http=True, plugins=PLUGINS, loopback_servers=True) as running:
        monkeypatch.setenv("FRONTDESK_STRIPE_API", running.url)
        # A sandbox takes 25 requests a second, which an import on a quick machine can come to: that is told elsewhere.
        many = Limit(name="api:peer", act="request", scope="tenant", count=1000, window=timedelta(seconds=1))
        monkeypatch.setattr("frontdesk_web.api.floods._SANDBOX", many)
        yield running


@pytest.fixture
async def tenancy_of_story(postgres: PostgresAddresses, both: RunningSite) -> AsyncIterator[Tenancy]:
    opened = Tenancy(postgres.app_url, (MASTER_KEY,), PLUGINS)
    await opened.open()
    yield opened
    await opened.aclose()


class Account(Struct):
    """What is at Stripe at first: a customer with a card who pays two seats of a plan, and another plan."""

    v1: Any
    key: str
    customer: str
    subscription: str
    product: str
    prices: tuple[str, str]


async def account_of(both: RunningSite, tenancy: Tenancy) -> Account:
    slug = f"there-{secrets.token_hex(4)}"
    _, there = await create_tenant(tenancy, NewTenant(slug=slug, name="Northbeam Ltd", currency="eur"))
    key = there.secret_key.reveal()
    http = stripe.HTTPXClient(allow_sync_methods=True)
    v1 = stripe.StripeClient(key, base_addresses={"api": both.url}, http_client=http).v1
    product = await v1.products.create_async({"name": "Team", "unit_label": "seat"})
    prices = [
        await v1.prices.create_async(
            {"product": product.id, "currency": "eur", "unit_amount": amount, "recurring": {"interval": every}}
        )
        for amount, every in ((1200, "month"), (12000, "year"))
    ]
    customer = await v1.customers.create_async(
        {"email": "jenny@example.com", "name": "Jenny Rosen", "payment_method": "pm_card_visa"}
    )
    (card,) = (await v1.customers.payment_methods.list_async(customer.id)).data
    await v1.customers.update_async(customer.id, {"invoice_settings": {"default_payment_method": card.id}})
    plan = await v1.subscriptions.create_async(
        {"customer": customer.id, "items": [{"price": prices[0].id, "quantity": 2}]}
    )
    return Account(v1, key, customer.id, plan.id, product.id, (prices[0].id, prices[1].id))


LOOKS = [
    pytest.param(Look(width=390, javascript=False), id="390px-nojs"),
    pytest.param(Look(width=1280, javascript=True), id="1280px-js", marks=pytest.mark.long),
]


@pytest.mark.parametrize("look", LOOKS)
async def test_a_customer_of_a_stripe_account_has_our_portal(
    browser: Browser, look: Look, both: RunningSite, tenancy_of_story: Tenancy
) -> None:
    tenancy = tenancy_of_story
    there = await account_of(both, tenancy)
    live, sandbox = await create_tenant(
        tenancy, NewTenant(slug=f"here-{secrets.token_hex(4)}", name="Northbeam", currency="eur")
    )
    robin = await hire(tenancy, live.door)
    context = await browser.new_context(
        viewport={"width": look.width, "height": 900}, java_script_enabled=look.javascript, locale="en-GB"
    )
    page = await context.new_page()
    page.set_default_timeout(60_000)

    # Staff paste the key.
    await carry(context, both, staff_cookie(both, robin.secret))
    await page.goto(f"{both.url}/dashboard/{sandbox.door.portal}/backend")
    await page.get_by_label("Key", exact=True).fill(there.key)
    await page.get_by_role("button", name="Check and connect").click()
    await expect(page.get_by_text("Connected. The first import has begun")).to_be_visible()
    while await mirror_some(tenancy, only=sandbox.door.tenant_id):
        continue
    await page.goto(f"{both.url}/dashboard/{sandbox.door.portal}/backend")
    await expect(page.get_by_text("Up to date")).to_be_visible()

    # The customer looks at the plan, and changes it.
    shop = await shop_of(tenancy, sandbox.door, live.door, there)
    secret = await shop.sign_in(there.customer, "jenny@example.com", locale="en")
    await carry(context, both, both.cookie(sandbox.door, secret))
    home = f"{both.url}/p/{sandbox.door.portal}/"
    await page.goto(home)
    await expect(page.get_by_text("€24.00 per month").first).to_be_visible()
    await expect(page.get_by_text("Visa •••• 4242")).to_be_visible()
    await page.get_by_role("link", name="Change plan").click()
    await page.get_by_label("Quantity").fill("3")
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_role("button", name="Change plan").click()
    await expect(page.get_by_role("heading", name="Your plan is changed")).to_be_visible()

    # A card is added over there.
    await page.goto(f"{home}payment-methods")
    await page.get_by_role("link", name="Add a payment method").click()
    await page.get_by_role("button", name="Go to the payment provider").click()
    await expect(page.get_by_role("heading", name="Which card do you want to add?")).to_be_visible()
    await page.get_by_role("radio", name="4444").check()
    await page.get_by_role("button", name="Add card").click()
    await expect(page.get_by_text("Your payment method was added.")).to_be_visible()
    await expect(page.get_by_text("Mastercard •••• 4444").first).to_be_visible()

    # And the plan is cancelled.
    await page.goto(home)
    await page.get_by_role("link", name="Cancel plan").click()
    await page.get_by_role("button", name="Cancel plan").click()
    await page.goto(home)
    await expect(page.get_by_text("Ends on")).to_be_visible()

    plan = await there.v1.subscriptions.retrieve_async(there.subscription)
    assert plan.cancel_at_period_end or plan.cancel_at
    assert plan["items"].data[0].quantity == 3
    methods = await there.v1.customers.payment_methods.list_async(there.customer)
    assert {each.card.last4 for each in methods.data} == {"4242", "4444"}
    await context.close()


async def carry(context: BrowserContext, both: RunningSite, header: str) -> None:
    """Have the browser keep a cookie."""
    name, _, value = header.partition("=")
    await context.add_cookies([{"name": name, "value": value, "url": both.url}])


async def shop_of(tenancy: Tenancy, here: Door, live: Door, there: Account) -> Shop:
    """What customers may do here."""
    async with tenancy.database.side(here.tenant_id) as connection:
        configuration = await configurations.read_default(connection)
    shop = Shop(tenancy=tenancy, door=here, other_door=live, configuration=configuration, prices={})
    await shop.configure(
        payment_method_update=PaymentMethodUpdate(enabled=True),
        subscription_cancel=SubscriptionCancel(enabled=True, mode="at_period_end"),
        subscription_update=SubscriptionUpdate(
            enabled=True,
            default_allowed_updates=("price", "quantity"),
            products=(OfferedProduct(product=there.product, prices=there.prices),),
            proration_behavior="always_invoice",
        ),
    )
    return shop

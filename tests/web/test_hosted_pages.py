"""A backend with pages of its own: customers leave for them, come back, and the portal says what became of it."""

import re
import secrets
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from msgspec import Struct
from msgspec.structs import replace
from portal_browser import PortalBrowser
from portal_shop import API, Shop, open_shop
from sides import MASTER_KEY
from sites import RunningSite, serve_site

import frontdesk_invoice_only
from frontdesk import keeping_methods
from frontdesk.book import Account
from frontdesk.changes import Changes
from frontdesk.commands import ItemChange
from frontdesk.errors import Unavailable
from frontdesk.flows import AfterCompletion, Flow
from frontdesk.hookspecs import hookimpl
from frontdesk.method_kinds import SepaDebit
from frontdesk.mirroring import AddMethod, HostedPage, PayOnPage
from frontdesk.payment_method_commands import AttachPaymentMethod, SetDefaultPaymentMethod
from frontdesk.payment_methods import PaymentMethod
from frontdesk.plugins import PluginHost
from frontdesk.portal_configuration import PaymentMethodUpdate
from frontdesk.test_cards import CARDS, new_method
from frontdesk.testing.remote import FarSide, RemoteFake, remote_backend
from frontdesk_invoice_only.backend import InvoiceOnly
from frontdesk_tenants import book
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.tenancy import Tenancy

THERE = "https://pay.provider.example/page?of=1"


class Provider(Struct):
    """The other end: what it was asked for, where its pages lie, and what was added on them."""

    asked: list[HostedPage]
    url: str = THERE
    away: bool = False
    added: tuple[PaymentMethod, ...] = ()

    def reset(self) -> None:
        """As at first."""
        self.asked.clear()
        self.url, self.away, self.added = THERE, False, ()


@pytest.fixture(scope="module")
def provider() -> Provider:
    return Provider([])


@pytest.fixture(scope="module")
def plugins(provider: Provider) -> PluginHost:
    far = FarSide(InvoiceOnly(InvoiceOnly.Settings()))

    class Hosted(remote_backend(far)):  # type: ignore[misc]
        capabilities = replace(
            far.rules.capabilities, remote=True, payment_methods=True, charges=True, hosted_pages=True
        )

        async def hosted_page(self, page: HostedPage, idempotency_key: str) -> str:
            provider.asked.append(page)
            return provider.url

        async def refresh(self, customer: str) -> Changes:
            if provider.away:
                raise Unavailable
            known = await RemoteFake.refresh(self, customer)
            if known.customer is None or not provider.added:
                return known
            methods = tuple(replace(each, customer=customer) for each in provider.added)
            version = known.customer.version + 10
            return replace(known, customer=replace(known.customer, payment_methods=methods, version=version))

    class Plugin:
        @hookimpl
        def billing_backends(self) -> list[type]:
            return [Hosted]

    return PluginHost.of(invoice_only=frontdesk_invoice_only, remote=Plugin())


@pytest.fixture(scope="module")
def site(postgres: PostgresAddresses, plugins: PluginHost) -> Iterator[RunningSite]:
    with serve_site(postgres, plugins=plugins) as running:
        yield running


@pytest.fixture
async def shop(postgres: PostgresAddresses, plugins: PluginHost, provider: Provider) -> AsyncIterator[Shop]:
    provider.reset()
    opened = Tenancy(postgres.app_url, (MASTER_KEY,), plugins)
    await opened.open()
    made = await open_shop(opened, backend="remote_fake")
    await made.configure(payment_method_update=PaymentMethodUpdate(enabled=True))
    yield made
    await opened.aclose()


@pytest.fixture
async def sandbox(postgres: PostgresAddresses, plugins: PluginHost, provider: Provider) -> AsyncIterator[Shop]:
    """One whose test cards are charged."""
    provider.reset()
    opened = Tenancy(postgres.app_url, (MASTER_KEY,), plugins)
    await opened.open()
    made = await open_shop(opened, in_sandbox=True, backend="remote_fake")
    await made.configure(payment_method_update=PaymentMethodUpdate(enabled=True))
    yield made
    await opened.aclose()


def sepa() -> PaymentMethod:
    means = SepaDebit(last4="3000", country="DE")
    return PaymentMethod(id=f"pm_{secrets.token_hex(6)}", created=datetime.now(UTC), means=means)


async def account_of(shop: Shop, customer: str) -> Account:
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        account = await book.read_account(connection, customer)
    assert account is not None
    return account


def way_back(page: HostedPage) -> str:
    """Path and query that the provider leads back to."""
    assert isinstance(page, AddMethod)
    parts = urlsplit(page.done_url)
    assert (parts.scheme, parts.hostname) == ("https", "billing.example.com")
    return f"{parts.path}?{parts.query}"


async def test_a_method_is_added_on_the_providers_page(site: RunningSite, shop: Shop, provider: Provider) -> None:
    customer = await shop.add_customer()
    async with PortalBrowser(site, shop, await shop.sign_in(customer, locale="de")) as browser:
        await browser.get("/payment-methods/add")
        assert "sicheren Seite unseres Zahlungsdienstleisters" in browser.text
        assert "Visa" not in browser.text
        await browser.post("/payment-methods/add")
        assert browser.page.status_code == 200
        assert f'content="0;url={THERE}"' in browser.html
        assert "Es geht weiter bei pay.provider.example" in browser.text
        (page,) = provider.asked
        assert isinstance(page, AddMethod)
        assert (page.customer, page.locale, page.default) == (customer, "de", True)

        # Who comes back without having added anything is not told that they had, and it can be loaded again.
        await browser.get(way_back(page))
        assert browser.page.headers["location"].endswith("?saved=awaited")
        assert "erscheint sie hier in Kürze" in (await browser.follow()).text

        provider.added = (sepa(),)
        await browser.get(way_back(page))
        assert browser.page.headers["location"].endswith("?saved=method")
        await browser.follow()
        assert "Ihre Zahlungsart wurde hinzugefügt" in browser.text
        assert "SEPA-Lastschrift mit den Endziffern 3000" in browser.text
        assert "Bank in Deutschland" in browser.text
        await browser.get("/")
        assert "SEPA-Lastschrift mit den Endziffern 3000" in browser.text

        # A forged way back asks nobody.
        assert (await browser.get(way_back(page) + "x")).status_code == 404
        assert (await browser.get(way_back(page).replace("default=1", "default=0"))).status_code == 404
        provider.away = True
        assert (await browser.get(way_back(page))).status_code == 303


async def test_only_good_addresses_are_followed(site: RunningSite, shop: Shop, provider: Provider) -> None:
    customer = await shop.add_customer()
    async with PortalBrowser(site, shop, await shop.sign_in(customer)) as browser:
        for url in (
            "http://pay.provider.example/",
            "javascript:alert(1)",
            "https://127.0.0.1/",
            "https://u:p@x.example/",
        ):
            provider.url = url
            await browser.get("/payment-methods/add")
            csrf = browser.csrf
            assert (await browser.post("/payment-methods/add")).status_code == 503
            assert url not in browser.html
        await shop.configure(payment_method_update=PaymentMethodUpdate(enabled=False))
        asked = len(provider.asked)
        assert (await browser.get("/payment-methods/add")).status_code == 400
        assert (await browser.post("/payment-methods/add", csrf=csrf)).status_code == 400
        assert len(provider.asked) == asked


async def test_the_flow_leads_there_and_on(site: RunningSite, shop: Shop, provider: Provider) -> None:
    customer = await shop.add_customer()
    after = AfterCompletion(type="redirect", return_url="https://shop.example/done")
    flow = Flow(type="payment_method_update", after=after)
    secret = await shop.open_by_api(customer, "https://shop.example/", flow)
    async with PortalBrowser(site, shop, secret) as browser:
        await browser.get("/flow")
        assert (await browser.follow()).status_code == 200
        await browser.post("/payment-methods/add")

        # Nothing is known of it yet: that is said, and to load the page again is enough.
        await browser.get(way_back(provider.asked[-1]))
        assert "appears here in a moment" in browser.text
        provider.added = (sepa(),)
        await browser.get(way_back(provider.asked[-1]))
        await browser.follow()
        assert "https://shop.example/done" in browser.html
    assert (await account_of(shop, customer)).customer.payment_methods[0].type == "sepa_debit"


async def test_an_invoice_is_paid_on_the_providers_page(site: RunningSite, shop: Shop, provider: Provider) -> None:
    customer = await shop.add_customer(shop.item("team", 2))
    (invoice,) = (await account_of(shop, customer)).invoices
    async with PortalBrowser(site, shop, await shop.sign_in(customer)) as browser:
        await browser.get("/")
        assert f"/invoices/{invoice.id}/pay" in browser.html
        await browser.get(f"/invoices/{invoice.id}/pay")
        assert "You pay on the secure page of our payment provider" in browser.text
        assert "€24.00" in browser.text
        assert "Your plan changes once this is paid" not in browser.text
        await browser.post(f"/invoices/{invoice.id}/pay")
        assert THERE in browser.html
        assert provider.asked == [PayOnPage(customer=customer, invoice=invoice.id)]
        await browser.get(f"/invoices/{invoice.id}/pay/confirm?method=pm_1")
        assert browser.page.headers["location"].endswith("/pay")


async def pays_by(shop: Shop, customer: str, *cards: str) -> list[PaymentMethod]:
    """Cards that were added far away, the first of which pays."""
    async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        methods = [new_method(desk.ids("pm"), CARDS[each], desk.now) for each in cards]
        for each in methods:
            await keeping_methods.change_methods(desk, AttachPaymentMethod(method=each, default=each is methods[0]))
    return methods


async def makes_default(shop: Shop, customer: str, method: PaymentMethod) -> None:
    async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        await keeping_methods.change_methods(desk, SetDefaultPaymentMethod(method=method.id))


async def subscriber(shop: Shop, *cards: str) -> tuple[str, str, list[PaymentMethod]]:
    """A customer with two seats, who has a Visa beside these cards, the first of which pays; and the subscription."""
    customer = await shop.add_customer()
    methods = await pays_by(shop, customer, "visa", *cards)
    plan = await shop.subscribe(customer, shop.item("team", 2))
    await makes_default(shop, customer, methods[1])
    return customer, plan, methods


async def asks_for_five(browser: PortalBrowser, plan: str) -> str:
    """Choose five seats; returns the path on which that is confirmed."""
    await browser.get(f"/subscriptions/{plan}/change")
    product = re.findall(r'name="product" value="([^"]+)"[^>]* checked', browser.html)[0]
    await browser.post(browser.action, product=product, interval="month-1", quantity="5")
    await browser.follow()
    return browser.action


async def test_a_declined_change_leads_to_another_card_and_back(
    site: RunningSite, sandbox: Shop, provider: Provider
) -> None:
    customer, plan, (visa, bad) = await subscriber(sandbox, "chargeCustomerFail")
    async with PortalBrowser(site, sandbox, await sandbox.sign_in(customer)) as browser:
        confirm = await asks_for_five(browser, plan)
        csrf = browser.csrf
        assert (await browser.post(confirm)).status_code == 400
        assert "The bank declined this card" in browser.text
        (way,) = re.findall(r'href="([^"]+/payment-methods/add[?]change=[^"]+)"', browser.html)

        # Nothing was changed, and whoever sends the page before again hears the same once more.
        assert (await browser.get(confirm.replace("/confirm/", "/changed/"))).status_code == 303
        assert browser.page.headers["location"] == confirm
        assert (await browser.post(confirm, csrf=csrf)).status_code == 400

        await browser.get(way)
        assert "confirm your new plan again" in browser.text
        await browser.post(browser.action)
        page = provider.asked[-1]
        assert isinstance(page, AddMethod)
        assert (page.default, urlsplit(page.back_url).path) == (True, confirm)
        await browser.get(way_back(page))
        await browser.follow()
        assert "appears here in a moment" in browser.text
        await makes_default(sandbox, customer, visa)
        provider.added = (visa, bad, replace(visa, id="pm_new", created=datetime.now(UTC) + timedelta(minutes=1)))
        await browser.get(way_back(page))
        assert browser.page.headers["location"] == f"{confirm}?saved=method"
        await browser.follow()
        assert "Your payment method was added." in browser.text
        await browser.post(confirm)
        await browser.follow()
        assert "Your plan is changed" in browser.text
    assert (await account_of(sandbox, customer)).subscriptions[0].items[0].quantity == 5

    # Nobody is led to a change of somebody else's, and who may add no card is shown no way to one.
    stranger = await sandbox.add_customer()
    async with PortalBrowser(site, sandbox, await sandbox.sign_in(stranger)) as browser:
        await browser.get(way)
        assert "confirm your new plan again" not in browser.text
        assert confirm not in browser.html


async def test_a_change_that_the_bank_asks_about_waits_to_be_paid(
    site: RunningSite, sandbox: Shop, provider: Provider
) -> None:
    customer, plan, _ = await subscriber(sandbox, "authenticationRequired")
    async with PortalBrowser(site, sandbox, await sandbox.sign_in(customer)) as browser:
        confirm = await asks_for_five(browser, plan)
        await browser.post(confirm)
        await browser.follow()
        waiting = (await account_of(sandbox, customer)).subscriptions[0]
        assert waiting.pending is not None
        assert (waiting.items[0].quantity, waiting.pending.items[0].quantity) == (2, 5)
        pay = f"/invoices/{waiting.pending.invoice}/pay"
        assert browser.page.headers["location"] == f"{browser.base}{pay}"
        await browser.follow()
        assert "Your plan changes once this is paid" in browser.text
        await browser.post(pay)
        assert provider.asked[-1] == PayOnPage(customer=customer, invoice=waiting.pending.invoice)

        # It is seen from the home page too, can be paid from there, and taken back.
        await browser.get("/")
        assert "A change of this plan waits for its payment until" in browser.text
        assert f'href="{browser.base}{pay}" aria-label="Pay now: Team"' in browser.html
        await browser.post(f"/subscriptions/{plan}/undo-change")
        await browser.follow()
        assert "Your plan stays as it is." in browser.text
        assert "waits for its payment" not in browser.text
    after = await account_of(sandbox, customer)
    assert (after.subscriptions[0].pending, after.subscriptions[0].items[0].quantity) == (None, 2)
    assert after.invoices == ()


async def test_a_prepared_change_is_paid_by_another_card_or_waits(
    site: RunningSite, sandbox: Shop, provider: Provider
) -> None:
    customer, plan, (_, _, asking) = await subscriber(sandbox, "chargeCustomerFail", "authenticationRequired")
    (item,) = (await account_of(sandbox, customer)).subscriptions[0].items
    flow = Flow(
        type="subscription_update_confirm",
        subscription=plan,
        item=ItemChange(id=item.id, price=item.price, quantity=5),
        after=AfterCompletion(type="hosted_confirmation"),
    )
    secret = await sandbox.open_by_api(customer, "https://shop.example/", flow)
    async with PortalBrowser(site, sandbox, secret) as browser:
        await browser.get("/flow")
        await browser.follow()
        confirm = browser.action
        assert (await browser.post(confirm)).status_code == 400
        assert "The bank declined this card" in browser.text
        (way,) = re.findall(r'href="([^"]+/payment-methods/add[?]change=[^"]+)"', browser.html)
        assert (await browser.get("/payment-methods/add")).status_code == 404, "a card alone is another flow"
        await browser.get(way)
        await browser.post(browser.action)
        await browser.get(way_back(provider.asked[-1]))
        await browser.follow()
        assert browser.action == confirm
        await makes_default(sandbox, customer, asking)
        await browser.post(confirm)
        await browser.follow()
        pay = browser.page.headers["location"]
        await browser.follow()
        assert "Your plan changes once this is paid" in browser.text
        await browser.post(f"/subscriptions/{plan}/undo-change")
        await browser.get("/flow")
        assert "Your plan stays as it is" in browser.text
        assert pay not in browser.html

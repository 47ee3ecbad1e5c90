"""A tenant whose portal stands before a Stripe account: connected, imported, and used by a customer of that account."""

import io
import secrets
import zipfile
from collections.abc import AsyncIterator, Iterator
from html import unescape

import httpx
import pytest
from hired import StaffBrowser, hire
from msgspec.structs import replace
from peer_stripe import ANSWER_LOST, Fault, Peer
from portal_browser import PortalBrowser
from portal_shop import Shop
from sides import MASTER_KEY
from sites import RunningSite, serve_site
from sqlalchemy import select
from watched_api import Spoiled

import frontdesk_invoice_only
import frontdesk_otp_email
import frontdesk_stripe
import frontdesk_tax_codes
from frontdesk.book import Account
from frontdesk.desk import Actor
from frontdesk.mirroring import Subject
from frontdesk.plugins import PluginHost
from frontdesk.portal_configuration import (
    AdjustableQuantity,
    CancellationReasons,
    OfferedProduct,
    SubscriptionCancel,
    SubscriptionUpdate,
)
from frontdesk_tenants import book, configurations, intents, mirrors, provisioning
from frontdesk_tenants.book_checks import faults_of
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.enabling import enable
from frontdesk_tenants.mirror_work import mirror_some, refresh
from frontdesk_tenants.tables import intents as intent_rows
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.config import Config
from frontdesk_web.documents.bundle import bundle, papers_of
from frontdesk_web.site import Site

STAFF = Actor(kind="staff", id="stf_1")
ADDRESS = "jenny@ashfordlane.example"
PLUGINS = PluginHost.of(
    invoice_only=frontdesk_invoice_only,
    otp_email=frontdesk_otp_email,
    stripe=frontdesk_stripe,
    tax_codes=frontdesk_tax_codes,
)


@pytest.fixture(scope="module")
def at_the_peer(peer: Peer) -> Iterator[None]:
    """The operator says where Stripe is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FRONTDESK_STRIPE_API", peer.url)
        yield


@pytest.fixture(scope="module")
def site(postgres: PostgresAddresses, at_the_peer: None) -> Iterator[RunningSite]:
    with serve_site(postgres, plain_http=True, plugins=PLUGINS) as running:
        yield running


@pytest.fixture(scope="module")
async def house(postgres: PostgresAddresses, at_the_peer: None) -> AsyncIterator[Tenancy]:
    opened = Tenancy(postgres.app_url, (MASTER_KEY,), PLUGINS)
    await opened.open()
    yield opened
    await opened.aclose()


async def asked(peer: Peer, path: str, **data: str) -> str:
    """Something that is done at Stripe by somebody else; returns the id of what was made."""
    headers = {"Authorization": f"Bearer {peer.key}"}
    async with httpx.AsyncClient(base_url=peer.url, headers=headers, trust_env=False, verify=False, timeout=30) as http:
        answer = await http.post(path, data=data)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


async def at_stripe_already(peer: Peer) -> tuple[str, str]:
    """A customer with two seats, from before Frontdesk was connected; returns both ids."""
    customer = await asked(peer, "/v1/customers", name="Ashford & Lane", email=ADDRESS)
    items = {"items[0][price]": "basic", "items[0][quantity]": "2", "days_until_due": "30"}
    terms = {"customer": customer, "collection_method": "send_invoice"}
    return customer, await asked(peer, "/v1/subscriptions", **terms, **items)


async def connected(house: Tenancy, peer: Peer) -> Shop:
    """A tenant that has pasted its key, with all that the account has in its book."""
    slug = f"stripe-{secrets.token_hex(4)}"
    new = provisioning.NewTenant(slug=slug, name="Northbeam", currency="eur", backend="stripe")
    live, sandbox = await provisioning.create_tenant(house, new)
    door = sandbox.door
    await enable(house, door, "stripe", {"api_key": peer.key}, STAFF)
    await mirrors.connect_side(house, door, base_url="https://pay.example.com", actor=STAFF)
    for _ in range(100):
        if not await mirror_some(house, only=door.tenant_id):
            break
    shop = Shop(
        tenancy=house,
        door=door,
        other_door=live.door,
        configuration=await _default(house, sandbox),
        prices={"basic": "basic", "pro": "pro"},
    )
    seats = OfferedProduct(
        product="seats", prices=("basic", "pro"), adjustable_quantity=AdjustableQuantity(enabled=True, minimum=1)
    )
    update = SubscriptionUpdate(
        enabled=True,
        default_allowed_updates=("price", "quantity"),
        products=(seats,),
        proration_behavior="always_invoice",
    )
    reasons = CancellationReasons(enabled=True, options=("unused", "too_expensive"))
    cancel = SubscriptionCancel(enabled=True, cancellation_reason=reasons)
    await shop.configure(subscription_update=update, subscription_cancel=cancel)
    return shop


async def _default(house: Tenancy, sandbox: provisioning.Keys) -> configurations.PortalConfiguration:
    async with house.database.side(sandbox.door.tenant_id) as connection:
        return await configurations.read_default(connection)


async def account_of(shop: Shop, customer: str) -> Account:
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        account = await book.read_account(connection, customer)
    assert account is not None
    return account


async def test_a_customer_of_stripe_changes_the_plan_cancels_and_keeps(
    peer: Peer, house: Tenancy, site: RunningSite
) -> None:
    customer, subscription = await at_stripe_already(peer)
    shop = await connected(house, peer)
    async with PortalBrowser(site, shop, await shop.sign_in(customer, ADDRESS)) as browser:
        await browser.get("/")
        assert "2 × €10.00 per seat" in browser.text
        await browser.get(f"/subscriptions/{subscription}/change")
        await browser.post(browser.action, product="seats", price="basic", interval="month-1", quantity="5")
        await browser.follow()
        assert "5 × €10.00 per seat" in browser.text
        assert "Remaining time" in browser.text
        await browser.post(browser.action)
        await browser.follow()
        assert "Your plan is changed" in browser.text
        assert (await account_of(shop, customer)).subscriptions[0].items[0].quantity == 5

        await browser.get(f"/subscriptions/{subscription}/cancel")
        await browser.post(browser.action)
        await browser.follow()
        assert "Your plan is cancelled" in browser.text
        await browser.post(f"/subscriptions/{subscription}/reason", feedback="unused", comment="Bye")
        await browser.follow()
        told = (await account_of(shop, customer)).subscriptions[0]
        assert told.cancel_at is not None
        assert (told.cancellation.feedback, told.cancellation.comment) == ("unused", "Bye")

        await browser.get("/")
        assert "Ends on" in browser.text
        await browser.post(f"/subscriptions/{subscription}/keep")
        await browser.follow()
        assert (await account_of(shop, customer)).subscriptions[0].cancel_at is None
        await a_lost_answer_is_settled(peer, shop, browser, customer, subscription)
    assert len(peer.effects(f"/v1/subscriptions/{subscription}")) == 5


async def test_how_credit_came_about_is_told_and_each_movement_once(
    peer: Peer, house: Tenancy, site: RunningSite
) -> None:
    email = "robin@ashfordlane.example"
    customer = await asked(peer, "/v1/customers", name="Robin Lane", email=email)
    movements = f"/v1/customers/{customer}/balance_transactions"
    await asked(peer, movements, amount="-500", currency="eur", description="Sorry for the outage")
    shop = await connected(house, peer)
    async with PortalBrowser(site, shop, await shop.sign_in(customer, email)) as browser:
        await browser.get("/")
        assert f'href="/p/{shop.door.portal}/balance"' in unescape(browser.page.text)
        await browser.get("/balance")
        assert "You have a credit of €5.00" in browser.text
        await asked(peer, movements, amount="200", currency="eur")
        async with house.at(shop.door) as (connection, side):
            backend = await house.backends.of(connection, side.tenant_id, side.backend)
        for _ in range(2):
            await refresh(house, side, backend, Subject("customer", customer))
        await browser.get("/balance")
        assert "You have a credit of €3.00" in browser.text
        assert browser.text.count("Adjustment") == 2
        assert browser.text.index("€3.00", browser.text.index("How it came about")) > 0
        for place in ("/", "/invoices"):
            await browser.get(place)
            assert f"{browser.base}/statement" not in unescape(browser.page.text), place
        for place in ("/statement", "/statement/pdf"):
            assert (await browser.get(place)).status_code == 404
            assert "There is no statement of account here. Your invoices say what was billed" in browser.text, place
    owner = await hire(house, shop.other_door)
    async with StaffBrowser(site, shop.door, owner.secret) as staff:
        await staff.get(f"/customers/{customer}")
        assert "Robin Lane" in staff.text
        assert "/statement" not in unescape(staff.page.text)
        for place in ("statement", "statement/pdf"):
            assert (await staff.get(f"/customers/{customer}/{place}")).status_code == 404
            assert "what was billed and paid is kept at your billing backend" in staff.text, place
    async with house.database.side(shop.door.tenant_id) as connection:
        assert not await faults_of(connection, remote=True)


async def test_a_document_is_followed_to_stripes_own_servers_and_nowhere_else(
    peer: Peer, house: Tenancy, postgres: PostgresAddresses
) -> None:
    customer, _ = await at_stripe_already(peer)
    shop = await connected(house, peer)
    (made,) = (await account_of(shop, customer)).invoices
    document = await asked_for(peer, f"/v1/invoices/{made.id}", "invoice_pdf")
    there = document.replace(httpx.URL(document).netloc.decode(), httpx.URL(peer.url).netloc.decode())
    elsewhere = there.replace("127.0.0.1", "localhost")
    assert elsewhere != there
    config = Config(
        database_url=postgres.app_url,
        base_url="https://pay.example.com",
        master_keys=(MASTER_KEY,),
        loopback_servers=True,
    )
    site = Site(config, PLUGINS)
    outcomes = {}
    async with house.at(shop.door) as (_, side):
        pass
    for name, leads in (
        ("stripe's", (there,)),
        ("stripe's in two steps", ("/kept/again", there)),
        ("another's", (elsewhere,)),
        ("in a circle", ("/kept/pdf",) * 4),
        ("nowhere", ("http://[",)),
    ):
        for path, onward in zip(("/kept/pdf", "/kept/again", *["/kept/pdf"] * 2), leads, strict=False):
            away = Spoiled(status=302, late=False, headers=(("Location", onward),))
            peer.script(Fault("GET", "/kept/pdf" if name == "in a circle" else path, away))
        kept = replace(made, invoice_pdf=f"{peer.url}/kept/pdf")
        file = b"".join([each async for each in bundle(papers_of(site, side, [kept], {}, "en"), "en")])
        outcomes[name] = zipfile.ZipFile(io.BytesIO(file)).namelist()
    await site.outside.aclose()
    await site.tenancy.aclose()
    one = [f"{made.finalized_at:%Y-%m-%d}_{made.number}.pdf"]
    missing = ["Missing.txt"]
    assert outcomes == {
        "stripe's": one,
        "stripe's in two steps": one,
        "another's": missing,
        "in a circle": missing,
        "nowhere": missing,
    }


@pytest.mark.parametrize(
    ("host", "is_theirs"),
    [
        ("files.stripe.com", True),
        ("stripe.com", True),
        ("stripe.com.evil.example", False),
        ("evilstripe.com", False),
        ("", False),
        ("169.254.169.254", False),
    ],
)
def test_whose_servers_keep_documents_of_stripes(host: str, is_theirs: bool) -> None:
    assert frontdesk_stripe.StripeBackend.keeps_documents_at(host) is is_theirs


async def asked_for(peer: Peer, path: str, field: str) -> str:
    """Something that Stripe shows."""
    headers = {"Authorization": f"Bearer {peer.key}"}
    async with httpx.AsyncClient(base_url=peer.url, headers=headers, trust_env=False, verify=False, timeout=30) as http:
        return str((await http.get(path)).json()[field])


async def a_lost_answer_is_settled(
    peer: Peer, shop: Shop, browser: PortalBrowser, customer: str, subscription: str
) -> None:
    await browser.get(f"/subscriptions/{subscription}/change")
    await browser.post(browser.action, product="seats", price="basic", interval="month-1", quantity="7")
    await browser.follow()
    peer.script(*[Fault("POST", f"/v1/subscriptions/{subscription}", ANSWER_LOST)] * 3)
    await browser.post(browser.action)
    assert browser.page.status_code == 503
    async with shop.tenancy.at(shop.door) as (connection, _):
        (intent,) = await connection.scalars(select(intent_rows.c.id).where(intent_rows.c.state == "pending"))
    await intents.settle(shop.tenancy, shop.door.tenant_id, intent)
    assert (await account_of(shop, customer)).subscriptions[0].items[0].quantity == 7

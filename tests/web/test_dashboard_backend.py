"""Staff connect an account by its key, watch the first import, try again what failed, and disconnect."""

import secrets
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from html import unescape
from pathlib import Path

import pytest
from hired import StaffBrowser, hire
from mirrored_world import API, BEGAN, SOLD, Mirrored, new_customer, rename
from msgspec.structs import replace
from portal_browser import PortalBrowser
from portal_shop import Shop
from sides import MASTER_KEY, Tenant, sell
from sites import RunningSite, serve_site
from sqlalchemy import select, update

import frontdesk_invoice_only
import frontdesk_stripe
from frontdesk import customers
from frontdesk.catalogue_commands import CatalogueCommand, CreateCoupon, CreatePromotionCode, CreateTaxRate
from frontdesk.changes import Changes
from frontdesk.commands import BillingDetails, CreateCustomer
from frontdesk.errors import Misconfigured
from frontdesk.hookspecs import hookimpl
from frontdesk.import_pace import Mark
from frontdesk.mirroring import Connected, Count, Walk
from frontdesk.plugins import PluginHost
from frontdesk.portal_configuration import CustomerUpdate
from frontdesk.reasons import Reason
from frontdesk.roles import Role
from frontdesk.sentences import sentences_of
from frontdesk.testing.mirrored import Teller, mirrored_backend
from frontdesk.testing.remote import FarSide
from frontdesk_invoice_only.backend import InvoiceOnly, InvoiceOnlySettings
from frontdesk_tenants import catalogues, configurations, listings
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.enabling import enable
from frontdesk_tenants.intents import settle, waiting_acts
from frontdesk_tenants.provisioning import NewTenant, create_tenant
from frontdesk_tenants.tables import audit, coupons, mirrors, prices, products, promotion_codes, sides, tax_rates
from frontdesk_tenants.tenancy import Tenancy

PERMISSIONS = ("Customers: Write", "Events: Read")
GERMAN = """
msgid ""
msgstr "Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Remote fake"
msgstr "Gegenseite"

msgid "This key ended in {year}."
msgstr "Dieser Schlüssel endete {year}."

msgid "This is no key of Stripe's. Enter a restricted key, which begins with rk_."
msgstr "Etwas ganz anderes."
"""
"""What the backend's plugin says, and something that it has no say in."""


@pytest.fixture(scope="module")
def far() -> FarSide:
    return FarSide(InvoiceOnly(InvoiceOnlySettings()))


@pytest.fixture(scope="module")
def teller(far: FarSide) -> Teller:
    return Teller(far, livemode=False)


@pytest.fixture(scope="module")
def plugins(far: FarSide, teller: Teller, tmp_path_factory: pytest.TempPathFactory) -> PluginHost:
    locales = tmp_path_factory.mktemp("locales")
    (locales / "de" / "LC_MESSAGES").mkdir(parents=True)
    (locales / "de" / "LC_MESSAGES" / "remote_fake.po").write_text(GERMAN, "utf-8")
    _ = sentences_of("remote_fake")

    class Keyed(mirrored_backend(far, teller)):  # type: ignore[misc]
        title = _("Remote fake")
        permissions = PERMISSIONS
        key_page = "https://far.example/keys/new"

        async def connect(self) -> Connected:
            if self.settings.api_key.reveal() == "sk_wrong":
                raise Misconfigured(
                    "This is no key of Stripe's. Enter a restricted key, which begins with rk_.", "api_key"
                )
            if self.settings.api_key.reveal() == "sk_old":
                raise Misconfigured(_("This key ended in {year}."), "api_key", parameters={"year": 2025})
            found: Connected = await super().connect()
            return found

        async def refresh(self, customer: str) -> Changes:
            found: Changes = await super().refresh(customer)
            kept = (replace(each, invoice_pdf=f"https://pay.far.example/{each.id}.pdf") for each in found.invoices)
            return replace(found, invoices=tuple(kept))

    class Plugin:
        @hookimpl
        def billing_backends(self) -> list[type]:
            return [Keyed]

        @hookimpl
        def message_catalogues(self) -> Path:
            return locales

    return PluginHost.of(invoice_only=frontdesk_invoice_only, remote_fake=Plugin(), stripe=frontdesk_stripe)


@pytest.fixture(scope="module")
def site(postgres: PostgresAddresses, plugins: PluginHost) -> Iterator[RunningSite]:
    with serve_site(postgres, plain_http=True, plugins=plugins) as running:
        yield running


@pytest.fixture
async def world(
    postgres: PostgresAddresses, plugins: PluginHost, far: FarSide, teller: Teller
) -> AsyncIterator[Mirrored]:
    """A tenant that Frontdesk itself bills so far, and an account elsewhere with three customers."""
    tenancy = Tenancy(postgres.app_url, (MASTER_KEY,), plugins)
    await tenancy.open()
    slug = f"keyed-{secrets.token_hex(4)}"
    live, sandbox = await create_tenant(tenancy, NewTenant(slug=slug, name="Keyed", currency="eur", plugins=()))
    far.sell(SOLD)
    yield Mirrored(tenancy, Tenant(slug=slug, live=live, sandbox=sandbox), far, teller)
    teller.missing, teller.account, teller.livemode = (), "acct_far", False
    await tenancy.aclose()


async def import_is_at(world: Mirrored, walk: Walk) -> None:
    """Have the first import be somewhere."""
    async with world.tenancy.database.side(world.door.tenant_id) as connection:
        await connection.execute(update(mirrors).values(imported=walk))


async def offer_discounts_and_tax(world: Mirrored) -> None:
    """A coupon with a code, and a tax rate, made here."""
    commands: tuple[CatalogueCommand, ...] = (
        CreateCoupon(id="quarter", percent_off=Decimal(25)),
        CreatePromotionCode(id="promo_1", code="QUARTER", coupon="quarter"),
        CreateTaxRate(id="txr_1", display_name="VAT", percentage=Decimal(19), inclusive=False),
    )
    async with world.tenancy.at(world.door) as (_, side):
        pass
    for command in commands:
        await catalogues.carry_out(
            lambda: world.tenancy.database.side(world.door.tenant_id),
            world.tenancy,
            side,
            command,
            actor=API,
            idempotency_key="made-here",
        )


async def failing(world: Mirrored, reason: Reason | None) -> None:
    """Have the backend not answer, for a reason."""
    async with world.tenancy.database.side(world.door.tenant_id) as connection:
        since = None if reason is None else BEGAN
        await connection.execute(update(mirrors).values(failing_since=since, failing_with=reason))


def marks(now: datetime, seconds: int) -> tuple[Mark, ...]:
    """A hundred customers in as many seconds."""
    return Mark(now - timedelta(seconds=seconds), 0), Mark(now - timedelta(seconds=seconds / 2), 50)


async def test_an_account_is_connected_followed_and_let_go(site: RunningSite, world: Mirrored) -> None:
    door, teller = world.door, world.teller
    robin = await hire(world.tenancy, world.tenant.live.door)
    one, *_ = [await new_customer(world) for _ in range(3)]
    await sell(world.tenancy, door, name="Made here")
    await offer_discounts_and_tax(world)
    async with StaffBrowser(site, door, robin.secret) as staff:
        await staff.get("/backend")
        assert "This Frontdesk makes the invoices itself" in staff.text
        assert "Connect Remote fake" in staff.text
        assert all(each in staff.text for each in PERMISSIONS)
        assert 'href="https://far.example/keys/new"' in unescape(staff.page.text)
        assert "it takes a key for test mode" in staff.text

        assert "1 product that you made here is archived as you connect" in staff.text

        key = {"act": "connect", "backend": "remote_fake"}
        assert (await staff.post("/backend", **key, api_key="")).status_code == 400
        assert "Enter the key." in staff.text
        await staff.post("/backend", **key, api_key="sk_wrong")
        assert "This is no key of Stripe's" in staff.text
        await staff.get("/backend?lang=de")
        assert "Gegenseite verbinden" in staff.text
        await staff.post("/backend", **key, api_key="sk_old")
        assert "Dieser Schlüssel endete 2025." in staff.text
        await staff.post("/backend", **key, api_key="sk_wrong")
        assert "Etwas ganz anderes" not in staff.text
        await staff.get("/backend?lang=en")
        assert "Connect Remote fake" in staff.text
        teller.livemode = True
        await staff.post("/backend", **key, api_key="rk_1")
        assert "This is a live key. Your sandbox needs a key for test mode" in staff.text
        assert "sk_wrong" not in unescape(staff.page.text)
        assert "rk_1" not in unescape(staff.page.text)
        teller.livemode, teller.missing = False, ("Events: Read",)
        await staff.post("/backend", **key, api_key="rk_1")
        await staff.follow()
        assert "Connected. The first import has begun" in staff.text
        assert "made here" not in staff.text
        async with world.tenancy.database.side(door.tenant_id) as connection:
            for table in (products, prices, promotion_codes, tax_rates):
                assert [each.active for each in await connection.scalars(select(table.c.body))] == [False], table.name
            assert [each.deleted for each in await connection.scalars(select(coupons.c.body))] == [True]
        assert "Far side First import" in staff.text
        assert "The key lacks permissions" in staff.text

        await import_is_at(world, Walk(stage="customers", done=100, seen=200, marks=marks(await world.now(), 5)))
        await staff.get("/backend")
        assert "100 customers are copied, of 200 that are known so far" in staff.text
        assert "left." not in staff.text
        counted = Count(customers=1100, whole=True)
        half = Walk(stage="customers", done=100, seen=200, count=counted, marks=marks(await world.now(), 60))
        await import_is_at(world, half)
        await staff.get("/backend")
        assert "100 of 1,100 customers are copied. About 100 a minute. About 1" in staff.text
        assert "minutes left." in staff.text
        await import_is_at(world, Walk())
        await failing(
            world,
            Reason(
                sentence="Stripe's key lacks the permission “{permission}”. Add it at Stripe.",
                parameters={"permission": "Prices: Read"},
            ),
        )
        await staff.get("/backend?lang=de")
        assert "Dem Schlüssel von Stripe fehlt die Berechtigung „Prices: Read“" in staff.text
        await staff.get("/backend?lang=en")
        await failing(world, None)

        await world.work()
        teller.missing = ()
        await staff.get("/backend")
        await staff.post("/backend", act="check")
        await staff.follow()
        assert "Far side Up to date" in staff.text
        assert "The key lacks permissions" not in staff.text
        assert "Nothing waits" in staff.text

        # Where the key fails an act, whoever is at it reads why.
        teller.key_works = False
        assert (await staff.post("/customers/new", name="Robin", email="robin@example.com")).status_code == 503
        assert "This key was revoked. Put in another one." in staff.text
        teller.key_works = True
        await staff.get(f"/customers/{one}")
        assert "Far side" not in staff.text
        await world.far.act(one, rename("Jenny Rosen"), await world.now())
        await staff.post(f"/customers/{one}/ask-again")
        await staff.follow()
        assert "This is what it says now" in staff.text
        assert "Jenny Rosen" in staff.text
        world.far.down = True
        await staff.post(f"/customers/{one}/ask-again")
        world.far.down = False
        assert "did not answer in time" in (await staff.follow()).text
        await staff.get("/backend")

        teller.account = "acct_other"
        await staff.post("/backend", **key, api_key="rk_2")
        assert "This key belongs to another account. This portal is connected with acct_far" in staff.text
        teller.account = "acct_far"

        # What cannot be applied is told, and tried again when somebody says so.
        world.teller.key_works = False
        await world.deliver(teller.told[-1])
        await world.give_up()
        await staff.get("/backend")
        assert "1 message could not be applied" in staff.text
        world.teller.key_works = True
        await staff.post("/backend", act="replay", letter=teller.told[-1].id)
        await staff.follow()
        assert "What was given up is tried once more" in staff.text
        assert "could not be applied" not in staff.text

        # The secret that events are signed with is replaced; while the backend is away it stays.
        before = dict(teller.endpoints)
        world.far.down = True
        assert (await staff.post("/backend", act="roll")).status_code == 400
        assert "does not answer now. Nothing was changed" in staff.text
        world.far.down = False
        assert teller.endpoints == before
        await staff.get("/backend")
        await staff.post("/backend", act="roll")
        await staff.follow()
        assert "Events are signed with a new secret from now on." in staff.text
        assert teller.endpoints.keys().isdisjoint(before)
        await world.deliver(teller.told[-1])

        await staff.post("/backend", act="stop")
        await staff.follow()
        assert "Far side Disconnected" in staff.text
        assert "Disconnect now" not in staff.text
        assert "Replace the signing secret" not in staff.text
        await staff.post("/backend", act="roll", csrf=staff.csrf)
        await staff.follow()
        assert "Events are signed" not in staff.text
    async with world.tenancy.database.side(door.tenant_id) as connection:
        acts = set(await connection.scalars(select(audit.c.action)))
    assert {
        "archived_on_connecting",
        "backend_chosen",
        "mirror_connected",
        "mirror_endpoint_rolled",
        "mirror_replayed",
        "mirror_stopped",
        "asked_again",
    } <= acts


async def test_who_bills_customers_already_stays_there_and_support_only_looks(
    site: RunningSite, world: Mirrored
) -> None:
    async with open_desk(world.tenancy, world.door, customer_id=None, actor=API) as desk:
        await customers.create(desk, CreateCustomer(id="cus_here", details=BillingDetails(name="Here")))
    owner = await hire(world.tenancy, world.tenant.live.door)
    async with StaffBrowser(site, world.door, owner.secret) as staff:
        await staff.get("/backend")
        await staff.post("/backend", act="connect", backend="remote_fake", api_key="rk_1")
        assert "bills 1 customers in another way already" in staff.text
        csrf = staff.csrf
        await staff.post("/backend", csrf=csrf, act="connect", backend="nobody\x00", api_key="x")
        assert staff.page.status_code == 400
    helper = await hire(world.tenancy, world.tenant.live.door, Role.SUPPORT)
    async with StaffBrowser(site, world.door, helper.secret) as staff:
        await staff.get("/backend")
        assert "Owners, admins and developers can enter the key" in staff.text
        assert 'name="api_key"' not in unescape(staff.page.text)
        assert (await staff.post("/backend", act="stop")).status_code == 403


async def test_what_may_wait_is_noted_while_the_backend_is_away(site: RunningSite, world: Mirrored) -> None:
    robin = await hire(world.tenancy, world.tenant.live.door)
    customer = await new_customer(world)
    async with StaffBrowser(site, world.door, robin.secret) as staff:
        await staff.get("/backend")
        await staff.post("/backend", act="connect", backend="remote_fake", api_key="rk_1")
    await world.work()
    async with world.tenancy.database.side(world.door.tenant_id) as connection:
        configuration = await configurations.read_default(connection)
        found = await listings.find(connection, "customer", customer)
    shop = Shop(tenancy=world.tenancy, door=world.door, other_door=world.door, configuration=configuration, prices={})
    await shop.configure(customer_update=CustomerUpdate(enabled=True, allowed_updates=("name",)))
    async with PortalBrowser(site, shop, await shop.sign_in(customer, found.email.lower())) as browser:
        await browser.get("/details")
        assert browser.page.status_code == 200, browser.text
        world.far.down = True
        await browser.post("/details", name="Jenny Rosen")
        world.far.down = False
        assert browser.page.headers["location"].endswith("?saved=noted")
        await browser.follow()
        assert "Noted. It is done as soon as our billing system answers again" in browser.text
        await browser.get("/")
        assert "Your billing details are changed" in browser.text
        assert "Jenny Rosen" not in browser.text
        async with world.tenancy.database.side(world.door.tenant_id) as connection:
            (act,) = await waiting_acts(connection, customer)
            await connection.execute(update(sides).values(away_since=BEGAN))
        await browser.get("/")
        assert "You see it as of 1 November 2026, 09:00 UTC" in browser.text
        await settle(world.tenancy, world.door.tenant_id, act.id)
        await browser.get("/")
        assert "Jenny Rosen" in browser.text
        assert "Your billing details are changed" not in browser.text


async def test_staff_are_led_to_the_document_that_the_account_keeps(site: RunningSite, world: Mirrored) -> None:
    slug = f"kept-{secrets.token_hex(4)}"
    asked = NewTenant(slug=slug, name="Kept", currency="eur", backend="remote_fake", plugins=())
    live, sandbox = await create_tenant(world.tenancy, asked)
    one = await new_customer(world)
    beside = replace(world, tenant=Tenant(slug=slug, live=live, sandbox=sandbox))
    robin = await hire(world.tenancy, live.door)
    await enable(world.tenancy, sandbox.door, "remote_fake", {"api_key": "rk_1"}, API)
    await beside.connect()
    await beside.work()
    invoice = world.far.accounts[one].invoices[0].id
    async with StaffBrowser(site, sandbox.door, robin.secret) as staff:
        await staff.get(f"/customers/{one}/invoices/{invoice}/pdf")
        assert staff.page.headers.get("location") == f"https://pay.far.example/{invoice}.pdf"


async def test_a_side_whose_backend_has_no_key_yet_is_looked_after(site: RunningSite, world: Mirrored) -> None:
    """As an operator makes them by `frontdesk tenants create --backend stripe`."""
    slug = f"keyless-{secrets.token_hex(4)}"
    asked = NewTenant(slug=slug, name="Keyless", currency="eur", backend="stripe", plugins=())
    live, sandbox = await create_tenant(world.tenancy, asked)
    robin = await hire(world.tenancy, live.door)
    for door in (live.door, sandbox.door):
        async with StaffBrowser(site, door, robin.secret) as staff:
            assert (await staff.get("")).status_code == 200
    async with world.tenancy.database.side(live.door.tenant_id) as connection:
        await connection.execute(update(sides).values(live_since=None))
    async with StaffBrowser(site, live.door, robin.secret) as staff:
        assert (await staff.get("/go-live")).status_code == 200
        await staff.post("/go-live")
        assert staff.page.headers["location"].endswith("/backend")
        assert (await staff.get("/backend")).status_code == 200
    async with world.tenancy.at(live.door) as (_, side):
        assert side.live_since is None

"""The home page's one call: what it tells, to whom, and what it does when PostgreSQL is away."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable

import asyncpg
import psycopg
import pytest
from msgspec.structs import replace
from portal_shop import API, Shop, open_shop, open_tenancy

from frontdesk import billing_details, cancellations, invoices, plan_changes
from frontdesk.book import Terms
from frontdesk.branding import Brand
from frontdesk.catalogue_commands import ProductFields, UpdateProduct
from frontdesk.commands import BillingDetails, CancelSubscription, ChangePlan, ItemChange
from frontdesk.errors import Unavailable
from frontdesk.frontdesk_settings import Restart
from frontdesk.invoice_commands import CreateCreditNote, CreateInvoice, CreateInvoiceItem, ItemCharge
from frontdesk.portal_configuration import SubscriptionUpdate
from frontdesk_tenants import configurations, provisioning, sessions
from frontdesk_tenants.customer_invoices import read_owed
from frontdesk_tenants.database import clock
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.home_query import HOME_STATEMENT, PAGE_INVOICES
from frontdesk_tenants.home_reads import HomeReads
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_tenants.vault import hashed


@pytest.fixture(scope="module")
async def tenancy(postgres: PostgresAddresses) -> AsyncIterator[Tenancy]:
    opened = await open_tenancy(postgres)
    yield opened
    await opened.aclose()


@pytest.fixture
async def reads(postgres: PostgresAddresses) -> AsyncIterator[HomeReads]:
    opened = HomeReads(postgres.app_url, connections=2)
    await opened.open()
    yield opened
    await opened.aclose()


@pytest.fixture
async def shop(tenancy: Tenancy) -> Shop:
    return await open_shop(tenancy)


async def test_one_call_tells_all_that_the_page_shows(shop: Shop, reads: HomeReads) -> None:
    customer = await shop.add_customer(shop.item("team", 10))
    answer = await reads.read(shop.door.tenant_id, await shop.sign_in(customer))
    assert answer is not None
    assert answer.page is not None
    facts, side = answer.page
    assert facts.customer.id == customer
    (subscription,) = facts.subscriptions
    assert subscription.items[0].quantity == 10
    assert {each.id for each in facts.prices} == {shop.prices["team"]}
    assert {each.id for each in side.prices} == set(shop.prices.values())
    assert side.brand.business_name == "Northbeam"
    assert side.configuration.id == shop.configuration.id
    (invoice,) = facts.invoices
    assert (invoice.status, invoice.total, invoice.currency) == ("open", 12000, "eur")
    assert invoice.due_date is not None
    assert facts.others == ()


async def test_what_a_side_offers_is_told_once_and_not_with_each_page(shop: Shop, reads: HomeReads) -> None:
    customer = await shop.add_customer(shop.item("team"), shop.item("scale"))
    secret = await shop.sign_in(customer)
    team, scale = shop.prices["team"], shop.prices["scale"]

    async def told() -> tuple[set[str], Terms]:
        """The prices that came with the page, and all that it can be made of."""
        answer = await reads.read(shop.door.tenant_id, secret)
        assert answer is not None
        assert answer.page is not None
        facts, side = answer.page
        terms = facts.terms(side)
        assert {team, scale} <= terms.prices.keys()
        assert {terms.prices[each].product for each in (team, scale)} <= terms.products.keys()
        return {each.id for each in facts.prices}, terms

    assert (await told())[0] == {team, scale}, "nothing is known of the side yet"
    came, terms = await told()
    assert came == set()
    offered = shop.configuration.features.subscription_update
    left = tuple(each for each in offered.products if scale not in each.prices)
    await shop.configure(subscription_update=replace(offered, products=left))
    assert (await told())[0] == {team, scale}, "what is offered now has to be told first"
    assert (await told())[0] == {scale}, "what is offered no more comes with the page"
    product = terms.prices[team].product
    await shop.add_to_catalogue(UpdateProduct(id=product, fields=ProductFields(name="Crew")))
    came, terms = await told()
    assert (came, terms.products[product].name) == ({team, scale}, "Crew"), "the catalogue has changed"
    came, terms = await told()
    assert (came, terms.products[product].name) == ({scale}, "Crew")


async def test_prices_that_are_not_offered_come_with_the_page_that_needs_them(shop: Shop, reads: HomeReads) -> None:
    """Of a plan, of what it becomes at its renewal, and of one that has ended and can be started again."""
    customer = await shop.add_customer(shop.item("starter"))
    plan, ended = await shop.subscribe(customer, shop.item("team")), await shop.subscribe(customer, shop.item("scale"))
    async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        team = desk.account.subscription(plan)
        assert team is not None
        changed = ItemChange(id=team.items[0].id, price=shop.prices["team_year"])
        await plan_changes.change(desk, ChangePlan(subscription=plan, items=(changed,), when="period_end"))
        await cancellations.cancel(desk, CancelSubscription(subscription=ended, when="now"))
    await shop.configure(subscription_update=SubscriptionUpdate(enabled=False))
    secret = await shop.sign_in(customer)

    async def told() -> set[str]:
        answer = await reads.read(shop.door.tenant_id, secret)
        assert answer is not None
        assert answer.page is not None
        assert not answer.page[1].prices
        return {each.id for each in answer.page[0].prices}

    needed = {shop.prices[each] for each in ("starter", "team", "team_year")}
    assert await told() == needed
    assert await told() == needed, "nor are they known from the page before"
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        now_ = await configurations.read_default(connection)
        settings = replace(now_.frontdesk, restart=Restart(enabled=True))
        await configurations.put(
            connection, shop.door.tenant_id, replace(now_, version=now_.version + 1, frontdesk=settings), None
        )
    assert await told() == {*needed, shop.prices["scale"]}


async def test_a_known_version_leaves_the_page_out_until_anything_on_it_changes(shop: Shop, reads: HomeReads) -> None:
    tenant = shop.door.tenant_id
    customer = await shop.add_customer(shop.item("team"))
    secret = await shop.sign_in(customer)

    async def version_after(known: str | None) -> str:
        answer = await reads.read(tenant, secret, known)
        assert answer is not None
        assert answer.page is not None, "the version should have moved"
        again = await reads.read(tenant, secret, answer.page_version)
        assert again is not None
        assert again.page is None
        return answer.page_version

    known = await version_after(None)
    await shop.subscribe(customer, shop.item("starter"))
    known = await version_after(known)
    await provisioning.brand_side(shop.tenancy, shop.door, Brand(business_name="Southbeam"))
    known = await version_after(known)
    await shop.configure()
    known = await version_after(known)
    await shop.add_customer(shop.item("scale"), name="Lane's other half")
    await version_after(known)


async def test_others_with_the_proven_address_are_offered_but_not_to_api_sessions(shop: Shop, reads: HomeReads) -> None:
    first = await shop.add_customer(shop.item("team"), name="First")
    second = await shop.add_customer(name="Second")
    await shop.add_customer(name="Stranger", email="other@example.com")
    answer = await reads.read(shop.door.tenant_id, await shop.sign_in(first))
    assert answer is not None
    assert answer.page is not None
    assert {(each.id, each.name, each.plan) for each in answer.page[0].others} == {
        (second, "Second", None),
        (first, "First", "Team"),
    }
    by_api = await reads.read(shop.door.tenant_id, await shop.open_by_api(first))
    assert by_api is not None
    assert by_api.page is not None
    assert by_api.page[0].others == ()


async def test_a_session_of_another_side_is_none(shop: Shop, tenancy: Tenancy, reads: HomeReads) -> None:
    elsewhere = await open_shop(tenancy)
    secret = await shop.sign_in(await shop.add_customer())
    assert await reads.read(elsewhere.door.tenant_id, secret) is None
    assert await reads.read(shop.other_door.tenant_id, secret) is None
    assert await reads.read(shop.door.tenant_id, secret) is not None


@pytest.mark.parametrize("secret", ["", "x", "é" * 55, "a" * 54, "a" * 55, "a" * 10_000, "' OR true --"])
async def test_what_is_no_secret_is_no_session(shop: Shop, reads: HomeReads, secret: str) -> None:
    assert await reads.read(shop.door.tenant_id, secret) is None


async def test_sessions_end_to_the_second(fresh_database: Callable[[], PostgresAddresses]) -> None:
    postgres = fresh_database()
    tenancy = await open_tenancy(postgres)
    reads = HomeReads(postgres.app_url, connections=1)

    def set_clock(after: str) -> None:
        with psycopg.connect(postgres.owner_url) as connection:
            connection.execute(
                "CREATE OR REPLACE FUNCTION frontdesk_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE "
                f"RETURN timestamptz '2026-11-01 12:00:00+00' + interval '{after}'".encode()
            )

    try:
        set_clock("0 s")
        shop = await open_shop(tenancy)
        secret = await shop.sign_in(await shop.add_customer())

        async def alive() -> bool:
            return await reads.read(shop.door.tenant_id, secret) is not None

        set_clock("59 min 59.999 s")
        assert await alive(), "within the idle hour"
        set_clock("1 h 59 min 59.998 s")
        assert await alive(), "the visit before was noted"
        set_clock("2 h 59 min 59.998 s")
        assert not await alive(), "idle for an hour"
        secret = await shop.sign_in(await shop.add_customer())
        for half_hours in range(6, 30):
            set_clock(f"{half_hours * 30} min")
            assert await alive()
        set_clock("14 h 59 min 59.997 s")
        assert await alive()
        set_clock("14 h 59 min 59.998 s")
        assert not await alive(), "twelve hours are over, however busy"
    finally:
        await reads.aclose()
        await tenancy.aclose()


async def test_a_visit_is_noted_once_a_minute(shop: Shop, reads: HomeReads, postgres: PostgresAddresses) -> None:
    secret = await shop.sign_in(await shop.add_customer())

    async def last_seen() -> object:
        async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
            session = await sessions.read_session(connection, secret)
        assert session is not None
        return session.last_seen

    before = await last_seen()
    await reads.read(shop.door.tenant_id, secret)
    assert await last_seen() == before
    with psycopg.connect(postgres.admin_url, dbname=postgres.app_url.partition("?")[0].rpartition("/")[2]) as admin:
        admin.execute("UPDATE sessions SET last_seen = last_seen - interval '61 seconds'")
    await reads.read(shop.door.tenant_id, secret)
    assert await last_seen() >= before  # type: ignore[operator]


async def test_a_lost_right_ends_the_session(shop: Shop, reads: HomeReads) -> None:
    """A changed address ends sessions that were begun with it; nobody has to be told."""
    customer = await shop.add_customer()
    secret = await shop.sign_in(customer)
    assert await reads.read(shop.door.tenant_id, secret) is not None
    async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        await billing_details.update(desk, BillingDetails(email="moved@example.com"))
    assert await reads.read(shop.door.tenant_id, secret) is None


async def test_some_invoices_and_all_unpaid_ones_without_drafts(shop: Shop, reads: HomeReads) -> None:
    customer = await shop.add_customer()
    for _ in range(PAGE_INVOICES + 2):
        await shop.subscribe(customer, shop.item("starter"))
    async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        await invoices.write(desk, CreateInvoice(id=desk.ids("in")))
    secret = await shop.sign_in(customer)
    first = await reads.read(shop.door.tenant_id, secret)
    assert first is not None
    assert first.page is not None
    listed = first.page[0].invoices
    assert len(listed) == PAGE_INVOICES + 1
    unpaid = first.page[0].unpaid
    assert len(unpaid) == PAGE_INVOICES + 2
    assert {each.id for each in listed} < {each.id for each in unpaid}, "also one that is not listed any more"
    assert [each.due_date for each in unpaid] == sorted(each.due_date for each in unpaid if each.due_date)
    assert {each.left for each in unpaid} == {600}


async def test_what_credit_notes_took_off_an_invoice_is_taken_off_once(shop: Shop, reads: HomeReads) -> None:
    customer = await shop.add_customer(shop.item("team", 10))
    async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        (bill,) = desk.account.invoices
        await invoices.credit(desk, CreateCreditNote(id=desk.ids("cn"), invoice=bill.id, amount=2500))
    answer = await reads.read(shop.door.tenant_id, await shop.sign_in(customer))
    assert answer is not None
    assert answer.page is not None
    assert [each.left for each in answer.page[0].unpaid] == [bill.total - 2500]
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        (owed,) = await read_owed(connection, customer, await clock(connection))
    assert owed.amount == bill.total - 2500, "the list of invoices says the same"


async def test_items_for_the_next_invoice_come_with_the_page(shop: Shop, reads: HomeReads) -> None:
    customer, other = await shop.add_customer(shop.item("team")), await shop.add_customer()
    noted = []
    for amount in (100, 250):
        async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
            noted.append(desk.ids("ii"))
            item = CreateInvoiceItem(id=noted[-1], charge=ItemCharge(amount=amount), currency="eur")
            await invoices.write(desk, item)
    told = {}
    for each in (customer, other):
        answer = await reads.read(shop.door.tenant_id, await shop.sign_in(each))
        assert answer is not None
        assert answer.page is not None
        told[each] = [item.id for item in answer.page[0].account.pending_items]
    assert told == {customer: noted, other: []}


async def test_many_sides_on_two_connections_never_mix(tenancy: Tenancy, reads: HomeReads) -> None:
    shops = [await open_shop(tenancy) for _ in range(3)]
    secrets = [(each, await each.sign_in(await each.add_customer(name=each.door.portal))) for each in shops]

    async def ask(shop: Shop, secret: str) -> None:
        answer = await reads.read(shop.door.tenant_id, secret)
        assert answer is not None
        assert answer.page is not None
        assert answer.page[0].customer.name == shop.door.portal
        assert answer.page[1].configuration.id == shop.configuration.id

    await asyncio.gather(*(ask(*secrets[number % 3]) for number in range(300)))
    with pytest.raises(AssertionError):
        await ask(secrets[0][0], secrets[1][1])


async def test_pages_that_are_asked_for_together_are_told_apart(
    tenancy: Tenancy, reads: HomeReads, postgres: PostgresAddresses
) -> None:
    """Of several sides, known and unknown, changed and unchanged, and of sessions that are none: a row for each."""
    here, there = await open_shop(tenancy), await open_shop(tenancy)
    first, second = await here.add_customer(here.item("team"), name="First"), await here.add_customer(name="Second")
    stranger = await there.add_customer(there.item("scale"), name="Stranger")
    asked = []
    for shop, customer in ((here, first), (there, stranger), (here, second), (there, stranger), (here, first)):
        secret = await shop.sign_in(customer)
        answer = await reads.read(shop.door.tenant_id, secret)
        assert answer is not None
        asked.append((shop.door.tenant_id, hashed(secret), answer.page_version))
    await there.subscribe(stranger, there.item("starter"))
    calls = [
        *((tenant, hash_, version) for tenant, hash_, version in asked[:3]),
        (asked[3][0], asked[3][1], None),
        (asked[4][0], asked[4][1], "another version"),
        # The session of one side with the other, and a secret that nobody has: known pages or not.
        (here.door.tenant_id, asked[1][1], asked[1][2]),
        (there.door.tenant_id, asked[0][1], None),
        (here.door.tenant_id, hashed("nobody's"), "another version"),
    ]
    connection = await asyncpg.connect(postgres.app_url)
    try:
        rows = await connection.fetch(HOME_STATEMENT, *zip(*calls, strict=True), [None] * len(calls))
    finally:
        await connection.close()
    assert sorted(row["place"] for row in rows) == list(range(1, len(calls) + 1))
    told = {row["place"]: row for row in rows}
    pages = [json.loads(told[place]["page"] or "null") for place in range(1, len(calls) + 1)]
    assert [told[place]["live"] for place in range(1, len(calls) + 1)] == [True] * 5 + [False] * 3
    assert [page and page["customer"]["name"] for page in pages] == [
        None, "Stranger", None, "Stranger", "First", None, None, None
    ]  # fmt: skip
    assert [len(pages[place]["subscriptions"]) for place in (1, 3, 4)] == [2, 2, 1]
    assert told[4]["page_version"] == told[2]["page_version"] != asked[1][2]
    assert {row["side_version"] for row in rows if row["live"]} == {told[1]["side_version"], told[2]["side_version"]}
    for row in rows[-3:]:
        assert row["live"] or not any(row[name] for name in ("session_id", "page_version", "side_version", "side"))


async def test_a_connection_that_was_cut_is_made_anew(
    shop: Shop, reads: HomeReads, postgres: PostgresAddresses
) -> None:
    secret = await shop.sign_in(await shop.add_customer())
    assert await reads.read(shop.door.tenant_id, secret) is not None
    with psycopg.connect(postgres.admin_url, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'frontdesk home'"
        )
    for _ in range(3):
        assert await reads.read(shop.door.tenant_id, secret) is not None


async def test_no_database_is_a_matter_of_waiting(postgres: PostgresAddresses) -> None:
    away = HomeReads(postgres.app_url.replace("host=", "host=/nowhere"), connections=1)
    with pytest.raises(Unavailable):
        await away.open()
    with pytest.raises(Unavailable):
        await away.read(uuid.uuid4(), "a" * (12 + sessions.SECRET_LENGTH))


async def test_a_visitor_who_leaves_takes_nobody_with_them(shop: Shop, postgres: PostgresAddresses) -> None:
    reads = HomeReads(postgres.app_url, connections=1)
    secret = await shop.sign_in(await shop.add_customer())

    async def ask_until(delay: float) -> None:
        async with asyncio.timeout(delay):
            while True:
                await reads.read(shop.door.tenant_id, secret)

    for delay in (0.0, 0.0005, 0.001, 0.002):
        with pytest.raises(TimeoutError):
            await ask_until(delay)
        assert await reads.read(shop.door.tenant_id, secret) is not None
    await reads.aclose()


async def test_connections_are_taken_in_turns(shop: Shop, postgres: PostgresAddresses) -> None:
    reads = HomeReads(postgres.app_url, connections=1)
    secret = await shop.sign_in(await shop.add_customer())
    asked: list[str] = []

    async def ask(name: str, times: int) -> None:
        for _ in range(times):
            await reads.read(shop.door.tenant_id, secret)
            asked.append(name)

    await asyncio.gather(ask("busy", 10), ask("once", 1))
    assert asked.index("once") <= 1, "who keeps asking would have let nobody in between"
    await reads.aclose()


async def test_who_leaves_while_waiting_keeps_no_connection(shop: Shop, postgres: PostgresAddresses) -> None:
    reads = HomeReads(postgres.app_url, connections=1)
    secret = await shop.sign_in(await shop.add_customer())

    async def ask() -> object:
        return await reads.read(shop.door.tenant_id, secret)

    async def ask_and_send_away() -> None:
        await ask()
        # The connection was handed over in this very step.
        second.cancel()

    first = asyncio.create_task(ask_and_send_away())
    second = asyncio.create_task(ask())
    await first
    with pytest.raises(asyncio.CancelledError):
        await second
    assert await ask() is not None
    await reads.aclose()

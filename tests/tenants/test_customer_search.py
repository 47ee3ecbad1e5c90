"""Customers found by what somebody remembers, a page at a time, on both sides of the wall."""

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import get_args

import pytest
from catalog_findings import as_admin
from crowd import NEWEST, statements
from msgspec.structs import replace
from sides import API, MASTER_KEY, Tenant, new_tenant, sell, subscribe
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from frontdesk import billing_details, cancellations, customers
from frontdesk.book import Customer
from frontdesk.changes import Changes
from frontdesk.commands import BillingDetails, CancelSubscription, CreateCustomer
from frontdesk.plugins import PluginHost
from frontdesk.search_queries import read_query
from frontdesk_tenants.committing import commit_changes
from frontdesk_tenants.customer_search import FoundPage, Question, Show, find_directly, search, statement_of
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.keyset import Place
from frontdesk_tenants.object_search import condition_of
from frontdesk_tenants.tenancy import Tenancy


async def found(tenancy: Tenancy, tenant: Tenant, words: str, show: Show = "all") -> list[str]:
    """The ids that a question finds."""
    async with tenancy.database.side(tenant.door.tenant_id) as connection:
        page = await search(connection, Question(words=words, show=show))
    return [each.customer.id for each in page.found]


async def add(tenancy: Tenancy, tenant: Tenant, id_: str, **details: object) -> None:
    async with open_desk(tenancy, tenant.door, customer_id=None, actor=API) as desk:
        await customers.create(desk, CreateCustomer(id=id_, details=BillingDetails(**details)))  # type: ignore[arg-type]


async def test_a_customer_is_found_by_all_that_is_told_of_it(
    tenancy: Tenancy, two_tenants: tuple[Tenant, Tenant]
) -> None:
    ours, theirs = two_tenants
    for tenant in two_tenants:
        await add(
            tenancy,
            tenant,
            "cus_jenny",
            email="Jenny.Rosen@Ashford.example",
            name="Ashford & Lane",
            metadata={"crm": "K-4711"},
        )
    await add(tenancy, ours, "cus_petra", email="petra@ashford.example", name="Petra Lane")
    for words in ("jenny", "rosen ashf", "k-47", "4711", "cus_j", "jenny.rosen@ashford.example"):
        assert await found(tenancy, ours, words) == ["cus_jenny"], words
    assert await found(tenancy, ours, "lane ASHFORD") == ["cus_petra", "cus_jenny"]
    assert await found(tenancy, ours, "") == ["cus_petra", "cus_jenny"]
    assert await found(tenancy, ours, "lane petra jenny") == []
    assert await found(tenancy, theirs, "petra") == []


async def test_what_changed_is_found_as_it_is_now(tenancy: Tenancy, tenant: Tenant) -> None:
    customer = await subscribe(tenancy, tenant.door, await sell(tenancy, tenant.door), email="old@example.com")
    async with open_desk(tenancy, tenant.door, customer_id=customer, actor=API) as desk:
        number = desk.account.invoices[0].number
        await billing_details.update(desk, BillingDetails(email="new@example.com"))
    assert number is not None
    assert await found(tenancy, tenant, "old@example.com") == []
    assert await found(tenancy, tenant, "new@example.com") == [customer]
    assert await found(tenancy, tenant, number.lower()) == [customer]
    assert await found(tenancy, tenant, number[:5]) == [customer]


async def test_lists_by_what_customers_have(tenancy: Tenancy, tenant: Tenant) -> None:
    price = await sell(tenancy, tenant.door, name="Desk")
    paying = await subscribe(tenancy, tenant.door, price, quantity=3)
    ending = await subscribe(tenancy, tenant.door, price)
    none = await subscribe(tenancy, tenant.door, None)
    closed = await subscribe(tenancy, tenant.door, price)
    async with open_desk(tenancy, tenant.door, customer_id=closed, actor=API) as desk:
        await customers.delete(desk)
    async with open_desk(tenancy, tenant.door, customer_id=ending, actor=API) as desk:
        subscription = desk.account.subscriptions[0].id
        await cancellations.cancel(desk, CancelSubscription(subscription=subscription))
    shown: dict[Show, set[str]] = {
        "all": {none, ending, paying},
        "active": {ending, paying},
        "without": {none},
        "open": {closed, ending, paying},
        "late": set(),
        "closed": {closed},
    }
    for show, wanted in shown.items():
        assert set(await found(tenancy, tenant, "", show)) == wanted, show
    async with tenancy.database.side(tenant.door.tenant_id) as connection:
        rows = {each.customer.id: each for each in (await search(connection, Question())).found}
    assert [(each.status, each.products, each.ends) for each in rows[paying].plans] == [
        ("active", (("Desk", 3),), False)
    ]
    assert rows[ending].plans[0].ends
    assert rows[none].plans == ()
    assert [(each.currency, each.amount, each.invoices, each.late) for each in rows[paying].owed] == [
        ("eur", 3600, 1, 0)
    ]


async def test_ids_and_numbers_lead_to_their_customer(tenancy: Tenancy, two_tenants: tuple[Tenant, Tenant]) -> None:
    ours, theirs = two_tenants
    customer = await subscribe(tenancy, ours.door, await sell(tenancy, ours.door))
    async with open_desk(tenancy, ours.door, customer_id=customer, actor=API) as desk:
        invoice, subscription = desk.account.invoices[0], desk.account.subscriptions[0]
    assert invoice.number is not None
    for asked in (customer, f" {subscription.id} ", invoice.id, invoice.number, invoice.number.lower()):
        async with tenancy.database.side(ours.door.tenant_id) as connection:
            assert await find_directly(connection, asked) == customer, asked
        async with tenancy.database.side(theirs.door.tenant_id) as connection:
            assert await find_directly(connection, asked) is None
    async with tenancy.database.side(ours.door.tenant_id) as connection:
        other = customer[:-1] + ("y" if customer.endswith("x") else "x")
        for asked in ("", "jenny", other, "inv 0001", "cus_1\0", "cus_\ud800", "４７１１"):
            assert await find_directly(connection, asked) is None


async def test_words_follow_what_is_stored(tenancy: Tenancy, tenant: Tenant) -> None:
    """An older snapshot that comes late changes neither the row nor what it is found by."""
    customer = Customer(id="cus_1", created=NEWEST, version=2, email="new@example.com")
    async with tenancy.at(tenant.door) as (connection, side):
        for version, email in ((2, "new@example.com"), (1, "old@example.com"), (3, "newer@example.com")):
            changes = Changes(customer=replace(customer, version=version, email=email))
            await commit_changes(
                connection,
                side,
                changes,
                before=None,
                actor=API,
                action="news",
                now=NEWEST,
                jobs=tenancy.jobs,
                remote=True,
            )
    assert await found(tenancy, tenant, "old@example.com") == []
    assert await found(tenancy, tenant, "new@example.com") == []
    assert await found(tenancy, tenant, "newer@example.com") == ["cus_1"]


async def test_the_migration_knows_the_customers_that_there_were(
    fresh_database: Callable[[], PostgresAddresses],
) -> None:
    addresses = fresh_database()
    tenancy = Tenancy(addresses.app_url, (MASTER_KEY,), PluginHost.load())
    await tenancy.open()
    tenants = (await new_tenant(tenancy), await new_tenant(tenancy))
    for tenant in tenants:
        await subscribe(tenancy, tenant.door, await sell(tenancy, tenant.door), email="jenny@example.com")
    await tenancy.aclose()
    migration = import_module("frontdesk_tenants.migrations.versions.0006_customer_words")
    question = "SELECT tenant_id, customer, word FROM customer_words ORDER BY 1, 2, 3"
    with as_admin(addresses) as admin:
        kept = admin.execute(question).fetchall()
        admin.execute("DELETE FROM customer_words")
    engine = create_engine(make_url(addresses.owner_url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with engine.begin() as connection:
        for tenant in tenants:
            migration.fill(connection, tenant.door.tenant_id)
    engine.dispose()
    with as_admin(addresses) as admin:
        assert admin.execute(question).fetchall() == kept != []


# -- many -------------------------------------------------------------------------------------------------------------


QUESTIONS = ("", "smith12", "smith", "a", "gmail.com", "nobody", "cus_0000000000000000000042", "anna gmail", "meyer 12")


@pytest.mark.parametrize(
    "crowded", [10_000, pytest.param(100_000, marks=pytest.mark.long)], indirect=True, ids=["10000", "100000"]
)
async def test_a_page_is_one_statement_on_indexes(crowded: tuple[Tenancy, tuple[Tenant, Tenant]]) -> None:
    """Under row-level security, as the application's role, wherever the page begins."""
    tenancy, (ours, _) = crowded
    middle = Place(created=NEWEST - timedelta(seconds=1500), id="cus_0000000000000000004501")
    for words in QUESTIONS:
        for question in (
            Question(words=words),
            Question(words=words, older_than=middle),
            Question(words=words, newer_than=middle),
            *(Question(words=words, show=each) for each in get_args(Show)),
        ):
            async with tenancy.database.side(ours.door.tenant_id) as connection:
                with statements(tenancy) as seen:
                    await search(connection, question)
                assert len(seen) == 1
                statement, parameters = statement_of(question)
                plan = "\n".join(await connection.scalars(text("EXPLAIN " + statement), parameters))
            for table in ("customers", "customer_words", "subscriptions", "invoices"):
                assert f"Seq Scan on {table}" not in plan, f"{question}\n{plan}"


@pytest.mark.parametrize("crowded", [10_000], indirect=True)
async def test_programs_find_a_name_and_metadata_by_index(crowded: tuple[Tenancy, tuple[Tenant, Tenant]]) -> None:
    """Stripe's query language over the same words, under row-level security."""
    tenancy, (ours, _) = crowded
    for asked in ("name:'Nobody Here'", "metadata['crm']:'K-4711'"):
        condition, parameters = condition_of("customers", read_query(asked, "customers"))
        statement = f"EXPLAIN SELECT id FROM customers WHERE {condition} ORDER BY created DESC, id DESC LIMIT 11"
        async with tenancy.database.side(ours.door.tenant_id) as connection:
            plan = "\n".join(await connection.scalars(text(statement), parameters))
        assert "customer_words_found" in plan, plan
        assert "Seq Scan" not in plan, plan


@pytest.mark.parametrize("crowded", [10_000], indirect=True)
async def test_ten_thousand_rows_are_paged_without_gap_or_repetition(
    crowded: tuple[Tenancy, tuple[Tenant, Tenant]],
) -> None:
    tenancy, (ours, theirs) = crowded

    async def page(question: Question, tenant: Tenant = ours) -> FoundPage:
        async with tenancy.database.side(tenant.door.tenant_id) as connection:
            return await search(connection, question)

    seen: list[str] = []
    pages: list[FoundPage] = []
    shown = await page(Question(limit=400))
    while True:
        pages.append(shown)
        seen += [each.customer.id for each in shown.found]
        if not shown.older:
            break
        shown = await page(Question(limit=400, older_than=shown.found[-1].place))
    assert len(seen) == len(set(seen)) == 10_000
    assert [each.newer for each in pages] == [False, *[True] * 24]
    for before, after in zip(pages[-2::-1], pages[:0:-1], strict=True):
        back = await page(Question(limit=400, newer_than=after.found[0].place))
        assert back.found == before.found
        assert back.older
        assert back.newer == (before is not pages[0])
    # A place is no key: on another side it shows that side's own rows.
    foreign = await page(Question(older_than=pages[3].found[-1].place), theirs)
    async with tenancy.database.side(theirs.door.tenant_id) as connection:
        own = set(await connection.scalars(text("SELECT body ->> 'email' FROM customers")))
    assert {each.customer.email for each in foreign.found} <= own

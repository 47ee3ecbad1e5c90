"""Products as staff look at them: found by words, a page at a time, counted, on both sides of the wall."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec
import pytest
from catalog_findings import as_admin
from sides import API, MASTER_KEY, Tenant, new_tenant, sell, subscribe
from sqlalchemy import event, select, text

from frontdesk import cancellations, plan_changes, subscriptions
from frontdesk.book import Product
from frontdesk.catalogue_commands import (
    CatalogueCommand,
    CreatePrice,
    CreateProduct,
    DeleteProduct,
    ProductFields,
    UpdatePrice,
    UpdateProduct,
)
from frontdesk.commands import CancelSubscription, ChangePlan, CreateSubscription, ItemChange, NewItem
from frontdesk.plugins import PluginHost
from frontdesk.search_words import product_words
from frontdesk_tenants import catalogues, listings
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.directory import Door
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.keyset import Place
from frontdesk_tenants.product_lists import (
    COUNTED_AT_MOST,
    ListedProduct,
    Question,
    Show,
    find_directly,
    list_products,
    read_product,
    statement_of,
)
from frontdesk_tenants.tables import active_items
from frontdesk_tenants.tenancy import Tenancy

NEWEST = datetime(2026, 6, 1, tzinfo=UTC)


async def change(tenancy: Tenancy, door: Door, command: CatalogueCommand) -> None:
    async with tenancy.at(door) as (_, side):
        pass
    await catalogues.carry_out(
        lambda: tenancy.database.side(door.tenant_id), tenancy, side, command, actor=API, idempotency_key="x"
    )


async def add(tenancy: Tenancy, door: Door, id_: str, name: str) -> None:
    await change(tenancy, door, CreateProduct(id=id_, fields=ProductFields(name=name)))


async def found(tenancy: Tenancy, door: Door, words: str = "", show: Show = "all") -> list[str]:
    async with tenancy.database.side(door.tenant_id) as connection:
        page = await list_products(connection, Question(words=words, show=show))
    return [each.product.id for each in page.found]


async def row_of(tenancy: Tenancy, door: Door, product: str) -> ListedProduct:
    async with tenancy.database.side(door.tenant_id) as connection:
        (row,) = (await list_products(connection, Question(words=product, show="all"))).found
    return row


async def product_of(tenancy: Tenancy, door: Door, price: str) -> str:
    async with tenancy.database.side(door.tenant_id) as connection:
        return str((await listings.find(connection, "price", price)).product)


async def test_products_are_found_by_name_and_id_on_their_own_side(
    tenancy: Tenancy, two_tenants: tuple[Tenant, Tenant]
) -> None:
    ours, theirs = (each.door for each in two_tenants)
    for door in (ours, theirs):
        await add(tenancy, door, "prod_desk", "Standing desk, 160 cm (oak)")
    await add(tenancy, ours, "prod_lamp", "Bürolampe Müller")
    for words in ("standing", "OAK desk", "160", "prod_d", "prod_desk", "desk, 160"):
        assert await found(tenancy, ours, words) == ["prod_desk"], words
    for words in ("burolampe", "buerolampe mueller", "müll"):
        assert await found(tenancy, ours, words) == ["prod_lamp"], words
    assert await found(tenancy, ours) == ["prod_lamp", "prod_desk"]
    assert await found(tenancy, ours, "desk lamp") == []
    assert await found(tenancy, theirs, "lamp") == []
    async with tenancy.database.side(theirs.tenant_id) as connection:
        assert await read_product(connection, "prod_lamp") is None
        assert await find_directly(connection, "prod_lamp") is None


async def test_what_was_renamed_archived_or_deleted_is_found_as_it_is_now(tenancy: Tenancy, tenant: Tenant) -> None:
    door = tenant.door
    await add(tenancy, door, "prod_1", "Old name")
    await change(tenancy, door, UpdateProduct(id="prod_1", fields=ProductFields(name="New words")))
    assert (await found(tenancy, door, "old"), await found(tenancy, door, "words")) == ([], ["prod_1"])
    assert (await found(tenancy, door, show="active"), await found(tenancy, door, show="archived")) == (["prod_1"], [])
    await change(tenancy, door, UpdateProduct(id="prod_1", fields=ProductFields(active=False)))
    assert (await found(tenancy, door, show="active"), await found(tenancy, door, show="archived")) == ([], ["prod_1"])
    await change(tenancy, door, DeleteProduct("prod_1"))
    assert await found(tenancy, door) == []
    assert await found(tenancy, door, "words") == []
    async with tenancy.database.side(door.tenant_id) as connection:
        assert await connection.scalar(text("SELECT count(*) FROM product_words")) == 0


async def test_a_row_tells_the_default_price_first_and_how_many_there_are(tenancy: Tenancy, tenant: Tenant) -> None:
    door = tenant.door
    await add(tenancy, door, "prod_1", "Team")
    product, first = "prod_1", await another_price(tenancy, door, "prod_1", 900)
    others = [await another_price(tenancy, door, product, amount) for amount in range(1000, 1005)]
    await change(tenancy, door, UpdateProduct(id=product, fields=ProductFields(default_price=others[3])))
    await change(tenancy, door, UpdatePrice(id=others[0], active=False))
    row = await row_of(tenancy, door, product)
    assert [each.id for each in row.prices] == [others[3], first, others[1]]
    assert row.active_prices == 5
    async with tenancy.database.side(door.tenant_id) as connection:
        whole = await read_product(connection, product)
        assert await find_directly(connection, f" {others[2]} ") == product
        assert await find_directly(connection, "Team") is None
    assert whole is not None
    assert [each.price.id for each in whole.prices] == [others[3], others[4], others[2], others[1], first, others[0]]
    assert not whole.more_prices


async def another_price(tenancy: Tenancy, door: Door, product: str, amount: int) -> str:
    id_ = f"price_of_{amount:05}"
    await change(tenancy, door, CreatePrice(id=id_, product=product, currency="eur", unit_amount=Decimal(amount)))
    return id_


async def test_active_subscriptions_are_counted(tenancy: Tenancy, tenant: Tenant) -> None:
    door = tenant.door
    price, dear = await sell(tenancy, door), await sell(tenancy, door, amount=3000)
    product, dear_product = await product_of(tenancy, door, price), await product_of(tenancy, door, dear)

    async def counts() -> tuple[int, int]:
        return (
            (await row_of(tenancy, door, product)).subscriptions,
            (await row_of(tenancy, door, dear_product)).subscriptions,
        )

    customer = await subscribe(tenancy, door, price)
    await subscribe(tenancy, door, price)
    assert await counts() == (2, 0)
    async with open_desk(tenancy, door, customer_id=customer, actor=API) as desk:
        (subscription,) = desk.account.subscriptions
        change_ = ChangePlan(
            subscription=subscription.id, items=(ItemChange(id=subscription.items[0].id, price=dear, quantity=1),)
        )
        await plan_changes.change(desk, change_)
    assert await counts() == (1, 1)
    async with open_desk(tenancy, door, customer_id=customer, actor=API) as desk:
        await subscriptions.create(desk, CreateSubscription(items=(NewItem(price=price), NewItem(price=dear))))
    assert await counts() == (2, 2)
    async with open_desk(tenancy, door, customer_id=customer, actor=API) as desk:
        for each in desk.account.subscriptions:
            await cancellations.cancel(desk, CancelSubscription(subscription=each.id, when="now"))
    assert await counts() == (1, 0)
    async with tenancy.database.side(door.tenant_id) as connection:
        assert len((await connection.scalars(select(active_items.c.price))).all()) == 1
        whole = await read_product(connection, product)
    assert whole is not None
    assert (whole.subscriptions, [each.subscriptions for each in whole.prices]) == (1, [1])


@contextmanager
def counted_statements(tenancy: Tenancy) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(*arguments: object) -> None:
        if "set_config" not in str(arguments[2]):
            seen.append(str(arguments[2]))

    engine = tenancy.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def fill(addresses: PostgresAddresses, tenant_id: UUID, products: int, subscribed: int) -> None:
    """So many products with two prices each, and subscriptions of one of them."""
    template = msgspec.json.encode(Product(id="ID", name="NAME", created=NEWEST, updated=NEWEST)).decode()
    price = (
        '{"id":"PRICE","product":"ID","currency":"eur","unit_amount":"1200","created":"2026-06-01T00:00:00Z",'
        '"recurring":{"interval":"month"}}'
    )
    with as_admin(addresses) as admin:
        for statement in f"""
        INSERT INTO products (tenant_id, id, version, active, deleted, created, body)
        SELECT '{tenant_id}', 'prod_' || n, 1, n % 7 > 0, false,
          timestamptz '2026-06-01 00:00Z' - n * interval '1 minute',
          replace(replace(replace('{template}', 'ID', 'prod_' || n), 'NAME', 'Thing ' || n), '2026-06-01T00:00:00Z',
            to_char(timestamp '2026-06-01' - n * interval '1 minute', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))::json
        FROM generate_series(1, {products}) n;
        INSERT INTO prices (tenant_id, id, version, product, currency, active, created, body)
        SELECT '{tenant_id}', 'price_' || n || '_' || k, 1, 'prod_' || n, 'eur', true, timestamptz '2026-06-01',
          replace(replace('{price}', 'PRICE', 'price_' || n || '_' || k), 'ID', 'prod_' || n)::json
        FROM generate_series(1, {products}) n, generate_series(1, 2) k;
        INSERT INTO product_words (tenant_id, product, word)
        SELECT '{tenant_id}', 'prod_' || n, word
        FROM generate_series(1, {products}) n, unnest(ARRAY['prod_' || n, 'thing', n::text]) word;
        INSERT INTO customers (tenant_id, id, version, deleted, created, body)
        VALUES ('{tenant_id}', 'cus_many', 1, false, now(), '{{}}'::json);
        INSERT INTO subscriptions (tenant_id, id, version, customer, status, created, body)
        SELECT '{tenant_id}', 'sub_' || n, 1, 'cus_many', 'active', now(), '{{}}'::json
        FROM generate_series(1, {subscribed}) n;
        INSERT INTO active_items (tenant_id, subscription, price)
        SELECT '{tenant_id}', 'sub_' || n, 'price_2_1' FROM generate_series(1, {subscribed}) n;
        ANALYZE
        """.split(";"):
            admin.execute(statement.encode())


@pytest.fixture
async def crowd(fresh_database: Callable[[], PostgresAddresses]) -> Iterator[tuple[Tenancy, Tenant]]:  # type: ignore[misc]
    """A side with ten thousand products, one of which three thousand customers have."""
    addresses = fresh_database()
    tenancy = Tenancy(addresses.app_url, (MASTER_KEY,), PluginHost.load())
    await tenancy.open()
    tenant = await new_tenant(tenancy)
    fill(addresses, tenant.door.tenant_id, 10_000, 3_000)
    yield tenancy, tenant
    await tenancy.aclose()


async def test_ten_thousand_products_are_paged_through_in_one_statement_each(crowd: tuple[Tenancy, Tenant]) -> None:
    tenancy, tenant = crowd
    seen: list[str] = []
    question = Question(show="all", limit=100)
    async with tenancy.database.side(tenant.door.tenant_id) as connection:
        with counted_statements(tenancy) as statements:
            for _ in range(100):
                page = await list_products(connection, question)
                seen += [each.product.id for each in page.found]
                question = msgspec.structs.replace(question, older_than=page.found[-1].place)
        assert len(statements) == 100
        assert seen == [f"prod_{number}" for number in range(1, 10_001)]
        assert (page.older, page.newer) == (False, True)
        back = await list_products(
            connection, Question(show="all", newer_than=Place(created=page.found[0].place.created, id=seen[-100]))
        )
        assert [each.product.id for each in back.found] == seen[-125:-100]
        second = (await list_products(connection, Question(words="prod_2", show="all"))).found
        assert {each.product.id: each.subscriptions for each in second}["prod_2"] == COUNTED_AT_MOST + 1
        assert [
            each.product.id for each in (await list_products(connection, Question(words="thing 777", show="all"))).found
        ] == ["prod_777", *(f"prod_{number}" for number in range(7770, 7780))]


async def test_a_page_reads_no_more_than_it_shows(crowd: tuple[Tenancy, Tenant]) -> None:
    """Buffers and not milliseconds, which depend on the machine."""
    tenancy, tenant = crowd
    late = Place(created=NEWEST - timedelta(minutes=9_900), id="prod_9900")
    questions = {
        "first": Question(),
        "last": Question(show="all", older_than=late),
        "archived": Question(show="archived"),
        "one word": Question(words="4321"),
        "none": Question(words="nothing"),
    }
    async with tenancy.database.side(tenant.door.tenant_id) as connection:
        for name, question in questions.items():
            statement, parameters = statement_of(question)
            explain = text(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}")
            told = (await connection.execute(explain, parameters)).scalar_one()
            plan = msgspec.json.decode(told)
            read = plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"]
            assert read < 1500, (name, read)


def test_the_words_of_a_product() -> None:
    product = Product(id="prod_A", name="Team-Plan Größe L", created=NEWEST, updated=NEWEST)
    assert {"prod_a", "team-plan", "plan", "grosse", "groesse", "l"} <= product_words(product)

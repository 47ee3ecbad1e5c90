"""The second wall between sides: row-level security, read from the catalogue and felt as the application's role."""

import uuid
from collections.abc import Callable, Iterator

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from catalog_findings import Connection, as_admin, findings, scoped_tables
from psycopg import errors, sql
from sides import MASTER_KEY, Tenant, sell, subscribe
from sqlalchemy import create_engine, insert, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from frontdesk.errors import Misconfigured
from frontdesk.plugins import PluginHost
from frontdesk_tenants.database import Database, SideNotNamed, refuse_dangerous_role
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.tables import INSERT_ONLY, UNSCOPED, customers, metadata, quotes, sides
from frontdesk_tenants.tenancy import Tenancy

HOLES = {
    "no policy": "DROP POLICY side ON customers",
    "not forced": "ALTER TABLE invoices NO FORCE ROW LEVEL SECURITY",
    "not enabled": "ALTER TABLE sessions DISABLE ROW LEVEL SECURITY",
    "no check": (
        "DROP POLICY side ON quotes; CREATE POLICY side ON quotes USING "
        "(tenant_id = NULLIF(current_setting('frontdesk.tenant_id', true), '')::uuid)"
    ),
    "no NULLIF": (
        "DROP POLICY side ON quotes; CREATE POLICY side ON quotes USING "
        "(tenant_id = current_setting('frontdesk.tenant_id', true)::uuid) WITH CHECK "
        "(tenant_id = current_setting('frontdesk.tenant_id', true)::uuid)"
    ),
    "a second, wider policy": "CREATE POLICY everybody ON events FOR SELECT USING (true)",
    "a new table": "CREATE TABLE notes (tenant_id uuid NOT NULL, id text, PRIMARY KEY (tenant_id, id))",
    "an unscoped table": "CREATE TABLE notes (id text PRIMARY KEY)",
    "unique across sides": "CREATE UNIQUE INDEX one_address ON customers (address) WHERE false",
    "a reference across sides": (
        "ALTER TABLE products ADD UNIQUE (tenant_id, id); "
        "ALTER TABLE prices ADD CONSTRAINT loose FOREIGN KEY (product, tenant_id) REFERENCES products (id, tenant_id)"
    ),
    "a reference that nulls": (
        "ALTER TABLE quotes ADD CONSTRAINT nulling FOREIGN KEY (tenant_id, customer) "
        "REFERENCES customers (tenant_id, id) ON DELETE SET NULL"
    ),
    "truncate": "GRANT TRUNCATE ON customers TO frontdesk_app",
    "changing the audit": "GRANT UPDATE ON audit TO frontdesk_app",
    "changing a column of the audit": "GRANT UPDATE (action) ON audit TO frontdesk_app",
    "deleting for everybody": "GRANT DELETE ON events TO PUBLIC",
    "making tables": "GRANT CREATE ON SCHEMA public TO frontdesk_app",
    "an owned table": "ALTER TABLE tenant_plugins OWNER TO frontdesk_app",
    "a mightier role": "GRANT frontdesk_owner TO frontdesk_app",
    "a definer": "CREATE FUNCTION peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER RETURN 1",
    "leakproof": "CREATE FUNCTION peek() RETURNS bigint LANGUAGE sql LEAKPROOF RETURN 1",
    "a view": "CREATE VIEW everybody AS SELECT * FROM customers",
    "a materialised view": "CREATE MATERIALIZED VIEW everybody AS SELECT * FROM customers",
}


@pytest.fixture
def admin(postgres: PostgresAddresses) -> Iterator[Connection]:
    """A superuser in a transaction that is never committed."""
    with as_admin(postgres) as connection:
        yield connection
        connection.rollback()


def test_the_walls_are_whole(admin: Connection) -> None:
    assert findings(admin) == []
    assert set(scoped_tables(admin)) == metadata.tables.keys() - set(UNSCOPED)


@pytest.mark.parametrize("statements", HOLES.values(), ids=HOLES.keys())
def test_every_hole_would_be_found(admin: Connection, statements: str) -> None:
    admin.execute(statements.encode())
    assert findings(admin)


def test_only_the_listed_tables_lie_outside(admin: Connection) -> None:
    """Ids, hashes and counters: nothing in them says who somebody is."""
    columns = admin.execute(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_name = ANY(%s)", [list(UNSCOPED)]
    ).fetchall()
    assert {column for _, column in columns} == {
        "tenant_id", "firm_id", "livemode", "public_id", "portal",
        "account_id", "wake_at", "held", "told", "attempts",
        "key", "window_start", "count",
        "address_hash", "id", "created", "person",
        "version_num",
    }  # fmt: skip


def test_the_models_are_the_migrated_schema(postgres: PostgresAddresses) -> None:
    engine = create_engine(make_url(postgres.owner_url).set(drivername="postgresql+psycopg"), poolclass=NullPool)

    def ours(name: str | None, kind: str, _: object) -> bool:
        return not (kind == "table" and name is not None and name.startswith("procrastinate_"))

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": ours})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


async def test_a_side_sees_and_writes_its_own_rows_alone(
    tenancy: Tenancy, two_tenants: tuple[Tenant, Tenant], admin: Connection
) -> None:
    ours, theirs = two_tenants
    for tenant in two_tenants:
        await subscribe(tenancy, tenant.door, await sell(tenancy, tenant.door))
    for table in scoped_tables(admin):
        async with tenancy.database.side(ours.door.tenant_id) as connection:
            seen = await connection.scalars(text(f"SELECT DISTINCT tenant_id FROM {table}"))
            assert set(seen) <= {ours.door.tenant_id}, table
    async with tenancy.database.side(ours.door.tenant_id) as connection:
        foreign = {"theirs": theirs.door.tenant_id}
        changed = await connection.execute(
            text("UPDATE customers SET deleted = true WHERE tenant_id = :theirs"), foreign
        )
        assert changed.rowcount == 0
        gone = await connection.execute(text("DELETE FROM prices WHERE tenant_id = :theirs"), foreign)
        assert gone.rowcount == 0
    for statement in (
        "UPDATE customers SET tenant_id = :theirs",
        "INSERT INTO invoice_counters (tenant_id, series, next) VALUES (:theirs, 'stolen', 1)",
    ):
        with pytest.raises(DBAPIError, match="row-level security"):
            async with tenancy.database.side(ours.door.tenant_id) as connection:
                await connection.execute(text(statement), foreign)


async def test_a_foreign_key_does_not_reach_into_another_side(
    tenancy: Tenancy, two_tenants: tuple[Tenant, Tenant]
) -> None:
    """PostgreSQL checks references without row-level security, so the side is part of each."""
    ours, theirs = two_tenants
    customer = await subscribe(tenancy, theirs.door, None)
    async with tenancy.database.side(theirs.door.tenant_id) as connection:
        now = (await connection.execute(text("SELECT frontdesk_now()"))).scalar_one()
    row = {"tenant_id": ours.door.tenant_id, "id": "qt_1", "customer": customer, "expires_at": now, "body": None}
    with pytest.raises(DBAPIError, match="foreign key"):
        async with tenancy.database.side(ours.door.tenant_id) as connection:
            await connection.execute(
                text(
                    "INSERT INTO quotes (tenant_id, id, customer, expires_at, body) "
                    "VALUES (:tenant_id, :id, :customer, :expires_at, '{}')"
                ),
                row,
            )


async def test_the_same_id_and_address_may_exist_on_every_side(
    tenancy: Tenancy, two_tenants: tuple[Tenant, Tenant]
) -> None:
    """A duplicate-key error would tell one side what another one has."""
    for tenant in two_tenants:
        for door in (tenant.live.door, tenant.sandbox.door):
            async with tenancy.database.side(door.tenant_id) as connection:
                await connection.execute(
                    text(
                        "INSERT INTO customers (tenant_id, id, version, address, deleted, created, body) "
                        "VALUES (:side, 'cus_same', 1, 'same@example.com', false, frontdesk_now(), '{}')"
                    ),
                    {"side": door.tenant_id},
                )


async def test_without_a_side_nothing_is_there_and_nothing_runs(tenancy: Tenancy, tenant: Tenant) -> None:
    await subscribe(tenancy, tenant.door, None)
    async with tenancy.database.unscoped() as connection:
        for table in (sides, customers, quotes):
            assert (await connection.execute(select(table.c.tenant_id))).all() == []
    with pytest.raises(DBAPIError, match="row-level security"):
        async with tenancy.database.unscoped() as connection:
            await connection.execute(
                insert(customers).values(
                    tenant_id=tenant.door.tenant_id,
                    id="cus_x",
                    version=1,
                    deleted=False,
                    created=text("now()"),
                    body=None,
                )
            )
    with pytest.raises(SideNotNamed):
        async with tenancy.database.engine.begin():
            pass
    async with tenancy.database.engine.connect() as connection:
        with pytest.raises(SideNotNamed):
            await connection.execute(text("SELECT 1"))


def test_after_a_transaction_the_connection_knows_no_side(postgres: PostgresAddresses) -> None:
    """The setting is then '' and not NULL, which a bare cast would turn into an error."""
    with psycopg.connect(postgres.app_url, autocommit=True) as connection:
        assert connection.execute("SELECT count(*) FROM sides").fetchone() == (0,)
        with connection.transaction():
            connection.execute("SELECT set_config('frontdesk.tenant_id', %s, true)", [str(uuid.uuid4())])
        assert connection.execute("SELECT current_setting('frontdesk.tenant_id', true)").fetchone() == ("",)
        assert connection.execute("SELECT count(*) FROM sides").fetchone() == (0,)


@pytest.mark.parametrize(
    "statement",
    [
        *(f"TRUNCATE {table}" for table in ("customers", "audit", "sessions")),
        *(f"DELETE FROM {table}" for table in INSERT_ONLY),
        *(f"UPDATE {table} SET tenant_id = tenant_id" for table in INSERT_ONLY),
        "CREATE TABLE mine (id text)",
        "CREATE TEMPORARY TABLE mine (id text)",
        "ALTER TABLE customers DISABLE ROW LEVEL SECURITY",
        "DROP POLICY side ON customers",
        "SET ROLE frontdesk_owner",
        "UPDATE alembic_version SET version_num = '0'",
        "CREATE OR REPLACE FUNCTION frontdesk_now() RETURNS timestamptz LANGUAGE sql STABLE RETURN now()",
    ],
)
def test_the_application_role_may_not(postgres: PostgresAddresses, statement: str) -> None:
    with psycopg.connect(postgres.app_url) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(statement.encode())


def test_switching_policies_off_is_an_error_and_no_way_around(postgres: PostgresAddresses) -> None:
    with psycopg.connect(postgres.app_url) as connection:
        connection.execute("SET row_security = off")
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute("SELECT count(*) FROM customers")


async def test_serving_refuses_a_role_that_policies_do_not_bind(
    fresh_database: Callable[[], PostgresAddresses],
) -> None:
    addresses = fresh_database()
    name = f"mighty_{uuid.uuid4().hex[:8]}"
    with as_admin(addresses) as connection:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN BYPASSRLS PASSWORD 'x'").format(sql.Identifier(name)))
        connection.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
                sql.Identifier(connection.info.dbname), sql.Identifier(name)
            )
        )
    try:
        bypassing = make_url(addresses.app_url).set(username=name, password="x").render_as_string(hide_password=False)
        admin_there = make_url(addresses.admin_url).set(database=make_url(addresses.app_url).database)
        for url in (bypassing, addresses.owner_url, admin_there.render_as_string(hide_password=False)):
            database = Database(url)
            with pytest.raises(Misconfigured, match="DATABASE_URL must name a role"):
                await refuse_dangerous_role(database)
            await database.aclose()
            refused = Tenancy(url, (MASTER_KEY,), PluginHost())
            with pytest.raises(Misconfigured):
                await refused.open()
            await refused.database.aclose()
    finally:
        with as_admin(addresses) as connection:
            connection.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(name)))
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))

"""What is wrong with a database's walls between sides, read from PostgreSQL's own catalogue (trust.md §B1)."""

from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from frontdesk_tenants.database_roles import APP
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.tables import INSERT_ONLY, UNSCOPED

POLICY = "(tenant_id = (NULLIF(current_setting('frontdesk.tenant_id'::text, true), ''::text))::uuid)"
SECURITY_DEFINER_ALLOWED: frozenset[str] = frozenset()
EXTENSIONS_ALLOWED = {"plpgsql"}

Connection = psycopg.Connection[tuple[Any, ...]]

_OURS = "NOT (starts_with(n.nspname, 'pg_') OR n.nspname = 'information_schema')"


def as_admin(addresses: PostgresAddresses) -> Connection:
    """A superuser's connection to the database of `addresses`."""
    return psycopg.connect(addresses.admin_url, dbname=conninfo_to_dict(addresses.app_url)["dbname"])


def findings(connection: Connection) -> list[str]:
    """One sentence for each hole; empty where the walls are whole."""
    return [
        *_tables(connection),
        *_keys(connection),
        *_foreign_keys(connection),
        *_grants(connection),
        *_role(connection),
        *_functions_and_views(connection),
    ]


def scoped_tables(connection: Connection) -> list[str]:
    """The tables that hold rows of sides."""
    return [name for _, name, *_ in _all_tables(connection) if _is_scoped(name)]


def _is_scoped(table: str) -> bool:
    return table not in UNSCOPED and not table.startswith("procrastinate_")


def _all_tables(connection: Connection) -> list[tuple[Any, ...]]:
    return connection.execute(
        "SELECT c.oid, c.relname, n.nspname, c.relrowsecurity, c.relforcerowsecurity, c.relkind "
        f"FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'f') AND {_OURS} "
        "ORDER BY c.relname"
    ).fetchall()


def _tables(connection: Connection) -> Iterator[str]:
    for oid, name, schema, enabled, forced, kind in _all_tables(connection):
        if schema != "public":
            yield f"{schema}.{name}: outside the public schema"
        if kind == "f":
            yield f"{name}: a foreign table has no row-level security"
        if not _is_scoped(name):
            continue
        if not enabled:
            yield f"{name}: row-level security is off"
        if not forced:
            yield f"{name}: row-level security is not forced"
        policies = connection.execute(
            "SELECT polcmd, polpermissive, polroles = '{0}', pg_get_expr(polqual, polrelid), "
            "pg_get_expr(polwithcheck, polrelid) FROM pg_policy WHERE polrelid = %s",
            [oid],
        ).fetchall()
        if policies != [(b"*", True, True, POLICY, POLICY)] and policies != [("*", True, True, POLICY, POLICY)]:
            yield f"{name}: its policy is not the one that fences it in: {policies}"
        first = connection.execute(
            "SELECT attname, attnotnull, atttypid::regtype::text FROM pg_attribute WHERE attrelid = %s AND attnum = 1",
            [oid],
        ).fetchone()
        if first != ("tenant_id", True, "uuid"):
            yield f"{name}: its first column is not tenant_id uuid NOT NULL"


def _keys(connection: Connection) -> Iterator[str]:
    rows = connection.execute(
        "SELECT c.relname, i.indexrelid::regclass::text, i.indisprimary, a.attname FROM pg_index i "
        "JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
        "LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] "
        f"WHERE i.indisunique AND c.relkind IN ('r', 'p') AND {_OURS}"
    ).fetchall()
    primary = {table for table, _, is_primary, _ in rows if is_primary}
    for table, index, _, column in rows:
        if _is_scoped(table) and column != "tenant_id":
            yield f"{table}: unique index {index} does not begin with tenant_id"
    for _, table, *_ in _all_tables(connection):
        if table not in primary:
            yield f"{table}: no primary key"


def _foreign_keys(connection: Connection) -> Iterator[str]:
    rows = connection.execute(
        "SELECT c.relname, k.conname, a.attname, f.attname, k.confdeltype, k.confupdtype FROM pg_constraint k "
        "JOIN pg_class c ON c.oid = k.conrelid "
        "JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1] "
        "JOIN pg_attribute f ON f.attrelid = k.confrelid AND f.attnum = k.confkey[1] WHERE k.contype = 'f'"
    ).fetchall()
    for table, name, column, target, on_delete, on_update in rows:
        if not _is_scoped(table):
            continue
        if (column, target) != ("tenant_id", "tenant_id"):
            yield f"{table}: foreign key {name} does not begin with tenant_id on both sides"
        if {_letter(on_delete), _letter(on_update)} & {"n", "d"}:
            yield f"{table}: foreign key {name} would set tenant_id to NULL"


def _grants(connection: Connection) -> Iterator[str]:
    rows = connection.execute(
        "SELECT c.relname, c.relkind, array_agg(DISTINCT x.privilege_type) FROM pg_class c "
        "JOIN pg_namespace n ON n.oid = c.relnamespace, "
        "LATERAL (SELECT c.relacl AS acl UNION ALL SELECT attacl FROM pg_attribute WHERE attrelid = c.oid) l, "
        f"LATERAL aclexplode(l.acl) x WHERE {_OURS} AND x.grantee IN (0, %s::regrole) GROUP BY 1, 2",
        [APP],
    ).fetchall()
    for name, kind, rights in rows:
        allowed = {"SELECT", "INSERT", "UPDATE", "DELETE"}
        if name in INSERT_ONLY:
            allowed = {"SELECT", "INSERT"}
        elif name == "alembic_version":
            allowed = {"SELECT"}
        elif _letter(kind) == "S":
            allowed = {"USAGE", "SELECT"}
        if beyond := set(rights) - allowed:
            yield f"{name}: the application may {', '.join(sorted(beyond))}"
    for name, privilege in connection.execute(
        "SELECT n.nspname, 'CREATE' FROM pg_namespace n WHERE has_schema_privilege(%s, n.oid, 'CREATE') "
        "UNION ALL SELECT current_database(), p FROM unnest(ARRAY['CREATE', 'TEMPORARY']) p "
        "WHERE has_database_privilege(%s, current_database(), p)",
        [APP, APP],
    ).fetchall():
        yield f"{name}: the application may {privilege}"


def _role(connection: Connection) -> Iterator[str]:
    (attributes,) = connection.execute(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles WHERE rolname = %s",
        [APP],
    ).fetchall()
    if any(attributes):
        yield "the application role is mightier than it needs to be"
    for (group,) in connection.execute(
        "SELECT roleid::regrole::text FROM pg_auth_members WHERE member = %s::regrole", [APP]
    ).fetchall():
        yield f"the application role is a member of {group}"
    for kind, name in connection.execute(
        "SELECT 'relation', relname FROM pg_class WHERE relowner = %(app)s::regrole UNION ALL "
        "SELECT 'function', proname FROM pg_proc WHERE proowner = %(app)s::regrole UNION ALL "
        "SELECT 'schema', nspname FROM pg_namespace WHERE nspowner = %(app)s::regrole UNION ALL "
        "SELECT 'database', datname FROM pg_database WHERE datdba = %(app)s::regrole",
        {"app": APP},
    ).fetchall():
        yield f"the application role owns the {kind} {name}"


def _functions_and_views(connection: Connection) -> Iterator[str]:
    for name, definer, leakproof in connection.execute(
        "SELECT p.proname, p.prosecdef, p.proleakproof FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
        f"WHERE {_OURS} AND (p.prosecdef OR p.proleakproof)"
    ).fetchall():
        if definer and name not in SECURITY_DEFINER_ALLOWED:
            yield f"{name}(): SECURITY DEFINER steps around row-level security"
        if leakproof:
            yield f"{name}(): LEAKPROOF runs before the policies"
    for name, kind, options in connection.execute(
        "SELECT c.relname, c.relkind, coalesce(c.reloptions, '{}') FROM pg_class c "
        f"JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('v', 'm') AND {_OURS}"
    ).fetchall():
        if _letter(kind) == "m":
            yield f"{name}: a materialised view holds rows of all sides"
        elif "security_invoker=true" not in options:
            yield f"{name}: the view reads with its owner's rights"
    for (name,) in connection.execute("SELECT extname FROM pg_extension").fetchall():
        if name not in EXTENSIONS_ALLOWED:
            yield f"extension {name}: PostgreSQL alone has to do"


def _letter(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value

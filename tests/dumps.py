"""What a thief of the database would read."""

from catalog_findings import as_admin
from psycopg import sql

from frontdesk_tenants.embedded import PostgresAddresses


def dumped(addresses: PostgresAddresses) -> dict[str, str]:
    """Every row of every table, and what is binary in it as text too."""
    with as_admin(addresses) as admin:
        tables = admin.execute(
            "SELECT table_name::text, array_agg(column_name::text) FILTER (WHERE data_type = 'bytea') "
            "FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name) "
            "WHERE table_schema = 'public' AND table_type = 'BASE TABLE' GROUP BY 1"
        ).fetchall()
        found = {}
        for table, binary in tables:
            escaped = [sql.SQL("encode({}, 'escape')").format(sql.Identifier(each)) for each in binary or ()]
            shown = sql.SQL(", ").join([sql.SQL("t::text"), *escaped])
            rows = admin.execute(sql.SQL("SELECT {} FROM {} t").format(shown, sql.Identifier(table)))
            found[table] = "\n".join(str(part) for row in rows for part in row)
    assert found["customers"]
    return found

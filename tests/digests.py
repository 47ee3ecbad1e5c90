"""What every side's rows are, in a few bytes: so that a test can say that nothing of a side has changed."""

from collections.abc import Iterable
from uuid import UUID

from catalog_findings import Connection, as_admin, scoped_tables
from psycopg import sql

from frontdesk_tenants.embedded import PostgresAddresses

Digests = dict[tuple[str, UUID], str]
"""By table and side."""

# A sum knows no order, so that nothing has to be sorted.
_DIGEST = (
    "SELECT {name}, {side}, concat(count(*), ':', sum(hashtextextended(t::text, 0))) "
    "FROM {table} t WHERE (%(sides)s::uuid[] IS NULL OR {side} = ANY(%(sides)s)) "
    "AND (%(strangers)s::uuid[] IS NULL OR ({side} <> ALL(%(strangers)s)) IS NOT FALSE) GROUP BY 2"
)


def digests(
    addresses: PostgresAddresses,
    ignored: Iterable[str] = (),
    sides: Iterable[UUID] | None = None,
    strangers: Iterable[UUID] = (),
) -> Digests:
    """A digest of the rows of each side in each table, of all sides or of some; `ignored` names tables.

    `strangers` are sides that other tests have left behind: what they hold need not be read again and again.
    """
    values = {"sides": None if sides is None else list(sides), "strangers": list(strangers) or None}
    with as_admin(addresses) as connection:
        rows = connection.execute(_statement(connection, ignored), values).fetchall()
    return {(table, side): digest for table, side, digest in rows}


def known_sides(addresses: PostgresAddresses) -> frozenset[UUID]:
    """All sides that there are now."""
    with as_admin(addresses) as connection:
        return frozenset(side for (side,) in connection.execute("SELECT tenant_id FROM firms").fetchall())


def changed(before: Digests, after: Digests, side: UUID | None = None) -> set[str]:
    """The tables whose rows differ, of one side or of all."""
    keys = before.keys() | after.keys()
    return {table for table, of in keys if side in (None, of) and before.get((table, of)) != after.get((table, of))}


def _statement(connection: Connection, ignored: Iterable[str]) -> sql.Composed:
    return sql.SQL(" UNION ALL ").join(
        sql.SQL(_DIGEST).format(name=table, side=sql.SQL(column), table=sql.Identifier(table))
        for table, column in _sources(connection)
        if table not in ignored
    )


def _sources(connection: Connection) -> list[tuple[str, str]]:
    return [
        *((table, "tenant_id") for table in scoped_tables(connection)),
        ("firms", "tenant_id"),
        ("due", "tenant_id"),
        ("procrastinate_jobs", "(args->>'tenant_id')::uuid"),
    ]


class Watch:
    """One side's rows, looked at again and again: one statement over one connection each time."""

    def __init__(self, connection: Connection, side: UUID) -> None:
        self._connection = connection
        self._side = {"sides": [side], "strangers": None}
        self._statement = _statement(connection, ())

    def tables(self) -> dict[str, str]:
        """A digest of the side's rows by table."""
        rows = self._connection.execute(self._statement, self._side).fetchall()
        self._connection.rollback()
        return {table: digest for table, _side, digest in rows}

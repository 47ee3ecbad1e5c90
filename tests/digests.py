"""What every side's rows are, in a few bytes: so that a test can say that nothing of a side has changed."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import psycopg
from catalog_findings import Connection, as_admin, scoped_tables
from psycopg import sql

from frontdesk_tenants.embedded import PostgresAddresses

Digests = dict[tuple[str, UUID], str]
"""By table and side."""

_WHOSE = (
    "WHERE ({sides}::uuid[] IS NULL OR {side} = ANY({sides})) "
    "AND ({strangers}::uuid[] IS NULL OR ({side} <> ALL({strangers})) IS NOT FALSE)"
)
# Sums know no order, so that nothing has to be sorted. Whatever writes a row gives it another place and transaction.
_PLACES = "SELECT {name}, concat(count(*), ':', sum(hashtidextended(ctid, xmin::text::bigint))) FROM {table} " + _WHOSE
_ROWS = (
    "SELECT {name}, {side}, concat(count(*), ':', sum(hashtextextended(t::text, 0))) FROM {table} t "
    f"{_WHOSE} GROUP BY 2"
)

_SEEN = b"SELECT pg_current_snapshot()::text"


class Watch:
    """Rows that are looked at again and again over one connection, of all sides or of some.

    `strangers` are sides that other tests have left behind: what they hold need not be read. Only tables that were
    written to since the last look are read anew, and none where no transaction has ended since, so that a look costs
    little where nothing happens.
    """

    def __init__(
        self, connection: Connection, sides: Iterable[UUID] | None = None, strangers: Iterable[UUID] = ()
    ) -> None:
        self._connection = connection
        self._whose = {
            "sides": sql.Literal(None if sides is None else list(sides)),
            "strangers": sql.Literal(list(strangers) or None),
        }
        self._sources = {
            # What is asked for is noted, whatever comes of it.
            **dict.fromkeys((each for each in scoped_tables(connection) if each != "request_log"), "tenant_id"),
            "firms": "tenant_id",
            "due": "tenant_id",
            "procrastinate_jobs": "(args->>'tenant_id')::uuid",
        }
        self._question = self._union(_PLACES, self._sources)
        self._seen = ""
        self._places: dict[str, str] = {}
        self._digests: dict[str, dict[UUID, str]] = {}

    def digests(self) -> Digests:
        """A digest of the rows of each side in each table."""
        # The same transactions are seen as at the last look: so are the same rows.
        seen = str(self._answered(_SEEN)[0][0])
        if seen != self._seen:
            self._look()
            self._seen = seen
        return {(table, side): digest for table, of in self._digests.items() for side, digest in of.items()}

    def _look(self) -> None:
        places = dict(self._answered(self._question))
        moved = [table for table, place in places.items() if self._places.get(table) != place]
        self._digests |= {table: {} for table in moved}
        for table, side, digest in self._answered(self._union(_ROWS, moved)) if moved else ():
            self._digests[table][side] = digest
        self._places = places

    def tables(self) -> dict[str, str]:
        """A digest of the rows of one side by table."""
        return {table: digest for (table, _side), digest in self.digests().items()}

    def _union(self, question: str, tables: Iterable[str]) -> bytes:
        # As it is sent: to put it together costs more than the answer.
        return (
            sql.SQL(" UNION ALL ")
            .join(
                sql.SQL(question).format(
                    name=each, side=sql.SQL(self._sources[each]), table=sql.Identifier(each), **self._whose
                )
                for each in tables
            )
            .as_bytes(self._connection)
        )

    def _answered(self, question: bytes) -> list[tuple[Any, ...]]:
        rows = self._connection.execute(question, prepare=question is self._question).fetchall()
        if not self._connection.autocommit:
            self._connection.rollback()
        return rows


_kept: dict[str, Any] = {}
"""The last watch and its connection: most looks are at what was looked at before."""


def digests(
    addresses: PostgresAddresses,
    ignored: Iterable[str] = (),
    sides: Iterable[UUID] | None = None,
    strangers: Iterable[UUID] = (),
) -> Digests:
    """A digest of the rows of each side in each table, of all sides or of some; `ignored` names tables.

    `strangers` are as `Watch` has them.
    """
    whose = (None if sides is None else frozenset(sides), frozenset(strangers))
    try:
        found = _watch(addresses, *whose).digests()
    except psycopg.OperationalError:
        # Somebody has sent all connections away meanwhile.
        _let_go()
        found = _watch(addresses, *whose).digests()
    return {(table, side): digest for (table, side), digest in found.items() if table not in set(ignored)}


def _watch(addresses: PostgresAddresses, sides: frozenset[UUID] | None, strangers: frozenset[UUID]) -> Watch:
    if _kept.get("url") != addresses.app_url:
        _let_go()
        connection = as_admin(addresses)
        # Between looks it stands in nobody's way.
        connection.autocommit = True
        _kept.update(url=addresses.app_url, connection=connection)
    if _kept.get("whose") != (sides, strangers):
        _kept.update(whose=(sides, strangers), watch=Watch(_kept["connection"], sides, strangers))
    watch: Watch = _kept["watch"]
    return watch


def _let_go() -> None:
    if "connection" in _kept:
        _kept["connection"].close()
    _kept.clear()


def known_sides(addresses: PostgresAddresses) -> frozenset[UUID]:
    """All sides that there are now."""
    with as_admin(addresses) as connection:
        return frozenset(side for (side,) in connection.execute("SELECT tenant_id FROM firms").fetchall())


def changed(before: Digests, after: Digests, side: UUID | None = None) -> set[str]:
    """The tables whose rows differ, of one side or of all."""
    keys = before.keys() | after.keys()
    return {table for table, of in keys if side in (None, of) and before.get((table, of)) != after.get((table, of))}

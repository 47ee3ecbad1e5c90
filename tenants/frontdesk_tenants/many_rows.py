"""Many rows in one statement: they travel as one JSON text, and PostgreSQL takes it apart.

So the number of rows does not count in messages to PostgreSQL and back, which is most of what writing a row takes.
Pipelines would do the same, but for what `database._one_by_one` says of them.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import ARRAY, ColumnElement, Table, Text, any_, bindparam, column, func, select
from sqlalchemy.dialects.postgresql import JSON, Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection

AT_ONCE = 500
"""Rows of one statement at most: it has to end within the time that statements have."""
ROWS = "many_rows"


async def insert_rows(connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same columns. A value is whatever msgspec can encode, a body the struct itself."""
    if rows:
        await send_rows(connection, inserting(table, tuple(rows[0])), rows)


async def send_rows(connection: AsyncConnection, statement: Insert, rows: Sequence[Mapping[str, Any]]) -> None:
    """Execute what `inserting` made, perhaps with an `ON CONFLICT` of its own. No row may come twice."""
    for start in range(0, len(rows), AT_ONCE):
        await connection.execute(statement, {ROWS: msgspec.json.encode(rows[start : start + AT_ONCE]).decode()})


@cache
def inserting(table: Table, names: tuple[str, ...]) -> Insert:
    """An insert of the named columns, whose rows are given when it is executed."""
    sent = (
        func.json_to_recordset(bindparam(ROWS, type_=JSON))
        .table_valued(*(column(name, table.c[name].type) for name in names), name="sent")
        .render_derived(with_types=True)
    )
    return insert(table).from_select(names, select(*sent.c))


def among(column: ColumnElement[Any], ids: Sequence[str]) -> ColumnElement[bool]:
    """Whether a column of text is one of `ids`. One statement, and one plan of it, for however many there are."""
    return column == any_(bindparam(None, list(ids), type_=ARRAY(Text), unique=True))

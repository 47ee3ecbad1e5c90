"""A page of a list of objects, and how a list asks for those that it is about."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, false, select, text, true, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk_tenants.listings.by_id import TABLES, Kind
from frontdesk_tenants.paging import Cursor, NoSuchCursor, Page, Span, plausible, within


async def page_of(connection: AsyncConnection, kind: Kind, cursor: Cursor, wanted: Sequence[Any]) -> Page[Any]:
    """The objects of a kind of which all that is `wanted` holds. Raises NoSuchCursor."""
    table = TABLES[kind]
    conditions = [true(), *wanted, within(table.c.created, cursor.created)]
    place = tuple_(table.c.created, table.c.id)
    backwards = cursor.ending_before is not None
    if cursor.ending_before is not None:
        conditions.append(place > await _place(connection, table, "ending_before", cursor.ending_before))
    if cursor.starting_after is not None:
        conditions.append(place < await _place(connection, table, "starting_after", cursor.starting_after))
    order = (table.c.created.asc(), table.c.id.asc()) if backwards else (table.c.created.desc(), table.c.id.desc())
    question = select(table.c.body).where(and_(*conditions)).order_by(*order).limit(cursor.limit + 1)
    found = (await connection.scalars(question)).all()
    shown = tuple(found[: cursor.limit])
    return Page(tuple(reversed(shown)) if backwards else shown, len(found) > cursor.limit)


async def _place(connection: AsyncConnection, table: Table, param: str, id_: str) -> Any:
    row = None
    if plausible(id_):
        row = (await connection.execute(select(table.c.created).where(table.c.id == id_))).one_or_none()
    if row is None:
        raise NoSuchCursor(param, id_)
    return tuple_(row.created, id_)


def equal(column: ColumnElement[Any], value: object) -> ColumnElement[bool]:
    """What a column holds; None asks for nothing. Text that no column could hold is held by none."""
    if value is None:
        return true()
    if isinstance(value, str) and not plausible(value):
        return false()
    return column == value


def said(name: str, value: str) -> Any:
    """What the body says of one field. Text that no column could hold is said by none."""
    place = f"said_{name}"
    return text(f"body->>'{name}' = :{place}").bindparams(**{place: value}) if plausible(value) else false()


def instants(expression: str, name: str, span: Span | None) -> list[Any]:
    """Within which bounds the instant lies that an SQL expression gives. `name` tells its parameters from others'."""
    if span is None:
        return []
    signs = {"gt": (">", span.gt), "gte": (">=", span.gte), "lt": ("<", span.lt), "lte": ("<=", span.lte)}
    return [
        text(f"{expression} {sign} :{name}_{key}").bindparams(**{f"{name}_{key}": bound})
        for key, (sign, bound) in signs.items()
        if bound is not None
    ]

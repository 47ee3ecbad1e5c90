"""Changing the master key while everybody goes on working (trust.md B29).

Every sealed secret is sealed anew with the key in use, a batch at a time, each batch in a transaction of its own. So it
can be cut off anywhere and begun again, and rows that somebody holds are come back to. The columns are those that
`tables` declares as sealed.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, LargeBinary, Table, func, literal_column, select, tuple_, type_coerce, update

from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.tables import firms, metadata
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_tenants.vault import KEY_ID_BYTES, SecretUnreadable, place_of

BATCH = 100
PASSES = 5
"""How often rows are come back to that somebody held, or sealed with an old key meanwhile."""
# Written out, since PostgreSQL groups by equal expressions and not by equal parameters.
_ONE: ColumnElement[int] = literal_column("1")
_ID_LENGTH: ColumnElement[int] = literal_column(str(KEY_ID_BYTES))


class SealedColumn(Struct, frozen=True):
    """A column of sealed secrets; `row` is the column that names a secret's place."""

    table: Table
    name: str
    row: str

    def key_id(self) -> ColumnElement[bytes]:
        """The id of the key that a row's secret is sealed with, as SQL."""
        return type_coerce(func.substr(self.table.c[self.name], _ONE, _ID_LENGTH), LargeBinary)


class Unreadable(Struct, frozen=True, kw_only=True):
    """A secret that no key of ours opens."""

    tenant_id: UUID
    place: str


class Outcome(Struct, frozen=True, kw_only=True):
    """What a rotation has done. `waiting` are secrets of other keys that somebody held all the time."""

    resealed: int
    unreadable: tuple[Unreadable, ...]
    waiting: int


def sealed_columns() -> tuple[SealedColumn, ...]:
    """Every column that holds sealed secrets."""
    return tuple(
        SealedColumn(table, column.name, column.info["row"])
        for table in metadata.sorted_tables
        for column in table.columns
        if "row" in column.info
    )


async def rotate(tenancy: Tenancy, tell: Callable[[int], None] = lambda resealed: None) -> Outcome:
    """Seal everything with the key in use. `tell` hears after each batch how many secrets that makes.

    Secrets that no key opens are left as they are and named. Run it when every process has the new key in front:
    one that still seals with an old key leaves something for the next run.
    """
    resealed = 0
    unreadable: dict[Unreadable, None] = {}
    for _ in range(PASSES):
        before = resealed
        for tenant_id in await _all_sides(tenancy):
            for sealed in sealed_columns():
                async for moved, lost in _batches(tenancy, tenant_id, sealed):
                    resealed += moved
                    unreadable.update(dict.fromkeys(lost))
                    tell(resealed)
        if resealed == before:
            break
    left = sum((await count_by_key(tenancy)).values(), Counter[bytes]())
    others = left.total() - left[tenancy.vault.key_ids[0]]
    return Outcome(resealed=resealed, unreadable=tuple(unreadable), waiting=others - len(unreadable))


async def count_by_key(tenancy: Tenancy) -> dict[str, Counter[bytes]]:
    """How many secrets are sealed with which key, by `table.column`."""
    found: dict[str, Counter[bytes]] = {}
    for sealed in sealed_columns():
        counts = found.setdefault(f"{sealed.table.name}.{sealed.name}", Counter())
        question = (
            select(sealed.key_id(), func.count())
            .where(sealed.table.c[sealed.name].is_not(None))
            .group_by(sealed.key_id())
        )
        for tenant_id in await _all_sides(tenancy):
            async with tenancy.database.side(tenant_id) as connection:
                counts.update({bytes(key): number for key, number in await connection.execute(question)})
    return found


async def _batches(
    tenancy: Tenancy, tenant_id: UUID, sealed: SealedColumn
) -> AsyncIterator[tuple[int, list[Unreadable]]]:
    """Go once through a side's secrets of other keys; says how many were sealed anew, and which cannot be read."""
    vault, column, key = tenancy.vault, sealed.table.c[sealed.name], tuple(sealed.table.primary_key.columns)
    question = (
        select(*key, sealed.table.c[sealed.row].label("row"), column.label("sealed"))
        .where(column.is_not(None), sealed.key_id() != vault.key_ids[0])
        .order_by(*key)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    last: tuple[Any, ...] | None = None
    while True:
        further = () if last is None else (tuple_(*key) > tuple_(*last),)
        async with tenancy.database.side(tenant_id) as connection:
            rows = (await connection.execute(question.where(*further))).all()
            lost = []
            for row in rows:
                last, place = tuple(row[: len(key)]), place_of(column, row.row)
                try:
                    value = vault.reseal(bytes(row.sealed), tenant_id, place)
                except SecretUnreadable:
                    lost.append(Unreadable(tenant_id=tenant_id, place=place))
                    continue
                own = (each == part for each, part in zip(key, last, strict=True))
                await connection.execute(update(sealed.table).where(*own).values({column: value}))
        if not rows:
            return
        yield len(rows) - len(lost), lost


async def _all_sides(tenancy: Tenancy) -> tuple[UUID, ...]:
    async with tenancy.database.unscoped() as connection:
        return HOUSE, *(await connection.scalars(select(firms.c.tenant_id).order_by(firms.c.tenant_id))).all()

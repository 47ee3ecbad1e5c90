"""What others are told of a side's changes: written in the transaction of the change, read a page at a time.

A row names the entry of the audit that holds the object as it was and as it became, so that telling costs little while
it happens; what it looks like to outsiders is worked out when somebody asks, and kept once somebody was told.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import Select, and_, exists, func, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.happenings import Happening, happenings_of
from frontdesk.ids import IdSource
from frontdesk.webhook_endpoints import FORGOTTEN_AFTER
from frontdesk_tenants.many_rows import ROWS, inserting
from frontdesk_tenants.paging import Cursor, NoSuchCursor, Page, plausible, within
from frontdesk_tenants.tables import (
    audit,
    happening_bodies,
    happenings,
    idempotency_keys,
    untold,
    webhook_deliveries,
    webhook_endpoints,
)

_COLUMNS = (
    *("tenant_id", "id", "kind", "act", "object", "part", "audit", "before", "after"),
    *("request_id", "idempotency_key", "created"),
)


class Telling(Struct, frozen=True, kw_only=True):
    """A happening with where the object is to be found as it was and became: an entry of the audit, or both here."""

    what: Happening
    audit: str | None = None
    before: Any = None
    after: Any = None


class Told(Struct, frozen=True, kw_only=True):
    """A happening as it is stored. `before` and `after` are JSON; `body` is what it looked like when first told."""

    id: str
    number: int
    kind: str
    act: str
    object: str
    part: str | None
    before: str | None
    after: str | None
    request_id: str | None
    idempotency_key: str | None
    created: datetime
    body: str | None


async def tell(
    connection: AsyncConnection,
    tenant_id: UUID,
    tellings: Sequence[Telling],
    now: datetime,
    request_id: str | None = None,
) -> None:
    """Write down what others are told, in the transaction that causes it.

    `request_id` is that of the API's request that did it; its idempotency key, if it has one, was claimed before.
    """
    if not tellings:
        return
    key = None
    if request_id is not None:
        key = await connection.scalar(
            select(idempotency_keys.c.key).where(idempotency_keys.c.request_id == request_id).limit(1)
        )
    ids = IdSource(now)
    rows = [
        {
            "tenant_id": tenant_id,
            "id": ids("evt"),
            "kind": each.what.kind,
            "act": each.what.act,
            "object": each.what.object,
            "part": each.what.part,
            "audit": each.audit,
            "before": each.before,
            "after": each.after,
            "request_id": request_id,
            "idempotency_key": key,
            "created": now,
        }
        for each in tellings
    ]
    written = inserting(happenings, _COLUMNS).returning(happenings.c.tenant_id, happenings.c.id).cte("written")
    listening = exists().where(webhook_endpoints.c.enabled)
    waiting = select(written.c.tenant_id, written.c.id, func.frontdesk_now()).where(listening)
    statement = insert(untold).from_select(["tenant_id", "id", "wake_at"], waiting)
    await connection.execute(statement, {ROWS: msgspec.json.encode(rows).decode()})


async def tell_changes(
    connection: AsyncConnection,
    tenant_id: UUID,
    changes: Iterable[tuple[Any, Any]],
    now: datetime,
    request_id: str | None = None,
) -> None:
    """Tell what became of objects that have no entry in the audit of their own: each as it was and as it became."""
    tellings = [
        Telling(what=each, before=before, after=after)
        for before, after in changes
        for each in happenings_of(before, after)
    ]
    await tell(connection, tenant_id, tellings, now, request_id)


async def tell_once(connection: AsyncConnection, tenant_id: UUID, telling: Telling, now: datetime) -> None:
    """Tell something that may happen again and again, such as looking at a page: once for its object and part."""
    what, columns = telling.what, happenings.c
    before = select(columns.id).where(
        columns.kind == what.kind, columns.act == what.act, columns.object == what.object, columns.part == what.part
    )
    if await connection.scalar(before.limit(1)) is None:
        await tell(connection, tenant_id, (telling,), now)


async def find(connection: AsyncConnection, id_: str) -> Told | None:
    """The happening with this id, of the last thirty days, or None."""
    return next(iter(await find_all(connection, (id_,))), None)


async def find_all(connection: AsyncConnection, ids: Collection[str]) -> tuple[Told, ...]:
    """The happenings with these ids, in the order in which they were written down."""
    wanted = [each for each in ids if plausible(each)]
    rows = await connection.execute(_question().where(happenings.c.id.in_(wanted)).order_by(happenings.c.number))
    return tuple(Told(**row._mapping) for row in rows)


async def page(
    connection: AsyncConnection,
    cursor: Cursor,
    *,
    kinds: Collection[tuple[str, str]] | None = None,
    delivered: bool | None = None,
) -> Page[Told]:
    """Happenings of the last thirty days, newest first; `kinds` are (kind, act). `delivered`: whether every endpoint
    that was to be told has been.

    Raises:
        NoSuchCursor: the one that the page is to begin next to is not there.
    """
    columns = happenings.c
    wanted: list[Any] = []
    if kinds is not None:
        wanted.append(tuple_(columns.kind, columns.act).in_(list(kinds)))
    if delivered is not None:
        missing = exists().where(
            webhook_deliveries.c.happening == columns.id, webhook_deliveries.c.state != "delivered"
        )
        wanted.append(~missing if delivered else missing)
    wanted.append(within(columns.created, cursor.created))
    backwards = cursor.ending_before is not None
    if cursor.ending_before is not None:
        wanted.append(columns.number > await _number(connection, "ending_before", cursor.ending_before))
    if cursor.starting_after is not None:
        wanted.append(columns.number < await _number(connection, "starting_after", cursor.starting_after))
    order = columns.number.asc() if backwards else columns.number.desc()
    rows = await connection.execute(_question().where(and_(*wanted)).order_by(order).limit(cursor.limit + 1))
    found = [Told(**row._mapping) for row in rows]
    shown = found[: cursor.limit]
    return Page(tuple(reversed(shown)) if backwards else tuple(shown), len(found) > cursor.limit)


async def keep_bodies(
    connection: AsyncConnection, tenant_id: UUID, bodies: Sequence[tuple[Told, Any]], now: datetime
) -> None:
    """Keep what happenings look like. What is kept already stays as it is."""
    rows = [
        {"tenant_id": tenant_id, "happening": told.id, "created": now, "body": body}
        for told, body in bodies
        if told.body is None
    ]
    if rows:
        statement = inserting(happening_bodies, tuple(rows[0])).on_conflict_do_nothing()
        await connection.execute(statement, {ROWS: msgspec.json.encode(rows).decode()})


async def _number(connection: AsyncConnection, param: str, id_: str) -> int:
    found = None
    if plausible(id_):
        found = await connection.scalar(select(happenings.c.number).where(happenings.c.id == id_, _YOUNG))
    if found is None:
        raise NoSuchCursor(param, id_)
    return int(found)


_YOUNG = happenings.c.created > func.frontdesk_now() - text(f"interval '{FORGOTTEN_AFTER.days} days'")


def _question() -> Select[Any]:
    entry = (audit.c.tenant_id == happenings.c.tenant_id) & (audit.c.id == happenings.c.audit)
    kept = (happening_bodies.c.tenant_id == happenings.c.tenant_id) & (happening_bodies.c.happening == happenings.c.id)
    plain = ("id", "number", "kind", "act", "object", "part", "request_id", "idempotency_key", "created")
    return (
        select(
            *(happenings.c[name] for name in plain),
            func.coalesce(audit.c.before, happenings.c.before).label("before"),
            func.coalesce(audit.c.after, happenings.c.after).label("after"),
            happening_bodies.c.body.label("body"),
        )
        .select_from(happenings.outerjoin(audit, entry).outerjoin(happening_bodies, kept))
        .where(_YOUNG)
    )

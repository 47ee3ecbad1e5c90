"""What happened to one customer, from the audit: who did what, newest first.

An act writes one entry for each thing that it changed; here those of one act are together again.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Row, desc, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk_tenants.tables import audit

ENTRIES_AT_MOST = 200
"""Entries that are read for a history: an act rarely writes more than five."""
THINGS_AT_MOST = 500
_THINGS = """
    SELECT :customer AS id
    UNION ALL (SELECT id FROM subscriptions WHERE customer = :customer ORDER BY created DESC LIMIT :most)
    UNION ALL (SELECT id FROM invoices WHERE customer = :customer ORDER BY created DESC LIMIT :most)
"""


class Touched(Struct, frozen=True, kw_only=True):
    """A thing that an act changed: its snapshot before and after, as it was written; None where there was none."""

    id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class Act(Struct, frozen=True, kw_only=True):
    """One act. `actor` is a staff id, an API key's id, a session's public id or a worker's name."""

    at: datetime
    actor_kind: str
    actor: str
    action: str
    touched: tuple[Touched, ...]


async def read_history(connection: AsyncConnection, customer: str, limit: int = 20) -> tuple[Act, ...]:
    """The newest acts that touched a customer, its subscriptions or its invoices."""
    things = (await connection.scalars(text(_THINGS), {"customer": customer, "most": THINGS_AT_MOST})).all()
    rows = await connection.execute(
        select(audit)
        .where(audit.c.object.in_(things))
        # An account's clock counts whole seconds and other acts have parts of them: within one, only the order of
        # writing tells what came first.
        .order_by(desc(func.date_trunc("second", audit.c.at)), desc(audit.c.number))
        .limit(ENTRIES_AT_MOST)
    )
    return tuple(_acts(rows.all()))[:limit]


def _acts(rows: Iterable[Row[Any]]) -> Iterator[Act]:
    """Entries of one act share all of this. They need not stand together: an account's clock counts whole seconds."""
    acts: dict[tuple[Any, ...], list[Row[Any]]] = {}
    for row in rows:
        acts.setdefault((row.at, row.actor_kind, row.actor, row.action, row.request_id), []).append(row)
    for (at, kind, actor, action, _), entries in acts.items():
        yield Act(at=at, actor_kind=kind, actor=actor, action=action, touched=tuple(map(_touched, entries)))


def _touched(row: Row[Any]) -> Touched:
    return Touched(id=row.object, before=_snapshot(row.before), after=_snapshot(row.after))


def _snapshot(stored: str | None) -> dict[str, Any] | None:
    found = None if stored is None else msgspec.json.decode(stored)
    return found if isinstance(found, dict) else None

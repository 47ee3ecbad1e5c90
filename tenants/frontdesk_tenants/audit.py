"""Who did what, with before and after, written in the transaction that does it. Rows are added, never changed.

What others are told of it hangs on the same entry: whatever is recorded with its snapshots is also told (`happenings`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import Invoice
from frontdesk.desk import Actor
from frontdesk.events import Event
from frontdesk.happenings import happenings_of, happenings_told_by
from frontdesk.ids import IdSource
from frontdesk_tenants.happenings import Telling, tell
from frontdesk_tenants.many_rows import insert_rows
from frontdesk_tenants.tables import audit


async def record(
    connection: AsyncConnection,
    tenant_id: UUID,
    *,
    actor: Actor,
    action: str,
    object_id: str,
    now: datetime,
    before: Any = None,
    after: Any = None,
    request_id: str | None = None,
) -> None:
    """Add one entry. `before` and `after` are what msgspec can encode; None where there was or is nothing."""
    await record_all(connection, tenant_id, actor, action, ((object_id, before, after),), now, request_id)


async def record_object(
    connection: AsyncConnection,
    tenant_id: UUID,
    before: Any,
    after: Any,
    *,
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
    action: str | None = None,
) -> None:
    """Add the entry of one object with an id, as it was and is; None where it was not yet, or is no more.

    Without an `action` it is named by what became of the object: `CreateMeter`, `ChangeMeter`, `DeleteMeter`.
    """
    present = before if after is None else after
    became = "Create" if before is None else "Delete" if after is None else "Change"
    await record(
        connection,
        tenant_id,
        actor=actor,
        action=action or became + type(present).__name__,
        object_id=present.id,
        now=now,
        before=before,
        after=after,
        request_id=request_id,
    )


async def record_all(
    connection: AsyncConnection,
    tenant_id: UUID,
    actor: Actor,
    action: str,
    objects: tuple[tuple[str, Any, Any], ...],
    now: datetime,
    request_id: str | None,
    events: Sequence[Event] = (),
    foreseen: Sequence[Invoice] = (),
) -> None:
    """Add one entry for each (object id, before, after) of one action, and tell what came of it and of its `events`.

    What is `foreseen` is told of, and leaves no entry.
    """
    ids = IdSource(now)
    rows = [
        {
            "tenant_id": tenant_id,
            "id": ids("aud"),
            "at": now,
            "actor_kind": actor.kind,
            "actor": actor.id,
            "action": action,
            "object": object_id,
            "before": before,
            "after": after,
            "request_id": request_id,
        }
        for object_id, before, after in objects
    ]
    await insert_rows(connection, audit, rows)
    entries = {row["object"]: str(row["id"]) for row in rows}
    snapshots = {id_: before if after is None else after for id_, before, after in objects}
    to_come = {each.id: each for each in foreseen}
    tellings = [
        Telling(what=each, audit=entries[id_])
        for id_, before, after in objects
        for each in happenings_of(before, after)
    ]
    tellings += [
        Telling(what=each, audit=entries.get(each.object), after=to_come.get(each.object))
        for event in events
        for each in happenings_told_by(event, snapshots)
    ]
    await tell(connection, tenant_id, tellings, now, request_id if actor.kind == "api" else None)

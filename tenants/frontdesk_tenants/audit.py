"""Who did what, with before and after, written in the transaction that does it. Rows are added, never changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.desk import Actor
from frontdesk.ids import IdSource
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


async def record_all(
    connection: AsyncConnection,
    tenant_id: UUID,
    actor: Actor,
    action: str,
    objects: tuple[tuple[str, Any, Any], ...],
    now: datetime,
    request_id: str | None,
) -> None:
    """Add one entry for each (object id, before, after) of one action."""
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

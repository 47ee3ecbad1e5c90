"""What happened on a side lately: the newest events of some kinds, each with its customer."""

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk_tenants.side_lists import Owner

LOOKED_AT = 200
"""How many of the newest events are looked at, of whatever kind: a side with many is told of few, and as quickly."""
_NEWEST = text(
    """
    SELECT e.kind, e.created, c.id, c.body ->> 'name' AS name, c.body ->> 'email' AS email
    FROM (SELECT tenant_id, id, kind, created, customer FROM events ORDER BY created DESC, id DESC LIMIT :most) e
    JOIN customers c ON c.tenant_id = e.tenant_id AND c.id = e.customer
    WHERE e.kind = ANY(:kinds)
    ORDER BY e.created DESC, e.id DESC
    LIMIT :limit
    """
)


class Happened(Struct, frozen=True, kw_only=True):
    """An event: when, of which kind (the tag of `frontdesk.events`), and to whom."""

    at: datetime
    kind: str
    customer: Owner


async def read_lately(connection: AsyncConnection, kinds: Collection[str], limit: int = 8) -> tuple[Happened, ...]:
    """The newest of these kinds, newest first, on the side whose transaction this is."""
    rows = await connection.execute(_NEWEST, {"most": LOOKED_AT, "kinds": sorted(kinds), "limit": limit})
    return tuple(
        Happened(at=row.created, kind=row.kind, customer=Owner(id=row.id, name=row.name, email=row.email))
        for row in rows
    )

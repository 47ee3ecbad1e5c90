"""The sessions in which somebody can see one customer's pages now, for staff to look at and to end."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk_tenants.sessions import LIVE, Source

# A session by login link may switch to every customer of its address, so it counts for all of them.
_OF_CUSTOMER = """
    SELECT s.hash, s.id, s.source, s.created, s.last_seen
    FROM sessions s
    JOIN customers c ON c.tenant_id = s.tenant_id AND c.id = s.customer
    JOIN configurations g ON g.tenant_id = s.tenant_id AND g.id = s.configuration
    WHERE s.customer = ANY(ARRAY(
        SELECT o.id FROM customers me
        JOIN customers o ON o.tenant_id = me.tenant_id AND (o.id = me.id OR o.address = me.address)
        WHERE me.id = :customer))
      AND (s.source = 'login_link' OR s.customer = :customer)
      AND ({good})
"""
_LIVE = _OF_CUSTOMER.format(good=LIVE) + " ORDER BY s.last_seen DESC, s.id DESC LIMIT 50"
_END = f"""
    WITH mine AS ({_OF_CUSTOMER.format(good="s.ended_at IS NULL AND frontdesk_now() < s.expires_at")})
    UPDATE sessions SET ended_at = :now FROM mine WHERE sessions.hash = mine.hash
"""  # noqa: S608


class CustomerSession(Struct, frozen=True, kw_only=True):
    """A session that is good now."""

    id: str
    source: Source
    created: datetime
    last_seen: datetime


async def live_sessions(connection: AsyncConnection, customer: str) -> tuple[CustomerSession, ...]:
    """The sessions that are good now, the last used first, at most fifty."""
    rows = await connection.execute(text(_LIVE), {"customer": customer})
    return tuple(
        CustomerSession(id=row.id, source=row.source, created=row.created, last_seen=row.last_seen) for row in rows
    )


async def end_sessions(connection: AsyncConnection, customer: str, now: datetime) -> int:
    """End them all on every process at once, links of the API that nobody has opened yet among them."""
    return int((await connection.execute(text(_END), {"customer": customer, "now": now})).rowcount)

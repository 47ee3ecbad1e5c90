"""Whether letters of a side go out at the moment. The code page says so, to everybody who asks for a code."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk_tenants.tables import side_counters

KEY = "mail late"
BELIEVED_FOR = timedelta(minutes=5)


async def note_late(connection: AsyncConnection, tenant_id: UUID, now: datetime) -> None:
    """The side's channel does not take letters now."""
    await connection.execute(
        insert(side_counters)
        .values(tenant_id=tenant_id, key=KEY, window_start=now.replace(second=0, microsecond=0), count=1)
        .on_conflict_do_nothing()
    )


async def note_on_time(connection: AsyncConnection) -> None:
    """The side's channel takes letters."""
    await connection.execute(delete(side_counters).where(side_counters.c.key == KEY))


async def is_late(connection: AsyncConnection, now: datetime) -> bool:
    """Whether the side's channel was found closed lately, and not open since."""
    found = await connection.execute(
        select(side_counters.c.window_start)
        .where(side_counters.c.key == KEY, side_counters.c.window_start > now - BELIEVED_FOR)
        .limit(1)
    )
    return found.first() is not None

"""Subscription schedules that are over. A schedule has no row of its own: the audit knows what it was."""

import msgspec
from sqlalchemy import desc, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import Subscription
from frontdesk.schedule_ends import PastSchedule
from frontdesk_tenants.tables import audit

_HELD_BY = ("put_off", "scheduled")
"""The fields of a subscription of which one says that it is in a schedule."""
_READ = msgspec.json.Decoder(Subscription).decode


async def last_of(connection: AsyncConnection, subscription: str) -> PastSchedule | None:
    """The newest schedule of a subscription that is over; None where it has had none."""
    had = [func.json_typeof(audit.c.before[name]) == "object" for name in _HELD_BY]
    has_none = [func.json_typeof(audit.c.after[name]).is_distinct_from("object") for name in _HELD_BY]
    found = await connection.execute(
        select(audit.c.before, audit.c.after, audit.c.at)
        .where(audit.c.object == subscription, audit.c.after.is_not(None), or_(*had), *has_none)
        .order_by(desc(audit.c.number))
        .limit(1)
    )
    row = found.one_or_none()
    if row is None:
        return None
    return PastSchedule(before=_READ(row.before), after=_READ(row.after), noted_at=row.at)

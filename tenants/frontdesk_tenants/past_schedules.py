"""Subscription schedules that are over. A schedule has no row of its own: the audit knows what it was."""

import msgspec
from sqlalchemy import and_, desc, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import Subscription
from frontdesk.schedule_ends import PastSchedule
from frontdesk_tenants.tables import audit

_HELD_BY = ("put_off", "scheduled")
"""The fields of a subscription of which one says that it is in a schedule."""
_READ = msgspec.json.Decoder(Subscription).decode


async def find(connection: AsyncConnection, subscription: str, number: int) -> PastSchedule | None:
    """The schedule of a subscription with this number; None where it has had none, or that one is not over.

    Before they were counted, all of them were the first one: then it is the newest of those.
    """
    counted = audit.c.before["schedules"].as_string()
    is_it = counted == str(number)
    if number == 1:
        is_it = or_(counted.is_(None), counted.in_(("0", "1")))
    had = [func.json_typeof(audit.c.before[name]) == "object" for name in _HELD_BY]
    has_none = [func.json_typeof(audit.c.after[name]).is_distinct_from("object") for name in _HELD_BY]
    # At a backend that does not tell of each act, one may have given way to another between two answers.
    gave_way = and_(counted == str(number), audit.c.after["schedules"].as_string() != str(number))
    found = await connection.execute(
        select(audit.c.before, audit.c.after, audit.c.at)
        .where(
            audit.c.object == subscription, audit.c.after.is_not(None), or_(*had), or_(and_(*has_none), gave_way), is_it
        )
        .order_by(desc(audit.c.number))
        .limit(1)
    )
    row = found.one_or_none()
    if row is None:
        return None
    return PastSchedule(before=_READ(row.before), after=_READ(row.after), noted_at=row.at)

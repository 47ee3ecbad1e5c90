"""The currencies that a side deals in."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk_tenants.tables import prices


async def sold_in(connection: AsyncConnection) -> frozenset[str]:
    """The currencies of the side's prices."""
    return frozenset((await connection.scalars(select(prices.c.currency).distinct())).all())

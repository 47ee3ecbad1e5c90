"""The version that pages of a side are made of: what all of them may show moves it, and kept ones are made anew."""

from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk_tenants.tables import sides


async def renew_pages(connection: AsyncConnection, **values: Any) -> None:
    """Have every page of the transaction's side made anew once it commits, with these columns of `sides` changed."""
    await connection.execute(update(sides).values(**values, page_version=sides.c.page_version + 1))

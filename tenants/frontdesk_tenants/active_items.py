"""Which prices are in subscriptions that are active now, one row each, kept with the book.

So that a list of products can say how often each is subscribed to without reading the subscriptions: those of one
price are a range of an index.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import ACTIVE, Subscription
from frontdesk_tenants.tables import active_items, subscriptions


async def keep_active_items(
    connection: AsyncConnection,
    tenant_id: UUID,
    written: Sequence[Subscription],
    known: Mapping[str, Any],
    *,
    locked: bool,
) -> None:
    """Bring the rows up to what was just written. `known` are the snapshots before, by id.

    `locked` says that nobody else writes these subscriptions meanwhile, so that one whose items stayed as they were,
    as at a renewal, need not be looked at.
    """
    ids = [each.id for each in written if not locked or _prices(known.get(each.id)) != _prices(each)]
    if not ids:
        return
    stored = await connection.scalars(select(subscriptions.c.body).where(subscriptions.c.id.in_(ids)))
    rows = [
        {"tenant_id": tenant_id, "subscription": each.id, "price": price} for each in stored for price in _prices(each)
    ]
    await connection.execute(delete(active_items).where(active_items.c.subscription.in_(ids)))
    if rows:
        await connection.execute(insert(active_items).values(rows).on_conflict_do_nothing())


def _prices(subscription: Subscription | None) -> list[str]:
    if subscription is None or subscription.status not in ACTIVE:
        return []
    return sorted({item.price for item in subscription.items})

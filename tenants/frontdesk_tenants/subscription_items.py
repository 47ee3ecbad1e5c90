"""Which subscription an item is in, kept with the book: an item is asked for by its own id, and lies in a body."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import Subscription
from frontdesk_tenants.tables import subscription_items, subscriptions


async def keep_items(
    connection: AsyncConnection, tenant_id: UUID, written: Sequence[Subscription], known: Mapping[str, Any]
) -> None:
    """Note the items that are new in what was just written. `known` are the snapshots before, by id.

    An item that was taken out stays noted: its id is never given again.
    """
    rows = [
        {"tenant_id": tenant_id, "item": item.id, "subscription": each.id}
        for each in written
        for item in each.items
        if item.id not in _ids(known.get(each.id))
    ]
    if rows:
        await connection.execute(insert(subscription_items).values(rows).on_conflict_do_nothing())


async def subscription_with(connection: AsyncConnection, item: str) -> Subscription | None:
    """The subscription that has, or had, an item with this id; None for an unknown one."""
    question = (
        select(subscriptions.c.body)
        .join(subscription_items, subscription_items.c.subscription == subscriptions.c.id)
        .where(subscription_items.c.item == item)
    )
    found: Subscription | None = (await connection.execute(question)).scalar_one_or_none()
    return found


def _ids(subscription: Subscription | None) -> frozenset[str]:
    return frozenset() if subscription is None else frozenset(each.id for each in subscription.items)

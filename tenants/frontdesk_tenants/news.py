"""What of a remote backend's answers is news: they come late, twice and in any order, and still make one book.

Snapshots are told apart by version, events by what they say: the answer to a call and the webhook about it tell the
same event, which is recorded once.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from msgspec.structs import replace
from sqlalchemy import Table, Text, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import Customer, Invoice, PendingItem, Subscription
from frontdesk.changes import Changes
from frontdesk.events import Event
from frontdesk_tenants.tables import customers, events, invoices, pending_items, subscriptions

CLOCKS_APART = timedelta(days=1)
"""How far a remote system's clock may be ahead of ours: an event is looked for among those recorded since."""
Snapshot = TypeVar("Snapshot", Customer, Subscription, Invoice, PendingItem)


async def unheard(connection: AsyncConnection, changes: Changes) -> Changes:
    """What of these changes the book does not have yet. Call it in the customer's turn."""
    customer = () if changes.customer is None else (changes.customer,)
    newer_customer = await _newer(connection, customers, customer)
    return replace(
        changes,
        customer=newer_customer[0] if newer_customer else None,
        subscriptions=await _newer(connection, subscriptions, changes.subscriptions),
        invoices=await _newer(connection, invoices, changes.invoices),
        pending_items=await _newer(connection, pending_items, changes.pending_items),
        events=await unrecorded(connection, changes.events),
        wake_at=None,
    )


async def take_turn(connection: AsyncConnection, tenant_id: UUID, customer: str) -> None:
    """Make those who apply changes of one customer take turns, even before there is a row to lock."""
    await connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"news {tenant_id} {customer}"))))


async def _newer(connection: AsyncConnection, table: Table, snapshots: Sequence[Snapshot]) -> tuple[Snapshot, ...]:
    if not snapshots:
        return ()
    ids = [each.id for each in snapshots]
    rows = await connection.execute(select(table.c.id, table.c.version).where(table.c.id.in_(ids)))
    known: dict[str, int] = {row.id: row.version for row in rows}
    return tuple(each for each in snapshots if each.version > known.get(each.id, 0))


async def unrecorded(connection: AsyncConnection, told: Sequence[Event]) -> tuple[Event, ...]:
    """The events that were not recorded before, each once."""
    new: list[Event] = []
    each_once: dict[Event, None] = dict.fromkeys(told)
    for event in each_once:
        said: Any = msgspec.json.encode(event).decode()
        recorded = await connection.scalar(
            select(events.c.id)
            .where(
                events.c.created >= event.at - CLOCKS_APART,
                events.c.customer == event.customer,
                events.c.kind == event.__struct_config__.tag,
                cast(events.c.body, Text) == said,
            )
            .limit(1)
        )
        if recorded is None:
            new.append(event)
    return tuple(new)

"""Events after their commit: read again by the job that hangs on each, and told to the side's plugins."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.events import Event
from frontdesk_tenants.channels import enabled_plugins
from frontdesk_tenants.tables import events
from frontdesk_tenants.tenancy import Tenancy


async def read_event(connection: AsyncConnection, event_id: str) -> Event | None:
    """An event of the side, or None."""
    found = await connection.execute(select(events.c.body).where(events.c.id == event_id))
    return found.scalar_one_or_none()


async def announce(tenancy: Tenancy, tenant_id: UUID, event_id: str) -> Event | None:
    """Tell the plugins that are on for the side what happened, outside any transaction; returns the event.

    A plugin that fails is logged and not told again: only a worker that dies tells an event twice.
    """
    async with tenancy.database.side(tenant_id) as connection:
        event = await read_event(connection, event_id)
        enabled = {each.name for each in await enabled_plugins(connection)}
    if event is not None:
        await tenancy.plugins.announce(event, enabled)
    return event

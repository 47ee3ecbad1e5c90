"""The settings that a side bills by: one writer changes them at a time, and the audit keeps what they were."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import BillingSettings
from frontdesk.desk import Actor
from frontdesk_tenants import audit
from frontdesk_tenants.directory import Side
from frontdesk_tenants.page_versions import renew_pages
from frontdesk_tenants.tables import sides


async def lock_settings(connection: AsyncConnection) -> BillingSettings:
    """The side's settings, which nobody else changes before this transaction ends."""
    found = await connection.scalar(select(sides.c.settings).with_for_update())
    assert isinstance(found, BillingSettings), "every side has settings"
    return found


async def write_settings(connection: AsyncConnection, settings: BillingSettings) -> None:
    """Write checked settings over those that are locked. Pages that were made by the old ones are made anew."""
    await renew_pages(connection, settings=settings)


async def save_settings(
    connection: AsyncConnection,
    side: Side,
    before: BillingSettings,
    settings: BillingSettings,
    *,
    action: str,
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
) -> None:
    """Write checked settings over those that are locked, with an entry in the audit, which calls it `action`."""
    await write_settings(connection, settings)
    await audit.record(
        connection,
        side.tenant_id,
        actor=actor,
        action=action,
        object_id=side.slug,
        now=now,
        before=before,
        after=settings,
        request_id=request_id,
    )

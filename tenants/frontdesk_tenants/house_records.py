"""The operator's settings, kept in the house. Functions want a transaction of the house."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.desk import Actor
from frontdesk.house_settings import HouseSettings
from frontdesk_tenants import audit
from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.tables import house_settings


async def read_settings(connection: AsyncConnection) -> HouseSettings:
    """The settings; those of a new Frontdesk where none were saved."""
    found = await connection.scalar(select(house_settings.c.body))
    return found or HouseSettings()


async def save_settings(
    connection: AsyncConnection, settings: HouseSettings, actor: Actor, now: datetime, request_id: str | None = None
) -> None:
    """Save the settings, as they were checked."""
    before = await read_settings(connection)
    await connection.execute(
        insert(house_settings)
        .values(tenant_id=HOUSE, body=settings)
        .on_conflict_do_update(index_elements=["tenant_id"], set_={"body": settings})
    )
    await audit.record(
        connection,
        HOUSE,
        actor=actor,
        action="house_settings_saved",
        object_id="house",
        now=now,
        before=before,
        after=settings,
        request_id=request_id,
    )

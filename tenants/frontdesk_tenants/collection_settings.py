"""Saving how a side charges, and what becomes of what cannot be charged."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import BillingSettings
from frontdesk.collection_rules import collection_faults
from frontdesk.desk import Actor
from frontdesk.errors import Refusal
from frontdesk_tenants import audit
from frontdesk_tenants.directory import Side
from frontdesk_tenants.tables import sides

SAVED = "collection_saved"
"""What the audit calls it."""


async def save_collection(
    connection: AsyncConnection,
    side: Side,
    before: BillingSettings,
    settings: BillingSettings,
    *,
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
) -> tuple[Refusal, ...]:
    """Save settings in place of those that were locked before; nothing is saved where something is wrong with them.

    A payment that is to be tried again is tried when it was said then; what comes after that follows the new settings.
    """
    faults = collection_faults(settings)
    if faults or settings == before:
        return faults
    await connection.execute(update(sides).values(settings=settings, page_version=sides.c.page_version + 1))
    await audit.record(
        connection,
        side.tenant_id,
        actor=actor,
        action=SAVED,
        object_id=side.slug,
        now=now,
        before=before,
        after=settings,
        request_id=request_id,
    )
    return ()

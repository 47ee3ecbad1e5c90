"""Saving how a side charges, and what becomes of what cannot be charged."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import BillingSettings
from frontdesk.collection_rules import collection_faults
from frontdesk.desk import Actor
from frontdesk.errors import Refusal
from frontdesk_tenants.directory import Side
from frontdesk_tenants.side_settings import save_settings

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
    await save_settings(connection, side, before, settings, action=SAVED, actor=actor, now=now, request_id=request_id)
    return ()

"""Saving when a side's programs are told of invoices before and after their time."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import BillingSettings
from frontdesk.desk import Actor
from frontdesk.errors import Refusal
from frontdesk.notice_rules import notice_faults
from frontdesk_tenants.directory import Side
from frontdesk_tenants.reminder_settings import look_again
from frontdesk_tenants.side_settings import save_settings

SAVED = "notices_saved"
"""What the audit calls it."""


async def save_notices(
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

    Invoices that are open are looked at again. Of a renewal that is told from the next period on, as at Stripe.
    """
    faults = notice_faults(settings.notices)
    if faults or settings == before:
        return faults
    await save_settings(connection, side, before, settings, action=SAVED, actor=actor, now=now, request_id=request_id)
    await look_again(connection, side)
    return ()

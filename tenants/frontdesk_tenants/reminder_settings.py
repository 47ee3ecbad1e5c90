"""Saving when a side reminds its customers and in which words."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import BillingSettings
from frontdesk.desk import Actor
from frontdesk_tenants.directory import Side
from frontdesk_tenants.side_settings import save_settings

_LOOK_AGAIN = text("""
INSERT INTO due (tenant_id, account_id, wake_at)
SELECT i.tenant_id, i.customer, frontdesk_now() FROM invoices i
 WHERE i.tenant_id = :side AND i.status = 'open' AND i.due_date IS NOT NULL
   AND NOT EXISTS (SELECT FROM clock_accounts a WHERE a.tenant_id = i.tenant_id AND a.customer = i.customer)
 GROUP BY i.tenant_id, i.customer ORDER BY i.customer
ON CONFLICT (tenant_id, account_id) DO UPDATE SET wake_at = least(due.wake_at, excluded.wake_at)
""")
_LOOK_AGAIN_ON_CLOCKS = text("""
UPDATE clock_accounts a SET wake_at = least(a.wake_at, t.frozen_time) FROM test_clocks t
 WHERE a.tenant_id = :side AND t.tenant_id = a.tenant_id AND t.id = a.clock
   AND EXISTS (SELECT FROM invoices i
                WHERE i.tenant_id = a.tenant_id AND i.customer = a.customer AND i.status = 'open')
""")


async def save_reminders(
    connection: AsyncConnection,
    side: Side,
    before: BillingSettings,
    settings: BillingSettings,
    *,
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
) -> None:
    """Save checked settings. When the next reminders go is worked out anew for everybody who owes something."""
    if settings == before:
        return
    await save_settings(
        connection, side, before, settings, action="reminders_saved", actor=actor, now=now, request_id=request_id
    )
    await look_again(connection, side)


async def look_again(connection: AsyncConnection, side: Side) -> None:
    """Have it worked out anew what comes next for everybody who owes something."""
    await connection.execute(_LOOK_AGAIN, {"side": side.tenant_id})
    await connection.execute(_LOOK_AGAIN_ON_CLOCKS, {"side": side.tenant_id})

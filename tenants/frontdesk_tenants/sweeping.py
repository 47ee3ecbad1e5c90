"""What is over and may go: spent challenges, expired quotes and sessions, old idempotency keys, past counters, forms
that nobody came back for, and files that nothing names.

Whoever comes by every side anyway also asks for what is to be looked at again: senders in domains of their own, and
test clocks whose time is over. Checkout sessions end when theirs is, and tax rates are looked up again.
"""

from functools import cache
from uuid import UUID

from sqlalchemy import Delete, Table, Update, delete, func, select, text, update

from frontdesk_tenants import clock_walks, intent_record, sender_domains, tax_settings, typed_forms
from frontdesk_tenants.database import clock, enter_side
from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.tables import (
    address_changes,
    challenges,
    firms,
    happening_bodies,
    happenings,
    idempotency_keys,
    instance_counters,
    known_browsers,
    mail_log,
    mirror_inbox,
    quotes,
    request_log,
    sessions,
    side_counters,
    sign_up_invitations,
    staff_sessions,
    test_clocks,
    webhook_attempts,
    webhook_deliveries,
)
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_tenants.unused_files import delete_unused

_KEPT: tuple[tuple[Table, str, str], ...] = (
    (challenges, "expires_at", "7 days"),
    (quotes, "expires_at", "7 days"),
    (address_changes, "expires_at", "90 days"),
    (idempotency_keys, "created", "7 days"),
    (sessions, "expires_at", "30 days"),
    (staff_sessions, "expires_at", "30 days"),
    (known_browsers, "last_used", "400 days"),
    (side_counters, "window_start", "7 days"),
    (mail_log, "created", "30 days"),
    (request_log, "at", "30 days"),
    (sign_up_invitations, "expires_at", "90 days"),
    (webhook_attempts, "created", "30 days"),
    (webhook_deliveries, "created", "30 days"),
    (mirror_inbox, "received", "40 days"),
    (happening_bodies, "created", "31 days"),
    (happenings, "created", "31 days"),
)
"""Tables of a side, the column that says when a row is over, and how long it stays afterwards."""


async def sweep(tenancy: Tenancy) -> None:
    """Delete what is over, side by side, each in a transaction of its own. Running it again deletes nothing more."""
    await tenancy.jobs.forget_old()
    async with tenancy.database.unscoped() as connection:
        await connection.execute(_over(instance_counters, "window_start", "7 days"))
        sides = (await connection.scalars(select(firms.c.tenant_id))).all()
    for tenant_id in (HOUSE, *sides):
        await sweep_side(tenancy, tenant_id)


async def sweep_side(tenancy: Tenancy, tenant_id: UUID) -> None:
    """The same for one side, or for the house. Where somebody else is at it, nothing is left to add."""
    async with tenancy.database.unscoped() as connection:
        lock = func.pg_try_advisory_xact_lock(func.hashtext(f"sweep {tenant_id}"))
        if not await connection.scalar(select(lock)):
            return
        await enter_side(connection, tenant_id)
        for each in statements_of_a_side():
            await connection.execute(each)
        await intent_record.expire_due(connection, tenant_id)
        await tax_settings.refresh(connection, tenancy.plugins)
        due = await sender_domains.take_due(connection, await clock(connection))
        await tenancy.jobs.enqueue_all(connection, sender_domains.CHECK, tenant_id, due)
        over = await connection.scalars(
            select(test_clocks.c.id).where(test_clocks.c.deletes_after < func.frontdesk_now())
        )
        await tenancy.jobs.enqueue_all(connection, clock_walks.EXPIRE, tenant_id, tuple(over))


@cache
def statements_of_a_side() -> tuple[Delete | Update, ...]:
    """What is done on each side, in this order. It is the same on all of them, and made once."""
    too_old = sessions.c.typed_at < func.frontdesk_now() - typed_forms.LIFETIME
    return (
        *(_over(table, column, kept) for table, column, kept in _KEPT),
        update(sessions).where(too_old).values(typed_sealed=None, typed_at=None),
        delete_unused(),
    )


def _over(table: Table, column: str, kept: str) -> Delete:
    return delete(table).where(table.c[column] < func.frontdesk_now() - text(f"interval '{kept}'"))

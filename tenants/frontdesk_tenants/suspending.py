"""Suspending a tenant and lifting that again: both sides together, with a reason, by an operator."""

from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.desk import Actor
from frontdesk.errors import Refused
from frontdesk.ids import random_token
from frontdesk.suspension import REASON_LENGTH, Suspension
from frontdesk.suspension_refusals import already_suspended, not_suspended, reason_needed
from frontdesk.typed_refusals import text_too_long
from frontdesk_tenants import audit
from frontdesk_tenants.database import clock, enter_side
from frontdesk_tenants.directory import Door, read_side
from frontdesk_tenants.held_accounts import RELEASE
from frontdesk_tenants.tables import sides
from frontdesk_tenants.tenancy import Tenancy

TELL_STAFF = "tell_staff_of_suspension"
"""The job that writes to a tenant's owners and admins; its row id begins with `suspended_` or `lifted_`."""
OCCASION_LENGTH = 16


async def suspend(
    tenancy: Tenancy, doors: tuple[Door, ...], reason: str, actor: Actor, request_id: str | None = None
) -> None:
    """Suspend a tenant from now on. `doors` are both of its sides, `reason` is for its staff to read.

    Raises:
        Refused: there is no reason or too long a one, or the tenant is suspended already.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise Refused(reason_needed())
    if len(reason) > REASON_LENGTH:
        raise Refused(text_too_long(REASON_LENGTH, "reason"))
    async with tenancy.database.unscoped() as connection:
        now = await clock(connection)
        suspension = Suspension(at=now, reason=reason, by=actor.id)
        for door in doors:
            await enter_side(connection, door.tenant_id)
            changed = await connection.execute(
                sides.update()
                .where(sides.c.status == "active")
                .values(status="suspended", suspension=suspension, page_version=sides.c.page_version + 1)
            )
            if not changed.rowcount:
                raise Refused(already_suspended())
            await audit.record(
                connection,
                door.tenant_id,
                actor=actor,
                action="tenant_suspended",
                object_id=(await read_side(connection, door)).slug,
                now=now,
                after=suspension,
                request_id=request_id,
            )
        await _tell(connection, tenancy, doors, "suspended")


async def lift(
    tenancy: Tenancy, doors: tuple[Door, ...], reason: str, actor: Actor, request_id: str | None = None
) -> None:
    """Lift a suspension: everything works again, and the renewals that waited are done by the worker, in order.

    Raises:
        Refused: the tenant is not suspended, or the reason is too long. An empty one will do.
    """
    reason = " ".join(reason.split())
    if len(reason) > REASON_LENGTH:
        raise Refused(text_too_long(REASON_LENGTH, "reason"))
    async with tenancy.database.unscoped() as connection:
        now = await clock(connection)
        for door in doors:
            await enter_side(connection, door.tenant_id)
            before = await connection.scalar(sides.select().with_only_columns(sides.c.suspension))
            changed = await connection.execute(
                sides.update()
                .where(sides.c.status == "suspended")
                .values(status="active", suspension=None, page_version=sides.c.page_version + 1)
            )
            if not changed.rowcount:
                raise Refused(not_suspended())
            await audit.record(
                connection,
                door.tenant_id,
                actor=actor,
                action="suspension_lifted",
                object_id=(await read_side(connection, door)).slug,
                now=now,
                before=before,
                after={"reason": reason},
                request_id=request_id,
            )
            await tenancy.jobs.enqueue(connection, RELEASE, door.tenant_id, f"side_{door.public_id}")
        await _tell(connection, tenancy, doors, "lifted")


async def _tell(connection: AsyncConnection, tenancy: Tenancy, doors: tuple[Door, ...], what: str) -> None:
    """Have the tenant's staff told, once for both sides: they lie under the live one."""
    occasion = f"{what}_{random_token(OCCASION_LENGTH)}"
    live = next((each for each in doors if each.livemode), doors[0])
    await tenancy.jobs.enqueue(connection, TELL_STAFF, live.tenant_id, occasion)

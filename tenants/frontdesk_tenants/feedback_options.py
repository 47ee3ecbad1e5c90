"""A side's own answers to the question why somebody cancels, in PostgreSQL."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.desk import Actor
from frontdesk.errors import Refused
from frontdesk.feedback_options import FeedbackOption, already_inactive, description_faults
from frontdesk_tenants import audit
from frontdesk_tenants.tables import feedback_options


async def create(
    connection: AsyncConnection,
    tenant_id: UUID,
    option: FeedbackOption,
    *,
    actor: Actor,
    request_id: str | None = None,
) -> None:
    """Add an answer. Raises Refused for a text that cannot be one."""
    _check(option.description)
    await connection.execute(
        insert(feedback_options).values(tenant_id=tenant_id, created=option.created, **_row(option))
    )
    await audit.record_object(
        connection, tenant_id, None, option, actor=actor, now=option.created, request_id=request_id
    )


async def describe(
    connection: AsyncConnection,
    tenant_id: UUID,
    before: FeedbackOption,
    description: str,
    *,
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
) -> None:
    """Correct what an answer says. Raises Refused for a text that cannot be one."""
    _check(description)
    after = replace(before, description=description)
    if after != before:
        await _write(connection, tenant_id, before, after, "ChangeFeedbackOption", actor, now, request_id)


async def deactivate(
    connection: AsyncConnection,
    tenant_id: UUID,
    before: FeedbackOption,
    *,
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
) -> None:
    """Let nobody choose an answer any more. Raises Refused where that was done before."""
    if not before.active:
        raise Refused(already_inactive(before.id))
    after = replace(before, deactivated_at=now)
    await _write(connection, tenant_id, before, after, "DeactivateFeedbackOption", actor, now, request_id)


async def active(connection: AsyncConnection) -> tuple[FeedbackOption, ...]:
    """Those that can be chosen, oldest first."""
    question = (
        select(feedback_options.c.body)
        .where(feedback_options.c.active)
        .order_by(feedback_options.c.created, feedback_options.c.id)
    )
    return tuple(await connection.scalars(question))


async def active_among(connection: AsyncConnection, ids: Collection[str]) -> tuple[FeedbackOption, ...]:
    """Those of these ids that can be chosen, in the same order."""
    if not ids:
        return ()
    found = await connection.scalars(
        select(feedback_options.c.body).where(feedback_options.c.id.in_(set(ids)), feedback_options.c.active)
    )
    by_id: dict[str, FeedbackOption] = {each.id: each for each in found}
    return tuple(by_id[each] for each in dict.fromkeys(ids) if each in by_id)


def _check(description: str) -> None:
    fault = description_faults(description)
    if fault is not None:
        raise Refused(fault)


def _row(option: FeedbackOption) -> dict[str, object]:
    return {"id": option.id, "active": option.active, "body": option}


async def _write(
    connection: AsyncConnection,
    tenant_id: UUID,
    before: FeedbackOption,
    after: FeedbackOption,
    action: str,
    actor: Actor,
    now: datetime,
    request_id: str | None,
) -> None:
    await connection.execute(update(feedback_options).where(feedback_options.c.id == before.id).values(**_row(after)))
    await audit.record_object(
        connection, tenant_id, before, after, actor=actor, now=now, request_id=request_id, action=action
    )

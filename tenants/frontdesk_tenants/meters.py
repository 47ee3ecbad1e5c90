"""Meters and the events that they counted, in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.changes import UsageReport
from frontdesk.desk import Actor
from frontdesk.errors import Refused
from frontdesk.meters import Meter
from frontdesk.use_refusals import event_name_taken, event_twice
from frontdesk_tenants import audit
from frontdesk_tenants.tables import meter_events, meters


async def create(
    connection: AsyncConnection, tenant_id: UUID, meter: Meter, *, actor: Actor, request_id: str | None
) -> None:
    """Add a meter. Raises Refused where an active one counts events of that name."""
    made = insert(meters).values(tenant_id=tenant_id, created=meter.created, **_row(meter)).on_conflict_do_nothing()
    if await connection.scalar(made.returning(meters.c.id)) is None:
        raise Refused(event_name_taken(meter.event_name))
    await audit.record_object(connection, tenant_id, None, meter, actor=actor, now=meter.created, request_id=request_id)


async def change(
    connection: AsyncConnection,
    tenant_id: UUID,
    before: Meter,
    *,
    display_name: str | None = None,
    active: bool | None = None,
    actor: Actor,
    now: datetime,
    request_id: str | None,
) -> Meter:
    """Rename a meter, or have it take events or not. Raises Refused where another counts events of its name by now."""
    after = replace(
        before,
        display_name=before.display_name if display_name is None else display_name,
        deactivated_at=before.deactivated_at if active in (None, before.active) else None if active else now,
    )
    if after == before:
        return before
    after = replace(after, updated=now)
    if after.active and not before.active and await of_event(connection, after.event_name) is not None:
        raise Refused(event_name_taken(after.event_name))
    await connection.execute(update(meters).where(meters.c.id == before.id).values(**_row(after)))
    await audit.record_object(connection, tenant_id, before, after, actor=actor, now=now, request_id=request_id)
    return after


async def of_event(connection: AsyncConnection, event_name: str) -> Meter | None:
    """The active meter that counts events of a name, or None."""
    question = select(meters.c.body).where(meters.c.event_name == event_name, meters.c.active)
    found: Meter | None = (await connection.execute(question)).scalar_one_or_none()
    return found


async def keep_reports(connection: AsyncConnection, tenant_id: UUID, reports: Sequence[UsageReport]) -> None:
    """Keep what was reported.

    Raises:
        Refused: an event with this identifier was counted before. The transaction must then be undone.
    """
    for each in reports:
        row = {name: getattr(each, name) for name in UsageReport.__struct_fields__}
        kept = insert(meter_events).values(tenant_id=tenant_id, **row).on_conflict_do_nothing()
        if await connection.scalar(kept.returning(meter_events.c.identifier)) is None:
            raise Refused(event_twice(each.identifier))


async def cancel_reports(connection: AsyncConnection, identifiers: Sequence[str]) -> None:
    """Take reports back. They stay on record, so that their identifiers are never counted again."""
    if identifiers:
        await connection.execute(
            update(meter_events).where(meter_events.c.identifier.in_(identifiers)).values(canceled=True)
        )


async def report_of(connection: AsyncConnection, identifier: str) -> UsageReport | None:
    """The report with this identifier, taken back or not; None where there is none."""
    row = (await connection.execute(select(meter_events).where(meter_events.c.identifier == identifier))).one_or_none()
    return None if row is None else UsageReport(**{name: getattr(row, name) for name in UsageReport.__struct_fields__})


async def last_besides(connection: AsyncConnection, report: UsageReport) -> UsageReport | None:
    """The last report of the same use that is not this one and was not taken back."""
    columns = meter_events.c
    question = (
        select(meter_events)
        .where(
            columns.customer == report.customer,
            columns.meter == report.meter,
            columns.identifier != report.identifier,
            ~columns.canceled,
        )
        .order_by(columns.at.desc(), columns.created.desc())
        .limit(1)
    )
    row = (await connection.execute(question)).one_or_none()
    return None if row is None else UsageReport(**{name: getattr(row, name) for name in UsageReport.__struct_fields__})


async def used(connection: AsyncConnection, meter: Meter, customer: str, start: datetime, end: datetime) -> int:
    """What a meter counted of a customer in `[start, end)`, whether it was billed or not."""
    columns = meter_events.c
    within = (
        columns.customer == customer,
        columns.meter == meter.id,
        columns.at >= start,
        columns.at < end,
        ~columns.canceled,
    )
    question = select(func.coalesce(func.sum(columns.value), 0)).where(*within)
    if meter.formula == "last":
        question = select(columns.value).where(*within).order_by(columns.at.desc(), columns.created.desc()).limit(1)
    return int(await connection.scalar(question) or 0)


async def used_by_the(
    window: Literal["hour", "day"],
    connection: AsyncConnection,
    meter: Meter,
    customer: str,
    start: datetime,
    end: datetime,
) -> list[tuple[datetime, int]]:
    """What a meter counted of a customer in each hour or day (UTC) of `[start, end)` that has any, newest first."""
    columns = meter_events.c
    begun = func.date_trunc(window, columns.at, "UTC").label("begun")
    events = (
        select(begun, columns.value, columns.at, columns.created)
        .where(
            columns.customer == customer,
            columns.meter == meter.id,
            columns.at >= start,
            columns.at < end,
            ~columns.canceled,
        )
        .subquery()
        .c
    )
    question = select(events.begun, func.sum(events.value)).group_by(events.begun).order_by(events.begun.desc())
    if meter.formula == "last":
        newest = (events.begun.desc(), events.at.desc(), events.created.desc())
        question = select(events.begun, events.value).distinct(events.begun).order_by(*newest)
    return [(begins, int(value)) for begins, value in await connection.execute(question)]


def _row(meter: Meter) -> dict[str, object]:
    return {"id": meter.id, "event_name": meter.event_name, "active": meter.active, "body": meter}

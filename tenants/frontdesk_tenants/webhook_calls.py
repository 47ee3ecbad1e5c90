"""Calls to webhook endpoints: which are to be made, what came of them, and asking for them once more.

A happening stands in `untold` until it is known who wants to hear of it; an endpoint stands in `webhooks_due` while
calls wait for it. Whoever calls an endpoint has it for as long as a lease says (`not_before`), so that a worker that
dies is followed by another, and two never call the same one. So each call is made at least once, and rarely twice.

Locks are taken in one order: the endpoint, its deliveries, its row of `webhooks_due`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.ids import IdSource
from frontdesk.webhook_endpoints import TOGETHER, WebhookEndpoint, is_given_up, next_try, rest_after
from frontdesk_tenants.directory import Door
from frontdesk_tenants.jobs import Jobs
from frontdesk_tenants.many_rows import among, insert_rows
from frontdesk_tenants.tables import (
    untold,
    webhook_attempts,
    webhook_deliveries,
    webhook_endpoints,
    webhooks_due,
)
from frontdesk_tenants.webhook_endpoints import give_up_waiting

State = Literal["waiting", "delivered", "failed"]
TELL_OWNERS = "webhook_given_up"
"""The job that writes to the owners of a tenant whose endpoint was switched off; its row id is the endpoint's."""
LEASE = timedelta(seconds=20)
"""How long whoever makes calls to an endpoint has for them: more than the slowest batch takes (`outside.SECONDS`)."""
AT_ONCE = 100
"""Happenings that are looked through at a time."""
STUMBLED = timedelta(minutes=15)
"""When a happening is looked at again that could not be shown: a bug of ours, which a release may take away."""
KEPT_OF_ANSWER = 4000
"""Characters of an answer that are kept."""


class Outcome(Struct, frozen=True, kw_only=True):
    """What came of a call just now."""

    happening: str
    status: int | None
    answer: str
    milliseconds: int

    @property
    def good(self) -> bool:
        """Whether the endpoint took it."""
        return self.status is not None and 200 <= self.status < 300


class Batch(Struct, frozen=True, kw_only=True):
    """The calls that one endpoint is to be made now."""

    endpoint: WebhookEndpoint
    happenings: tuple[str, ...]


async def take_untold(connection: AsyncConnection) -> tuple[UUID, tuple[str, ...]] | None:
    """Happenings of the side that has waited longest, which nobody else holds; None where there are none.

    They are held until `connection`'s transaction, which is of no side yet, has ended.
    """
    waiting = untold.c.wake_at <= func.frontdesk_now()
    first = (
        await connection.execute(
            select(untold.c.tenant_id)
            .where(waiting)
            .order_by(untold.c.wake_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
    ).one_or_none()
    if first is None:
        return None
    ids = await connection.scalars(
        select(untold.c.id)
        .where(untold.c.tenant_id == first.tenant_id, waiting)
        .order_by(untold.c.wake_at, untold.c.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    return first.tenant_id, tuple(ids)


async def leave_for_later(connection: AsyncConnection, tenant_id: UUID, ids: Sequence[str]) -> None:
    """Look at happenings again later."""
    await connection.execute(
        update(untold)
        .where(untold.c.tenant_id == tenant_id, among(untold.c.id, ids))
        .values(wake_at=func.frontdesk_now() + STUMBLED)
    )


async def spread(
    connection: AsyncConnection,
    tenant_id: UUID,
    wanted: Sequence[tuple[str, str, str]],
    looked_through: Sequence[str],
    now: datetime,
) -> None:
    """Have endpoints told: `wanted` are (endpoint, happening, type), `looked_through` what needs no second look."""
    rows = [
        {
            "tenant_id": tenant_id,
            "endpoint": endpoint,
            "happening": happening,
            "type": type_,
            "state": "waiting",
            "created": now,
            "since": now,
            "next_try": now,
        }
        for endpoint, happening, type_ in wanted
    ]
    if rows:
        # Whoever looked through it before and died had told nobody.
        await connection.execute(insert(webhook_deliveries).on_conflict_do_nothing(), rows)
        await wake(connection, tenant_id, {endpoint for endpoint, _, _ in wanted}, now)
    await connection.execute(delete(untold).where(untold.c.tenant_id == tenant_id, among(untold.c.id, looked_through)))


async def wake(connection: AsyncConnection, tenant_id: UUID, endpoints: set[str], at: datetime) -> None:
    """Have endpoints looked at by then. Deliveries are written before: whoever puts the row off sees them."""
    for endpoint in sorted(endpoints):
        statement = insert(webhooks_due).values(tenant_id=tenant_id, id=endpoint, wake_at=at)
        await connection.execute(
            statement.on_conflict_do_update(
                index_elements=["tenant_id", "id"], set_={"wake_at": func.least(webhooks_due.c.wake_at, at)}
            )
        )


async def take_endpoint(connection: AsyncConnection) -> tuple[UUID, str] | None:
    """The endpoint that has waited longest, nobody else's for as long as the lease says; None where none waits.

    `connection`'s transaction is of no side. It ends before calls are made.
    """
    chosen = (
        select(webhooks_due.c.tenant_id, webhooks_due.c.id)
        .where(webhooks_due.c.wake_at <= func.frontdesk_now())
        .order_by(webhooks_due.c.wake_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .cte("chosen")
    )
    taken = (
        await connection.execute(
            update(webhooks_due)
            .where(webhooks_due.c.tenant_id == chosen.c.tenant_id, webhooks_due.c.id == chosen.c.id)
            .values(wake_at=func.frontdesk_now() + LEASE)
            .returning(webhooks_due.c.tenant_id, webhooks_due.c.id)
        )
    ).one_or_none()
    return None if taken is None else (taken.tenant_id, taken.id)


async def due_calls(connection: AsyncConnection, tenant_id: UUID, endpoint_id: str, now: datetime) -> Batch | None:
    """What an endpoint is to be told now, ours to tell; None where it is gone, switched off, at rest or another's."""
    columns = webhook_endpoints.c
    row = (
        await connection.execute(
            select(columns.body, columns.failures, columns.not_before)
            .where(columns.id == endpoint_id)
            .with_for_update(key_share=True)
        )
    ).one_or_none()
    its_row = (webhooks_due.c.tenant_id == tenant_id) & (webhooks_due.c.id == endpoint_id)
    if row is None or not row.body.enabled:
        await connection.execute(delete(webhooks_due).where(its_row))
        return None
    if row.not_before is not None and row.not_before > now:
        await connection.execute(update(webhooks_due).where(its_row).values(wake_at=row.not_before))
        return None
    ids = await connection.scalars(
        select(webhook_deliveries.c.happening)
        .where(
            webhook_deliveries.c.endpoint == endpoint_id,
            webhook_deliveries.c.state == "waiting",
            webhook_deliveries.c.next_try <= now,
        )
        .order_by(webhook_deliveries.c.next_try, webhook_deliveries.c.number)
        .limit(TOGETHER if not row.failures else 1)
    )
    await connection.execute(update(webhook_endpoints).where(columns.id == endpoint_id).values(not_before=now + LEASE))
    return Batch(endpoint=row.body, happenings=tuple(ids))


async def _put_off(connection: AsyncConnection, tenant_id: UUID, endpoint_id: str, not_before: datetime | None) -> None:
    """Look at an endpoint again when its next call is due and it has rested; not before there is one."""
    row = (webhooks_due.c.tenant_id == tenant_id) & (webhooks_due.c.id == endpoint_id)
    # The row is held first: what comes to wait meanwhile waits for us, and what came before is seen below.
    await connection.execute(select(webhooks_due.c.id).where(row).with_for_update())
    at = await connection.scalar(
        select(func.min(webhook_deliveries.c.next_try)).where(
            webhook_deliveries.c.endpoint == endpoint_id, webhook_deliveries.c.state == "waiting"
        )
    )
    if at is None:
        await connection.execute(delete(webhooks_due).where(row))
        return
    at = at if not_before is None else max(at, not_before)
    await connection.execute(update(webhooks_due).where(row).values(wake_at=at))


async def keep_outcomes(
    connection: AsyncConnection, jobs: Jobs, door: Door, batch: Batch, outcomes: Sequence[Outcome], now: datetime
) -> None:
    """Write down what came of calls, and when the endpoint is called next. One that has failed for three days is
    switched off, and its owners are told."""
    id_ = batch.endpoint.id
    columns = webhook_endpoints.c
    row = (
        await connection.execute(
            select(columns.body, columns.failing_since, columns.failures)
            .where(columns.id == id_)
            .with_for_update(key_share=True)
        )
    ).one_or_none()
    if row is None:
        return
    await _write_attempts(connection, door.tenant_id, id_, outcomes, now)
    for each in outcomes:
        await _settle(connection, id_, each, now)
    failures, since = row.failures, row.failing_since
    if any(each.good for each in outcomes):
        failures, since = 0, None
    elif outcomes:
        failures, since = failures + 1, since or now
    not_before = now + rest_after(failures) if failures else None
    health = {"failures": failures, "failing_since": since, "not_before": not_before}
    await connection.execute(update(webhook_endpoints).where(columns.id == id_).values(**health))
    if row.failures and not failures:
        # It is back: what was put off need not wait any longer.
        await connection.execute(
            update(webhook_deliveries)
            .where(webhook_deliveries.c.endpoint == id_, webhook_deliveries.c.state == "waiting")
            .values(next_try=now)
        )
    if is_given_up(since, now) and row.body.enabled:
        given_up: WebhookEndpoint = replace(row.body, disabled_at=now, gave_up=True)
        await connection.execute(
            update(webhook_endpoints).where(columns.id == id_).values(enabled=False, body=given_up)
        )
        await give_up_waiting(connection, id_)
        await jobs.enqueue(connection, TELL_OWNERS, door.tenant_id, id_)
    await _put_off(connection, door.tenant_id, id_, not_before)


async def _write_attempts(
    connection: AsyncConnection, tenant_id: UUID, endpoint: str, outcomes: Sequence[Outcome], now: datetime
) -> None:
    ids = IdSource(now)
    rows = [
        {
            "tenant_id": tenant_id,
            "id": ids("wha"),
            "endpoint": endpoint,
            "happening": each.happening,
            "created": now,
            "status": each.status,
            "answer": each.answer.replace("\x00", "\ufffd")[:KEPT_OF_ANSWER],
            "milliseconds": each.milliseconds,
        }
        for each in outcomes
    ]
    await insert_rows(connection, webhook_attempts, rows)


async def _settle(connection: AsyncConnection, endpoint: str, outcome: Outcome, now: datetime) -> None:
    columns = webhook_deliveries.c
    this = (columns.endpoint == endpoint) & (columns.happening == outcome.happening)
    row = (
        await connection.execute(select(columns.attempts, columns.since).where(this).with_for_update())
    ).one_or_none()
    if row is None:
        return
    attempts = row.attempts + 1
    again = None if outcome.good else next_try(attempts, now, row.since)
    state: State = "delivered" if outcome.good else ("waiting" if again is not None else "failed")
    await connection.execute(
        update(webhook_deliveries)
        .where(this)
        .values(state=state, attempts=attempts, next_try=again, status=outcome.status)
    )

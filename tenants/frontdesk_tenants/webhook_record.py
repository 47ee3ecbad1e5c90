"""The record of what webhook endpoints were told, and asking for it to be told once more."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.desk import Actor
from frontdesk_tenants import audit
from frontdesk_tenants.directory import Door
from frontdesk_tenants.many_rows import among
from frontdesk_tenants.paging import Page, plausible
from frontdesk_tenants.tables import webhook_attempts, webhook_deliveries
from frontdesk_tenants.webhook_calls import State, wake

DELIVERIES_A_PAGE = 25
REPLAYS_AT_MOST = 10_000
"""Calls that are made again at one wish."""


class Delivery(Struct, frozen=True, kw_only=True):
    """What became of telling one happening to one endpoint. `status` is that of the last answer, if there was one."""

    endpoint: str
    happening: str
    type: str
    state: State
    attempts: int
    created: datetime
    since: datetime
    next_try: datetime | None
    status: int | None
    number: int


class Attempt(Struct, frozen=True, kw_only=True):
    """One call: what was answered, or (`status` None) why there was no answer."""

    created: datetime
    status: int | None
    answer: str
    milliseconds: int


async def replay(
    connection: AsyncConnection,
    door: Door,
    endpoint: str,
    wanted: Sequence[str],
    now: datetime,
    *,
    actor: Actor,
    request_id: str | None = None,
) -> int:
    """Tell happenings to an endpoint once more, whatever became of them. How many there are to be told."""
    columns = webhook_deliveries.c
    done = await connection.execute(
        update(webhook_deliveries)
        .where(columns.endpoint == endpoint, among(columns.happening, wanted))
        .values(state="waiting", attempts=0, since=now, next_try=now)
    )
    if done.rowcount:
        await wake(connection, door.tenant_id, {endpoint}, now)
        await audit.record(
            connection,
            door.tenant_id,
            actor=actor,
            action="webhooks_sent_again",
            object_id=endpoint,
            now=now,
            after={"events": done.rowcount, **({"event": wanted[0]} if len(wanted) == 1 else {})},
            request_id=request_id,
        )
    return done.rowcount


async def replay_since(
    connection: AsyncConnection,
    door: Door,
    endpoint: str,
    since: datetime,
    now: datetime,
    *,
    failed_only: bool,
    actor: Actor,
    request_id: str | None = None,
) -> int:
    """Tell an endpoint once more what it was to be told since an instant; all of it, or what never arrived."""
    columns = webhook_deliveries.c
    question = select(columns.happening).where(columns.endpoint == endpoint, columns.created >= since)
    if failed_only:
        question = question.where(columns.state == "failed")
    wanted = await connection.scalars(question.order_by(columns.number).limit(REPLAYS_AT_MOST))
    return await replay(connection, door, endpoint, list(wanted), now, actor=actor, request_id=request_id)


async def deliveries(
    connection: AsyncConnection,
    endpoint: str,
    *,
    state: State | None = None,
    older_than: int | None = None,
    newer_than: int | None = None,
) -> Page[Delivery]:
    """What an endpoint was told, newest first."""
    columns = webhook_deliveries.c
    question = select(*(columns[name] for name in Delivery.__struct_fields__)).where(columns.endpoint == endpoint)
    if state is not None:
        question = question.where(columns.state == state)
    if older_than is not None:
        question = question.where(columns.number < older_than)
    if newer_than is not None:
        question = question.where(columns.number > newer_than)
    order = columns.number.desc() if newer_than is None else columns.number.asc()
    rows = (await connection.execute(question.order_by(order).limit(DELIVERIES_A_PAGE + 1))).all()
    found = [Delivery(**row._mapping) for row in rows[:DELIVERIES_A_PAGE]]
    return Page(tuple(found if newer_than is None else reversed(found)), len(rows) > DELIVERIES_A_PAGE)


async def of_happening(connection: AsyncConnection, happening: str) -> tuple[Delivery, ...]:
    """Who was to be told of a happening, and what became of it."""
    columns = webhook_deliveries.c
    rows = await connection.execute(
        select(*(columns[name] for name in Delivery.__struct_fields__))
        .where(columns.happening == happening)
        .order_by(columns.number)
    )
    return tuple(Delivery(**row._mapping) for row in rows)


async def pending(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, int]:
    """How many endpoints still wait to be told of each happening; those of which none does are left out."""
    columns = webhook_deliveries.c
    rows = await connection.execute(
        select(columns.happening, func.count())
        .where(among(columns.happening, [each for each in ids if plausible(each)]), columns.state == "waiting")
        .group_by(columns.happening)
    )
    return {row[0]: row[1] for row in rows}


async def attempts(connection: AsyncConnection, endpoint: str, happening: str) -> tuple[Attempt, ...]:
    """The calls that were made of one happening to one endpoint, newest first, at most fifty."""
    columns = webhook_attempts.c
    rows = await connection.execute(
        select(*(columns[name] for name in Attempt.__struct_fields__))
        .where(columns.endpoint == endpoint, columns.happening == happening)
        .order_by(columns.created.desc(), columns.id.desc())
        .limit(50)
    )
    return tuple(Attempt(**row._mapping) for row in rows)

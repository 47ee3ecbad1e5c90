"""Webhook endpoints of a side: made, changed, deleted, and the secrets that they are called with.

Their secrets are sealed; the newest signs, and the one before it too for as long as was asked for when it was replaced.
"""

from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace
from sqlalchemy import delete, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.desk import Actor
from frontdesk.secret import Secret
from frontdesk.webhook_endpoints import MOST_ENDPOINTS, WebhookEndpoint, new_secret
from frontdesk_tenants import audit
from frontdesk_tenants.directory import Door
from frontdesk_tenants.paging import Cursor, NoSuchCursor, Page, plausible
from frontdesk_tenants.tables import webhook_attempts, webhook_deliveries, webhook_endpoints, webhooks_due
from frontdesk_tenants.vault import Vault, place_of


class TooManyEndpoints(Exception):
    """The side has as many endpoints as it may have."""


async def create(
    connection: AsyncConnection,
    vault: Vault,
    door: Door,
    made: WebhookEndpoint,
    *,
    actor: Actor,
    request_id: str | None = None,
) -> Secret:
    """Add an endpoint. Returns its secret, which is told this once by the API and can be looked up by staff.

    Raises:
        TooManyEndpoints: there are sixteen already.
    """
    await connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"webhook endpoints {door.tenant_id}"))))
    count = await connection.scalar(select(func.count()).select_from(webhook_endpoints))
    if (count or 0) >= MOST_ENDPOINTS:
        raise TooManyEndpoints
    secret = new_secret()
    await connection.execute(
        insert(webhook_endpoints).values(
            tenant_id=door.tenant_id,
            id=made.id,
            enabled=made.enabled,
            created=made.created,
            body=made,
            secret_sealed=_sealed(vault, door, secret, "secret_sealed", made.id),
        )
    )
    await audit.record_object(
        connection,
        door.tenant_id,
        None,
        made,
        actor=actor,
        now=made.created,
        request_id=request_id,
        action="webhook_endpoint_created",
    )
    return secret


async def change(
    connection: AsyncConnection,
    door: Door,
    before: WebhookEndpoint,
    after: WebhookEndpoint,
    *,
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
) -> None:
    """Write a changed endpoint. One that is switched on again begins without the failures that it had."""
    values: dict[str, Any] = {"enabled": after.enabled, "body": after}
    if after.enabled and not before.enabled:
        values |= {"failing_since": None, "failures": 0, "not_before": None}
    await connection.execute(update(webhook_endpoints).where(webhook_endpoints.c.id == after.id).values(**values))
    if before.enabled and not after.enabled:
        await give_up_waiting(connection, after.id)
    await audit.record_object(
        connection,
        door.tenant_id,
        before,
        after,
        actor=actor,
        now=now,
        request_id=request_id,
        action="webhook_endpoint_changed",
    )


async def give_up_waiting(connection: AsyncConnection, endpoint: str) -> None:
    """Whatever still waits to be told to an endpoint is not told any more, unless somebody asks for it."""
    await connection.execute(
        update(webhook_deliveries)
        .where(webhook_deliveries.c.endpoint == endpoint, webhook_deliveries.c.state == "waiting")
        .values(state="failed", next_try=None)
    )


async def remove(
    connection: AsyncConnection,
    door: Door,
    gone: WebhookEndpoint,
    *,
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
) -> None:
    """Delete an endpoint with what is known of its calls."""
    # First, as whoever calls it does.
    await connection.execute(select(webhook_endpoints.c.id).where(webhook_endpoints.c.id == gone.id).with_for_update())
    for table in (webhook_attempts, webhook_deliveries):
        await connection.execute(delete(table).where(table.c.endpoint == gone.id))
    await connection.execute(
        delete(webhooks_due).where(webhooks_due.c.tenant_id == door.tenant_id, webhooks_due.c.id == gone.id)
    )
    await connection.execute(delete(webhook_endpoints).where(webhook_endpoints.c.id == gone.id))
    await audit.record_object(
        connection,
        door.tenant_id,
        gone,
        None,
        actor=actor,
        now=now,
        request_id=request_id,
        action="webhook_endpoint_deleted",
    )


async def roll(
    connection: AsyncConnection,
    vault: Vault,
    door: Door,
    endpoint: WebhookEndpoint,
    overlap: timedelta,
    *,
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
) -> Secret:
    """Give an endpoint a new secret; the one that it had signs beside it for as long as `overlap` says."""
    (present, *_) = await secrets_of(connection, vault, door, endpoint.id, now)
    secret = new_secret()
    former = _sealed(vault, door, present, "former_sealed", endpoint.id) if overlap else None
    await connection.execute(
        update(webhook_endpoints)
        .where(webhook_endpoints.c.id == endpoint.id)
        .values(
            secret_sealed=_sealed(vault, door, secret, "secret_sealed", endpoint.id),
            former_sealed=former,
            former_until=now + overlap if overlap else None,
        )
    )
    await audit.record(
        connection,
        door.tenant_id,
        actor=actor,
        action="webhook_secret_rolled",
        object_id=endpoint.id,
        now=now,
        request_id=request_id,
    )
    return secret


async def secrets_of(
    connection: AsyncConnection, vault: Vault, door: Door, id_: str, now: datetime
) -> tuple[Secret, ...]:
    """The secrets that an endpoint's calls are signed with now, the newest first."""
    columns = webhook_endpoints.c
    row = (
        await connection.execute(
            select(columns.secret_sealed, columns.former_sealed, columns.former_until).where(columns.id == id_)
        )
    ).one()
    found = [_opened(vault, door, row.secret_sealed, "secret_sealed", id_)]
    if row.former_sealed is not None and row.former_until > now:
        found.append(_opened(vault, door, row.former_sealed, "former_sealed", id_))
    return tuple(found)


async def former_until(connection: AsyncConnection, id_: str, now: datetime) -> datetime | None:
    """Until when the secret before the present one signs too, if it still does."""
    until: datetime | None = await connection.scalar(
        select(webhook_endpoints.c.former_until).where(webhook_endpoints.c.id == id_)
    )
    return until if until is not None and until > now else None


async def find(connection: AsyncConnection, id_: str, *, lock: bool = False) -> WebhookEndpoint | None:
    """The endpoint with this id, or None."""
    if not plausible(id_):
        return None
    question = select(webhook_endpoints.c.body).where(webhook_endpoints.c.id == id_)
    found: WebhookEndpoint | None = await connection.scalar(question.with_for_update() if lock else question)
    return found


async def page(connection: AsyncConnection, cursor: Cursor) -> Page[WebhookEndpoint]:
    """Endpoints, newest first. Raises NoSuchCursor."""
    columns = webhook_endpoints.c
    place = tuple_(columns.created, columns.id)
    question = select(columns.body).limit(cursor.limit + 1)
    backwards = cursor.ending_before is not None
    for param, id_ in (("starting_after", cursor.starting_after), ("ending_before", cursor.ending_before)):
        if id_ is None:
            continue
        beside = await find(connection, id_)
        if beside is None:
            raise NoSuchCursor(param, id_)
        there = tuple_(beside.created, beside.id)
        question = question.where(place < there if param == "starting_after" else place > there)
    order = (columns.created.asc(), columns.id.asc()) if backwards else (columns.created.desc(), columns.id.desc())
    found = (await connection.scalars(question.order_by(*order))).all()
    shown = tuple(found[: cursor.limit])
    return Page(tuple(reversed(shown)) if backwards else shown, len(found) > cursor.limit)


async def listening(connection: AsyncConnection) -> tuple[WebhookEndpoint, ...]:
    """The endpoints that are told anything."""
    found = await connection.scalars(select(webhook_endpoints.c.body).where(webhook_endpoints.c.enabled))
    return tuple(found)


def switched(endpoint: WebhookEndpoint, on: bool, now: datetime) -> WebhookEndpoint:
    """The endpoint switched on or off by somebody."""
    if endpoint.enabled == on:
        return endpoint
    return replace(endpoint, disabled_at=None if on else now, gave_up=False)


def _sealed(vault: Vault, door: Door, secret: Secret, column: str, id_: str) -> bytes:
    return vault.seal(secret.reveal().encode(), door.tenant_id, place_of(webhook_endpoints.c[column], id_))


def _opened(vault: Vault, door: Door, sealed: bytes, column: str, id_: str) -> Secret:
    return Secret(vault.open(sealed, door.tenant_id, place_of(webhook_endpoints.c[column], id_)).decode())


async def failing(connection: AsyncConnection) -> frozenset[str]:
    """The endpoints that took none of their last calls."""
    columns = webhook_endpoints.c
    return frozenset(await connection.scalars(select(columns.id).where(columns.failures > 0, columns.enabled)))


async def failing_since(connection: AsyncConnection, id_: str) -> datetime | None:
    """Since when an endpoint takes no calls, if it does not."""
    since: datetime | None = await connection.scalar(
        select(webhook_endpoints.c.failing_since).where(webhook_endpoints.c.id == id_)
    )
    return since

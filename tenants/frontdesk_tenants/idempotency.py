"""Idempotency keys of the API: claimed, carried out and answered in one transaction.

The row of a key is inserted by the transaction that has the effect, so a second request with the same key waits for
the first at the unique index, and then finds either its answer or nothing at all. For a remote backend, where no
transaction can span the call, the claim is committed first and the answer is added afterwards. A claim whose holder
died in between stays in use: nobody can say whether its call had an effect, so it must not be made again.
"""

from datetime import datetime, timedelta
from uuid import UUID

import psycopg
from msgspec import Struct
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.errors import FrontdeskError
from frontdesk_tenants.database import Busy
from frontdesk_tenants.tables import idempotency_keys

KEPT_FOR = timedelta(days=7)
"""Stripe promises 24 hours."""


class KeyInUse(Busy):
    """Another request with this key is still running."""


class KeyReused(FrontdeskError):
    """The key was used before, with other parameters."""


class StoredAnswer(Struct, frozen=True, kw_only=True):
    """What the first request with a key was answered; `request_id` is that request's."""

    status: int
    body: bytes
    request_id: str


async def claim(
    connection: AsyncConnection, tenant_id: UUID, key: str, request_hash: bytes, request_id: str, now: datetime
) -> StoredAnswer | None:
    """Take a key. None: it is ours, do the work and `keep` its answer. Otherwise the answer that was given before.

    Raises:
        KeyInUse: another request holds it and did not finish in time.
        KeyReused: it was used for other parameters.
    """
    fresh = {"request_hash": request_hash, "status": None, "body": None, "request_id": request_id, "created": now}
    columns = idempotency_keys.c
    taking = (
        insert(idempotency_keys)
        .values(tenant_id=tenant_id, key=key, **fresh)
        .on_conflict_do_update(index_elements=["tenant_id", "key"], set_=fresh, where=columns.created <= now - KEPT_FOR)
        .returning(columns.key)
    )
    try:
        taken = (await connection.execute(taking)).one_or_none()
    except DBAPIError as error:
        if isinstance(error.orig, psycopg.errors.LockNotAvailable | psycopg.errors.DeadlockDetected):
            raise KeyInUse("Another request with this key is still running.", retry_after=1) from error
        raise
    if taken is not None:
        return None
    row = (await connection.execute(select(idempotency_keys).where(columns.key == key))).one_or_none()
    if row is None:
        raise KeyInUse("Another request with this key has just ended.", retry_after=1)
    if row.request_hash != request_hash:
        raise KeyReused(key)
    if row.status is None:
        raise KeyInUse("Another request with this key is still running.", retry_after=1)
    return StoredAnswer(status=row.status, body=row.body, request_id=row.request_id)


async def keep(connection: AsyncConnection, key: str, status: int, body: bytes) -> None:
    """Store the answer of a claimed key."""
    await connection.execute(
        update(idempotency_keys).where(idempotency_keys.c.key == key).values(status=status, body=body)
    )


async def release(connection: AsyncConnection, key: str) -> None:
    """Give a claimed key back, because nothing was done."""
    await connection.execute(
        delete(idempotency_keys).where(idempotency_keys.c.key == key, idempotency_keys.c.status.is_(None))
    )


async def forget_old(connection: AsyncConnection, now: datetime) -> int:
    """Delete answers that nobody can ask for any more; how many there were."""
    gone = await connection.execute(delete(idempotency_keys).where(idempotency_keys.c.created <= now - KEPT_FOR))
    return gone.rowcount

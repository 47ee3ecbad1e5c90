"""What somebody typed into a form of a session that was over by then: kept for them until they have signed in again.

It lies sealed in the row of that session, moves to the new session of the same customer, and is erased as it is shown:
nothing is ever sent for them. What nobody comes back for is erased after an hour.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk_tenants.sessions import Session
from frontdesk_tenants.tables import sessions
from frontdesk_tenants.vault import SecretUnreadable, Vault, place_of

LIFETIME = timedelta(hours=1)
BYTES_AT_MOST = 20_000
"""More than any of our forms can hold. What is longer is not kept."""


class Typed(Struct, frozen=True):
    """The fields of a form, and the path of the page that it is on."""

    page: str
    fields: Mapping[str, str]


async def keep(
    connection: AsyncConnection, vault: Vault, tenant_id: UUID, session: Session, typed: Typed, now: datetime
) -> bool:
    """Keep a form in the row of its session that is over. What was kept before is replaced. False where it is too
    large for that."""
    plain = msgspec.json.encode(typed)
    if len(plain) > BYTES_AT_MOST:
        return False
    await _write(connection, session.id, vault.seal(plain, tenant_id, _place(session.id)), now)
    return True


async def hand_over(
    connection: AsyncConnection, vault: Vault, tenant_id: UUID, former: Session, to: str | None, now: datetime
) -> None:
    """Move what a session keeps to the new one of the same customer, by its public id; None erases it."""
    row = await _read(connection, former.id)
    if row is None:
        return
    sealed, typed_at = row
    await _write(connection, former.id, None, None)
    plain = _opened(vault, tenant_id, former.id, sealed)
    if to is not None and plain is not None and now < typed_at + LIFETIME:
        await _write(connection, to, vault.seal(plain, tenant_id, _place(to)), typed_at)


async def take(
    connection: AsyncConnection, vault: Vault, tenant_id: UUID, session: Session, page: str, now: datetime
) -> Mapping[str, str]:
    """The fields that were typed on a page, which are erased with that. Empty where there are none."""
    row = await _read(connection, session.id)
    if row is None:
        return {}
    sealed, typed_at = row
    plain = _opened(vault, tenant_id, session.id, sealed)
    typed = None if plain is None else msgspec.json.decode(plain, type=Typed)
    if typed is not None and typed.page != page and now < typed_at + LIFETIME:
        return {}
    await _write(connection, session.id, None, None)
    return {} if typed is None or now >= typed_at + LIFETIME else typed.fields


async def _read(connection: AsyncConnection, session_id: str) -> tuple[bytes, datetime] | None:
    question = select(sessions.c.typed_sealed, sessions.c.typed_at).where(sessions.c.id == session_id)
    row = (await connection.execute(question.with_for_update())).one_or_none()
    return None if row is None or row.typed_sealed is None else (bytes(row.typed_sealed), row.typed_at)


async def _write(connection: AsyncConnection, session_id: str, sealed: bytes | None, at: datetime | None) -> None:
    await connection.execute(
        update(sessions).where(sessions.c.id == session_id).values(typed_sealed=sealed, typed_at=at)
    )


def _opened(vault: Vault, tenant_id: UUID, session_id: str, sealed: bytes) -> bytes | None:
    try:
        return vault.open(sealed, tenant_id, _place(session_id))
    except SecretUnreadable:
        # Its key was taken away: it is typed again.
        return None


def _place(session_id: str) -> str:
    return place_of(sessions.c.typed_sealed, session_id)

"""Changes of addresses in PostgreSQL: asked for, confirmed by a code, taken back. The rules are in core."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.address_changes import AddressChange
from frontdesk_tenants.sessions import Session
from frontdesk_tenants.tables import address_changes

SEND_ADDRESS_CODE = "send_address_code"
"""The job that sends the code to the new address; its row is the challenge."""
SEND_ADDRESS_NOTICE = "send_address_notice"
"""The job that tells the old address; its row is the change."""

# Whoever else is in with the old address, or by a link that was made for it, is out. Sessions by login link end by
# themselves, since the address that was proven there is the customer's no longer (`sessions.LIVE`).
_END_OTHERS = text(
    "UPDATE sessions SET ended_at = :now WHERE customer = :customer AND source = 'api_session' AND ended_at IS NULL"
    " AND id <> :kept"
)


async def ask(connection: AsyncConnection, tenant_id: UUID, change: AddressChange) -> None:
    """Keep a change that was asked for, in place of those of the session that were not confirmed."""
    await connection.execute(
        update(address_changes)
        .where(
            address_changes.c.customer == change.customer,
            address_changes.c.session == change.session,
            address_changes.c.confirmed_at.is_(None),
        )
        .values(expires_at=change.created)
    )
    values = {name: getattr(change, name) for name in change.__struct_fields__}
    await connection.execute(insert(address_changes).values(tenant_id=tenant_id, **values))


async def waiting(connection: AsyncConnection, session: Session, now: datetime) -> AddressChange | None:
    """The change that waits for its code in a session, or None."""
    return await _one(
        connection,
        address_changes.c.customer == session.customer,
        address_changes.c.session == session.id,
        address_changes.c.confirmed_at.is_(None),
        address_changes.c.expires_at > now,
    )


async def read(connection: AsyncConnection, id_: str) -> AddressChange | None:
    """A change by its id, or None."""
    return await _one(connection, address_changes.c.id == id_)


async def of_challenge(connection: AsyncConnection, challenge: str) -> AddressChange | None:
    """The change that a challenge's code confirms, or None."""
    return await _one(connection, address_changes.c.challenge == challenge)


async def later(connection: AsyncConnection, change: AddressChange) -> tuple[AddressChange, ...]:
    """The changes of the same customer that were confirmed after one."""
    rows = await connection.execute(
        select(address_changes).where(
            address_changes.c.customer == change.customer, address_changes.c.confirmed_at > change.confirmed_at
        )
    )
    return tuple(_told(row) for row in rows)


async def confirm(connection: AsyncConnection, change: AddressChange, now: datetime) -> None:
    """Note that a change was confirmed, and end the other sessions that the tenant's program had made."""
    await connection.execute(update(address_changes).where(address_changes.c.id == change.id).values(confirmed_at=now))
    await connection.execute(_END_OTHERS, {"now": now, "customer": change.customer, "kept": change.session})


async def take_back(connection: AsyncConnection, change: AddressChange, now: datetime) -> None:
    """Note that a change was taken back, and end every session that the tenant's program had made."""
    await connection.execute(update(address_changes).where(address_changes.c.id == change.id).values(objected_at=now))
    await connection.execute(_END_OTHERS, {"now": now, "customer": change.customer, "kept": ""})


async def _one(connection: AsyncConnection, *wanted: Any) -> AddressChange | None:
    question = select(address_changes).where(*wanted).order_by(address_changes.c.created.desc()).limit(1)
    row = (await connection.execute(question)).one_or_none()
    return None if row is None else _told(row)


def _told(row: Any) -> AddressChange:
    return AddressChange(**{name: getattr(row, name) for name in AddressChange.__struct_fields__})

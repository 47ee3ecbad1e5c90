"""Browsers that have signed in with an address before. They have limits of their own.

So a stranger who uses up an address's limits keeps nobody out who has signed in here before (ASVS 5.0 §6.1.1). The
cookie is no sign-in: all that it gives is a fresh count. It is new whenever the browser was not known for the address,
because a stranger might have put the old one there.
"""

from datetime import datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.ids import random_token
from frontdesk_tenants.directory import PUBLIC_ID_LENGTH, Door
from frontdesk_tenants.tables import known_browsers
from frontdesk_tenants.vault import hashed

SECRET_LENGTH = 43
KNOWN_FOR = timedelta(days=365)


def well_formed(secret: str | None) -> bool:
    """Whether a text can be a known browser's secret at all."""
    return (
        secret is not None and secret.isascii() and secret.isalnum() and len(secret) == PUBLIC_ID_LENGTH + SECRET_LENGTH
    )


async def known_as(connection: AsyncConnection, secret: str | None, address: str, now: datetime) -> str | None:
    """What this browser is known by to the limits if it signed in with this folded address within a year, or None."""
    # The look-up happens whatever the cookie says, so that its time tells nothing.
    found = await connection.execute(
        select(known_browsers.c.hash).where(
            known_browsers.c.hash == hashed(secret or ""),
            known_browsers.c.address == address,
            known_browsers.c.last_used > now - KNOWN_FOR,
        )
    )
    row = found.first()
    return None if row is None or not well_formed(secret) else bytes(row.hash).hex()


async def remember(connection: AsyncConnection, door: Door, secret: str | None, address: str, now: datetime) -> str:
    """Know this browser for a folded address from now on; returns the cookie's value, new unless it was known."""
    if secret is not None and await known_as(connection, secret, address, now):
        await connection.execute(
            update(known_browsers).where(known_browsers.c.hash == hashed(secret)).values(last_used=now)
        )
        return secret
    fresh = door.public_id + random_token(SECRET_LENGTH)
    await connection.execute(
        insert(known_browsers).values(
            tenant_id=door.tenant_id, hash=hashed(fresh), address=address, created=now, last_used=now
        )
    )
    return fresh

"""Invitations to work for a tenant: a link by e-mail, good for a week and for one acceptance.

The link's secret carries the live side's public id in front. It is derived from the invitation under a key that is not
in the database, so that the job which writes the letter needs nothing but the row; the row keeps its hash. Every
function wants a transaction of the live side.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.ids import IdSource
from frontdesk.roles import Role
from frontdesk.secret import Secret
from frontdesk_tenants.directory import PUBLIC_ID_LENGTH, Door
from frontdesk_tenants.tables import staff_invitations
from frontdesk_tenants.vault import Vault, hashed

GOOD_FOR = timedelta(days=7)
SECRET_LENGTH = 64
SEND_INVITATION = "send_invitation"
"""The job that writes the letter; its row id is the invitation's."""


class Invitation(Struct, frozen=True, kw_only=True):
    """An invitation. `invited_by` is a staff id; `open` says whether it can still be accepted."""

    id: str
    address: str
    role: Role
    invited_by: str
    created: datetime
    expires_at: datetime
    open: bool


async def invite(
    connection: AsyncConnection, vault: Vault, live: Door, *, address: str, role: Role, invited_by: str, now: datetime
) -> Invitation:
    """Invite a folded address. Former invitations of the same address count no more."""
    await connection.execute(
        update(staff_invitations)
        .where(
            staff_invitations.c.address == address,
            staff_invitations.c.accepted_at.is_(None),
            staff_invitations.c.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
    id_ = IdSource(now)("inv")
    await connection.execute(
        insert(staff_invitations).values(
            tenant_id=live.tenant_id,
            id=id_,
            hash=hashed(secret_of(vault, live, id_).reveal()),
            address=address,
            role=role.value,
            invited_by=invited_by,
            created=now,
            expires_at=now + GOOD_FOR,
        )
    )
    return Invitation(
        id=id_, address=address, role=role, invited_by=invited_by, created=now, expires_at=now + GOOD_FOR, open=True
    )


def secret_of(vault: Vault, live: Door, id_: str) -> Secret:
    """The secret in the link of an invitation that is made now."""
    return _secret(vault.token_key("invitations"), live, id_)


async def secret_to_send(connection: AsyncConnection, vault: Vault, live: Door, id_: str) -> Secret:
    """The secret in an invitation's link, also where the master key was changed before its letter went.

    Raises:
        LookupError: there is no such invitation, or the key that it was made with is gone.
    """
    question = select(staff_invitations.c.hash).where(staff_invitations.c.id == id_)
    known = (await connection.execute(question)).scalar_one_or_none()
    for key in vault.token_keys("invitations"):
        secret = _secret(key, live, id_)
        if hashed(secret.reveal()) == known:
            return secret
    raise LookupError(f"no link for invitation {id_}")


def _secret(key: bytes, live: Door, id_: str) -> Secret:
    return Secret(live.public_id + hmac.digest(key, f"{live.tenant_id}\x1f{id_}".encode(), "sha256").hex())


def well_formed(secret: str) -> bool:
    """Whether a text can be an invitation's secret at all."""
    return secret.isascii() and secret.isalnum() and len(secret) == PUBLIC_ID_LENGTH + SECRET_LENGTH


async def find(connection: AsyncConnection, secret: str, now: datetime) -> Invitation | None:
    """The invitation of a link's secret, open or not, or None. Locked, so that it is accepted once."""
    question = select(staff_invitations).where(staff_invitations.c.hash == hashed(secret)).with_for_update()
    row = (await connection.execute(question)).one_or_none()
    return None if row is None else _invitation(dict(row._mapping), now)


async def read(connection: AsyncConnection, id_: str, now: datetime) -> Invitation | None:
    """An invitation by id, open or not, or None."""
    row = (await connection.execute(select(staff_invitations).where(staff_invitations.c.id == id_))).one_or_none()
    return None if row is None else _invitation(dict(row._mapping), now)


async def pending(connection: AsyncConnection, now: datetime) -> tuple[Invitation, ...]:
    """The invitations that nobody has accepted or taken back, the newest first; expired ones too."""
    rows = await connection.execute(
        select(staff_invitations)
        .where(staff_invitations.c.accepted_at.is_(None), staff_invitations.c.revoked_at.is_(None))
        .order_by(staff_invitations.c.created.desc(), staff_invitations.c.id.desc())
    )
    return tuple(_invitation(dict(row._mapping), now) for row in rows)


async def note_accepted(connection: AsyncConnection, id_: str, now: datetime) -> None:
    """An invitation was accepted."""
    await connection.execute(update(staff_invitations).where(staff_invitations.c.id == id_).values(accepted_at=now))


async def revoke(connection: AsyncConnection, id_: str, now: datetime) -> bool:
    """Take an invitation back. False where there is none, or it was accepted or taken back."""
    done = await connection.execute(
        update(staff_invitations)
        .where(
            staff_invitations.c.id == id_,
            staff_invitations.c.accepted_at.is_(None),
            staff_invitations.c.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
    return done.rowcount == 1


def _invitation(row: Mapping[str, Any], now: datetime) -> Invitation:
    return Invitation(
        id=row["id"],
        address=row["address"],
        role=Role(row["role"]),
        invited_by=row["invited_by"],
        created=row["created"],
        expires_at=row["expires_at"],
        open=row["accepted_at"] is None and row["revoked_at"] is None and now < row["expires_at"],
    )

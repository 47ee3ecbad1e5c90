"""Invitations to sign up: sent by an operator to one address, used once, for two weeks.

Only the hash of a token is kept; the token itself waits sealed for its letter and is erased then. Functions want a
transaction of the house.
"""

from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.desk import Actor
from frontdesk.ids import IdSource, random_token
from frontdesk_tenants import audit
from frontdesk_tenants.house import HOUSE, HOUSE_DOOR
from frontdesk_tenants.jobs import Jobs
from frontdesk_tenants.tables import sign_up_invitations
from frontdesk_tenants.vault import Vault, hashed, place_of

SEND_INVITATION = "send_sign_up_invitation"
"""The job that sends an invitation; its row id is the invitation's."""
LASTS = timedelta(days=14)
TOKEN_LENGTH = 32


class Invitation(Struct, frozen=True, kw_only=True):
    """An invitation. `delivery` is what became of its letter; `open` says whether it still counts."""

    id: str
    address: str
    locale: str
    delivery: str
    created: datetime
    expires_at: datetime
    accepted_at: datetime | None
    revoked_at: datetime | None
    now: datetime

    @property
    def open(self) -> bool:
        """Whether somebody can still sign up with it."""
        return self.accepted_at is None and self.revoked_at is None and self.now < self.expires_at


async def invite(
    connection: AsyncConnection,
    vault: Vault,
    jobs: Jobs,
    *,
    address: str,
    locale: str,
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
) -> str:
    """Invite the holder of a folded address; returns the invitation's id. One that is still open is replaced."""
    former = (sign_up_invitations.c.address == address) & _is_open(now)
    await connection.execute(update(sign_up_invitations).where(former).values(revoked_at=now, token_sealed=None))
    id_, token = IdSource(now)("siv"), HOUSE_DOOR.public_id + random_token(TOKEN_LENGTH)
    await connection.execute(
        insert(sign_up_invitations).values(
            tenant_id=HOUSE,
            id=id_,
            hash=hashed(token),
            token_sealed=vault.seal(token.encode(), HOUSE, _place(id_)),
            address=address,
            locale=locale,
            invited_by=actor.id,
            delivery="queued",
            created=now,
            expires_at=now + LASTS,
        )
    )
    await jobs.enqueue(connection, SEND_INVITATION, HOUSE, id_)
    await audit.record(
        connection,
        HOUSE,
        actor=actor,
        action="invited_to_sign_up",
        object_id=id_,
        now=now,
        after={"address": address},
        request_id=request_id,
    )
    return id_


def well_formed(token: str) -> bool:
    """Whether a text can be a token at all."""
    length = len(HOUSE_DOOR.public_id) + TOKEN_LENGTH
    return token.isascii() and token.isalnum() and len(token) == length


async def by_token(connection: AsyncConnection, token: str) -> Invitation | None:
    """The invitation of a token, open or not."""
    return await _one(connection, sign_up_invitations.c.hash == hashed(token)) if well_formed(token) else None


async def by_id(connection: AsyncConnection, id_: str) -> Invitation | None:
    """An invitation by its id."""
    return await _one(connection, sign_up_invitations.c.id == id_)


async def open_for(connection: AsyncConnection, address: str, now: datetime) -> Invitation | None:
    """The open invitation of a folded address that was proven, locked, or None."""
    condition = (sign_up_invitations.c.address == address) & _is_open(now)
    return await _one(connection, condition, lock=True)


async def accept(connection: AsyncConnection, id_: str, now: datetime) -> None:
    """Use an invitation up."""
    await connection.execute(
        update(sign_up_invitations).where(sign_up_invitations.c.id == id_).values(accepted_at=now, token_sealed=None)
    )


async def revoke(
    connection: AsyncConnection, id_: str, actor: Actor, now: datetime, request_id: str | None = None
) -> bool:
    """Withdraw an invitation. False where it is not open."""
    revoked = await connection.execute(
        update(sign_up_invitations)
        .where(sign_up_invitations.c.id == id_, _is_open(now))
        .values(revoked_at=now, token_sealed=None)
    )
    if not revoked.rowcount:
        return False
    await audit.record(
        connection, HOUSE, actor=actor, action="invitation_revoked", object_id=id_, now=now, request_id=request_id
    )
    return True


async def read_all(
    connection: AsyncConnection, *, before: tuple[datetime, str] | None = None, limit: int = 25
) -> tuple[Invitation, ...]:
    """Invitations, newest first, one more than `limit` if there are older ones."""
    question = select(sign_up_invitations, func.frontdesk_now().label("now"))
    if before is not None:
        question = question.where(tuple_(sign_up_invitations.c.created, sign_up_invitations.c.id) < tuple_(*before))
    newest = (sign_up_invitations.c.created.desc(), sign_up_invitations.c.id.desc())
    rows = await connection.execute(question.order_by(*newest).limit(limit + 1))
    return tuple(map(_invitation, rows))


async def read_token(connection: AsyncConnection, vault: Vault, id_: str) -> str | None:
    """The token of an invitation whose letter has not gone yet."""
    sealed = await connection.scalar(select(sign_up_invitations.c.token_sealed).where(sign_up_invitations.c.id == id_))
    return None if sealed is None else vault.open(sealed, HOUSE, _place(id_)).decode()


async def note_delivery(connection: AsyncConnection, id_: str, outcome: str) -> None:
    """Note what became of the letter, and erase the token. The first note counts: a job may run twice."""
    await connection.execute(
        update(sign_up_invitations)
        .where(sign_up_invitations.c.id == id_, sign_up_invitations.c.token_sealed.is_not(None))
        .values(delivery=outcome, token_sealed=None)
    )


def _is_open(now: datetime) -> ColumnElement[bool]:
    columns = sign_up_invitations.c
    return columns.accepted_at.is_(None) & columns.revoked_at.is_(None) & (columns.expires_at > now)


async def _one(connection: AsyncConnection, condition: Any, lock: bool = False) -> Invitation | None:
    question = select(sign_up_invitations, func.frontdesk_now().label("now")).where(condition)
    row = (await connection.execute(question.with_for_update() if lock else question)).one_or_none()
    return None if row is None else _invitation(row)


def _invitation(row: Row[Any]) -> Invitation:
    return Invitation(**{name: getattr(row, name) for name in Invitation.__struct_fields__})


def _place(id_: str) -> str:
    return place_of(sign_up_invitations.c.token_sealed, id_)

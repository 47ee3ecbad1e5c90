"""Sessions of staff: in the house, one cookie for all tenants that a person works for (trust.md §A2).

Thirty minutes without activity end one, twelve hours whatever happens. Until the second factor was given a session
opens nothing but the page that asks for it, for a quarter of an hour; with it comes a new secret. A session that a
tenant's own identity provider vouched for is good for that tenant alone (`scope`). Every function wants a transaction
of the house.
"""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct
from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.ids import IdSource, random_token
from frontdesk_tenants.directory import PUBLIC_ID_LENGTH
from frontdesk_tenants.house import HOUSE, HOUSE_DOOR
from frontdesk_tenants.tables import staff_sessions
from frontdesk_tenants.vault import hashed

Method = Literal["passcode", "oidc"]
SECRET_LENGTH = 43
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
HALF_WAY = timedelta(minutes=15)
"""How long a session waits for its second factor."""
FRESH = timedelta(minutes=5)
"""How long after an authentication secrets may be touched."""
NOTED_AFTER = timedelta(seconds=60)
AGENT_LENGTH = 200


class StaffSession(Struct, frozen=True, kw_only=True):
    """A session, alive or not. `whole` says that both factors were given, `fresh` that they were just now."""

    hash: bytes
    id: str
    person: str
    method: Method
    scope: UUID | None
    agent: str
    network: str
    locale: str | None
    created: datetime
    last_seen: datetime
    factor_at: datetime | None
    fresh_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    now: datetime

    @property
    def live(self) -> bool:
        """Whether it is good now."""
        return self.ended_at is None and self.now < self.expires_at and self.now < self.last_seen + IDLE

    @property
    def whole(self) -> bool:
        """Whether the second factor was given, or the identity provider saw to it."""
        return self.factor_at is not None

    @property
    def fresh(self) -> bool:
        """Whether its holder proved who they are within the last five minutes."""
        return self.now < self.fresh_at + FRESH


async def open_session(
    connection: AsyncConnection,
    *,
    person: str,
    method: Method,
    agent: str,
    network: str,
    locale: str | None,
    now: datetime,
    whole: bool = False,
    scope: UUID | None = None,
) -> tuple[str, str]:
    """Begin a session; returns its public id (`sts_…`) and its secret, the cookie's value."""
    id_, secret = IdSource(now)("sts"), HOUSE_DOOR.public_id + random_token(SECRET_LENGTH)
    await connection.execute(
        insert(staff_sessions).values(
            tenant_id=HOUSE,
            hash=hashed(secret),
            id=id_,
            person=person,
            method=method,
            scope=scope,
            agent=agent[:AGENT_LENGTH],
            network=network,
            locale=locale,
            created=now,
            last_seen=now,
            factor_at=now if whole else None,
            fresh_at=now,
            expires_at=now + (ABSOLUTE if whole else HALF_WAY),
        )
    )
    return id_, secret


def well_formed(secret: str) -> bool:
    """Whether a text can be a session's secret at all."""
    return secret.isascii() and secret.isalnum() and len(secret) == PUBLIC_ID_LENGTH + SECRET_LENGTH


async def read_session(connection: AsyncConnection, secret: str) -> StaffSession | None:
    """The session of a secret, alive or not, or None. Ask `live` and `whole` before trusting it."""
    if not well_formed(secret):
        return None
    columns = [each for each in staff_sessions.c if each.name != "tenant_id"]
    question = select(*columns, func.frontdesk_now().label("now")).where(staff_sessions.c.hash == hashed(secret))
    row = (await connection.execute(question)).one_or_none()
    return None if row is None else StaffSession(**{**row._mapping, "hash": bytes(row.hash)})


async def note_visit(connection: AsyncConnection, session: StaffSession) -> None:
    """Write `last_seen`, unless it was written within the last minute."""
    if session.now - session.last_seen >= NOTED_AFTER:
        await connection.execute(
            update(staff_sessions).where(staff_sessions.c.hash == session.hash).values(last_seen=session.now)
        )


async def note_locale(connection: AsyncConnection, session: StaffSession, locale: str) -> None:
    """Show a session in another language from now on."""
    await connection.execute(update(staff_sessions).where(staff_sessions.c.hash == session.hash).values(locale=locale))


async def complete(connection: AsyncConnection, session: StaffSession) -> tuple[str, str]:
    """The second factor was given: a new session takes the place of the one that waited for it."""
    await end_session(connection, session)
    return await open_session(
        connection,
        person=session.person,
        method=session.method,
        agent=session.agent,
        network=session.network,
        locale=session.locale,
        now=session.now,
        whole=True,
        scope=session.scope,
    )


async def refresh(connection: AsyncConnection, session: StaffSession) -> str:
    """The holder proved once more who they are: returns the session's new secret; the old one is dead."""
    secret = HOUSE_DOOR.public_id + random_token(SECRET_LENGTH)
    await connection.execute(
        update(staff_sessions)
        .where(staff_sessions.c.hash == session.hash)
        .values(hash=hashed(secret), fresh_at=session.now, last_seen=session.now)
    )
    return secret


async def end_session(connection: AsyncConnection, session: StaffSession) -> None:
    """End a session, on all processes at once."""
    await end_by_id(connection, session.person, session.id, session.now)


async def end_by_id(connection: AsyncConnection, person: str, id_: str, now: datetime) -> bool:
    """End one of a person's sessions. False where there is no such session, or it was over."""
    ended = await connection.execute(
        update(staff_sessions)
        .where(staff_sessions.c.person == person, staff_sessions.c.id == id_, staff_sessions.c.ended_at.is_(None))
        .values(ended_at=now)
    )
    return ended.rowcount == 1


async def end_all(connection: AsyncConnection, person: str, now: datetime, *, but: str | None = None) -> int:
    """End all sessions of a person but the one with the id `but`; returns how many there were."""
    ended = await connection.execute(
        update(staff_sessions)
        .where(
            staff_sessions.c.person == person, staff_sessions.c.id != (but or ""), staff_sessions.c.ended_at.is_(None)
        )
        .values(ended_at=now)
    )
    return int(ended.rowcount)


async def end_scoped(connection: AsyncConnection, scope: UUID, now: datetime) -> None:
    """End all sessions that a tenant's identity provider vouched for."""
    await connection.execute(
        update(staff_sessions)
        .where(staff_sessions.c.scope == scope, staff_sessions.c.ended_at.is_(None))
        .values(ended_at=now)
    )


async def sessions_of(connection: AsyncConnection, person: str) -> tuple[StaffSession, ...]:
    """A person's sessions that are good now, the last used first."""
    columns = [each for each in staff_sessions.c if each.name != "tenant_id"]
    rows = await connection.execute(
        select(*columns, func.frontdesk_now().label("now"))
        .where(staff_sessions.c.person == person, staff_sessions.c.ended_at.is_(None))
        .order_by(staff_sessions.c.last_seen.desc())
    )
    found = (StaffSession(**{**row._mapping, "hash": bytes(row.hash)}) for row in rows)
    return tuple(each for each in found if each.live and each.whole)

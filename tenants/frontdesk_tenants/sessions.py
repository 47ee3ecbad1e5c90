"""Sessions of customers: opened by a proven address or by the tenant's API, ended at once when their ground is gone.

They lie in PostgreSQL, so that one is dead on every process the moment it ends. A session lives as long as its
customer still has the address that was proven (one begun by login link), or as its configuration is active (one
made by the API), and never longer than its idle and absolute limits (trust.md §A2, portal_spec.md §B.2).
"""

from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import insert, or_, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.desk import Actor
from frontdesk.flows import Flow, Recovery
from frontdesk.ids import IdSource, random_token
from frontdesk_tenants.directory import PUBLIC_ID_LENGTH, Door
from frontdesk_tenants.tables import sessions
from frontdesk_tenants.vault import hashed

Source = Literal["login_link", "api_session"]

SECRET_LENGTH = 43
"""Random characters of a session's secret: 256 bits."""
IDLE = timedelta(hours=1)
ABSOLUTE = timedelta(hours=12)
UNOPENED = timedelta(minutes=5)
"""How long the address of an API session waits for its first visit."""
NOTED_AFTER = timedelta(seconds=60)
"""`last_seen` is written at most this often, so a session may end a minute before its idle hour, never after it."""
LIVE_PREFIX, SANDBOX_PREFIX = "live_", "test_"

LIVE = """
    s.ended_at IS NULL AND s.last_seen IS NOT NULL AND frontdesk_now() < s.expires_at
    AND frontdesk_now() < s.last_seen + s.idle_seconds * interval '1 second'
    AND NOT c.deleted AND CASE s.source WHEN 'login_link' THEN c.address = s.address ELSE g.active END
"""
"""Whether a session `s` with its customer `c` and its configuration `g` is good now."""

_READ = f"""
    SELECT s.hash, s.id, s.source, s.address, s.customer, s.configuration, s.locale, s.return_url, s.created,
           s.last_seen, s.open_until, s.idle_seconds, s.expires_at, COALESCE({LIVE}, false) AS live,
           s.flow, s.confined, s.flow_result, s.recovery, s.typed_at, s.ended_at IS NOT NULL AS ended,
           s.ended_at IS NULL AND NOT c.deleted AND g.active AS grounded,
           s.ended_at IS NULL AND NOT c.deleted AND g.active AND frontdesk_now() < s.expires_at AND CASE
             WHEN s.last_seen IS NULL THEN frontdesk_now() < s.open_until
             ELSE frontdesk_now() < s.last_seen + s.idle_seconds * interval '1 second' END AS can_be_opened,
           COALESCE(c.body ->> 'preferred_locales', '[]') AS preferred_locales
    FROM sessions s
    JOIN customers c ON c.tenant_id = s.tenant_id AND c.id = s.customer
    JOIN configurations g ON g.tenant_id = s.tenant_id AND g.id = s.configuration
    WHERE s.hash = :hash
"""  # noqa: S608


class Session(Struct, frozen=True, kw_only=True):
    """A session, alive or not.

    `address` is the proven one, folded; None in a session made by the API. `locale` is what was asked for when it was
    made, `preferred_locales` are the customer's. `id` is public: the audit and the API know the session by it.
    `confined` says that nothing but the pages of `flow` is shown; `flow_result` is what the flow led to, once it is
    done. `typed_at` says that a form is kept for it (`typed_forms`). `ended` is a session that somebody ended, by
    signing out or by signing in again; one that is `grounded` is over by time alone, if at all.
    """

    hash: bytes
    id: str
    source: Source
    address: str | None
    customer: str
    configuration: str
    locale: str | None
    return_url: str | None
    created: datetime
    last_seen: datetime | None
    open_until: datetime | None
    idle_seconds: int
    expires_at: datetime
    live: bool
    can_be_opened: bool
    ended: bool = False
    grounded: bool = True
    flow: Flow | None = None
    confined: bool = False
    flow_result: str | None = None
    recovery: Recovery | None = None
    typed_at: datetime | None = None
    preferred_locales: tuple[str, ...] = ()

    @property
    def idle(self) -> timedelta:
        """How long it lasts without a request."""
        return timedelta(seconds=self.idle_seconds)

    @property
    def actor(self) -> Actor:
        """Who acts in this session, as desks and the audit want to know it."""
        granted = () if self.flow is None else self.flow.granted
        return Actor(kind="customer", id=self.id, source=self.source, granted=granted)

    def can_be_recovered(self, now: datetime) -> bool:
        """Whether whoever proves the customer's address may begin this session again (`after_expiration`)."""
        over = not self.live and not self.can_be_opened and self.grounded
        return over and self.recovery is not None and self.recovery.holds(now)


async def open_session(
    connection: AsyncConnection,
    door: Door,
    *,
    address: str,
    customer: str,
    configuration: str,
    locale: str | None,
    now: datetime,
    expires_at: datetime | None = None,
) -> tuple[str, str]:
    """Begin a session for a proven address; returns its public id (`ses_…`) and its secret, the cookie's value.

    `expires_at` None is twelve hours from now; a session that takes another one's place keeps that one's end.
    """
    id_ = IdSource(now)("ses")
    secret = door.public_id + random_token(SECRET_LENGTH)
    await connection.execute(
        insert(sessions).values(
            tenant_id=door.tenant_id,
            hash=hashed(secret),
            id=id_,
            source="login_link",
            address=address,
            customer=customer,
            configuration=configuration,
            locale=locale,
            created=now,
            last_seen=now,
            idle_seconds=int(IDLE.total_seconds()),
            expires_at=expires_at or now + ABSOLUTE,
        )
    )
    return id_, secret


async def create_api_session(
    connection: AsyncConnection,
    door: Door,
    *,
    customer: str,
    configuration: str,
    locale: str | None,
    return_url: str | None,
    now: datetime,
    flow: Flow | None = None,
    recovery: Recovery | None = None,
) -> tuple[str, str]:
    """A session that the tenant's program makes for a customer it has authenticated itself.

    Returns its public id (`bps_…`) and the token of its address `/p/session/{token}`. Unopened it dies after five
    minutes, opened after an hour without activity. Customer and configuration must exist on this side.
    """
    id_ = IdSource(now)("bps")
    secret = door.public_id + random_token(SECRET_LENGTH)
    await connection.execute(
        insert(sessions).values(
            tenant_id=door.tenant_id,
            hash=hashed(secret),
            id=id_,
            source="api_session",
            customer=customer,
            configuration=configuration,
            locale=locale,
            return_url=return_url,
            created=now,
            open_until=now + UNOPENED,
            idle_seconds=int(IDLE.total_seconds()),
            expires_at=now + ABSOLUTE,
            flow=flow,
            confined=flow is not None,
            recovery=recovery,
        )
    )
    return id_, (LIVE_PREFIX if door.livemode else SANDBOX_PREFIX) + secret


def secret_in(token: str) -> str | None:
    """The secret in the token of a session's address; None for a text that is no such token."""
    prefix, secret = token[: len(LIVE_PREFIX)], token[len(LIVE_PREFIX) :]
    return secret if prefix in (LIVE_PREFIX, SANDBOX_PREFIX) and well_formed(secret) else None


def well_formed(secret: str) -> bool:
    """Whether a text can be a session's secret at all."""
    return secret.isascii() and secret.isalnum() and len(secret) == PUBLIC_ID_LENGTH + SECRET_LENGTH


async def read_session(connection: AsyncConnection, secret: str) -> Session | None:
    """The session of a secret, alive or not, or None. Ask `live` before trusting it."""
    if not well_formed(secret):
        return None
    row = (await connection.execute(text(_READ), {"hash": hashed(secret)})).one_or_none()
    return None if row is None else Session(**_told(row._mapping))


async def open_api_session(connection: AsyncConnection, session: Session, now: datetime) -> bool:
    """Note that the address of a session was visited. False where it may not be opened (any more)."""
    if session.source != "api_session" or not session.can_be_opened:
        return False
    # Two browsers may open it at once: whoever is second finds it opened.
    done = await connection.execute(
        update(sessions)
        .where(
            sessions.c.hash == session.hash,
            sessions.c.ended_at.is_(None),
            or_(sessions.c.last_seen.is_not(None), sessions.c.open_until > now),
        )
        .values(last_seen=now)
    )
    return bool(done.rowcount)


async def begin_again(connection: AsyncConnection, door: Door, session: Session, now: datetime) -> tuple[str, str]:
    """A session in the place of one that is over and can be recovered: the same customer, configuration and flow.

    Returns its public id (`bps_…`) and its secret, the cookie's value. Who asks must have proven the customer's
    address just now.
    """
    id_ = IdSource(now)("bps")
    secret = door.public_id + random_token(SECRET_LENGTH)
    await connection.execute(
        insert(sessions).values(
            tenant_id=door.tenant_id,
            hash=hashed(secret),
            id=id_,
            source="api_session",
            customer=session.customer,
            configuration=session.configuration,
            locale=session.locale,
            return_url=session.return_url,
            created=now,
            last_seen=now,
            idle_seconds=int(IDLE.total_seconds()),
            expires_at=now + ABSOLUTE,
            flow=session.flow,
            confined=session.confined,
            flow_result=session.flow_result,
            recovery=session.recovery,
        )
    )
    return id_, secret


async def note_result(connection: AsyncConnection, session: Session, result: str | None) -> None:
    """Note what a session's flow led to; None takes the note back. Where the portal's home page comes next, the
    session is from now on like any other."""
    assert session.flow is not None
    confined = session.confined and (result is None or session.flow.after.type != "portal_homepage")
    if (session.flow_result, session.confined) != (result, confined):
        await connection.execute(
            update(sessions).where(sessions.c.hash == session.hash).values(flow_result=result, confined=confined)
        )


async def note_visit(connection: AsyncConnection, session: Session, now: datetime) -> None:
    """Write `last_seen`, unless it was written within the last minute."""
    if session.last_seen is None or now - session.last_seen >= NOTED_AFTER:
        await connection.execute(
            update(sessions)
            .where(sessions.c.hash == session.hash, sessions.c.last_seen <= now - NOTED_AFTER)
            .values(last_seen=now)
        )


async def note_locale(connection: AsyncConnection, session: Session, locale: str) -> None:
    """Show a session in another language from now on."""
    if session.locale != locale:
        await connection.execute(update(sessions).where(sessions.c.hash == session.hash).values(locale=locale))


async def end_session(connection: AsyncConnection, session: Session, now: datetime) -> None:
    """End a session, on all processes at once."""
    await connection.execute(
        update(sessions).where(sessions.c.hash == session.hash, sessions.c.ended_at.is_(None)).values(ended_at=now)
    )


def _told(row: Any) -> dict[str, Any]:
    locales = msgspec.json.decode(row["preferred_locales"], type=tuple[str, ...])
    kinds: tuple[tuple[str, Any], ...] = (("flow", Flow), ("recovery", Recovery))
    bodies = {name: None if row[name] is None else msgspec.json.decode(row[name], type=kind) for name, kind in kinds}
    return {**row, **bodies, "hash": bytes(row["hash"]), "preferred_locales": locales}

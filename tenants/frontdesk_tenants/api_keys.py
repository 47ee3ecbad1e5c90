"""API keys: created once, shown once, kept as hashes. Each carries its side's public id.

A key ends when it is revoked, or, where it was rolled with an overlap, when that is over.
"""

from datetime import datetime, timedelta
from typing import Any, Literal

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.api_permissions import Permissions
from frontdesk.ids import ALPHABET, IdSource, random_token
from frontdesk.secret import Secret
from frontdesk_tenants.directory import PUBLIC_ID_LENGTH, Door
from frontdesk_tenants.tables import api_keys, request_log
from frontdesk_tenants.vault import hashed

KeyKind = Literal["secret", "restricted", "publishable"]
RANDOM_LENGTH = 32
NAME_LENGTH = 100
_KINDS: dict[str, KeyKind] = {"sk": "secret", "rk": "restricted", "pk": "publishable"}
PREFIXES: dict[KeyKind, str] = {kind: prefix for prefix, kind in _KINDS.items()}


class ApiKey(Struct, frozen=True, kw_only=True):
    """A key as stored. `id` is what the audit keeps; the key itself is nowhere.

    `permissions` are those of a restricted key, None for one that may do everything.
    """

    id: str
    kind: KeyKind
    last4: str
    created: datetime
    revoked_at: datetime | None
    name: str = ""
    permissions: Permissions | None = None
    expires_at: datetime | None = None

    def has_ended(self, now: datetime) -> bool:
        """Whether it is good for nothing any more."""
        return self.revoked_at is not None or (self.expires_at is not None and self.expires_at <= now)


class UsedKey(Struct, frozen=True, kw_only=True):
    """A key, and when the log last saw it; None where it was not used as long as the log goes back."""

    key: ApiKey
    last_used: datetime | None


class WrittenKey(Struct, frozen=True, kw_only=True):
    """What a key says of itself, before anything is looked up."""

    kind: KeyKind
    livemode: bool
    public_id: str


def read_key(presented: str) -> WrittenKey | None:
    """The parts of `sk_test_…`, `rk_live_…`, `pk_test_…` and the like; None for anything else."""
    prefix, _, rest = presented.partition("_")
    mode, _, body = rest.partition("_")
    kind = _KINDS.get(prefix)
    if kind is None or mode not in ("test", "live") or len(body) != PUBLIC_ID_LENGTH + RANDOM_LENGTH:
        return None
    if any(each not in ALPHABET for each in body):
        return None
    return WrittenKey(kind=kind, livemode=mode == "live", public_id=body[:PUBLIC_ID_LENGTH])


def beginning(door: Door, kind: KeyKind) -> str:
    """How all keys of a kind begin on a side: this much of them is no secret."""
    return f"{PREFIXES[kind]}_{'live' if door.livemode else 'test'}_{door.public_id}"


async def create(
    connection: AsyncConnection,
    door: Door,
    kind: KeyKind,
    now: datetime,
    *,
    name: str = "",
    permissions: Permissions | None = None,
) -> Secret:
    """A new key of a side. It cannot be shown again: only its hash is kept."""
    key = beginning(door, kind) + random_token(RANDOM_LENGTH)
    await connection.execute(
        insert(api_keys).values(
            tenant_id=door.tenant_id,
            id=IdSource(now)("key"),
            kind=kind,
            hash=hashed(key),
            last4=key[-4:],
            name=name,
            permissions=None if kind != "restricted" else dict(permissions or {}),
            created=now,
        )
    )
    return Secret(key)


async def roll(connection: AsyncConnection, door: Door, id_: str, now: datetime, overlap: timedelta) -> Secret | None:
    """A new key in the place of one, which works on until the overlap is over. None where that has ended already.

    One that was to end sooner anyway still does.
    """
    wanted = select(api_keys).where(api_keys.c.id == id_).with_for_update()
    row = (await connection.execute(wanted)).one_or_none()
    if row is None or _key(row).has_ended(now):
        return None
    old = _key(row)
    made = await create(connection, door, old.kind, now, name=old.name, permissions=old.permissions)
    ends = now + overlap if old.expires_at is None else min(old.expires_at, now + overlap)
    ending: dict[str, Any] = {"expires_at": ends} if overlap else {"revoked_at": now}
    await connection.execute(update(api_keys).where(api_keys.c.id == id_).values(**ending))
    return made


async def find(connection: AsyncConnection, presented: str) -> ApiKey | None:
    """The key, ended or not, looked up under row-level security on a transaction of the side that it names."""
    row = (await connection.execute(select(api_keys).where(api_keys.c.hash == hashed(presented)))).one_or_none()
    return None if row is None else _key(row)


async def by_id(connection: AsyncConnection, id_: str) -> ApiKey | None:
    """The key with this id, ended or not."""
    row = (await connection.execute(select(api_keys).where(api_keys.c.id == id_))).one_or_none()
    return None if row is None else _key(row)


async def keys(connection: AsyncConnection) -> tuple[ApiKey, ...]:
    """The keys of the side that work, the newest first."""
    return tuple(each.key for each in await used_keys(connection))


async def used_keys(connection: AsyncConnection) -> tuple[UsedKey, ...]:
    """The keys of the side that work, the newest first, with their last use."""
    last = select(func.max(request_log.c.at)).where(request_log.c.key == api_keys.c.id).scalar_subquery()
    rows = await connection.execute(
        select(api_keys, last.label("last_used"))
        .where(_works())
        .order_by(api_keys.c.created.desc(), api_keys.c.id.desc())
    )
    return tuple(UsedKey(key=_key(row), last_used=row.last_used) for row in rows)


async def names(connection: AsyncConnection) -> dict[str, ApiKey]:
    """All keys that there ever were, by id: for a log that outlives them."""
    return {row.id: _key(row) for row in await connection.execute(select(api_keys))}


async def revoke(connection: AsyncConnection, id_: str, now: datetime) -> bool:
    """Make a key useless at once. False where there is no such key, or it has ended before."""
    revoked = await connection.execute(update(api_keys).where(api_keys.c.id == id_, _works()).values(revoked_at=now))
    return revoked.rowcount == 1


def _works() -> ColumnElement[bool]:
    columns = api_keys.c
    in_time = or_(columns.expires_at.is_(None), columns.expires_at > func.frontdesk_now())
    return columns.revoked_at.is_(None) & in_time


def _key(row: Row[Any]) -> ApiKey:
    return ApiKey(
        id=row.id,
        kind=row.kind,
        last4=row.last4,
        created=row.created,
        revoked_at=row.revoked_at,
        name=row.name,
        permissions=row.permissions,
        expires_at=row.expires_at,
    )

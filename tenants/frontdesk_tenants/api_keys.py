"""API keys: created once, shown once, kept as hashes. Each carries its side's public id."""

from datetime import datetime
from typing import Literal

from msgspec import Struct
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.ids import ALPHABET, IdSource, random_token
from frontdesk.secret import Secret
from frontdesk_tenants.directory import PUBLIC_ID_LENGTH, Door
from frontdesk_tenants.tables import api_keys
from frontdesk_tenants.vault import hashed

KeyKind = Literal["secret", "publishable"]
RANDOM_LENGTH = 32
_KINDS: dict[str, KeyKind] = {"sk": "secret", "pk": "publishable"}
_PREFIXES: dict[KeyKind, str] = {kind: prefix for prefix, kind in _KINDS.items()}


class ApiKey(Struct, frozen=True, kw_only=True):
    """A key as stored. `id` is what the audit keeps; the key itself is nowhere."""

    id: str
    kind: KeyKind
    last4: str
    created: datetime
    revoked_at: datetime | None


class WrittenKey(Struct, frozen=True, kw_only=True):
    """What a key says of itself, before anything is looked up."""

    kind: KeyKind
    livemode: bool
    public_id: str


def read_key(presented: str) -> WrittenKey | None:
    """The parts of `sk_test_…`, `sk_live_…`, `pk_test_…` or `pk_live_…`; None for anything else."""
    prefix, _, rest = presented.partition("_")
    mode, _, body = rest.partition("_")
    kind = _KINDS.get(prefix)
    if kind is None or mode not in ("test", "live") or len(body) != PUBLIC_ID_LENGTH + RANDOM_LENGTH:
        return None
    if any(each not in ALPHABET for each in body):
        return None
    return WrittenKey(kind=kind, livemode=mode == "live", public_id=body[:PUBLIC_ID_LENGTH])


async def create(connection: AsyncConnection, door: Door, kind: KeyKind, now: datetime) -> Secret:
    """A new key of a side. It cannot be shown again: only its hash is kept."""
    mode = "live" if door.livemode else "test"
    key = f"{_PREFIXES[kind]}_{mode}_{door.public_id}{random_token(RANDOM_LENGTH)}"
    await connection.execute(
        insert(api_keys).values(
            tenant_id=door.tenant_id,
            id=IdSource(now)("key"),
            kind=kind,
            hash=hashed(key),
            last4=key[-4:],
            created=now,
        )
    )
    return Secret(key)


async def find(connection: AsyncConnection, presented: str) -> ApiKey | None:
    """The key, revoked or not, looked up under row-level security on a transaction of the side that it names."""
    row = (await connection.execute(select(api_keys).where(api_keys.c.hash == hashed(presented)))).one_or_none()
    if row is None:
        return None
    return ApiKey(id=row.id, kind=row.kind, last4=row.last4, created=row.created, revoked_at=row.revoked_at)


async def keys(connection: AsyncConnection) -> tuple[ApiKey, ...]:
    """The keys of the side that work, the newest first."""
    rows = await connection.execute(
        select(api_keys)
        .where(api_keys.c.revoked_at.is_(None))
        .order_by(api_keys.c.created.desc(), api_keys.c.id.desc())
    )
    return tuple(
        ApiKey(id=row.id, kind=row.kind, last4=row.last4, created=row.created, revoked_at=row.revoked_at)
        for row in rows
    )


async def revoke(connection: AsyncConnection, id_: str, now: datetime) -> bool:
    """Make a key useless at once. False where there is no such key, or it was revoked before."""
    revoked = await connection.execute(
        update(api_keys).where(api_keys.c.id == id_, api_keys.c.revoked_at.is_(None)).values(revoked_at=now)
    )
    return revoked.rowcount == 1

"""What remote backends told us, each thing once by its own id, until the book says so too.

Taking a message in asks the backend nothing: it is verified, written down and answered. What it is about is asked again
later (`mirror_due`), once for however many messages there are about it. What fails too often is dead, and can be
replayed by staff.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.desk import Actor
from frontdesk.mirroring import Forged, Heard, Subject
from frontdesk.reasons import Reason
from frontdesk_tenants import audit, mirror_due
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Door, Side
from frontdesk_tenants.many_rows import among
from frontdesk_tenants.mirrors import secrets_of
from frontdesk_tenants.tables import mirror_inbox, mirrors, sides
from frontdesk_tenants.tenancy import Tenancy

LARGEST = 256 * 1024
"""Bytes of a message at most."""
LETTERS_A_PAGE = 100
LONGEST_ID = 255


class DeadLetter(Struct, frozen=True, kw_only=True):
    """Something that was told and that nobody could apply. `kind` is the backend's own name of it."""

    id: str
    kind: str
    subject: str | None
    at: datetime
    received: datetime
    attempts: int
    last_error: Reason | None


def name_of(subject: Subject) -> str:
    """How the list of what is due names what is to be asked about."""
    return f"{subject.kind}:{subject.id}"


async def take_in(tenancy: Tenancy, door: Door, path_token: str, body: bytes, signature: str) -> bool:
    """Take in what a backend tells a side at its endpoint. Returns whether it is new.

    Raises:
        Forged: it does not come from the account that the side is connected with, or comes too late. Nothing is kept.
    """
    async with tenancy.database.side(door.tenant_id) as connection:
        row = (
            await connection.execute(
                select(
                    mirrors.c.backend, mirrors.c.account, mirrors.c.secret_sealed, mirrors.c.former_sealed,
                    mirrors.c.former_until, func.frontdesk_now().label("now"),
                )
                .select_from(mirrors.join(sides, sides.c.tenant_id == mirrors.c.tenant_id))
                .where(
                    mirrors.c.path_token == path_token,
                    mirrors.c.stopped_at.is_(None),
                    mirrors.c.backend == sides.c.backend,
                )
            )
        ).one_or_none()  # fmt: skip
        if row is None:
            raise Forged("no such endpoint")
        backend = await tenancy.backends.of(connection, door.tenant_id, row.backend)
        heard = backend.hear(body, signature, secrets_of(tenancy, door.tenant_id, row, row.now), row.now)
        if heard.livemode != door.livemode or heard.account not in (None, row.account):
            raise Forged("of another account or mode")
        return bool(await keep(connection, door.tenant_id, (heard,), row.now))


async def keep(connection: AsyncConnection, tenant_id: UUID, heard: Sequence[Heard], now: datetime) -> list[Heard]:
    """Write down what is new of what was heard, and have it asked about. Returns that."""
    if not heard:
        return []
    rows = await connection.execute(
        _KEEP,
        {
            "tenant_id": tenant_id,
            "ids": [each.id[:LONGEST_ID] for each in heard],
            "kinds": [each.kind[:LONGEST_ID] for each in heard],
            "subjects": [None if each.about is None else name_of(each.about) for each in heard],
            "ats": [each.at for each in heard],
            "received": now,
        },
    )
    new = {row.id for row in rows}
    return [each for each in heard if each.id[:LONGEST_ID] in new]


_KEEP = text(
    """
    WITH told AS (
      SELECT * FROM unnest(CAST(:ids AS text[]), CAST(:kinds AS text[]), CAST(:subjects AS text[]),
                           CAST(:ats AS timestamptz[])) AS t(id, kind, subject, at)
    ), new AS (
      INSERT INTO mirror_inbox (tenant_id, id, kind, subject, at, received, state)
      SELECT :tenant_id, id, kind, subject, at, :received, CASE WHEN subject IS NULL THEN 'done' ELSE 'waiting' END
        FROM told
      ON CONFLICT DO NOTHING
      RETURNING id, subject
    ), due AS (
      INSERT INTO mirror_due (tenant_id, id, wake_at, told)
      SELECT DISTINCT CAST(:tenant_id AS uuid), subject, frontdesk_now(), 1
        FROM new WHERE subject IS NOT NULL ORDER BY 2
      ON CONFLICT (tenant_id, id) DO UPDATE SET told = mirror_due.told + 1
    )
    SELECT id FROM new
    """
)
"""Keeps what is new and has it asked about, as `mirror_due.wake` does: one statement, since many of them come."""


async def waiting_for(connection: AsyncConnection, subject: str) -> tuple[str, ...]:
    """The ids of what waits until a thing is asked about again."""
    mine = (mirror_inbox.c.state == "waiting") & (mirror_inbox.c.subject == subject)
    return tuple(await connection.scalars(select(mirror_inbox.c.id).where(mine)))


async def settle(connection: AsyncConnection, ids: Sequence[str]) -> None:
    """What these told is in the book."""
    if ids:
        await connection.execute(
            update(mirror_inbox).where(among(mirror_inbox.c.id, ids)).values(state="done", last_error=None)
        )


async def note_failure(connection: AsyncConnection, ids: Sequence[str], why: Reason, *, dead: bool) -> None:
    """It was tried and failed; `dead` is for the last time."""
    if ids:
        values = {"attempts": mirror_inbox.c.attempts + 1, "last_error": why}
        if dead:
            values["state"] = "dead"
        await connection.execute(update(mirror_inbox).where(among(mirror_inbox.c.id, ids)).values(**values))


async def dead_letters(connection: AsyncConnection) -> tuple[DeadLetter, ...]:
    """What was given up, newest first, at most a hundred."""
    rows = await connection.execute(
        select(*(mirror_inbox.c[each] for each in DeadLetter.__struct_fields__))
        .where(mirror_inbox.c.state == "dead")
        .order_by(mirror_inbox.c.at.desc(), mirror_inbox.c.id.desc())
        .limit(LETTERS_A_PAGE)
    )
    return tuple(DeadLetter(**row._mapping) for row in rows)


async def replay(
    connection: AsyncConnection,
    side: Side,
    ids: Sequence[str] | None = None,
    *,
    actor: Actor,
    request_id: str | None = None,
) -> int:
    """Try what was given up once more: these, or (None) all of it. How many there are."""
    dead = mirror_inbox.c.state == "dead"
    chosen = dead if ids is None else dead & among(mirror_inbox.c.id, ids)
    rows = await connection.execute(
        update(mirror_inbox).where(chosen).values(state="waiting", attempts=0).returning(mirror_inbox.c.subject)
    )
    subjects = [row.subject for row in rows]
    if not subjects:
        return 0
    due = sorted({each for each in subjects if each is not None})
    await mirror_due.forget(connection, side.tenant_id, due)
    await mirror_due.wake(connection, side.tenant_id, due)
    await audit.record(
        connection,
        side.tenant_id,
        actor=actor,
        action="mirror_replayed",
        object_id=side.backend,
        now=await clock(connection),
        after={"letters": len(subjects)},
        request_id=request_id,
    )
    return len(subjects)

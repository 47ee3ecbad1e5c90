"""The mirror of a side's remote backend: connecting it, how it stands, and letting it go.

Who is at the other end is pinned when a side first connects: a key of another account is refused from then on, since
the book's ids are that account's. The endpoint that the backend tells its events to is ours: made with a path nobody
guesses and a secret of its own, which lies sealed in the mirror's row.
"""

import secrets
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk import mirror_refusals
from frontdesk.desk import Actor
from frontdesk.errors import FrontdeskError, Misconfigured
from frontdesk.mirroring import Connected, Listening, Walk
from frontdesk.reasons import Reason
from frontdesk.secret import Secret
from frontdesk_tenants import audit, mirror_due
from frontdesk_tenants.backends import LiveBackend
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Door, Side
from frontdesk_tenants.mirror_due import IMPORT, REPAIR, WALK
from frontdesk_tenants.tables import mirror_inbox, mirrors, sides
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_tenants.vault import place_of

OVERLAP = timedelta(hours=24)
"""How long the secret of an endpoint that was replaced is still good."""
AWAY_AFTER = timedelta(minutes=10)
"""How long a backend has to be silent before pages say as of when they are."""


class Mirror(Struct, frozen=True, kw_only=True):
    """How the mirror of a side stands.

    `missing` are permissions that the key lacks. `imported` says how far the first import is and `imported_at` when it
    was complete. `failing_since` is set while the backend does not answer, for the reason `failing_with`. `waiting` and
    `dead` count what was heard and is not applied; `lag` is how old the oldest that waits is. `repairs` counts what was
    found that nobody had told.
    """

    backend: str
    account: str
    name: str
    missing: tuple[str, ...]
    connected_at: datetime
    stopped_at: datetime | None
    endpoint_url: str | None
    imported: Walk
    imported_at: datetime | None
    walked: Walk
    walked_at: datetime | None
    last_heard: datetime
    failing_since: datetime | None
    failing_with: Reason | None
    repairs: int
    repaired_at: datetime | None
    waiting: int
    dead: int
    lag: timedelta

    @property
    def state(self) -> Literal["importing", "mirroring", "failing", "stopped"]:
        """In one word."""
        if self.stopped_at is not None:
            return "stopped"
        if self.failing_since is not None:
            return "failing"
        return "mirroring" if self.imported_at is not None else "importing"


async def mirror_of(connection: AsyncConnection, side: Side) -> Mirror | None:
    """How the mirror of the side's present backend stands; None where there is none."""
    names = [each for each in Mirror.__struct_fields__ if each not in ("waiting", "dead", "lag")]
    row = (
        await connection.execute(select(*(mirrors.c[each] for each in names)).where(mirrors.c.backend == side.backend))
    ).one_or_none()
    if row is None:
        return None
    state = mirror_inbox.c.state
    counted = (
        await connection.execute(
            select(
                func.count().filter(state == "waiting"),
                func.count().filter(state == "dead"),
                func.frontdesk_now() - func.min(mirror_inbox.c.at).filter(state == "waiting"),
            ).where(state != "done")
        )
    ).one()
    lag = max(counted[2] or timedelta(0), timedelta(0))
    return Mirror(**row._mapping, waiting=counted[0], dead=counted[1], lag=lag)


async def following(connection: AsyncConnection, side: Side) -> Literal["importing", "mirroring"] | None:
    """Whether the book follows a backend, and its customers are still being imported, so that it knows not all."""
    row = (
        await connection.execute(
            select(mirrors.c.imported_at).where(mirrors.c.backend == side.backend, mirrors.c.stopped_at.is_(None))
        )
    ).one_or_none()
    if row is None:
        return None
    return "importing" if row.imported_at is None else "mirroring"


async def connect_side(
    tenancy: Tenancy, door: Door, *, base_url: str, actor: Actor, request_id: str | None = None
) -> Mirror:
    """Connect a side with the account that its backend's settings open: pin it, have it tell us of its events, and
    begin the first import. Done again it checks everything again and mends what is missing.

    `base_url` is where the backend reaches us, such as `https://pay.example.com`.

    Raises:
        Misconfigured: the key is of no account, of another one, or of the other mode; the sentence says what to do.
        Unavailable: the backend does not answer.
        Refused: the side already bills in another way.
    """
    async with tenancy.at(door) as (connection, side):
        backend = await tenancy.backends.of(connection, side.tenant_id, side.backend)
        known = await _pinned(connection, side)
    connected = await backend.connect()
    check_other_end(side, known, connected)
    token = secrets.token_urlsafe(24)
    async with tenancy.at(door) as (connection, side):
        now = await clock(connection)
        await _pin(connection, side, connected, token, now)
        row = (await connection.execute(select(mirrors).where(mirrors.c.backend == side.backend))).one()
        await audit.record(
            connection,
            side.tenant_id,
            actor=actor,
            action="mirror_connected",
            object_id=connected.account,
            now=now,
            after={"backend": side.backend, "account": connected.account, "missing": connected.missing},
            request_id=request_id,
        )
    url = address_of(base_url, door, row.path_token)
    if row.endpoint is None or row.endpoint_url != url:
        # Never a key of before: its answer would be an endpoint that is gone.
        await _listen(tenancy, side, backend, url, row.endpoint, f"listen-{row.endpoint}-{url}")
    return await _present(tenancy, door)


async def roll_endpoint(tenancy: Tenancy, door: Door, *, actor: Actor, request_id: str | None = None) -> Mirror:
    """Replace the endpoint, and with it the secret. What the old one signed is taken for another day.

    Raises:
        LookupError: the side mirrors nothing.
        Misconfigured, Unavailable: the backend refuses or does not answer; all is as before.
    """
    async with tenancy.at(door) as (connection, side):
        row = (await connection.execute(select(mirrors).where(mirrors.c.backend == side.backend))).one_or_none()
        if row is None or row.stopped_at is not None or row.endpoint_url is None:
            raise LookupError("nothing to roll")
        backend = await tenancy.backends.of(connection, side.tenant_id, side.backend)
    await _listen(tenancy, side, backend, row.endpoint_url, row.endpoint, f"roll-{row.endpoint}")
    async with tenancy.at(door) as (connection, side):
        await audit.record(
            connection,
            side.tenant_id,
            actor=actor,
            action="mirror_endpoint_rolled",
            object_id=row.account,
            now=await clock(connection),
            request_id=request_id,
        )
    return await _present(tenancy, door)


async def stop_mirroring(tenancy: Tenancy, door: Door, *, actor: Actor, request_id: str | None = None) -> None:
    """Let a side no longer follow its backend. The book stays as it is; connecting again goes on from there."""
    async with tenancy.at(door) as (connection, side):
        row = (await connection.execute(select(mirrors).where(mirrors.c.backend == side.backend))).one_or_none()
        if row is None or row.stopped_at is not None:
            return
        backend = await tenancy.backends.of(connection, side.tenant_id, side.backend)
        now = await clock(connection)
        await connection.execute(
            update(mirrors)
            .where(mirrors.c.backend == side.backend)
            .values(
                stopped_at=now, endpoint=None, endpoint_url=None, secret_sealed=None, former_sealed=None,
                failing_since=None, failing_with=None,
            )
        )  # fmt: skip
        await connection.execute(update(sides).values(away_since=None))
        await connection.execute(delete(mirror_inbox).where(mirror_inbox.c.state == "waiting"))
        await audit.record(
            connection,
            side.tenant_id,
            actor=actor,
            action="mirror_stopped",
            object_id=row.account,
            now=now,
            request_id=request_id,
        )
        await mirror_due.forget(connection, side.tenant_id)
    if row.endpoint is not None:
        try:
            await backend.stop_listening(row.endpoint)
        except FrontdeskError:
            # A key that was revoked cannot take its endpoint along. What it still tells is refused here.
            return


def check_other_end(side: Side, pinned: str | None, connected: Connected) -> None:
    """Raises Misconfigured where a key is not of the account and the mode that this side is about."""
    if connected.livemode != side.livemode:
        raise Misconfigured(mirror_refusals.wrong_mode(livemode=side.livemode), "api_key")
    if pinned is not None and pinned != connected.account:
        raise mirror_refusals.another_account(pinned, "api_key")


def address_of(base_url: str, door: Door, path_token: str) -> str:
    """Where a backend tells its events."""
    return f"{base_url.rstrip('/')}/webhooks/{door.public_id}/{path_token}"


async def _pinned(connection: AsyncConnection, side: Side) -> str | None:
    found: str | None = await connection.scalar(select(mirrors.c.account).where(mirrors.c.backend == side.backend))
    return found


async def _pin(connection: AsyncConnection, side: Side, connected: Connected, token: str, now: datetime) -> None:
    seen = {
        "name": connected.name,
        "missing": connected.missing,
        "last_heard": now,
        "failing_since": None,
        "failing_with": None,
        "stopped_at": None,
    }
    mine = mirrors.c.backend == side.backend
    before = (
        await connection.execute(select(mirrors.c.account, mirrors.c.stopped_at).where(mine).with_for_update())
    ).one_or_none()
    if before is None:
        await connection.execute(
            insert(mirrors).values(
                tenant_id=side.tenant_id,
                backend=side.backend,
                account=connected.account,
                connected_at=now,
                path_token=token,
                imported=Walk(),
                walked=Walk(),
                **seen,
            )
        )
    else:
        check_other_end(side, before.account, connected)
        await connection.execute(update(mirrors).where(mine).values(**seen))
        if before.stopped_at is not None:
            # What happened meanwhile may be longer ago than the backend tells of.
            again = {"imported": Walk(), "imported_at": None, "path_token": token}
            await connection.execute(update(mirrors).where(mine).values(**again))
    await connection.execute(update(sides).values(away_since=None))
    imported: datetime | None = await connection.scalar(select(mirrors.c.imported_at).where(mine))
    rounds = (REPAIR, WALK) if imported is not None else (IMPORT, REPAIR, WALK)
    await mirror_due.forget(connection, side.tenant_id, rounds)
    await mirror_due.wake(connection, side.tenant_id, rounds)


async def _listen(tenancy: Tenancy, side: Side, backend: LiveBackend, url: str, former: str | None, key: str) -> None:
    listening: Listening = await backend.listen(url, key)
    mine = mirrors.c.backend == side.backend
    sealed = tenancy.vault.seal(
        listening.secret.reveal().encode(), side.tenant_id, place_of(mirrors.c.secret_sealed, side.backend)
    )
    async with tenancy.database.side(side.tenant_id) as connection:
        now = await clock(connection)
        old: bytes | None = await connection.scalar(select(mirrors.c.secret_sealed).where(mine).with_for_update())
        moved = None if old is None else _moved(tenancy, side, old)
        await connection.execute(
            update(mirrors)
            .where(mine)
            .values(
                endpoint=listening.endpoint,
                endpoint_url=url,
                secret_sealed=sealed,
                former_sealed=moved,
                former_until=None if moved is None else now + OVERLAP,
            )
        )
    if former is not None and former != listening.endpoint:
        await backend.stop_listening(former)


def _moved(tenancy: Tenancy, side: Side, sealed: bytes) -> bytes:
    plain = tenancy.vault.open(sealed, side.tenant_id, place_of(mirrors.c.secret_sealed, side.backend))
    return tenancy.vault.seal(plain, side.tenant_id, place_of(mirrors.c.former_sealed, side.backend))


def secrets_of(tenancy: Tenancy, side_id: object, row: object, now: datetime) -> tuple[Secret, ...]:
    """The secrets that a message to a mirror's endpoint may be signed with now."""
    backend, tenant_id = row.backend, side_id  # type: ignore[attr-defined]
    found = []
    for column, until in ((mirrors.c.secret_sealed, None), (mirrors.c.former_sealed, row.former_until)):  # type: ignore[attr-defined]
        sealed = getattr(row, column.name)
        if sealed is not None and (until is None or until > now):
            found.append(Secret(tenancy.vault.open(sealed, tenant_id, place_of(column, backend)).decode()))  # type: ignore[arg-type]
    return tuple(found)


async def _present(tenancy: Tenancy, door: Door) -> Mirror:
    async with tenancy.at(door) as (connection, side):
        found = await mirror_of(connection, side)
    assert found is not None
    return found

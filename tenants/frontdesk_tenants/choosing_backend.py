"""Which backend bills a side, and with whose key: chosen by staff, tried before anything is kept."""

from collections.abc import Mapping

from msgspec import Struct
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk import mirror_refusals
from frontdesk.desk import Actor
from frontdesk.errors import Misconfigured, Refused
from frontdesk.settings import decode_settings, encode_settings
from frontdesk_tenants import audit
from frontdesk_tenants.backends import LiveBackend
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Door, Side
from frontdesk_tenants.made_here import archive_made_here
from frontdesk_tenants.mirrors import Mirror, check_other_end, connect_side
from frontdesk_tenants.side_plugins import keep_plugin
from frontdesk_tenants.tables import customers, mirrors, sides
from frontdesk_tenants.tenancy import Tenancy


async def choose_backend(
    tenancy: Tenancy,
    door: Door,
    backend: str,
    typed: Mapping[str, str],
    *,
    base_url: str,
    actor: Actor,
    request_id: str | None = None,
) -> Mirror:
    """Bill a side by a remote backend with these settings: who is at the other end is asked first, then the settings
    are sealed and kept, and the first import begins. What was on sale before is archived: that account has none of it.
    Done again it takes another key of the same account.

    Raises:
        Misconfigured: there is no such remote backend, or its settings do not fit; nothing was kept.
        Unavailable: it does not answer; nothing was kept.
        Refused: the side bills customers in another way.
    """
    kind = tenancy.plugins.billing_backends().get(backend)
    if kind is None or not kind.abilities(livemode=door.livemode).mirrored:
        raise Misconfigured(mirror_refusals.no_such_backend())
    settings = decode_settings(kind.Settings, typed)
    tried = LiveBackend(kind(settings), door.tenant_id, livemode=door.livemode)
    try:
        async with tenancy.at(door) as (connection, side):
            pinned = await _pinned(connection, side, backend)
        check_other_end(side, pinned, await tried.connect())
    finally:
        await tried.aclose()
    async with tenancy.at(door) as (connection, side):
        # A second look, in the transaction that decides.
        await _pinned(connection, side, backend)
        if side.backend != backend:
            await archive_made_here(connection, side, actor=actor, jobs=tenancy.jobs, request_id=request_id)
        await _keep(connection, tenancy, side, backend, settings, actor, request_id)
    return await connect_side(tenancy, door, base_url=base_url, actor=actor, request_id=request_id)


async def _pinned(connection: AsyncConnection, side: Side, backend: str) -> str | None:
    """The account that the side is connected with already. Raises Refused where it bills otherwise."""
    if side.backend != backend:
        known: int = await connection.scalar(select(func.count()).select_from(customers)) or 0
        if known:
            raise Refused(mirror_refusals.bills_otherwise(known))
    found: str | None = await connection.scalar(select(mirrors.c.account).where(mirrors.c.backend == backend))
    return found


async def _keep(
    connection: AsyncConnection,
    tenancy: Tenancy,
    side: Side,
    backend: str,
    settings: Struct,
    actor: Actor,
    request_id: str | None,
) -> None:
    sealed = tenancy.vault.seal_settings(encode_settings(settings, reveal=True), side.tenant_id, backend)
    await keep_plugin(connection, side.tenant_id, backend, sealed=sealed, outside=True)
    await connection.execute(update(sides).values(backend=backend))
    await audit.record(
        connection,
        side.tenant_id,
        actor=actor,
        action="backend_chosen",
        object_id=backend,
        now=await clock(connection),
        before={"backend": side.backend},
        after={"backend": backend},
        request_id=request_id,
    )

"""A channel that a tenant's staff set up themselves, such as their gateway for text messages.

What they say is the tenant's word: secrets are sealed and never told again, and the servers that they name are asked
like every address of a tenant's, on the public internet alone (`outside`, trust.md B14). What an operator sets with
`frontdesk plugins enable` may lie in the operator's own network.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.desk import Actor
from frontdesk.settings import encode_settings, form_fields
from frontdesk_tenants import audit
from frontdesk_tenants.directory import Door
from frontdesk_tenants.page_versions import renew_pages
from frontdesk_tenants.side_plugins import keep_plugin
from frontdesk_tenants.tables import tenant_plugins
from frontdesk_tenants.vault import Vault


async def read(connection: AsyncConnection, vault: Vault, door: Door, plugin: str) -> Mapping[str, Any] | None:
    """What staff set up for a channel, its secrets among it: never for a page. None where they set up nothing."""
    sealed = await connection.scalar(
        select(tenant_plugins.c.settings_sealed).where(tenant_plugins.c.plugin == plugin, tenant_plugins.c.outside)
    )
    return None if sealed is None else vault.open_settings(sealed, door.tenant_id, plugin)


async def connect(
    connection: AsyncConnection,
    vault: Vault,
    door: Door,
    plugin: str,
    settings: Struct,
    *,
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
) -> None:
    """Switch a channel on with settings that staff have typed. The audit tells all of them but secrets."""
    sealed = vault.seal_settings(encode_settings(settings, reveal=True), door.tenant_id, plugin)
    await keep_plugin(connection, door.tenant_id, plugin, sealed=sealed, outside=True)
    secret = {each.name for each in form_fields(type(settings)) if each.kind == "secret"}
    told = {name: value for name, value in encode_settings(settings).items() if name not in secret}
    await audit.record(
        connection,
        door.tenant_id,
        actor=actor,
        action="channel_connected",
        object_id=plugin,
        now=now,
        after=told,
        request_id=request_id,
    )


async def switch_off(
    connection: AsyncConnection,
    door: Door,
    plugin: str,
    *,
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
) -> bool:
    """Switch off a channel that staff set up, and forget its settings with the secrets. False where there is none."""
    gone = await connection.execute(
        update(tenant_plugins)
        .where(tenant_plugins.c.plugin == plugin, tenant_plugins.c.outside)
        .values(
            enabled=False,
            outside=False,
            settings_sealed=None,
            settings_version=tenant_plugins.c.settings_version + 1,
        )
    )
    if not gone.rowcount:
        return False
    await renew_pages(connection)
    await audit.record(
        connection,
        door.tenant_id,
        actor=actor,
        action="channel_switched_off",
        object_id=plugin,
        now=now,
        request_id=request_id,
    )
    return True

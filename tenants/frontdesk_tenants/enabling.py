"""Switching a plugin on or off for one side, with settings of its own."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.desk import Actor
from frontdesk.errors import Misconfigured
from frontdesk.plugins import PluginHost
from frontdesk.settings import decode_settings, encode_settings
from frontdesk_tenants import audit
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Door
from frontdesk_tenants.side_plugins import keep_plugin
from frontdesk_tenants.tables import tenant_plugins
from frontdesk_tenants.tenancy import Tenancy


async def enable(tenancy: Tenancy, door: Door, plugin: str, settings: Mapping[str, Any], actor: Actor) -> None:
    """Switch a plugin on. Empty `settings` leave what is stored; others replace it, sealed. Pages show it at once.

    Raises:
        Misconfigured: no such plugin is installed, or the settings do not fit it; the message names the field.
    """
    _installed(tenancy.plugins, plugin)
    sealed = None
    if settings:
        kind = _settings_of(tenancy.plugins, plugin)
        if kind is None:
            raise Misconfigured(f"The plugin {plugin} has no settings.", plugin)
        whole = encode_settings(decode_settings(kind, settings), reveal=True)
        sealed = tenancy.vault.seal_settings(whole, door.tenant_id, plugin)
    async with tenancy.database.side(door.tenant_id) as connection:
        await keep_plugin(connection, door.tenant_id, plugin, sealed=sealed)
        await _note(connection, door, plugin, actor, "plugin_enabled")


async def disable(tenancy: Tenancy, door: Door, plugin: str, actor: Actor) -> None:
    """Switch a plugin off; its settings stay stored. Raises Misconfigured for one that is not installed."""
    _installed(tenancy.plugins, plugin)
    async with tenancy.database.side(door.tenant_id) as connection:
        await keep_plugin(connection, door.tenant_id, plugin, enabled=False)
        await _note(connection, door, plugin, actor, "plugin_disabled")


async def order(
    connection: AsyncConnection,
    tenant_id: UUID,
    plugins: Sequence[str],
    *,
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
) -> None:
    """Say in which order the plugins that carry passcodes are asked; those that are not named come after these."""
    await connection.execute(update(tenant_plugins).values(position=None))
    for position, plugin in enumerate(plugins):
        await connection.execute(
            update(tenant_plugins).where(tenant_plugins.c.plugin == plugin).values(position=position)
        )
    await audit.record(
        connection,
        tenant_id,
        actor=actor,
        action="channels_ordered",
        object_id=" ".join(plugins),
        now=now,
        request_id=request_id,
    )


async def _note(connection: AsyncConnection, door: Door, plugin: str, actor: Actor, action: str) -> None:
    now = await clock(connection)
    await audit.record(connection, door.tenant_id, actor=actor, action=action, object_id=plugin, now=now)


def _installed(host: PluginHost, plugin: str) -> None:
    names = sorted(each.name for each in host.installed())
    if plugin not in names:
        raise Misconfigured(f"No plugin {plugin} is installed. Installed: {', '.join(names) or 'none'}.", "plugin")


def _settings_of(host: PluginHost, plugin: str) -> type[Struct] | None:
    provided: dict[str, Any] = {**host.billing_backends(), **host.otp_channels()}
    kind = provided.get(plugin)
    return None if kind is None else kind.Settings

"""The plugins of a side: whether each is on, with which settings, and who says them."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk_tenants.page_versions import renew_pages
from frontdesk_tenants.tables import tenant_plugins


async def keep_plugin(
    connection: AsyncConnection,
    tenant_id: UUID,
    plugin: str,
    *,
    enabled: bool = True,
    sealed: bytes | None = None,
    outside: bool = False,
) -> None:
    """Switch a plugin on or off. `sealed` None leaves the settings that are stored, and whose word they are.

    `outside` says that the settings are a tenant's word, so that servers they name are asked like every address of a
    tenant's (`frontdesk_tenants.outside`). What runs with the old settings gives way to a new one, and pages show it.
    """
    settings = {} if sealed is None else {"settings_sealed": sealed, "outside": outside}
    values = {"enabled": enabled, **settings}
    await connection.execute(
        insert(tenant_plugins)
        .values(tenant_id=tenant_id, plugin=plugin, **values)
        .on_conflict_do_update(
            index_elements=["tenant_id", "plugin"],
            set_={**values, "settings_version": tenant_plugins.c.settings_version + 1},
        )
    )
    await renew_pages(connection)

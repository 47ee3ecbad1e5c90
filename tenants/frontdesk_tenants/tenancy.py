"""All that stands behind a request or a job: database, directory, queue, vault, live backends and channels."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.plugins import PluginHost
from frontdesk.secret import Secret
from frontdesk_tenants.backends import BackendPool
from frontdesk_tenants.channels import ChannelPool
from frontdesk_tenants.database import Database, refuse_dangerous_role
from frontdesk_tenants.directory import Directory, Door, Side, read_side
from frontdesk_tenants.jobs import Jobs
from frontdesk_tenants.master_keys import refuse_wrong_keys
from frontdesk_tenants.vault import Vault


class Tenancy:
    """The open house. Make one per process with `open()`, close it with `aclose()`."""

    def __init__(self, database_url: str, master_keys: tuple[Secret, ...], plugins: PluginHost) -> None:
        self.plugins = plugins
        self.vault = Vault(master_keys)
        self.database = Database(database_url)
        self.directory = Directory(self.database)
        self.jobs = Jobs(database_url)
        self.backends = BackendPool(plugins, self.vault)
        self.channels = ChannelPool(plugins, self.vault)

    async def open(self, *, any_keys: bool = False) -> None:
        """Connect. `any_keys` is for looking after the keys themselves.

        Raises:
            Misconfigured: row-level security would not bind this role, or a master key is missing.
        """
        await refuse_dangerous_role(self.database)
        if not any_keys:
            await refuse_wrong_keys(self.database, self.vault)
        await self.jobs.app.open_async()

    async def aclose(self) -> None:
        """Let go of everything."""
        await self.backends.aclose()
        await self.channels.aclose()
        await self.jobs.app.close_async()
        await self.database.aclose()

    @asynccontextmanager
    async def at(self, door: Door) -> AsyncIterator[tuple[AsyncConnection, Side]]:
        """A transaction of one side, with the side read in it."""
        async with self.database.side(door.tenant_id) as connection:
            yield connection, await read_side(connection, door)

    async def door(self, tenant_id: UUID) -> Door:
        """The door of a side that must exist, as a job names it.

        Raises:
            LookupError: there is no such side.
        """
        door = await self.directory.by_tenant_id(tenant_id)
        if door is None:
            raise LookupError(f"no side {tenant_id}")
        return door

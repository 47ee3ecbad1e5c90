"""What a command works on: this machine's configuration, and a tenancy that is open for as long as it works."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from frontdesk.plugins import PluginHost
from frontdesk_tenants.database import refuse_dangerous_role
from frontdesk_tenants.schema_version import schema_is_there
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.config import Config, from_environment
from frontdesk_web.local_servers import completed

Answer = TypeVar("Answer")


def own_config() -> Config:
    """The configuration that the environment says. Raises Misconfigured."""
    return from_environment(completed(os.environ))


def with_tenancy(config: Config, work: Callable[[Tenancy], Awaitable[Answer]], *, any_keys: bool = False) -> Answer:
    """Do `work` on an open tenancy. `any_keys` lets it work without all master keys.

    Raises:
        Misconfigured: the role or a key is wrong, or there is no schema.
        Unavailable: PostgreSQL does not answer, or its schema is an older release's.
    """

    async def run() -> Answer:
        async with _opened(config, any_keys) as tenancy:
            return await work(tenancy)

    return asyncio.run(run())


@asynccontextmanager
async def _opened(config: Config, any_keys: bool) -> AsyncIterator[Tenancy]:
    tenancy = Tenancy(config.database_url, config.master_keys, PluginHost.load(config.plugins))
    try:
        # Before anything is read that an older schema may not have.
        await refuse_dangerous_role(tenancy.database)
        await schema_is_there(tenancy.database)
        await tenancy.open(any_keys=any_keys)
        yield tenancy
    finally:
        await tenancy.aclose()

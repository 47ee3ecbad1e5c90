"""A worker as `frontdesk worker` runs one, without letters: renewals and the queue."""

import asyncio
from collections.abc import Callable
from functools import partial
from uuid import UUID

from sides import MASTER_KEY

from frontdesk.plugins import PluginHost
from frontdesk_tenants import clock_walks, clocks, database
from frontdesk_tenants.committing import AFTER_COMMIT
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_tenants.worker_loop import Pace, work

PluginHost.load()
"""Here too, so that whoever is forked off finds the plugins loaded."""
LEFT_SECONDS = 2
"""For so long PostgreSQL keeps a transaction of a worker that does nothing: less than in production, since tests wait
for it to end."""


def work_until_killed(at_work: Callable[[], None], url: str, schema: str) -> None:
    """Calls `at_work` when it begins. What it finds in the schema that it is told, it takes for PostgreSQL's own."""
    told = database.server_settings
    left = f"-c idle_in_transaction_session_timeout={LEFT_SECONDS}s"
    path = f" -c search_path={schema},public" if schema else ""
    database.server_settings = lambda: f"{told()} {left}{path}"
    asyncio.run(_main(at_work, url))


async def _main(at_work: Callable[[], None], url: str) -> None:
    tenancy = Tenancy(url, (MASTER_KEY,), PluginHost.load())
    await tenancy.open()
    tenancy.jobs.implement(AFTER_COMMIT, _nothing)
    tenancy.jobs.implement(clocks.ADVANCE, partial(clock_walks.walk, tenancy))
    at_work()
    await work(tenancy, Pace(renewals=0.05, rescue=0.5, heartbeat=0.5, stalled=2.0))


async def _nothing(tenant_id: UUID, row_id: str) -> None:
    return

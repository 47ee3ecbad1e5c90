"""Work for later: procrastinate's queue in PostgreSQL, filled by the transaction that causes the work.

A job's arguments are the side's id and a row's id, never data. Any number of workers may run; a task tolerates
being run twice, because a worker that dies leaves its job to another.
"""

from collections.abc import Awaitable, Callable
from uuid import UUID

import procrastinate
from procrastinate.types import JSONValue
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk_tenants.database import driver, server_settings

Task = Callable[[UUID, str], Awaitable[None]]
"""What a job does: given the side's id and a row's id."""

RETRIES = procrastinate.RetryStrategy(max_attempts=12, wait=2, exponential_wait=2)
"""About two hours in all: a mail server that is down for lunch loses nothing."""


class Jobs:
    """The queue. Tasks are named here and implemented by whoever runs a worker."""

    def __init__(self, database_url: str) -> None:
        connector = procrastinate.PsycopgConnector(
            conninfo=database_url,
            min_size=1,
            max_size=6,
            kwargs={"options": server_settings(), "application_name": "frontdesk worker"},
        )
        self.app = procrastinate.App(connector=connector)

    async def enqueue(self, connection: AsyncConnection, task: str, tenant_id: UUID, row_id: str) -> None:
        """Put a job into the queue, in `connection`'s transaction: it exists if and only if that commits."""
        await self.enqueue_all(connection, task, tenant_id, (row_id,))

    async def enqueue_all(
        self, connection: AsyncConnection, task: str, tenant_id: UUID, row_ids: tuple[str, ...], delay: int = 0
    ) -> None:
        """Put one job for each row into the queue, to be run after `delay` seconds."""
        if not row_ids:
            return
        deferrer = self.app.configure_task(
            name=task,
            allow_unknown=True,
            connection=await driver(connection),
            schedule_in={"seconds": delay} if delay else None,
        )
        jobs: list[dict[str, JSONValue]] = [{"tenant_id": str(tenant_id), "row_id": each} for each in row_ids]
        await deferrer.batch_defer_async(*jobs)

    async def waiting(self) -> int:
        """How many jobs are still to be done or being done."""
        jobs = await self.app.job_manager.list_jobs_async()
        return sum(each.status in ("todo", "doing") for each in jobs)

    def implement(self, name: str, task: Task) -> None:
        """Say what the jobs of this name do. A task that raises is tried again, later and later."""

        @self.app.task(name=name, retry=RETRIES)
        async def run(tenant_id: str, row_id: str) -> None:
            await task(UUID(tenant_id), row_id)

"""Work for later: procrastinate's queue in PostgreSQL, filled by the transaction that causes the work.

A job's arguments are the side's id and a row's id, never data. Any number of workers may run; a task tolerates
being run twice, because a worker that dies leaves its job to another.
"""

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import procrastinate
from procrastinate.exceptions import ProcrastinateException
from procrastinate.jobs import DeleteJobCondition, Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from procrastinate.types import JSONValue
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.errors import Misconfigured, Unavailable
from frontdesk_tenants.database import VANISHED, driver, server_settings

Task = Callable[[UUID, str], Awaitable[None]]
"""What a job does: given the side's id and a row's id."""

LONGEST_WAIT_SECONDS = 900
PATIENT_ATTEMPTS = 300
"""About three days: a mail server that is down over a weekend loses nothing."""
FAULT_ATTEMPTS = 12
"""About an hour and a half: a bug does not go away by itself, but a deployment may take it away."""
CONCURRENCY = 8
FINISHING_SECONDS = 20
FAILED_ARE_KEPT = timedelta(days=30)
log = logging.getLogger("frontdesk.jobs")


class Patience(BaseRetryStrategy):
    """Try again later and later, at most a quarter of an hour apart."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """When to try again, or None to give up: the job is then kept as failed for an operator to see."""
        patient = isinstance(exception, Unavailable | Misconfigured)
        if job.attempts >= (PATIENT_ATTEMPTS if patient else FAULT_ATTEMPTS):
            return None
        return RetryDecision(retry_in={"seconds": min(2 ** min(job.attempts + 1, 20), LONGEST_WAIT_SECONDS)})


class Jobs:
    """The queue. Tasks are named here and implemented by whoever runs a worker."""

    def __init__(self, database_url: str) -> None:
        connector = procrastinate.PsycopgConnector(
            conninfo=database_url,
            min_size=1,
            max_size=6,
            kwargs={"options": server_settings(), "application_name": "frontdesk worker", **VANISHED},
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

        @self.app.task(name=name, retry=Patience())
        async def run(tenant_id: str, row_id: str) -> None:
            await task(UUID(tenant_id), row_id)

    async def run(
        self, heartbeat_seconds: float = 10.0, stalled_seconds: float = 30.0, look_seconds: float = 2.0
    ) -> None:
        """Work until cancelled, then finish what was begun, for at most twenty seconds.

        Raises whatever the database raises; whoever runs this begins again. Then it works under a new name, and what
        the old one left undone counts as stalled.
        """
        await self.app.run_worker_async(
            concurrency=CONCURRENCY,
            install_signal_handlers=False,
            fetch_job_polling_interval=look_seconds,
            shutdown_graceful_timeout=FINISHING_SECONDS,
            delete_jobs=DeleteJobCondition.SUCCESSFUL,
            update_heartbeat_interval=heartbeat_seconds,
            stalled_worker_timeout=stalled_seconds,
        )

    async def rescue(self, stalled_seconds: float = 30.0) -> int:
        """Give back the jobs of workers that have shown no sign of life for so long; returns how many."""
        rescued = 0
        for job in await self.app.job_manager.get_stalled_jobs(seconds_since_heartbeat=stalled_seconds):
            try:
                await self.app.job_manager.retry_job(job)
                rescued += 1
            except ProcrastinateException:
                # Another worker was quicker, or the job's own worker is alive after all and has finished it.
                continue
        if rescued:
            log.warning("took %d jobs over from workers that are gone", rescued)
        return rescued

    async def forget_old(self) -> None:
        """Delete what is over: failed jobs a month after they were given up."""
        hours = int(FAILED_ARE_KEPT.total_seconds() // 3600)
        await self.app.job_manager.delete_old_jobs(
            hours, include_failed=True, include_cancelled=True, include_aborted=True
        )

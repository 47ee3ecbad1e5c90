"""What a worker does until it is stopped: the queue's jobs, renewals, and looking after both.

Each part stands on its own: one that fails, because PostgreSQL is away or for a bug, is logged and begins again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from msgspec import Struct

from frontdesk.errors import Unavailable
from frontdesk_tenants.renewals import advance_due
from frontdesk_tenants.sweeping import sweep
from frontdesk_tenants.tenancy import Tenancy

REST_SECONDS = 2.0
BATCH = 100
log = logging.getLogger("frontdesk.worker")


class Pace(Struct, frozen=True, kw_only=True):
    """How often a worker looks, in seconds. A worker that is silent for `stalled` counts as gone.

    New jobs are told of at once; `jobs` is how often those are looked for that are tried again.
    """

    jobs: float = 2.0
    renewals: float = 1.0
    webhooks: float = 1.0
    rescue: float = 10.0
    sweep: float = 600.0
    heartbeat: float = 10.0
    stalled: float = 30.0


Part = Callable[[], Awaitable[object]]
"""Something that a worker does again and again."""


async def work(tenancy: Tenancy, pace: Pace | None = None, calls: Sequence[Part] = ()) -> None:
    """Work until cancelled; `calls` is what tells others, done as often as the pace of webhooks says.

    Jobs that are being done are finished first; a renewal that is cut off never happened.
    """
    pace = pace or Pace()
    jobs = tenancy.jobs
    async with asyncio.TaskGroup() as group:
        group.create_task(_keep_doing(lambda: jobs.run(pace.heartbeat, pace.stalled, pace.jobs), REST_SECONDS))
        group.create_task(_keep_doing(lambda: _advance_all(tenancy), pace.renewals))
        group.create_task(_keep_doing(lambda: jobs.rescue(pace.stalled), pace.rescue))
        group.create_task(_keep_doing(lambda: sweep(tenancy), pace.sweep))
        for each in calls:
            group.create_task(_keep_doing(each, pace.webhooks))


async def _advance_all(tenancy: Tenancy) -> None:
    while await advance_due(tenancy, BATCH) == BATCH:
        log.info("many renewals are due, going on")


async def _keep_doing(what: Part, every: float) -> None:
    """Do something again and again, with a rest after each time."""
    while True:
        try:
            await what()
        except Unavailable as error:
            log.warning("waiting: %s", error.message)
            await asyncio.sleep(REST_SECONDS)
        except Exception:
            log.exception("a part of the worker failed and begins again")
            await asyncio.sleep(REST_SECONDS)
        await asyncio.sleep(every)

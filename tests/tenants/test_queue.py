"""The queue: a job exists if its cause was committed, survives its worker, and is tried until it succeeds."""

import asyncio
from collections.abc import AsyncIterator, Callable
from uuid import UUID

import pytest
from posts import at_once
from procrastinate.jobs import Job
from sides import MASTER_KEY, Tenant, new_tenant
from sqlalchemy import text

from frontdesk.errors import Misconfigured, Unavailable
from frontdesk.plugins import PluginHost
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.jobs import FAULT_ATTEMPTS, LONGEST_WAIT_SECONDS, PATIENT_ATTEMPTS, Patience
from frontdesk_tenants.sweeping import sweep
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_tenants.worker_loop import Pace, work

PACE = Pace(jobs=0.1, renewals=0.2, rescue=0.2, heartbeat=0.2, stalled=1.0)
Open = Callable[[], Tenancy]


@pytest.fixture
async def houses(fresh_database: Callable[[], PostgresAddresses]) -> AsyncIterator[Open]:
    """Opens tenancies on one database of this test's own: one for each worker, as processes have."""
    addresses = fresh_database()
    opened: list[Tenancy] = []

    def make() -> Tenancy:
        opened.append(Tenancy(addresses.app_url, (MASTER_KEY,), PluginHost.load()))
        return opened[-1]

    yield make
    for each in opened:
        await each.aclose()


class Desk:
    """Counts what a task was run for."""

    def __init__(self) -> None:
        self.runs: list[str] = []
        self.changed = asyncio.Condition()

    async def note(self, row_id: str) -> None:
        async with self.changed:
            self.runs.append(row_id)
            self.changed.notify_all()

    async def ran(self, number: int, seconds: float = 60) -> list[str]:
        async with asyncio.timeout(seconds), self.changed:
            await self.changed.wait_for(lambda: len(self.runs) >= number)
        return self.runs


async def enqueue(tenancy: Tenancy, tenant: Tenant, *row_ids: str, rolled_back: bool = False) -> None:
    class Undone(Exception):
        pass

    try:
        async with tenancy.database.side(tenant.door.tenant_id) as connection:
            await tenancy.jobs.enqueue_all(connection, "note", tenant.door.tenant_id, row_ids)
            if rolled_back:
                raise Undone
    except Undone:
        pass


async def quiet(tenancy: Tenancy, seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while await tenancy.jobs.waiting():  # noqa: ASYNC110 - the database sets no event of ours
            await asyncio.sleep(0.05)


async def test_a_job_exists_if_and_only_if_its_cause_was_committed(houses: Open) -> None:
    tenancy, desk = houses(), Desk()
    await tenancy.open()
    tenant = await new_tenant(tenancy)
    await enqueue(tenancy, tenant, "rolled-back", rolled_back=True)
    await enqueue(tenancy, tenant, "committed")

    async def note(tenant_id: UUID, row_id: str) -> None:
        assert tenant_id == tenant.door.tenant_id
        await desk.note(row_id)

    tenancy.jobs.implement("note", note)
    working = asyncio.create_task(work(tenancy, PACE))
    await desk.ran(1)
    await quiet(tenancy)
    await stop(working)
    assert desk.runs == ["committed"]


async def test_two_workers_do_each_job_once(houses: Open) -> None:
    desk, workers = Desk(), []
    for _ in range(2):
        tenancy = houses()
        await tenancy.open()

        async def note(_: UUID, row_id: str) -> None:
            await desk.note(row_id)

        tenancy.jobs.implement("note", note)
        workers.append(tenancy)
    tenant = await new_tenant(workers[0])
    names = [f"row-{number}" for number in range(60)]
    await enqueue(workers[0], tenant, *names)
    working = [asyncio.create_task(work(each, PACE)) for each in workers]
    await desk.ran(len(names))
    await quiet(workers[0])
    for each in working:
        await stop(each)
    assert sorted(desk.runs) == sorted(names)


async def test_what_fails_is_tried_again(houses: Open) -> None:
    tenancy, desk = houses(), Desk()
    await tenancy.open()
    tenant = await new_tenant(tenancy)

    async def note(_: UUID, row_id: str) -> None:
        await desk.note(row_id)
        if len(desk.runs) == 1:
            raise Unavailable("Not now.")

    tenancy.jobs.implement("note", note)
    await enqueue(tenancy, tenant, "again")
    working = asyncio.create_task(work(tenancy, PACE))
    await desk.ran(1)
    await at_once(tenancy)
    assert await desk.ran(2) == ["again", "again"]
    await quiet(tenancy)
    await stop(working)


async def test_a_stopped_worker_finishes_what_it_began(houses: Open) -> None:
    tenancy, desk = houses(), Desk()
    await tenancy.open()
    tenant = await new_tenant(tenancy)
    go, begun = asyncio.Event(), asyncio.Event()

    async def note(_: UUID, row_id: str) -> None:
        begun.set()
        await go.wait()
        await desk.note(row_id)

    tenancy.jobs.implement("note", note)
    await enqueue(tenancy, tenant, "begun")
    working = asyncio.create_task(work(tenancy, PACE))
    await begun.wait()
    working.cancel()
    await asyncio.sleep(0)
    assert not working.done()
    go.set()
    await stop(working)
    assert desk.runs == ["begun"]
    assert await tenancy.jobs.waiting() == 0


async def test_the_job_of_a_worker_that_is_gone_is_taken_over(houses: Open) -> None:
    tenancy, desk = houses(), Desk()
    await tenancy.open()
    tenant = await new_tenant(tenancy)

    async def note(_: UUID, row_id: str) -> None:
        await desk.note(row_id)

    tenancy.jobs.implement("note", note)
    await enqueue(tenancy, tenant, "orphan")
    async with tenancy.database.unscoped() as connection:
        # What kill -9 leaves behind: a job being done, by a worker that shows no sign of life.
        await connection.execute(
            text(
                "WITH gone AS (INSERT INTO procrastinate_workers (last_heartbeat) "
                "VALUES (now() - interval '1 hour') RETURNING id) "
                "UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM gone)"
            )
        )
    working = asyncio.create_task(work(tenancy, PACE))
    assert await desk.ran(1) == ["orphan"]
    await quiet(tenancy)
    await stop(working)


async def test_a_worker_goes_on_after_its_connections_were_cut(houses: Open, postgres: PostgresAddresses) -> None:
    tenancy, desk = houses(), Desk()
    await tenancy.open()
    tenant = await new_tenant(tenancy)

    async def note(_: UUID, row_id: str) -> None:
        await desk.note(row_id)

    tenancy.jobs.implement("note", note)
    working = asyncio.create_task(work(tenancy, PACE))
    await enqueue(tenancy, tenant, "before")
    await desk.ran(1)
    cutter = houses()
    await cutter.open()
    async with cutter.database.unscoped() as connection:
        await connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
            )
        )
    await enqueue(cutter, tenant, "after")
    assert await desk.ran(2) == ["before", "after"]
    await stop(working)


def job(attempts: int) -> Job:
    return Job(
        id=1, queue="default", lock=None, queueing_lock=None, task_name="note", attempts=attempts, status="doing"
    )


def test_patience_grows_and_ends() -> None:
    patience, away = Patience(), Unavailable("away")
    assert patience.get_retry_decision(exception=away, job=job(PATIENT_ATTEMPTS - 1)) is not None
    assert patience.get_retry_decision(exception=away, job=job(PATIENT_ATTEMPTS)) is None
    assert patience.get_retry_decision(exception=Misconfigured("x"), job=job(FAULT_ATTEMPTS)) is not None
    assert patience.get_retry_decision(exception=ValueError("bug"), job=job(FAULT_ATTEMPTS)) is None
    assert 200 * LONGEST_WAIT_SECONDS > 2 * 86400


async def test_sweeping_deletes_what_is_over_and_nothing_else(houses: Open) -> None:
    tenancy = houses()
    await tenancy.open()
    tenant = await new_tenant(tenancy)
    other = await new_tenant(tenancy)
    for door in (tenant.door, tenant.live.door, other.door):
        async with tenancy.at(door) as (connection, _):
            for key, age in (("old", "8 days"), ("young", "6 days")):
                await connection.execute(
                    text(
                        "INSERT INTO idempotency_keys (tenant_id, key, request_hash, request_id, created) "
                        f"VALUES (:t, :k, '', 'req', frontdesk_now() - interval '{age}')"
                    ),
                    {"t": door.tenant_id, "k": key},
                )
    await sweep(tenancy)
    await sweep(tenancy)
    for door in (tenant.door, tenant.live.door, other.door):
        async with tenancy.at(door) as (connection, _):
            assert list(await connection.scalars(text("SELECT key FROM idempotency_keys"))) == ["young"]


async def stop(working: "asyncio.Task[None]") -> None:
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working

"""Billing under kill -9, of its own processes and of PostgreSQL: E1, E3 and E11 of trust.md, in one world.

Several processes do everything there is to do with the books of some tenants. They are killed in the middle of it and
replaced; in the end PostgreSQL itself is killed under them and started again. Then all that was acknowledged must be
there, and every invariant of `book_checks` must hold.
"""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import psycopg
import pytest
from crash_actor import act_until_killed
from forked import Forked
from msgspec import Struct
from sides import MASTER_KEY, Tenant, new_tenant, sell
from sqlalchemy import text

from frontdesk.plugins import PluginHost
from frontdesk_tenants.book_checks import faults_of
from frontdesk_tenants.durability import what_may_be_lost
from frontdesk_tenants.embedded import PostgresAddresses, start_postgres, stop_servers
from frontdesk_tenants.embedded_places import find_home
from frontdesk_tenants.embedded_processes import reap
from frontdesk_tenants.migrating import migrate
from frontdesk_tenants.tenancy import Tenancy

PATIENCE = 150


class Size(Struct, frozen=True, kw_only=True):
    """How much happens: until so many acts are acknowledged and so many processes killed."""

    processes: int
    tenants: int
    acts: int
    kills: int


class Durable:
    """A PostgreSQL of this test alone that keeps what it acknowledges, and can be killed."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self.addresses: PostgresAddresses = start_postgres(data)
        migrate(self.addresses.owner_url)

    def kill(self) -> None:
        """kill -9, the postmaster and all its children."""
        with psycopg.connect(self.addresses.admin_url) as connection:
            server = psutil.Process(connection.info.backend_pid).parent()
        assert server is not None
        family = [server, *server.children(recursive=True)]
        for each in family:
            each.kill()
        psutil.wait_procs(family[1:], timeout=10)
        reap(find_home(self._data), "postgres")

    def start(self) -> None:
        start_postgres(self._data)


@asynccontextmanager
async def opened(addresses: PostgresAddresses) -> AsyncIterator[Tenancy]:
    tenancy = Tenancy(addresses.app_url, (MASTER_KEY,), PluginHost.load())
    await tenancy.open()
    yield tenancy
    await tenancy.aclose()


class Actors:
    """Processes that act, each with a history of what it was told is done."""

    def __init__(self, url: str, sides: Sequence[str], folder: Path) -> None:
        self._url, self._sides, self._folder = url, sides, folder
        self._running: list[Forked] = []
        self.histories: list[Path] = []

    def add(self) -> None:
        number = len(self.histories)
        history = self._folder / f"history-{number}"
        history.touch()
        complaints = history.with_suffix(".err")
        told = (self._url, str(history), number, *self._sides)
        self._running.append(Forked(act_until_killed, *told, complaints=complaints))
        self.histories.append(history)

    def kill(self, number: int) -> None:
        self._running[number].kill()

    def end(self) -> None:
        for each in self._running:
            each.kill()

    def acted(self, number: int) -> int:
        """How many acts of a process were acknowledged."""
        assert self._running[number].exit_code in (None, -signal.SIGKILL), self.complaints(number)
        return self.histories[number].read_text().count("act done")

    def complaints(self, number: int) -> str:
        return self.histories[number].with_suffix(".err").read_text()[-3000:]

    def acknowledged(self) -> set[tuple[str, str, str]]:
        """Side, kind and name of what must be there. A line that a kill cut off was never said."""
        lines = [line for each in self.histories for line in each.read_text().splitlines(keepends=True)]
        said = [line.split() for line in lines if line.endswith("\n")]
        return {(side, kind, name) for side, kind, name in said if kind != "act"}


async def there(tenancy: Tenancy, tenant: Tenant) -> set[tuple[str, str, str]]:
    """What is in the book of a tenant, in the words of a history."""
    questions = {
        "customer": "SELECT id FROM customers",
        "invoice": "SELECT number FROM invoices WHERE number IS NOT NULL",
        "note": "SELECT number FROM credit_notes",
        "payment": "SELECT p ->> 'id' FROM invoices, json_array_elements(body -> 'payments') p",
    }
    side = str(tenant.door.tenant_id)
    async with tenancy.at(tenant.door) as (connection, _):
        return {
            (side, kind, str(name))
            for kind, question in questions.items()
            for name in await connection.scalars(text(question))
        }


async def act_and_be_killed(actors: Actors, size: Size) -> None:
    """Until enough was acknowledged, some of the processes killed in the middle of something.

    Each of those lives for its share of a quarter of the acts, so that the others act on between the kills and after.
    """
    life = size.acts // (4 * max(size.processes, size.kills))
    for _ in range(size.processes):
        actors.add()
    alive = list(range(size.processes))
    killed = 0
    while True:
        await asyncio.sleep(0.05)
        ready = [each for each in alive if actors.acted(each) >= life]
        if ready and killed < size.kills:
            actors.kill(ready[0])
            alive.remove(ready[0])
            killed += 1
            if killed < size.kills:
                actors.add()
                alive.append(len(actors.histories) - 1)
        if killed == size.kills and sum(map(actors.acted, range(len(actors.histories)))) >= size.acts:
            return


@pytest.mark.parametrize(
    "size",
    [
        pytest.param(Size(processes=3, tenants=2, acts=60, kills=1), id="quick"),
        pytest.param(Size(processes=6, tenants=4, acts=6000, kills=120), id="long", marks=pytest.mark.long),
    ],
)
async def test_nothing_acknowledged_is_lost_and_every_book_holds(run_dir: Path, tmp_path: Path, size: Size) -> None:
    data = run_dir / f"durable-{size.acts}"
    data.mkdir(mode=0o711)
    server = Durable(data)
    try:
        async with opened(server.addresses) as tenancy:
            assert not await what_may_be_lost(tenancy.database)
            tenants = [await new_tenant(tenancy) for _ in range(size.tenants)]
            sides = [f"{each.door.tenant_id}={await sell(tenancy, each.door)}" for each in tenants]
        actors = Actors(server.addresses.app_url, sides, tmp_path)
        try:
            async with asyncio.timeout(PATIENCE * (1 + size.acts // 300)):
                await act_and_be_killed(actors, size)
                server.kill()
        finally:
            actors.end()
        server.start()
        async with opened(server.addresses) as tenancy:
            found = set.union(*[await there(tenancy, each) for each in tenants])
            assert actors.acknowledged() <= found
            kinds = Counter(kind for _, kind, _ in actors.acknowledged())
            assert kinds.keys() == {"customer", "invoice", "note", "payment"}
            for each in tenants:
                async with tenancy.at(each.door) as (connection, _):
                    assert not await faults_of(connection)
    finally:
        stop_servers(data)

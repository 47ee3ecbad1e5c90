"""Workers that kill themselves at an edge: before a statement, commit or question to the far side, or after an answer.

`python killed_worker.py DATABASE_URL PORT` reads lines `EDGE SIDE WHAT …`. For each it begins a worker that does what
is asked for the side and dies by SIGKILL at that edge, counted from 1; it writes `killed` or `done`. Workers are forked
off a process that has everything loaded and nothing open, so that hundreds take no longer than they have to. The far
side is the one of `far_door` at the port; without one it is Stripe's, which the environment names.
"""

import asyncio
import itertools
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from far_door import Reached
from mirrored_world import API, BASE, STAFF
from sides import MASTER_KEY
from sqlalchemy import event, select

import frontdesk_invoice_only
from frontdesk.commands import ChangePlan, ItemChange
from frontdesk.plugins import PluginHost
from frontdesk_stripe.connection import Connection
from frontdesk_tenants import intents, mirrors
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.mirror_work import mirror_some
from frontdesk_tenants.tables import intents as intent_rows
from frontdesk_tenants.tenancy import Tenancy


class Workers:
    """The process that workers come from, as a test has it."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    async def killed(self, edge: int, side: UUID, *what: str) -> bool:
        """Have a worker do something and die at an edge. False where it was done before it came to that one."""
        assert self._process.stdin is not None
        self._process.stdin.write(" ".join((str(edge), str(side), *what)) + "\n")
        self._process.stdin.flush()
        said = await self.line()
        assert said in ("killed", "done"), said
        return said == "killed"

    async def line(self) -> str:
        assert self._process.stdout is not None
        return (await asyncio.to_thread(self._process.stdout.readline)).strip()


@asynccontextmanager
async def workers_on(url: str, port: int = 0) -> AsyncIterator[Workers]:
    """Workers on a database that ask the far side at a port."""
    command = [sys.executable, __file__, url, str(port)]
    process = await asyncio.to_thread(_started, command)
    try:
        made = Workers(process)
        assert await made.line() == "ready"
        yield made
    finally:
        process.kill()
        process.wait()


def _started(command: list[str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def edges_until(last: int) -> Callable[..., None]:
    """Called at each edge: dies at the last."""
    passed = itertools.count(1)

    def edge(*_: object) -> None:
        if next(passed) == last:
            os.kill(os.getpid(), signal.SIGKILL)

    return edge


async def connect(tenancy: Tenancy, side: UUID) -> None:
    """Connect a side with its backend, and have that tell us of its events."""
    await mirrors.connect_side(tenancy, await tenancy.door(side), base_url=BASE, actor=STAFF)


async def mirror(tenancy: Tenancy, side: UUID) -> None:
    """Import, ask again, repair and walk, until nothing is due."""
    while await mirror_some(tenancy, only=side):
        continue


async def settle(tenancy: Tenancy, side: UUID) -> None:
    """Find out what became of all intents that nobody knows it of."""
    async with tenancy.at(await tenancy.door(side)) as (connection, _):
        pending = select(intent_rows.c.id).where(intent_rows.c.state == "pending").order_by(intent_rows.c.number)
        ids = list(await connection.scalars(pending))
    for each in ids:
        await intents.settle(tenancy, side, each)


async def seats(tenancy: Tenancy, side: UUID, customer: str, quantity: str) -> None:
    """Change how many seats a customer has, and bill that at once."""
    async with open_desk(tenancy, await tenancy.door(side), customer_id=customer, actor=API) as desk:
        plan = desk.account.subscriptions[0]
        item = ItemChange(id=plan.items[0].id, quantity=int(quantity))
        await desk.carry_out(ChangePlan(subscription=plan.id, items=(item,), proration_behavior="always_invoice"))


TASKS = {"connect": connect, "mirror": mirror, "settle": settle, "seats": seats}


def plugins_at(port: int, edge: Callable[..., None]) -> PluginHost:
    """With a backend that comes to an edge before each question and after each answer."""
    if port:
        return PluginHost.of(remote_fake=Reached(port, edge), invoice_only=frontdesk_invoice_only)
    once = Connection._once

    async def watched(self: Connection, *asked: Any) -> Any:
        edge()
        answer = await once(self, *asked)
        edge()
        return answer

    Connection._once = watched  # type: ignore[method-assign]
    return PluginHost.load()


async def main(url: str, port: int, asked: list[str]) -> None:
    """One worker."""
    edge = edges_until(int(asked[0]))
    tenancy = Tenancy(url, (MASTER_KEY,), plugins_at(port, edge))
    await tenancy.open()
    for name in ("before_cursor_execute", "commit"):
        event.listen(tenancy.database.engine.sync_engine, name, edge)
    await TASKS[asked[2]](tenancy, UUID(asked[1]), *asked[3:])


def forked(url: str, port: int, asked: list[str]) -> str:
    """How a worker ended."""
    child = os.fork()
    if child == 0:
        try:
            asyncio.run(main(url, port, asked))
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    ended = os.waitstatus_to_exitcode(status)
    return {0: "done", -signal.SIGKILL: "killed"}.get(ended, f"failed {ended}")


if __name__ == "__main__":
    print("ready", flush=True)
    for line in sys.stdin:
        print(forked(sys.argv[1], int(sys.argv[2]), line.split()), flush=True)

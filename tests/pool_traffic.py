"""Requests of many sides on one pool, of which one in five goes wrong in the middle (trust.md B4)."""

import asyncio
from collections import defaultdict
from random import Random
from typing import Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.errors import Unavailable
from frontdesk_tenants.database import Database

Fate = Literal["good", "raises", "cancelled", "times out", "fails in SQL"]
REQUESTS = 500
BAD_FATES: tuple[Fate, ...] = ("raises", "cancelled", "times out", "fails in SQL")


class Mishap(Exception):
    """Something goes wrong in the middle of a transaction."""


class Traffic:
    """The requests, and what each of them has seen. `None` stands for a transaction without a side."""

    def __init__(self, database: Database, sides: list[UUID], random: Random) -> None:
        self.database = database
        self.sides = sides
        self.random = random
        self.seen: list[tuple[UUID | None, set[str]]] = []
        self.sides_of_process: dict[int, set[UUID]] = defaultdict(set)
        self.committed: dict[UUID, set[str]] = defaultdict(set)

    async def drive(self, at_once: int = 6) -> None:
        """Send all requests. Those that wait for the connection give up and take over side by side."""
        await self._name_all()
        queue = [(self.random.choice(self.sides), number, fate) for number, fate in enumerate(fates(self.random))]

        async def take() -> None:
            while queue:
                await self.send(*queue.pop())
                if len(queue) % 5 == 0:
                    await self._look_without_a_side()

        async with asyncio.TaskGroup() as group:
            for _ in range(at_once):
                group.create_task(take())

    def bled(self) -> list[tuple[UUID | None, set[str]]]:
        """Who saw what was not its own, and what that was."""
        return [(side, seen) for side, seen in self.seen if seen != (set() if side is None else {canary(side)})]

    async def send(self, side: UUID, number: int, fate: Fate) -> None:
        """One request, which writes a row, reads what it can see and comes to its fate."""
        midway = asyncio.Event()
        request = asyncio.create_task(self._serve(side, number, fate, midway))
        if fate == "cancelled":
            waiting = asyncio.create_task(midway.wait())
            await asyncio.wait((waiting, request), return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            request.cancel()
        try:
            await request
        except (Mishap, asyncio.CancelledError, Unavailable):
            assert fate in ("raises", "cancelled", "times out")
        except DBAPIError:
            if fate != "fails in SQL":
                raise
        else:
            assert fate == "good"
            self.committed[side].add(str(number))

    async def _serve(self, side: UUID, number: int, fate: Fate, midway: asyncio.Event) -> None:
        async with self.database.side(side) as connection:
            process = await connection.scalar(text("SELECT pg_backend_pid()"))
            assert process is not None
            self.sides_of_process[process].add(side)
            await connection.execute(
                text("INSERT INTO invoice_counters (tenant_id, series, next) VALUES (:side, :series, 1)"),
                {"side": side, "series": str(number)},
            )
            await self._look(connection, side)
            await self._meet(fate, connection, midway)
            await self._look(connection, side)

    async def _name_all(self) -> None:
        for side in self.sides:
            async with self.database.side(side) as connection:
                await connection.execute(
                    text("UPDATE sides SET name = :name WHERE tenant_id = :side"), {"name": canary(side), "side": side}
                )

    async def _look_without_a_side(self) -> None:
        async with self.database.unscoped() as connection:
            self.seen.append((None, set(await connection.scalars(text("SELECT name FROM sides")))))

    async def _look(self, connection: AsyncConnection, side: UUID) -> None:
        names = await connection.scalars(text("SELECT name FROM sides"))
        self.seen.append((side, set(names)))

    async def _meet(self, fate: Fate, connection: AsyncConnection, midway: asyncio.Event) -> None:
        match fate:
            case "raises":
                raise Mishap
            case "cancelled":
                midway.set()
                await connection.execute(text("SELECT pg_sleep(3)"))
            case "times out":
                await connection.execute(text("SET LOCAL statement_timeout = 5"))
                await connection.execute(text("SELECT pg_sleep(3)"))
            case "fails in SQL":
                await connection.execute(text("SELECT 1 / 0"))


def canary(side: UUID) -> str:
    """What the side's only row of `sides` is called."""
    return f"canary {side}"


def fates(random: Random) -> list[Fate]:
    """One request in five goes wrong."""
    wrong = [BAD_FATES[number % 4] for number in range(REQUESTS // 5)]
    mixed: list[Fate] = [*wrong, *(["good"] * (REQUESTS - len(wrong)))]  # type: ignore[list-item]
    random.shuffle(mixed)
    return mixed

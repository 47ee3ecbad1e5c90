"""The connections of the home page's call: a fixed set that is never reset, each with the statement prepared.

Everything that is not hot goes through `database`. Here a call is a transaction of its own, so nothing of one customer
stays behind for the next: its side is set for that call alone.
"""

import asyncio
import contextlib
import logging
from collections import deque
from typing import Any

import asyncpg
from asyncpg.prepared_stmt import PreparedStatement

from frontdesk.errors import Misconfigured, Unavailable
from frontdesk_tenants.bounded_connection import ANSWER_SECONDS
from frontdesk_tenants.database import LOCK_TIMEOUT_MS, STATEMENT_TIMEOUT_MS
from frontdesk_tenants.home_query import HOME_STATEMENT

CONNECTIONS = 6
CONNECT_SECONDS = 3.0
WAIT_SECONDS = 3.0
"""How long a request waits for one of the connections."""
log = logging.getLogger("frontdesk.home")

_LOST = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    # The database exists and takes no connections, as during maintenance.
    asyncpg.ObjectNotInPrerequisiteStateError,
    asyncpg.InvalidSQLStatementNameError,
    asyncpg.InvalidCachedStatementError,
)


class HomeLines:
    """The connections, and who waits for one. `url` is a libpq URL of the application role.

    The connection used last is taken first, so few stay busy. Who waits is handed the next free one, in the order of
    coming: were it laid down, a later request could take it before the one that waits wakes up.
    """

    def __init__(self, url: str, connections: int) -> None:
        self._lines = [_Line(url) for _ in range(connections)]
        self._idle = self._lines[::-1]
        self._waiting: deque[asyncio.Future[_Line]] = deque()

    async def open(self) -> None:
        """Connect the first. Raises Unavailable or Misconfigured."""
        await self._lines[0].connect()

    async def aclose(self) -> None:
        """Let go of every connection."""
        for line in self._lines:
            await line.aclose()

    async def ask(self, *arguments: object) -> Any:
        """The row that the statement answers. Raises Unavailable or Misconfigured."""
        line = self._idle.pop() if self._idle else await self._wait()
        try:
            return await line.ask(arguments)
        finally:
            self._give_back(line)

    def _give_back(self, line: "_Line") -> None:
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(line)
                return
        self._idle.append(line)

    async def _wait(self) -> "_Line":
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[_Line] = loop.create_future()
        self._waiting.append(waiter)
        # A timer of our own costs a third of `asyncio.timeout`, and on a busy process most requests come by here.
        timer = loop.call_later(WAIT_SECONDS, _give_up, waiter)
        try:
            return await waiter
        except asyncio.CancelledError:
            # A visitor who left after a connection was handed over, and before taking it.
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self._give_back(waiter.result())
            raise
        finally:
            timer.cancel()


def _give_up(waiter: "asyncio.Future[_Line]") -> None:
    if not waiter.done():
        waiter.set_exception(Unavailable("The database is busy.", retry_after=2))


class _Line:
    """One connection with its prepared statement, made anew after a failure."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Any = None
        self._statement: PreparedStatement[Any] | None = None

    async def connect(self) -> "PreparedStatement[Any]":
        """The prepared statement, on a live connection as far as we know. Raises Unavailable or Misconfigured."""
        if self._statement is not None:
            return self._statement
        try:
            self._connection = await asyncpg.connect(
                self._url,
                timeout=CONNECT_SECONDS,
                command_timeout=ANSWER_SECONDS,
                server_settings={
                    "application_name": "frontdesk home",
                    "statement_timeout": str(STATEMENT_TIMEOUT_MS),
                    "lock_timeout": str(LOCK_TIMEOUT_MS),
                    "timezone": "UTC",
                    # Compiling a statement that runs for a millisecond costs a hundred.
                    "jit": "off",
                },
            )
            statement = await self._connection.prepare(HOME_STATEMENT)
            # Preparing leaves the server's clock for a statement running: without this, the first visitor who comes
            # later than that is told that the database took too long.
            await self._connection.execute("SELECT 1")
            self._statement = statement
        except _LOST as error:
            self._drop()
            raise Unavailable("The database does not answer now.", retry_after=2) from error
        except asyncpg.UndefinedFunctionError as error:
            self._drop()
            raise Misconfigured(
                "The database lacks a function. Run `frontdesk migrate` first.", "DATABASE_URL"
            ) from error
        return self._statement

    async def ask(self, arguments: tuple[object, ...]) -> Any:
        """The answer's one row. Raises Unavailable or Misconfigured."""
        seasoned = self._statement is not None
        try:
            return await self._fetch(arguments)
        except asyncpg.QueryCanceledError as error:
            log.warning("the database took too long: %s", error)
            raise Unavailable("The database took too long.", retry_after=5) from error
        except TimeoutError as error:
            # Nothing was answered at all: to ask once more would keep the visitor, and the line, as long again.
            log.warning("the database does not answer: %s", type(error).__name__)
            raise Unavailable("The database does not answer now.", retry_after=2) from error
        except _LOST as error:
            log.warning("the database does not answer: %s", type(error).__name__)
            if not seasoned:
                raise Unavailable("The database does not answer now.", retry_after=2) from error
        # The server may have been restarted since the last call: that is no reason to send a visitor away.
        try:
            return await self._fetch(arguments)
        except _LOST as error:
            raise Unavailable("The database does not answer now.", retry_after=2) from error

    async def _fetch(self, arguments: tuple[object, ...]) -> Any:
        statement = self._statement or await self.connect()
        try:
            return await statement.fetchrow(*arguments)
        except asyncpg.QueryCanceledError:
            raise
        except BaseException:
            # A visitor who left in the middle, too: what the connection still has to say is nobody else's.
            self._drop()
            raise

    async def aclose(self) -> None:
        """Close the connection."""
        connection, self._connection, self._statement = self._connection, None, None
        if connection is not None and not connection.is_closed():
            # asyncpg lets go of a connection that does not say goodbye in time.
            with contextlib.suppress(TimeoutError):
                await connection.close(timeout=CONNECT_SECONDS)

    def _drop(self) -> None:
        connection, self._connection, self._statement = self._connection, None, None
        if connection is not None:
            connection.terminate()

"""The connections of the home page's call: a fixed set that is never reset, each with the statement prepared.

Everything that is not hot goes through `database`. Here a call is a transaction of its own, for all pages that are
asked for at that moment. Each of them sets its side before it reads anything (`home_query`), and the last one's ends
with the transaction, so nothing of one customer is there for the next.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Sequence
from typing import Any

import asyncpg
from asyncpg.prepared_stmt import PreparedStatement

from frontdesk.errors import Misconfigured, Unavailable
from frontdesk_tenants.bounded_connection import ANSWER_SECONDS
from frontdesk_tenants.database import LOCK_TIMEOUT_MS, STATEMENT_TIMEOUT_MS
from frontdesk_tenants.home_query import HOME_STATEMENT

CONNECTIONS = 6
USUAL_LINES = 1
"""Connections that are used before requests wait for one another. While PostgreSQL answers one call, pages of the last
are made; more calls at once are all answered at the same time, and the server has nothing to do until then."""
TOGETHER = 16
"""Pages that one call asks for at most. With fewer PostgreSQL has more to do for each."""
PATIENCE_SECONDS = 0.005
"""How long a request waits for others where there are more connections."""
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
    # The server said goodbye while nothing was asked, and has not closed the connection yet.
    asyncpg.InternalClientError,
)


class HomeLines:
    """The connections, and who waits for an answer. `url` is a libpq URL of the application role.

    Who comes while others are answered waits for a moment, and goes with all who wait by then: a call for five pages
    takes PostgreSQL two thirds of the time of five calls. More connections than the usual ones are there for when
    PostgreSQL is slow, and for a rush.
    """

    def __init__(self, url: str, connections: int) -> None:
        self._lines = [_Line(url) for _ in range(connections)]
        # The connection used last is taken first.
        self._idle = self._lines[::-1]
        self._waiting: deque[_Asked] = deque()
        self._called = False
        self._watch: asyncio.TimerHandle | None = None
        self._calls: set[asyncio.Task[None]] = set()
        self._answered: deque[tuple[_Asked, Any]] = deque()

    async def open(self) -> None:
        """Connect the first. Raises Unavailable or Misconfigured."""
        await self._lines[0].connect()

    async def aclose(self) -> None:
        """Let go of every connection."""
        if self._watch is not None:
            self._watch.cancel()
        for line in self._lines:
            await line.aclose()

    async def ask(self, *arguments: object) -> Any:
        """The row that the statement answers for one page. Raises Unavailable or Misconfigured."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = loop.create_future()
        self._waiting.append(_Asked(arguments, answer, loop.time()))
        if not self._called:
            # Not at once: several requests mostly arrive together.
            self._called = True
            loop.call_soon(self._call)
        return await answer

    def _call(self) -> None:
        """Send off who waits, as far as there are connections for them."""
        self._called = False
        loop = asyncio.get_running_loop()
        while self._waiting and self._idle and self._worth_a_line(loop.time()):
            asked = [self._waiting.popleft() for _ in range(min(TOGETHER, len(self._waiting)))]
            # Visitors who left while they waited.
            asked = [each for each in asked if not each.answer.done()]
            if asked:
                call = loop.create_task(self._carry(self._idle.pop(), asked))
                self._calls.add(call)
                call.add_done_callback(self._calls.discard)
        if self._waiting and self._watch is None:
            self._watch = loop.call_later(PATIENCE_SECONDS, self._look_after)

    def _worth_a_line(self, now: float) -> bool:
        busy = len(self._lines) - len(self._idle)
        return busy < USUAL_LINES or len(self._waiting) >= TOGETHER or now - self._waiting[0].since >= PATIENCE_SECONDS

    def _look_after(self) -> None:
        """Give up who waited too long, and send off who waited long enough."""
        self._watch = None
        longest = asyncio.get_running_loop().time() - WAIT_SECONDS
        while self._waiting and self._waiting[0].since <= longest:
            self._waiting.popleft().fail(Unavailable("The database is busy.", retry_after=2))
        self._call()

    async def _carry(self, line: "_Line", asked: "list[_Asked]") -> None:
        try:
            await self._answer(line, asked)
        except BaseException:
            # The process is stopping.
            for each in asked:
                each.answer.cancel()
            raise
        finally:
            self._idle.append(line)
            self._call()

    async def _answer(self, line: "_Line", asked: "list[_Asked]") -> None:
        try:
            rows = await line.ask([each.arguments for each in asked])
        except Exception as error:
            if len(asked) == 1 or isinstance(error, (Unavailable, Misconfigured)):
                for each in asked:
                    each.fail(error)
                return
            # What is wrong with one page is nothing to the others.
            for each in asked:
                await self._answer(line, [each])
        else:
            telling = bool(self._answered)
            self._answered.extend([(asked[row["place"] - 1], row) for row in rows])
            if not telling:
                self._tell_next()

    def _tell_next(self) -> None:
        """Hand over one row. The next waits for a turn of the loop: between two pages whoever asked meanwhile is heard,
        so that PostgreSQL has their call while the others' pages are made."""
        each, row = self._answered.popleft()
        each.tell(row)
        if self._answered:
            asyncio.get_running_loop().call_soon(self._tell_next)


class _Asked:
    """One page that is asked for, since when by the loop's clock, and where its row goes."""

    __slots__ = ("answer", "arguments", "since")

    def __init__(self, arguments: tuple[object, ...], answer: "asyncio.Future[Any]", since: float) -> None:
        self.arguments = arguments
        self.answer = answer
        self.since = since

    def tell(self, row: Any) -> None:
        """Hand the row over, unless the visitor left."""
        if not self.answer.done():
            self.answer.set_result(row)

    def fail(self, error: Exception) -> None:
        """Say why there is none."""
        if not self.answer.done():
            self.answer.set_exception(error)


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

    async def ask(self, asked: Sequence[tuple[object, ...]]) -> Any:
        """The rows of these pages. Raises Unavailable or Misconfigured."""
        seasoned = self._statement is not None
        try:
            return await self._fetch(asked)
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
            return await self._fetch(asked)
        except _LOST as error:
            raise Unavailable("The database does not answer now.", retry_after=2) from error

    async def _fetch(self, asked: Sequence[tuple[object, ...]]) -> Any:
        statement = self._statement or await self.connect()
        try:
            return await statement.fetch(*zip(*asked, strict=True))
        except asyncpg.QueryCanceledError:
            raise
        except BaseException:
            # What the connection still has to say is nobody else's.
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

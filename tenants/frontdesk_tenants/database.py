"""PostgreSQL: one engine, and no statement without a side.

The application connects as a role that owns nothing and cannot step around row-level security. Every transaction
names its side when it begins (`Database.side`), or says openly that it only touches tables of ids and hashes
(`Database.unscoped`). A transaction that does neither raises before its first statement.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

import psycopg
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from frontdesk.errors import Misconfigured, Refused, Unavailable
from frontdesk.typed_refusals import text_unstorable
from frontdesk_tenants.bounded_connection import ANSWER_SECONDS, BoundedConnection
from frontdesk_tenants.database_addresses import driver_url

SideTransaction: TypeAlias = AsyncConnection
"""A transaction of one side, by the name under which the faces hand it on."""
STATEMENT_TIMEOUT_MS = 5_000
LOCK_TIMEOUT_MS = 1_000
IDLE_IN_TRANSACTION_MS = 10_000
CONNECT_SECONDS = 3
POOL_SECONDS = 5.0
"""How long a transaction waits for one of the connections."""
VANISHED: dict[str, Any] = {
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""libpq's way to notice, within twenty seconds, that a server is gone to which nothing is being said."""
NO_SIDE = "no side"
"""What `tenant_id` says for a transaction that only touches the tables of `tables.UNSCOPED`."""


class SideNotNamed(RuntimeError):
    """A transaction began without a side: a bug of ours, stopped before it could read anything."""


class Busy(Unavailable):
    """Somebody else holds the lock; the same request succeeds in a moment (Stripe: `lock_timeout`)."""


class Database:
    """The application's connections. `url` is a libpq URL of the application role; `overflow` come on top in a rush."""

    def __init__(self, url: str, pool_size: int = 10, overflow: int = 5) -> None:
        self.url = url
        self.engine: AsyncEngine = create_async_engine(
            driver_url(url, "DATABASE_URL"),
            poolclass=AsyncAdaptedQueuePool,
            pool_size=pool_size,
            max_overflow=overflow,
            pool_timeout=POOL_SECONDS,
            pool_pre_ping=False,
            pool_use_lifo=True,
            json_serializer=_written,
            json_deserializer=_as_is,
            connect_args={
                "async_creator_fn": BoundedConnection.connect,
                "connect_timeout": CONNECT_SECONDS,
                "options": server_settings(),
                "application_name": "frontdesk",
                **VANISHED,
            },
        )
        event.listen(self.engine.sync_engine, "begin", name_the_side)
        event.listen(self.engine.sync_engine, "do_executemany", _one_by_one)

    @asynccontextmanager
    async def side(self, tenant_id: UUID) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees one side's rows, committed at the end.

        Raises:
            Busy: a lock was not to be had within a second.
            Refused: a text holds a NUL; forms and parameters say so better, of the field that has it.
            Unavailable: PostgreSQL does not answer.
        """
        async with self._transaction(tenant_id) as connection:
            yield connection

    @asynccontextmanager
    async def unscoped(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees no side's rows: for the tables that hold ids and hashes only."""
        async with self._transaction(NO_SIDE) as connection:
            yield connection

    @asynccontextmanager
    async def _transaction(self, tenant_id: UUID | str) -> AsyncIterator[AsyncConnection]:
        try:
            async with self.engine.connect() as connection:
                scoped = await connection.execution_options(tenant_id=tenant_id)
                async with scoped.begin():
                    yield scoped
        except (OperationalError, InterfaceError, PoolTimeoutError, psycopg.OperationalError, OSError) as error:
            raise _translated(error) from error
        except DBAPIError as error:
            if error.connection_invalidated:
                raise Unavailable("The database does not answer now.", retry_after=2) from error
            if _holds_nul(error.orig):
                raise Refused(text_unstorable()) from error
            raise

    async def aclose(self) -> None:
        """Close all connections."""
        await self.engine.dispose()


async def clock(connection: AsyncConnection) -> datetime:
    """The real time, which is PostgreSQL's: aware UTC. All of a transaction sees one instant."""
    return (await connection.execute(text("SELECT frontdesk_now()"))).scalar_one()  # type: ignore[no-any-return]


async def clock_after_waiting(connection: AsyncConnection) -> datetime:
    """The real time of this moment, for a transaction that may have waited since it began.

    Whoever waits for an account acts after the one who held it, though its transaction may have begun before.
    """
    question = "SELECT date_trunc('milliseconds', frontdesk_now() + (statement_timestamp() - now()))"
    return (await connection.execute(text(question))).scalar_one()  # type: ignore[no-any-return]


async def enter_side(connection: AsyncConnection, tenant_id: UUID) -> None:
    """Go on in another side, in the same transaction: for making sides, and for a worker that goes from one to the
    next. Whatever was read before belongs to the side before."""
    await connection.execute(
        text("SELECT set_config('frontdesk.tenant_id', :tenant_id, true)"), {"tenant_id": str(tenant_id)}
    )


async def driver(connection: AsyncConnection) -> BoundedConnection:
    """The psycopg connection beneath, so that a job is enqueued in the transaction that causes it."""
    raw = await connection.get_raw_connection()
    if not isinstance(raw.driver_connection, BoundedConnection):
        raise TypeError("the engine runs on psycopg")
    return raw.driver_connection


@asynccontextmanager
async def unhurried(connection: AsyncConnection, seconds: int) -> AsyncIterator[None]:
    """Let the statements of this block, which is one transaction's, take longer than a page's may."""
    await connection.execute(text(f"SET LOCAL statement_timeout = {int(seconds * 1000)}"))
    raw = await driver(connection)
    raw.longest = seconds + 1.0
    try:
        yield
    finally:
        raw.longest = ANSWER_SECONDS


async def refuse_dangerous_role(database: Database) -> None:
    """Refuse to serve as a role for which row-level security would not hold.

    Raises:
        Misconfigured: the role is a superuser, has BYPASSRLS or owns a table, may not read the tables, or the schema is
            missing.
    """
    async with database.unscoped() as connection:
        row = (await connection.execute(text(_ROLE_QUESTION))).one()
    if row.missing:
        raise Misconfigured("The database has no Frontdesk schema. Run `frontdesk migrate` first.", "DATABASE_URL")
    if row.super or row.bypass or row.owns:
        raise Misconfigured(
            "DATABASE_URL must name a role that is no superuser, has no BYPASSRLS and owns no table: "
            "row-level security does not bind those. Give the owner in DATABASE_OWNER_URL, for `frontdesk migrate`.",
            "DATABASE_URL",
        )
    if not row.reads:
        first = row.served or "the role that `frontdesk migrate` was first run with"
        raise Misconfigured(
            f"DATABASE_URL names the role {row.name}, which may not read the tables. Name {first} there, or let it do"
            f" what that one may: `GRANT {row.served or 'that role'} TO {row.name}`, as a superuser.",
            "DATABASE_URL",
        )


_ROLE_QUESTION = """
SELECT rolname AS name, rolsuper AS super, rolbypassrls AS bypass,
       EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid AND relkind IN ('r', 'p')
               AND relnamespace = 'public'::regnamespace) AS owns,
       NOT EXISTS (SELECT FROM pg_class WHERE relname = 'sides'
                   AND relnamespace = 'public'::regnamespace) AS missing,
       (SELECT bool_and(has_table_privilege(oid, 'SELECT')) FROM pg_class WHERE relname IN ('sides', 'alembic_version')
        AND relnamespace = 'public'::regnamespace) AS reads,
       (SELECT string_agg(DISTINCT pg_get_userbyid(granted.grantee)::text, ', ')
        FROM pg_class, aclexplode(relacl) AS granted
        WHERE relname = 'sides' AND relnamespace = 'public'::regnamespace
        AND granted.privilege_type = 'SELECT' AND granted.grantee NOT IN (0, relowner)) AS served
FROM pg_roles WHERE rolname = current_user
"""


def server_settings() -> str:
    """libpq options for every connection of the application: no statement waits for ever."""
    return (
        f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c lock_timeout={LOCK_TIMEOUT_MS} "
        f"-c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_MS} -c timezone=UTC"
    )


def name_the_side(connection: Connection) -> None:
    """Tell PostgreSQL whose transaction begins. Raises SideNotNamed where nobody has said so."""
    tenant_id = connection.get_execution_options().get("tenant_id")
    if tenant_id is None:
        raise SideNotNamed("a transaction must name its side: use Database.side() or Database.unscoped()")
    if tenant_id != NO_SIDE:
        connection.exec_driver_sql("SELECT set_config('frontdesk.tenant_id', %s, true)", (str(tenant_id),))


def _one_by_one(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
    """Send the rows of a statement each for itself.

    psycopg would send them in a pipeline. A process that is frozen in the middle of one holds its locks for ever: to
    PostgreSQL it is active, and not idle in a transaction, which is ended after a while.
    """
    for row in parameters:
        cursor.execute(statement, row)
    return True


def _translated(error: Exception) -> Unavailable:
    cause = getattr(error, "orig", error)
    if isinstance(cause, psycopg.errors.LockNotAvailable | psycopg.errors.DeadlockDetected):
        return Busy("Another request is changing the same thing. Send yours again in a moment.", retry_after=1)
    if isinstance(cause, psycopg.errors.QueryCanceled):
        return Unavailable("The database took too long.", retry_after=5)
    return Unavailable("The database does not answer now.", retry_after=2)


def _holds_nul(error: BaseException | None) -> bool:
    """Whether a text was sent that cannot be kept: psycopg sees a NUL in a parameter, PostgreSQL one in JSON."""
    if isinstance(error, psycopg.errors.UntranslatableCharacter):
        return True
    return isinstance(error, psycopg.DataError) and error.sqlstate is None and "NUL" in str(error)


def _written(value: Any) -> str:
    """JSON of ours is text already (`tables.Body`); the queue hands over its arguments as they are."""
    return value if isinstance(value, str) else json.dumps(value)


def _as_is(value: Any) -> Any:
    return value

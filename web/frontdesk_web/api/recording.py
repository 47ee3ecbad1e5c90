"""How requests get into the log: put aside when they are answered, and written a moment later, many at once.

So the log costs a request next to nothing, and a request has its row whatever became of its transaction. A process that
is killed takes the rows of its last second with it: a log may lose those, and nothing else stands in it.
"""

import asyncio
import logging
from collections import deque
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from frontdesk.masking import masked, masked_text
from frontdesk_tenants import request_log
from frontdesk_tenants.database import Database
from frontdesk_tenants.request_log import LoggedRequest
from frontdesk_web.api.forms import Tree

PAUSE = 0.5
"""Seconds that rows wait for others."""
WAITING_AT_MOST = 5_000
AT_ONCE = 200
KEPT_BYTES = 32 * 1024
"""Of parameters and answers each. What is larger is not kept."""
log = logging.getLogger("frontdesk.api")


class Answered(Struct, frozen=True, kw_only=True):
    """A request that was answered, as it was."""

    tenant_id: UUID
    id: str
    at: datetime
    method: str
    path: str
    status: int
    key: str
    network: str
    agent: str
    version: str
    idempotency_key: str | None
    milliseconds: int
    given: Tree | None
    body: bytes


class RequestRecorder:
    """Requests on their way into the log."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: deque[Answered] = deque(maxlen=WAITING_AT_MOST)
        self._writing = asyncio.Lock()
        self._soon: asyncio.Task[None] | None = None

    def note(self, answered: Answered) -> None:
        """Put a request aside. It is in the log within a second."""
        self._waiting.append(answered)
        if self._soon is None or self._soon.done():
            self._soon = asyncio.create_task(self._write_soon())

    async def write(self) -> None:
        """Write what waits now. Never raises: where the database does not answer, the rows are lost and it is said."""
        async with self._writing:
            while self._waiting:
                sides: dict[UUID, list[LoggedRequest]] = {}
                for _ in range(min(AT_ONCE, len(self._waiting))):
                    each = self._waiting.popleft()
                    sides.setdefault(each.tenant_id, []).append(_row(each))
                for tenant_id, rows in sides.items():
                    try:
                        async with self._database.side(tenant_id) as connection:
                            await request_log.write(connection, tenant_id, rows)
                    except Exception:
                        log.exception("%d requests did not get into the log", len(rows))

    async def aclose(self) -> None:
        """Write what still waits."""
        # First, so that what is being written right now comes to its end.
        await self.write()
        if self._soon is not None:
            self._soon.cancel()

    async def _write_soon(self) -> None:
        await asyncio.sleep(PAUSE)
        await self.write()


def _row(each: Answered) -> LoggedRequest:
    kept = each.method != "GET" or each.status >= 400
    answer = _decoded(each.body) if kept and len(each.body) <= KEPT_BYTES else None
    error = answer.get("error") if isinstance(answer, dict) else None
    return LoggedRequest(
        id=each.id,
        at=each.at,
        method=each.method,
        path=_storable(masked_text(each.path[:500])),
        status=each.status,
        key=each.key,
        network=each.network,
        agent=_storable(each.agent[:200]),
        version=_storable(each.version[:60]),
        idempotency_key=None if each.idempotency_key is None else _storable(each.idempotency_key[:255]),
        code=str(error.get("code") or error.get("type")) if isinstance(error, dict) else None,
        milliseconds=each.milliseconds,
        asked=_encoded(each.given) if each.given else None,
        answered=None if answer is None else _encoded(answer),
    )


def _decoded(body: bytes) -> object:
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _encoded(tree: object) -> str | None:
    try:
        written = msgspec.json.encode(masked(tree))
    except (ValueError, RecursionError):
        return None
    return _storable(written.decode()) if len(written) <= KEPT_BYTES else None


def _storable(text: str) -> str:
    """Without what PostgreSQL cannot keep."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()

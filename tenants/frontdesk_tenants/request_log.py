"""The log of a side's API: what was asked and what was answered, kept for thirty days (`sweeping`).

Rows come with their secrets masked. They are written after the fact, many at once, in a transaction of their own: no
request waits for its row, and a request that changed nothing is in the log all the same.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import Select, desc, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk_tenants.keyset import Place
from frontdesk_tenants.paging import Page
from frontdesk_tenants.tables import request_log

Outcome = Literal["all", "answered", "refused", "failed"]
"""By status: any; below 400; 400 to 499; above."""
PAGE = 50
_LAST = "\U0010ffff"
_BY_OUTCOME = {"answered": (0, 400), "refused": (400, 500), "failed": (500, 1000)}


class LoggedRequest(Struct, frozen=True, kw_only=True):
    """One request. `key` is the id of the API key, `network` the caller's address, `code` that of the error.

    `asked` holds the parameters, of query and body alike. It and `answered` are JSON, or None where there was nothing
    or it is not kept; `milliseconds` is how long it took.
    """

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
    code: str | None
    milliseconds: int
    asked: str | None
    answered: str | None

    @property
    def place(self) -> Place:
        """Where the next page begins if this is the last row."""
        return Place(created=self.at, id=self.id)


async def write(connection: AsyncConnection, tenant_id: UUID, requests: Sequence[LoggedRequest]) -> None:
    """Note requests. One that is there already stays as it is."""
    rows = [{"tenant_id": tenant_id, **asdict(each)} for each in requests]
    if rows:
        await connection.execute(insert(request_log).values(rows).on_conflict_do_nothing())


async def read(connection: AsyncConnection, id_: str) -> LoggedRequest | None:
    """One request."""
    found = await _requests(connection, select(request_log).where(request_log.c.id == id_))
    return next(iter(found), None)


async def search(
    connection: AsyncConnection,
    *,
    path: str = "",
    outcome: Outcome = "all",
    key: str = "",
    after: Place | None = None,
    before: Place | None = None,
    limit: int = PAGE,
) -> Page[LoggedRequest]:
    """A page of the log, newest first. `path` is how one begins; `key` is the id of one.

    `after` begins the page after a request, going back in time; `before` gives those just newer than one, and
    `has_more` then says whether there are newer ones still.
    """
    columns = request_log.c
    place = tuple_(columns.at, columns.id)
    question = select(request_log).limit(limit + 1)
    if path:
        question = question.where(columns.path >= path, columns.path < path + _LAST)
    if outcome in _BY_OUTCOME:
        least, beyond = _BY_OUTCOME[outcome]
        question = question.where(columns.status >= least, columns.status < beyond)
        if least >= 400:
            question = question.where(columns.status >= 400)
    if key:
        question = question.where(columns.key == key)
    if before is not None:
        question = question.where(place > tuple_(before.created, before.id)).order_by(columns.at, columns.id)
    else:
        question = question.order_by(desc(columns.at), desc(columns.id))
    if after is not None:
        question = question.where(place < tuple_(after.created, after.id))
    found = await _requests(connection, question)
    shown = found[:limit]
    return Page(shown if before is None else tuple(reversed(shown)), len(found) > limit)


async def _requests(connection: AsyncConnection, question: Select[Any]) -> tuple[LoggedRequest, ...]:
    fields = LoggedRequest.__struct_fields__
    rows = await connection.execute(question)
    return tuple(LoggedRequest(**{name: getattr(row, name) for name in fields}) for row in rows)

"""Acts that waited for a remote backend and were refused in the end, when nobody stood there to be told any more.

The refusal stays with the intent. Its customer reads of it on the home page until they have noted it or the same act
was done after all, and gets one letter; staff read of it on the page of the billing backend. All of it is written in
the transaction that closes the intent, which one of all retries does.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.commands import AccountCommand
from frontdesk.desk import Actor
from frontdesk.errors import Refusal
from frontdesk.events import WaitingActRefused
from frontdesk.waiting import RefusedAct, is_so_already, is_told
from frontdesk_tenants import audit, book
from frontdesk_tenants.committing import record_event
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Side
from frontdesk_tenants.jobs import Jobs
from frontdesk_tenants.tables import customers, intents

SHOWN_FOR = timedelta(days=30)
"""How long staff see a refusal on the page of the billing backend; the audit keeps it for good."""
MOST = 20


class ListedRefusal(Struct, frozen=True, kw_only=True):
    """A refused act as staff see it. `told` says whether its customer got a letter."""

    id: str
    customer: str
    name: str | None
    command: AccountCommand
    refusal: Refusal
    at: datetime
    told: bool


async def record_refusal(
    connection: AsyncConnection,
    side: Side,
    *,
    intent: str,
    customer: str,
    command: AccountCommand,
    actor: Actor,
    refusal: Refusal,
    jobs: Jobs,
    request_id: str | None,
) -> None:
    """Note that an act which waited was refused, and tell its customer. One that did not wait had somebody to tell."""
    mine = intents.c.id == intent
    if await connection.scalar(select(intents.c.waits_since).where(mine)) is None:
        return
    now = await clock(connection)
    account = await book.read_account(connection, customer)
    told = is_told(command, actor) and account is not None and not is_so_already(account, command)
    await connection.execute(update(intents).where(mine).values(refusal=refusal, refused_at=now, told=told, shown=told))
    await audit.record(
        connection,
        side.tenant_id,
        actor=actor,
        action="waiting_act_refused",
        object_id=customer,
        now=now,
        after={"command": type(command).__name__, "code": refusal.code},
        request_id=request_id,
    )
    if told:
        event = WaitingActRefused(customer=customer, intent=intent, at=now)
        await record_event(connection, side.tenant_id, event, now, jobs)


async def read_refused(connection: AsyncConnection, intent: str) -> RefusedAct | None:
    """A refused act; None where there is none of that id."""
    columns = intents.c
    question = select(
        columns.id, columns.command, columns.refusal, columns.refused_at.label("at"), columns.created.label("asked")
    )
    row = (await connection.execute(question.where(columns.id == intent, columns.refusal.is_not(None)))).one_or_none()
    return None if row is None else RefusedAct(**row._mapping)


async def refused_lately(connection: AsyncConnection) -> tuple[ListedRefusal, ...]:
    """What was refused of all customers in the last weeks, the newest first."""
    columns = intents.c
    rows = await connection.execute(
        select(
            columns.id,
            columns.customer,
            func.json_extract_path_text(customers.c.body, "name").label("name"),
            columns.command,
            columns.refusal,
            columns.refused_at.label("at"),
            columns.told,
        )
        .join_from(intents, customers, customers.c.id == columns.customer)
        .where(columns.refused_at > func.frontdesk_now() - SHOWN_FOR)
        .order_by(columns.refused_at.desc(), columns.number.desc())
        .limit(MOST)
    )
    return tuple(ListedRefusal(**row._mapping) for row in rows)


async def note_read(connection: AsyncConnection, customer: str, intent: str) -> bool:
    """The customer has read that an act was refused. False where it is none of theirs, or was not refused."""
    columns = intents.c
    mine = (columns.id == intent) & (columns.customer == customer) & columns.refused_at.is_not(None)
    if await connection.scalar(select(columns.id).where(mine)) is None:
        return False
    await _hide(connection, customer, (intent,))
    return True


async def note_done(connection: AsyncConnection, customer: str, command: AccountCommand) -> None:
    """An act was done: that the same was refused before is no news any more."""
    columns = intents.c
    rows = await connection.execute(
        select(columns.id, columns.command).where(columns.customer == customer, columns.shown)
    )
    await _hide(connection, customer, [row.id for row in rows if _about(row.command) == _about(command)])


async def page_changes(connection: AsyncConnection, customer: str) -> None:
    """Pages that show what waits or was refused are made anew."""
    await connection.execute(
        update(customers).where(customers.c.id == customer).values(account_version=customers.c.account_version + 1)
    )


async def _hide(connection: AsyncConnection, customer: str, ids: Sequence[str]) -> None:
    if not ids:
        return
    columns = intents.c
    hidden = await connection.execute(
        update(intents).where(columns.customer == customer, columns.shown, columns.id.in_(ids)).values(shown=False)
    )
    if hidden.rowcount:
        await page_changes(connection, customer)


def _about(command: AccountCommand) -> tuple[type[AccountCommand], str | None]:
    return type(command), getattr(command, "subscription", None)

"""Intents: what we are about to ask of a remote backend, committed before the call and settled afterwards.

An intent's id is its idempotency key. Its life: `pending`, then `done` or `refused`. A call whose answer was lost
leaves it pending; the job `settle_intent` repeats it with the same key until the backend says what became of it.

Some acts may wait for a backend that does not answer (`frontdesk.waiting`): `waits_since` says that one does, and its
customer is told. Those of one customer are carried out in the order in which they were asked for.
"""

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.billing import Request
from frontdesk.changes import Changes
from frontdesk.commands import AccountCommand, CreateCustomer
from frontdesk.desk import Actor
from frontdesk.errors import Misconfigured, Queued, Refused, Unavailable
from frontdesk.ids import IdSource
from frontdesk.waiting import WaitingAct, may_wait
from frontdesk_tenants import book
from frontdesk_tenants.backends import LiveBackend
from frontdesk_tenants.committing import commit_changes
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Side
from frontdesk_tenants.mirrored_accounts import apply_account
from frontdesk_tenants.news import take_turn, unheard
from frontdesk_tenants.refused_acts import note_done, page_changes, record_refusal
from frontdesk_tenants.tables import intents, quotes
from frontdesk_tenants.tax_rates import with_tax_rates
from frontdesk_tenants.tenancy import Tenancy

SETTLE = "settle_intent"
SETTLE_AFTER_SECONDS = 30


class Intent(Struct, frozen=True, kw_only=True):
    """One command on its way to a remote backend, as of `at`."""

    id: str
    customer: str
    command: AccountCommand
    at: datetime
    actor: Actor
    quote: str | None = None


async def keep_intent(connection: AsyncConnection, tenancy: Tenancy, side: Side, intent: Intent, now: datetime) -> None:
    """Write an intent and, in the same transaction, the job that settles it should we die."""
    await connection.execute(
        insert(intents).values(
            tenant_id=side.tenant_id,
            id=intent.id,
            customer=intent.customer,
            idempotency_key=intent.id,
            state="pending",
            created=now,
            at=intent.at,
            actor=msgspec.json.encode(intent.actor).decode(),
            command=intent.command,
            quote=intent.quote,
        )
    )
    await tenancy.jobs.enqueue_all(connection, SETTLE, side.tenant_id, (intent.id,), delay=SETTLE_AFTER_SECONDS)


async def carry_out_intent(
    tenancy: Tenancy, side: Side, backend: LiveBackend, intent: Intent, request: Request, request_id: str | None
) -> Changes:
    """Make the call and apply its answer, once, however often this is run for one intent.

    Raises:
        Refused: the backend said no; the intent is closed.
        Queued: no answer; the intent waits, and is carried out once there is one.
        Unavailable: no answer; the intent stays pending.
    """
    await _those_before(tenancy, side, intent)
    try:
        changes = await backend.carry_out(request)
    except Refused as error:
        async with tenancy.database.side(side.tenant_id) as connection:
            if await _close(connection, intent.id, "refused"):
                await _give_back_quote(connection, intent)
                await record_refusal(
                    connection,
                    side,
                    intent=intent.id,
                    customer=intent.customer,
                    command=intent.command,
                    actor=intent.actor,
                    refusal=error.refusal,
                    jobs=tenancy.jobs,
                    request_id=request_id,
                )
        raise
    except (Unavailable, Misconfigured) as error:
        if not may_wait(intent.command):
            raise
        raise await _let_wait(tenancy, side, intent, error) from error
    # A customer that was created has the id that the backend gave it, whatever was proposed.
    owner = intent.customer if changes.customer is None else changes.customer.id
    async with tenancy.database.side(side.tenant_id) as connection:
        await take_turn(connection, side.tenant_id, owner)
        if not await _close(connection, intent.id, "done"):
            return changes
        await note_done(connection, owner, intent.command)
        if backend.capabilities.mirrored:
            await apply_account(
                connection,
                side,
                changes,
                actor=intent.actor,
                action=type(intent.command).__name__,
                jobs=tenancy.jobs,
                request_id=request_id,
            )
            return changes
        # News of the same may have been quicker than the answer.
        new = await unheard(connection, changes)
        if new == Changes():
            return changes
        await commit_changes(
            connection,
            side,
            new,
            before=await book.read_account(connection, owner, lock=True),
            actor=intent.actor,
            action=type(intent.command).__name__,
            now=await clock(connection),
            jobs=tenancy.jobs,
            request_id=request_id,
            remote=True,
        )
    return changes


async def waiting_acts(connection: AsyncConnection, customer: str) -> tuple[WaitingAct, ...]:
    """The acts of a customer that wait for the backend, in the order in which they were asked for."""
    columns = intents.c
    rows = await connection.execute(
        select(columns.id, columns.command, columns.waits_since.label("since"))
        .where(columns.customer == customer, columns.state == "pending", columns.waits_since.is_not(None))
        .order_by(columns.number)
    )
    return tuple(WaitingAct(**row._mapping) for row in rows)


async def _those_before(tenancy: Tenancy, side: Side, intent: Intent) -> None:
    """Carry out what waits of the customer and was asked for earlier.

    Raises:
        Queued: there is still no answer, and this one waits behind them.
        Unavailable: likewise, and this one may not wait. It was never sent, and never will be.
    """
    columns = intents.c
    mine = select(columns.number).where(columns.id == intent.id).scalar_subquery()
    question = (
        select(columns.id)
        .where(
            columns.customer == intent.customer,
            columns.state == "pending",
            columns.waits_since.is_not(None),
            columns.number < mine,
        )
        .order_by(columns.number)
        .limit(1)
    )
    while True:
        async with tenancy.database.side(side.tenant_id) as connection:
            earlier = await connection.scalar(question)
        if earlier is None:
            return
        try:
            await settle(tenancy, side.tenant_id, earlier)
        except (Unavailable, Misconfigured) as error:
            if may_wait(intent.command):
                raise await _let_wait(tenancy, side, intent, error) from error
            async with tenancy.database.side(side.tenant_id) as connection:
                await _close(connection, intent.id, "refused")
                await _give_back_quote(connection, intent)
            raise Unavailable(error.sentence, _retry_after(error), parameters=error.parameters) from error


async def _give_back_quote(connection: AsyncConnection, intent: Intent) -> None:
    """What was refused changed nothing: its quote can be confirmed once more, as where a transaction was undone."""
    if intent.quote is not None:
        await connection.execute(update(quotes).where(quotes.c.id == intent.quote).values(consumed_at=None))


async def _let_wait(tenancy: Tenancy, side: Side, intent: Intent, error: Unavailable | Misconfigured) -> Queued:
    """Note that an intent waits, and say so."""
    columns = intents.c
    async with tenancy.database.side(side.tenant_id) as connection:
        marked = await connection.execute(
            update(intents)
            .where(columns.id == intent.id, columns.state == "pending", columns.waits_since.is_(None))
            .values(waits_since=func.frontdesk_now())
        )
        if marked.rowcount:
            await page_changes(connection, intent.customer)
    return Queued(error.sentence, _retry_after(error), parameters=error.parameters)


def _retry_after(error: Unavailable | Misconfigured) -> int:
    return error.retry_after if isinstance(error, Unavailable) else 60


async def settle(tenancy: Tenancy, tenant_id: UUID, intent_id: str) -> None:
    """Find out what became of an intent, by repeating its call with the same key. A settled one is left alone."""
    async with tenancy.at(await tenancy.door(tenant_id)) as (connection, side):
        row = (
            await connection.execute(select(intents).where(intents.c.id == intent_id).with_for_update())
        ).one_or_none()
        if row is None or row.state != "pending":
            return
        await connection.execute(
            update(intents).where(intents.c.id == intent_id).values(attempts=intents.c.attempts + 1)
        )
        backend = await tenancy.backends.of(connection, tenant_id, side.backend)
        account = await book.read_account(connection, row.customer)
        terms = await book.read_terms(connection, side, book.prices_of(row.command, account))
        terms = await with_tax_rates(connection, terms, row.command)
        now = await clock(connection)
    intent = Intent(
        id=row.id,
        customer=row.customer,
        command=row.command,
        at=row.at,
        actor=msgspec.json.decode(row.actor, type=Actor),
        quote=row.quote,
    )
    request = Request(
        account=None if isinstance(row.command, CreateCustomer) else account,
        terms=terms,
        command=row.command,
        now=row.at,
        ids=IdSource(now),
        idempotency_key=row.idempotency_key,
    )
    try:
        await carry_out_intent(tenancy, side, backend, intent, request, None)
    except Refused:
        return


async def _close(connection: AsyncConnection, intent_id: str, state: str) -> bool:
    closed = await connection.execute(
        update(intents)
        .where(intents.c.id == intent_id, intents.c.state == "pending")
        .values(state=state)
        .returning(intents.c.customer, intents.c.waits_since)
    )
    row = closed.one_or_none()
    if row is not None and row.waits_since is not None:
        await page_changes(connection, row.customer)
    return row is not None

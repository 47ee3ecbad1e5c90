"""Setup intents, payment intents and checkout sessions: made, and changed one step at a time.

Whoever is about to change one holds its row, so that two who confirm at once do one after the other. Each step is
recorded with what was before, which is also how others are told of it (`happenings`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, TypeVar
from uuid import UUID

from sqlalchemy import Table, func, insert, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import Invoice
from frontdesk.checkout_sessions import CheckoutSession, expired
from frontdesk.desk import Actor
from frontdesk.payment_intents import PaymentIntent, followed, intent_of
from frontdesk.setup_intents import OPEN, SetupIntent, canceled
from frontdesk_tenants import audit, charge_record
from frontdesk_tenants.database import clock
from frontdesk_tenants.happenings import tell_changes
from frontdesk_tenants.paging import plausible
from frontdesk_tenants.tables import checkout_sessions, payment_intents, setup_intents

Kept = SetupIntent | PaymentIntent | CheckoutSession
Kind = Literal["setupintent", "payment_intent", "checkout.session"]
Any_ = TypeVar("Any_", SetupIntent, PaymentIntent, CheckoutSession)
TABLES: Mapping[type, Table] = {
    SetupIntent: setup_intents,
    PaymentIntent: payment_intents,
    CheckoutSession: checkout_sessions,
}


async def create(
    connection: AsyncConnection, tenant_id: UUID, made: Kept, *, actor: Actor, request_id: str | None = None
) -> None:
    """Keep a new one."""
    await connection.execute(insert(TABLES[type(made)]).values(tenant_id=tenant_id, **_row(made)))
    await audit.record_object(connection, tenant_id, None, made, actor=actor, now=made.created, request_id=request_id)


async def hold(connection: AsyncConnection, kind: type[Any_], id_: str) -> Any_ | None:
    """The one with this id, which nobody else changes until the transaction ends; None where there is none."""
    if not plausible(id_):
        return None
    table = TABLES[kind]
    found: Any_ | None = await connection.scalar(select(table.c.body).where(table.c.id == id_).with_for_update())
    return found


async def change(
    connection: AsyncConnection,
    tenant_id: UUID,
    before: Kept,
    after: Kept,
    *,
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
) -> None:
    """Write what became of one."""
    if after == before:
        return
    table = TABLES[type(after)]
    await connection.execute(update(table).where(table.c.id == after.id).values(**_row(after)))
    await audit.record_object(connection, tenant_id, before, after, actor=actor, now=now, request_id=request_id)
    if isinstance(before, PaymentIntent) and isinstance(after, PaymentIntent):
        await charge_record.follow_intent(connection, tenant_id, before, after, now, request_id)


async def expire(
    connection: AsyncConnection,
    tenant_id: UUID,
    session: CheckoutSession,
    *,
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
) -> CheckoutSession:
    """End an open session, and the intent that it has."""
    over = expired(session)
    await change(connection, tenant_id, session, over, actor=actor, now=now, request_id=request_id)
    intent = await hold(connection, SetupIntent, session.setup_intent)
    if intent is not None and intent.status in OPEN:
        after = canceled(intent, None)
        await change(connection, tenant_id, intent, after, actor=actor, now=now, request_id=request_id)
    return over


async def expire_due(connection: AsyncConnection, tenant_id: UUID) -> None:
    """End the sessions whose time is over."""
    columns = checkout_sessions.c
    due = select(columns.body).where(columns.open_until <= func.frontdesk_now()).limit(500)
    now = await clock(connection)
    for session in (await connection.scalars(due.with_for_update(skip_locked=True))).all():
        await expire(connection, tenant_id, session, actor=Actor(kind="scheduler", id=session.id), now=now)


async def follow_invoices(
    connection: AsyncConnection,
    tenant_id: UUID,
    written: Sequence[Invoice],
    known: Mapping[str, Any],
    now: datetime,
    request_id: str | None,
) -> None:
    """Bring the payment intents up to the invoices just written. `known` are the snapshots before, by id."""
    said = []
    for invoice in written:
        earlier = known.get(invoice.id)
        before, after = None if earlier is None else intent_of(earlier), intent_of(invoice)
        if after is not None and after != before:
            said.append((before, after))
    if not said:
        return
    stored = await _hold_all(connection, [before.id for before, _ in said if before is not None])
    news = [
        (before, after)
        if before is None or before.id not in stored
        else (stored[before.id], followed(stored[before.id], before, after))
        for before, after in said
    ]
    statement = postgresql.insert(payment_intents).values(
        [{"tenant_id": tenant_id, **_row(after)} for _, after in news]
    )
    await connection.execute(
        statement.on_conflict_do_update(index_elements=["tenant_id", "id"], set_={"body": statement.excluded.body})
    )
    await tell_changes(connection, tenant_id, news, now, request_id)


async def _hold_all(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, PaymentIntent]:
    if not ids:
        return {}
    columns = payment_intents.c
    found = await connection.scalars(select(columns.body).where(columns.id.in_(ids)).with_for_update())
    return {intent.id: intent for intent in found}


def _row(kept: Kept) -> dict[str, Any]:
    row: dict[str, Any] = {"id": kept.id, "customer": kept.customer, "created": kept.created, "body": kept}
    if isinstance(kept, CheckoutSession):
        row["open_until"] = kept.expires_at if kept.status == "open" else None
    return row

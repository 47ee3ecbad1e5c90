"""Charges and refunds by their ids: those of invoices follow their invoices, the others are made here.

What a program notes of one (metadata, a description) is here alone; what it is in money is the invoice's to say.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import Table, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import Invoice
from frontdesk.charges import Charge, charge_of, charges_of, released
from frontdesk.desk import Actor
from frontdesk.payment_intents import PaymentIntent
from frontdesk.refunds import SETTLES_AFTER, Refund, settled
from frontdesk_tenants import audit
from frontdesk_tenants.happenings import tell_changes
from frontdesk_tenants.jobs import Jobs
from frontdesk_tenants.listings import find
from frontdesk_tenants.paging import plausible
from frontdesk_tenants.tables import charges, refunds

Kept = TypeVar("Kept", Charge, Refund)
TABLES: Mapping[type, Table] = {Charge: charges, Refund: refunds}
SETTLE = "settle_refund"
"""The job that asks the bank what became of a refund."""
Pair = tuple[Any, Any]


async def hold(connection: AsyncConnection, kind: type[Kept], id_: str) -> Kept | None:
    """The one with this id, which nobody else changes until the transaction ends; None where there is none."""
    if not plausible(id_):
        return None
    table = TABLES[kind]
    return await connection.scalar(select(table.c.body).where(table.c.id == id_).with_for_update())


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
    """Write what became of one, and who did it."""
    if after == before:
        return
    await _write(connection, after)
    await audit.record_object(connection, tenant_id, before, after, actor=actor, now=now, request_id=request_id)


async def refund(
    connection: AsyncConnection,
    tenant_id: UUID,
    charge: Charge,
    made: Refund,
    *,
    actor: Actor,
    jobs: Jobs,
    request_id: str | None = None,
) -> None:
    """Let a charge of no invoice, which must be held, go back or a part of it."""
    await _insert(connection, tenant_id, (made,))
    await audit.record_object(connection, tenant_id, None, made, actor=actor, now=made.created, request_id=request_id)
    after = replace(charge, refunded=charge.refunded + made.amount)
    await change(connection, tenant_id, charge, after, actor=actor, now=made.created, request_id=request_id)
    await _ask_later(connection, tenant_id, (made,), jobs)


async def settle(connection: AsyncConnection, tenant_id: UUID, known: Refund, *, actor: Actor, now: datetime) -> None:
    """Note what the bank made of a refund of no invoice, which must be held."""
    after = settled(known)
    await change(connection, tenant_id, known, after, actor=actor, now=now)
    if after.status == "failed":
        charge = await hold(connection, Charge, known.charge)
        if charge is not None:
            less = replace(charge, refunded=charge.refunded - known.amount)
            await change(connection, tenant_id, charge, less, actor=actor, now=now)


async def follow_invoices(
    connection: AsyncConnection,
    tenant_id: UUID,
    written: Sequence[Invoice],
    known: Mapping[str, Any],
    now: datetime,
    request_id: str | None,
    jobs: Jobs,
) -> None:
    """Bring charges and refunds up to the invoices just written. `known` are the snapshots before, by id."""
    new: list[Charge | Refund] = []
    pairs: list[Pair] = []
    for invoice in written:
        before: Invoice | None = known.get(invoice.id)
        had = {} if before is None else {each.id: each for each in charges_of(before)}
        refunds_before = {} if before is None else {each.id: each for each in before.refunds}
        for charge in charges_of(invoice):
            if charge.id not in had:
                new.append(charge)
            elif charge.refunded != had[charge.id].refunded:
                pairs.append(await _moved(connection, charge, "refunded"))
        for each in invoice.refunds:
            if each.id not in refunds_before:
                new.append(each)
            elif each != refunds_before[each.id]:
                pairs.append(await _moved(connection, each, "status", "comes_to"))
    await _insert(connection, tenant_id, [each for each in new if isinstance(each, Charge)])
    made = [each for each in new if isinstance(each, Refund)]
    await _insert(connection, tenant_id, made)
    await tell_changes(connection, tenant_id, [*((None, each) for each in new), *pairs], now, request_id)
    await _ask_later(connection, tenant_id, made, jobs)


async def follow_intent(
    connection: AsyncConnection,
    tenant_id: UUID,
    before: PaymentIntent,
    after: PaymentIntent,
    now: datetime,
    request_id: str | None,
) -> None:
    """Bring the charge up to a payment intent that was just written."""
    if after.charge != before.charge:
        used = after.payment_method if after.fault is None else after.fault.method
        charge = charge_of(after, await find(connection, "PaymentMethod", used or ""), now)
        if charge is None:
            return
        pair: Pair = (None, charge)
        await _insert(connection, tenant_id, (charge,))
    elif before.status == "requires_capture" != after.status and after.charge is not None:
        held = await hold(connection, Charge, after.charge)
        assert held is not None, "what is held was charged"
        pair = (held, released(held, after))
        await _write(connection, pair[1])
    else:
        return
    await tell_changes(connection, tenant_id, [pair], now, request_id)


async def _moved(connection: AsyncConnection, fresh: Any, *fields: str) -> Pair:
    """One as it is kept, with its notes, and as it is now. It is written."""
    kept = await hold(connection, type(fresh), fresh.id)
    assert kept is not None, "what an invoice had before was written down then"
    after = replace(kept, **{name: getattr(fresh, name) for name in fields})
    await _write(connection, after)
    return kept, after


async def _write(connection: AsyncConnection, kept: Charge | Refund) -> None:
    table = TABLES[type(kept)]
    await connection.execute(update(table).where(table.c.id == kept.id).values(body=kept))


async def _insert(connection: AsyncConnection, tenant_id: UUID, made: Sequence[Charge | Refund]) -> None:
    if not made:
        return
    names = ("id", "customer", "created", "payment_intent")
    rows = []
    for each in made:
        row = {"tenant_id": tenant_id, "body": each, **{name: getattr(each, name) for name in names}}
        rows.append(row | ({"charge": each.charge} if isinstance(each, Refund) else {}))
    await connection.execute(insert(TABLES[type(made[0])]).values(rows))


async def _ask_later(connection: AsyncConnection, tenant_id: UUID, made: Sequence[Refund], jobs: Jobs) -> None:
    waiting = tuple(each.id for each in made if each.comes_to is not None)
    delay = int(SETTLES_AFTER.total_seconds())
    await jobs.enqueue_all(connection, SETTLE, tenant_id, waiting, delay=delay)

"""Payment methods by their ids, kept with the book: one is asked for by its own id, and lies in a customer's body.

Those of nobody are here alone: before they are attached, and after they were let go.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import insert, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import Customer
from frontdesk.desk import Actor
from frontdesk.payment_methods import PaymentMethod
from frontdesk_tenants import audit
from frontdesk_tenants.tables import payment_methods


async def create(
    connection: AsyncConnection, tenant_id: UUID, method: PaymentMethod, *, actor: Actor, request_id: str | None = None
) -> None:
    """Keep a method that is nobody's yet."""
    await connection.execute(insert(payment_methods).values(_row(tenant_id, method)))
    await audit.record(
        connection,
        tenant_id,
        actor=actor,
        action="CreatePaymentMethod",
        object_id=method.id,
        now=method.created,
        before=None,
        after=method,
        request_id=request_id,
    )


async def write(connection: AsyncConnection, tenant_id: UUID, method: PaymentMethod) -> None:
    """Write what became of a method of nobody's."""
    table = payment_methods
    await connection.execute(update(table).where(table.c.id == method.id).values(**_row(tenant_id, method)))


async def keep_methods(
    connection: AsyncConnection, tenant_id: UUID, holders: Sequence[Customer], known: Mapping[str, Any]
) -> None:
    """Bring the methods up to the customers just written. `known` are the snapshots before, by id."""
    rows = []
    for holder in holders:
        before = known.get(holder.id)
        had = {} if before is None else {each.id: each for each in before.payment_methods}
        has = {each.id: each for each in holder.payment_methods}
        rows += [_row(tenant_id, each) for id_, each in has.items() if had.get(id_) != each]
        gone = (replace(each, customer=None, detached=True) for id_, each in had.items() if id_ not in has)
        rows += [_row(tenant_id, each) for each in gone]
    if rows:
        statement = postgresql.insert(payment_methods).values(rows)
        fresh = {"customer": statement.excluded.customer, "body": statement.excluded.body}
        await connection.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "id"], set_=fresh))


def _row(tenant_id: UUID, method: PaymentMethod) -> dict[str, Any]:
    return {
        "tenant_id": tenant_id,
        "id": method.id,
        "customer": method.customer,
        "created": method.created,
        "body": method,
    }

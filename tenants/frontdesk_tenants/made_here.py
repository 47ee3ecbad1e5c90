"""What a side had on sale before it was connected with an account elsewhere, which knows nothing of it.

A customer of that account could not buy it: the account has no such price. So it is archived as the side is connected,
and nothing of it is lost: what was made here can still be read, and be made anew, which then makes it there too.
"""

from typing import Any

from msgspec.structs import replace
from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.changes import Changes
from frontdesk.desk import Actor
from frontdesk_tenants import book
from frontdesk_tenants.committing import commit_changes
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Side
from frontdesk_tenants.jobs import Jobs
from frontdesk_tenants.tables import coupons, prices, products, promotion_codes, tax_rates

KINDS: tuple[tuple[str, Table, dict[str, bool]], ...] = (
    ("products", products, {"active": False}),
    ("prices", prices, {"active": False}),
    # Coupons have no other state; one that is deleted cannot be given any more.
    ("coupons", coupons, {"deleted": True}),
    ("promotion_codes", promotion_codes, {"active": False}),
    ("tax_rates", tax_rates, {"active": False}),
)


async def count_made_here(connection: AsyncConnection) -> int:
    """How many products are on sale."""
    found: int | None = await connection.scalar(select(func.count()).select_from(products).where(_offered(products)))
    return found or 0


async def archive_made_here(
    connection: AsyncConnection, side: Side, *, actor: Actor, jobs: Jobs, request_id: str | None
) -> None:
    """Take all off sale, in the transaction that connects the side."""
    await book.lock_catalogue(connection, side.tenant_id)
    now = (await clock(connection)).replace(microsecond=0)
    found: dict[str, Any] = {}
    for name, table, over in KINDS:
        bodies = await connection.scalars(select(table.c.body).where(_offered(table)))
        found[name] = tuple(_archived(each, {**over, "updated": now}) for each in bodies)
    changes = Changes(**found)
    if changes != Changes():
        await commit_changes(
            connection,
            side,
            changes,
            before=None,
            actor=actor,
            action="archived_on_connecting",
            now=now,
            jobs=jobs,
            request_id=request_id,
        )


def _offered(table: Table) -> ColumnElement[bool]:
    columns = table.c
    alive = columns.deleted.is_(False) if "deleted" in columns else columns.active
    return alive & columns.active if "active" in columns and "deleted" in columns else alive


def _archived(each: Any, over: dict[str, Any]) -> Any:
    fields = {name: value for name, value in over.items() if name in each.__struct_fields__}
    return replace(each, version=each.version + 1, **fields)

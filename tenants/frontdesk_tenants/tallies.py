"""The counters of the risk budget (`frontdesk.risk_budget`): in PostgreSQL alone, because losing them would cost.

| counter | row |
|---|---|
| account, since its last success | `address_tallies`, by folded address, whether or not a customer has it |
| tenant and instance, 24 hours | `side_counters` and `instance_counters`, one row an hour, under the keys below |
| how much longer codes are, until when | the same tables: `window_start` is the end, `count` the steps |

A transaction takes their locks in this order, after that of its challenge, so that no two wait for each other.
"""

import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Table, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.risk_budget import (
    INSTANCE_STICKS,
    WINDOW,
    AccountRisk,
    Demand,
    SharedRisk,
    demand,
    instance_after,
    tenant_after,
    weight_of,
)
from frontdesk_tenants.tables import address_tallies, instance_counters, side_counters

WEIGHT, SUCCESSES, LONGER = "risk weight", "risk successes", "risk longer codes"
HOUR = timedelta(hours=1)
log = logging.getLogger("frontdesk.security")


async def read_demand(
    connection: AsyncConnection, address: str, now: datetime, *, known_browser: bool, lock: bool = False
) -> Demand:
    """What the budget demands now of a folded address: how long codes are, and whether a guess must wait.

    `lock` makes guesses at other challenges of the address wait for this transaction's end.
    """
    return demand(
        await read_account_risk(connection, address, lock),
        now,
        tenant=await _shared(connection, side_counters, now),
        instance=await _shared(connection, instance_counters, now),
        known_browser=known_browser,
    )


async def read_account_risk(connection: AsyncConnection, address: str, lock: bool = False) -> AccountRisk:
    """Wrong guesses for a folded address since its last success."""
    question = select(address_tallies).where(address_tallies.c.address == address)
    row = (await connection.execute(question.with_for_update() if lock else question)).one_or_none()
    if row is None:
        return AccountRisk()
    return _account(row)


async def add_wrong_guess(
    connection: AsyncConnection, tenant_id: UUID, address: str, digits: int, now: datetime
) -> AccountRisk:
    """Count a wrong guess at a code of so many digits, for the address, its tenant and the instance; returns the
    address's risk with it."""
    weight = weight_of(digits)
    counted = await connection.execute(
        insert(address_tallies)
        .values(tenant_id=tenant_id, address=address, failures=1, weight=weight, updated=now)
        .on_conflict_do_update(
            index_elements=["tenant_id", "address"],
            set_={
                "failures": address_tallies.c.failures + 1,
                "weight": address_tallies.c.weight + weight,
                "updated": now,
            },
        )
        .returning(address_tallies)
    )
    account = _account(counted.one())
    side = {"tenant_id": tenant_id}
    await _add(connection, side_counters, side, WEIGHT, weight, now)
    await _add(connection, instance_counters, {}, WEIGHT, weight, now)
    before = await _shared(connection, side_counters, now)
    await _lengthen(connection, side_counters, side, before, tenant_after(before, now))
    before = await _shared(connection, instance_counters, now)
    await _lengthen(connection, instance_counters, {}, before, instance_after(before, now))
    return account


async def add_success(connection: AsyncConnection, tenant_id: UUID, address: str, now: datetime) -> None:
    """Count a right code: the address begins anew, and the tenant may have a few more honest mistakes."""
    await connection.execute(delete(address_tallies).where(address_tallies.c.address == address))
    await _add(connection, side_counters, {"tenant_id": tenant_id}, SUCCESSES, 1, now)


async def lengthen_everywhere(connection: AsyncConnection, now: datetime) -> None:
    """Make all codes of the instance longer for a day, because wrong codes come in masses."""
    before = await _shared(connection, instance_counters, now)
    if before.steps_at(now) == 0:
        await _lengthen(connection, instance_counters, {}, before, SharedRisk(steps=1, until=now + INSTANCE_STICKS))


def _account(row: Any) -> AccountRisk:
    return AccountRisk(
        weight=int(row.weight), failures=row.failures, last_failure=row.updated, told=row.told is not None
    )


async def _shared(connection: AsyncConnection, table: Table, now: datetime) -> SharedRisk:
    """The sums of a table's last 24 hours, the hour that is half out of it included, and the steps that hold now."""
    rows = await connection.execute(
        select(table.c.key, func.sum(table.c.count).label("total"))
        .where(table.c.key.in_((WEIGHT, SUCCESSES)), table.c.window_start > now - WINDOW - HOUR)
        .group_by(table.c.key)
    )
    sums = {row.key: int(row.total) for row in rows}
    longer = await connection.execute(
        select(table.c.count.label("steps"), table.c.window_start)
        .where(table.c.key == LONGER, table.c.window_start > now)
        .order_by(table.c.count.desc(), table.c.window_start.desc())
        .limit(1)
    )
    row = longer.one_or_none()
    return SharedRisk(
        weight=sums.get(WEIGHT, 0),
        successes=sums.get(SUCCESSES, 0),
        steps=0 if row is None else int(row.steps),
        until=None if row is None else row.window_start,
    )


async def _add(
    connection: AsyncConnection, table: Table, side: dict[str, Any], key: str, amount: int, now: datetime
) -> None:
    hour = now.replace(minute=0, second=0, microsecond=0)
    await connection.execute(
        insert(table)
        .values(**side, key=key, window_start=hour, count=amount)
        .on_conflict_do_update(index_elements=[*side, "key", "window_start"], set_={"count": table.c.count + amount})
    )


async def _lengthen(
    connection: AsyncConnection, table: Table, side: dict[str, Any], before: SharedRisk, after: SharedRisk
) -> None:
    if after.until is None or (after.steps, after.until) == (before.steps, before.until):
        return
    await connection.execute(
        insert(table)
        .values(**side, key=LONGER, window_start=after.until, count=after.steps)
        .on_conflict_do_update(
            index_elements=[*side, "key", "window_start"], set_={"count": func.greatest(table.c.count, after.steps)}
        )
    )
    log.warning("passcodes are longer now", extra={"steps": after.steps, "tenant": str(side.get("tenant_id", "all"))})

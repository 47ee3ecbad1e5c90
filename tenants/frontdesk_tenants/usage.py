"""What tenants are billed by: their recurring volume and the number of their invoices, by month and currency.

Both are counted from the book whenever they are asked for, so there is nothing that could drift from it. An invoice
counts in the month (UTC) in which it was issued; a void one does not count. Volume is what invoices of subscriptions
come to, credits taken off. The live side counts, the sandbox is free.
"""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

COUNTED = """
    SELECT "left"(i.body ->> 'finalized_at', 7) AS month, i.currency,
           COALESCE(sum(i.total) FILTER (WHERE i.subscription IS NOT NULL), 0)::bigint AS volume,
           count(*) AS invoices
      FROM invoices i
     WHERE i.tenant_id = {side} AND "left"(i.body ->> 'finalized_at', 7) = ANY ({months})
       AND i.status IN ('open', 'paid', 'uncollectible')
     GROUP BY 1, 2
"""
"""The counts of a side in some months. `side` and `months` are expressions."""

_SIDE = "NULLIF(current_setting('frontdesk.tenant_id', true), '')::uuid"


class Usage(Struct, frozen=True, kw_only=True):
    """What counts of a side for one month (`2026-11`) in one currency. `volume` is in minor units."""

    month: str
    currency: str
    volume: int
    invoices: int


def months_until(instant: datetime, count: int) -> tuple[str, ...]:
    """The month of an instant and those before it, the latest first."""
    months, year, month = [], instant.year, instant.month
    for _ in range(count):
        months.append(f"{year:04d}-{month:02d}")
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return tuple(months)


async def read_usage(connection: AsyncConnection, months: tuple[str, ...]) -> tuple[Usage, ...]:
    """The counts of the transaction's side, the latest month first, then by currency. Empty months are left out."""
    question = text(COUNTED.format(side=_SIDE, months=":months") + " ORDER BY 1 DESC, 2")
    rows = await connection.execute(question, {"months": list(months)})
    return tuple(Usage(**row._mapping) for row in rows)

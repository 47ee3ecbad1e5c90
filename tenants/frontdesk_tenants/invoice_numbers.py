"""Numbers of invoices and credit notes, drawn in the transaction that issues them: no series has a gap (trust.md §E3).

A counter stays locked until the transaction ends, and whoever draws from the same series waits for that.
"""

from collections.abc import Sequence

from msgspec.structs import replace
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import Invoice
from frontdesk.changes import Changes
from frontdesk_tenants.directory import Side
from frontdesk_tenants.tables import invoice_counters


async def numbered(connection: AsyncConnection, side: Side, accounts: Sequence[Changes]) -> list[Changes]:
    """Changes whose issued invoices and credit notes have their numbers, in the order in which they stand."""
    prefix = side.settings.invoice_prefix
    bills = [each for changes in accounts for each in changes.invoices if _wants_number(each)]
    notes = [each for changes in accounts for each in changes.credit_notes if each.number is None]
    numbers = dict(zip([each.id for each in bills], await _drawn(connection, side, prefix, len(bills)), strict=True))
    # Credit notes have a series of their own.
    of_notes = await _drawn(connection, side, f"{prefix}-CN", len(notes))
    numbers |= zip([each.id for each in notes], of_notes, strict=True)
    if not numbers:
        return list(accounts)
    return [
        replace(
            changes,
            invoices=tuple(replace(each, number=numbers.get(each.id, each.number)) for each in changes.invoices),
            credit_notes=tuple(
                replace(each, number=numbers.get(each.id, each.number)) for each in changes.credit_notes
            ),
        )
        for changes in accounts
    ]


def _wants_number(invoice: Invoice) -> bool:
    return invoice.status != "draft" and invoice.number is None and not invoice.deleted


async def _drawn(connection: AsyncConnection, side: Side, series: str, count: int) -> list[str]:
    """The next numbers of a series. Who asks after us waits until we have committed, or takes ours."""
    if not count:
        return []
    draw = (
        upsert(invoice_counters)
        .values(tenant_id=side.tenant_id, series=series, next=1 + count)
        .on_conflict_do_update(index_elements=["tenant_id", "series"], set_={"next": invoice_counters.c.next + count})
        .returning(invoice_counters.c.next)
    )
    following = (await connection.execute(draw)).scalar_one()
    return [f"{series}-{number:04d}" for number in range(following - count, following)]

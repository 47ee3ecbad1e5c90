"""The words that customers are found by (`frontdesk.search_words`), one row each, kept with the book.

A table of words and not a text search vector, because of row-level security: there only leakproof operators may use an
index, which `>=`, `<` and `=` are, and `@@` is not (measured: with 100,000 customers a question takes 0.2 ms to 4 ms
here, and a scan of them all with a GIN index at hand).
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import Customer, Invoice
from frontdesk.search_words import number_words, words_of
from frontdesk_tenants.many_rows import inserting, send_rows
from frontdesk_tenants.tables import customer_words, customers, invoices


async def keep_words(
    connection: AsyncConnection,
    tenant_id: UUID,
    written: Sequence[Invoice],
    holders: Sequence[Customer],
    known: Mapping[str, Any],
    *,
    locked: bool,
) -> None:
    """Bring the words up to the invoices and customers just written. `known` are the snapshots before, by id.

    `locked` says that nobody else writes these accounts meanwhile, so that words which did not change need not be
    looked at.
    """
    numbered = {
        (each.customer, word)
        for each in written
        if each.number is not None and getattr(known.get(each.id), "number", None) is None
        for word in number_words(each.number)
    }
    for customer in holders:
        before = known.get(customer.id)
        if not locked or before is None or words_of(before) != words_of(customer):
            numbered |= await _missing_after_removal(connection, customer.id)
    if numbered:
        rows = [{"tenant_id": tenant_id, "customer": owner, "word": word} for owner, word in sorted(numbered)]
        await send_rows(connection, _adding(), rows)


@cache
def _adding() -> Insert:
    return inserting(customer_words, ("tenant_id", "customer", "word")).on_conflict_do_nothing()


async def _missing_after_removal(connection: AsyncConnection, customer: str) -> set[tuple[str, str]]:
    """Remove the words that a customer lost, and tell those that it lacks.

    By the row as it is stored: of two changes that came in the wrong order, the older one changed nothing.
    """
    stored = (await connection.execute(select(customers.c.body).where(customers.c.id == customer))).scalar_one()
    numbers = await connection.scalars(
        select(invoices.c.number).where(invoices.c.customer == customer, invoices.c.number.is_not(None))
    )
    wanted = words_of(stored).union(*map(number_words, numbers))
    mine = customer_words.c.customer == customer
    present = set(await connection.scalars(select(customer_words.c.word).where(mine)))
    if present - wanted:
        await connection.execute(
            delete(customer_words).where(mine, customer_words.c.word.in_(sorted(present - wanted)))
        )
    return {(customer, word) for word in wanted - present}

"""The words that products are found by (`frontdesk.search_words`), one row each, kept with the book.

A table of words for the reason that `customer_words` gives.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import Product
from frontdesk.search_words import product_words as words_of
from frontdesk_tenants.tables import product_words, products


async def keep_product_words(connection: AsyncConnection, tenant_id: UUID, written: Sequence[Product]) -> None:
    """Bring the words up to what was just written, by the rows as they are stored: an older change changed nothing."""
    if not written:
        return
    ids = [each.id for each in written]
    stored = await connection.scalars(select(products.c.body).where(products.c.id.in_(ids)))
    wanted = {(each.id, word) for each in stored if not each.deleted for word in words_of(each)}
    columns = product_words.c
    rows = await connection.execute(select(columns.product, columns.word).where(columns.product.in_(ids)))
    present = {(row.product, row.word) for row in rows}
    for product, word in present - wanted:
        await connection.execute(delete(product_words).where(columns.product == product, columns.word == word))
    new = [{"tenant_id": tenant_id, "product": product, "word": word} for product, word in sorted(wanted - present)]
    if new:
        await connection.execute(insert(product_words).values(new).on_conflict_do_nothing())

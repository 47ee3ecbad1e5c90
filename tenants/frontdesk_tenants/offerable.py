"""What a portal can offer: active products with the active prices that recur, in one query."""

from collections.abc import Collection

from msgspec import Struct
from sqlalchemy import or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import Price, Product
from frontdesk_tenants.tables import prices, products

SHOWN = 50
"""Products that are shown to choose from, beside those that are offered already: the newest ones."""


class Offerable(Struct, frozen=True, kw_only=True):
    """A product with the prices that customers could choose, the newest last."""

    product: Product
    prices: tuple[Price, ...]


async def read_offerable(connection: AsyncConnection, offered: Collection[str]) -> tuple[Offerable, ...]:
    """What can be offered: the products `offered` now in their order, then the newest others."""
    newest = (
        select(products.c.id)
        .where(products.c.active, ~products.c.deleted)
        .order_by(products.c.created.desc(), products.c.id.desc())
        .limit(SHOWN)
        .scalar_subquery()
    )
    rows = await connection.execute(
        select(products.c.body.label("product"), prices.c.body.label("price"))
        .join(prices, (prices.c.tenant_id == products.c.tenant_id) & (prices.c.product == products.c.id))
        .where(
            or_(products.c.id.in_(newest), products.c.id.in_(list(offered))),
            products.c.active,
            ~products.c.deleted,
            prices.c.active,
            text("json_typeof(prices.body->'recurring') = 'object'"),
        )
        .order_by(products.c.created.desc(), products.c.id.desc(), prices.c.created, prices.c.id)
    )
    found: dict[str, Offerable] = {}
    for row in rows:
        before = found.get(row.product.id)
        known = () if before is None else before.prices
        found[row.product.id] = Offerable(product=row.product, prices=(*known, row.price))
    first = [found.pop(each) for each in offered if each in found]
    return (*first, *found.values())

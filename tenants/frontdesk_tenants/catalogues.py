"""Carrying out catalogue commands: one writer of a side's catalogue at a time, so that rules over several rows hold."""

from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager

from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import Price, Product, Terms
from frontdesk.catalogue_commands import (
    CatalogueCommand,
    CreateCoupon,
    CreatePrice,
    CreateProduct,
    CreatePromotionCode,
    CreateTaxRate,
    DeleteCoupon,
    DeleteProduct,
    UpdateCoupon,
    UpdatePrice,
    UpdateProduct,
    UpdatePromotionCode,
    UpdateTaxRate,
)
from frontdesk.changes import Changes
from frontdesk.desk import Actor
from frontdesk.permissions import may_change
from frontdesk_tenants import book
from frontdesk_tenants.committing import commit_changes
from frontdesk_tenants.coupons import read_coupon, read_for_code
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Side
from frontdesk_tenants.tables import prices, products
from frontdesk_tenants.tax_rates import read_rates
from frontdesk_tenants.tenancy import Tenancy

Begin = Callable[[], AbstractAsyncContextManager[AsyncConnection]]
"""Gives a transaction of the side. With a local backend it may give the same one twice; a remote one is asked
between two, since nobody may hold a transaction while waiting for a network."""


async def carry_out(
    begin: Begin,
    tenancy: Tenancy,
    side: Side,
    command: CatalogueCommand,
    *,
    actor: Actor,
    idempotency_key: str,
    request_id: str | None = None,
) -> Changes:
    """Have the backend change what the side sells, and commit what came of it.

    Raises:
        Refused: the command names something unknown or breaks a rule, or the side is suspended. Nothing is changed.
    """
    may_change(side.suspended).or_refuse()
    async with begin() as connection:
        backend = await tenancy.backends.of(connection, side.tenant_id, side.backend)
        await book.lock_catalogue(connection, side.tenant_id)
        terms = await terms_of(connection, side, command)
        now = (await clock(connection)).replace(microsecond=0)
    changes = await backend.carry_out_catalogue(terms, command, now, idempotency_key)
    async with begin() as connection:
        return await commit_changes(
            connection,
            side,
            changes,
            before=None,
            actor=actor,
            action=type(command).__name__,
            now=now,
            jobs=tenancy.jobs,
            request_id=request_id,
        )


async def read_offers(
    connection: AsyncConnection, side: Side, product_ids: Iterable[str], price_ids: Iterable[str]
) -> Terms:
    """Terms with these products and prices, as far as they exist."""
    found_products = await connection.scalars(select(products.c.body).where(products.c.id.in_(set(product_ids))))
    found_prices = await connection.scalars(select(prices.c.body).where(prices.c.id.in_(set(price_ids))))
    return _terms(side, found_products.all(), found_prices.all())


async def terms_of(connection: AsyncConnection, side: Side, command: CatalogueCommand) -> Terms:
    """What the command can touch: the product with the prices that matter, and the holder of a wanted lookup key."""
    match command:
        case CreateProduct(id=id_):
            return await read_offers(connection, side, (id_,), ())
        case UpdateProduct(id=id_, fields=fields):
            default = (fields.default_price,) if isinstance(fields.default_price, str) else ()
            return await read_offers(connection, side, (id_,), default)
        case DeleteProduct(id=id_):
            any_price = select(prices.c.id).where(prices.c.product == id_).limit(1)
            return await read_offers(connection, side, (id_,), (await connection.scalars(any_price)).all())
        case CreatePrice(product=product, lookup_key=lookup_key):
            holder = await _holder(connection, lookup_key)
            return await read_offers(connection, side, (product,), (command.id, *holder))
        case UpdatePrice(id=id_, lookup_key=lookup_key):
            holder = await _holder(connection, lookup_key if isinstance(lookup_key, str) else None)
            owner = await connection.scalars(select(prices.c.product).where(prices.c.id == id_))
            return await read_offers(connection, side, owner.all(), (id_, *holder))
        case CreateCoupon(id=id_, products=named):
            return await read_coupon(connection, await read_offers(connection, side, named, ()), id_)
        case UpdateCoupon(id=id_) | DeleteCoupon(id=id_):
            return await read_coupon(connection, _terms(side, (), ()), id_)
        case CreatePromotionCode() | UpdatePromotionCode():
            return await read_for_code(connection, _terms(side, (), ()), command)
        case CreateTaxRate(id=id_) | UpdateTaxRate(id=id_):
            return replace(_terms(side, (), ()), tax_rates=await read_rates(connection, (id_,)))


async def _holder(connection: AsyncConnection, lookup_key: str | None) -> tuple[str, ...]:
    if not lookup_key:
        return ()
    return tuple(await connection.scalars(select(prices.c.id).where(prices.c.lookup_key == lookup_key)))


def _terms(side: Side, found_products: Iterable[Product], found_prices: Iterable[Price]) -> Terms:
    return Terms(
        settings=side.settings,
        products={each.id: each for each in found_products},
        prices={each.id: each for each in found_prices},
    )

"""Lists of what a side sells: products and prices, what takes off of them, what is measured and taxed."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import Price, Product
from frontdesk.coupons import Coupon, PromotionCode, folded_code
from frontdesk.meters import Meter
from frontdesk.tax_rates import TaxRate
from frontdesk_tenants import tables
from frontdesk_tenants.listings.pages import equal, page_of
from frontdesk_tenants.paging import Cursor, Page, plausible

_USABLE = """
promotion_codes.active
AND coalesce((promotion_codes.body ->> 'expires_at')::timestamptz > frontdesk_now(), true)
AND coalesce(coalesce((promotion_codes.body ->> 'times_redeemed')::int, 0)
             < (promotion_codes.body ->> 'max_redemptions')::int, true)
AND EXISTS (SELECT FROM coupons c WHERE c.tenant_id = promotion_codes.tenant_id AND c.id = promotion_codes.coupon
            AND NOT c.deleted AND coalesce((c.body ->> 'redeem_by')::timestamptz > frontdesk_now(), true)
            AND coalesce(coalesce((c.body ->> 'times_redeemed')::int, 0) < (c.body ->> 'max_redemptions')::int, true))
"""
"""`PromotionCode.usable` as SQL."""


async def products(
    connection: AsyncConnection,
    cursor: Cursor,
    *,
    active: bool | None = None,
    ids: Collection[str] | None = None,
    shippable: bool | None = None,
    url: str | None = None,
) -> Page[Product]:
    """Products that are not deleted."""
    columns = tables.products.c
    wanted: list[Any] = [columns.deleted.is_(False), equal(columns.active, active)]
    if ids is not None:
        wanted.append(columns.id.in_([each for each in ids if plausible(each)]))
    if shippable is not None:
        wanted.append(text("coalesce(body->>'shippable', 'false') = :flag").bindparams(flag=str(shippable).lower()))
    if url is not None:
        wanted.append(text("body->>'url' = :url").bindparams(url=url))
    return await page_of(connection, "product", cursor, wanted)


async def prices(
    connection: AsyncConnection,
    cursor: Cursor,
    *,
    active: bool | None = None,
    currency: str | None = None,
    sold_in: str | None = None,
    product: str | None = None,
    lookup_keys: Collection[str] | None = None,
    recurring: bool | None = None,
    interval: str | None = None,
    usage_type: str | None = None,
    meter: str | None = None,
) -> Page[Price]:
    """Prices. `recurring` False asks for those that are paid once, `currency` for a price's own currency, `sold_in` for
    any that it is sold in."""
    columns = tables.prices.c
    wanted: list[Any] = [
        equal(columns.active, active),
        equal(columns.currency, currency),
        equal(columns.product, product),
    ]
    if sold_in is not None:
        option = text("body->'currency_options'->CAST(:sold_in AS text) IS NOT NULL").bindparams(sold_in=sold_in)
        wanted.append((columns.currency == sold_in) | option)
    if lookup_keys is not None:
        wanted.append(columns.lookup_key.in_(list(lookup_keys)))
    if recurring is not None:
        wanted.append(text(f"json_typeof(body->'recurring') {'=' if recurring else '<>'} 'object'"))
    if interval is not None:
        wanted.append(text("body->'recurring'->>'interval' = :interval").bindparams(interval=interval))
    if usage_type is not None:
        # What is paid once has no such thing; what was written before there was a choice is licensed.
        wanted.append(text("json_typeof(body->'recurring') = 'object'"))
        of_price = "coalesce(body->'recurring'->>'usage_type', 'licensed')"
        wanted.append(text(f"{of_price} = :usage_type").bindparams(usage_type=usage_type))
    if meter is not None:
        wanted.append(text("body->'recurring'->>'meter' = :meter").bindparams(meter=meter))
    return await page_of(connection, "price", cursor, wanted)


async def coupons(connection: AsyncConnection, cursor: Cursor) -> Page[Coupon]:
    """Coupons that are not deleted."""
    return await page_of(connection, "coupon", cursor, [tables.coupons.c.deleted.is_(False)])


async def promotion_codes(
    connection: AsyncConnection,
    cursor: Cursor,
    *,
    active: bool | None = None,
    code: str | None = None,
    coupon: str | None = None,
    customer: str | None = None,
) -> Page[PromotionCode]:
    """Promotion codes. `active` asks for those that somebody can still use, or that nobody can."""
    columns = tables.promotion_codes.c
    wanted: list[Any] = [
        equal(columns.code, None if code is None else folded_code(code)),
        equal(columns.coupon, coupon),
        equal(columns.customer, customer),
    ]
    if active is not None:
        wanted.append(text(f"({_USABLE}) = :usable").bindparams(usable=active))
    return await page_of(connection, "promotion code", cursor, wanted)


async def tax_rates(
    connection: AsyncConnection, cursor: Cursor, *, active: bool | None = None, inclusive: bool | None = None
) -> Page[TaxRate]:
    """Tax rates."""
    columns = tables.tax_rates.c
    wanted = [equal(columns.active, active), equal(columns.inclusive, inclusive)]
    return await page_of(connection, "tax rate", cursor, wanted)


async def meters(connection: AsyncConnection, cursor: Cursor, *, active: bool | None = None) -> Page[Meter]:
    """Meters."""
    return await page_of(connection, "billing meter", cursor, [equal(tables.meters.c.active, active)])

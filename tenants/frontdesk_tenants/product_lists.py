"""Products as a tenant's staff look at them: lists by words, newest first, a page at a time in one statement each.

A page begins where another one ended, at (created, id) and not at a number of rows, so the last page costs what the
first one does. Subscriptions are counted up to a bound, for the same reason.
"""

from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import Price, Product
from frontdesk.search_words import asked_words
from frontdesk_tenants.keyset import Leaf, Place, Which, beside, leaf
from frontdesk_tenants.paging import plausible

PAGE = 25
COUNTED_AT_MOST = 1000
"""Active subscriptions of one product that are counted; more are "more than 1,000"."""
PRICES_SHOWN = 100
"""Prices that the page of one product shows."""
PRICES_LISTED = 3
_LAST = "\U0010ffff"
Show = Literal["active", "archived", "all"]


class Question(Which, frozen=True, kw_only=True):
    """What is looked for, and which page of it."""

    words: str = ""
    show: Show = "active"
    limit: int = PAGE


class ListedProduct(Struct, frozen=True, kw_only=True):
    """A product in a list: its first prices, the default one in front, how many active ones there are in all, and in
    how many active subscriptions it is, counted up to one more than `COUNTED_AT_MOST`."""

    product: Product
    prices: tuple[Price, ...]
    active_prices: int
    subscriptions: int

    @property
    def place(self) -> Place:
        """Where the next page begins if this is the last row."""
        return Place(created=self.product.created, id=self.product.id)


ProductPage: TypeAlias = Leaf[ListedProduct]


class PriceInUse(Struct, frozen=True, kw_only=True):
    """A price, and in how many active subscriptions it is, counted up to one more than `COUNTED_AT_MOST`."""

    price: Price
    subscriptions: int


class ProductInUse(Struct, frozen=True, kw_only=True):
    """A product with its prices: the default one, then active ones, then the newest."""

    product: Product
    prices: tuple[PriceInUse, ...]
    more_prices: bool
    subscriptions: int


_LISTED = msgspec.json.Decoder(ListedProduct)
_ONE = msgspec.json.Decoder(ProductInUse)
_SHOWN = {"active": "NOT p.deleted AND p.active", "archived": "NOT p.deleted AND NOT p.active", "all": "NOT p.deleted"}
_WORD = """EXISTS (SELECT FROM product_words w WHERE w.tenant_id = p.tenant_id AND w.product = p.id
             AND w.word >= :word_{0} AND w.word < :beyond_{0})"""
_PAGE = """
WITH page AS (
  SELECT p.tenant_id, p.id, p.created, p.body FROM products p
  WHERE {conditions}
  ORDER BY p.created {direction}, p.id {direction} LIMIT :limit
)
SELECT json_build_object('product', p.body, 'prices', (
    SELECT coalesce(json_agg(l.body), '[]') FROM (
      SELECT r.body FROM prices r WHERE r.tenant_id = p.tenant_id AND r.product = p.id AND r.active
      ORDER BY (r.id = p.body ->> 'default_price') IS TRUE DESC, r.created, r.id LIMIT :prices) l
  ), 'active_prices', (
    SELECT count(*) FROM prices r WHERE r.tenant_id = p.tenant_id AND r.product = p.id AND r.active
  ), 'subscriptions', (
    SELECT count(DISTINCT c.subscription) FROM (
      SELECT i.subscription FROM active_items i JOIN prices r ON r.tenant_id = i.tenant_id AND r.id = i.price
      WHERE r.tenant_id = p.tenant_id AND r.product = p.id LIMIT :counted) c
  ))::text AS found
FROM page p ORDER BY p.created {direction}, p.id {direction}
"""
_PRODUCT = """
SELECT json_build_object('product', p.body, 'prices', (
    SELECT coalesce(json_agg(json_build_object('price', l.body, 'subscriptions', (
      SELECT count(*) FROM (
        SELECT FROM active_items i WHERE i.tenant_id = p.tenant_id AND i.price = l.id LIMIT :counted) c))), '[]')
    FROM (
      SELECT r.id, r.body FROM prices r WHERE r.tenant_id = p.tenant_id AND r.product = p.id
      ORDER BY (r.id = p.body ->> 'default_price') IS TRUE DESC, r.active DESC, r.created DESC, r.id DESC
      LIMIT :prices) l
  ), 'more_prices', (
    SELECT count(*) > :prices FROM prices r WHERE r.tenant_id = p.tenant_id AND r.product = p.id
  ), 'subscriptions', (
    SELECT count(DISTINCT c.subscription) FROM (
      SELECT i.subscription FROM active_items i JOIN prices r ON r.tenant_id = i.tenant_id AND r.id = i.price
      WHERE r.tenant_id = p.tenant_id AND r.product = p.id LIMIT :counted) c
  ))::text AS found
FROM products p WHERE p.id = :id AND NOT p.deleted
"""
_DIRECTLY = """
SELECT id FROM products WHERE id = :text AND NOT deleted
UNION ALL SELECT product FROM prices WHERE id = :text
LIMIT 1
"""


async def list_products(connection: AsyncConnection, question: Question) -> ProductPage:
    """A page of products of the transaction's side."""
    statement, parameters = statement_of(question)
    found = [_LISTED.decode(row.found) for row in await connection.execute(text(statement), parameters)]
    return leaf(found, question.limit, question)


def statement_of(question: Question) -> tuple[str, dict[str, Any]]:
    """The statement of a page and its parameters."""
    place, direction, parameters = beside(question, "p")
    conditions = [_SHOWN[question.show], place]
    parameters |= {"limit": question.limit + 1, "prices": PRICES_LISTED, "counted": COUNTED_AT_MOST + 1}
    for number, word in enumerate(asked_words(question.words)):
        conditions.append(_WORD.format(number))
        parameters |= {f"word_{number}": word, f"beyond_{number}": word + _LAST}
    return _PAGE.format(conditions=" AND ".join(conditions), direction=direction), parameters


async def read_product(connection: AsyncConnection, id_: str) -> ProductInUse | None:
    """A product with its prices and how often they are subscribed to; None where there is none, or it was deleted."""
    if not plausible(id_):
        return None
    parameters = {"id": id_, "prices": PRICES_SHOWN, "counted": COUNTED_AT_MOST + 1}
    found = (await connection.execute(text(_PRODUCT), parameters)).scalar_one_or_none()
    return None if found is None else _ONE.decode(found)


async def find_directly(connection: AsyncConnection, asked: str) -> str | None:
    """The product that a text names without any doubt: by its own id or by a price's."""
    bare = asked.strip()
    if not bare.isascii() or not bare.isprintable() or " " in bare or "_" not in bare:
        return None
    return (await connection.execute(text(_DIRECTLY), {"text": bare})).scalar_one_or_none()


async def has_products(connection: AsyncConnection) -> bool:
    """Whether the side has any product, archived ones included."""
    return bool(await connection.scalar(text("SELECT EXISTS (SELECT FROM products WHERE NOT deleted)")))

"""Customers by what somebody remembers of them, newest first, a page at a time, each page in one statement.

Every word of the question has to be the beginning of one of the customer's words (`customer_words`). A page begins
where another one ended, at (created, id) and not at a number of rows, so the last page costs what the first one does.
"""

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import ENDED, Customer, SubscriptionStatus
from frontdesk.search_words import asked_words
from frontdesk_tenants.keyset import Leaf, Place, Which, beside, leaf
from frontdesk_tenants.own_time import is_late

PAGE = 25
_LAST = "\U0010ffff"
Show = Literal["all", "active", "without", "open", "late", "closed"]
"""Which customers: all that are not closed, those with a subscription, those without one, those with open invoices,
those with late ones, or the closed ones."""


class Question(Which, frozen=True, kw_only=True):
    """What is looked for, and which page of it."""

    words: str = ""
    show: Show = "all"
    limit: int = PAGE


class Plan(Struct, frozen=True, kw_only=True):
    """A subscription that has not ended, as a list shows it: its products with their quantities."""

    status: SubscriptionStatus
    products: tuple[tuple[str, int], ...]
    ends: bool


class Owed(Struct, frozen=True, kw_only=True):
    """What is open in one currency, in minor units, and how many of those invoices are late."""

    currency: str
    amount: int
    invoices: int
    late: int


class FoundCustomer(Struct, frozen=True, kw_only=True):
    """One row of a list."""

    customer: Customer
    plans: tuple[Plan, ...] = ()
    owed: tuple[Owed, ...] = ()

    @property
    def place(self) -> Place:
        """Where the next page begins if this is the last row."""
        return Place(created=self.customer.created, id=self.customer.id)


FoundPage: TypeAlias = Leaf[FoundCustomer]
_ROW = msgspec.json.Decoder(FoundCustomer)
_SHOWN: Mapping[Show, str] = {
    "all": "NOT c.deleted",
    "active": f"NOT c.deleted AND EXISTS ({{subscription}} AND s.status NOT IN {tuple(sorted(ENDED))})",
    "without": f"NOT c.deleted AND NOT EXISTS ({{subscription}} AND s.status NOT IN {tuple(sorted(ENDED))})",
    "open": "EXISTS ({invoice})",
    "late": f"EXISTS ({{invoice}} AND {is_late('i')})",
    "closed": "c.deleted",
}
_OWN = {
    "subscription": "SELECT FROM subscriptions s WHERE s.tenant_id = c.tenant_id AND s.customer = c.id",
    "invoice": "SELECT FROM invoices i WHERE i.tenant_id = c.tenant_id AND i.customer = c.id AND i.status = 'open'",
}
_WORD = """EXISTS (SELECT FROM customer_words w WHERE w.tenant_id = c.tenant_id AND w.customer = c.id
             AND w.word >= :word_{0} AND w.word < :beyond_{0})"""
_PAGE = """
WITH page AS (
  SELECT c.tenant_id, c.id, c.created, c.body FROM customers c
  WHERE {conditions}
  ORDER BY c.created {direction}, c.id {direction} LIMIT :limit
)
SELECT p.created, p.id, json_build_object('customer', p.body, 'plans', (
    SELECT coalesce(json_agg(json_build_object('status', s.status, 'ends', s.body ->> 'cancel_at' IS NOT NULL,
      'products', (
        SELECT coalesce(json_agg(json_build_array(d.body ->> 'name', item -> 'quantity')), '[]')
        FROM json_array_elements(s.body -> 'items') AS item
        JOIN prices r ON r.tenant_id = p.tenant_id AND r.id = item ->> 'price'
        JOIN products d ON d.tenant_id = p.tenant_id AND d.id = r.product)) ORDER BY s.created, s.id), '[]')
    FROM subscriptions s WHERE s.tenant_id = p.tenant_id AND s.customer = p.id AND s.status NOT IN {ended}
  ), 'owed', (
    SELECT coalesce(json_agg(o), '[]') FROM (
      SELECT i.currency, sum(i.amount_due - i.amount_paid)::bigint AS amount, count(*) AS invoices,
             count(*) FILTER (WHERE {late}) AS late
      FROM invoices i WHERE i.tenant_id = p.tenant_id AND i.customer = p.id AND i.status = 'open'
      GROUP BY i.currency ORDER BY i.currency) o
  ))::text AS found
FROM page p ORDER BY p.created {direction}, p.id {direction}
"""
_DIRECTLY = """
SELECT id FROM customers WHERE id = :text
UNION ALL SELECT customer FROM subscriptions WHERE id = :text
UNION ALL SELECT customer FROM invoices WHERE id = :text
UNION ALL SELECT customer FROM invoices WHERE number IN (:text, :capitals)
LIMIT 1
"""


async def search(connection: AsyncConnection, question: Question) -> FoundPage:
    """A page of customers of the transaction's side."""
    statement, parameters = statement_of(question)
    found = [_ROW.decode(row.found) for row in await connection.execute(text(statement), parameters)]
    return leaf(found, question.limit, question)


def statement_of(question: Question) -> tuple[str, dict[str, Any]]:
    """The statement of a page and its parameters."""
    place, direction, parameters = beside(question, "c")
    conditions = [_SHOWN[question.show].format(**_OWN), place]
    parameters["limit"] = question.limit + 1
    for number, word in enumerate(asked_words(question.words)):
        conditions.append(_WORD.format(number))
        parameters |= {f"word_{number}": word, f"beyond_{number}": word + _LAST}
    statement = _PAGE.format(
        conditions=" AND ".join(conditions),
        direction=direction,
        ended=tuple(sorted(ENDED)),
        late=is_late("i"),
    )
    return statement, parameters


async def find_directly(connection: AsyncConnection, asked: str) -> str | None:
    """The customer that a text names without any doubt: by its own id, or by a subscription's or an invoice's, or by
    an invoice's number. Closed ones too. None where the text names nothing."""
    bare = asked.strip()
    if not bare.isascii() or not bare.isprintable() or " " in bare or not any(map(str.isdigit, bare)):
        return None
    found = await connection.execute(text(_DIRECTLY), {"text": bare, "capitals": bare.upper()})
    return found.scalar_one_or_none()

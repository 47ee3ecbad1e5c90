"""What stands behind the numbers of an overview: a side's invoices, subscriptions and sign-ins, newest first.

A page is one statement and begins at a place (`keyset`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Generic, Literal, TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import ACTIVE, ENDED, SubscriptionStatus
from frontdesk_tenants.keyset import Place, Which, beside, leaf
from frontdesk_tenants.own_time import is_late

PAGE = 25
InvoiceShow = Literal["all", "open", "late", "paid"]
SubscriptionShow = Literal["active", "ended", "all"]
SignInShow = Literal["all", "open"]
SIGN_IN = "x.source = 'login_link' AND x.address IS NOT NULL"
"""A session that a passcode opened, and not one that a tenant's program made."""
LATE = is_late("x")


class Owner(Struct, frozen=True, kw_only=True):
    """The customer whose row it is."""

    id: str
    name: str | None = None
    email: str | None = None


class InvoiceRow(Struct, frozen=True, kw_only=True):
    """An invoice. `total` and `due`, what is still to be paid, are in minor units."""

    id: str
    created: datetime
    customer: Owner
    number: str | None
    status: Literal["draft", "open", "paid", "void", "uncollectible"]
    currency: str
    total: int
    due: int
    due_date: datetime | None
    late: bool


class SubscriptionRow(Struct, frozen=True, kw_only=True):
    """A subscription with its products and their quantities. `ends` says that its end is settled."""

    id: str
    created: datetime
    customer: Owner
    status: SubscriptionStatus
    products: tuple[tuple[str, int], ...]
    ends: bool


class SignInRow(Struct, frozen=True, kw_only=True):
    """A sign-in of a customer with a passcode. `open` says that its session has not ended."""

    id: str
    created: datetime
    customer: Owner
    address: str
    last_seen: datetime | None
    open: bool


Listed = TypeVar("Listed", InvoiceRow, SubscriptionRow, SignInRow)


class ListedPage(Struct, Generic[Listed], frozen=True, kw_only=True):
    """Rows, newest first; the places where the pages around begin, None where there is none."""

    rows: tuple[Listed, ...]
    older: Place | None = None
    newer: Place | None = None


_INVOICES: Mapping[InvoiceShow, str] = {
    "all": "x.status <> 'draft'",
    "open": "x.status = 'open'",
    "late": LATE,
    "paid": "x.status = 'paid'",
}
_SUBSCRIPTIONS: Mapping[SubscriptionShow, str] = {
    "active": f"x.status IN {tuple(sorted(ACTIVE))}",
    "ended": f"x.status IN {tuple(sorted(ENDED))}",
    "all": "true",
}
_SIGN_INS: Mapping[SignInShow, str] = {
    "all": SIGN_IN,
    "open": f"{SIGN_IN} AND x.ended_at IS NULL AND x.expires_at > frontdesk_now()",
}
_PAGE = """
WITH page AS (
  SELECT x.* FROM {table} x WHERE {condition}
  ORDER BY x.created {direction}, x.id {direction} LIMIT :limit
)
SELECT json_build_object('id', x.id, 'created', x.created, 'customer', (
    SELECT json_build_object('id', c.id, 'name', c.body -> 'name', 'email', c.body -> 'email')
    FROM customers c WHERE c.tenant_id = x.tenant_id AND c.id = x.customer), {fields})::text AS found
FROM page x ORDER BY x.created {direction}, x.id {direction}
"""
_INVOICE_FIELDS = f"""'number', x.number, 'status', x.status, 'currency', x.currency, 'total', x.total,
  'due', x.amount_due - x.amount_paid, 'due_date', x.body -> 'due_date', 'late', coalesce({LATE}, false)"""
_SUBSCRIPTION_FIELDS = """'status', x.status, 'ends', x.body ->> 'cancel_at' IS NOT NULL, 'products', (
    SELECT coalesce(json_agg(json_build_array(d.body ->> 'name', item -> 'quantity')), '[]')
    FROM json_array_elements(x.body -> 'items') AS item
    JOIN prices r ON r.tenant_id = x.tenant_id AND r.id = item ->> 'price'
    JOIN products d ON d.tenant_id = x.tenant_id AND d.id = r.product)"""
_SIGN_IN_FIELDS = """'address', x.address, 'last_seen', x.last_seen,
  'open', x.ended_at IS NULL AND x.expires_at > frontdesk_now()"""
_INVOICE_PAGE = msgspec.json.Decoder(InvoiceRow)
_SUBSCRIPTION_PAGE = msgspec.json.Decoder(SubscriptionRow)
_SIGN_IN_PAGE = msgspec.json.Decoder(SignInRow)


async def invoices(
    connection: AsyncConnection, show: InvoiceShow, which: Which, limit: int = PAGE
) -> ListedPage[InvoiceRow]:
    """A page of the side's invoices, drafts left out."""
    return await _page(connection, "invoices", _INVOICES[show], _INVOICE_FIELDS, _INVOICE_PAGE, which, limit)


async def subscriptions(
    connection: AsyncConnection, show: SubscriptionShow, which: Which, limit: int = PAGE
) -> ListedPage[SubscriptionRow]:
    """A page of the side's subscriptions."""
    return await _page(
        connection, "subscriptions", _SUBSCRIPTIONS[show], _SUBSCRIPTION_FIELDS, _SUBSCRIPTION_PAGE, which, limit
    )


async def sign_ins(
    connection: AsyncConnection, show: SignInShow, which: Which, limit: int = PAGE
) -> ListedPage[SignInRow]:
    """A page of the sign-ins of the side's customers, as far back as sessions are kept."""
    return await _page(connection, "sessions", _SIGN_INS[show], _SIGN_IN_FIELDS, _SIGN_IN_PAGE, which, limit)


async def _page(
    connection: AsyncConnection,
    table: str,
    condition: str,
    fields: str,
    decoder: msgspec.json.Decoder[Listed],
    which: Which,
    limit: int,
) -> ListedPage[Listed]:
    place, direction, parameters = beside(which, "x")
    parameters["limit"] = limit + 1
    condition = f"({condition}) AND {place}"
    statement = _PAGE.format(table=table, condition=condition, fields=fields, direction=direction)
    found = [decoder.decode(row.found) for row in await connection.execute(text(statement), parameters)]
    page = leaf(found, limit, which)
    if not page.found:
        return ListedPage(rows=())
    return ListedPage(
        rows=page.found,
        older=_place_of(page.found[-1]) if page.older else None,
        newer=_place_of(page.found[0]) if page.newer else None,
    )


def _place_of(row: InvoiceRow | SubscriptionRow | SignInRow) -> Place:
    return Place(created=row.created, id=row.id)

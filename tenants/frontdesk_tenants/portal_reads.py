"""What single portal pages show of one customer: a quote whatever became of it, an invoice, an ended subscription.

A customer's id is part of every question, so what belongs to somebody else is not there.
"""

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import Invoice, Subscription
from frontdesk.quotes import Quote
from frontdesk_tenants.tables import invoices, quotes, subscriptions


class StoredQuote(Struct, frozen=True, kw_only=True):
    """A quote and whether it can still be confirmed."""

    quote: Quote
    consumed: bool
    expired: bool


async def read_quote(connection: AsyncConnection, customer: str, id_: str) -> StoredQuote | None:
    """A quote of a customer; reading it does not use it up."""
    row = (
        await connection.execute(
            select(
                quotes.c.body, quotes.c.consumed_at, (quotes.c.expires_at <= func.frontdesk_now()).label("expired")
            ).where(quotes.c.id == id_, quotes.c.customer == customer)
        )
    ).one_or_none()
    if row is None:
        return None
    return StoredQuote(quote=row.body, consumed=row.consumed_at is not None, expired=row.expired)


async def read_invoice(connection: AsyncConnection, customer: str, id_: str) -> Invoice | None:
    """An issued invoice of a customer. A draft is not there yet."""
    found = await connection.execute(
        select(invoices.c.body).where(
            invoices.c.id == id_, invoices.c.customer == customer, invoices.c.status != "draft"
        )
    )
    return found.scalar_one_or_none()


async def read_subscription(connection: AsyncConnection, customer: str, id_: str) -> Subscription | None:
    """A subscription of a customer, ended ones too."""
    found = await connection.execute(
        select(subscriptions.c.body).where(subscriptions.c.id == id_, subscriptions.c.customer == customer)
    )
    return found.scalar_one_or_none()

"""Lists of what customers pay by, and of what was paid by it."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.charges import Charge
from frontdesk.checkout_sessions import CheckoutSession
from frontdesk.payment_intents import PaymentIntent
from frontdesk.payment_methods import PaymentMethod
from frontdesk.refunds import Refund
from frontdesk.setup_intents import SetupIntent
from frontdesk_tenants import tables
from frontdesk_tenants.listings.pages import equal, page_of, said
from frontdesk_tenants.paging import Cursor, Page

_OF_TYPE = "COALESCE(body #>> '{means,type}', body #>> '{means,kind}', 'card') = :type"


async def payment_methods(
    connection: AsyncConnection, cursor: Cursor, *, customer: str, type: str | None = None
) -> Page[PaymentMethod]:
    """The payment methods of a customer; those of Stripe's `type` alone, where one is named."""
    wanted: list[Any] = [equal(tables.payment_methods.c.customer, customer)]
    if type is not None:
        wanted.append(text(_OF_TYPE).bindparams(type=type))
    return await page_of(connection, "PaymentMethod", cursor, wanted)


async def setup_intents(
    connection: AsyncConnection, cursor: Cursor, *, customer: str | None = None, method: str | None = None
) -> Page[SetupIntent]:
    """Setup intents."""
    wanted: list[Any] = [equal(tables.setup_intents.c.customer, customer)]
    if method is not None:
        wanted.append(said("payment_method", method))
    return await page_of(connection, "setupintent", cursor, wanted)


async def payment_intents(
    connection: AsyncConnection, cursor: Cursor, *, customer: str | None = None
) -> Page[PaymentIntent]:
    """Payment intents, those of invoices among them."""
    return await page_of(connection, "payment_intent", cursor, [equal(tables.payment_intents.c.customer, customer)])


async def invoice_payments(
    connection: AsyncConnection,
    cursor: Cursor,
    *,
    invoice: str | None = None,
    intent: str | None = None,
    status: str | None = None,
) -> Page[PaymentIntent]:
    """The payment intents of invoices. `status` is one, or `open`: neither succeeded nor canceled."""
    wanted: list[Any] = [text("body->>'invoice' IS NOT NULL"), equal(tables.payment_intents.c.id, intent)]
    if invoice is not None:
        wanted.append(said("invoice", invoice))
    if status == "open":
        wanted.append(text("body->>'status' NOT IN ('succeeded', 'canceled')"))
    elif status is not None:
        wanted.append(said("status", status))
    return await page_of(connection, "payment_intent", cursor, wanted)


async def charges(
    connection: AsyncConnection, cursor: Cursor, *, customer: str | None = None, intent: str | None = None
) -> Page[Charge]:
    """Charges, those that failed among them."""
    columns = tables.charges.c
    wanted: list[Any] = [equal(columns.customer, customer), equal(columns.payment_intent, intent)]
    return await page_of(connection, "charge", cursor, wanted)


async def refunds(
    connection: AsyncConnection, cursor: Cursor, *, charge: str | None = None, intent: str | None = None
) -> Page[Refund]:
    """Refunds."""
    columns = tables.refunds.c
    wanted: list[Any] = [equal(columns.charge, charge), equal(columns.payment_intent, intent)]
    return await page_of(connection, "refund", cursor, wanted)


async def checkout_sessions(
    connection: AsyncConnection, cursor: Cursor, *, customer: str | None = None, status: str | None = None
) -> Page[CheckoutSession]:
    """Checkout sessions."""
    wanted: list[Any] = [equal(tables.checkout_sessions.c.customer, customer)]
    if status is not None:
        wanted.append(said("status", status))
    return await page_of(connection, "checkout.session", cursor, wanted)

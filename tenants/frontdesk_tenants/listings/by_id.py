"""Objects of a side by their ids, whatever their kind."""

from collections.abc import Collection, Mapping
from typing import Any, Literal

from sqlalchemy import Table, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk_tenants import tables
from frontdesk_tenants.configurations import NOT_DELETED
from frontdesk_tenants.paging import plausible

Kind = Literal[
    "coupon",
    "customer",
    "feedback option",
    "PaymentMethod",
    "setupintent",
    "payment_intent",
    "charge",
    "refund",
    "invoice_payment",
    "checkout.session",
    "product",
    "price",
    "promotion code",
    "tax rate",
    "subscription",
    "invoice",
    "invoiceitem",
    "credit note",
    "customer balance transaction",
    "configuration",
    "test clock",
    "billing meter",
    "file upload",
    "file link",
]
TABLES: Mapping[Kind, Table] = {
    "coupon": tables.coupons,
    "customer": tables.customers,
    "feedback option": tables.feedback_options,
    "PaymentMethod": tables.payment_methods,
    "setupintent": tables.setup_intents,
    "payment_intent": tables.payment_intents,
    "charge": tables.charges,
    "refund": tables.refunds,
    "checkout.session": tables.checkout_sessions,
    "product": tables.products,
    "price": tables.prices,
    "promotion code": tables.promotion_codes,
    "tax rate": tables.tax_rates,
    "subscription": tables.subscriptions,
    "invoice": tables.invoices,
    "invoiceitem": tables.pending_items,
    "credit note": tables.credit_notes,
    "customer balance transaction": tables.ledger_transactions,
    "configuration": tables.configurations,
    "test clock": tables.test_clocks,
    "billing meter": tables.meters,
    "file upload": tables.uploaded_files,
    "file link": tables.file_links,
}


async def find(connection: AsyncConnection, kind: Kind, id_: str) -> Any:
    """The object with this id, deleted or not; None where there is none on this side."""
    return (await find_all(connection, kind, (id_,))).get(id_)


async def find_all(connection: AsyncConnection, kind: Kind, ids: Collection[str]) -> dict[str, Any]:
    """The objects with these ids that exist on this side, by id. Ids that could not be stored are passed over.

    A deleted configuration is found no more: nothing goes on under one.
    """
    table = TABLES[kind]
    wanted = sorted({each for each in ids if plausible(each)})
    if not wanted:
        return {}
    kept = NOT_DELETED if kind == "configuration" else true()
    rows = await connection.execute(select(table.c.id, table.c.body).where(table.c.id.in_(wanted), kept))
    return {row.id: row.body for row in rows}

"""Lists of a side's objects, newest first by (created, id), a page at a time from any object on; and objects by id."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, Table, and_, exists, false, not_, select, text, true, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.addresses import fold
from frontdesk.book import CreditNote, Customer, Invoice, PendingItem, Price, Product, Subscription, SubscriptionStatus
from frontdesk.charges import Charge
from frontdesk.checkout_sessions import CheckoutSession
from frontdesk.clocks import TestClock
from frontdesk.coupons import Coupon, PromotionCode, folded_code
from frontdesk.feedback_options import FeedbackOption
from frontdesk.ledger import LedgerTransaction
from frontdesk.meters import Meter
from frontdesk.payment_intents import PaymentIntent
from frontdesk.payment_methods import PaymentMethod
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk.refunds import Refund
from frontdesk.setup_intents import SetupIntent
from frontdesk.tax_rates import TaxRate
from frontdesk.uploaded_files import FileLink, UploadedFile
from frontdesk_tenants import tables
from frontdesk_tenants.configurations import NOT_DELETED
from frontdesk_tenants.paging import Cursor, NoSuchCursor, Page, Span, plausible, within

_OF_TYPE = "COALESCE(body #>> '{means,type}', body #>> '{means,kind}', 'card') = :type"
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
ClockRule = Literal["any", "none"]
"""In the place of a test clock's id: whether its customer is on one or not is the same; or it must not be on any."""
NOT_CANCELED = frozenset(get_args(SubscriptionStatus)) - {"canceled"}
"""What a list of subscriptions holds unless it is asked for more (Stripe's rule)."""

_TABLES: Mapping[Kind, Table] = {
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
    table = _TABLES[kind]
    wanted = sorted({each for each in ids if plausible(each)})
    if not wanted:
        return {}
    kept = NOT_DELETED if kind == "configuration" else true()
    rows = await connection.execute(select(table.c.id, table.c.body).where(table.c.id.in_(wanted), kept))
    return {row.id: row.body for row in rows}


async def customers(
    connection: AsyncConnection,
    cursor: Cursor,
    *,
    email: str | None = None,
    deleted: bool = False,
    test_clock: str | ClockRule = "any",
) -> Page[Customer]:
    """Customers. `email` is compared exactly, letter case included, as Stripe does."""
    columns = tables.customers.c
    wanted: list[Any] = [columns.deleted.is_(deleted), *_on_clock(columns.id, test_clock)]
    if email is not None:
        wanted += [columns.address == fold(email), text("body->>'email' = :email").bindparams(email=email)]
    return await _page(connection, "customer", cursor, wanted)


async def payment_methods(
    connection: AsyncConnection, cursor: Cursor, *, customer: str, type: str | None = None
) -> Page[PaymentMethod]:
    """The payment methods of a customer; those of Stripe's `type` alone, where one is named."""
    wanted: list[Any] = [_equal(tables.payment_methods.c.customer, customer)]
    if type is not None:
        wanted.append(text(_OF_TYPE).bindparams(type=type))
    return await _page(connection, "PaymentMethod", cursor, wanted)


async def setup_intents(
    connection: AsyncConnection, cursor: Cursor, *, customer: str | None = None, method: str | None = None
) -> Page[SetupIntent]:
    """Setup intents."""
    wanted: list[Any] = [_equal(tables.setup_intents.c.customer, customer)]
    if method is not None:
        wanted.append(_said("payment_method", method))
    return await _page(connection, "setupintent", cursor, wanted)


async def payment_intents(
    connection: AsyncConnection, cursor: Cursor, *, customer: str | None = None
) -> Page[PaymentIntent]:
    """Payment intents, those of invoices among them."""
    return await _page(connection, "payment_intent", cursor, [_equal(tables.payment_intents.c.customer, customer)])


async def invoice_payments(
    connection: AsyncConnection,
    cursor: Cursor,
    *,
    invoice: str | None = None,
    intent: str | None = None,
    status: str | None = None,
) -> Page[PaymentIntent]:
    """The payment intents of invoices. `status` is one, or `open`: neither succeeded nor canceled."""
    wanted: list[Any] = [text("body->>'invoice' IS NOT NULL"), _equal(tables.payment_intents.c.id, intent)]
    if invoice is not None:
        wanted.append(_said("invoice", invoice))
    if status == "open":
        wanted.append(text("body->>'status' NOT IN ('succeeded', 'canceled')"))
    elif status is not None:
        wanted.append(_said("status", status))
    return await _page(connection, "payment_intent", cursor, wanted)


async def charges(
    connection: AsyncConnection, cursor: Cursor, *, customer: str | None = None, intent: str | None = None
) -> Page[Charge]:
    """Charges, those that failed among them."""
    columns = tables.charges.c
    wanted: list[Any] = [_equal(columns.customer, customer), _equal(columns.payment_intent, intent)]
    return await _page(connection, "charge", cursor, wanted)


async def refunds(
    connection: AsyncConnection, cursor: Cursor, *, charge: str | None = None, intent: str | None = None
) -> Page[Refund]:
    """Refunds."""
    columns = tables.refunds.c
    wanted: list[Any] = [_equal(columns.charge, charge), _equal(columns.payment_intent, intent)]
    return await _page(connection, "refund", cursor, wanted)


async def checkout_sessions(
    connection: AsyncConnection, cursor: Cursor, *, customer: str | None = None, status: str | None = None
) -> Page[CheckoutSession]:
    """Checkout sessions."""
    wanted: list[Any] = [_equal(tables.checkout_sessions.c.customer, customer)]
    if status is not None:
        wanted.append(_said("status", status))
    return await _page(connection, "checkout.session", cursor, wanted)


def _said(name: str, value: str) -> Any:
    """What the body says of one field. Text that no column could hold is said by none."""
    said = f"said_{name}"
    return text(f"body->>'{name}' = :{said}").bindparams(**{said: value}) if plausible(value) else false()


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
    wanted: list[Any] = [columns.deleted.is_(False), _equal(columns.active, active)]
    if ids is not None:
        wanted.append(columns.id.in_([each for each in ids if plausible(each)]))
    if shippable is not None:
        wanted.append(text("coalesce(body->>'shippable', 'false') = :flag").bindparams(flag=str(shippable).lower()))
    if url is not None:
        wanted.append(text("body->>'url' = :url").bindparams(url=url))
    return await _page(connection, "product", cursor, wanted)


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
        _equal(columns.active, active),
        _equal(columns.currency, currency),
        _equal(columns.product, product),
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
    return await _page(connection, "price", cursor, wanted)


async def coupons(connection: AsyncConnection, cursor: Cursor) -> Page[Coupon]:
    """Coupons that are not deleted."""
    return await _page(connection, "coupon", cursor, [tables.coupons.c.deleted.is_(False)])


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
        _equal(columns.code, None if code is None else folded_code(code)),
        _equal(columns.coupon, coupon),
        _equal(columns.customer, customer),
    ]
    if active is not None:
        wanted.append(text(f"({_USABLE}) = :usable").bindparams(usable=active))
    return await _page(connection, "promotion code", cursor, wanted)


async def tax_rates(
    connection: AsyncConnection, cursor: Cursor, *, active: bool | None = None, inclusive: bool | None = None
) -> Page[TaxRate]:
    """Tax rates."""
    columns = tables.tax_rates.c
    wanted = [_equal(columns.active, active), _equal(columns.inclusive, inclusive)]
    return await _page(connection, "tax rate", cursor, wanted)


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


async def meters(connection: AsyncConnection, cursor: Cursor, *, active: bool | None = None) -> Page[Meter]:
    """Meters."""
    return await _page(connection, "billing meter", cursor, [_equal(tables.meters.c.active, active)])


async def feedback_options(
    connection: AsyncConnection, cursor: Cursor, *, active: bool | None = None
) -> Page[FeedbackOption]:
    """The side's own answers to the question why somebody cancels."""
    return await _page(connection, "feedback option", cursor, [_equal(tables.feedback_options.c.active, active)])


async def subscriptions(
    connection: AsyncConnection,
    cursor: Cursor,
    *,
    customer: str | None = None,
    statuses: Collection[str] | None = None,
    price: str | None = None,
    collection_method: str | None = None,
    period_start: Span | None = None,
    period_end: Span | None = None,
    test_clock: str | ClockRule = "any",
    with_schedule: bool = False,
) -> Page[Subscription]:
    """Subscriptions; `statuses` None means any, `price` those that have an item with it."""
    columns = tables.subscriptions.c
    wanted: list[Any] = [_equal(columns.customer, customer), *_on_clock(columns.customer, test_clock)]
    if statuses is not None:
        wanted.append(columns.status.in_(list(statuses)))
    if collection_method is not None:
        wanted.append(text("body->>'collection_method' = :method").bindparams(method=collection_method))
    if with_schedule:
        wanted.append(columns.status != "canceled")
        wanted.append(text("(body->>'put_off' IS NOT NULL OR body->>'scheduled' IS NOT NULL)"))
    if price is not None:
        held = "EXISTS (SELECT FROM json_array_elements(body->'items') AS item WHERE item->>'price' = :price)"
        wanted.append(text(held).bindparams(price=price))
    wanted += [*_period("period_start", period_start), *_period("period_end", period_end)]
    return await _page(connection, "subscription", cursor, wanted)


async def invoices(
    connection: AsyncConnection,
    cursor: Cursor,
    *,
    customer: str | None = None,
    subscription: str | None = None,
    status: str | None = None,
    collection_method: str | None = None,
    due_date: Span | None = None,
) -> Page[Invoice]:
    """Invoices."""
    columns = tables.invoices.c
    wanted: list[Any] = [
        _equal(columns.customer, customer),
        _equal(columns.subscription, subscription),
        _equal(columns.status, status),
    ]
    if collection_method is not None:
        wanted.append(text("body->>'collection_method' = :method").bindparams(method=collection_method))
    wanted += _instants("(body->>'due_date')::timestamptz", "due", due_date)
    return await _page(connection, "invoice", cursor, wanted)


async def invoice_items(
    connection: AsyncConnection,
    cursor: Cursor,
    *,
    customer: str | None = None,
    invoice: str | None = None,
    pending: bool | None = None,
) -> Page[PendingItem]:
    """Invoice items; `pending` those that are on no invoice, or (False) on one."""
    columns = tables.pending_items.c
    wanted: list[Any] = [_equal(columns.customer, customer), _equal(columns.invoice, invoice)]
    if pending is not None:
        wanted.append(columns.invoice.is_(None) if pending else columns.invoice.is_not(None))
    return await _page(connection, "invoiceitem", cursor, wanted)


async def balance_transactions(
    connection: AsyncConnection, cursor: Cursor, customer: str, *, invoice: str | None = None
) -> Page[LedgerTransaction]:
    """What moved a customer's balance."""
    columns = tables.ledger_transactions.c
    wanted: list[Any] = [columns.customer == customer, columns.moved != 0, _equal(columns.invoice, invoice)]
    return await _page(connection, "customer balance transaction", cursor, wanted)


async def credit_notes(
    connection: AsyncConnection, cursor: Cursor, *, customer: str | None = None, invoice: str | None = None
) -> Page[CreditNote]:
    """Credit notes."""
    columns = tables.credit_notes.c
    return await _page(
        connection, "credit note", cursor, [_equal(columns.customer, customer), _equal(columns.invoice, invoice)]
    )


async def configurations(
    connection: AsyncConnection, cursor: Cursor, *, active: bool | None = None, is_default: bool | None = None
) -> Page[PortalConfiguration]:
    """Portal configurations that are not deleted."""
    columns = tables.configurations.c
    wanted: list[Any] = [NOT_DELETED, _equal(columns.active, active), _equal(columns.is_default, is_default)]
    return await _page(connection, "configuration", cursor, wanted)


async def file_uploads(
    connection: AsyncConnection, cursor: Cursor, *, purpose: str | None = None
) -> Page[UploadedFile]:
    """Files that programs have uploaded."""
    return await _page(connection, "file upload", cursor, [_equal(tables.uploaded_files.c.purpose, purpose)])


async def file_links(
    connection: AsyncConnection, cursor: Cursor, *, file: str | None = None, expired: bool | None = None, now: datetime
) -> Page[FileLink]:
    """Links to files. `expired` asks for those that lead nowhere any more, or for those that do."""
    columns = tables.file_links.c
    wanted: list[Any] = [_equal(columns.file, file)]
    if expired is not None:
        over = and_(columns.expires_at.is_not(None), columns.expires_at <= now)
        wanted.append(over if expired else not_(over))
    return await _page(connection, "file link", cursor, wanted)


async def test_clocks(connection: AsyncConnection, cursor: Cursor) -> Page[TestClock]:
    """Test clocks."""
    return await _page(connection, "test clock", cursor, [])


def _on_clock(customer: ColumnElement[Any], test_clock: str) -> list[Any]:
    """Whose customer is on the test clock with this id; or on none, or any."""
    if test_clock == "any":
        return []
    columns = tables.clock_accounts.c
    if test_clock == "none":
        return [~exists().where(columns.customer == customer)]
    return [exists().where(columns.customer == customer, _equal(columns.clock, test_clock))]


async def _page(connection: AsyncConnection, kind: Kind, cursor: Cursor, wanted: list[Any]) -> Page[Any]:
    table = _TABLES[kind]
    place = tuple_(table.c.created, table.c.id)
    backwards = cursor.ending_before is not None
    if cursor.ending_before is not None:
        wanted.append(place > await _place(connection, table, "ending_before", cursor.ending_before))
    if cursor.starting_after is not None:
        wanted.append(place < await _place(connection, table, "starting_after", cursor.starting_after))
    wanted.append(within(table.c.created, cursor.created))
    order = (table.c.created.asc(), table.c.id.asc()) if backwards else (table.c.created.desc(), table.c.id.desc())
    question = select(table.c.body).where(and_(true(), *wanted)).order_by(*order).limit(cursor.limit + 1)
    found = (await connection.scalars(question)).all()
    shown = tuple(found[: cursor.limit])
    return Page(tuple(reversed(shown)) if backwards else shown, len(found) > cursor.limit)


async def _place(connection: AsyncConnection, table: Table, param: str, id_: str) -> Any:
    row = None
    if plausible(id_):
        row = (await connection.execute(select(table.c.created).where(table.c.id == id_))).one_or_none()
    if row is None:
        raise NoSuchCursor(param, id_)
    return tuple_(row.created, id_)


def _equal(column: ColumnElement[Any], value: object) -> ColumnElement[bool]:
    if value is None:
        return true()
    if isinstance(value, str) and not plausible(value):
        return false()
    return column == value


def _period(field: str, span: Span | None) -> list[Any]:
    """Bounds of the first item's period: all items share it."""
    return _instants(f"(body->'items'->0->>'{field}')::timestamptz", field, span)


def _instants(expression: str, name: str, span: Span | None) -> list[Any]:
    if span is None:
        return []
    signs = {"gt": (">", span.gt), "gte": (">=", span.gte), "lt": ("<", span.lt), "lte": ("<=", span.lte)}
    return [
        text(f"{expression} {sign} :{name}_{key}").bindparams(**{f"{name}_{key}": bound})
        for key, (sign, bound) in signs.items()
        if bound is not None
    ]

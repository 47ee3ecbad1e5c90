"""A customer's issued invoices: a page of a choice of them, the years that there are any of, what is still owed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Select, func, literal, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import CreditNote, Invoice
from frontdesk.invoice_choice import InvoiceChoice
from frontdesk_tenants.tables import credit_notes, invoices

_ISSUED = func.coalesce(invoices.c.finalized_at, text("to_char(invoices.created AT TIME ZONE 'UTC', 'YYYY-MM-DD')"))


class InvoicePage(Struct, frozen=True, kw_only=True):
    """Some of the invoices of a choice, newest first, and whether there are newer and older ones; `count` is of all."""

    invoices: tuple[Invoice, ...]
    newer: bool
    older: bool
    count: int


class Owed(Struct, frozen=True, kw_only=True):
    """What is still to be paid in a currency, in minor units; `late` is what of it is past due."""

    currency: str
    amount: int
    late: int


async def read_page(
    connection: AsyncConnection,
    customer: str,
    choice: InvoiceChoice,
    now: datetime,
    *,
    limit: int,
    before: str | None = None,
    after: str | None = None,
) -> InvoicePage:
    """A page of a choice: the newest, those older than the invoice `before`, or those newer than `after`.

    An invoice that is not the customer's stands for no place at all: the newest are shown.
    """
    place = tuple_(invoices.c.created, invoices.c.id)
    backwards = after is not None
    at = await _place(connection, customer, after or before)
    question = _chosen(customer, choice, now)
    if at is not None:
        question = question.where(place > at if backwards else place < at)
    order = (invoices.c.created, invoices.c.id) if backwards and at is not None else _NEWEST
    found = (await connection.scalars(question.order_by(*order).limit(limit + 1))).all()
    more, shown = len(found) > limit, tuple(found[:limit])
    counted = select(func.count()).select_from(_chosen(customer, choice, now).subquery())
    count = int((await connection.execute(counted)).scalar_one())
    if backwards and at is not None:
        return InvoicePage(invoices=shown[::-1], newer=more, older=True, count=count)
    return InvoicePage(invoices=shown, newer=at is not None, older=more, count=count)


async def read_all(
    connection: AsyncConnection, customer: str, choice: InvoiceChoice, now: datetime, most: int
) -> tuple[Invoice, ...]:
    """All invoices of a choice, oldest first; one more than `most` where there are more."""
    question = _chosen(customer, choice, now).order_by(*_NEWEST).limit(most + 1)
    return tuple((await connection.scalars(question)).all())[::-1]


async def read_years(connection: AsyncConnection, customer: str) -> tuple[int, ...]:
    """The years in which invoices were issued, the latest first."""
    year = func.left(_ISSUED, 4)
    found = await connection.scalars(
        select(year).distinct().where(invoices.c.customer == customer, invoices.c.status != "draft")
    )
    return tuple(sorted((int(each) for each in found), reverse=True))


async def read_owed(connection: AsyncConnection, customer: str, now: datetime) -> tuple[Owed, ...]:
    """What is still to be paid, by currency."""
    # What was credited is in `amount_paid` (`book`).
    left = invoices.c.amount_due - invoices.c.amount_paid
    late = text("(invoices.body ->> 'due_date')::timestamptz < :now").bindparams(now=now)
    rows = await connection.execute(
        select(invoices.c.currency, func.sum(left), func.coalesce(func.sum(left).filter(late), 0))
        .where(invoices.c.customer == customer, invoices.c.status == "open")
        .group_by(invoices.c.currency)
        .order_by(invoices.c.currency)
    )
    return tuple(Owed(currency=row[0], amount=int(row[1]), late=int(row[2])) for row in rows if row[1])


async def notes_by_invoice(
    connection: AsyncConnection, customer: str, ids: Iterable[str]
) -> dict[str, tuple[CreditNote, ...]]:
    """The credit notes over some invoices of a customer, oldest first, void ones too."""
    found: dict[str, tuple[CreditNote, ...]] = {}
    notes = await connection.scalars(
        select(credit_notes.c.body)
        .where(credit_notes.c.customer == customer, credit_notes.c.invoice.in_(list(ids)))
        .order_by(credit_notes.c.created, credit_notes.c.id)
    )
    for note in notes:
        found[note.invoice] = (*found.get(note.invoice, ()), note)
    return found


_NEWEST = (invoices.c.created.desc(), invoices.c.id.desc())


def _chosen(customer: str, choice: InvoiceChoice, now: datetime) -> Select[Any]:
    """`InvoiceChoice.holds` as SQL."""
    question = select(invoices.c.body).where(invoices.c.customer == customer, invoices.c.status != "draft")
    if choice.year is not None:
        question = question.where(func.left(_ISSUED, 4) == literal(str(choice.year)))
    if choice.state == "late":
        late = text("(invoices.body ->> 'due_date')::timestamptz < :now").bindparams(now=now)
        question = question.where(invoices.c.status == "open", late)
    elif choice.state is not None:
        question = question.where(invoices.c.status == choice.state)
    return question


async def _place(connection: AsyncConnection, customer: str, id_: str | None) -> Any:
    if id_ is None:
        return None
    row = (
        await connection.execute(
            select(invoices.c.created, invoices.c.id).where(invoices.c.id == id_, invoices.c.customer == customer)
        )
    ).one_or_none()
    return None if row is None else tuple_(literal(row.created), literal(row.id))

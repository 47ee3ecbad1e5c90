"""What happened to an invoice, told by comparing it with what it was (`frontdesk.noticing`)."""

from collections.abc import Iterator
from datetime import datetime

from frontdesk.book import Invoice
from frontdesk.events import (
    Event,
    InvoiceDrafted,
    InvoiceDropped,
    InvoiceEdited,
    InvoiceFinalized,
    InvoiceMarkedUncollectible,
    InvoicePaid,
    InvoiceVoided,
    PaymentFailed,
    PaymentRecorded,
    PaymentReversed,
    RefundFailed,
    RefundMade,
)

_WRITTEN = (
    *("lines", "discounts", "taxes", "days_until_due", "due_date", "custom_fields", "footer", "description"),
    *("collection_method", "metadata"),
)


def noticed_of_invoice(before: Invoice | None, after: Invoice, now: datetime) -> Iterator[Event]:
    """What happened to one invoice, in the order in which it is told."""
    named = {"customer": after.customer, "invoice": after.id}
    if after.deleted:
        if before is not None and not before.deleted:
            yield InvoiceDropped(**named, at=now)
        return
    if before is None and after.status == "draft":
        yield InvoiceDrafted(**named, at=after.created)
    if before is not None:
        yield from _edited(before, after, now)
    if after.status != "draft" and (before is None or before.status == "draft"):
        yield InvoiceFinalized(customer=after.customer, invoice=after.id, at=after.finalized_at or after.created)
    yield from _attempts(before, after)
    yield from _payments(before, after)
    yield from _refunds(before, after, now)
    if before is None or before.status != after.status:
        yield from _settled(after, now)


def _edited(before: Invoice, after: Invoice, now: datetime) -> Iterator[Event]:
    names = _WRITTEN if before.status == "draft" and after.status == "draft" else ("metadata",)
    fields = tuple(each for each in names if getattr(before, each) != getattr(after, each))
    if fields:
        yield InvoiceEdited(customer=after.customer, invoice=after.id, at=now, fields=fields)


def _attempts(before: Invoice | None, after: Invoice) -> Iterator[Event]:
    known = frozenset[str]() if before is None else {each.id for each in before.attempts}
    for each in after.attempts:
        if each.id not in known and each.decline_code is not None:
            yield PaymentFailed(
                customer=after.customer,
                invoice=after.id,
                at=each.at,
                decline_code=each.decline_code,
                next_attempt=after.next_attempt,
            )


def _payments(before: Invoice | None, after: Invoice) -> Iterator[Event]:
    known = frozenset[str]() if before is None else {each.id for each in before.payments}
    for each in after.payments:
        if each.id in known:
            continue
        kind = PaymentRecorded if each.reverses is None else PaymentReversed
        yield kind(
            customer=after.customer, invoice=after.id, payment=each.id, amount=abs(each.amount), at=each.recorded
        )


def _refunds(before: Invoice | None, after: Invoice, now: datetime) -> Iterator[Event]:
    known = {} if before is None else {each.id: each for each in before.refunds}
    for each in after.refunds:
        was = known.get(each.id)
        named = {"customer": after.customer, "invoice": after.id, "refund": each.id}
        if was is None:
            yield RefundMade(amount=each.amount, at=each.created, **named)
        if each.status == "failed" and (was is None or was.status != "failed"):
            yield RefundFailed(amount=each.amount, at=now, **named)


def _settled(after: Invoice, now: datetime) -> Iterator[Event]:
    named = {"customer": after.customer, "invoice": after.id}
    if after.status == "paid":
        yield InvoicePaid(**named, at=after.paid_at or now)
    elif after.status == "void":
        yield InvoiceVoided(**named, at=after.voided_at or now)
    elif after.status == "uncollectible":
        yield InvoiceMarkedUncollectible(**named, at=after.marked_uncollectible_at or now)

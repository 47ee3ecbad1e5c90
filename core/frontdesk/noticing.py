"""What happened to an account, told by comparing what it was with what a remote backend says that it is.

A remote backend is asked what there is, not what happened. Whoever applies its answer compares it, in the customer's
turn, with what the book had: then each step is noticed once, whichever way the answer came. Instants come from the
snapshots where they say them (an invoice's `paid_at`), so that the same event noticed twice is the same event.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from frontdesk.book import Account, CreditNote, Customer, PendingItem
from frontdesk.changes import Changes
from frontdesk.events import (
    CancellationScheduled,
    CancellationTakenBack,
    CreditNoteEdited,
    CreditNoteIssued,
    CreditNoteVoided,
    CustomerCreated,
    CustomerDeleted,
    CustomerUpdated,
    Event,
    InvoiceDrafted,
    InvoiceDropped,
    InvoiceEdited,
    InvoiceFinalized,
    InvoiceItemChanged,
    InvoiceMarkedUncollectible,
    InvoicePaid,
    InvoiceVoided,
    PaymentFailed,
    PaymentMethodChanged,
    PaymentRecorded,
    PaymentReversed,
    PlanChanged,
    PlanChangePutOff,
    PlanChangeTakenBack,
    RefundFailed,
    RefundMade,
    ResumptionMoved,
    SubscriptionCanceled,
    SubscriptionCaughtUp,
    SubscriptionCreated,
    SubscriptionExpired,
    SubscriptionPastDue,
    SubscriptionPaused,
    SubscriptionRenewed,
    SubscriptionResumed,
    SubscriptionUnpaid,
    SubscriptionUpdated,
    TrialWillEnd,
)
from frontdesk.noticing_invoices import noticed_of_invoice
from frontdesk.noticing_subscriptions import noticed_of_subscription

RECENT = timedelta(days=3)
"""Of what the book did not know at all, only what is as new as this is told: the rest is history."""
NOTICED = (
    *(CustomerCreated, CustomerUpdated, CustomerDeleted, PaymentMethodChanged),
    *(SubscriptionCreated, PlanChanged, PlanChangePutOff, PlanChangeTakenBack, SubscriptionUpdated),
    *(CancellationScheduled, CancellationTakenBack, SubscriptionCanceled, SubscriptionExpired),
    *(SubscriptionRenewed, TrialWillEnd, SubscriptionPastDue, SubscriptionUnpaid, SubscriptionCaughtUp),
    *(SubscriptionPaused, ResumptionMoved, SubscriptionResumed),
    *(InvoiceDrafted, InvoiceEdited, InvoiceDropped, InvoiceFinalized, InvoicePaid),
    *(InvoiceVoided, InvoiceMarkedUncollectible, PaymentRecorded, PaymentReversed, PaymentFailed),
    *(InvoiceItemChanged, CreditNoteIssued, CreditNoteEdited, CreditNoteVoided, RefundMade, RefundFailed),
)
"""The events that a comparison shows. All others are told by whoever does what they tell of."""
_BOOKKEEPING = frozenset({"id", "created", "version", "trusted_phone", "payment_methods", "deleted"})


def noticed(before: Account | None, changes: Changes, now: datetime) -> tuple[Event, ...]:
    """The events that lie between `before` and the snapshots of one customer in `changes`, as of `now`.

    `before` holds what the book knew of each of them, what had ended or was paid too as far as that is to be
    compared; None where there was no such customer. Snapshots that are missing in `changes` are as they were.
    """
    owner = changes.customer.id if changes.customer is not None else before.customer.id if before is not None else ""
    known = {} if before is None else {each.id: each for each in before.subscriptions}
    bills = {} if before is None else {each.id: each for each in before.invoices}
    items = {} if before is None else {each.id: each for each in before.pending_items}
    notes = {} if before is None else {each.id: each for each in before.credit_notes}
    events: list[Event] = []
    if changes.customer is not None:
        events += _customer(None if before is None else before.customer, changes.customer, now)
    for subscription in changes.subscriptions:
        was = known.get(subscription.id)
        events += _told(was is not None, noticed_of_subscription(was, subscription, now), now)
    for item in changes.pending_items:
        events += _told(item.id in items, _item(items.get(item.id), item, now), now)
    for invoice in changes.invoices:
        bill = bills.get(invoice.id)
        events += _told(bill is not None, noticed_of_invoice(bill, invoice, now), now)
    for note in changes.credit_notes:
        events += _told(note.id in notes, _credit_note(notes.get(note.id), note, now), now)
    return tuple(each for each in events if each.customer == owner)


def _told(known: bool, events: Iterable[Event], now: datetime) -> list[Event]:
    """The events of one thing; of one that was not known those that are no history."""
    return [each for each in events if known or each.at >= now - RECENT]


def _customer(before: Customer | None, after: Customer, now: datetime) -> Iterator[Event]:
    if after.deleted:
        if before is not None and not before.deleted:
            yield CustomerDeleted(customer=after.id, at=now)
        return
    if before is None:
        if after.created >= now - RECENT:
            yield CustomerCreated(customer=after.id, at=after.created)
    else:
        names = (each for each in after.__struct_fields__ if each not in _BOOKKEEPING)
        fields = tuple(each for each in names if getattr(before, each) != getattr(after, each))
        if fields:
            yield CustomerUpdated(customer=after.id, at=now, fields=fields)
    had = {} if before is None else {each.id: each for each in before.payment_methods}
    has = {each.id: each for each in after.payment_methods}
    for method in has.values():
        if method.id not in had:
            if before is not None or method.created >= now - RECENT:
                yield PaymentMethodChanged(customer=after.id, method=method.id, at=now, what="attached")
        elif method != had[method.id]:
            yield PaymentMethodChanged(customer=after.id, method=method.id, at=now, what="changed")
    for gone in had.keys() - has.keys():
        yield PaymentMethodChanged(customer=after.id, method=gone, at=now, what="detached")


def _item(before: PendingItem | None, after: PendingItem, now: datetime) -> Iterator[Event]:
    if after.deleted:
        if before is not None and not before.deleted:
            yield InvoiceItemChanged(customer=after.customer, item=after.id, at=now, what="dropped")
    elif before is None:
        yield InvoiceItemChanged(customer=after.customer, item=after.id, at=after.created, what="made")
    elif (before.line, before.discounts) != (after.line, after.discounts):
        yield InvoiceItemChanged(customer=after.customer, item=after.id, at=now, what="changed")


def _credit_note(before: CreditNote | None, after: CreditNote, now: datetime) -> Iterator[Event]:
    owner, invoice, id_ = after.customer, after.invoice, after.id
    if before is None:
        yield CreditNoteIssued(customer=owner, invoice=invoice, credit_note=id_, at=after.created)
    elif before.metadata != after.metadata:
        yield CreditNoteEdited(customer=owner, invoice=invoice, credit_note=id_, at=now)
    if after.status == "void" and (before is None or before.status != "void"):
        yield CreditNoteVoided(customer=owner, invoice=invoice, credit_note=id_, at=after.voided_at or now)

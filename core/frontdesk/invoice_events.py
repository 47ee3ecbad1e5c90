"""What happened to invoices: how they came to be, were paid or not, and were taken back. Amounts are in minor units."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from frontdesk.reminders import Stage


class InvoiceFinalized(Struct, frozen=True, tag="invoice_finalized", kw_only=True):
    """An invoice was issued. `quiet`: whoever issued it did not want a letter written."""

    customer: str
    invoice: str
    at: datetime
    quiet: bool = False


class InvoicePaid(Struct, frozen=True, tag="invoice_paid", kw_only=True):
    """An invoice was paid in full, or was due nothing."""

    customer: str
    invoice: str
    at: datetime


class InvoiceDrafted(Struct, frozen=True, tag="invoice_drafted", kw_only=True):
    """A draft was begun. Nothing is asked of the customer yet."""

    customer: str
    invoice: str
    at: datetime


class InvoiceEdited(Struct, frozen=True, tag="invoice_edited", kw_only=True):
    """A draft changed, or the metadata of an issued invoice. `fields` names what."""

    customer: str
    invoice: str
    at: datetime
    fields: tuple[str, ...]


class InvoiceDropped(Struct, frozen=True, tag="invoice_dropped", kw_only=True):
    """A draft was deleted."""

    customer: str
    invoice: str
    at: datetime


class InvoiceSent(Struct, frozen=True, tag="invoice_sent", kw_only=True):
    """Somebody asked for an issued invoice to be sent."""

    customer: str
    invoice: str
    at: datetime


class InvoiceReminded(Struct, frozen=True, tag="invoice_reminded", kw_only=True):
    """The customer is reminded of an invoice that is past due. `reminder` is the record of it."""

    customer: str
    invoice: str
    reminder: str
    stage: Stage
    at: datetime


class InvoiceUpcoming(Struct, frozen=True, tag="invoice_upcoming", kw_only=True):
    """A subscription renews at `renews`. `invoice` is the id of what is to come, among the changes' `foreseen`."""

    customer: str
    subscription: str
    invoice: str
    renews: datetime
    at: datetime


class InvoiceWillBeDue(Struct, frozen=True, tag="invoice_will_be_due", kw_only=True):
    """An invoice that is not paid will be due in some days."""

    customer: str
    invoice: str
    at: datetime


class InvoiceOverdue(Struct, frozen=True, tag="invoice_overdue", kw_only=True):
    """An invoice was not paid by the day on which it was due, or some days after it."""

    customer: str
    invoice: str
    at: datetime


class InvoiceItemChanged(Struct, frozen=True, tag="invoice_item_changed", kw_only=True):
    """An invoice item was made, changed or dropped."""

    customer: str
    item: str
    at: datetime
    what: Literal["made", "changed", "dropped"]


class PaymentRecorded(Struct, frozen=True, tag="payment_recorded", kw_only=True):
    """Something came in for an invoice. `amount` in minor units."""

    customer: str
    invoice: str
    payment: str
    amount: int
    at: datetime


class PaymentReversed(Struct, frozen=True, tag="payment_reversed", kw_only=True):
    """A payment was undone by the record `payment`; `amount` in minor units is what is missing again."""

    customer: str
    invoice: str
    payment: str
    amount: int
    at: datetime


class PaymentFailed(Struct, frozen=True, tag="payment_failed", kw_only=True):
    """An invoice could not be charged. It is tried again at `next_attempt`, None being never by itself."""

    customer: str
    invoice: str
    at: datetime
    decline_code: str
    next_attempt: datetime | None = None


class RefundMade(Struct, frozen=True, tag="refund_made", kw_only=True):
    """A charge goes back to its card, or a part of it. `amount` in minor units; `invoice` None where none was paid."""

    customer: str
    invoice: str | None = None
    refund: str
    amount: int
    at: datetime


class RefundFailed(Struct, frozen=True, tag="refund_failed", kw_only=True):
    """The bank sent a refund back: its `amount` did not reach the card. `invoice` None where none was paid."""

    customer: str
    invoice: str | None = None
    refund: str
    amount: int
    at: datetime


class CreditNoteIssued(Struct, frozen=True, tag="credit_note_issued", kw_only=True):
    """Part of an invoice was taken back. `quiet`: whoever did it did not want a letter written."""

    customer: str
    invoice: str
    credit_note: str
    at: datetime
    quiet: bool = False


class CreditNoteEdited(Struct, frozen=True, tag="credit_note_edited", kw_only=True):
    """The metadata of a credit note changed."""

    customer: str
    invoice: str
    credit_note: str
    at: datetime


class CreditNoteVoided(Struct, frozen=True, tag="credit_note_voided", kw_only=True):
    """A credit note was taken back."""

    customer: str
    invoice: str
    credit_note: str
    at: datetime


class InvoiceVoided(Struct, frozen=True, tag="invoice_voided", kw_only=True):
    """An invoice was taken back: nothing is to be paid for it."""

    customer: str
    invoice: str
    at: datetime


class InvoiceMarkedUncollectible(Struct, frozen=True, tag="invoice_marked_uncollectible", kw_only=True):
    """Nobody expects an invoice to be paid any more."""

    customer: str
    invoice: str
    at: datetime

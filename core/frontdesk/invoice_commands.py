"""Commands about invoices: items and drafts that are written by hand, and what becomes of those that are issued.

A field left `UNSET` stays as it is; `None` clears it. Ids of what is made are given by the caller, so that a retry
makes the same thing.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from frontdesk.book import CustomField, MetadataChange, TaxBehavior
from frontdesk.coupons import DiscountChoice
from frontdesk.refunds import NoteRefund
from frontdesk.reminders import Stage


class ItemCharge(Struct, frozen=True, kw_only=True):
    """What an item bills: exactly one of a sum (`amount`, minor units, negative for a credit), a one-time price, or a
    unit amount with, optionally, the product that it is for; the last two `quantity` times."""

    amount: int | None = None
    price: str | None = None
    unit_amount: Decimal | None = None
    product: str | None = None
    quantity: int = 1


class CreateInvoiceItem(Struct, frozen=True, tag=True, kw_only=True):
    """Put a line aside for the customer's next invoice, or on a draft (`invoice`).

    `currency` None means that of the price, else the draft's, else the customer's. `period` is the present instant
    where it is None.
    """

    id: str
    charge: ItemCharge
    currency: str | None = None
    invoice: str | None = None
    subscription: str | None = None
    description: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    tax_rates: tuple[str, ...] = ()
    tax_code: str | None = None
    """In place of the product's, where tax is automatic; likewise `tax_behavior` and the price's."""
    tax_behavior: TaxBehavior | None = None
    discounts: tuple[DiscountChoice, ...] = ()
    discountable: bool | None = None
    """Whether discounts may take something off it; None: unless it is a credit."""
    metadata: Mapping[str, str] = {}


class UpdateInvoiceItem(Struct, frozen=True, tag=True, kw_only=True):
    """Change an item that is on no invoice, or on a draft."""

    item: str
    charge: ItemCharge | UnsetType = UNSET
    description: str | UnsetType | None = UNSET
    start: datetime | UnsetType = UNSET
    end: datetime | UnsetType = UNSET
    tax_rates: tuple[str, ...] | UnsetType = UNSET
    tax_code: str | UnsetType | None = UNSET
    tax_behavior: TaxBehavior | UnsetType = UNSET
    discounts: tuple[DiscountChoice, ...] | UnsetType = UNSET
    discountable: bool | UnsetType = UNSET
    metadata: MetadataChange | UnsetType = UNSET


class DeleteInvoiceItem(Struct, frozen=True, tag=True, kw_only=True):
    """Drop an item that is on no invoice, or on a draft. One that `waits` leaves its draft and waits for another."""

    item: str
    waits: bool = False


class InvoiceFields(Struct, frozen=True, kw_only=True):
    """The part of a draft that can be written. `days_until_due` counts from the day on which it is issued.

    `discounts` left out means those that it has, at first the customer's own.
    """

    days_until_due: int | UnsetType | None = UNSET
    due_date: datetime | UnsetType | None = UNSET
    description: str | UnsetType | None = UNSET
    footer: str | UnsetType | None = UNSET
    custom_fields: tuple[CustomField, ...] | UnsetType = UNSET
    automatic_tax: bool | UnsetType = UNSET
    discounts: tuple[DiscountChoice, ...] | UnsetType = UNSET
    metadata: MetadataChange | UnsetType = UNSET


class CreateInvoice(Struct, frozen=True, tag=True, kw_only=True):
    """Begin a draft. `pending` says whether it takes the items that wait: those of `subscription`, or, without one,
    those of no running subscription."""

    id: str
    currency: str | None = None
    subscription: str | None = None
    pending: Literal["include", "exclude"] = "exclude"
    fields: InvoiceFields = InvoiceFields()


class UpdateInvoice(Struct, frozen=True, tag=True, kw_only=True):
    """Change a draft. Of an issued invoice only the metadata can change."""

    invoice: str
    fields: InvoiceFields


class DeleteInvoice(Struct, frozen=True, tag=True, kw_only=True):
    """Drop a draft. Items that had waited before wait again; those that were made for it go with it."""

    invoice: str


class FinalizeInvoice(Struct, frozen=True, tag=True, kw_only=True):
    """Issue a draft: its number is drawn, and it never changes again. `send` writes the customer a letter."""

    invoice: str
    send: bool = False


class SendInvoice(Struct, frozen=True, tag=True, kw_only=True):
    """Send an unpaid invoice to the customer, once more if need be; a draft is issued first."""

    invoice: str


class RemindOfInvoice(Struct, frozen=True, tag=True, kw_only=True):
    """Remind the customer of an unpaid invoice now; `by` says who asked for it."""

    id: str
    invoice: str
    stage: Stage
    by: str


class PayInvoice(Struct, frozen=True, tag=True, kw_only=True):
    """Record that what is left of an open invoice was paid outside the backend, `by` whom."""

    invoice: str
    by: str = ""


class VoidInvoice(Struct, frozen=True, tag=True, kw_only=True):
    """Take an unpaid invoice back: it keeps its number, asks for nothing, and gives back the balance it had taken."""

    invoice: str


class MarkUncollectible(Struct, frozen=True, tag=True, kw_only=True):
    """Give up on an open invoice. It can still be paid or voided."""

    invoice: str


class RecordPayment(Struct, frozen=True, tag=True, kw_only=True):
    """Record that something came in for an invoice: on which day, with which reference, and who says so (`by`).

    What is more than is open becomes the customer's credit.
    """

    id: str
    invoice: str
    amount: int
    received: date
    by: str
    reference: str | None = None


class ReversePayment(Struct, frozen=True, tag=True, kw_only=True):
    """Record that a payment was none, or went back. What it had made of credit is taken back too."""

    id: str
    invoice: str
    payment: str
    by: str


class CreditLine(Struct, frozen=True, kw_only=True):
    """What is taken back: of a line of the invoice an `amount` (before taxes on top) or a `quantity`; or, where
    `source` is None, `quantity` times a `unit_amount` that is described."""

    source: str | None = None
    amount: int | None = None
    quantity: int | None = None
    unit_amount: Decimal | None = None
    description: str | None = None


class CreateCreditNote(Struct, frozen=True, tag=True, kw_only=True):
    """Take back part of an issued invoice, or all of it: single lines, or an `amount` of an invoice without taxes.

    What is still open is lowered first. Of the rest, `out_of_band` went back outside, `refund` goes back to the card
    that paid, by a refund that is made for it, and `refunds` did so before; what is left of it is credit.
    """

    id: str
    invoice: str
    lines: tuple[CreditLine, ...] = ()
    amount: int | None = None
    credit: int | None = None
    out_of_band: int = 0
    refund: int = 0
    refunds: tuple[NoteRefund, ...] = ()
    reason: Literal["duplicate", "fraudulent", "order_change", "product_unsatisfactory"] | None = None
    memo: str | None = None
    quiet: bool = False
    """Whether the customer gets no letter about it."""
    metadata: Mapping[str, str] = {}


class VoidCreditNote(Struct, frozen=True, tag=True, kw_only=True):
    """Take a credit note back that only lowered what was open."""

    invoice: str
    credit_note: str


class UpdateCreditNote(Struct, frozen=True, tag=True, kw_only=True):
    """Change the notes that programs keep of a credit note. What it says stays as it was issued."""

    invoice: str
    credit_note: str
    metadata: Mapping[str, str | None]


class AdjustBalance(Struct, frozen=True, tag=True, kw_only=True):
    """Change by hand what is carried to the next invoice, by `amount` minor units: less is credit, more is owed."""

    amount: int
    currency: str
    description: str | None = None
    metadata: Mapping[str, str] = {}


InvoiceCommand = (
    CreateInvoiceItem
    | UpdateInvoiceItem
    | DeleteInvoiceItem
    | CreateInvoice
    | UpdateInvoice
    | DeleteInvoice
    | FinalizeInvoice
    | SendInvoice
    | RemindOfInvoice
)

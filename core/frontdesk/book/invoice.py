"""What is to be paid: lines, invoices, what came in for them, and what was taken back."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from frontdesk.book.catalogue import TaxBehavior
from frontdesk.book.customer import Address, CustomField
from frontdesk.book.metadata import Metadata
from frontdesk.coupons import Discount, LineDiscount
from frontdesk.payment_methods import PaymentAttempt
from frontdesk.refunds import NoteRefund, Refund
from frontdesk.tax_rates import AppliedRate, Tax, TaxExempt

CollectionMethod = Literal["charge_automatically", "send_invoice"]
InvoiceStatus = Literal["draft", "open", "paid", "uncollectible", "void"]
BillingReason = Literal[
    "manual", "subscription_create", "subscription_cycle", "subscription_update", "subscription_cancel"
]
LineKind = Literal["charge", "unused_time", "remaining_time", "trial"]


class Line(Struct, frozen=True, kw_only=True):
    """One line of an invoice or a quote.

    `kind` with the product's name, quantity and period is what faces turn into words in the reader's language;
    names and labels are copied in, because an invoice must not change when the catalogue does.
    `unused_time` is a credit and negative; `trial` costs nothing. `partial` says that a charge bills a part of a period
    alone: the first or the last one. `unit_amount` buys `package` units; it is None where the price has tiers.
    `amount` is what is left after `discounts`; on a proration they are inside of it and no line of their own.
    `taxes` are what `tax_rates` make of it, worked out when the invoice is issued: those of exclusive rates are not in
    `amount`.
    """

    id: str
    kind: LineKind
    amount: int
    currency: str
    quantity: int
    start: datetime
    end: datetime
    price: str | None = None
    product: str | None = None
    product_name: str = ""
    unit_label: str | None = None
    unit_amount: Decimal | None = None
    package: int = 1
    subscription: str | None = None
    subscription_item: str | None = None
    pending_item: str | None = None
    proration: bool = False
    partial: bool = False
    discounts: tuple[LineDiscount, ...] = ()
    tax_rates: tuple[AppliedRate, ...] = ()
    taxes: tuple[Tax, ...] = ()
    tax_code: str | None = None
    """Of a line that was written by hand: None means the preset."""
    tax_behavior: TaxBehavior = "unspecified"
    """Likewise."""
    discountable: bool = True
    """Whether discounts may take something off it. Of a proration they never do: they are inside of it already."""
    description: str | None = None
    metadata: Metadata = {}

    @property
    def gross(self) -> int:
        """The amount before discounts; of a proration the amount, since it is not discounted again."""
        return self.amount if self.proration else self.before_discounts

    @property
    def before_discounts(self) -> int:
        """The amount with what discounts took off it, inside of a proration too."""
        return self.amount + sum(each.amount for each in self.discounts)


class PendingItem(Struct, frozen=True, kw_only=True):
    """A line that waits for the customer's next invoice (Stripe: invoice item). `invoice` is set once it is on one."""

    id: str
    customer: str
    line: Line
    created: datetime
    version: int = 1
    subscription: str | None = None
    invoice: str | None = None
    made_for_invoice: bool = False
    """Whether it never waited, but was written on its draft. It goes where the draft goes."""
    discounts: tuple[Discount, ...] = ()
    """Of its own. They come before those of the draft that it is on."""
    deleted: bool = False


class Party(Struct, frozen=True, kw_only=True):
    """Seller or buyer as printed on an invoice, copied at finalisation."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    address: Address | None = None
    tax_number: str | None = None
    tax_ids: tuple[tuple[str, str], ...] = ()
    """Of a buyer: types and values."""


class Payment(Struct, frozen=True, kw_only=True):
    """Something that came in for an invoice, or, where it `reverses` another, that this one did not.

    `amount` is what came in and `overpaid` the part of it that became credit; both are negative in a reversal.
    `received` is the day, `recorded` the instant at which somebody (`by`) said so.
    """

    id: str
    amount: int
    received: date
    recorded: datetime
    by: str
    overpaid: int = 0
    reference: str | None = None
    reverses: str | None = None
    charge: str | None = None
    """The attempt of the invoice by which a payment method was charged; None of what came in outside."""


class SetOff(Struct, frozen=True):
    """Credit that was set against an invoice that was not paid, instead of going to the balance.

    `invoice` gave it; None says that it was in the balance as this one was opened again.
    """

    amount: int
    at: datetime
    invoice: str | None = None


class Invoice(Struct, frozen=True, kw_only=True):
    """A bill. Once it is no draft its lines, totals and parties never change.

    `total` is the sum of the lines and of the `taxes` that come on top of them. `starting_balance` and
    `ending_balance` are the customer's balance in the currency before and after it was applied;
    `amount_due = max(0, total + starting_balance)` (a negative total goes to the balance). `number` is drawn by the
    desk when the invoice is committed, because only the committing transaction can be gapless.
    """

    id: str
    customer: str
    status: InvoiceStatus
    currency: str
    lines: tuple[Line, ...]
    total: int
    starting_balance: int
    ending_balance: int
    amount_due: int
    created: datetime
    period_start: datetime
    period_end: datetime
    billing_reason: BillingReason
    version: int = 1
    amount_paid: int = 0
    amount_credited: int = 0
    """What credit notes, and credit that was `set_off`, took off what was open."""
    amount_credited_later: int = 0
    """What credit notes took back after it was paid."""
    number: str | None = None
    subscription: str | None = None
    collection_method: CollectionMethod = "send_invoice"
    due_date: datetime | None = None
    finalized_at: datetime | None = None
    paid_at: datetime | None = None
    paid_out_of_band: bool = False
    payments: tuple[Payment, ...] = ()
    """In the order in which they were recorded. What was paid before there were records has none."""
    set_offs: tuple[SetOff, ...] = ()
    attempts: tuple[PaymentAttempt, ...] = ()
    """To charge it, oldest first."""
    next_attempt: datetime | None = None
    """When it is tried again by itself."""
    told_of_due: datetime | None = None
    told_overdue: datetime | None = None
    """The due dates of which programs were told beforehand, and once they were over (`frontdesk.notices`)."""
    refunds: tuple[Refund, ...] = ()
    """Of its charges, oldest first. They change nothing of what was paid."""
    voided_at: datetime | None = None
    marked_uncollectible_at: datetime | None = None
    days_until_due: int | None = None
    """From issue to `due_date`; None where the date was given."""
    deleted: bool = False
    """Only a draft can be."""
    buyer: Party = Party()
    seller: Party = Party()
    custom_fields: tuple[CustomField, ...] = ()
    footer: str | None = None
    discounts: tuple[Discount, ...] = ()
    """Those that took something off a line, as they were."""
    own_discounts: bool = False
    """Of a draft: whether it was said which discounts it has. Else it has the customer's own when it is issued."""
    taxes: tuple[Tax, ...] = ()
    """By rate, over all lines."""
    tax_exempt: TaxExempt = "none"
    """Of the customer, when it was issued."""
    automatic_tax: bool = False
    description: str | None = None
    statement_descriptor: str | None = None
    """The line that its payment has on a bank statement, as it was when it was issued."""
    hosted_invoice_url: str | None = None
    """Where a remote backend shows it, and takes the payment, on a page of its own."""
    invoice_pdf: str | None = None
    """Where a remote backend keeps its document."""
    metadata: Metadata = {}

    @property
    def amount_remaining(self) -> int:
        """What is still to be paid, in minor units; 0 for a void invoice."""
        return 0 if self.status == "void" else self.amount_due - self.amount_paid - self.amount_credited

    @property
    def amount_set_off(self) -> int:
        """What of `amount_credited` is credit that was set against it, in minor units."""
        return sum(each.amount for each in self.set_offs)

    @property
    def reverse_charged(self) -> bool:
        """Whether the buyer owes the tax of it, or of a part of it, which it must then say."""
        return self.tax_exempt == "reverse" or any(each.rate.exempt == "reverse" for each in self.taxes)

    @property
    def subtotal(self) -> int:
        """The sum of the lines, after discounts and before the taxes that come on top."""
        return self.total - sum(each.amount for each in self.taxes if not each.rate.inclusive)

    @property
    def total_without_tax(self) -> int:
        """The total less all taxes, those that prices include too."""
        return self.total - sum(each.amount for each in self.taxes)


class CreditNote(Struct, frozen=True, kw_only=True):
    """What of an issued invoice is taken back. Its lines and sums never change; it can be voided.

    `lines` are like those of the invoice, with positive amounts: `source_line` of each, in `sources`, names the line of
    the invoice that it corrects, or is None. `total` is the sum of the lines and the `taxes` on top of them.
    `pre_payment` of it lowers what is still to be paid; the rest became credit (`credited`), went back outside, or was
    `paid_back` by refunds.
    """

    id: str
    customer: str
    invoice: str
    currency: str
    lines: tuple[Line, ...]
    sources: tuple[str | None, ...]
    total: int
    pre_payment: int
    credited: int
    out_of_band: int
    created: datetime
    version: int = 1
    status: Literal["issued", "void"] = "issued"
    number: str | None = None
    taxes: tuple[Tax, ...] = ()
    reason: Literal["duplicate", "fraudulent", "order_change", "product_unsatisfactory"] | None = None
    memo: str | None = None
    voided_at: datetime | None = None
    buyer: Party = Party()
    seller: Party = Party()
    paid_back: tuple[NoteRefund, ...] = ()
    metadata: Metadata = {}

    @property
    def refunded(self) -> int:
        """What of it went back to cards."""
        return sum(each.amount for each in self.paid_back)

    @property
    def post_payment(self) -> int:
        """What of it was not open any more."""
        return self.total - self.pre_payment

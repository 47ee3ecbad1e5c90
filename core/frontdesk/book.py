"""The book: our own record of a side's billing world.

Amounts are integers in the currency's ISO 4217 minor units; currencies are lower-case ISO codes; times are aware UTC.
Every snapshot carries a `version`: an older one never replaces a newer one, so that any order of news ends in the
same book. The words are Stripe's where Stripe has one (docs.stripe.com/api), because they are the field's.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from frontdesk.coupons import Coupon, Discount, LineDiscount, PromotionCode
from frontdesk.notice_settings import NoticeSettings
from frontdesk.payment_methods import CollectionSettings, PaymentAttempt, PaymentMethod
from frontdesk.refunds import NoteRefund, Refund
from frontdesk.reminders import Reminder, ReminderSettings
from frontdesk.tax_ids import TaxId
from frontdesk.tax_rates import AppliedRate, Tax, TaxExempt, TaxRate
from frontdesk.tax_settings import TaxSettings

Interval = Literal["day", "week", "month", "year"]
ProrationBehavior = Literal["none", "create_prorations", "always_invoice"]
CollectionMethod = Literal["charge_automatically", "send_invoice"]
BillingMode = Literal["classic", "flexible"]
TaxBehavior = Literal["inclusive", "exclusive", "unspecified"]
BillingScheme = Literal["per_unit", "tiered"]
TiersMode = Literal["graduated", "volume"]
SubscriptionStatus = Literal[
    "incomplete", "incomplete_expired", "trialing", "active", "past_due", "unpaid", "paused", "canceled"
]
InvoiceStatus = Literal["draft", "open", "paid", "uncollectible", "void"]
BillingReason = Literal[
    "manual", "subscription_create", "subscription_cycle", "subscription_update", "subscription_cancel"
]

ACTIVE: frozenset[SubscriptionStatus] = frozenset({"active", "trialing", "past_due"})
"""What "an active subscription" means when a sign-in chooses among customers."""
ENDED: frozenset[SubscriptionStatus] = frozenset({"canceled", "incomplete_expired"})

Metadata = Mapping[str, str]


class Address(Struct, frozen=True, kw_only=True):
    """A postal address. `country` is an ISO 3166-1 alpha-2 code in capitals."""

    line1: str | None = None
    line2: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None


class Shipping(Struct, frozen=True, kw_only=True):
    """Where goods go: an address with the name and phone of who receives them."""

    address: Address
    name: str
    phone: str | None = None


class CustomField(Struct, frozen=True):
    """A line that a business prints on its invoices: `name` up to 40 characters, `value` up to 140."""

    name: str
    value: str


class Customer(Struct, frozen=True, kw_only=True):
    """Who is billed. `email` is billing data and the sign-in address; several customers may share one.

    `balances` holds, by currency, what is carried to the next invoice: negative is credit, positive is owed.
    `trusted_phone` is the number that codes may be texted to: `phone`, as the tenant set it. One that the customer
    changed is not trusted (`frontdesk.trusted_phones`).
    """

    id: str
    created: datetime
    version: int = 1
    email: str | None = None
    name: str | None = None
    phone: str | None = None
    trusted_phone: str | None = None
    description: str | None = None
    address: Address | None = None
    shipping: Shipping | None = None
    preferred_locales: tuple[str, ...] = ()
    currency: str | None = None
    balances: Mapping[str, int] = {}
    invoice_fields: tuple[CustomField, ...] = ()
    invoice_footer: str | None = None
    tax_exempt: TaxExempt = "none"
    tax_ids: tuple[TaxId, ...] = ()
    discount: Discount | None = None
    """For all subscriptions that have none of their own."""
    payment_methods: tuple[PaymentMethod, ...] = ()
    """Those that are attached, oldest first."""
    default_payment_method: str | None = None
    """Pays for all subscriptions that have none of their own."""
    metadata: Metadata = {}
    deleted: bool = False


class MarketingFeature(Struct, frozen=True):
    """One selling point of a product, up to 80 characters."""

    name: str


class Product(Struct, frozen=True, kw_only=True):
    """What is sold. `unit_label` ("seat") is printed as "per seat"."""

    id: str
    name: str
    created: datetime
    updated: datetime
    version: int = 1
    active: bool = True
    description: str | None = None
    images: tuple[str, ...] = ()
    tax_code: str | None = None
    statement_descriptor: str | None = None
    unit_label: str | None = None
    marketing_features: tuple[MarketingFeature, ...] = ()
    default_price: str | None = None
    url: str | None = None
    shippable: bool | None = None
    metadata: Metadata = {}
    deleted: bool = False


class Recurring(Struct, frozen=True, kw_only=True):
    """How often a price is billed: every `interval_count` intervals, at most three years.

    A `metered` price is billed for what its `meter` counted, when the period is over.
    """

    interval: Interval
    interval_count: int = 1
    usage_type: Literal["licensed", "metered"] = "licensed"
    meter: str | None = None


class Tier(Struct, frozen=True, kw_only=True):
    """A range of quantities up to and including `up_to`; None is the last, without an end.

    It begins with the unit after the tier before it. Amounts are in minor units and may have decimals; at least one of
    the two is there: `unit_amount` for each unit, `flat_amount` once for the tier.
    """

    up_to: int | None
    unit_amount: Decimal | None = None
    flat_amount: Decimal | None = None


class TransformQuantity(Struct, frozen=True, kw_only=True):
    """Selling in packages: the quantity is divided by `divide_by` and rounded before it is multiplied."""

    divide_by: int
    round: Literal["up", "down"]


class CurrencyOption(Struct, frozen=True, kw_only=True):
    """What a price is in one more currency: `unit_amount`, or `tiers` where the price has tiers."""

    unit_amount: Decimal | None = None
    tiers: tuple[Tier, ...] = ()
    tax_behavior: TaxBehavior = "unspecified"


class Price(Struct, frozen=True, kw_only=True):
    """What a product costs. `unit_amount` is in minor units and may have decimals (at most 12 places).

    A `tiered` price has tiers in its place: `graduated` counts each unit at its own tier, `volume` all units at the
    tier of the whole quantity. `frontdesk.pricing` says what a quantity costs. Amounts, currency and interval never
    change after creation, so a quote that names a price stays true; only a further currency can be added.
    """

    id: str
    product: str
    currency: str
    created: datetime
    unit_amount: Decimal | None = None
    version: int = 1
    recurring: Recurring | None = None
    active: bool = True
    nickname: str | None = None
    lookup_key: str | None = None
    tax_behavior: TaxBehavior = "unspecified"
    billing_scheme: BillingScheme = "per_unit"
    tiers: tuple[Tier, ...] = ()
    tiers_mode: TiersMode | None = None
    transform_quantity: TransformQuantity | None = None
    currency_options: Mapping[str, CurrencyOption] = {}
    metadata: Metadata = {}


class Billed(Struct, frozen=True, kw_only=True):
    """What an item was last debited for: `amount` (minor units, discounts taken off) for `[start, end)`.

    In flexible billing mode a credit is computed from this, not from the present price (trust.md §D2).
    `tax_rates` are those of that debit.
    """

    amount: int
    start: datetime
    end: datetime
    tax_rates: tuple[AppliedRate, ...] = ()


class Usage(Struct, frozen=True, kw_only=True):
    """What was reported of a metered item `since` an instant, and is not billed yet.

    `at` is the instant of the report that it is, where the last one counts.
    """

    value: int
    since: datetime
    at: datetime | None = None


class SubscriptionItem(Struct, frozen=True, kw_only=True):
    """One price in a subscription, `quantity` times, with its current period `[period_start, period_end)`.

    An item of a metered price has the quantity 0, and `usage` while what is used counts.
    """

    id: str
    price: str
    quantity: int
    created: datetime
    period_start: datetime
    period_end: datetime
    billed: Billed | None = None
    usage: Usage | None = None
    discounts: tuple[Discount, ...] = ()
    tax_rates: tuple[AppliedRate, ...] = ()
    """In place of the subscription's, where there are any."""
    metadata: Metadata = {}


class CancellationDetails(Struct, frozen=True, kw_only=True):
    """Why a subscription ends: our reason, the customer's feedback (one of a fixed list, or the id of one of the
    tenant's own feedback options) and own words."""

    reason: Literal["cancellation_requested", "payment_failed", "payment_disputed"] | None = None
    feedback: str | None = None
    comment: str | None = None
    feedback_option: str | None = None


class PlannedItem(Struct, frozen=True, kw_only=True):
    """An item as a subscription is going to have it. Without an `id` it is the one of its price, or else a new one."""

    id: str | None
    price: str
    quantity: int


class PutOffChange(Struct, frozen=True, kw_only=True):
    """A change of plan that waits for a renewal of the subscription: all items as they are to be then.

    `asked` is when it was asked for. It comes with the first renewal from `at` on, or, where that is None, with the
    next one; the changes of `then` come after it, one by one. `begun` is when the plan before it began, if it says so.
    """

    items: tuple[PlannedItem, ...]
    asked: datetime
    at: datetime | None = None
    then: tuple["PutOffChange", ...] = ()
    begun: datetime | None = None


class Scheduled(Struct, frozen=True, kw_only=True):
    """A schedule has the subscription to itself from `begun` to `until`, and nothing changes then: it is over.

    `asked` is when it was asked for. Where it has further phases there is a change that waits instead.
    """

    asked: datetime
    begun: datetime
    until: datetime


class Pause(Struct, frozen=True, kw_only=True):
    """A subscription rests since `since`, until `resumes_at` or until somebody resumes it."""

    since: datetime
    resumes_at: datetime | None = None


class AnchorConfig(Struct, frozen=True, kw_only=True):
    """Where in the calendar (UTC) periods begin: on a day of the month, clamped to its length, at a time of day.

    `month` only matters where a period is longer than a month. What is None is as at the subscription's start.
    """

    day_of_month: int
    month: int | None = None
    hour: int | None = None
    minute: int | None = None
    second: int | None = None


class PendingUpdate(Struct, frozen=True, kw_only=True):
    """A change of plan that waits for its `invoice` to be paid: what the subscription is to be then.

    It is dropped at `expires_at`, with the invoice, and as soon as that is void or given up.
    """

    invoice: str
    expires_at: datetime
    items: tuple[SubscriptionItem, ...]
    status: SubscriptionStatus
    anchor: datetime
    anchor_config: AnchorConfig | None = None
    free_until: datetime | None = None
    trial_end: datetime | None = None
    last_discounts: tuple[Discount, ...] = ()


class Subscription(Struct, frozen=True, kw_only=True):
    """A customer's running agreement. All its items share one currency and one interval.

    `anchor` is the instant from which all period boundaries are counted; it may lie ahead. In flexible billing mode a
    cancellation at period end sets `cancel_at`; in classic mode it also sets `cancel_at_period_end` (portal_spec.md
    §C.6). `cancel_prorates` says that what is left of the period at `cancel_at` is given back then.

    While it is `trialing` the items' period is the trial, which ends at `trial_end`; nothing is billed for it.
    Nothing is billed for the time before `free_until` either: a first, partial period that was to be free.
    `reminded_of` is the trial's end that was told of beforehand. While it is `paused` nothing is billed; its period has
    ended with the pause if the rest of it was given back, and is otherwise what was paid for.
    """

    id: str
    customer: str
    status: SubscriptionStatus
    items: tuple[SubscriptionItem, ...]
    currency: str
    created: datetime
    start_date: datetime
    anchor: datetime
    version: int = 1
    collection_method: CollectionMethod = "send_invoice"
    days_until_due: int | None = None
    billing_mode: BillingMode = "flexible"
    cancel_at: datetime | None = None
    cancel_at_period_end: bool = False
    canceled_at: datetime | None = None
    ended_at: datetime | None = None
    cancellation: CancellationDetails = CancellationDetails()
    cancel_prorates: bool = False
    trial_start: datetime | None = None
    trial_end: datetime | None = None
    reminded_of: datetime | None = None
    told_of_renewal: datetime | None = None
    """The end of the period whose renewal was told of beforehand (`frontdesk.notices`)."""
    free_until: datetime | None = None
    anchor_config: AnchorConfig | None = None
    put_off: PutOffChange | None = None
    scheduled: Scheduled | None = None
    schedules: int = 0
    """How many schedules it has had, with the present one: each is known by its number."""
    paused: Pause | None = None
    latest_invoice: str | None = None
    discounts: tuple[Discount, ...] = ()
    last_discounts: tuple[Discount, ...] = ()
    """In classic mode those of the last bill: its credits are computed with them (trust.md §D2)."""
    default_tax_rates: tuple[AppliedRate, ...] = ()
    """For the items that have none of their own."""
    automatic_tax: bool = False
    """Whether rates are worked out for what has none of those."""
    caught_up_at: datetime | None = None
    """When it came back from being unpaid. What was late by then makes it past due no more."""
    offer_taken_at: datetime | None = None
    """When the customer last took an offer to stay (`frontdesk.retention`)."""
    default_payment_method: str | None = None
    """Pays for it in place of the customer's."""
    pending: PendingUpdate | None = None
    description: str | None = None
    metadata: Metadata = {}

    @property
    def period_start(self) -> datetime:
        """Start of the current period (all items share it)."""
        return self.items[0].period_start

    @property
    def period_end(self) -> datetime:
        """End of the current period, exclusive."""
        return self.items[0].period_end

    @property
    def has_schedule(self) -> bool:
        """Whether programs know a schedule of it: a change waits, or a phase is to be over without one."""
        return self.put_off is not None or self.scheduled is not None

    @property
    def awaits_change(self) -> bool:
        """Whether there is something to take back: a schedule, or a change that waits for its payment."""
        return self.has_schedule or self.pending is not None

    @property
    def prices(self) -> frozenset[str]:
        """The ids of all prices that it is billed by, now or by a change that was put off."""
        changes = () if self.put_off is None else (self.put_off, *self.put_off.then)
        planned = (item.price for each in changes for item in each.items)
        waiting = () if self.pending is None else self.pending.items
        return frozenset({*(each.price for each in (*self.items, *waiting)), *planned})

    @property
    def tax_rates(self) -> tuple[AppliedRate, ...]:
        """All tax rates that it or one of its items has."""
        return (*self.default_tax_rates, *(rate for each in self.items for rate in each.tax_rates))

    def is_free_at(self, instant: datetime) -> bool:
        """Whether the time at this instant of the current period is free, so that changes move no money."""
        return self.status == "trialing" or (self.free_until is not None and instant < self.free_until)


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
    own_discounts: bool = False
    """Of a draft: whether it was said which discounts it has. Else it has the customer's own when it is issued."""
    """Those that took something off a line, as they were."""
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


class Account(Struct, frozen=True, kw_only=True):
    """One customer's page of the book: all subscriptions that have not ended, waiting lines, unpaid invoices.

    Drafts are among the invoices, and lines on drafts among the `pending_items`.
    `version` grows by one with each commit that touches the customer.
    """

    customer: Customer
    version: int = 0
    subscriptions: tuple[Subscription, ...] = ()
    pending_items: tuple[PendingItem, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    credit_notes: tuple[CreditNote, ...] = ()
    """Those of the invoice that a command names; only known where one asks for them."""
    reminders: tuple[Reminder, ...] = ()
    """Those of its open invoices."""
    invoiced_before: bool = False
    """Whether there are invoices besides `invoices`; only known where a promotion code for first orders asks."""

    def subscription(self, id: str) -> Subscription | None:
        """The subscription with this id, or None."""
        # A plain loop: this is asked several times for each plan on a page, and a generator costs twice as much.
        for each in self.subscriptions:
            if each.id == id:
                return each
        return None

    def invoice(self, id: str) -> Invoice | None:
        """The open or recent invoice with this id, or None."""
        return next((each for each in self.invoices if each.id == id), None)


class SellerDetails(Struct, frozen=True, kw_only=True):
    """What an invoice must say of the tenant, and how to pay it.

    `bank_account` describes an account without an IBAN in words ("Routing 021000021, account 1234567890").
    """

    name: str = ""
    email: str | None = None
    phone: str | None = None
    address: Address | None = None
    tax_number: str | None = None
    bank_account_holder: str | None = None
    iban: str | None = None
    bic: str | None = None
    bank_account: str | None = None


class BillingSettings(Struct, frozen=True, kw_only=True):
    """How a side bills: its default currency, terms of payment and what its invoices say."""

    currency: str
    days_until_due: int = 14
    invoice_prefix: str = "INV"
    seller: SellerDetails = SellerDetails()
    invoice_footer: str | None = None
    tax: TaxSettings = TaxSettings()
    send_receipts: bool = True
    """Whether customers get a letter once an invoice is paid."""
    send_refund_letters: bool = True
    """Whether customers get a letter about a refund that no credit note speaks of."""
    reminders: ReminderSettings = ReminderSettings()
    collection: CollectionSettings = CollectionSettings()
    notices: NoticeSettings = NoticeSettings()
    cancel_late_after: int | None = None
    """How many days after an invoice was due its subscription ends if it is still unpaid; None: never by itself."""


class Terms(Struct, frozen=True, kw_only=True):
    """What an account is billed by: settings, and the products and prices that its command can touch, by id.

    The descriptors are the tenant's own (`frontdesk.statement_descriptors`).
    """

    settings: BillingSettings
    products: Mapping[str, Product] = {}
    prices: Mapping[str, Price] = {}
    coupons: Mapping[str, Coupon] = {}
    promotion_codes: Mapping[str, PromotionCode] = {}
    tax_rates: Mapping[str, TaxRate] = {}
    statement_descriptor: str | None = None
    short_descriptor: str | None = None

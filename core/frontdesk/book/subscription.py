"""What is billed again and again: a subscription with its items, and what is going to become of it."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from frontdesk.book.invoice import CollectionMethod
from frontdesk.book.metadata import Metadata
from frontdesk.coupons import Discount
from frontdesk.tax_rates import AppliedRate

ProrationBehavior = Literal["none", "create_prorations", "always_invoice"]
BillingMode = Literal["classic", "flexible"]
WithoutMethod = Literal["cancel", "create_invoice", "pause"]
"""What becomes of a trial that ends where nothing can be charged (Stripe's `missing_payment_method`)."""
SubscriptionStatus = Literal[
    "incomplete", "incomplete_expired", "trialing", "active", "past_due", "unpaid", "paused", "canceled"
]
ACTIVE: frozenset[SubscriptionStatus] = frozenset({"active", "trialing", "past_due"})
"""What "an active subscription" means when a sign-in chooses among customers."""
ENDED: frozenset[SubscriptionStatus] = frozenset({"canceled", "incomplete_expired"})


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
    cancellation at period end sets `cancel_at`; in classic mode, and where a program asks for just that, it also sets
    `cancel_at_period_end` (portal_spec.md §C.6). `cancel_prorates` says that what is left of the period at `cancel_at`
    is given back then.

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
    saves_method: bool = False
    """Whether what somebody pays an invoice of it by becomes its default."""
    without_method: WithoutMethod = "create_invoice"
    """What becomes of it at the end of its trial if there is nothing to charge."""
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
        """Whether something is to change that can be taken back: with the next phase, or once it is paid."""
        return self.put_off is not None or self.pending is not None

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

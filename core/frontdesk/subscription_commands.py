"""Commands about subscriptions: how one begins, what becomes of its plan, its pauses and its end.

A field left `UNSET` stays as it is; `None` clears it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from frontdesk.book import (
    AnchorConfig,
    BillingMode,
    CancellationDetails,
    CollectionMethod,
    MetadataChange,
    ProrationBehavior,
    WithoutMethod,
)
from frontdesk.coupons import DiscountChoice
from frontdesk.retention import StayOffer


class NewItem(Struct, frozen=True, kw_only=True):
    """An item that a subscription starts with."""

    price: str
    quantity: int = 1
    discounts: tuple[DiscountChoice, ...] = ()
    tax_rates: tuple[str, ...] = ()
    metadata: Mapping[str, str] = {}


ChangePayment = Literal["allow_incomplete", "error_if_incomplete", "pending_if_incomplete"]
FirstPayment = Literal["allow_incomplete", "default_incomplete", "error_if_incomplete"]
"""What becomes of a bill that cannot be charged (Stripe's payment behaviors): it stays open, it is not even tried, or
nothing happens at all."""


class CreateSubscription(Struct, frozen=True, tag=True, kw_only=True):
    """Start a subscription now and bill its first period. `collection_method` None means what the backend does: where
    it can charge, that it does so if there is a method to charge and no `days_until_due`.

    With a trial (until `trial_end`, or for `trial_days` from now) nothing is billed before its end, which is also
    what periods are counted from, unless an `anchor` is given: a future instant, or a place in the calendar. The time
    up to the anchor is then billed as a part of a period, or is free if `proration_behavior` is `none`.

    `start` lies in the past: the time since is billed too, period by period, unless `proration_behavior` is `none`.
    `currency` None means the customer's where the first price is sold in it, else the first price's own.
    """

    items: tuple[NewItem, ...]
    currency: str | None = None
    trial_end: datetime | None = None
    trial_days: int | None = None
    anchor: datetime | None = None
    anchor_config: AnchorConfig | None = None
    start: datetime | None = None
    proration_behavior: ProrationBehavior = "create_prorations"
    collection_method: CollectionMethod | None = None
    default_payment_method: str | None = None
    """Pays for it in place of the customer's."""
    saves_method: bool = False
    without_method: WithoutMethod = "create_invoice"
    payment: FirstPayment = "allow_incomplete"
    days_until_due: int | None = None
    billing_mode: BillingMode = "flexible"
    discounts: tuple[DiscountChoice, ...] = ()
    default_tax_rates: tuple[str, ...] = ()
    automatic_tax: bool | None = None
    """None means what the side's settings say."""
    description: str | None = None
    metadata: Mapping[str, str] = {}


class ItemChange(Struct, frozen=True, kw_only=True):
    """What becomes of one item: another price, another quantity, or `deleted`. `id` None adds an item."""

    id: str | None = None
    price: str | None = None
    quantity: int | None = None
    deleted: bool = False
    discounts: tuple[DiscountChoice, ...] | UnsetType = UNSET
    tax_rates: tuple[str, ...] | UnsetType = UNSET
    metadata: MetadataChange | UnsetType = UNSET


class ChangePlan(Struct, frozen=True, tag=True, kw_only=True):
    """Change prices, quantities or the items of a subscription.

    A change of interval bills the new interval in full from now and moves the anchor; otherwise `anchor` decides.
    `discounts` are all that the subscription has from then on; `code` is a promotion code that adds one.
    Within a trial nothing is billed and the trial goes on, unless `ends_trial` says that it ends now.
    With `when` "period_end" the change waits for the next renewal, which bills the new plan; nothing is prorated then.
    """

    subscription: str
    items: tuple[ItemChange, ...]
    proration_behavior: ProrationBehavior = "create_prorations"
    anchor: Literal["unchanged", "now"] = "unchanged"
    discounts: tuple[DiscountChoice, ...] | UnsetType = UNSET
    code: str | None = None
    ends_trial: bool = False
    when: Literal["now", "period_end"] = "now"
    payment: ChangePayment = "allow_incomplete"
    """Whether the plan changes all the same where what it costs cannot be charged, not at all, or once it is paid."""
    confirmed: bool = False
    """Whether the holder of the card that pays has just confirmed the payment at the bank."""
    keeps_schedule: bool = False
    """Whether the schedule that the subscription is in goes on: this is its present phase, and those that come are said
    next. Else what waited is dropped, and the schedule with it."""


class PlannedPhase(Struct, frozen=True, kw_only=True):
    """The items that a subscription is to have from an end of one of its periods on (`at`)."""

    at: datetime
    items: tuple[NewItem, ...]


class PlanAhead(Struct, frozen=True, tag=True, kw_only=True):
    """Say with which items a subscription goes on from the ends of coming periods on, in the order of time.

    They come in the place of a change that waits. With `ends` the subscription ends then, else it goes on as in the
    last phase. `begun` is when the present plan began. Without phases, and without an end, only that is noted, and
    `until` when it is over.
    """

    subscription: str
    phases: tuple[PlannedPhase, ...]
    ends: datetime | None = None
    begun: datetime | None = None
    until: datetime | None = None
    same_schedule: bool = False
    """Whether these are other phases of the schedule that the subscription is in. What it had to end it then ends it no
    more, unless at `ends`."""


class UndoPlanChange(Struct, frozen=True, tag=True):
    """Take back what has not come into effect: a change of plan that was put off, and one that waits for its payment,
    with its invoice."""

    subscription: str


class PauseSubscription(Struct, frozen=True, tag=True, kw_only=True):
    """Let a subscription rest, until `resumes_at` or until it is resumed.

    `credit_from` says what is given back of the paid period: what is left "now", all of it ("period_start"), or
    nothing ("none"). It waits for the next invoice unless `invoice_now`.
    """

    subscription: str
    resumes_at: datetime | None = None
    credit_from: Literal["now", "period_start", "none"] = "now"
    invoice_now: bool = False


class MoveResumption(Struct, frozen=True, tag=True, kw_only=True):
    """Let a paused subscription go on at another time: at `resumes_at`, or not before it is resumed. Nothing is billed
    or given back now."""

    subscription: str
    resumes_at: datetime | None


class ResumeSubscription(Struct, frozen=True, tag=True, kw_only=True):
    """Let a paused subscription go on: with a new period from now, billed in full, or in the period that it would be
    in ("unchanged"), whose rest is billed as `proration_behavior` says unless it was paid before the pause."""

    subscription: str
    anchor: Literal["now", "unchanged"] = "now"
    proration_behavior: ProrationBehavior = "create_prorations"


class ChangeDiscounts(Struct, frozen=True, tag=True, kw_only=True):
    """Give a subscription these discounts, and no others, from its next bill on. Nothing is billed or given back."""

    subscription: str
    discounts: tuple[DiscountChoice, ...]


class SetTrialEnd(Struct, frozen=True, tag=True, kw_only=True):
    """Let a trial end at another time, begin one for a subscription that runs, or (`at` None) end it now.

    Periods are counted from its end. A trial that begins within a period that is paid gives back what is left of it,
    as `proration_behavior` says.
    """

    subscription: str
    at: datetime | None = None
    proration_behavior: ProrationBehavior = "create_prorations"


class CancelSubscription(Struct, frozen=True, tag=True, kw_only=True):
    """End a subscription: at the end of its period, at an instant to come (`at`), or now.

    `prorate` gives back unused time as it ends; it does not matter at the end of a period. The last period is billed
    up to `at` alone if it begins later. `invoice_now` bills waiting lines at once and only matters for "now". `flagged`
    notes of an end with the period that it was asked for as such, in flexible billing mode too.
    """

    subscription: str
    when: Literal["period_end", "at", "now"] = "period_end"
    at: datetime | None = None
    prorate: bool = False
    invoice_now: bool = False
    flagged: bool = False
    details: CancellationDetails = CancellationDetails()


class KeepSubscription(Struct, frozen=True, tag=True):
    """Take back a cancellation that has not yet come into effect."""

    subscription: str


class TakeOffer(Struct, frozen=True, tag=True, kw_only=True):
    """Stay, for what was offered: take back the cancellation, if there is one, and do `act`, which is the `offer` put
    into a command for the same subscription.

    It is refused if an offer was taken after `none_since`.
    """

    subscription: str
    offer: StayOffer
    act: ChangeDiscounts | PauseSubscription | ChangePlan
    none_since: datetime | None = None


class StartAgain(Struct, frozen=True, tag=True):
    """Start a subscription that has ended once more, now (`frontdesk.restarts`). A new subscription comes of it."""

    subscription: str


class ExplainCancellation(Struct, frozen=True, tag=True, kw_only=True):
    """Say why, after having cancelled. `feedback_option` is the id of one of the tenant's own answers."""

    subscription: str
    feedback: str | None = None
    comment: str | None = None
    feedback_option: str | None = None


class DescribeSubscription(Struct, frozen=True, tag=True, kw_only=True):
    """Change what moves no money now: metadata, description, terms of payment, tax rates from the next line on."""

    subscription: str
    description: str | UnsetType | None = UNSET
    days_until_due: int | UnsetType = UNSET
    default_tax_rates: tuple[str, ...] | UnsetType = UNSET
    automatic_tax: bool | UnsetType = UNSET
    saves_method: bool | UnsetType = UNSET
    without_method: WithoutMethod | UnsetType = UNSET
    metadata: MetadataChange | UnsetType = UNSET


SubscriptionCommand = (
    ChangePlan
    | ChangeDiscounts
    | SetTrialEnd
    | PlanAhead
    | UndoPlanChange
    | PauseSubscription
    | MoveResumption
    | ResumeSubscription
    | CancelSubscription
    | KeepSubscription
    | TakeOffer
    | ExplainCancellation
    | DescribeSubscription
)
"""What is done to a subscription that has not ended."""

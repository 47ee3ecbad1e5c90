"""Subscriptions with their items, and the changes that wait for a payment or in their schedules."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, get_args

from msgspec import Struct
from msgspec.structs import replace

from frontdesk.book import (
    AnchorConfig,
    CancellationDetails,
    Pause,
    PendingUpdate,
    Subscription,
    SubscriptionItem,
    SubscriptionStatus,
    WithoutMethod,
)
from frontdesk.coupons import Coupon
from frontdesk_stripe.reading.discounts import WireDiscount, discounts_of
from frontdesk_stripe.reading.schedules import WireSchedule, last_phase, put_off
from frontdesk_stripe.reading.tax_rates import WireTaxRate, applied
from frontdesk_stripe.reading.wire import (
    Expandable,
    ListOf,
    NotKnown,
    Reference,
    Unreadable,
    WireAutomaticTax,
    currency_of,
    decoded,
    id_of,
    id_or_none,
    instant,
    instant_or_none,
    one_of,
    own_metadata,
)

SUBSCRIPTION_EXPANSIONS = ("discounts.source.coupon", "discounts.promotion_code", "schedule")
"""What must be asked for with a subscription. What an item's discounts are of lies deeper than the four levels that
Stripe goes, so that items with discounts are asked for one by one."""
ITEM_EXPANSIONS = ("discounts.source.coupon", "discounts.promotion_code")
"""What must be asked for with an item that has discounts."""
OFFER_TAKEN = "frontdesk_offer_taken"
"""The metadata key that says when somebody last stayed for an offer, in unix seconds."""
OUR_OPTION = "frontdesk_feedback_option"
"""The metadata key of an answer of the tenant's own, for which the API version that we speak has no field."""
_REASONS = ("cancellation_requested", "payment_failed", "payment_disputed")
_FEEDBACK = (
    "customer_service",
    "low_quality",
    "missing_features",
    "other",
    "switched_service",
    "too_complex",
    "too_expensive",
    "unused",
)


class WireItem(Struct, frozen=True, kw_only=True):
    """An item. In the older era it has no period of its own; in the oldest it has a `plan` and no price."""

    id: str
    created: int
    price: Expandable | None = None
    plan: Expandable | None = None
    quantity: int | None = None
    current_period_start: int | None = None
    current_period_end: int | None = None
    discounts: Sequence[str | WireDiscount] | None = None
    tax_rates: Sequence[WireTaxRate] | None = None
    metadata: Mapping[str, str] | None = None


class WireBillingMode(Struct, frozen=True):
    """How it is billed."""

    type: str = "classic"


class WireCancellation(Struct, frozen=True, kw_only=True):
    """Why it ends."""

    comment: str | None = None
    feedback: str | None = None
    feedback_option: Expandable | None = None
    reason: str | None = None


class WireAnchor(Struct, frozen=True, kw_only=True):
    """Where in the calendar its periods begin."""

    day_of_month: int
    month: int | None = None
    hour: int | None = None
    minute: int | None = None
    second: int | None = None


class WirePaused(Struct, frozen=True, kw_only=True):
    """Since when it rests."""

    transitioned_at: int | None = None


class WireStatusDetails(Struct, frozen=True):
    """What more there is to say of a status."""

    paused: WirePaused | None = None


class WirePendingUpdate(Struct, frozen=True, kw_only=True):
    """A change that waits for the payment of the latest invoice."""

    expires_at: int
    billing_cycle_anchor: int | None = None
    subscription_items: Sequence[WireItem] | None = None
    trial_end: int | None = None


class WirePaymentSettings(Struct, frozen=True):
    """What becomes of a method that paid."""

    save_default_payment_method: str | None = None


class WireEndBehavior(Struct, frozen=True):
    """What becomes of a trial that ends without a method."""

    missing_payment_method: str | None = None


class WireTrialSettings(Struct, frozen=True):
    """How a trial ends."""

    end_behavior: WireEndBehavior | None = None


class WireSubscription(Struct, frozen=True, kw_only=True):
    """A subscription. Its period, and its one discount, are of the older era."""

    id: str
    customer: Expandable
    status: str
    items: ListOf[WireItem]
    currency: str
    created: int
    start_date: int
    billing_cycle_anchor: int
    billing_cycle_anchor_config: WireAnchor | None = None
    billing_mode: WireBillingMode | None = None
    current_period_start: int | None = None
    current_period_end: int | None = None
    collection_method: str | None = None
    days_until_due: int | None = None
    cancel_at: int | None = None
    cancel_at_period_end: bool = False
    canceled_at: int | None = None
    ended_at: int | None = None
    cancellation_details: WireCancellation | None = None
    trial_start: int | None = None
    trial_end: int | None = None
    status_details: WireStatusDetails | None = None
    schedule: str | WireSchedule | None = None
    latest_invoice: Expandable | None = None
    pending_update: WirePendingUpdate | None = None
    discounts: Sequence[str | WireDiscount] | None = None
    discount: WireDiscount | None = None
    default_tax_rates: Sequence[WireTaxRate] | None = None
    automatic_tax: WireAutomaticTax = WireAutomaticTax()
    default_payment_method: Expandable | None = None
    payment_settings: WirePaymentSettings | None = None
    trial_settings: WireTrialSettings | None = None
    description: str | None = None
    metadata: Mapping[str, str] | None = None


def read_subscription(given: Mapping[str, Any], version: int, coupons: Mapping[str, Coupon]) -> Subscription:
    """A subscription with all its items, asked for with `SUBSCRIPTION_EXPANSIONS`.

    A status that we do not know counts as incomplete: nobody can change it, and nobody is told that it is paid.

    Raises:
        NotKnown: coupons of its discounts.
        Unreadable: it has no items, not all of them were asked for, or nothing says when its period ends.
    """
    wire = decoded(given, WireSubscription)
    if not wire.items.data or wire.items.has_more:
        raise Unreadable(f"subscription {wire.id}: {'not all' if wire.items.has_more else 'no'} items were given")
    missing: set[str] = set()
    items = tuple(_item(each, wire, coupons, missing) for each in wire.items.data)
    given_discounts = wire.discounts if wire.discount is None else [*(wire.discounts or ()), wire.discount]
    discounts = discounts_of(wire.id, given_discounts, coupons, missing)
    if missing:
        raise NotKnown("coupon", missing)
    flexible = wire.billing_mode is not None and wire.billing_mode.type == "flexible"
    ends = instant_or_none(wire.cancel_at)
    status: SubscriptionStatus = one_of(wire.status, get_args(SubscriptionStatus), "incomplete")
    return Subscription(
        id=wire.id,
        version=version,
        customer=id_of(wire.customer),
        status=status,
        items=items,
        currency=currency_of(wire.currency),
        created=instant(wire.created),
        start_date=instant(wire.start_date),
        anchor=instant(wire.billing_cycle_anchor),
        anchor_config=_anchor(wire.billing_cycle_anchor_config),
        collection_method=one_of(wire.collection_method, ("send_invoice",), "charge_automatically"),
        days_until_due=wire.days_until_due,
        billing_mode="flexible" if flexible else "classic",
        cancel_at=items[0].period_end if ends is None and wire.cancel_at_period_end else ends,
        cancel_at_period_end=wire.cancel_at_period_end,
        canceled_at=instant_or_none(wire.canceled_at),
        ended_at=instant_or_none(wire.ended_at),
        cancellation=_cancellation(wire.cancellation_details, (wire.metadata or {}).get(OUR_OPTION)),
        trial_start=instant_or_none(wire.trial_start),
        trial_end=instant_or_none(wire.trial_end),
        put_off=put_off(
            wire.schedule, {id_of(each.price or each.plan or Reference("")): each.id for each in wire.items.data}
        ),
        scheduled=last_phase(wire.schedule),
        paused=_pause(wire) if status == "paused" else None,
        latest_invoice=id_or_none(wire.latest_invoice),
        pending=_pending(wire, items, status),
        offer_taken_at=_noted_instant((wire.metadata or {}).get(OFFER_TAKEN)),
        discounts=discounts,
        default_tax_rates=applied(wire.default_tax_rates or ()),
        automatic_tax=wire.automatic_tax.enabled,
        default_payment_method=id_or_none(wire.default_payment_method),
        saves_method=wire.payment_settings is not None
        and wire.payment_settings.save_default_payment_method == "on_subscription",
        without_method=_without_method(wire.trial_settings),
        description=wire.description,
        metadata=own_metadata(wire.metadata),
    )


def _without_method(wire: WireTrialSettings | None) -> WithoutMethod:
    """What becomes of a trial without anything to charge."""
    behavior = None if wire is None or wire.end_behavior is None else wire.end_behavior.missing_payment_method
    without: WithoutMethod = one_of(behavior, get_args(WithoutMethod), "create_invoice")
    return without


def _item(wire: WireItem, of: WireSubscription, coupons: Mapping[str, Coupon], missing: set[str]) -> SubscriptionItem:
    price = wire.price if wire.price is not None else wire.plan
    start = of.current_period_start if wire.current_period_start is None else wire.current_period_start
    end = of.current_period_end if wire.current_period_end is None else wire.current_period_end
    if price is None or start is None or end is None:
        raise Unreadable(f"subscription item {wire.id}: it has no {'price' if price is None else 'period'}")
    return SubscriptionItem(
        id=wire.id,
        price=id_of(price),
        quantity=wire.quantity or 0,
        created=instant(wire.created),
        period_start=instant(start),
        period_end=instant(end),
        discounts=discounts_of(wire.id, wire.discounts, coupons, missing),
        tax_rates=applied(wire.tax_rates or ()),
        metadata=own_metadata(wire.metadata),
    )


def _cancellation(wire: WireCancellation | None, ours: str | None) -> CancellationDetails:
    """Why it ends. `ours` is an answer of the tenant's own, which is one of the "other" ones there."""
    if wire is None:
        return CancellationDetails()
    reason: Literal["cancellation_requested", "payment_failed", "payment_disputed"] | None
    reason = one_of(wire.reason, _REASONS, None)
    return CancellationDetails(
        reason=reason,
        feedback=one_of(wire.feedback, _FEEDBACK, None if wire.feedback is None else "other"),
        comment=wire.comment,
        feedback_option=id_or_none(wire.feedback_option) or (ours if wire.feedback == "other" else None),
    )


def _noted_instant(noted: str | None) -> datetime | None:
    """An instant that we noted ourselves. Anybody can edit metadata, so that what is no instant is none."""
    return (
        instant(int(noted)) if noted is not None and noted.isascii() and noted.isdigit() and len(noted) < 12 else None
    )


def _anchor(wire: WireAnchor | None) -> AnchorConfig | None:
    if wire is None:
        return None
    return AnchorConfig(
        day_of_month=wire.day_of_month, month=wire.month, hour=wire.hour, minute=wire.minute, second=wire.second
    )


def _pause(wire: WireSubscription) -> Pause:
    said = None if wire.status_details is None else wire.status_details.paused
    since: datetime | None = None if said is None else instant_or_none(said.transitioned_at)
    if since is None and _without_method(wire.trial_settings) == "pause":
        # Stripe says it of pauses that somebody asked for.
        since = instant_or_none(wire.trial_end)
    return Pause(since=since or instant(wire.start_date))


def _pending(
    wire: WireSubscription, items: tuple[SubscriptionItem, ...], status: SubscriptionStatus
) -> PendingUpdate | None:
    """A change that waits for its payment, whose invoice is the latest. Of the discounts of its items Stripe tells no
    more than the ids."""
    waits, invoice = wire.pending_update, id_or_none(wire.latest_invoice)
    if waits is None or invoice is None:
        return None
    now = items[0]
    start, end = int(now.period_start.timestamp()), int(now.period_end.timestamp())
    coming = tuple(
        _item(
            replace(
                each,
                discounts=None,
                current_period_start=each.current_period_start or start,
                current_period_end=each.current_period_end or end,
            ),
            wire,
            {},
            set(),
        )
        for each in waits.subscription_items or ()
    )
    return PendingUpdate(
        invoice=invoice,
        expires_at=instant(waits.expires_at),
        items=coming or items,
        status=status,
        anchor=instant(waits.billing_cycle_anchor or wire.billing_cycle_anchor),
        trial_end=instant_or_none(waits.trial_end),
    )

"""Portal configurations: what a tenant lets its customers do by themselves (Stripe's object, portal_spec.md §A).

The shape is complete, so that what the API takes can be stored and shown. What does not exist yet cannot be switched
on: `frontdesk.portal_configuration_rules` says so in a sentence. A feature that is left out is off.

Where we differ from Stripe on purpose:

* `adjustable_quantity` left out means "any quantity from 1": `quantity` among the allowed updates is permission
  enough, and nobody orders nothing by accident. A minimum of 0 can be asked for.
* Subscription updates do not need payment method updates: a subscription that is paid by invoice can be changed
  (Stripe refuses both, and users complain: portal_spec.md §H 6 and 20).
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from frontdesk.book import Interval, Metadata, ProrationBehavior, Recurring
from frontdesk.frontdesk_settings import FrontdeskSettings

AllowedDetail = Literal["address", "email", "name", "phone", "shipping", "tax_id"]
AllowedUpdate = Literal["price", "promotion_code", "quantity"]
CancelMode = Literal["at_period_end", "immediately"]
CancellationReason = Literal[
    "customer_service",
    "low_quality",
    "missing_features",
    "other",
    "switched_service",
    "too_complex",
    "too_expensive",
    "unused",
]
DEFAULT_REASONS: tuple[CancellationReason, ...] = (
    "too_expensive",
    "missing_features",
    "switched_service",
    "unused",
    "other",
)
"""What is asked when a configuration names no reasons, in this order (Stripe's example)."""


class BusinessProfile(Struct, frozen=True, kw_only=True):
    """What the portal says of the tenant. `headline` has at most 60 characters; None shows a standard one.

    Addresses are http or https; None falls back to those of the brand.
    """

    headline: str | None = None
    privacy_policy_url: str | None = None
    terms_of_service_url: str | None = None


class CustomerUpdate(Struct, frozen=True, kw_only=True):
    """Editing billing details. In a session begun by login link `email` is never editable, whatever stands here."""

    enabled: bool = False
    allowed_updates: tuple[AllowedDetail, ...] = ()


class InvoiceHistory(Struct, frozen=True, kw_only=True):
    """Seeing invoices."""

    enabled: bool = False


class PaymentMethodUpdate(Struct, frozen=True, kw_only=True):
    """Adding and removing payment methods."""

    enabled: bool = False
    payment_method_configuration: str | None = None


class CancellationReasons(Struct, frozen=True, kw_only=True):
    """The question asked after a cancellation. `feedback_options` are ids of the tenant's own answers."""

    enabled: bool = False
    options: tuple[CancellationReason, ...] = DEFAULT_REASONS
    feedback_options: tuple[str, ...] = ()


class SubscriptionCancel(Struct, frozen=True, kw_only=True):
    """Cancelling, and taking a cancellation back until the period ends.

    A cancellation at period end never moves money, so `proration_behavior` matters for `immediately` alone.
    """

    enabled: bool = False
    mode: CancelMode = "at_period_end"
    proration_behavior: ProrationBehavior = "none"
    cancellation_reason: CancellationReasons = CancellationReasons()


class PauseInterval(Struct, frozen=True, kw_only=True):
    """A pause of `interval_count` intervals, at most three years."""

    interval: Interval
    interval_count: int = 1


def recurring_of(pause: PauseInterval) -> Recurring:
    """The pause as an interval that can be counted."""
    return Recurring(interval=pause.interval, interval_count=pause.interval_count)


class PauseDuration(Struct, frozen=True, kw_only=True):
    """How long a customer may pause."""

    type: Literal["indefinite", "interval_options"] = "interval_options"
    interval_options: tuple[PauseInterval, ...] = (PauseInterval(interval="month"),)


class SubscriptionPause(Struct, frozen=True, kw_only=True):
    """Pausing a subscription."""

    enabled: bool = False
    duration: PauseDuration = PauseDuration()


class AdjustableQuantity(Struct, frozen=True, kw_only=True):
    """Which quantities of a product a customer may choose: from `minimum` to `maximum` (None: no end), inclusive."""

    enabled: bool = True
    minimum: int = 1
    maximum: int | None = None


class OfferedProduct(Struct, frozen=True, kw_only=True):
    """A product on the plan page, with the prices that can be chosen."""

    product: str
    prices: tuple[str, ...]
    adjustable_quantity: AdjustableQuantity = AdjustableQuantity()


ScheduleCondition = Literal["decreasing_item_amount", "shortening_interval"]


class SubscriptionUpdate(Struct, frozen=True, kw_only=True):
    """Changing plan and quantity: what may change, to what, and how the difference is billed."""

    enabled: bool = False
    default_allowed_updates: tuple[AllowedUpdate, ...] = ()
    products: tuple[OfferedProduct, ...] = ()
    proration_behavior: ProrationBehavior = "none"
    billing_cycle_anchor: Literal["unchanged", "now"] = "unchanged"
    schedule_at_period_end: tuple[ScheduleCondition, ...] = ()
    trial_update_behavior: Literal["end_trial", "continue_trial"] = "end_trial"


class Features(Struct, frozen=True, kw_only=True):
    """What customers may do. Left out means off: the default of the API."""

    customer_update: CustomerUpdate = CustomerUpdate()
    invoice_history: InvoiceHistory = InvoiceHistory()
    payment_method_update: PaymentMethodUpdate = PaymentMethodUpdate()
    subscription_cancel: SubscriptionCancel = SubscriptionCancel()
    subscription_pause: SubscriptionPause = SubscriptionPause()
    subscription_update: SubscriptionUpdate = SubscriptionUpdate()


class LoginPage(Struct, frozen=True, kw_only=True):
    """Whether the configuration has a login link. Its address is the face's business."""

    enabled: bool = False


class PortalConfiguration(Struct, frozen=True, kw_only=True):
    """One set of portal settings (`bpc_…`). The default one is used where none is named: each side has exactly one.

    `name` is a label for the tenant alone. An inactive configuration opens no sessions. `frontdesk` is what Stripe has
    no word for. A deleted one is kept for the record of what was done under it; for everybody else it is gone.
    """

    id: str
    created: datetime
    updated: datetime
    version: int = 1
    name: str | None = None
    active: bool = True
    is_default: bool = False
    deleted: bool = False
    default_return_url: str | None = None
    business_profile: BusinessProfile = BusinessProfile()
    features: Features = Features()
    login_page: LoginPage = LoginPage()
    frontdesk: FrontdeskSettings = FrontdeskSettings()
    metadata: Metadata = {}

    def offered(self, product: str) -> OfferedProduct | None:
        """What is offered of a product, or None."""
        return next((each for each in self.features.subscription_update.products if each.product == product), None)


def default_configuration(id: str, now: datetime) -> PortalConfiguration:
    """What a side is born with: the defaults of Stripe's dashboard (portal_spec.md §A.6), as far as they exist.

    Payment methods are on there and off here, because there is nothing yet to switch on. The login link is on,
    since a portal without a door would be of no use.
    """
    return PortalConfiguration(
        id=id,
        created=now,
        updated=now,
        is_default=True,
        features=Features(
            customer_update=CustomerUpdate(enabled=True, allowed_updates=("name", "email", "address", "phone")),
            invoice_history=InvoiceHistory(enabled=True),
            subscription_cancel=SubscriptionCancel(enabled=True, cancellation_reason=CancellationReasons(enabled=True)),
        ),
        login_page=LoginPage(enabled=True),
    )

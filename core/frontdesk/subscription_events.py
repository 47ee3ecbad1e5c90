"""What happened to subscriptions: how they began, changed, rested, renewed, fell behind and ended."""

from datetime import datetime

from msgspec import Struct

from frontdesk.retention import StayOffer


class SubscriptionCreated(Struct, frozen=True, tag="subscription_created", kw_only=True):
    """A subscription began."""

    customer: str
    subscription: str
    at: datetime


class PlanChanged(Struct, frozen=True, tag="plan_changed", kw_only=True):
    """Prices, quantities or items of a subscription changed. `before` and `after` are (price, quantity) by item."""

    customer: str
    subscription: str
    at: datetime
    before: tuple[tuple[str, int], ...]
    after: tuple[tuple[str, int], ...]


class PlanChangePutOff(Struct, frozen=True, tag="plan_change_put_off", kw_only=True):
    """A change of plan was put off to `effective`, the end of the period."""

    customer: str
    subscription: str
    at: datetime
    effective: datetime


class PlanChangeTakenBack(Struct, frozen=True, tag="plan_change_taken_back", kw_only=True):
    """A change of plan that was put off will not come."""

    customer: str
    subscription: str
    at: datetime


class SubscriptionUpdated(Struct, frozen=True, tag="subscription_updated", kw_only=True):
    """Something that moves no money changed: metadata, description, terms, the reason of a cancellation."""

    customer: str
    subscription: str
    at: datetime
    fields: tuple[str, ...]


class CancellationScheduled(Struct, frozen=True, tag="cancellation_scheduled", kw_only=True):
    """A subscription was set to end at `ends`."""

    customer: str
    subscription: str
    at: datetime
    ends: datetime


class CancellationTakenBack(Struct, frozen=True, tag="cancellation_taken_back", kw_only=True):
    """A subscription that was set to end goes on."""

    customer: str
    subscription: str
    at: datetime


class OfferTaken(Struct, frozen=True, tag="offer_taken", kw_only=True):
    """Somebody who was leaving stays, for an offer. `took_back` says that the cancellation was confirmed before."""

    customer: str
    subscription: str
    at: datetime
    offer: StayOffer
    took_back: bool


class SubscriptionCanceled(Struct, frozen=True, tag="subscription_canceled", kw_only=True):
    """A subscription ended and will never be billed again."""

    customer: str
    subscription: str
    at: datetime


class SubscriptionRenewed(Struct, frozen=True, tag="subscription_renewed", kw_only=True):
    """A new period began."""

    customer: str
    subscription: str
    at: datetime
    period_start: datetime
    period_end: datetime


class SubscriptionExpired(Struct, frozen=True, tag="subscription_expired", kw_only=True):
    """A subscription never began, because its first invoice was not paid."""

    customer: str
    subscription: str
    at: datetime


class TrialWillEnd(Struct, frozen=True, tag="trial_will_end", kw_only=True):
    """A trial ends soon, at `ends`: three days before, or when it begins if it is shorter."""

    customer: str
    subscription: str
    at: datetime
    ends: datetime


class SubscriptionPastDue(Struct, frozen=True, tag="subscription_past_due", kw_only=True):
    """An invoice of a subscription was not paid by the day on which it was due."""

    customer: str
    subscription: str
    invoice: str
    at: datetime


class SubscriptionUnpaid(Struct, frozen=True, tag="subscription_unpaid", kw_only=True):
    """An invoice of a subscription could not be charged for the last time. Further ones are drafts."""

    customer: str
    subscription: str
    invoice: str
    at: datetime


class SubscriptionCaughtUp(Struct, frozen=True, tag="subscription_caught_up", kw_only=True):
    """Nothing of a subscription is past due any more."""

    customer: str
    subscription: str
    at: datetime


class SubscriptionPaused(Struct, frozen=True, tag="subscription_paused", kw_only=True):
    """A subscription rests, until `resumes_at` if that is known."""

    customer: str
    subscription: str
    at: datetime
    resumes_at: datetime | None = None


class ResumptionMoved(Struct, frozen=True, tag="resumption_moved", kw_only=True):
    """A subscription that rests goes on at another time: at `resumes_at`, or not before it is resumed."""

    customer: str
    subscription: str
    at: datetime
    resumes_at: datetime | None


class SubscriptionResumed(Struct, frozen=True, tag="subscription_resumed", kw_only=True):
    """A subscription that rested goes on."""

    customer: str
    subscription: str
    at: datetime

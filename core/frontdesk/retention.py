"""Offers to stay: what somebody who leaves may be offered, to whom, and how often.

An *offer* is one of three things: a coupon, a pause of some months, or a smaller plan from the next renewal on. It is
made at most twice, and each time at most one:

* *before* a cancellation is confirmed, on the same page, chosen by plan and by how long somebody has been a customer;
* *after* it, chosen by the reason that was given: taking it takes the cancellation back.

Nothing stands in the way of leaving: an offer adds a button and never a page, a question or a delay (EU consumer law's
"as easy as ordering", the FTC's click-to-cancel rule; trust.md §G3 G12). Whoever took one is not made another for
`again_after_months`, so that nobody is paid for threatening to leave.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from frontdesk.book import Recurring, Subscription, Terms
from frontdesk.periods import boundary

_MONTH = Recurring(interval="month")
LONGEST_PAUSE = 36
"""Months: Stripe's three years (portal_spec.md §A.4)."""
LONGEST_WAIT = 120
RULES = 20
"""Rules of each kind at most: more than that, nobody oversees."""


class StayOffer(Struct, frozen=True, kw_only=True):
    """What is offered. Exactly the field that `type` names is set: `coupon`, `months` of a pause, or the `price` of a
    smaller plan. The `retention` of a cancellation flow is one of these, of the type `coupon`."""

    type: Literal["coupon", "pause", "plan"]
    coupon: str | None = None
    months: int | None = None
    price: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the field that its type names is set, and no other."""
        named = {"coupon": self.coupon, "pause": self.months, "plan": self.price}
        return named.pop(self.type) is not None and all(each is None for each in named.values())


class OfferRule(Struct, frozen=True, kw_only=True):
    """Whom an offer is for. `products` are those of the subscription's plan, `reasons` answers to the question why
    (standard ones, or ids of the tenant's own); empty means any. Tenure counts whole months since the subscription
    began: at least `from_months`, less than `to_months`."""

    offer: StayOffer
    products: tuple[str, ...] = ()
    from_months: int = 0
    to_months: int | None = None
    reasons: tuple[str, ...] = ()


class RetentionSettings(Struct, frozen=True, kw_only=True):
    """A tenant's offers to stay. The first rule that fits counts. Reasons matter in `after` alone."""

    enabled: bool = False
    before: tuple[OfferRule, ...] = ()
    after: tuple[OfferRule, ...] = ()
    again_after_months: int = 12

    @property
    def rules(self) -> tuple[OfferRule, ...]:
        """All of them."""
        return (*self.before, *self.after)


def offers_before(
    settings: RetentionSettings, subscription: Subscription, terms: Terms, now: datetime
) -> tuple[StayOffer, ...]:
    """The offers that fit before a cancellation, the first that can be carried out being the one that is made."""
    if not settings.enabled or was_offered_lately(settings, subscription, now):
        return ()
    return tuple(each.offer for each in settings.before if _fits(each, subscription, terms, now))


def offers_after(
    settings: RetentionSettings, subscription: Subscription, terms: Terms, now: datetime
) -> tuple[StayOffer, ...]:
    """The offers that fit the reason which was given for a cancellation; none before there is one."""
    told = subscription.cancellation
    given = {each for each in (told.feedback, told.feedback_option) if each is not None}
    if not settings.enabled or not given or was_offered_lately(settings, subscription, now):
        return ()
    return tuple(
        each.offer
        for each in settings.after
        if (not each.reasons or given & set(each.reasons)) and _fits(each, subscription, terms, now)
    )


def was_offered_lately(settings: RetentionSettings, subscription: Subscription, now: datetime) -> bool:
    """Whether an offer was taken so lately that no other is made: once a subscription in `again_after_months`."""
    return was_taken_since(subscription, lately(settings, now))


def lately(settings: RetentionSettings, now: datetime) -> datetime:
    """The instant after which an offer that was taken stands in the way of another."""
    return boundary(now, _MONTH, -settings.again_after_months)


def was_taken_since(subscription: Subscription, since: datetime) -> bool:
    """Whether an offer was taken after an instant."""
    return subscription.offer_taken_at is not None and subscription.offer_taken_at > since


def pause_ends(months: int, now: datetime) -> datetime:
    """When a pause of some months that begins now is over."""
    return boundary(now, _MONTH, months)


def tenure(subscription: Subscription, now: datetime) -> int:
    """Whole months since a subscription began."""
    began = subscription.start_date
    months = (now.year - began.year) * 12 + now.month - began.month
    return max(0, months - (boundary(began, _MONTH, months) > now))


def _fits(rule: OfferRule, subscription: Subscription, terms: Terms, now: datetime) -> bool:
    months = tenure(subscription, now)
    if months < rule.from_months or (rule.to_months is not None and months >= rule.to_months):
        return False
    prices = (terms.prices.get(each.price) for each in subscription.items)
    return not rule.products or any(each is not None and each.product in rule.products for each in prices)

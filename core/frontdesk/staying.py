"""Staying after all: which offer is made to somebody who leaves, and taking it.

An offer is worked out to the minor unit before it is shown, as everything is that can be confirmed. One that cannot be
carried out, or that would not make the next bill smaller, is not made; the next rule that fits then counts. What was
shown is good for as long as its quote, whatever the tenant changes meanwhile.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from frontdesk.acts import confirm_quote, quote_command
from frontdesk.book import Account, Subscription
from frontdesk.changes import Changes
from frontdesk.commands import ChangeDiscounts, ChangePlan, ItemChange, PauseSubscription, TakeOffer
from frontdesk.coupons import DiscountChoice
from frontdesk.desk import Desk
from frontdesk.errors import Refused
from frontdesk.possibilities import as_kept
from frontdesk.quotes import Quote, Renewal
from frontdesk.quoting import next_bill
from frontdesk.retention import StayOffer, lately, offers_after, offers_before, pause_ends


class MadeOffer(Struct, frozen=True, kw_only=True):
    """An offer with what it does: `quote.command` is its `TakeOffer`. `otherwise` is the next bill of somebody who
    stays without it."""

    offer: StayOffer
    quote: Quote
    otherwise: Renewal | None


async def offer_before(desk: Desk, subscription_id: str, promised: StayOffer | None = None) -> MadeOffer | None:
    """The one offer to show before a cancellation is confirmed, None where there is none.

    `promised` is what the tenant's program opened this cancellation with; it goes before the rules, and counts
    whenever an offer was last taken.
    """
    subscription = desk.account.subscription(subscription_id)
    if subscription is None or desk.suspended:
        return None
    settings = desk.configuration.frontdesk.retention
    if promised is not None:
        made = await _first(desk, subscription, (promised,), None)
        if made is not None:
            return made
    fitting = offers_before(settings, subscription, desk.terms, desk.now)
    return await _first(desk, subscription, fitting, lately(settings, desk.now))


async def offer_after(desk: Desk, subscription_id: str) -> MadeOffer | None:
    """The one offer that the reason of a cancellation brings, None where there is none."""
    subscription = desk.account.subscription(subscription_id)
    if subscription is None or desk.suspended:
        return None
    settings = desk.configuration.frontdesk.retention
    fitting = offers_after(settings, subscription, desk.terms, desk.now)
    return await _first(desk, subscription, fitting, lately(settings, desk.now))


async def confirm(desk: Desk, quote_id: str) -> Changes:
    """Take the offer that was shown, at the quote's instant.

    Raises:
        QuoteChanged: the account changed since; the new quote is in it.
        Refused: the quote is unknown, used or expired, or an offer was taken meanwhile.
    """
    return await confirm_quote(desk, quote_id, TakeOffer)


async def _first(
    desk: Desk, subscription: Subscription, offers: Sequence[StayOffer], none_since: datetime | None
) -> MadeOffer | None:
    for offer in offers:
        made = await _made(desk, subscription, offer, none_since)
        if made is not None:
            return made
    return None


async def _made(
    desk: Desk, subscription: Subscription, offer: StayOffer, none_since: datetime | None
) -> MadeOffer | None:
    act = act_of(offer, subscription, desk.now)
    if act is None:
        return None
    command = TakeOffer(subscription=subscription.id, offer=offer, act=act, none_since=none_since)
    try:
        quote = await quote_command(desk, command)
    except Refused:
        return None
    otherwise = next_bill(_staying(desk.account, subscription), as_kept(subscription), desk.terms, _unnamed)
    made = MadeOffer(offer=offer, quote=quote, otherwise=otherwise)
    return made if _is_worth_it(made) else None


def act_of(
    offer: StayOffer, subscription: Subscription, now: datetime
) -> ChangeDiscounts | PauseSubscription | ChangePlan | None:
    """What taking an offer does to a subscription, besides keeping it; None where it cannot be said of it.

    A coupon comes on top of the subscription's discounts. A smaller plan begins at the next renewal, with the same
    quantity, so that nothing is billed or given back today.
    """
    if offer.type == "coupon" and offer.coupon is not None:
        kept = tuple(DiscountChoice(discount=each.id) for each in subscription.discounts)
        return ChangeDiscounts(subscription=subscription.id, discounts=(*kept, DiscountChoice(coupon=offer.coupon)))
    if offer.type == "pause" and offer.months is not None:
        return PauseSubscription(subscription=subscription.id, resumes_at=pause_ends(offer.months, now))
    if offer.type == "plan" and offer.price is not None and len(subscription.items) == 1:
        (item,) = subscription.items
        if subscription.put_off is None and item.price != offer.price:
            change = ItemChange(id=item.id, price=offer.price)
            return ChangePlan(
                subscription=subscription.id, items=(change,), proration_behavior="none", when="period_end"
            )
    return None


def _is_worth_it(made: MadeOffer) -> bool:
    """Whether the next bill is smaller with the offer. A pause is worth its time."""
    if made.offer.type == "pause":
        return True
    if made.quote.renewal is None or made.otherwise is None:
        return False
    return made.quote.renewal.amount < made.otherwise.amount


def _unnamed(prefix: str) -> str:
    """Stands for the ids of lines that are looked at and not kept."""
    return prefix


def _staying(account: Account, subscription: Subscription) -> Account:
    others = tuple(as_kept(each) if each.id == subscription.id else each for each in account.subscriptions)
    return replace(account, subscriptions=others)

"""What letters say of a pause that began or got another end, and of an offer to stay that was taken."""

from datetime import datetime

from msgspec import Struct

from frontdesk.book import Account, Pause, Subscription, Terms
from frontdesk.coupons import Coupon
from frontdesk.events import OfferTaken, ResumptionMoved, SubscriptionPaused
from frontdesk.put_off import as_renewed, comes_at
from frontdesk.quoting import next_due
from frontdesk.taxing import total_with_tax
from frontdesk_tenants import configurations, listings
from frontdesk_tenants.database import SideTransaction
from frontdesk_tenants.directory import Side
from frontdesk_web.formatting import date_long, money
from frontdesk_web.letters.time_sentences import read_plan
from frontdesk_web.messages import translate
from frontdesk_web.portal.stay_views import offer_words
from frontdesk_web.portal.subscription_cards import planned_words, subscription_name, total_phrase
from frontdesk_web.portal.trial_words import no_method_words

PlanNews = SubscriptionPaused | ResumptionMoved | OfferTaken


class News(Struct, frozen=True, kw_only=True):
    """The letter's title and its sentences, finished."""

    title: str
    sentences: tuple[str, ...]


async def news_of(connection: SideTransaction, side: Side, event: PlanNews, locale: str) -> News | None:
    """What to write, None where it is not so any more: it would only alarm."""
    account, subscription, terms = await read_plan(connection, side, event.customer, event.subscription)
    if account is None or subscription is None:
        return None
    if isinstance(event, OfferTaken):
        return await _stayed(connection, account, subscription, terms, event, locale)
    pause = subscription.paused
    if pause is None or pause.since == subscription.offer_taken_at == event.at:
        # The letter about the offer tells of its pause.
        return None
    if isinstance(event, ResumptionMoved) and event.resumes_at != pause.resumes_at:
        return None
    features = (await configurations.read_default(connection)).features
    resumable = not side.suspended and features.subscription_pause.enabled
    plan = subscription_name(subscription, terms)
    can_add = not side.suspended and features.payment_method_update.enabled
    missing = no_method_words(account.customer, subscription, locale, can_add=can_add)
    if missing is not None:
        meanwhile = translate(locale, "Nothing is charged while it is paused.")
        return News(title=translate(locale, "{plan} is paused", plan=plan), sentences=(missing.sentence, meanwhile))
    sentences = _resting(account, subscription, pause, terms, locale, resumable)
    if isinstance(event, ResumptionMoved):
        return News(title=_moved_title(plan, pause, locale), sentences=sentences)
    return News(title=translate(locale, "{plan} is paused", plan=plan), sentences=sentences)


async def _stayed(
    connection: SideTransaction,
    account: Account,
    subscription: Subscription,
    terms: Terms,
    event: OfferTaken,
    locale: str,
) -> News | None:
    if subscription.offer_taken_at != event.at:
        return None
    coupon: Coupon | None = None
    sentences: tuple[str, ...] = ()
    price = total_phrase(subscription, terms, locale)
    plan = (subscription_name(subscription, terms), price)
    if event.offer.coupon is not None:
        coupon = await listings.find(connection, "coupon", event.offer.coupon)
        held = [each for each in subscription.discounts if each.coupon == event.offer.coupon]
        if coupon is None or not held:
            return None
        sentences = _discounted(max(held, key=lambda each: each.start).end, price, locale)
        sentences += _renewing(account, subscription, terms, locale)
    elif event.offer.months is not None:
        pause = subscription.paused
        if pause is None or pause.since != event.at:
            return None
        sentences = _resting(account, subscription, pause, terms, locale, resumable=True)
    else:
        if subscription.put_off is None:
            return None
        after = as_renewed(subscription, terms, lambda prefix: prefix, comes_at(subscription))
        plan = (subscription_name(after, terms), total_phrase(after, terms, locale))
        sentences = (
            planned_words(subscription, terms, locale),
            translate(locale, "You can take the change back until then, on the billing page."),
        )
    agreed = offer_words(event.offer, coupon, subscription.currency, plan, locale)
    return News(
        title=translate(locale, "You keep {plan}", plan=subscription_name(subscription, terms)),
        sentences=(translate(locale, "What we agreed: {offer}.", offer=agreed), *sentences),
    )


def _moved_title(plan: str, pause: Pause, locale: str) -> str:
    if pause.resumes_at is None:
        return translate(locale, "{plan} stays paused until you resume it", plan=plan)
    date = date_long(pause.resumes_at, locale)
    return translate(locale, "The pause of {plan} now ends on {date}", plan=plan, date=date)


def _resting(
    account: Account, subscription: Subscription, pause: Pause, terms: Terms, locale: str, resumable: bool
) -> tuple[str, ...]:
    """Since when it rests, what that gave back, and what comes when. `resumable`: customers resume by themselves."""
    meanwhile = "Nothing is charged while it is paused."
    if resumable:
        meanwhile = "Nothing is charged until then. You can resume it on the billing page at any time."
    return (
        translate(locale, "Your plan has been paused since {date}.", date=date_long(pause.since, locale)),
        *_credited(account, subscription, pause, locale),
        *_going_on(account, subscription, pause, terms, locale),
        translate(locale, meanwhile),
    )


def _going_on(account: Account, subscription: Subscription, pause: Pause, terms: Terms, locale: str) -> tuple[str, ...]:
    """When the plan goes on by itself, and what its next invoice comes to."""
    if pause.resumes_at is None:
        return (translate(locale, "It stays paused until you resume it."),)
    date = date_long(pause.resumes_at, locale)
    due = next_due(account, subscription, terms)
    if due is None:
        return (translate(locale, "It goes on by itself on {date}.", date=date),)
    return (
        translate(locale, "It goes on by itself on {date}.", date=date),
        translate(
            locale,
            "The next invoice comes on {date}, over {amount}.",
            date=date_long(due.at, locale),
            amount=money(max(0, due.amount), subscription.currency, locale),
        ),
    )


def _credited(account: Account, subscription: Subscription, pause: Pause, locale: str) -> tuple[str, ...]:
    """What the pause gave back, as far as it waits for the next invoice."""
    lines = [
        each.line
        for each in account.pending_items
        if each.subscription == subscription.id
        and each.created == pause.since
        and each.invoice is None
        and each.line.kind == "unused_time"
    ]
    credit = -total_with_tax([each.amount for each in lines], [each.tax_rates for each in lines])
    if credit <= 0:
        return ()
    amount = money(credit, subscription.currency, locale)
    words = "{amount} for the time that you do not use is taken off your next invoice."
    return (translate(locale, words, amount=amount),)


def _discounted(end: datetime | None, price: str, locale: str) -> tuple[str, ...]:
    if end is None:
        return ()
    date = date_long(end, locale)
    words = "The discount ends on {date}. From then on it is {price} again."
    return (translate(locale, words, date=date, price=price),)


def _renewing(account: Account, subscription: Subscription, terms: Terms, locale: str) -> tuple[str, ...]:
    due = next_due(account, subscription, terms)
    if due is None:
        return ()
    amount, date = money(due.amount, subscription.currency, locale), date_long(due.at, locale)
    return (translate(locale, "It renews on {date}, for {amount}.", date=date, amount=amount),)

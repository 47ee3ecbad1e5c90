"""Cancelling, as pages say it: what ends when, what is still to be paid, and the question afterwards."""

from collections.abc import Sequence
from typing import ClassVar

from msgspec import Struct

from frontdesk.book import ENDED, Account, Subscription, Terms
from frontdesk.commands import CancelSubscription
from frontdesk.feedback_options import FeedbackOption
from frontdesk.portal_configuration import CancellationReason, PortalConfiguration
from frontdesk.possibilities import is_set_to_cancel
from frontdesk.pricing import is_metered
from frontdesk.quotes import Quote, given_back
from frontdesk_web.formatting import date_long, money
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.done_views import DonePage, OfferView, ReasonForm
from frontdesk_web.portal.pause_views import still_open
from frontdesk_web.portal.subscription_cards import end_of, subscription_name, total_phrase
from frontdesk_web.portal.views import Option


class CancelPage(Struct, frozen=True, kw_only=True):
    """Asks once before cancelling. `sentences` say what ends when and what is still to be paid.

    `at_once` is True if service stops now; `ends` is the date of the end in words. Where there is an `offer`, its
    button and the one that cancels look the same.
    """

    template: ClassVar[str] = "portal/cancel.html"
    action: str
    csrf: str
    name: str
    price: str
    ends: str
    sentences: tuple[str, ...]
    back_url: str
    at_once: bool = False
    offer: OfferView | None = None
    error: str = ""


REASONS: dict[CancellationReason, str] = {
    "too_expensive": _("It's too expensive"),
    "missing_features": _("I need more features"),
    "switched_service": _("I found an alternative"),
    "unused": _("I no longer need it"),
    "customer_service": _("Customer service was less than expected"),
    "too_complex": _("It is too hard to use"),
    "low_quality": _("Quality was less than expected"),
    "other": _("Other reason"),
}


def cancel_page(
    quote: Quote,
    subscription: Subscription,
    account: Account,
    terms: Terms,
    locale: str,
    *,
    action: str,
    csrf: str,
    back_url: str,
    offer: OfferView | None = None,
    error: str = "",
) -> CancelPage:
    """The question, with what `quote` says will happen."""
    assert isinstance(quote.command, CancelSubscription)
    over = subscription.paused is not None and subscription.period_end <= quote.at
    at_once = quote.command.when == "now" or over
    end = quote.at if at_once else subscription.period_end
    return CancelPage(
        action=action,
        csrf=csrf,
        name=subscription_name(subscription, terms),
        price=total_phrase(subscription, terms, locale),
        ends=date_long(end, locale),
        sentences=(
            *_ending(quote, subscription, terms, date_long(end, locale), at_once, locale),
            *still_open(account, subscription, locale),
        ),
        back_url=back_url,
        at_once=at_once,
        offer=offer,
        error=error,
    )


def cancelled_page(
    subscription: Subscription,
    configuration: PortalConfiguration,
    locale: str,
    *,
    path: str,
    home_url: str,
    csrf: str,
    can_keep: bool = True,
    confirmed: Quote | None = None,
    own_reasons: Sequence[FeedbackOption] = (),
    offer: OfferView | None = None,
) -> DonePage | None:
    """What is said of a cancelled subscription; None where it is not cancelled.

    `path` is the subscription's. `confirmed` is the quote by which it was cancelled, where that is known: it says what
    was credited. `own_reasons` are the tenant's own answers that can be chosen.
    """
    ended = subscription.status in ENDED
    if not ended and not is_set_to_cancel(subscription):
        return None
    end = (subscription.ended_at or end_of(subscription)) if ended else end_of(subscription)
    date = date_long(end, locale)
    if ended:
        sentences: tuple[str, ...] = (translate(locale, "Your plan ended on {date}.", date=date),)
        if confirmed is not None and given_back(confirmed) > 0:
            amount = money(given_back(confirmed), confirmed.currency, locale)
            sentences += (
                translate(locale, "{amount} for the time that you do not use was credited to you.", amount=amount),
            )
    else:
        sentences = (translate(locale, "You can use your plan until {date}. Then it ends.", date=date),)
        if can_keep:
            sentences += (translate(locale, "Until then you can take this back."),)
    reason_action = f"{path}/reason" if confirmed is None else f"{path}/reason?quote={confirmed.id}"
    return DonePage(
        title=translate(locale, "Your plan is cancelled"),
        sentences=sentences,
        home_url=home_url,
        keep_action=None if ended or not can_keep else f"{path}/keep",
        csrf=csrf,
        reason=_reason_form(subscription, configuration, own_reasons, locale, reason_action, csrf),
        offer=offer,
    )


def _ending(
    quote: Quote, subscription: Subscription, terms: Terms, date: str, at_once: bool, locale: str
) -> tuple[str, ...]:
    if at_once:
        sentences = [translate(locale, "Your plan ends now. This cannot be taken back.")]
        credit = given_back(quote)
        if credit > 0:
            amount = money(credit, quote.currency, locale)
            sentences.append(
                translate(locale, "{amount} for the time you do not use is credited to you.", amount=amount)
            )
        return tuple(sentences)
    sentences = [translate(locale, "You can use your plan until {date}. Then it ends.", date=date)]
    if is_billed_by_use(subscription, terms):
        sentences.append(use_until_end(0 if quote.renewal is None else quote.renewal.amount, quote.currency, locale))
    elif quote.renewal is not None and quote.renewal.amount:
        amount = money(quote.renewal.amount, quote.currency, locale)
        sentences.append(
            translate(locale, "{amount} for changes that you made before is billed on that day.", amount=amount)
        )
    else:
        sentences.append(translate(locale, "Nothing more is charged after that."))
    return tuple(sentences)


def is_billed_by_use(subscription: Subscription, terms: Terms) -> bool:
    """Whether a last bill of what was used comes as it ends. In a trial nothing is billed."""
    return subscription.status != "trialing" and any(
        is_metered(terms.prices[each.price]) for each in subscription.items
    )


def use_until_end(amount: int, currency: str, locale: str) -> str:
    """That the last bill is of what is used until then; `amount` is what it comes to so far, in minor units."""
    if amount <= 0:
        return translate(locale, "What you use until then is billed on that day.")
    so_far = money(amount, currency, locale)
    return translate(locale, "What you use until then is billed on that day. So far that is {amount}.", amount=so_far)


def _reason_form(
    subscription: Subscription,
    configuration: PortalConfiguration,
    own_reasons: Sequence[FeedbackOption],
    locale: str,
    action: str,
    csrf: str,
) -> ReasonForm | None:
    asked = configuration.features.subscription_cancel.cancellation_reason
    if not asked.enabled:
        return None
    told = subscription.cancellation
    return ReasonForm(
        action=action,
        csrf=csrf,
        # Whatever comes under "other" comes last, after what the tenant asks.
        options=(
            *(Option(value=each, text=translate(locale, REASONS[each])) for each in asked.options if each != "other"),
            *(Option(value=each.id, text=each.description) for each in own_reasons),
            *(Option(value=each, text=translate(locale, REASONS[each])) for each in asked.options if each == "other"),
        ),
        thanked=bool(told.feedback or told.feedback_option or told.comment),
    )

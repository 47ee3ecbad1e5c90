"""Pausing and going on, as pages say it: until when, what is given back, and what is to be paid then."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from msgspec import Struct

from frontdesk.book import Account, Subscription, Terms
from frontdesk.commands import MoveResumption, PauseSubscription
from frontdesk.quotes import Quote, given_back
from frontdesk.quoting import next_due
from frontdesk_web.formatting import date_long, listed, money
from frontdesk_web.messages import translate
from frontdesk_web.portal.done_views import DonePage
from frontdesk_web.portal.subscription_cards import subscription_name, total_phrase
from frontdesk_web.portal.views import Detail


class PauseChoice(Struct, frozen=True, kw_only=True):
    """A pause to choose: `value` is posted as `quote`; `title` says until when, `detail` what comes then."""

    value: str
    title: str
    detail: str
    selected: bool = False


class PausePage(Struct, frozen=True, kw_only=True):
    """Asks for how long a plan is to rest, which is also the confirmation; posts `quote`. `choices` is never empty."""

    template: ClassVar[str] = "portal/pause.html"
    action: str
    csrf: str
    name: str
    price: str
    facts: tuple[str, ...]
    choices: tuple[PauseChoice, ...]
    back_url: str
    error: str = ""


class MovePausePage(Struct, frozen=True, kw_only=True):
    """Asks when a pause that runs is to be over, which is also the confirmation; posts `quote`. `choices` is never
    empty, and `present` is the end that the pause has now, in words."""

    template: ClassVar[str] = "portal/move_pause.html"
    action: str
    csrf: str
    name: str
    price: str
    present: str
    facts: tuple[str, ...]
    choices: tuple[PauseChoice, ...]
    back_url: str
    error: str = ""


class ResumePage(Struct, frozen=True, kw_only=True):
    """Asks once before a paused plan goes on; posts `quote`. Amounts and dates are as those of a `QuoteView`."""

    template: ClassVar[str] = "portal/resume.html"
    action: str
    csrf: str
    quote_id: str
    name: str
    price: str
    due_today: str
    due_today_note: str
    next_label: str
    next_amount: str
    facts: tuple[str, ...]
    back_url: str
    error: str = ""


def pause_page(
    quotes: Sequence[Quote],
    subscription: Subscription,
    account: Account,
    terms: Terms,
    locale: str,
    *,
    action: str,
    csrf: str,
    back_url: str,
    error: str = "",
) -> PausePage:
    """Which pauses there are, each with its dates and amounts. `quotes` has at least one."""
    return PausePage(
        action=action,
        csrf=csrf,
        back_url=back_url,
        name=subscription_name(subscription, terms),
        price=total_phrase(subscription, terms, locale),
        facts=(
            translate(locale, "Nothing is charged while it is paused."),
            *credit_sentence(quotes[0], locale),
            *still_open(account, subscription, locale),
            translate(locale, "You can resume at any time before."),
        ),
        choices=_choices(quotes, locale),
        error=error,
    )


def move_pause_page(
    quotes: Sequence[Quote],
    subscription: Subscription,
    terms: Terms,
    locale: str,
    *,
    action: str,
    csrf: str,
    back_url: str,
    error: str = "",
) -> MovePausePage:
    """Which other ends the pause can have, each with its date and amount. `quotes` has at least one."""
    pause = subscription.paused
    return MovePausePage(
        action=action,
        csrf=csrf,
        back_url=back_url,
        name=subscription_name(subscription, terms),
        price=total_phrase(subscription, terms, locale),
        present=_until(None if pause is None else pause.resumes_at, locale),
        facts=(
            translate(locale, "Nothing is due today."),
            translate(locale, "Nothing is charged while it is paused."),
            translate(locale, "You can resume at any time before."),
        ),
        choices=_choices(quotes, locale),
        error=error,
    )


def resume_page(
    quote: Quote,
    subscription: Subscription,
    terms: Terms,
    locale: str,
    *,
    action: str,
    csrf: str,
    back_url: str,
    error: str = "",
) -> ResumePage:
    """What going on now costs, and what comes next."""
    note = ""
    if quote.due_now and quote.invoice is not None and quote.invoice.due_date is not None:
        date = date_long(quote.invoice.due_date, locale)
        note = translate(locale, "You receive an invoice, payable by {date}.", date=date)
    elif quote.invoice is None:
        note = translate(locale, "You have paid for this period already.")
    elif quote.credited or not quote.due_now:
        note = translate(locale, "Your credit pays for it.")
    facts: tuple[str, ...] = ()
    pause = subscription.paused
    if pause is not None and pause.resumes_at is not None:
        date = date_long(pause.resumes_at, locale)
        facts = (translate(locale, "If you do nothing, it goes on by itself on {date}.", date=date),)
    return ResumePage(
        action=action,
        csrf=csrf,
        back_url=back_url,
        quote_id=quote.id,
        name=subscription_name(subscription, terms),
        price=total_phrase(subscription, terms, locale),
        due_today=money(quote.due_now, quote.currency, locale),
        due_today_note=note,
        next_label="" if quote.renewal is None else _on(quote, locale),
        next_amount="" if quote.renewal is None else money(quote.renewal.amount, quote.currency, locale),
        facts=facts,
        error=error,
    )


def paused_page(
    subscription: Subscription, account: Account, terms: Terms, locale: str, *, home_url: str
) -> DonePage | None:
    """What is said of a plan that rests; None where it does not."""
    pause = subscription.paused
    if pause is None:
        return None
    if pause.resumes_at is None:
        sentences = (translate(locale, "It stays paused until you resume it."),)
    else:
        date = date_long(pause.resumes_at, locale)
        sentences = (translate(locale, "It goes on by itself on {date}.", date=date),)
    details = [Detail(label=translate(locale, "Plan"), value=subscription_name(subscription, terms))]
    due = next_due(account, subscription, terms)
    if due is not None:
        coming = listed((date_long(due.at, locale), money(max(0, due.amount), subscription.currency, locale)), locale)
        details.append(Detail(label=translate(locale, "Next invoice"), value=coming))
    return DonePage(
        title=translate(locale, "Your plan is paused"),
        sentences=(
            *sentences,
            translate(locale, "Nothing is charged until then. You can resume it on the billing page at any time."),
        ),
        details=tuple(details),
        home_url=home_url,
    )


def credit_sentence(quote: Quote, locale: str) -> tuple[str, ...]:
    """What of the paid time is given back, if anything."""
    credit = given_back(quote)
    if credit <= 0:
        return ()
    amount = money(credit, quote.currency, locale)
    return (
        translate(locale, "{amount} for the time that you do not use is taken off your next invoice.", amount=amount),
    )


def then_sentence(quote: Quote, locale: str) -> str:
    """When it goes on, and what the invoice of that day comes to."""
    if quote.renewal is None:
        return translate(locale, "It stays paused until you resume it.")
    return translate(
        locale,
        "Goes on by itself on {date}. The invoice of that day is {amount}.",
        date=date_long(quote.renewal.at, locale),
        amount=money(max(0, quote.renewal.amount), quote.currency, locale),
    )


def still_open(account: Account, subscription: Subscription, locale: str) -> tuple[str, ...]:
    """Neither a pause nor a cancellation pays what was billed before."""
    return tuple(
        translate(
            locale,
            "Invoice {number} over {amount} is still to be paid.",
            number=each.number or "",
            amount=money(each.amount_remaining, each.currency, locale),
        )
        for each in account.invoices
        if each.status == "open" and each.subscription == subscription.id and each.amount_remaining > 0
    )


def _choices(quotes: Sequence[Quote], locale: str) -> tuple[PauseChoice, ...]:
    return tuple(
        PauseChoice(value=each.id, title=_title(each, locale), detail=then_sentence(each, locale), selected=place == 0)
        for place, each in enumerate(quotes)
    )


def _title(quote: Quote, locale: str) -> str:
    assert isinstance(quote.command, PauseSubscription | MoveResumption)
    return _until(quote.command.resumes_at, locale)


def _until(end: datetime | None, locale: str) -> str:
    if end is None:
        return translate(locale, "Until you resume it")
    return translate(locale, "Until {date}", date=date_long(end, locale))


def _on(quote: Quote, locale: str) -> str:
    assert quote.renewal is not None
    return translate(locale, "On {date}", date=date_long(quote.renewal.at, locale))

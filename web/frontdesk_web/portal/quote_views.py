"""Quotes as pages show them: what is due today, what comes next and when, line by line."""

from collections.abc import Iterable, Iterator
from typing import ClassVar

from msgspec import Struct

from frontdesk.book import Line, Subscription, SubscriptionItem, Terms
from frontdesk.commands import ChangePlan
from frontdesk.plan_parts import Part, parts_after
from frontdesk.pricing import is_metered, quantity_of, rhythm
from frontdesk.quotes import Quote
from frontdesk.statement_descriptors import on_statement_of
from frontdesk.taxing import total_with_tax
from frontdesk_web.discount_words import discount_totals
from frontdesk_web.formatting import date_long, interval_phrase, money
from frontdesk_web.invoice_words import line_view, totals
from frontdesk_web.messages import translate
from frontdesk_web.portal.late_invoices import LateInvoice
from frontdesk_web.portal.plan_views import Side, item_side, price_side
from frontdesk_web.portal.subscription_cards import product_name
from frontdesk_web.portal.trial_words import trial_goes_on
from frontdesk_web.portal.views import Line as LineView
from frontdesk_web.portal.views import Notice, Total
from frontdesk_web.price_words import rhythm_words


class QuoteView(Struct, frozen=True, kw_only=True):
    """What a change costs, to the cent.

    `due_today` is the amount, `due_today_note` how it is settled ("We send an invoice, payable by …"); `next_label`
    is "On 1 December 2026" and `next_amount` what is due then. `lines` are the lines of today's invoice, or where
    nothing is due today those that wait for the next one. `on_statement` is the line of a payment on a bank
    statement. `old` and `new` have a part for each item; `facts` say what becomes of a trial, and when use is billed.
    """

    old: tuple[Side, ...]
    new: tuple[Side, ...]
    lines: tuple[LineView, ...]
    totals: tuple[Total, ...]
    due_today: str
    next_label: str
    next_amount: str
    due_today_note: str = ""
    next_note: str = ""
    lines_title: str = ""
    on_statement: str = ""
    facts: tuple[str, ...] = ()


class TypedCode(Struct, frozen=True, kw_only=True):
    """The promotion code of a quote. Posting `fields` to `action` works the same choice out without it."""

    code: str
    action: str
    fields: tuple[tuple[str, str], ...]


class ConfirmPlanPage(Struct, frozen=True, kw_only=True):
    """The confirmation of a quote; posts `quote` to `action`. `button` names the act ("Pay €24.00", "Change plan").

    `late` is what is past due, which is to be paid first. `card_url` is where another card is added, after one was
    declined; `notice` says what became of that.
    """

    template: ClassVar[str] = "portal/confirm_plan.html"
    action: str
    csrf: str
    quote_id: str
    quote: QuoteView
    button: str
    back_url: str
    terms: str = ""
    error: str = ""
    card_url: str = ""
    notice: Notice | None = None
    code: TypedCode | None = None
    late: tuple[LateInvoice, ...] = ()


class QuoteChangedPage(Struct, frozen=True, kw_only=True):
    """The account moved on since the quote: the new one beside the old. Nothing was changed yet."""

    template: ClassVar[str] = "portal/quote_changed.html"
    action: str
    csrf: str
    quote_id: str
    reason: str
    before: QuoteView
    quote: QuoteView
    button: str
    back_url: str
    terms: str = ""


def quote_view(quote: Quote, subscription: Subscription, terms: Terms, locale: str) -> QuoteView:
    """A quote of a plan change of `subscription`, which is as it is now: the quote says what it was like then."""
    subscription = quote.subscription or subscription
    lines = quote.lines if quote.invoice is None else quote.invoice.lines
    label, amount, note = renewal_words(quote, terms, locale)
    changed = _changed(quote, subscription, terms)
    return QuoteView(
        old=tuple(item_side(item, subscription.currency, terms, locale) for item, _ in changed),
        new=tuple(_new_side(item, part, subscription, terms, locale) for item, part in changed),
        lines=tuple(line_view(each, locale) for each in lines),
        totals=quote_totals(quote, lines, locale),
        due_today=money(quote.due_now, quote.currency, locale),
        due_today_note=_today(quote, locale),
        next_label=label,
        next_amount=amount,
        next_note=note,
        lines_title=_lines_title(quote, lines, locale),
        on_statement=_on_statement(quote, subscription, terms),
        facts=tuple(_facts(quote, subscription, terms, locale)),
    )


def _changed(quote: Quote, subscription: Subscription, terms: Terms) -> list[tuple[SubscriptionItem, Part]]:
    """What becomes something else, each with what it becomes; all of it where a code alone is given."""
    assert isinstance(quote.command, ChangePlan)
    pairs = list(zip(subscription.items, parts_after(subscription, quote.command), strict=False))
    return [
        (item, part)
        for item, part in pairs
        if part.price != item.price or quantity_of(terms.prices[part.price], part.quantity) != item.quantity
    ] or pairs


def _facts(quote: Quote, subscription: Subscription, terms: Terms, locale: str) -> Iterator[str]:
    """What becomes of a trial, from when on a new period counts, and when use is billed."""
    command = quote.command
    assert isinstance(command, ChangePlan)
    if command.when == "period_end":
        return
    changed = [(item, part) for item, part in _changed(quote, subscription, terms) if part.price != item.price]
    trial = subscription.trial_end if subscription.status == "trialing" else None
    if command.ends_trial:
        yield translate(locale, "Your trial ends today, and the first period that is paid begins.")
    elif trial is not None:
        until = date_long(trial, locale)
        yield trial_goes_on(subscription, until, locale, billed=quote.renewal is not None)
    elif command.anchor == "now" or any(
        _rhythm(part.price, terms) != _rhythm(item.price, terms) for item, part in changed
    ):
        yield translate(locale, "A new period begins today.")
        if command.proration_behavior != "none":
            yield translate(locale, "What is left of the period that you paid for is taken off.")
    for item, _ in changed:
        if is_metered(terms.prices[item.price]) and item.usage is not None:
            name = product_name(item, terms)
            if quote.invoice is not None:
                yield translate(locale, "What you used of {plan} until now is billed today.", plan=name)
            else:
                yield translate(locale, "What you used of {plan} until now is on your next invoice.", plan=name)
    for _, part in changed:
        price = terms.prices[part.price]
        if is_metered(price):
            product = terms.products.get(price.product)
            name = "" if product is None else product.name
            yield translate(locale, "What you use of {plan} is billed at the end of each period.", plan=name)
    if command.code is not None and not quote.lines:
        yield translate(locale, "The code {code} counts from your next invoice on.", code=command.code)


def _rhythm(price: str, terms: Terms) -> object:
    recurring = terms.prices[price].recurring
    return None if recurring is None else rhythm(recurring)


def due_words(quote: Quote, locale: str) -> tuple[str, str]:
    """What is due today, and how it is settled."""
    return money(quote.due_now, quote.currency, locale), _today(quote, locale)


def _on_statement(quote: Quote, subscription: Subscription, terms: Terms) -> str:
    """The line that payments of the new plan have on a bank statement."""
    assert isinstance(quote.command, ChangePlan)
    return statement_line([part.price for part in parts_after(subscription, quote.command)], terms)


def statement_line(ids: Iterable[str], terms: Terms) -> str:
    """The line that payments of a plan with these prices have on a bank statement."""
    prices = (terms.prices.get(each) for each in ids)
    products = (None if price is None else terms.products.get(price.product) for price in prices)
    words = [None if product is None else product.statement_descriptor for product in products]
    return on_statement_of(terms.statement_descriptor, terms.short_descriptor, words) or ""


def _new_side(item: SubscriptionItem, part: Part, subscription: Subscription, terms: Terms, locale: str) -> Side:
    price = terms.prices[part.price]
    quantity = quantity_of(price, part.quantity, terms.prices[item.price])
    return price_side(price, quantity, subscription.currency, terms, locale)


def _today(quote: Quote, locale: str) -> str:
    if isinstance(quote.command, ChangePlan) and quote.command.when == "period_end" and quote.renewal is not None:
        date = date_long(quote.renewal.at, locale)
        return translate(locale, "You keep your present plan until {date}; then the new one begins.", date=date)
    if quote.set_off:
        credit = money(quote.set_off, quote.currency, locale)
        off = translate(locale, "{credit} is taken off what is still to be paid.", credit=credit)
        return " ".join(filter(None, (off, _kept(quote, locale))))
    if quote.credited:
        return _kept(quote, locale)
    if quote.due_now and quote.invoice is not None and quote.invoice.due_date is not None:
        date = date_long(quote.invoice.due_date, locale)
        return translate(locale, "You receive an invoice, payable by {date}.", date=date)
    if quote.due_now:
        return translate(locale, "You receive an invoice.")
    if quote.invoice is None and quote.lines:
        return translate(locale, "The difference is on your next invoice.")
    return ""


def _kept(quote: Quote, locale: str) -> str:
    if quote.credited:
        credit = money(quote.credited, quote.currency, locale)
        return translate(locale, "{credit} is kept as credit and used for your next invoices.", credit=credit)
    return ""


def renewal_words(quote: Quote, terms: Terms, locale: str) -> tuple[str, str, str]:
    """What comes next: when, how much, and what is regular then, where that is something else."""
    renewal = quote.renewal
    if renewal is None:
        return translate(locale, "After that"), money(0, quote.currency, locale), ""
    label = translate(locale, "On {date}", date=date_long(renewal.at, locale))
    amount = money(renewal.amount, quote.currency, locale)
    charges = [each for each in renewal.lines if each.kind == "charge" and each.price in terms.prices]
    by_use = [each for each in charges if is_metered(terms.prices[each.price or ""])]
    ahead = [each for each in charges if each not in by_use]
    if by_use and not ahead:
        return label, amount, rhythm_words(terms.prices[by_use[0].price or ""], locale)
    recurring = terms.prices[ahead[0].price or ""].recurring if ahead else None
    if recurring is None or any(each.partial for each in ahead):
        return label, amount, ""
    if any(off.duration != "forever" for each in ahead for off in each.discounts):
        # What comes after that bill is more than it, and the cards say when.
        return label, amount, ""
    due = total_with_tax([each.amount for each in ahead], [each.tax_rates for each in ahead])
    if due == renewal.amount:
        # The plan says how often that is.
        return label, amount, translate(locale, "plus use") if by_use else ""
    regular = money(due, quote.currency, locale)
    period = interval_phrase(recurring.interval, recurring.interval_count, locale)
    note = translate(locale, "then {amount} {period}", amount=regular, period=period)
    return label, amount, translate(locale, "{amount} plus use", amount=note) if by_use else note


def quote_totals(quote: Quote, lines: tuple[Line, ...], locale: str) -> tuple[Total, ...]:
    """The sums of today's invoice, or of the lines that wait."""
    if quote.invoice is not None:
        return totals(quote.invoice, locale)
    if not lines:
        return ()
    amount = money(sum(each.amount for each in lines), quote.currency, locale)
    above = discount_totals(lines, quote.currency, locale)
    taxed_later = any(not rate.inclusive and rate.exempt == "none" for each in lines for rate in each.tax_rates)
    label = translate(locale, "Total before tax") if taxed_later else translate(locale, "Total")
    return (*above, Total(label=label, amount=amount, strong=True))


def _lines_title(quote: Quote, lines: tuple[Line, ...], locale: str) -> str:
    if not lines:
        return ""
    if quote.invoice is not None:
        return translate(locale, "On today's invoice")
    return translate(locale, "Added to your next invoice")

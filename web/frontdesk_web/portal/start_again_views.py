"""What starting a plan again costs, before it is confirmed, and what came of it."""

from collections.abc import Iterator
from typing import ClassVar

from msgspec import Struct

from frontdesk.book import ENDED, Account, Subscription, Terms
from frontdesk.commands import StartAgain
from frontdesk.periods import whole_seconds
from frontdesk.quotes import Quote
from frontdesk_web.formatting import date_long
from frontdesk_web.invoice_words import line_view
from frontdesk_web.messages import translate
from frontdesk_web.portal.done_views import DonePage
from frontdesk_web.portal.late_invoices import LateInvoice
from frontdesk_web.portal.plan_done import billed_sentences, next_invoice
from frontdesk_web.portal.plan_views import Side, item_side
from frontdesk_web.portal.quote_views import QuoteView, due_words, quote_totals, renewal_words, statement_line
from frontdesk_web.portal.subscription_cards import subscription_name, total_phrase
from frontdesk_web.portal.views import Detail


class StartAgainPage(Struct, frozen=True, kw_only=True):
    """Asks once before a plan that has ended starts again. `plans` are its parts, `quote` has no old and new side."""

    template: ClassVar[str] = "portal/start_again.html"
    action: str
    csrf: str
    back_url: str
    name: str
    plans: tuple[Side, ...]
    quote: QuoteView
    terms: str = ""
    error: str = ""
    late: tuple[LateInvoice, ...] = ()


def start_again_page(
    quote: Quote,
    ended: Subscription,
    terms: Terms,
    locale: str,
    *,
    action: str,
    csrf: str,
    back_url: str,
    agreement: str,
    error: str = "",
    late: tuple[LateInvoice, ...] = (),
) -> StartAgainPage:
    """The page that asks once, with every line."""
    lines = quote.lines if quote.invoice is None else quote.invoice.lines
    label, amount, note = renewal_words(quote, terms, locale)
    due_today, due_note = due_words(quote, locale)
    return StartAgainPage(
        action=action,
        csrf=csrf,
        back_url=back_url,
        name=subscription_name(ended, terms),
        plans=tuple(item_side(each, ended.currency, terms, locale) for each in ended.items),
        quote=QuoteView(
            old=(),
            new=(),
            lines=tuple(line_view(each, locale) for each in lines),
            totals=quote_totals(quote, lines, locale),
            due_today=due_today,
            due_today_note=due_note,
            next_label=label,
            next_amount=amount,
            next_note=note,
            lines_title=translate(locale, "On today's invoice"),
            on_statement=statement_line([each.price for each in ended.items], terms),
            facts=tuple(_facts(ended, locale)),
        ),
        terms=agreement,
        error=error,
        late=late,
    )


def started_page(quote: Quote, account: Account, terms: Terms, locale: str, *, base: str, invoices: bool) -> DonePage:
    """The page after `quote` was confirmed. `account` is as it is now, and holds the plan that had ended.

    `invoices` says whether the customer can see invoices.
    """
    assert isinstance(quote.command, StartAgain)
    ended, begun = account.subscription(quote.command.subscription), _begun(quote, account)
    issued = None if begun is None else begun.latest_invoice
    began = date_long(quote.at, locale)
    return DonePage(
        title=translate(locale, "Your plan runs again"),
        sentences=(
            translate(locale, "It began on {date} and renews by itself until you cancel it.", date=began),
            *billed_sentences(quote, locale),
        ),
        details=(*(() if ended is None else _plans(ended, terms, locale)), *next_invoice(quote, locale)),
        home_url=f"{base}/",
        invoice_url=f"{base}/invoices/{issued}" if issued and invoices else None,
    )


def _begun(quote: Quote, account: Account) -> Subscription | None:
    """What began by a quote, as long as it has not ended again."""
    at = whole_seconds(quote.at)
    return next((each for each in account.subscriptions if each.created == at and each.status not in ENDED), None)


def _plans(ended: Subscription, terms: Terms, locale: str) -> Iterator[Detail]:
    if len(ended.items) == 1:
        yield Detail(label=translate(locale, "Plan"), value=subscription_name(ended, terms))
        yield Detail(label=translate(locale, "Price"), value=total_phrase(ended, terms, locale))
        return
    for each in ended.items:
        side = item_side(each, ended.currency, terms, locale)
        yield Detail(label=side.name, value=side.price or side.total)


def _facts(ended: Subscription, locale: str) -> Iterator[str]:
    yield translate(locale, "It begins today and renews by itself until you cancel it.")
    if ended.trial_start is not None:
        yield translate(locale, "There is no second trial.")
    if ended.discounts or any(each.discounts for each in ended.items):
        yield translate(locale, "Discounts that it had before are over.")

"""What starting a plan again costs, before it is confirmed."""

from collections.abc import Iterator

from frontdesk.book import Subscription, Terms
from frontdesk.quotes import Quote
from frontdesk_web.invoice_words import line_view
from frontdesk_web.messages import translate
from frontdesk_web.portal.plan_views import item_side
from frontdesk_web.portal.quote_views import due_words, quote_totals, renewal_words, statement_line
from frontdesk_web.portal.subscription_cards import subscription_name
from frontdesk_web.portal.views import LateInvoice, QuoteView, StartAgainPage


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


def _facts(ended: Subscription, locale: str) -> Iterator[str]:
    yield translate(locale, "It begins today and renews by itself until you cancel it.")
    if ended.trial_start is not None:
        yield translate(locale, "There is no second trial.")
    if ended.discounts or any(each.discounts for each in ended.items):
        yield translate(locale, "Discounts that it had before are over.")

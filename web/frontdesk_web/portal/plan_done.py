"""What is said after a plan was changed."""

from collections.abc import Iterator

from frontdesk.book import Subscription, Terms
from frontdesk.commands import ChangePlan
from frontdesk.quotes import Quote
from frontdesk_web.formatting import date_long, listed, money
from frontdesk_web.messages import translate
from frontdesk_web.portal.done_views import DonePage
from frontdesk_web.portal.plan_views import price_side
from frontdesk_web.portal.views import Detail


def plan_done_page(
    quote: Quote, subscription: Subscription | None, terms: Terms, locale: str, *, base: str, invoices: bool
) -> DonePage:
    """The page after `quote` was confirmed. `subscription` is as it is now, None if it has ended since.

    `invoices` says whether the customer can see invoices.
    """
    issued = subscription.latest_invoice if subscription is not None and quote.invoice is not None else None
    return DonePage(
        title=translate(locale, "Your plan will change")
        if _waits(quote)
        else translate(locale, "Your plan is changed"),
        sentences=_sentences(quote, locale),
        details=_details(quote, terms, locale),
        home_url=f"{base}/",
        invoice_url=f"{base}/invoices/{issued}" if issued and invoices else None,
    )


def _waits(quote: Quote) -> bool:
    return isinstance(quote.command, ChangePlan) and quote.command.when == "period_end"


def _sentences(quote: Quote, locale: str) -> tuple[str, ...]:
    if _waits(quote) and quote.renewal is not None:
        date = date_long(quote.renewal.at, locale)
        return (
            translate(locale, "Your new plan begins on {date}. Until then nothing changes.", date=date),
            translate(locale, "You can take the change back until then, on the billing page."),
        )
    return (translate(locale, "Your new plan is active now."), *billed_sentences(quote, locale))


def billed_sentences(quote: Quote, locale: str) -> Iterator[str]:
    """What was billed or given back by a quote that was confirmed."""
    invoice = quote.invoice
    if quote.due_now and invoice is not None and invoice.due_date is not None:
        amount, date = money(quote.due_now, quote.currency, locale), date_long(invoice.due_date, locale)
        yield translate(locale, "We send you an invoice over {amount}, payable by {date}.", amount=amount, date=date)
    elif invoice is not None and invoice.total > 0 and not quote.due_now:
        yield translate(locale, "Your credit pays for it.")
    if quote.set_off:
        credit = money(quote.set_off, quote.currency, locale)
        yield translate(locale, "{credit} is taken off what is still to be paid.", credit=credit)
    if quote.credited:
        credit = money(quote.credited, quote.currency, locale)
        yield translate(locale, "{credit} is kept as credit and used for your next invoices.", credit=credit)
    elif invoice is None and quote.lines:
        yield translate(locale, "The difference is on your next invoice.")


def next_invoice(quote: Quote, locale: str) -> tuple[Detail, ...]:
    """When the next invoice comes and what it comes to, where there is one."""
    if quote.renewal is None:
        return ()
    amount = money(max(0, quote.renewal.amount), quote.currency, locale)
    value = listed((date_long(quote.renewal.at, locale), amount), locale)
    return (Detail(label=translate(locale, "Next invoice"), value=value),)


def _details(quote: Quote, terms: Terms, locale: str) -> tuple[Detail, ...]:
    details = []
    command = quote.command
    items = command.items if isinstance(command, ChangePlan) else ()
    for each in items:
        price = terms.prices.get(each.price or "")
        if price is None:
            continue
        side = price_side(price, 1 if each.quantity is None else each.quantity, quote.currency, terms, locale)
        if len(items) == 1:
            details.append(Detail(label=translate(locale, "New plan"), value=side.name))
            if side.price:
                details.append(Detail(label=translate(locale, "Price"), value=side.price))
        else:
            details.append(Detail(label=side.name, value=side.price or side.total))
    return (*details, *next_invoice(quote, locale))

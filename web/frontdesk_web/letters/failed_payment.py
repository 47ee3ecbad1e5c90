"""The letter that tells of a payment by card that failed, with the way to pay again."""

from frontdesk.book import Invoice
from frontdesk.card_refusals import card_refused
from frontdesk.events import PaymentFailed
from frontdesk.payment_methods import PaymentAttempt
from frontdesk.restarts import is_owed
from frontdesk.test_cards import DECLINES
from frontdesk_web.formatting import date_long, money
from frontdesk_web.letter_views import LetterFrame, PlanNewsLetter
from frontdesk_web.messages import translate
from frontdesk_web.portal.card_words import card_name


def failed_letter(
    frame: LetterFrame, name: str, invoice: Invoice, event: PaymentFailed, invoice_url: str
) -> PlanNewsLetter | None:
    """The letter of one attempt, in the frame's language; None where nothing is to be paid any more.

    Where a later attempt was made meanwhile, its own letter tells of it.
    """
    attempt = next((each for each in invoice.attempts if each.at == event.at and each.by_itself), None)
    if attempt is None or attempt is not invoice.attempts[-1] or not is_owed(invoice):
        return None
    locale = frame.locale
    return PlanNewsLetter(
        frame=frame,
        customer=name,
        title=translate(locale, "Your payment for invoice {number} did not go through", number=invoice.number or ""),
        sentences=(*_what_happened(attempt, invoice, locale), _what_comes(invoice, locale)),
        portal_url=invoice_url,
        way=translate(locale, "Pay now"),
    )


def _what_happened(attempt: PaymentAttempt, invoice: Invoice, locale: str) -> tuple[str, ...]:
    amount = money(attempt.amount, invoice.currency, locale)
    if attempt.brand is None or attempt.last4 is None:
        return (translate(locale, "We could not charge {amount}, because no card is on file.", amount=amount),)
    card = card_name(attempt.brand, attempt.last4, locale)
    decline = DECLINES.get(attempt.decline_code or "")
    why = () if decline is None else (translate(locale, card_refused(decline).for_customer),)
    return (translate(locale, "We could not charge {amount} to {card}.", amount=amount, card=card), *why)


def _what_comes(invoice: Invoice, locale: str) -> str:
    if invoice.next_attempt is None:
        return translate(locale, "We do not try again by ourselves. Please pay the invoice.")
    date = date_long(invoice.next_attempt, locale)
    return translate(locale, "We try again on {date}. You can pay before that, with any card.", date=date)

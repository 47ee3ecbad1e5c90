"""The letter that tells of a refund which no credit note speaks of. Where one does, its own letter says it all.

What was paid without an invoice has no credit note and no page: its letter says when it was paid, and what for, where
the program that took it has said so.
"""

from collections.abc import Sequence

from frontdesk.book import CreditNote, Invoice
from frontdesk.charges import Charge
from frontdesk.events import RefundMade
from frontdesk.refund_rules import charge_named, unexplained
from frontdesk.refunds import Refund
from frontdesk_web.formatting import date_long, money
from frontdesk_web.letter_views import LetterFrame, PlanNewsLetter
from frontdesk_web.messages import translate
from frontdesk_web.portal.card_words import card_name


def refund_letter(
    frame: LetterFrame, name: str, invoice: Invoice, notes: Sequence[CreditNote], event: RefundMade, invoice_url: str
) -> PlanNewsLetter | None:
    """The letter of one refund, in the frame's language; `notes` are the credit notes over its invoice.

    None where the bank has sent it back by now, or a credit note tells of all of it.
    """
    refund = next((each for each in invoice.refunds if each.id == event.refund), None)
    if refund is None or refund.status == "failed" or unexplained(invoice, notes, refund.id) <= 0:
        return None
    locale, amount = frame.locale, money(refund.amount, refund.currency, frame.locale)
    number = invoice.number or ""
    card = _card(charge_named(invoice, refund.charge), locale)
    if card is None:
        sent = translate(locale, "We sent {amount} back for invoice {number}.", amount=amount, number=number)
    else:
        sent = translate(
            locale, "We sent {amount} back to {card} for invoice {number}.", amount=amount, card=card, number=number
        )
    return _letter(frame, name, amount, (sent,), invoice_url, translate(locale, "View invoice"))


def lone_refund_letter(
    frame: LetterFrame, name: str, refund: Refund, charge: Charge, portal_url: str
) -> PlanNewsLetter | None:
    """The letter of a refund of a payment that had no invoice; None where the bank has sent it back by now."""
    if refund.status == "failed":
        return None
    locale, amount = frame.locale, money(refund.amount, refund.currency, frame.locale)
    card, day = _card(charge, locale), date_long(charge.created, locale)
    if card is None:
        sent = translate(locale, "We sent {amount} back for your payment on {date}.", amount=amount, date=day)
    else:
        sent = translate(
            locale, "We sent {amount} back to {card} for your payment on {date}.", amount=amount, card=card, date=day
        )
    sentences = [sent]
    if charge.description:
        sentences.append(translate(locale, "Your payment was for: {purpose}", purpose=charge.description))
    return _letter(frame, name, amount, sentences, portal_url, "")


def _card(charge: Charge | None, locale: str) -> str | None:
    if charge is None or charge.brand is None or charge.last4 is None:
        return None
    return card_name(charge.brand, charge.last4, locale)


def _letter(frame: LetterFrame, name: str, amount: str, sentences: Sequence[str], url: str, way: str) -> PlanNewsLetter:
    takes = translate(frame.locale, "Banks take up to ten working days to show it on your statement.")
    return PlanNewsLetter(
        frame=frame,
        customer=name,
        title=translate(frame.locale, "You get {amount} back", amount=amount),
        sentences=(*sentences, takes),
        portal_url=url,
        way=way,
    )

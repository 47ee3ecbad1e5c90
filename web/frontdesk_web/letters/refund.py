"""The letter that tells of a refund which no credit note speaks of. Where one does, its own letter says it all. And the
letter that the bank returned a refund: whoever was promised money is told that it does not come that way.

What was paid without an invoice has no credit note and no page: its letter says when it was paid, and what for, where
the program that took it has said so.
"""

from collections.abc import Sequence

from frontdesk.book import CreditNote, Invoice
from frontdesk.charges import Charge
from frontdesk.events import RefundFailed, RefundMade
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


def returned_letter(
    frame: LetterFrame, name: str, refund: Refund, charge: Charge | None, number: str | None, url: str, way: str
) -> PlanNewsLetter:
    """The letter that a refund did not arrive. `number` is the invoice's that it was for, None where there was none."""
    locale = frame.locale
    amount, day = money(refund.amount, refund.currency, locale), date_long(refund.created, locale)
    card = _card(charge, locale)
    if card is None:
        sent = translate(
            locale, "On {date} we sent you {amount}, but the bank returned it to us.", date=day, amount=amount
        )
    else:
        sent = translate(
            locale,
            "On {date} we sent {amount} back to {card}, but the bank returned it to us.",
            date=day,
            amount=amount,
            card=card,
        )
    sentences = [sent]
    if number is not None:
        sentences.append(translate(locale, "It was for invoice {number}.", number=number))
    sentences.append(translate(locale, "That happens when a card has expired or its account was closed."))
    if frame.support_email:
        sentences.append(
            translate(
                locale,
                "The money is still yours. Please write to {email} to say how we can send it to you.",
                email=frame.support_email,
            )
        )
    else:
        sentences.append(translate(locale, "The money is still yours. Please tell us how we can send it to you."))
    return PlanNewsLetter(
        frame=frame,
        customer=name,
        title=translate(locale, "Your refund of {amount} could not be paid out", amount=amount),
        sentences=tuple(sentences),
        portal_url=url,
        way=way,
    )


def was_promised(notes: Sequence[CreditNote], event: RefundFailed) -> bool:
    """Whether a credit note, which is always written about, said that this refund would come."""
    said = (each for note in notes if note.status == "issued" for each in note.paid_back)
    return any(each.refund == event.refund for each in said)


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

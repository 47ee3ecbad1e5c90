"""The letter that tells of a refund which no credit note speaks of. Where one does, its own letter says it all."""

from collections.abc import Sequence

from frontdesk.book import CreditNote, Invoice
from frontdesk.events import RefundMade
from frontdesk.refund_rules import charge_named, unexplained
from frontdesk_web.formatting import money
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
    charge = charge_named(invoice, refund.charge)
    number = invoice.number or ""
    if charge is None or charge.brand is None or charge.last4 is None:
        sent = translate(locale, "We sent {amount} back for invoice {number}.", amount=amount, number=number)
    else:
        card = card_name(charge.brand, charge.last4, locale)
        sent = translate(
            locale, "We sent {amount} back to {card} for invoice {number}.", amount=amount, card=card, number=number
        )
    return PlanNewsLetter(
        frame=frame,
        customer=name,
        title=translate(locale, "You get {amount} back", amount=amount),
        sentences=(sent, translate(locale, "Banks take up to ten working days to show it on your statement.")),
        portal_url=invoice_url,
        way=translate(locale, "View invoice"),
    )

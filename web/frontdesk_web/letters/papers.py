"""Letters that carry a credit note or a receipt; their language is that of the frame."""

from frontdesk.book import CreditNote, Invoice
from frontdesk.receipts import Receipt
from frontdesk_web.credit_note_words import note_lines, note_totals, what_became
from frontdesk_web.formatting import money
from frontdesk_web.invoice_words import line_views
from frontdesk_web.letter_views import LetterFrame, PaperLetter
from frontdesk_web.messages import translate
from frontdesk_web.portal.invoice_views import invoice_totals
from frontdesk_web.receipt_words import on_statement, receipt_sentences, receipt_totals


def credit_note_letter(frame: LetterFrame, name: str, note: CreditNote, invoice: Invoice, url: str) -> PaperLetter:
    """Part of an invoice was taken back."""
    locale = frame.locale
    corrects = translate(locale, "It corrects invoice {number}.", number=invoice.number or "")
    return PaperLetter(
        frame=frame,
        customer=name,
        title=translate(locale, "Credit note {number}", number=note.number or ""),
        amount=money(note.total, note.currency, locale),
        sentences=(corrects, *what_became(note, invoice, locale)),
        lines=note_lines(note, locale),
        totals=note_totals(note, invoice, locale),
        way=translate(locale, "View your billing"),
        url=url,
    )


def receipt_letter(frame: LetterFrame, name: str, receipt: Receipt, invoice: Invoice, url: str) -> PaperLetter:
    """What was paid came in."""
    locale = frame.locale
    return PaperLetter(
        frame=frame,
        customer=name,
        title=translate(locale, "Receipt for invoice {number}", number=invoice.number or ""),
        amount=money(receipt.payment.amount, invoice.currency, locale),
        sentences=(*receipt_sentences(receipt, invoice, locale), *on_statement(invoice, locale)),
        lines=line_views(invoice, locale),
        totals=receipt_totals(receipt, invoice, locale),
        way=translate(locale, "View your billing"),
        url=url,
    )


def link_letter(frame: LetterFrame, name: str, invoice: Invoice, url: str) -> PaperLetter:
    """A fresh link to an invoice, for whoever asked for it with an old one."""
    locale = frame.locale
    asked = translate(
        locale,
        "Somebody asked for a fresh link to this invoice. Whoever has it can see this invoice without signing in, so"
        " pass it on only to those who should.",
    )
    return PaperLetter(
        frame=frame,
        customer=name,
        title=translate(locale, "Invoice {number}", number=invoice.number or ""),
        amount=money(invoice.total, invoice.currency, locale),
        sentences=(asked,),
        lines=line_views(invoice, locale),
        totals=invoice_totals(invoice, locale),
        way=translate(locale, "View invoice"),
        url=url,
    )

"""The letter that reminds of an unpaid invoice."""

from frontdesk.book import Invoice
from frontdesk.reminders import ReminderText, filled
from frontdesk_tenants.directory import Side
from frontdesk_web.invoice_words import how_to_pay
from frontdesk_web.letter_views import LetterFrame, ReminderLetter
from frontdesk_web.reminder_words import paragraphs_of, values_of


def reminder_letter(
    frame: LetterFrame, text: ReminderText, invoice: Invoice, name: str, side: Side, invoice_url: str
) -> ReminderLetter:
    """The letter in the frame's language, with what is open of the invoice now."""
    values = values_of(invoice, name, frame.name, frame.locale)
    return ReminderLetter(
        frame=frame,
        subject=filled(text.subject, values),
        paragraphs=paragraphs_of(text.body, values),
        amount=values["amount"],
        number=values["number"],
        due=values["due_date"],
        how_to_pay=how_to_pay(side.settings, invoice, frame.locale),
        invoice_url=invoice_url,
    )

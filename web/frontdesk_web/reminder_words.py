"""The words of reminders: our own texts, a side's in their place, and what stands for their placeholders."""

from collections.abc import Mapping

from frontdesk.book import Invoice
from frontdesk.reminders import PLACEHOLDERS, ReminderSettings, ReminderText, Stage, filled
from frontdesk_web.formatting import date_long, money
from frontdesk_web.messages import _, translate

NAMES: Mapping[Stage, str] = {
    "friendly": _("Friendly reminder"),
    "firm": _("Firm reminder"),
    "final": _("Final reminder"),
}
_OURS: Mapping[Stage, tuple[str, tuple[str, ...]]] = {
    "friendly": (
        _("Reminder: invoice {number} was due on {due_date}"),
        (
            _("Hello {customer},"),
            _(
                "perhaps it has slipped through: invoice {number} was due on {due_date}, and {amount} of it has not"
                " reached us yet."
            ),
            _("If you have paid in the meantime, please disregard this letter."),
        ),
    ),
    "firm": (
        _("Invoice {number} is overdue"),
        (
            _("Hello {customer},"),
            _("invoice {number} was due on {due_date}. We still miss {amount}."),
            _(
                "Please pay it within the next days. If something about the invoice is not right, or you cannot pay at"
                " the moment, write to us: we will find a way."
            ),
        ),
    ),
    "final": (
        _("Final reminder: invoice {number}"),
        (
            _("Hello {customer},"),
            _("invoice {number} was due on {due_date}, and {amount} of it is still unpaid in spite of our letters."),
            _(
                "Please pay it within seven days, so that we need not take further steps. If you have a question about"
                " it, this is the time to ask."
            ),
        ),
    ),
}
_AS_THEY_ARE = {name: "{" + name + "}" for name in PLACEHOLDERS}


def our_text(stage: Stage, locale: str) -> ReminderText:
    """Our own text in a language, with its placeholders."""
    subject, paragraphs = _OURS[stage]
    said = [translate(locale, each, **_AS_THEY_ARE) for each in paragraphs]
    return ReminderText(subject=translate(locale, subject, **_AS_THEY_ARE), body="\n\n".join(said))


def text_of(settings: ReminderSettings, stage: Stage, locale: str) -> ReminderText:
    """What a side's reminder says in a language: its own text, else ours."""
    return settings.of(stage).texts.get(locale) or our_text(stage, locale)


def values_of(invoice: Invoice, customer: str, business: str, locale: str) -> Mapping[str, str]:
    """What stands for the placeholders."""
    return {
        "customer": customer,
        "number": invoice.number or "",
        "amount": money(invoice.amount_remaining, invoice.currency, locale),
        "due_date": "" if invoice.due_date is None else date_long(invoice.due_date.date(), locale),
        "business": business,
    }


def paragraphs_of(body: str, values: Mapping[str, str]) -> tuple[tuple[str, ...], ...]:
    """A body as paragraphs of lines, with its placeholders filled in."""
    parts = [[line for line in part.split("\n") if line.strip()] for part in body.split("\n\n")]
    return tuple(tuple(filled(line, values) for line in part) for part in parts if part)

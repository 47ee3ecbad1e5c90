"""A credit note in the words of its reader: lines, sums, and what became of it."""

from collections.abc import Mapping

from msgspec.structs import replace

from frontdesk.book import CreditNote, Invoice, Line
from frontdesk.money import line_amount
from frontdesk.refunds import NoteRefund
from frontdesk_web.formatting import date_long, money
from frontdesk_web.invoice_words import line_view
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.views import Badge, Total
from frontdesk_web.portal.views import Line as LineView
from frontdesk_web.tax_words import added_taxes, included_taxes

REASONS: Mapping[str, str] = {
    "duplicate": _("Billed twice"),
    "fraudulent": _("Not ordered by you"),
    "order_change": _("The order changed"),
    "product_unsatisfactory": _("Not as it should have been"),
}
"""Why something is taken back, as the customer reads it."""


def note_lines(note: CreditNote, locale: str) -> tuple[LineView, ...]:
    """What is taken back, line by line."""
    return tuple(_line(each, locale) for each in note.lines)


def note_totals(note: CreditNote, invoice: Invoice, locale: str) -> tuple[Total, ...]:
    """The taxes that are given back, and the whole of it."""
    sums = [*added_taxes(note.taxes, note.currency, locale)]
    if sums:
        before = money(sum(each.amount for each in note.lines), note.currency, locale)
        sums.insert(0, Total(label=translate(locale, "Subtotal"), amount=before))
    total = money(note.total, note.currency, locale)
    sums.append(Total(label=translate(locale, "Total credited"), amount=total, strong=True))
    return (*sums, *included_taxes(replace(invoice, taxes=note.taxes), locale))


def what_became(note: CreditNote, invoice: Invoice, locale: str) -> tuple[str, ...]:
    """Sentences that say where the money is."""
    if note.status == "void":
        return (translate(locale, "This credit note was taken back. It counts no more."),)
    said = []
    if note.pre_payment:
        amount = money(note.pre_payment, note.currency, locale)
        said.append(
            translate(
                locale,
                "{amount} is taken off what is due for invoice {number}.",
                amount=amount,
                number=invoice.number or "",
            )
        )
    if note.credited:
        amount = money(note.credited, note.currency, locale)
        said.append(translate(locale, "{amount} is kept as credit and used for your next invoices.", amount=amount))
    lost = sum(each.amount for each in returned(note, invoice))
    if note.refunded > lost:
        amount = money(note.refunded - lost, note.currency, locale)
        said.append(translate(locale, "{amount} is refunded to your card.", amount=amount))
    if lost:
        amount = money(lost, note.currency, locale)
        said.append(
            translate(locale, "{amount} was refunded to your card, but the bank returned it to us.", amount=amount)
        )
    if note.out_of_band:
        amount = money(note.out_of_band, note.currency, locale)
        said.append(translate(locale, "{amount} is paid back to you.", amount=amount))
    return tuple(said)


def returned(note: CreditNote, invoice: Invoice) -> tuple[NoteRefund, ...]:
    """What of its refunds the bank sent back to us."""
    failed = {each.id for each in invoice.refunds if each.status == "failed"}
    return tuple(each for each in note.paid_back if each.refund in failed)


def note_facts(note: CreditNote, invoice: Invoice, locale: str) -> list[tuple[str, str]]:
    """Number and day of the note, and of the invoice that it corrects."""
    facts = [
        (translate(locale, "Number"), note.number or ""),
        (translate(locale, "Date"), date_long(note.created.date(), locale)),
        (translate(locale, "For invoice"), invoice.number or ""),
        (translate(locale, "Invoice date"), date_long((invoice.finalized_at or invoice.created).date(), locale)),
    ]
    if note.reason is not None:
        facts.append((translate(locale, "Reason"), translate(locale, REASONS[note.reason])))
    return facts


def note_badge(note: CreditNote, locale: str) -> Badge | None:
    """Said only where it is void."""
    return Badge(translate(locale, "Void")) if note.status == "void" else None


def _line(line: Line, locale: str) -> LineView:
    view = line_view(line, locale)
    if not (line.description or line.product_name):
        view = replace(view, description=translate(locale, "Credit"))
    # A part of a line's amount is not what its quantity costs.
    unit = line.unit_amount if line.package == 1 else None
    whole = unit is not None and line_amount(unit, line.quantity) == line.amount
    return view if whole else replace(view, unit="")

"""Invoices: rows of the list, and the page of one."""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import ClassVar

from msgspec import Struct

from frontdesk.book import BillingSettings, Invoice, InvoiceStatus
from frontdesk.payment_rules import is_reversed
from frontdesk.restarts import is_owed
from frontdesk_tenants.home_reads import InvoiceSummary
from frontdesk_web.formatting import date_long, date_short, money
from frontdesk_web.invoice_words import line_views, party_lines, payment_reference, totals
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.customer_views import HowToPay, how_to_pay
from frontdesk_web.portal.views import Badge, Detail, Line, Notice, Tone, Total
from frontdesk_web.refund_words import refund_totals


class InvoiceRow(Struct, frozen=True, kw_only=True):
    """An invoice in a list. `date` is when it was finalised, `status` a word, `tone` its colour."""

    number: str
    date: str
    amount: str
    status: str
    tone: Tone
    url: str


class Paper(Struct, frozen=True, kw_only=True):
    """A document to download: a credit note, a receipt."""

    name: str
    detail: str
    amount: str
    url: str
    badge: Badge | None = None


class InvoicePage(Struct, frozen=True, kw_only=True):
    """One invoice. `sentence` says what is to be done, if anything ("Please transfer €120.00 by …").

    `notes` are what the tenant wrote on it. For whoever came by a link there is no way back but a `sign_in_url`.
    """

    template: ClassVar[str] = "portal/invoice.html"
    number: str
    status: Badge
    amount: str
    sentence: str
    pdf_url: str
    back_url: str
    facts: tuple[Detail, ...]
    billed_to: tuple[str, ...]
    billed_by: tuple[str, ...]
    lines: tuple[Line, ...]
    totals: tuple[Total, ...]
    how_to_pay: HowToPay | None = None
    papers: tuple[Paper, ...] = ()
    pay_url: str | None = None
    """Where it can be paid by a payment method."""
    notes: tuple[str, ...] = ()
    sign_in_url: str | None = None
    notice: Notice | None = None
    planned: str = ""
    """That a change of the plan waits for it to be paid, and until when."""
    otherwise: str = ""
    """What comes where it is not paid by then."""


_STATUSES: dict[InvoiceStatus, tuple[str, Tone]] = {
    "draft": (_("Draft"), "neutral"),
    "open": (_("Open"), "info"),
    "paid": (_("Paid"), "success"),
    "uncollectible": (_("Not collected"), "neutral"),
    "void": (_("Void"), "neutral"),
}


def invoice_row(invoice: InvoiceSummary, base: str, now: datetime, locale: str) -> InvoiceRow:
    """A row of the list. `base` is the portal's path."""
    badge = invoice_badge(invoice.status, invoice.due_date, now, locale)
    return InvoiceRow(
        number=invoice.number or "",
        date=date_short(invoice.dated, locale),
        amount=money(invoice.total, invoice.currency, locale),
        status=badge.text,
        tone=badge.tone,
        url=f"{base}/invoices/{invoice.id}",
    )


def invoice_badge(status: InvoiceStatus, due: datetime | None, now: datetime, locale: str) -> Badge:
    """The status in a word; an open invoice whose time has come is past due."""
    return _badge(status, status == "open" and due is not None and due < now, locale)


# There are few, and a list has one in each row.
@lru_cache(maxsize=256)
def _badge(status: InvoiceStatus, late: bool, locale: str) -> Badge:
    if late:
        return Badge(translate(locale, "Past due"), "danger")
    word, tone = _STATUSES[status]
    return Badge(translate(locale, word), tone)


def invoice_page(
    invoice: Invoice, settings: BillingSettings, base: str, now: datetime, locale: str, code: str = ""
) -> InvoicePage:
    """The page of an issued invoice. `code` is the address of its transfer's code, empty where it has none."""
    owed = is_owed(invoice)
    to_pay = _to_pay(settings, invoice, locale, code) if owed else None
    return InvoicePage(
        number=invoice.number or "",
        status=invoice_badge(invoice.status, invoice.due_date, now, locale),
        amount=money(invoice.amount_remaining if owed else invoice.total, invoice.currency, locale),
        sentence=_sentence(invoice, locale),
        pdf_url=f"{base}/invoices/{invoice.id}/pdf",
        back_url=f"{base}/",
        facts=_facts(invoice, locale),
        billed_to=party_lines(invoice.buyer, locale),
        billed_by=party_lines(invoice.seller, locale),
        lines=line_views(invoice, locale),
        totals=(*invoice_totals(invoice, locale), *refund_totals(invoice, locale)),
        how_to_pay=to_pay,
        notes=tuple(note for note in (invoice.description, invoice.footer) if note),
    )


def _to_pay(settings: BillingSettings, invoice: Invoice, locale: str, code: str) -> HowToPay | None:
    return how_to_pay(settings, (), locale, payment_reference(invoice), code)


def invoice_totals(invoice: Invoice, locale: str) -> tuple[Total, ...]:
    """The sums under an invoice's lines as things stand: what was paid since it was issued counts."""
    issued = totals(invoice, locale)
    if not (invoice.amount_paid or invoice.amount_credited):
        return issued
    left = money(invoice.amount_remaining, invoice.currency, locale)
    return (
        *issued[:-1],
        *_credited(invoice, locale),
        *_paid(invoice, locale),
        Total(label=translate(locale, "Amount due"), amount=left, strong=True),
    )


def _credited(invoice: Invoice, locale: str) -> Iterator[Total]:
    for label, credited in (
        (translate(locale, "Credit note"), invoice.amount_credited - invoice.amount_set_off),
        (translate(locale, "Credit"), invoice.amount_set_off),
    ):
        if credited:
            yield Total(label=label, amount=money(-credited, invoice.currency, locale))


def _paid(invoice: Invoice, locale: str) -> Iterator[Total]:
    """What was paid, by day; a sum where no days are known. What was reversed is no payment."""
    known = 0
    for each in invoice.payments:
        applied = each.amount - each.overpaid
        if each.reverses is None and applied and not is_reversed(invoice, each):
            known += applied
            label = translate(locale, "Paid on {date}", date=date_long(each.received, locale))
            yield Total(label=label, amount=money(-applied, invoice.currency, locale))
    if known != invoice.amount_paid:
        rest = money(known - invoice.amount_paid, invoice.currency, locale)
        yield Total(label=translate(locale, "Paid"), amount=rest)


def _sentence(invoice: Invoice, locale: str) -> str:
    match invoice.status:
        case "paid" if invoice.paid_at is not None and invoice.amount_due > 0:
            return translate(locale, "Paid on {date}.", date=date_long(invoice.paid_at, locale))
        case "paid":
            return translate(locale, "There is nothing to pay.")
        case "void":
            return translate(locale, "This invoice was cancelled. There is nothing to pay.")
        case "uncollectible":
            return translate(locale, "This invoice was not paid. You can still pay it.")
        case "open" if invoice.amount_remaining <= 0:
            return translate(locale, "There is nothing to pay.")
        case "open" if invoice.due_date is not None:
            return translate(locale, "Please pay by {date}.", date=date_long(invoice.due_date, locale))
        case "open":
            return translate(locale, "Please pay as soon as you can.")
    return ""


def _facts(invoice: Invoice, locale: str) -> tuple[Detail, ...]:
    issued = invoice.finalized_at or invoice.created
    facts = [
        Detail(label=translate(locale, "Invoice number"), value=invoice.number or ""),
        Detail(label=translate(locale, "Issued"), value=date_long(issued, locale)),
    ]
    if invoice.due_date is not None:
        facts.append(Detail(label=translate(locale, "Due"), value=date_long(invoice.due_date, locale)))
    facts += [Detail(label=each.name, value=each.value) for each in invoice.custom_fields]
    return tuple(facts)

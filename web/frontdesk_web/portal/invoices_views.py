"""The page of all invoices, from what was read."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar
from urllib.parse import urlencode

from msgspec import Struct

from frontdesk.book import Invoice
from frontdesk.errors import Refusal
from frontdesk.invoice_choice import STATES, InvoiceChoice, InvoiceState
from frontdesk_tenants.customer_invoices import InvoicePage, Owed
from frontdesk_web.documents.bundle import MOST
from frontdesk_web.formatting import date_short, listed, money
from frontdesk_web.line_words import describe
from frontdesk_web.messages import _, translate, translate_plural
from frontdesk_web.portal.invoice_views import InvoiceRow, invoice_badge
from frontdesk_web.portal.views import Option, Pager


class FullInvoiceRow(InvoiceRow, frozen=True, kw_only=True):
    """An invoice where all are listed. `left` is what of it is open, if not all of it, `pdf_url` its document's."""

    description: str
    left: str = ""
    pdf_url: str


class InvoicesPage(Struct, frozen=True, kw_only=True):
    """All invoices, or those of a year or in a state: asks `action` for `year` and `status`.

    `owed` says in sentences what is to be paid, `counted` how many invoices the choice holds. `bundle_url` downloads
    them all, None where that cannot be; `bundle_note` says what is in it, or why it cannot be. `empty` says why there
    are none, `all_url` leads out of a choice.
    """

    template: ClassVar[str] = "portal/invoices.html"
    action: str
    back_url: str
    years: tuple[Option, ...]
    states: tuple[Option, ...]
    rows: tuple[FullInvoiceRow, ...]
    pager: Pager
    owed: tuple[str, ...] = ()
    late_url: str | None = None
    counted: str = ""
    bundle_url: str | None = None
    bundle_note: str = ""
    statement_url: str | None = None
    all_url: str | None = None
    empty: str = ""


PAGE = 20
"""Invoices on one page of the list."""
_STATES: dict[InvoiceState, str] = {
    "open": _("To be paid"),
    "late": _("Past due"),
    "paid": _("Paid"),
    "uncollectible": _("Not collected"),
    "void": _("Void"),
}


def invoices_page(
    found: InvoicePage,
    choice: InvoiceChoice,
    years: Sequence[int],
    owed: Sequence[Owed],
    base: str,
    now: datetime,
    locale: str,
    *,
    has_statement: bool,
) -> InvoicesPage:
    """The page. `base` is the portal's path, `now` the customer's time."""
    path, rows = f"{base}/invoices", found.invoices
    fits = 0 < found.count <= MOST
    return InvoicesPage(
        action=path,
        back_url=f"{base}/",
        years=_years(years, choice, locale),
        states=_states(choice, locale),
        rows=tuple(_row(each, base, now, locale) for each in rows),
        pager=Pager(
            newer_url=_with(path, choice, after=rows[0].id) if found.newer and rows else None,
            older_url=_with(path, choice, before=rows[-1].id) if found.older and rows else None,
        ),
        owed=tuple(_owed(each, locale) for each in owed),
        late_url=_with(path, InvoiceChoice(state="late")) if any(each.late for each in owed) else None,
        counted=_counted(found.count, choice, locale) if found.count else "",
        bundle_url=_with(f"{base}/invoices.zip", choice) if fits else None,
        bundle_note=_bundle_note(found.count, locale),
        statement_url=f"{base}/statement" if has_statement else None,
        all_url=path if choice.is_narrow else None,
        empty="" if rows else _empty(choice, locale),
    )


def too_many(most: int) -> Refusal:
    """A download holds so many invoices, and at least one."""
    return Refusal(
        code="bundle_too_large",
        for_customer="One download holds up to {most} invoices, and at least one. Please choose a year or a status.",
        for_tenant="One download holds up to {most} invoices, and at least one.",
        parameters={"most": most},
    )


def _row(invoice: Invoice, base: str, now: datetime, locale: str) -> FullInvoiceRow:
    left = invoice.amount_remaining
    badge = invoice_badge(invoice.status, invoice.due_date, now, locale)
    in_part = invoice.status == "open" and 0 < left != invoice.total
    return FullInvoiceRow(
        number=invoice.number or "",
        date=date_short(invoice.finalized_at or invoice.created, locale),
        amount=money(invoice.total, invoice.currency, locale),
        status=badge.text,
        tone=badge.tone,
        url=f"{base}/invoices/{invoice.id}",
        description=_about(invoice, locale),
        left=translate(locale, "{amount} still open", amount=money(left, invoice.currency, locale)) if in_part else "",
        pdf_url=f"{base}/invoices/{invoice.id}/pdf",
    )


def _about(invoice: Invoice, locale: str) -> str:
    """What an invoice bills, as far as it fits: what its first lines are about."""
    about = list(dict.fromkeys(each.product_name or describe(each, locale) for each in invoice.lines))
    more = len(about) - 2
    shown = listed(about[:2], locale)
    if more <= 0:
        return shown
    return translate_plural(locale, "{shown} and {number} more", "{shown} and {number} more", more, shown=shown)


def _owed(owed: Owed, locale: str) -> str:
    amount = money(owed.amount, owed.currency, locale)
    if not owed.late:
        return translate(locale, "{amount} is still to be paid.", amount=amount)
    late = money(owed.late, owed.currency, locale)
    if owed.late == owed.amount:
        return translate(locale, "{amount} is still to be paid and past due.", amount=amount)
    return translate(locale, "{amount} is still to be paid, {late} of it is past due.", amount=amount, late=late)


def _counted(count: int, choice: InvoiceChoice, locale: str) -> str:
    if choice.is_narrow:
        return translate_plural(
            locale, "{number} invoice matches your choice.", "{number} invoices match your choice.", count
        )
    return translate_plural(locale, "{number} invoice", "{number} invoices", count)


def _bundle_note(count: int, locale: str) -> str:
    if not count:
        return ""
    if count > MOST:
        return translate(
            locale,
            "One download holds up to {most} invoices, these are {number}. Choose a year or a status to get fewer.",
            most=MOST,
            number=count,
        )
    return translate(
        locale,
        "With their receipts and credit notes, as PDF files that sort by date. Papers that nobody has opened yet are"
        " made first; that takes about a second for each.",
    )


def _empty(choice: InvoiceChoice, locale: str) -> str:
    if choice.is_narrow:
        return translate(locale, "No invoice matches your choice.")
    return translate(locale, "Your first invoice will appear here once it is issued.")


def _years(years: Sequence[int], choice: InvoiceChoice, locale: str) -> tuple[Option, ...]:
    known = sorted({*years, *((choice.year,) if choice.year is not None else ())}, reverse=True)
    return (
        Option(value="", text=translate(locale, "All years"), selected=choice.year is None),
        *(Option(value=str(each), text=str(each), selected=each == choice.year) for each in known),
    )


def _states(choice: InvoiceChoice, locale: str) -> tuple[Option, ...]:
    return (
        Option(value="", text=translate(locale, "Any status"), selected=choice.state is None),
        *(Option(value=each, text=translate(locale, _STATES[each]), selected=each == choice.state) for each in STATES),
    )


def _with(path: str, choice: InvoiceChoice, **more: str) -> str:
    query = urlencode(choice.query | more)
    return f"{path}?{query}" if query else path

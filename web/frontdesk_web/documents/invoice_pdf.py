"""An invoice as PDF. It says what the invoice said when it was issued, is set once a language, and kept for ever."""

from typing import Any

from frontdesk import refusals
from frontdesk.book import Invoice
from frontdesk.errors import Refused
from frontdesk_tenants import listings
from frontdesk_tenants.database import SideTransaction
from frontdesk_tenants.directory import Door, Side
from frontdesk_web.documents.paper import sheet, spoken
from frontdesk_web.documents.setting import Document, kept_document
from frontdesk_web.formatting import date_long, date_range
from frontdesk_web.invoice_words import how_to_pay, line_views, payment_code, payment_sentence, totals
from frontdesk_web.messages import translate
from frontdesk_web.portal.invoice_views import invoice_totals
from frontdesk_web.site import Site


async def invoice_pdf(site: Site, door: Door, invoice_id: str, locale: str) -> bytes:
    """The PDF of an issued invoice of this side, the same bytes every time. Whose it is was asked before.

    It says what the invoice said when it was issued. Once it is void, or paid in part, there is a document more that
    says so, for each such state, and kept like the first.

    Raises:
        Refused: there is no such invoice, or it is a draft.
        Unavailable: it could not be set now.
    """
    locale = spoken(locale)

    async def read(connection: SideTransaction, side: Side) -> Document:
        invoice: Invoice | None = await listings.find(connection, "invoice", invoice_id)
        if invoice is None or invoice.number is None:
            raise Refused(refusals.no_such("invoice", invoice_id))
        return Document(
            invoice=invoice_id,
            edition=f"{locale} {_state(invoice)}".strip(),
            words=lambda: document_words(side, invoice, locale),
            issued=int((invoice.finalized_at or invoice.created).timestamp()),
            code=document_code(side, invoice),
        )

    return await kept_document(site, door, read)


def _state(invoice: Invoice) -> str:
    """What has become of an invoice that its document must say; empty where it says all as it was issued."""
    if invoice.status == "void":
        return "void"
    in_part = invoice.status in ("open", "uncollectible") and (invoice.amount_paid or invoice.amount_credited)
    return f"paid {invoice.amount_paid} credited {invoice.amount_credited}" if in_part else ""


def document_code(side: Side, invoice: Invoice) -> str | None:
    """What the QR code for paying says: what is due by the document; None where nothing is, or there can be none."""
    state = _state(invoice)
    due = 0 if state == "void" else invoice.amount_remaining if state else invoice.amount_due
    return payment_code(side.settings, invoice, due)


def document_words(side: Side, invoice: Invoice, locale: str) -> dict[str, Any]:
    """Everything that is printed, in the reader's language."""
    heading, state = translate(locale, "Invoice"), _state(invoice)
    void = state == "void"
    sentence = translate(locale, "This invoice was cancelled. There is nothing to pay.") if void else ""
    return sheet(
        side.brand,
        locale,
        title=f"{heading} {invoice.number}",
        heading=f"{heading}: {translate(locale, 'Void')}" if void else heading,
        seller=invoice.seller,
        buyer=invoice.buyer,
        facts=_facts(invoice, locale),
        lines=line_views(invoice, locale),
        totals=invoice_totals(invoice, locale) if state and not void else totals(invoice, locale),
        sentence=sentence or payment_sentence(invoice, locale),
        payment=() if void else how_to_pay(side.settings, invoice, locale),
        notes=[note for note in (invoice.description, invoice.footer) if note],
        scan=translate(locale, "Scan with your banking app"),
    )


def _facts(invoice: Invoice, locale: str) -> list[tuple[str, str]]:
    issued = invoice.finalized_at or invoice.created
    facts = [
        (translate(locale, "Number"), invoice.number or ""),
        (translate(locale, "Date"), date_long(issued.date(), locale)),
    ]
    if invoice.due_date is not None and invoice.amount_due:
        facts.append((translate(locale, "Due"), date_long(invoice.due_date.date(), locale)))
    if invoice.lines:
        first, last = min(line.start for line in invoice.lines), max(line.end for line in invoice.lines)
        if first.date() != last.date():
            facts.append((translate(locale, "Period"), date_range(first.date(), last.date(), locale)))
    return facts + [(field.name, field.value) for field in invoice.custom_fields]

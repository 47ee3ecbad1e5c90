"""A credit note as PDF: what it takes back of which invoice. Set once a language, and kept for ever."""

from typing import Any

from frontdesk import refusals
from frontdesk.book import CreditNote, Invoice
from frontdesk.errors import Refused
from frontdesk_tenants import listings
from frontdesk_tenants.database import SideTransaction
from frontdesk_tenants.directory import Door, Side
from frontdesk_web.credit_note_words import note_facts, note_lines, note_totals, returned, what_became
from frontdesk_web.documents.paper import sheet, spoken
from frontdesk_web.documents.setting import Document, kept_document
from frontdesk_web.messages import translate
from frontdesk_web.site import Site


async def credit_note_pdf(site: Site, door: Door, note_id: str, locale: str) -> bytes:
    """The PDF of a credit note of this side, the same bytes every time. Whose it is was asked before.

    Once it is void, or the bank has returned its refund, there is a document more that says so.

    Raises:
        Refused: there is no such credit note.
        Unavailable: it could not be set now.
    """
    locale = spoken(locale)

    async def read(connection: SideTransaction, side: Side) -> Document:
        note: CreditNote | None = await listings.find(connection, "credit note", note_id)
        if note is None:
            raise Refused(refusals.no_such("credit note", note_id))
        invoice: Invoice | None = await listings.find(connection, "invoice", note.invoice)
        if invoice is None:
            raise Refused(refusals.no_such("invoice", note.invoice))
        return Document(
            invoice=invoice.id,
            edition=f"credit note {note.id} {locale}{' void' if note.status == 'void' else _returned(note, invoice)}",
            words=lambda: credit_note_document(side, note, invoice, locale),
            issued=int(note.created.timestamp()),
        )

    return await kept_document(site, door, read)


def _returned(note: CreditNote, invoice: Invoice) -> str:
    return "".join(f" returned {each.refund}" for each in returned(note, invoice))


def _memo(note: CreditNote) -> str | None:
    """What staff wrote on it, where no line says that already."""
    return None if any(each.description == note.memo for each in note.lines) else note.memo


def credit_note_document(side: Side, note: CreditNote, invoice: Invoice, locale: str) -> dict[str, Any]:
    """Everything that is printed, in the reader's language."""
    heading = translate(locale, "Credit note")
    return sheet(
        side.brand,
        locale,
        title=f"{heading} {note.number}",
        heading=f"{heading}: {translate(locale, 'Void')}" if note.status == "void" else heading,
        seller=note.seller,
        buyer=note.buyer,
        facts=note_facts(note, invoice, locale),
        lines=note_lines(note, locale),
        totals=note_totals(note, invoice, locale),
        sentence=" ".join(what_became(note, invoice, locale)),
        notes=[each for each in (_memo(note), invoice.footer) if each],
    )

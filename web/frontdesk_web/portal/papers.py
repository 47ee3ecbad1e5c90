"""What belongs to an invoice on paper: its credit notes, and receipts for what was paid."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from frontdesk.book import CreditNote, Invoice, Payment
from frontdesk.receipts import receipt_of
from frontdesk_tenants.invoice_reads import notes_of, read_credit_note
from frontdesk_tenants.portal_reads import read_invoice
from frontdesk_web.credit_note_words import note_badge
from frontdesk_web.documents.credit_note_pdf import credit_note_pdf
from frontdesk_web.documents.receipt_pdf import receipt_pdf
from frontdesk_web.formatting import date_long, money
from frontdesk_web.messages import translate
from frontdesk_web.portal.answers import base_path, known_id
from frontdesk_web.portal.invoice_views import Paper
from frontdesk_web.portal.visit import Visit
from frontdesk_web.signed_in import dependencies, exception_handlers
from frontdesk_web.site import Site

_SIGNED_IN: dict[str, Any] = {"dependencies": dependencies, "exception_handlers": exception_handlers}
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9._-]+", re.ASCII)


@get("/p/{portal:str}/credit-notes/{credit_note:str}/pdf", **_SIGNED_IN)
async def download_credit_note(
    credit_note: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[bytes]:
    """A credit note."""
    refuse_hidden(visit)
    async with site.tenancy.database.side(visit.side.tenant_id) as connection:
        note = await read_credit_note(connection, visit.customer, known_id(credit_note))
    if note is None:
        raise NotFoundException
    return pdf_answer(await credit_note_pdf(site, visit.door, note.id, visit.locale), note.number or note.id)


@get("/p/{portal:str}/invoices/{invoice:str}/payments/{payment:str}/receipt", **_SIGNED_IN)
async def download_receipt(
    invoice: FromPath[str], payment: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The receipt for a payment."""
    refuse_hidden(visit)
    async with site.tenancy.database.side(visit.side.tenant_id) as connection:
        found = await read_invoice(connection, visit.customer, known_id(invoice))
    if found is None or receipt_of(found, (), known_id(payment)) is None:
        raise NotFoundException
    document = await receipt_pdf(site, visit.door, found.id, payment, visit.locale)
    return pdf_answer(document, receipt_name(found, visit.locale))


def refuse_hidden(visit: Visit) -> None:
    """Raises NotFoundException where customers see no invoices at all."""
    if not visit.configuration.features.invoice_history.enabled:
        raise NotFoundException


def pdf_answer(document: bytes, name: str) -> Response[bytes]:
    """A document to be kept under a name."""
    return Response(document, media_type="application/pdf", headers=attachment(name, "pdf"))


def attachment(name: str, ending: str) -> dict[str, str]:
    """The header that keeps an answer as a file."""
    return {"Content-Disposition": f'attachment; filename="{_NOT_IN_A_NAME.sub("-", name)}.{ending}"'}


def receipt_name(invoice: Invoice, locale: str) -> str:
    """What the file of a receipt is called."""
    return f"{translate(locale, 'Receipt')} {invoice.number}"


async def read_papers(site: Site, visit: Visit, invoice: Invoice) -> tuple[Paper, ...]:
    """Everything that there is on paper beside the invoice itself."""
    async with site.tenancy.database.side(visit.side.tenant_id) as connection:
        notes = await notes_of(connection, visit.customer, invoice.id)
    base = base_path(visit)
    return tuple(
        papers_of(
            invoice,
            notes,
            visit.locale,
            note_url=lambda note: f"{base}/credit-notes/{note.id}/pdf",
            receipt_url=lambda payment: f"{base}/invoices/{invoice.id}/payments/{payment.id}/receipt",
        )
    )


def papers_of(
    invoice: Invoice,
    notes: Sequence[CreditNote],
    locale: str,
    *,
    note_url: Callable[[CreditNote], str],
    receipt_url: Callable[[Payment], str],
) -> Iterator[Paper]:
    """The credit notes over an invoice and the receipts for it, at the addresses that they are given."""
    for note in notes:
        yield Paper(
            name=translate(locale, "Credit note {number}", number=note.number or ""),
            detail=date_long(note.created, locale),
            amount=money(note.total, note.currency, locale),
            url=note_url(note),
            badge=note_badge(note, locale),
        )
    for payment in invoice.payments:
        if receipt_of(invoice, notes, payment.id) is not None:
            yield Paper(
                name=translate(locale, "Receipt"),
                detail=translate(locale, "Paid on {date}", date=date_long(payment.received, locale)),
                amount=money(payment.amount, invoice.currency, locale),
                url=receipt_url(payment),
            )


routes = [download_credit_note, download_receipt]

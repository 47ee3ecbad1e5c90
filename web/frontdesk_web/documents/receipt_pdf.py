"""A receipt for a payment as PDF. Set once a language, and kept for ever."""

from typing import Any

from frontdesk import refusals
from frontdesk.book import Invoice
from frontdesk.errors import Refused
from frontdesk.receipts import Receipt, receipt_of
from frontdesk_tenants import listings
from frontdesk_tenants.database import SideTransaction
from frontdesk_tenants.directory import Door, Side
from frontdesk_tenants.invoice_reads import notes_of
from frontdesk_web.documents.paper import sheet, spoken
from frontdesk_web.documents.setting import Document, kept_document
from frontdesk_web.invoice_words import line_views
from frontdesk_web.messages import translate
from frontdesk_web.receipt_words import on_statement, receipt_facts, receipt_sentences, receipt_totals
from frontdesk_web.refund_words import sent_back
from frontdesk_web.site import Site


async def receipt_pdf(site: Site, door: Door, invoice_id: str, payment_id: str, locale: str) -> bytes:
    """The receipt for a payment of this side, the same bytes every time. Whose it is was asked before.

    Raises:
        Refused: there is no such payment, or it was reversed.
        Unavailable: it could not be set now.
    """
    locale = spoken(locale)

    async def read(connection: SideTransaction, side: Side) -> Document:
        invoice: Invoice | None = await listings.find(connection, "invoice", invoice_id)
        if invoice is None or invoice.number is None:
            raise Refused(refusals.no_such("invoice", invoice_id))
        receipt = receipt_of(invoice, await notes_of(connection, invoice.customer, invoice.id), payment_id)
        if receipt is None:
            raise Refused(refusals.no_such("payment", payment_id))
        return Document(
            invoice=invoice.id,
            edition=f"receipt {payment_id} {locale}{_refunds(invoice, receipt)}",
            words=lambda: receipt_document(side, receipt, invoice, locale),
            issued=int(receipt.payment.recorded.timestamp()),
        )

    return await kept_document(site, door, read)


def _refunds(invoice: Invoice, receipt: Receipt) -> str:
    """What tells a receipt from the one before something went back: it says how things stand, as Stripe's does."""
    charge = receipt.payment.charge
    gone = [] if charge is None else [f"{each.id}-{each.status}" for each in sent_back(invoice, charge)]
    return "".join(f" {each}" for each in gone)


def receipt_document(side: Side, receipt: Receipt, invoice: Invoice, locale: str) -> dict[str, Any]:
    """Everything that is printed, in the reader's language."""
    heading = translate(locale, "Receipt")
    return sheet(
        side.brand,
        locale,
        title=f"{heading} {invoice.number}",
        heading=heading,
        seller=invoice.seller,
        buyer=invoice.buyer,
        facts=receipt_facts(receipt, invoice, locale),
        lines=line_views(invoice, locale),
        totals=receipt_totals(receipt, invoice, locale),
        sentence=" ".join(receipt_sentences(receipt, invoice, locale)),
        notes=on_statement(invoice, locale),
    )

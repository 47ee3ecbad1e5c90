"""Many documents as one ZIP file, handed on while they are still being made.

Nothing is compressed: PDF files are already. A document that cannot be made does not end the download, since half a
file would be of no use to anybody: the others go on, and a text in the file names what is missing.
"""

import io
import logging
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from frontdesk.book import CreditNote, Invoice
from frontdesk.errors import FrontdeskError
from frontdesk.invoice_choice import paper_name
from frontdesk.receipts import receipt_of
from frontdesk_tenants.directory import Door, Side
from frontdesk_web.documents.credit_note_pdf import credit_note_pdf
from frontdesk_web.documents.invoice_pdf import invoice_pdf
from frontdesk_web.documents.kept_elsewhere import KeptAt, kept_at, read_kept
from frontdesk_web.documents.receipt_pdf import receipt_pdf
from frontdesk_web.hosted_addresses import followable
from frontdesk_web.messages import translate
from frontdesk_web.site import Site

log = logging.getLogger("frontdesk.documents")
MOST = 100
"""Invoices in one file."""


class BundledPaper(Struct, frozen=True, kw_only=True):
    """A document of a file: its name without an ending, the day that it is of, and how it is made."""

    name: str
    at: datetime
    make: Callable[[], Awaitable[bytes]]


def papers_of(
    site: Site, side: Side, invoices: Sequence[Invoice], notes: Mapping[str, Sequence[CreditNote]], locale: str
) -> Iterator[BundledPaper]:
    """The invoices with their receipts and credit notes. Names tell them all apart: numbers do."""
    door, there = side.door, kept_at(site, side)
    for invoice in invoices:
        issued = invoice.finalized_at or invoice.created
        number, own = invoice.number or invoice.id, notes.get(invoice.id, ())
        yield BundledPaper(
            name=paper_name(issued.date(), number),
            at=issued,
            make=lambda of=invoice: _invoice(site, door, of, locale, there),  # type: ignore[misc]
        )
        paid = [each for each in invoice.payments if receipt_of(invoice, own, each.id) is not None]
        for place, payment in enumerate(paid, 1):
            nth = "" if len(paid) == 1 else str(place)
            yield BundledPaper(
                name=paper_name(issued.date(), number, translate(locale, "Receipt"), nth),
                at=payment.recorded,
                make=lambda id_=invoice.id, of=payment.id: receipt_pdf(site, door, id_, of, locale),  # type: ignore[misc]
            )
        for note in own:
            words = translate(locale, "Credit note {number}", number=note.number or note.id)
            yield BundledPaper(
                name=paper_name(issued.date(), number, words),
                at=note.created,
                make=lambda id_=note.id: credit_note_pdf(site, door, id_, locale),  # type: ignore[misc]
            )


async def _invoice(site: Site, door: Door, invoice: Invoice, locale: str, there: KeptAt) -> bytes:
    kept = followable(site, invoice.invoice_pdf)
    return await (invoice_pdf(site, door, invoice.id, locale) if kept is None else read_kept(site, kept, there))


async def bundle(papers: Iterator[BundledPaper], locale: str) -> AsyncIterator[bytes]:
    """The bytes of the file, piece by piece."""
    outlet, missing = _Outlet(), []
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_STORED) as file:
        for paper in papers:
            try:
                content = await paper.make()
            except (FrontdeskError, RuntimeError):
                log.exception("a paper of a bundle could not be made")
                missing.append(paper.name)
                continue
            file.writestr(_entry(f"{paper.name}.pdf", paper.at), content)
            yield outlet.taken()
        if missing:
            words = translate(
                locale, "These papers could not be made now. Please download them one by one, or try again later."
            )
            text = "\r\n".join([words, "", *missing, ""])
            file.writestr(f"{translate(locale, 'Missing')}.txt", text.encode())
    yield outlet.taken()


def _entry(name: str, at: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, at.timetuple()[:6])
    entry.external_attr = 0o644 << 16
    return entry


class _Outlet(io.RawIOBase):
    """A file that cannot go back: what is written waits until it is taken."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: object) -> int:
        content = bytes(piece)  # type: ignore[call-overload]
        self._pieces.append(content)
        return len(content)

    def taken(self) -> bytes:
        """What was written since the last time."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)

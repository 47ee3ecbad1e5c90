"""One invoice: its page, and the document."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from msgspec.structs import replace

from frontdesk.book import Invoice
from frontdesk_tenants.portal_reads import read_invoice
from frontdesk_web.documents.invoice_pdf import invoice_pdf
from frontdesk_web.portal.answers import AnyRequest, base_path, known_id, page_answer
from frontdesk_web.portal.customer_time import customers_time
from frontdesk_web.portal.invoice_views import invoice_page
from frontdesk_web.portal.papers import pdf_answer, read_papers, refuse_hidden
from frontdesk_web.signed_in import Visit, dependencies, exception_handlers
from frontdesk_web.site import Site

_SIGNED_IN: dict[str, Any] = {"dependencies": dependencies, "exception_handlers": exception_handlers}


@get("/p/{portal:str}/invoices/{invoice:str}", **_SIGNED_IN)
async def show_invoice(
    request: AnyRequest, invoice: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The page of an invoice."""
    found = await _found(site, visit, invoice)
    async with site.tenancy.database.side(visit.side.tenant_id) as connection:
        now = await customers_time(connection, visit)
    page = invoice_page(found, visit.side.settings, base_path(visit), now, visit.locale)
    return page_answer(request, site, visit, replace(page, papers=await read_papers(site, visit, found)))


@get("/p/{portal:str}/invoices/{invoice:str}/pdf", **_SIGNED_IN)
async def download_invoice(
    invoice: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The document of an invoice."""
    found = await _found(site, visit, invoice)
    document = await invoice_pdf(site, visit.door, found.id, visit.locale)
    return pdf_answer(document, found.number or found.id)


async def _found(site: Site, visit: Visit, invoice: str) -> Invoice:
    """An issued invoice of this customer. Raises NotFoundException, also where invoices are not shown at all."""
    refuse_hidden(visit)
    async with site.tenancy.database.side(visit.side.tenant_id) as connection:
        found = await read_invoice(connection, visit.customer, known_id(invoice))
    if found is None:
        raise NotFoundException
    return found


routes = [show_invoice, download_invoice]

"""One invoice: its page, and the document."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from msgspec.structs import replace

from frontdesk.book import Invoice
from frontdesk.restarts import is_owed
from frontdesk_tenants import listings
from frontdesk_tenants.database import SideTransaction
from frontdesk_tenants.portal_reads import read_invoice
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.documents.invoice_pdf import invoice_pdf
from frontdesk_web.hosted_addresses import followable
from frontdesk_web.portal.answers import base_path, go, known_id, page_answer
from frontdesk_web.portal.customer_time import customers_time
from frontdesk_web.portal.invoice_views import invoice_page
from frontdesk_web.portal.papers import pdf_answer, read_papers, refuse_hidden
from frontdesk_web.portal.plan_that_waits import said_of_waiting
from frontdesk_web.portal.transfer_marks import FIELD, PLACE, mark_of
from frontdesk_web.portal.visit import Visit
from frontdesk_web.signed_in import dependencies, exception_handlers
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
        pays = is_owed(found) and await can_pay(connection, site, visit)
        waiting = await said_of_waiting(connection, visit.side, found, visit.locale)
    mark = mark_of(visit.side.settings, found)
    code = "" if mark is None else f"{base_path(visit)}/invoices/{found.id}/{PLACE}?{FIELD}={mark}"
    page = invoice_page(found, visit.side.settings, base_path(visit), now, visit.locale, code)
    shown = replace(
        page,
        papers=await read_papers(site, visit, found),
        pay_url=f"{base_path(visit)}/invoices/{found.id}/pay" if pays else None,
        **waiting,
    )
    return page_answer(request, site, visit, shown)


@get("/p/{portal:str}/invoices/{invoice:str}/pdf", **_SIGNED_IN)
async def download_invoice(
    invoice: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """The document of an invoice: the one that a remote backend keeps, where it does, else our own."""
    found = await _found(site, visit, invoice)
    kept = followable(site, found.invoice_pdf)
    if kept is not None:
        return go(kept)
    document = await invoice_pdf(site, visit.door, found.id, visit.locale)
    return pdf_answer(document, found.number or found.id)


async def can_pay(connection: SideTransaction, site: Site, visit: Visit) -> bool:
    """Whether invoices are paid here: there is a payment method, or one may be added."""
    kind = site.plugins.billing_backends().get(visit.side.backend)
    able = None if kind is None else kind.abilities(livemode=visit.door.livemode)
    if able is None or not able.payment_methods or visit.side.suspended:
        return False
    if able.hosted_pages or visit.configuration.features.payment_method_update.enabled:
        return True
    customer = await listings.find(connection, "customer", visit.customer)
    return bool(customer.payment_methods)


async def _found(site: Site, visit: Visit, invoice: str) -> Invoice:
    """An issued invoice of this customer. Raises NotFoundException, also where invoices are not shown at all."""
    refuse_hidden(visit)
    async with site.tenancy.database.side(visit.side.tenant_id) as connection:
        found = await read_invoice(connection, visit.customer, known_id(invoice))
    if found is None:
        raise NotFoundException
    return found


routes = [show_invoice, download_invoice]

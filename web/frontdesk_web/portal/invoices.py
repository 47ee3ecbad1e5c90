"""All invoices of a customer: by year and state, page by page, and many as one file."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.response import Stream

from frontdesk.customer_limits import customer_checks
from frontdesk.invoice_choice import InvoiceChoice, read_choice
from frontdesk.invoice_refusals import bundled_often
from frontdesk_tenants.customer_invoices import notes_by_invoice, read_all, read_owed, read_page, read_years
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.documents.bundle import MOST, bundle, papers_of
from frontdesk_web.messages import translate
from frontdesk_web.portal.answers import asked_id, base_path, page_answer, refusal_answer
from frontdesk_web.portal.customer_time import customers_time
from frontdesk_web.portal.invoices_views import PAGE, invoices_page, too_many
from frontdesk_web.portal.papers import attachment, refuse_hidden
from frontdesk_web.portal.visit import Visit
from frontdesk_web.signed_in import dependencies, exception_handlers
from frontdesk_web.site import Site
from frontdesk_web.statement_views import has_statements

_SIGNED_IN: dict[str, Any] = {"dependencies": dependencies, "exception_handlers": exception_handlers}


@get("/p/{portal:str}/invoices", **_SIGNED_IN)
async def list_invoices(
    request: AnyRequest, visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The list: `?year=` and `?status=` choose, `?before=` and `?after=` an invoice go on from there."""
    refuse_hidden(visit)
    choice = read_choice(request.query_params)
    async with site.tenancy.database.side(visit.side.tenant_id) as connection:
        now = await customers_time(connection, visit)
        found = await read_page(
            connection,
            visit.customer,
            choice,
            now,
            limit=PAGE,
            before=asked_id(request, "before"),
            after=asked_id(request, "after"),
        )
        years = await read_years(connection, visit.customer)
        owed = await read_owed(connection, visit.customer, now)
    stated = has_statements(site, visit.side)
    page = invoices_page(found, choice, years, owed, base_path(visit), now, visit.locale, has_statement=stated)
    return page_answer(request, site, visit, page)


@get("/p/{portal:str}/invoices.zip", **_SIGNED_IN)
async def download_invoices(
    request: AnyRequest, visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[bytes] | Stream:
    """The chosen invoices with their receipts and credit notes as one file, which begins to arrive at once."""
    refuse_hidden(visit)
    choice = read_choice(request.query_params)
    async with site.tenancy.database.side(visit.side.tenant_id) as connection:
        now = await customers_time(connection, visit)
        found = await read_all(connection, visit.customer, choice, now, MOST)
        notes = await notes_by_invoice(connection, visit.customer, [each.id for each in found])
    if not 0 < len(found) <= MOST:
        return refusal_answer(request, site, visit, too_many(MOST))
    checks = customer_checks("bundle", str(visit.door.tenant_id), visit.customer)
    reached = (await site.limiter.count(checks, visit.now)).exceeded()
    if reached is not None:
        return refusal_answer(request, site, visit, bundled_often(reached.limit.seconds))
    papers = papers_of(site, visit.side, found, notes, visit.locale)
    return Stream(
        bundle(papers, visit.locale),
        media_type="application/zip",
        headers=attachment(_bundle_name(visit, choice), "zip"),
    )


def _bundle_name(visit: Visit, choice: InvoiceChoice) -> str:
    year = "" if choice.year is None else f" {choice.year}"
    return f"{visit.side.brand.business_name} {translate(visit.locale, 'Invoices')}{year}"


routes = [list_invoices, download_invoices]

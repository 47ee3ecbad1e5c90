"""The statement of account of a customer: a page, and the document."""

from typing import Any, ClassVar

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from frontdesk.invoice_refusals import no_statement
from frontdesk.roles import Right
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.customers.places import CUSTOMER, PLACE, customers_path, read_customer
from frontdesk_web.dashboard.customers.plan_pages import name_of
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page, refusal_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.documents.statement_pdf import statement_pdf
from frontdesk_web.messages import translate
from frontdesk_web.portal.papers import pdf_answer
from frontdesk_web.site import Site
from frontdesk_web.statement_views import StatementAsked, has_statements, read_asked
from frontdesk_web.statement_words import StatementTable


class StaffStatementPage(Struct, frozen=True, kw_only=True):
    """A span of time to choose, and what happened in it. `pdf_url` is None where there is nothing to print."""

    template: ClassVar[str] = "dashboard/customers/statement.html"
    action: str
    back_text: str
    back_url: str
    first: str
    last: str
    error: str
    tables: tuple[StatementTable, ...]
    pdf_url: str | None


@get(f"{CUSTOMER}/statement", **needs(Right.SEE))
async def show_customer_statement(
    request: AnyRequest, customer: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """What was billed, paid and taken back in a span of time, `?from=` one day `&to=` another."""
    asked = await _asked(request, site, visit, customer)
    if asked is None:
        return refusal_page(request, site, visit, no_statement(), place=PLACE)
    return _answer(request, site, visit, asked)


@get(f"{CUSTOMER}/statement/pdf", **needs(Right.SEE))
async def download_customer_statement(
    request: AnyRequest, customer: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The document, in the language of whoever looks."""
    asked = await _asked(request, site, visit, customer)
    if asked is None:
        return refusal_page(request, site, visit, no_statement(), place=PLACE)
    if asked.span.fault:
        return _answer(request, site, visit, asked)
    document = await statement_pdf(site, visit.door, asked.customer, asked.span, asked.tables, visit.locale, asked.now)
    return pdf_answer(document, f"{translate(visit.locale, 'Statement of account')} {asked.span.last}")


async def _asked(request: AnyRequest, site: Site, visit: StaffVisit, customer: str) -> StatementAsked | None:
    """What was asked for; None where there are no statements. Raises NotFoundException."""
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        owner = await read_customer(connection, customer)
        if not has_statements(site, visit.side):
            return None
        return await read_asked(connection, owner.id, request.query_params, visit.now, visit.locale)


def _answer(request: AnyRequest, site: Site, visit: StaffVisit, asked: StatementAsked) -> Response[bytes]:
    path = customers_path(visit, asked.customer.id)
    page = StaffStatementPage(
        action=f"{path}/statement",
        back_text=name_of(asked.customer, visit.locale),
        back_url=path,
        first=asked.span.first.isoformat(),
        last=asked.span.last.isoformat(),
        error=asked.span.fault,
        tables=asked.tables,
        pdf_url=f"{path}/statement/pdf?{asked.span.query}" if asked.tables and not asked.span.fault else None,
    )
    return dashboard_page(request, site, visit, page, place=PLACE, status=400 if asked.span.fault else 200)


routes: list[Any] = [show_customer_statement, download_customer_statement]

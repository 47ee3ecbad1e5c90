"""The statement of account: a page, and the document."""

from typing import Any, ClassVar

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Struct

from frontdesk.invoice_refusals import no_statement
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.documents.statement_pdf import statement_pdf
from frontdesk_web.messages import translate
from frontdesk_web.portal.answers import base_path, page_answer, refusal_answer
from frontdesk_web.portal.papers import pdf_answer, refuse_hidden
from frontdesk_web.portal.visit import Visit
from frontdesk_web.signed_in import dependencies, exception_handlers
from frontdesk_web.site import Site
from frontdesk_web.statement_views import StatementAsked, has_statements, read_asked
from frontdesk_web.statement_words import StatementTable


class StatementPage(Struct, frozen=True, kw_only=True):
    """A statement of account: a span of time to choose, and what happened in it, by currency."""

    template: ClassVar[str] = "portal/statement.html"
    action: str
    back_url: str
    first: str
    last: str
    error: str
    tables: tuple[StatementTable, ...]
    pdf_url: str | None


_SIGNED_IN: dict[str, Any] = {"dependencies": dependencies, "exception_handlers": exception_handlers}


@get("/p/{portal:str}/statement", **_SIGNED_IN)
async def show_statement(
    request: AnyRequest, visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[bytes]:
    """What was billed, paid and taken back in a span of time, `?from=` one day `&to=` another."""
    asked = await _asked(request, site, visit)
    return (
        refusal_answer(request, site, visit, no_statement()) if asked is None else _answer(request, site, visit, asked)
    )


@get("/p/{portal:str}/statement/pdf", **_SIGNED_IN)
async def download_statement(
    request: AnyRequest, visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The PDF, for a span that can be; else the page, which says what is wrong with the span."""
    asked = await _asked(request, site, visit)
    if asked is None:
        return refusal_answer(request, site, visit, no_statement())
    if asked.span.fault:
        return _answer(request, site, visit, asked)
    document = await statement_pdf(site, visit.door, asked.customer, asked.span, asked.tables, visit.locale, asked.now)
    return pdf_answer(document, f"{translate(visit.locale, 'Statement of account')} {asked.span.last}")


def _answer(request: AnyRequest, site: Site, visit: Visit, asked: StatementAsked) -> Response[bytes]:
    base = base_path(visit)
    page = StatementPage(
        action=f"{base}/statement",
        back_url=f"{base}/",
        first=asked.span.first.isoformat(),
        last=asked.span.last.isoformat(),
        error=asked.span.fault,
        tables=asked.tables,
        pdf_url=f"{base}/statement/pdf?{asked.span.query}" if asked.tables and not asked.span.fault else None,
    )
    return page_answer(request, site, visit, page, status=400 if asked.span.fault else 200)


async def _asked(request: AnyRequest, site: Site, visit: Visit) -> StatementAsked | None:
    """What was asked for; None where there are no statements. Raises NotFoundException where invoices are hidden."""
    refuse_hidden(visit)
    if not has_statements(site, visit.side):
        return None
    async with site.tenancy.database.side(visit.side.tenant_id) as connection:
        return await read_asked(connection, visit.customer, request.query_params, visit.now, visit.locale)


routes = [show_statement, download_statement]

"""Invoices of a customer: the document, and that one was paid outside of the billing backend."""

from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Struct

from frontdesk import invoices
from frontdesk.book import Customer, Invoice
from frontdesk.roles import Right
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.customers.acting import once, posted
from frontdesk_web.dashboard.customers.places import (
    INVOICE,
    PLACE,
    customers_path,
    owned_invoice,
    read_customer,
    read_owned,
    to_customer,
)
from frontdesk_web.dashboard.customers.plan_pages import name_of
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.documents.invoice_pdf import invoice_pdf
from frontdesk_web.formatting import date_long, money
from frontdesk_web.hosted_addresses import followable
from frontdesk_web.invoice_words import line_views, totals
from frontdesk_web.portal.papers import pdf_answer
from frontdesk_web.portal.views import Line, Total
from frontdesk_web.site import Site


class MarkPaidPage(Struct, frozen=True, kw_only=True):
    """Asks once whether an invoice was paid in full."""

    template: ClassVar[str] = "dashboard/customers/paid.html"
    action: str
    back_text: str
    back_url: str
    csrf: str
    number: str
    amount: str
    due: str
    lines: tuple[Line, ...]
    totals: tuple[Total, ...]


@get(f"{INVOICE}/paid", **needs(Right.BILL_CUSTOMERS))
async def ask_whether_paid(
    request: AnyRequest,
    customer: FromPath[str],
    invoice: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """The invoice, and the one button."""
    owner, found = await _issued(site, visit, customer, invoice)
    if found.status == "paid":
        return to_customer(visit, owner.id, "paid")
    locale, path = visit.locale, customers_path(visit, owner.id)
    page = MarkPaidPage(
        action=f"{path}/invoices/{found.id}/paid",
        back_text=name_of(owner, locale),
        back_url=path,
        csrf=visit.csrf,
        number=found.number or "",
        amount=money(found.amount_remaining, found.currency, locale),
        due="" if found.due_date is None else date_long(found.due_date, locale),
        lines=line_views(found, locale),
        totals=totals(found, locale),
    )
    return dashboard_page(request, site, visit, page, place=PLACE)


@post(f"{INVOICE}/paid", **needs(Right.BILL_CUSTOMERS))
async def mark_paid(
    request: AnyRequest,
    customer: FromPath[str],
    invoice: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """Record that it was paid. A second time changes nothing."""
    await posted(request, site, visit)
    owner, found = await _issued(site, visit, customer, invoice)
    with once("invoice_already_paid"):
        async with visit.desk(site, owner.id) as desk:
            await invoices.pay_out_of_band(desk, found.id)
    return to_customer(visit, owner.id, "paid")


@get(f"{INVOICE}/pdf", **needs(Right.SEE))
async def download_customer_invoice(
    customer: FromPath[str],
    invoice: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """The document, in the language of whoever looks; on the way to it, where a remote backend keeps it."""
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        owner = await read_customer(connection, customer)
        found = await owned_invoice(connection, owner, invoice)
    if found.status == "draft":
        raise NotFoundException
    kept = followable(site, found.invoice_pdf)
    if kept is not None:
        return Redirect(kept, status_code=303)
    document = await invoice_pdf(site, visit.door, found.id, visit.locale)
    return pdf_answer(document, found.number or found.id)


async def _issued(site: Site, visit: StaffVisit, customer: str, invoice: str) -> tuple[Customer, Invoice]:
    """Raises NotFoundException where the customer has no such invoice: a draft is neither paid nor printed."""
    owner, found = await read_owned(site, visit, customer, invoice)
    if found.status == "draft":
        raise NotFoundException
    return owner, found


routes = [ask_whether_paid, mark_paid, download_customer_invoice]

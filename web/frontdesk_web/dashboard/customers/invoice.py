"""The page of one invoice: what it bills, how it stands, and every act that there is."""

from typing import Any, ClassVar

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from msgspec import Struct

from frontdesk.book import Customer, Invoice
from frontdesk.roles import Right
from frontdesk_tenants.invoice_reads import read_invoice
from frontdesk_web.dashboard.customers.page_notices import done_notice
from frontdesk_web.dashboard.customers.places import (
    INVOICE,
    PLACE,
    AnyRequest,
    customers_path,
    done,
    read_customer,
    read_open_customer,
)
from frontdesk_web.dashboard.customers.plan_pages import name_of
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.formatting import date_long, money
from frontdesk_web.invoice_words import line_views
from frontdesk_web.messages import translate
from frontdesk_web.portal.answers import known_id
from frontdesk_web.portal.invoice_views import invoice_badge, invoice_totals
from frontdesk_web.portal.views import Badge, Detail, Line, Notice, Total
from frontdesk_web.site import Site


class StaffInvoicePage(Struct, frozen=True, kw_only=True):
    """An invoice. Ways that are None are not open to the role, or do not apply to the invoice as it stands."""

    template: ClassVar[str] = "dashboard/customers/invoice.html"
    csrf: str
    back_text: str
    back_url: str
    number: str
    status: Badge
    notices: tuple[Notice, ...]
    facts: tuple[Detail, ...]
    lines: tuple[Line, ...]
    totals: tuple[Total, ...]
    pdf_url: str | None
    pay_url: str | None
    void_url: str | None
    give_up_url: str | None


@get(INVOICE, **needs(Right.SEE))
async def show_staff_invoice(
    request: AnyRequest,
    customer: FromPath[str],
    invoice: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[bytes]:
    """The page."""
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        owner = await read_customer(connection, customer)
        found = await read_invoice(connection, owner.id, known_id(invoice))
    if found is None:
        raise NotFoundException
    return dashboard_page(request, site, visit, _page(found, owner, visit, done(request)), place=PLACE)


async def read_owned(site: Site, visit: StaffVisit, customer: str, invoice: str) -> tuple[Customer, Invoice]:
    """An invoice in whatever status, and whose it is. Raises NotFoundException, for closed accounts too."""
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        owner = await read_open_customer(connection, customer)
        found = await read_invoice(connection, owner.id, known_id(invoice))
    if found is None:
        raise NotFoundException
    return owner, found


def invoice_path(visit: StaffVisit, invoice: Invoice, *rest: str) -> str:
    """The path of an invoice's page, or of one below it."""
    return customers_path(visit, invoice.customer, "invoices", invoice.id, *rest)


def _page(invoice: Invoice, owner: Customer, visit: StaffVisit, just_done: str) -> StaffInvoicePage:
    locale = visit.locale
    bills = visit.may(Right.BILL_CUSTOMERS) and not owner.deleted and not visit.side.suspended
    unpaid = bills and invoice.status in ("open", "uncollectible")
    said = done_notice(just_done, locale)
    return StaffInvoicePage(
        csrf=visit.csrf,
        back_text=name_of(owner, locale),
        back_url=customers_path(visit, owner.id),
        number=invoice.number or translate(locale, "Draft"),
        status=invoice_badge(invoice.status, invoice.due_date, visit.now, locale),
        notices=() if said is None else (said,),
        facts=_facts(invoice, locale),
        lines=line_views(invoice, locale),
        totals=invoice_totals(invoice, locale),
        pdf_url=invoice_path(visit, invoice, "pdf") if invoice.number else None,
        pay_url=invoice_path(visit, invoice, "paid") if unpaid and invoice.amount_remaining else None,
        void_url=invoice_path(visit, invoice, "void") if unpaid and not invoice.amount_paid else None,
        give_up_url=invoice_path(visit, invoice, "uncollectible") if bills and invoice.status == "open" else None,
    )


def _facts(invoice: Invoice, locale: str) -> tuple[Detail, ...]:
    instants = (
        (translate(locale, "Issued"), invoice.finalized_at),
        (translate(locale, "Due"), invoice.due_date),
        (translate(locale, "Paid"), invoice.paid_at),
        (translate(locale, "Marked as uncollectible"), invoice.marked_uncollectible_at),
        (translate(locale, "Voided"), invoice.voided_at),
    )
    facts = [Detail(label=label, value=date_long(at, locale)) for label, at in instants if at is not None]
    if invoice.status in ("open", "uncollectible"):
        left = money(invoice.amount_remaining, invoice.currency, locale)
        facts.append(Detail(label=translate(locale, "Still open"), value=left))
    facts += [Detail(label=each.name, value=each.value) for each in invoice.custom_fields]
    return tuple(facts)


routes: list[Any] = [show_staff_invoice]

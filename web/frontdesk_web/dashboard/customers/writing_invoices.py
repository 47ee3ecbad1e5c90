"""Invoices written by hand: begun with a first line, completed on the draft's own page, issued or dropped."""

from collections.abc import Mapping
from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Struct

from frontdesk import invoices
from frontdesk.book import Customer
from frontdesk.errors import Refused
from frontdesk.ids import IdSource
from frontdesk.invoice_commands import (
    CreateInvoice,
    CreateInvoiceItem,
    DeleteInvoice,
    DeleteInvoiceItem,
    FinalizeInvoice,
)
from frontdesk.roles import Right
from frontdesk_tenants.customer_reads import one_time_prices
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.customers.acting import posted
from frontdesk_web.dashboard.customers.closing_invoices import CloseInvoicePage
from frontdesk_web.dashboard.customers.invoice import draft_page
from frontdesk_web.dashboard.customers.invoice_form import HeadForm, LineForm, WrongForm, price_options
from frontdesk_web.dashboard.customers.places import (
    CUSTOMER,
    INVOICE,
    PLACE,
    customers_path,
    done_path,
    invoice_path,
    open_customer,
    read_open_customer,
    read_owned,
)
from frontdesk_web.dashboard.customers.plan_pages import name_of
from frontdesk_web.dashboard.customers.refusal_words import staff_sentence
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.formatting import money
from frontdesk_web.letters.after_events import locale_of
from frontdesk_web.messages import translate
from frontdesk_web.portal.answers import known_id
from frontdesk_web.portal.views import Field, Option
from frontdesk_web.site import Site

_FIELDS = ("price", "description", "quantity", "amount", "days", "order", "memo")


class NewInvoicePage(Struct, frozen=True, kw_only=True):
    """Begins an invoice."""

    template: ClassVar[str] = "dashboard/customers/new_invoice.html"
    csrf: str
    action: str
    back_text: str
    back_url: str
    currency: str
    prices: tuple[Option, ...]
    fields: Mapping[str, Field]
    error: str


@get(f"{CUSTOMER}/invoices/new", **needs(Right.BILL_CUSTOMERS))
async def new_invoice(
    request: AnyRequest, customer: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """The form."""
    days = str(visit.side.settings.days_until_due)
    return await _begin(request, site, visit, customer, LineForm(), HeadForm(days=days))


@post(f"{CUSTOMER}/invoices/new", **needs(Right.BILL_CUSTOMERS))
async def begin_invoice(
    request: AnyRequest, customer: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Begin a draft with its first line."""
    form = await posted(request, site, visit)
    owner = await open_customer(site, visit, customer)
    line, head = LineForm.read(form), HeadForm.read(form)
    currency, ids = owner.currency or visit.side.settings.currency, IdSource(visit.now)
    order_name = translate(locale_of(owner, visit.side), "Purchase order")
    try:
        draft = CreateInvoice(
            id=ids("in"), currency=currency, fields=head.fields(owner.invoice_fields, order_name, visit.locale)
        )
        item = _item(ids("ii"), draft.id, line, currency, visit.locale)
        async with visit.desk(site, owner.id) as desk:
            await invoices.write(desk, draft)
            await invoices.write(desk, item)
    except WrongForm as wrong:
        return await _begin(request, site, visit, customer, line, head, wrong.faults)
    except Refused as refused:
        faults = {"": staff_sentence(refused.refusal, visit.locale)}
        return await _begin(request, site, visit, customer, line, head, faults)
    return Redirect(f"{customers_path(visit, owner.id, 'invoices', draft.id)}?done=drafted", status_code=303)


@post(f"{INVOICE}/lines", **needs(Right.BILL_CUSTOMERS))
async def add_line(
    request: AnyRequest,
    customer: FromPath[str],
    invoice: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """Add a line to a draft."""
    form = await posted(request, site, visit)
    owner, draft = await read_owned(site, visit, customer, invoice)
    line = LineForm.read(form)
    try:
        item = _item(IdSource(visit.now)("ii"), draft.id, line, draft.currency, visit.locale)
        async with visit.desk(site, owner.id) as desk:
            await invoices.write(desk, item)
    except WrongForm as wrong:
        return await draft_page(request, site, visit, owner, draft, line, wrong.faults)
    return Redirect(f"{invoice_path(visit, draft)}?done=line", status_code=303)


@post(INVOICE + "/lines/{line:str}/remove", **needs(Right.BILL_CUSTOMERS))
async def remove_line(
    request: AnyRequest,
    customer: FromPath[str],
    invoice: FromPath[str],
    line: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """Take a line off a draft."""
    await posted(request, site, visit)
    owner, draft = await read_owned(site, visit, customer, invoice)
    if known_id(line) not in {each.pending_item for each in draft.lines}:
        raise NotFoundException
    return await _write(request, site, visit, owner, DeleteInvoiceItem(item=line), invoice_path(visit, draft))


@get(f"{INVOICE}/issue", **needs(Right.BILL_CUSTOMERS))
async def ask_to_issue(
    request: AnyRequest,
    customer: FromPath[str],
    invoice: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """What issuing means, with and without a letter."""
    owner, draft = await read_owned(site, visit, customer, invoice)
    locale = visit.locale
    if draft.status != "draft":
        return Redirect(invoice_path(visit, draft), status_code=303)
    facts = [translate(locale, "It gets the next invoice number, and cannot be changed afterwards.")]
    if draft.starting_balance < 0:
        facts.append(translate(locale, "Credit of the customer is used first."))
    if owner.email:
        facts.append(translate(locale, "Sent by e-mail, it goes to {address}.", address=owner.email))
    page = CloseInvoicePage(
        csrf=visit.csrf,
        action=invoice_path(visit, draft, "issue"),
        back_text=translate(locale, "Draft"),
        back_url=invoice_path(visit, draft),
        title=translate(locale, "Issue this invoice?"),
        facts=tuple(facts),
        button=translate(locale, "Issue and send by e-mail") if owner.email else translate(locale, "Issue invoice"),
        value="send" if owner.email else "issue",
        other=translate(locale, "Issue without sending") if owner.email else "",
        kind="primary",
        label=translate(locale, "Total"),
        keep=translate(locale, "Keep the draft"),
        amount=money(draft.total, draft.currency, locale),
    )
    return dashboard_page(request, site, visit, page, place=PLACE)


@post(f"{INVOICE}/issue", **needs(Right.BILL_CUSTOMERS))
async def issue_invoice(
    request: AnyRequest,
    customer: FromPath[str],
    invoice: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """Issue it. A second time changes nothing."""
    form = await posted(request, site, visit)
    owner, draft = await read_owned(site, visit, customer, invoice)
    send, back = form.get("act") == "send", invoice_path(visit, draft)
    done = f"{back}?done={'issued-sent' if send else 'issued'}"
    if draft.status != "draft":
        return Redirect(done, status_code=303)
    return await _write(request, site, visit, owner, FinalizeInvoice(invoice=draft.id, send=send), done)


@post(f"{INVOICE}/drop", **needs(Right.BILL_CUSTOMERS))
async def drop_draft(
    request: AnyRequest,
    customer: FromPath[str],
    invoice: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """Delete a draft."""
    await posted(request, site, visit)
    owner, draft = await read_owned(site, visit, customer, invoice)
    command = DeleteInvoice(invoice=draft.id)
    return await _write(request, site, visit, owner, command, done_path(visit, owner.id, "dropped"))


async def _write(
    request: AnyRequest, site: Site, visit: StaffVisit, owner: Customer, command: Any, then: str
) -> Response[Any]:
    async with visit.desk(site, owner.id) as desk:
        await invoices.write(desk, command)
    return Redirect(then, status_code=303)


def _item(id: str, invoice: str, line: LineForm, currency: str, locale: str) -> CreateInvoiceItem:
    return CreateInvoiceItem(
        id=id,
        charge=line.charge(currency, locale),
        currency=currency,
        invoice=invoice,
        description=line.description or None,
    )


async def _begin(
    request: AnyRequest,
    site: Site,
    visit: StaffVisit,
    customer: str,
    line: LineForm,
    head: HeadForm,
    faults: Mapping[str, str] | None = None,
) -> Response[bytes]:
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        owner = await read_open_customer(connection, customer)
        currency = owner.currency or visit.side.settings.currency
        prices = await one_time_prices(connection, currency)
    found = faults or {}
    typed: dict[str, str] = {name: getattr(line, name, "") or getattr(head, name, "") for name in _FIELDS}
    page = NewInvoicePage(
        csrf=visit.csrf,
        action=customers_path(visit, owner.id, "invoices", "new"),
        back_text=name_of(owner, visit.locale),
        back_url=customers_path(visit, owner.id),
        currency=currency.upper(),
        prices=price_options(prices, line.price, visit.locale) if prices else (),
        fields={name: Field(value=value, error=found.get(name, "")) for name, value in typed.items()},
        error=found.get("", ""),
    )
    return dashboard_page(request, site, visit, page, place=PLACE, status=400 if found else 200)


routes: list[Any] = [
    new_invoice,
    begin_invoice,
    add_line,
    remove_line,
    ask_to_issue,
    issue_invoice,
    drop_draft,
]

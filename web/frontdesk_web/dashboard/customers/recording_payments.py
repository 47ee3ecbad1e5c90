"""What came in for an invoice: recorded with its day and reference, and undone by a record of its own."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Struct

from frontdesk import invoices
from frontdesk.book import Invoice
from frontdesk.errors import Refused
from frontdesk.receipts import receipt_of
from frontdesk.roles import Right
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.customers.acting import posted
from frontdesk_web.dashboard.customers.closing_invoices import CloseInvoicePage
from frontdesk_web.dashboard.customers.invoice_form import PaymentForm, WrongForm
from frontdesk_web.dashboard.customers.places import (
    INVOICE,
    PLACE,
    invoice_path,
    owned_invoice,
    read_customer,
    read_owned,
)
from frontdesk_web.dashboard.customers.refusal_words import staff_sentence
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.documents.receipt_pdf import receipt_pdf
from frontdesk_web.formatting import date_long, money
from frontdesk_web.messages import translate
from frontdesk_web.portal.answers import known_id
from frontdesk_web.portal.papers import pdf_answer, receipt_name
from frontdesk_web.portal.views import Field
from frontdesk_web.site import Site
from frontdesk_web.typed_money import typed_amount

PAYMENT = INVOICE + "/payments/{payment:str}"


class PaymentPage(Struct, frozen=True, kw_only=True):
    """Asks what came in. `open` is what is still to be paid."""

    template: ClassVar[str] = "dashboard/customers/payment.html"
    csrf: str
    action: str
    back_text: str
    back_url: str
    number: str
    open: str
    amount: Field
    received: Field
    reference: Field
    error: str


@get(f"{INVOICE}/payments", **needs(Right.BILL_CUSTOMERS))
async def ask_for_payment(
    request: AnyRequest,
    customer: FromPath[str],
    invoice: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """The form, filled in with what is open and today."""
    _owner, found = await read_owned(site, visit, customer, invoice)
    if found.status not in ("open", "uncollectible"):
        return Redirect(invoice_path(visit, found), status_code=303)
    form = PaymentForm(
        amount=typed_amount(Decimal(found.amount_remaining), found.currency, visit.locale),
        received=visit.now.date().isoformat(),
    )
    return _answer(request, site, visit, found, form)


@post(f"{INVOICE}/payments", **needs(Right.BILL_CUSTOMERS))
async def record_payment(
    request: AnyRequest,
    customer: FromPath[str],
    invoice: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """Record it."""
    fields = await posted(request, site, visit)
    owner, found = await read_owned(site, visit, customer, invoice)
    form = PaymentForm.read(fields)
    try:
        amount, day = form.parsed(found, visit.locale)
        async with visit.desk(site, owner.id) as desk:
            await invoices.record_payment(desk, found.id, amount, day, form.reference)
    except WrongForm as wrong:
        return _answer(request, site, visit, found, form, wrong.faults)
    except Refused as refused:
        sentence = staff_sentence(refused.refusal, visit.locale)
        return _answer(request, site, visit, found, form, {refused.refusal.param or "": sentence})
    return Redirect(f"{invoice_path(visit, found)}?done=payment", status_code=303)


@get(f"{PAYMENT}/reverse", **needs(Right.BILL_CUSTOMERS))
async def ask_to_reverse(
    request: AnyRequest,
    customer: FromPath[str],
    invoice: FromPath[str],
    payment: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """What a reversal means, and the one button."""
    _owner, found = await read_owned(site, visit, customer, invoice)
    record = next((each for each in found.payments if each.id == known_id(payment) and each.reverses is None), None)
    if record is None:
        raise NotFoundException
    locale, back = visit.locale, invoice_path(visit, found)
    facts = [translate(locale, "The payment stays on record, and so does its reversal.")]
    if record.overpaid:
        over = money(record.overpaid, found.currency, locale)
        facts.append(translate(locale, "Credit of {amount} that it gave is taken back.", amount=over))
    facts.append(translate(locale, "The invoice is open again for what is missing then."))
    page = CloseInvoicePage(
        csrf=visit.csrf,
        action=invoice_path(visit, found, "payments", record.id, "reverse"),
        back_text=translate(locale, "Invoice {number}", number=found.number or ""),
        back_url=back,
        title=translate(locale, "Reverse the payment of {day}?", day=date_long(record.received, locale)),
        facts=tuple(facts),
        button=translate(locale, "Reverse payment"),
        label=translate(locale, "Payment"),
        keep=translate(locale, "Keep it"),
        amount=money(record.amount, found.currency, locale),
    )
    return dashboard_page(request, site, visit, page, place=PLACE)


@post(f"{PAYMENT}/reverse", **needs(Right.BILL_CUSTOMERS))
async def reverse_payment(
    request: AnyRequest,
    customer: FromPath[str],
    invoice: FromPath[str],
    payment: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """Record that it was none."""
    await posted(request, site, visit)
    owner, found = await read_owned(site, visit, customer, invoice)
    if known_id(payment) not in {each.id for each in found.payments}:
        raise NotFoundException
    async with visit.desk(site, owner.id) as desk:
        await invoices.reverse_payment(desk, found.id, payment)
    return Redirect(f"{invoice_path(visit, found)}?done=reversed", status_code=303)


@get(f"{PAYMENT}/receipt", **needs(Right.SEE))
async def download_customer_receipt(
    customer: FromPath[str],
    invoice: FromPath[str],
    payment: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[bytes]:
    """The receipt, in the language of whoever looks."""
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        owner = await read_customer(connection, customer)
        found = await owned_invoice(connection, owner, invoice)
    if receipt_of(found, (), known_id(payment)) is None:
        raise NotFoundException
    document = await receipt_pdf(site, visit.door, found.id, payment, visit.locale)
    return pdf_answer(document, receipt_name(found, visit.locale))


def _answer(
    request: AnyRequest,
    site: Site,
    visit: StaffVisit,
    invoice: Invoice,
    form: PaymentForm,
    faults: Mapping[str, str] | None = None,
) -> Response[bytes]:
    found, known = faults or {}, ("amount", "received", "reference")
    page = PaymentPage(
        csrf=visit.csrf,
        action=invoice_path(visit, invoice, "payments"),
        back_text=translate(visit.locale, "Invoice {number}", number=invoice.number or ""),
        back_url=invoice_path(visit, invoice),
        number=invoice.number or "",
        open=money(invoice.amount_remaining, invoice.currency, visit.locale),
        error=next((sentence for name, sentence in found.items() if name not in known), ""),
        amount=Field(value=form.amount, error=found.get("amount", "")),
        received=Field(value=form.received, error=found.get("received", "")),
        reference=Field(value=form.reference, error=found.get("reference", "")),
    )
    return dashboard_page(request, site, visit, page, place=PLACE, status=400 if found else 200)


routes: list[Any] = [ask_for_payment, record_payment, ask_to_reverse, reverse_payment, download_customer_receipt]

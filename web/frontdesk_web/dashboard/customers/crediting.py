"""Credit notes: written on a form, shown with every number before they are issued, and taken back."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Struct

from frontdesk import invoices
from frontdesk.acts import allow
from frontdesk.book import CreditNote, Customer, Invoice
from frontdesk.credit_notes import all_that_is_left, credit_note_over, left_of, may_credit
from frontdesk.errors import Refused
from frontdesk.invoice_commands import CreateCreditNote, VoidCreditNote
from frontdesk.refund_rules import refundable
from frontdesk.roles import Right
from frontdesk_tenants.invoice_reads import notes_of, read_credit_note, read_invoice
from frontdesk_tenants.local_desk import LocalDesk
from frontdesk_tenants.remote_desk import RemoteDesk
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.credit_note_words import REASONS, note_lines, note_totals
from frontdesk_web.dashboard.customers.acting import posted
from frontdesk_web.dashboard.customers.closing_invoices import CloseInvoicePage
from frontdesk_web.dashboard.customers.credit_form import CARD, CreditForm, creditable, refunded_before
from frontdesk_web.dashboard.customers.invoice_form import WrongForm
from frontdesk_web.dashboard.customers.places import (
    CUSTOMER,
    INVOICE,
    PLACE,
    customers_path,
    invoice_path,
    read_customer,
    read_open_customer,
    read_owned,
)
from frontdesk_web.dashboard.customers.refusal_words import staff_sentence
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.documents.credit_note_pdf import credit_note_pdf
from frontdesk_web.formatting import money
from frontdesk_web.line_words import describe, describe_period
from frontdesk_web.messages import translate
from frontdesk_web.portal.answers import known_id
from frontdesk_web.portal.papers import pdf_answer
from frontdesk_web.portal.views import Field, Line, Option, Total
from frontdesk_web.site import Site

CREDIT_NOTE = CUSTOMER + "/credit-notes/{credit_note:str}"


class CreditField(Struct, frozen=True, kw_only=True):
    """A line of the invoice of which something can be taken back."""

    name: str
    label: str
    help: str
    field: Field


class CreditPage(Struct, frozen=True, kw_only=True):
    """The form. `all` is what everything that is left comes to, empty where that cannot be chosen; `paid` says how much
    of it is not open any more, empty where all of it is. `amount` is None where only lines can be given."""

    template: ClassVar[str] = "dashboard/customers/credit.html"
    csrf: str
    action: str
    back_text: str
    back_url: str
    number: str
    left: str
    open: str
    all: str
    what: str
    lines: tuple[CreditField, ...]
    amount: Field | None
    reasons: tuple[Option, ...]
    memo: Field
    paid: bool
    rest: str
    card: str
    refunded: str
    email: str
    letter: bool
    error: str


class ConfirmCreditPage(Struct, frozen=True, kw_only=True):
    """Every number, before anything is issued. `fields` are what was typed, to be posted once more."""

    template: ClassVar[str] = "dashboard/customers/credit_confirm.html"
    csrf: str
    action: str
    back_text: str
    back_url: str
    title: str
    amount: str
    facts: tuple[str, ...]
    lines: tuple[Line, ...]
    totals: tuple[Total, ...]
    fields: Mapping[str, str]
    seen: str
    changed: bool


@get(f"{INVOICE}/credit", **needs(Right.BILL_CUSTOMERS))
async def ask_for_credit(
    request: AnyRequest,
    customer: FromPath[str],
    invoice: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """The form."""
    owner, found = await read_owned(site, visit, customer, invoice)
    notes = await _notes(site, visit, found)
    if not may_credit(found, notes):
        return Redirect(invoice_path(visit, found), status_code=303)
    form = CreditForm(letter="on" if owner.email else "", what="all" if _all(found, notes) else "part")
    return _form(request, site, visit, owner, found, notes, form)


@post(f"{INVOICE}/credit", **needs(Right.BILL_CUSTOMERS))
async def credit_invoice(
    request: AnyRequest,
    customer: FromPath[str],
    invoice: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """Show what was asked for with every number; once that was confirmed, issue it."""
    fields = await posted(request, site, visit)
    owner, found = await read_owned(site, visit, customer, invoice)
    notes = await _notes(site, visit, found)
    form, act = CreditForm.read(fields, found), fields.get("act", "")
    if act == "edit":
        return _form(request, site, visit, owner, found, notes, form)
    try:
        async with visit.desk(site, owner.id) as desk:
            command, note = await _asked(desk, found, form, visit.locale)
            now = desk.account.invoice(found.id) or found
            if act == "issue" and form.seen == str(now.version):
                await invoices.credit(desk, command)
                return Redirect(f"{invoice_path(visit, found)}?done=credited", status_code=303)
    except WrongForm as wrong:
        return _form(request, site, visit, owner, found, notes, form, wrong.faults)
    except Refused as refused:
        sentence = staff_sentence(refused.refusal, visit.locale)
        return _form(request, site, visit, owner, found, notes, form, {"": sentence})
    page = _confirm(visit, now, note, form, changed=act == "issue")
    return dashboard_page(request, site, visit, page, place=PLACE)


@get(f"{CREDIT_NOTE}/void", **needs(Right.BILL_CUSTOMERS))
async def ask_to_void_credit(
    request: AnyRequest,
    customer: FromPath[str],
    credit_note: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """What it means, and the one button."""
    owner, note, invoice = await _read_note(site, visit, customer, credit_note)
    if note.status == "void":
        return Redirect(f"{invoice_path(visit, invoice)}?done=credit-void", status_code=303)
    locale = visit.locale
    amount = money(note.total, note.currency, locale)
    facts = (
        translate(locale, "{amount} of invoice {number} is open again.", amount=amount, number=invoice.number or ""),
        translate(locale, "It keeps its number and what it says, and is shown as void to you and the customer."),
    )
    page = CloseInvoicePage(
        csrf=visit.csrf,
        action=customers_path(visit, owner.id, "credit-notes", note.id, "void"),
        back_text=translate(locale, "Invoice {number}", number=invoice.number or ""),
        back_url=invoice_path(visit, invoice),
        title=translate(locale, "Void credit note {number}?", number=note.number or ""),
        facts=facts,
        button=translate(locale, "Void credit note"),
        amount=amount,
        label=translate(locale, "Credit note"),
        keep=translate(locale, "Keep it"),
    )
    return dashboard_page(request, site, visit, page, place=PLACE)


@post(f"{CREDIT_NOTE}/void", **needs(Right.BILL_CUSTOMERS))
async def void_credit(
    request: AnyRequest,
    customer: FromPath[str],
    credit_note: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """Take it back. A second time changes nothing."""
    await posted(request, site, visit)
    owner, note, invoice = await _read_note(site, visit, customer, credit_note)
    if note.status != "void":
        async with visit.desk(site, owner.id) as desk:
            await invoices.credit(desk, VoidCreditNote(invoice=invoice.id, credit_note=note.id))
    return Redirect(f"{invoice_path(visit, invoice)}?done=credit-void", status_code=303)


@get(f"{CREDIT_NOTE}/pdf", **needs(Right.SEE))
async def download_customer_credit_note(
    customer: FromPath[str],
    credit_note: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[bytes]:
    """The document, in the language of whoever looks."""
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        owner = await read_customer(connection, customer)
        note = await read_credit_note(connection, owner.id, known_id(credit_note))
    if note is None:
        raise NotFoundException
    return pdf_answer(await credit_note_pdf(site, visit.door, note.id, visit.locale), note.number or note.id)


async def _asked(
    desk: LocalDesk | RemoteDesk, invoice: Invoice, form: CreditForm, locale: str
) -> tuple[CreateCreditNote, CreditNote]:
    """What was asked for, and what it comes to now. Raises WrongForm and Refused."""
    command = CreateCreditNote(id=desk.ids("cn"), invoice=invoice.id)
    await desk.know(command)
    allow(desk, command)
    now, notes = desk.account.invoice(invoice.id) or invoice, desk.account.credit_notes
    command = form.command(now, notes, command.id, locale)
    note = credit_note_over(now, notes, command, desk.now, desk.ids)
    command = form.settled(command, note, now, notes)
    return command, credit_note_over(now, notes, command, desk.now, desk.ids)


async def _notes(site: Site, visit: StaffVisit, invoice: Invoice) -> tuple[CreditNote, ...]:
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        return await notes_of(connection, invoice.customer, invoice.id)


async def _read_note(
    site: Site, visit: StaffVisit, customer: str, credit_note: str
) -> tuple[Customer, CreditNote, Invoice]:
    """A credit note, whose it is and over which invoice. Raises NotFoundException, for closed accounts too."""
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        owner = await read_open_customer(connection, customer)
        note = await read_credit_note(connection, owner.id, known_id(credit_note))
        invoice = None if note is None else await read_invoice(connection, owner.id, note.invoice)
    if note is None or invoice is None:
        raise NotFoundException
    return owner, note, invoice


def _all(invoice: Invoice, notes: Sequence[CreditNote]) -> bool:
    lines, amount = all_that_is_left(invoice, notes)
    return bool(lines) or amount is not None


def _confirm(
    visit: StaffVisit, invoice: Invoice, note: CreditNote, form: CreditForm, changed: bool
) -> ConfirmCreditPage:
    locale = visit.locale
    return ConfirmCreditPage(
        csrf=visit.csrf,
        action=invoice_path(visit, invoice, "credit"),
        back_text=translate(locale, "Invoice {number}", number=invoice.number or ""),
        back_url=invoice_path(visit, invoice),
        title=translate(locale, "Credit note for invoice {number}", number=invoice.number or ""),
        amount=money(note.total, note.currency, locale),
        facts=_facts(invoice, note, form, locale),
        lines=note_lines(note, locale),
        totals=note_totals(note, invoice, locale),
        fields=form.fields(),
        seen=str(invoice.version),
        changed=changed,
    )


def _facts(invoice: Invoice, note: CreditNote, form: CreditForm, locale: str) -> tuple[str, ...]:
    """What comes of it, for staff."""

    def shown(minor: int) -> str:
        return money(minor, note.currency, locale)

    said = []
    if note.pre_payment:
        off, left = shown(note.pre_payment), shown(invoice.amount_remaining - note.pre_payment)
        said.append(translate(locale, "What is due goes down by {amount}, to {left}.", amount=off, left=left))
    if note.credited:
        kept = shown(note.credited)
        said.append(translate(locale, "{amount} becomes credit. The customer's next invoice uses it.", amount=kept))
    if note.refunded:
        back = shown(note.refunded)
        if form.rest == CARD:
            said.append(translate(locale, "{amount} goes back to the customer's card.", amount=back))
        else:
            said.append(translate(locale, "{amount} of it was refunded before.", amount=back))
    if note.out_of_band:
        back = shown(note.out_of_band)
        said.append(translate(locale, "You pay {amount} back yourself. No money moves by this.", amount=back))
    said.append(translate(locale, "It gets a number of its own and never changes."))
    said.append(
        translate(locale, "The customer gets it by e-mail.")
        if form.letter
        else translate(locale, "The customer gets no e-mail. It is in the portal, with the invoice.")
    )
    return tuple(said)


def _form(
    request: AnyRequest,
    site: Site,
    visit: StaffVisit,
    owner: Customer,
    invoice: Invoice,
    notes: Sequence[CreditNote],
    form: CreditForm,
    faults: Mapping[str, str] | None = None,
) -> Response[bytes]:
    locale, found = visit.locale, faults or {}

    def shown(minor: int) -> str:
        return money(minor, invoice.currency, locale)

    left = left_of(invoice, notes)
    page = CreditPage(
        csrf=visit.csrf,
        action=invoice_path(visit, invoice, "credit"),
        back_text=translate(locale, "Invoice {number}", number=invoice.number or ""),
        back_url=invoice_path(visit, invoice),
        number=invoice.number or "",
        left=shown(left),
        open=shown(invoice.amount_remaining) if invoice.amount_remaining else "",
        all=shown(left) if _all(invoice, notes) else "",
        what=form.what,
        lines=tuple(
            CreditField(
                name=f"line-{place}",
                label=" · ".join(each for each in (describe(line, locale), describe_period(line, locale)) if each),
                help=translate(locale, "At most {left}.", left=shown(most))
                if not invoice.taxes
                else translate(locale, "At most {left}, before taxes that come on top.", left=shown(most)),
                field=Field(value=form.amounts.get(place, ""), error=found.get(f"line-{place}", "")),
            )
            for place, line, most in creditable(invoice, notes)
        ),
        amount=None if invoice.taxes else Field(value=form.amount, error=found.get("amount", "")),
        reasons=(
            Option(value="", text=translate(locale, "None"), selected=not form.reason),
            *(
                Option(value=each, text=translate(locale, words), selected=each == form.reason)
                for each, words in REASONS.items()
            ),
        ),
        memo=Field(value=form.memo, error=found.get("memo", "")),
        paid=invoice.amount_remaining < left,
        rest=form.rest,
        card=shown(charge.left) if (charge := refundable(invoice)) is not None else "",
        refunded=shown(before) if (before := refunded_before(invoice, notes)) else "",
        email=owner.email or "",
        letter=bool(form.letter),
        error=found.get("", ""),
    )
    return dashboard_page(request, site, visit, page, place=PLACE, status=400 if found else 200)


routes: list[Any] = [
    ask_for_credit,
    credit_invoice,
    ask_to_void_credit,
    void_credit,
    download_customer_credit_note,
]

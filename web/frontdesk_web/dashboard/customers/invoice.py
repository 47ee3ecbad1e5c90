"""The page of one invoice: what it bills, how it stands, and every act that there is."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct
from msgspec.structs import replace

from frontdesk.book import CreditNote, Customer, Invoice, Payment
from frontdesk.coupons import Discount
from frontdesk.credit_notes import may_credit
from frontdesk.invoice_links import good_until
from frontdesk.payment_rules import is_reversed
from frontdesk.receipts import receipt_of
from frontdesk.refund_rules import charge_named
from frontdesk.reminders import Reminder
from frontdesk.roles import Right
from frontdesk_tenants import clocks, listings, staff
from frontdesk_tenants.customer_reads import one_time_prices
from frontdesk_tenants.database import enter_side
from frontdesk_tenants.invoice_reads import all_reminders_of, notes_of
from frontdesk_tenants.paging import Cursor
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.credit_note_words import REASONS, note_badge
from frontdesk_web.dashboard.customers.discounts import COUPONS_SHOWN, coupon_option
from frontdesk_web.dashboard.customers.invoice_form import LineForm, price_options
from frontdesk_web.dashboard.customers.page_notices import done_notice
from frontdesk_web.dashboard.customers.places import (
    INVOICE,
    PLACE,
    customers_path,
    done,
    invoice_path,
    owned_invoice,
    read_customer,
)
from frontdesk_web.dashboard.customers.plan_pages import name_of
from frontdesk_web.dashboard.customers.refund_rows import RefundRow, refund_row
from frontdesk_web.dashboard.customers.reminder_section import RemindersSection, reminders_section
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.discount_words import worth_phrase
from frontdesk_web.formatting import date_long, money
from frontdesk_web.invoice_links import invoice_url
from frontdesk_web.invoice_words import line_views
from frontdesk_web.messages import translate, translate_plural
from frontdesk_web.portal.card_words import card_name
from frontdesk_web.portal.invoice_views import invoice_badge, invoice_totals
from frontdesk_web.portal.views import Badge, Detail, Field, Line, Notice, Option, Total
from frontdesk_web.site import Site


class PaymentRow(Struct, frozen=True, kw_only=True):
    """Something that came in, or that it was none. `reverse_url` is None where that can not be said of it, `refund_url`
    where nothing can go back to a card."""

    text: str
    amount: str
    details: str
    reverse_url: str | None
    refund_url: str | None
    receipt_url: str | None


class NoteRow(Struct, frozen=True, kw_only=True):
    """A credit note over the invoice. `void_url` is None where it cannot be taken back."""

    name: str
    amount: str
    detail: str
    url: str
    void_url: str | None
    badge: Badge | None


class DraftLine(Struct, frozen=True, kw_only=True):
    """A line of a draft; `remove_action` takes a POST."""

    line: Line
    remove_action: str


class DraftDiscount(Struct, frozen=True, kw_only=True):
    """A discount of the whole draft. `id` is what a form posts to take it away."""

    text: str
    id: str


class StaffInvoicePage(Struct, frozen=True, kw_only=True):
    """An invoice. Ways that are None are not open to the role, or do not apply to the invoice as it stands.

    The last part is for drafts: `fields` and `prices` are those of the line that is added next.
    """

    template: ClassVar[str] = "dashboard/customers/invoice.html"
    csrf: str
    back_text: str
    back_url: str
    title: str
    status: Badge
    notices: tuple[Notice, ...]
    facts: tuple[Detail, ...]
    lines: tuple[Line, ...]
    totals: tuple[Total, ...]
    payments: tuple[PaymentRow, ...]
    refunds: tuple[RefundRow, ...]
    notes: tuple[NoteRow, ...]
    memo: str
    reminders: RemindersSection | None
    pdf_url: str | None
    pay_url: str | None
    void_url: str | None
    give_up_url: str | None
    credit_url: str | None
    link: str | None = None
    link_help: str = ""
    draft_lines: tuple[DraftLine, ...] = ()
    add_action: str | None = None
    discounts: tuple[DraftDiscount, ...] = ()
    discount_action: str | None = None
    coupons: tuple[Option, ...] = ()
    coupon_error: str = ""
    issue_url: str | None = None
    drop_action: str | None = None
    currency: str = ""
    prices: tuple[Option, ...] = ()
    fields: Mapping[str, Field] = {}


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
        found = await owned_invoice(connection, owner, invoice)
        credited = await notes_of(connection, owner.id, found.id)
        sent = await all_reminders_of(connection, found.id)
        times = await clocks.times_of_customers(connection, (owner.id,))
        # Staff lie under the live side, for both.
        await enter_side(connection, visit.doors[0].tenant_id)
        names = await staff.names(
            connection, {each.by for each in found.payments} | {each.by for each in found.refunds}
        )
    if found.status == "draft":
        return await draft_page(request, site, visit, owner, found, LineForm(), {}, done(request))
    page = _page(found, owner, visit, done(request), names, times.get(owner.id, visit.now), credited, sent)
    page = replace(
        page,
        link=invoice_url(site.config, site.tenancy.vault, visit.door, found, visit.now),
        link_help=_link_help(found, visit),
    )
    return dashboard_page(request, site, visit, page, place=PLACE)


async def draft_page(
    request: AnyRequest,
    site: Site,
    visit: StaffVisit,
    owner: Customer,
    draft: Invoice,
    form: LineForm,
    faults: Mapping[str, str],
    just_done: str = "",
) -> Response[bytes]:
    """The page of a draft, with the form of its next line as it was typed."""
    page = _page(draft, owner, visit, just_done, {}, visit.now)
    if _bills(owner, visit):
        async with site.tenancy.database.side(visit.door.tenant_id) as connection:
            prices = await one_time_prices(connection, draft.currency)
            coupons = await listings.coupons(connection, Cursor(limit=COUPONS_SHOWN))
        page = replace(
            page,
            draft_lines=tuple(
                DraftLine(
                    line=shown,
                    remove_action=invoice_path(visit, draft, "lines", line.pending_item or "", "remove"),
                )
                for line, shown in zip(draft.lines, page.lines, strict=True)
            ),
            add_action=invoice_path(visit, draft, "lines"),
            discounts=tuple(
                DraftDiscount(id=each.id, text=_discount_text(each, draft.currency, visit.locale))
                for each in draft.discounts
                if each.item is None
            ),
            discount_action=invoice_path(visit, draft, "discount"),
            coupons=tuple(coupon_option(each, visit.locale) for each in coupons.items if each.valid(visit.now)),
            coupon_error=faults.get("coupon", ""),
            issue_url=invoice_path(visit, draft, "issue") if draft.lines else None,
            drop_action=invoice_path(visit, draft, "drop"),
            currency=draft.currency.upper(),
            prices=price_options(prices, form.price, visit.locale) if prices else (),
            fields={
                name: Field(value=getattr(form, name), error=faults.get(name, ""))
                for name in LineForm.__struct_fields__
            },
        )
    return dashboard_page(request, site, visit, page, place=PLACE, status=400 if faults else 200)


def _discount_text(discount: Discount, currency: str, locale: str) -> str:
    name = discount.name or discount.code
    worth = worth_phrase(discount.percent_off, discount.amounts_off.get(currency, 0), currency, locale)
    off = translate(locale, "{worth} off", worth=worth)
    return f"{name}: {off}" if name else off


def _bills(owner: Customer, visit: StaffVisit) -> bool:
    return visit.may(Right.BILL_CUSTOMERS) and not owner.deleted and not visit.side.suspended


def _page(
    invoice: Invoice,
    owner: Customer,
    visit: StaffVisit,
    just_done: str,
    names: Mapping[str, str],
    now: datetime,
    notes: Sequence[CreditNote] = (),
    sent: tuple[Reminder, ...] = (),
) -> StaffInvoicePage:
    locale = visit.locale
    bills = _bills(owner, visit)
    unpaid = bills and invoice.status in ("open", "uncollectible")
    said = done_notice(just_done, locale)
    return StaffInvoicePage(
        csrf=visit.csrf,
        back_text=name_of(owner, locale),
        back_url=customers_path(visit, owner.id),
        title=_title(invoice, locale),
        status=invoice_badge(invoice.status, invoice.due_date, now, locale),
        notices=() if said is None else (said,),
        facts=_facts(invoice, locale),
        lines=line_views(invoice, locale),
        totals=invoice_totals(invoice, locale),
        payments=tuple(_payment(each, invoice, visit, bills, names) for each in invoice.payments),
        refunds=tuple(refund_row(each, locale, names) for each in invoice.refunds),
        notes=tuple(_note(each, visit, bills and invoice.status != "void") for each in notes),
        memo=invoice.description or "",
        reminders=reminders_section(invoice, owner, sent, visit.side.settings, visit, bills=bills),
        pdf_url=invoice_path(visit, invoice, "pdf") if invoice.number else None,
        pay_url=invoice_path(visit, invoice, "payments") if unpaid and invoice.amount_remaining else None,
        void_url=invoice_path(visit, invoice, "void")
        if unpaid and not (invoice.amount_paid or invoice.amount_credited)
        else None,
        give_up_url=invoice_path(visit, invoice, "uncollectible") if bills and invoice.status == "open" else None,
        credit_url=invoice_path(visit, invoice, "credit") if bills and may_credit(invoice, notes) else None,
    )


def _link_help(invoice: Invoice, visit: StaffVisit) -> str:
    last = date_long(good_until(invoice, visit.now) - timedelta(days=1), visit.locale)
    return translate(
        visit.locale,
        "Whoever has this link can see the invoice and pay it, without signing in. It works until {date}; then it can"
        " be renewed by e-mail.",
        date=last,
    )


def _title(invoice: Invoice, locale: str) -> str:
    if invoice.number is None:
        return translate(locale, "Draft of an invoice")
    return translate(locale, "Invoice {number}", number=invoice.number)


def _payment(
    payment: Payment, invoice: Invoice, visit: StaffVisit, bills: bool, names: Mapping[str, str]
) -> PaymentRow:
    locale = visit.locale
    day = date_long(payment.received, locale)
    gone = is_reversed(invoice, payment)
    text = translate(locale, "Received on {day}", day=day)
    if payment.reverses is not None:
        text = translate(locale, "Reversed on {day}", day=day)
    elif gone:
        text = translate(locale, "Received on {day}, reversed later", day=day)
    over = ""
    if payment.overpaid > 0:
        kept = money(payment.overpaid, invoice.currency, locale)
        over = translate(locale, "{amount} of it became credit", amount=kept)
    charge = None if payment.charge is None else charge_named(invoice, payment.charge)
    card = None if charge is None or charge.brand is None else card_name(charge.brand, charge.last4 or "", locale)
    details = (card, payment.reference, over, names.get(payment.by))
    return PaymentRow(
        text=text,
        amount=money(payment.amount, invoice.currency, locale),
        details=" · ".join(each for each in details if each),
        reverse_url=invoice_path(visit, invoice, "payments", payment.id, "reverse")
        if bills and payment.charge is None and payment.reverses is None and not gone and invoice.status != "void"
        else None,
        refund_url=invoice_path(visit, invoice, "payments", payment.id, "refund")
        if bills and charge is not None and charge.left
        else None,
        receipt_url=invoice_path(visit, invoice, "payments", payment.id, "receipt")
        if receipt_of(invoice, (), payment.id) is not None
        else None,
    )


def _note(note: CreditNote, visit: StaffVisit, bills: bool) -> NoteRow:
    locale = visit.locale
    path = customers_path(visit, note.customer, "credit-notes", note.id)
    reason = "" if note.reason is None else translate(locale, REASONS[note.reason])
    details = (date_long(note.created, locale), reason, note.memo)
    return NoteRow(
        name=note.number or "",
        amount=money(note.total, note.currency, locale),
        detail=" · ".join(each for each in details if each),
        url=f"{path}/pdf",
        void_url=f"{path}/void" if bills and note.status == "issued" and not note.post_payment else None,
        badge=note_badge(note, locale),
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
    if invoice.status == "draft" and invoice.days_until_due is not None:
        days = translate_plural(
            locale, "{number} day after it is issued", "{number} days after it is issued", invoice.days_until_due
        )
        facts.append(Detail(label=translate(locale, "Due"), value=days))
    if invoice.status in ("open", "uncollectible"):
        left = money(invoice.amount_remaining, invoice.currency, locale)
        facts.append(Detail(label=translate(locale, "Still open"), value=left))
    facts += [Detail(label=each.name, value=each.value) for each in invoice.custom_fields]
    return tuple(facts)


routes: list[Any] = [show_staff_invoice]

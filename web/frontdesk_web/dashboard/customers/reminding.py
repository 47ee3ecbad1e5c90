"""Reminding by hand: one reminder now, or none at all for this customer."""

from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Struct

from frontdesk import billing_details, invoices
from frontdesk.commands import BillingDetails
from frontdesk.errors import Refused
from frontdesk.ids import IdSource
from frontdesk.invoice_commands import RemindOfInvoice
from frontdesk.lateness import is_awaited
from frontdesk.reminders import METADATA_KEY, METADATA_OFF, STAGES
from frontdesk.roles import Right
from frontdesk_tenants.invoice_reads import reminders_of
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.customers.places import INVOICE, PLACE, invoice_path, read_owned
from frontdesk_web.dashboard.customers.refusal_words import refused_page
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.formatting import money
from frontdesk_web.forms import read_form
from frontdesk_web.messages import translate
from frontdesk_web.portal.views import Option
from frontdesk_web.reminder_words import NAMES
from frontdesk_web.site import Site


class RemindPage(Struct, frozen=True, kw_only=True):
    """Asks which reminder is to go now."""

    template: ClassVar[str] = "dashboard/customers/remind.html"
    csrf: str
    action: str
    back_text: str
    back_url: str
    title: str
    sentence: str
    stages: tuple[Option, ...]


@get(f"{INVOICE}/remind", **needs(Right.BILL_CUSTOMERS))
async def ask_which_reminder(
    request: AnyRequest,
    customer: FromPath[str],
    invoice: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """The three reminders to choose from, the next one chosen."""
    owner, found = await read_owned(site, visit, customer, invoice)
    back, locale = invoice_path(visit, found), visit.locale
    if not is_awaited(found):
        return Redirect(back, status_code=303)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        sent = await reminders_of(connection, (found,))
    latest = max((STAGES.index(each.stage) for each in sent), default=-1)
    page = RemindPage(
        csrf=visit.csrf,
        action=invoice_path(visit, found, "remind"),
        back_text=translate(locale, "Invoice {number}", number=found.number or ""),
        back_url=back,
        title=translate(locale, "Send a reminder for invoice {number}?", number=found.number or ""),
        sentence=translate(
            locale,
            "It goes to {email} at once and asks for {amount}.",
            email=owner.email or translate(locale, "nobody yet: this customer has no e-mail address"),
            amount=money(found.amount_remaining, found.currency, locale),
        ),
        stages=tuple(
            Option(value=each, text=translate(locale, NAMES[each]), selected=place == min(latest + 1, len(STAGES) - 1))
            for place, each in enumerate(STAGES)
        ),
    )
    return dashboard_page(request, site, visit, page, place=PLACE)


@post(f"{INVOICE}/remind", **needs(Right.BILL_CUSTOMERS))
async def send_reminder(
    request: AnyRequest,
    customer: FromPath[str],
    invoice: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """Send the chosen one."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    owner, found = await read_owned(site, visit, customer, invoice)
    stage = next((each for each in STAGES if each == form.get("stage")), STAGES[0])
    try:
        async with visit.desk(site, owner.id) as desk:
            id = IdSource(desk.now)("rem")
            await invoices.write(desk, RemindOfInvoice(id=id, invoice=found.id, stage=stage, by=visit.actor.id))
    except Refused as refused:
        return refused_page(request, site, visit, refused.refusal)
    return Redirect(f"{invoice_path(visit, found)}?done=reminded", status_code=303)


@post(f"{INVOICE}/reminders", **needs(Right.BILL_CUSTOMERS))
async def leave_out_of_reminders(
    request: AnyRequest,
    customer: FromPath[str],
    invoice: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """Leave the customer out of reminders of all their invoices, or (`reminded` is `on`) take them in again."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    owner, found = await read_owned(site, visit, customer, invoice)
    reminded = form.get("reminded") == "on"
    try:
        async with visit.desk(site, owner.id) as desk:
            value = None if reminded else METADATA_OFF
            await billing_details.update(desk, BillingDetails(metadata={METADATA_KEY: value}))
    except Refused as refused:
        return refused_page(request, site, visit, refused.refusal)
    done = "reminders-on" if reminded else "reminders-off"
    return Redirect(f"{invoice_path(visit, found)}?done={done}", status_code=303)


routes: list[Any] = [ask_which_reminder, send_reminder, leave_out_of_reminders]

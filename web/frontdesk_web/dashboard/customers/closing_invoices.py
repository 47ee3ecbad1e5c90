"""Invoices that nobody is to pay: voided, or given up. Each is asked once, with what it means."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Struct

from frontdesk import invoices
from frontdesk.changes import Changes
from frontdesk.desk import Desk
from frontdesk.roles import Right
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.customers.acting import posted
from frontdesk_web.dashboard.customers.places import INVOICE, PLACE, invoice_path, read_owned
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.formatting import money
from frontdesk_web.messages import _, translate
from frontdesk_web.site import Site


class _Closing(Struct, frozen=True, kw_only=True):
    """One of the two ways: what it is called, what it means, what does it, and the status that it ends in."""

    question: str
    facts: tuple[str, ...]
    button: str
    act: Callable[[Desk, str], Awaitable[Changes]]
    status: str


_CLOSINGS: Mapping[str, _Closing] = {
    "void": _Closing(
        question=_("Void invoice {number}?"),
        facts=(
            _("Nothing is to be paid for it any more. Credit that it had used returns to the customer."),
            _("It keeps its number and what it says, and is shown as void to you and the customer."),
            _("This cannot be taken back. To bill the same again, write a new invoice."),
        ),
        button=_("Void invoice"),
        act=invoices.void,
        status="void",
    ),
    "uncollectible": _Closing(
        question=_("Give up on invoice {number}?"),
        facts=(
            _("It no longer counts as open or late, and stays owed: {amount}."),
            _("The customer can still pay it, and you can still record that they did, or void it."),
        ),
        button=_("Mark as uncollectible"),
        act=invoices.mark_uncollectible,
        status="uncollectible",
    ),
}


class CloseInvoicePage(Struct, frozen=True, kw_only=True):
    """Asks once about an act that cannot be taken back: `facts` say what it means.

    `other` is a second button that does it in another way; the first then posts `value` as `act`.
    """

    template: ClassVar[str] = "dashboard/customers/close_invoice.html"
    csrf: str
    action: str
    back_text: str
    back_url: str
    title: str
    facts: tuple[str, ...]
    button: str
    amount: str
    label: str
    keep: str
    kind: str = "danger"
    value: str = ""
    other: str = ""


@get(f"{INVOICE}/void", **needs(Right.BILL_CUSTOMERS))
async def ask_to_void(
    request: AnyRequest,
    customer: FromPath[str],
    invoice: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """What voiding means, and the one button."""
    return await _ask(request, site, visit, customer, invoice, "void")


@post(f"{INVOICE}/void", **needs(Right.BILL_CUSTOMERS))
async def void_invoice(
    request: AnyRequest,
    customer: FromPath[str],
    invoice: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """Void it. A second time changes nothing."""
    return await _close(request, site, visit, customer, invoice, "void")


@get(f"{INVOICE}/uncollectible", **needs(Right.BILL_CUSTOMERS))
async def ask_to_give_up(
    request: AnyRequest,
    customer: FromPath[str],
    invoice: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """What giving up means, and the one button."""
    return await _ask(request, site, visit, customer, invoice, "uncollectible")


@post(f"{INVOICE}/uncollectible", **needs(Right.BILL_CUSTOMERS))
async def give_up_invoice(
    request: AnyRequest,
    customer: FromPath[str],
    invoice: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """Give it up. A second time changes nothing."""
    return await _close(request, site, visit, customer, invoice, "uncollectible")


async def _ask(
    request: AnyRequest, site: Site, visit: StaffVisit, customer: str, invoice: str, way: str
) -> Response[Any]:
    _owner, found = await read_owned(site, visit, customer, invoice)
    closing, locale, back = _CLOSINGS[way], visit.locale, invoice_path(visit, found)
    if found.status == closing.status:
        return Redirect(f"{back}?done={way}", status_code=303)
    amount = money(found.amount_remaining, found.currency, locale)
    page = CloseInvoicePage(
        csrf=visit.csrf,
        action=invoice_path(visit, found, way),
        back_text=translate(locale, "Invoice {number}", number=found.number or ""),
        back_url=back,
        title=translate(locale, closing.question, number=found.number or ""),
        facts=tuple(translate(locale, each, amount=amount) for each in closing.facts),
        button=translate(locale, closing.button),
        amount=amount,
        label=translate(locale, "Still open"),
        keep=translate(locale, "Leave it open"),
    )
    return dashboard_page(request, site, visit, page, place=PLACE)


async def _close(
    request: AnyRequest, site: Site, visit: StaffVisit, customer: str, invoice: str, way: str
) -> Response[Any]:
    await posted(request, site, visit)
    owner, found = await read_owned(site, visit, customer, invoice)
    closing = _CLOSINGS[way]
    if found.status != closing.status:
        async with visit.desk(site, owner.id) as desk:
            await closing.act(desk, found.id)
    return Redirect(f"{invoice_path(visit, found)}?done={way}", status_code=303)


routes: list[Any] = [ask_to_void, void_invoice, ask_to_give_up, give_up_invoice]

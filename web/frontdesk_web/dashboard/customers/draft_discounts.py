"""The discounts of a draft: those it has, adding one by coupon, taking one away."""

from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from frontdesk import invoices
from frontdesk.coupons import DiscountChoice
from frontdesk.errors import Refused
from frontdesk.invoice_commands import InvoiceFields, UpdateInvoice
from frontdesk.roles import Right
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.customers.acting import posted
from frontdesk_web.dashboard.customers.invoice import draft_page
from frontdesk_web.dashboard.customers.invoice_form import LineForm
from frontdesk_web.dashboard.customers.places import INVOICE, invoice_path, read_owned
from frontdesk_web.dashboard.customers.refusal_words import staff_sentence
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.portal.answers import known_id
from frontdesk_web.site import Site


@post(f"{INVOICE}/discount", **needs(Right.BILL_CUSTOMERS))
async def change_draft_discounts(
    request: AnyRequest,
    customer: FromPath[str],
    invoice: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """Give the draft a `coupon`, or `remove` a discount by its id."""
    form = await posted(request, site, visit)
    owner, draft = await read_owned(site, visit, customer, invoice)
    gone, coupon = form.get("remove", ""), form.get("coupon", "")
    kept = tuple(DiscountChoice(discount=each.id) for each in draft.discounts if each.item is None and each.id != gone)
    added = () if gone else (DiscountChoice(coupon=known_id(coupon)),)
    command = UpdateInvoice(invoice=draft.id, fields=InvoiceFields(discounts=(*kept, *added)))
    try:
        async with visit.desk(site, owner.id) as desk:
            await invoices.write(desk, command)
    except Refused as refused:
        if draft.status != "draft":
            raise
        faults = {"coupon": staff_sentence(refused.refusal, visit.locale)}
        return await draft_page(request, site, visit, owner, draft, LineForm(), faults)
    done = "discount-gone" if gone else "discount"
    return Redirect(f"{invoice_path(visit, draft)}?done={done}", status_code=303)


routes = [change_draft_discounts]

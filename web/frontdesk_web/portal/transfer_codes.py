"""The QR code of a transfer for an invoice, at an address of its own, so that no page waits until it is drawn.

The address names what the code says by a hash: what changes has another one, so a browser may keep the
picture. Where a page was left open meanwhile, its address gives what is to be paid now, which is not kept.
"""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from frontdesk.book import BillingSettings, Invoice
from frontdesk_tenants.portal_reads import read_invoice
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.invoice_words import payment_code
from frontdesk_web.portal.answers import known_id
from frontdesk_web.portal.transfer_marks import FIELD, PLACE, mark_of
from frontdesk_web.portal.visit import Visit
from frontdesk_web.qr_codes import transfer_png
from frontdesk_web.signed_in import dependencies, exception_handlers
from frontdesk_web.site import Site

_KEPT = {"Cache-Control": "private, max-age=3600"}


def transfer_answer(request: AnyRequest, settings: BillingSettings, invoice: Invoice) -> Response[bytes]:
    """The picture. Raises NotFoundException where there is none."""
    mark = mark_of(settings, invoice)
    payload = payment_code(settings, invoice, invoice.amount_remaining)
    if mark is None or payload is None:
        raise NotFoundException
    headers = _KEPT if request.query_params.get(FIELD) == mark else None
    return Response(transfer_png(payload), media_type="image/png", headers=headers)


@get(
    f"/p/{{portal:str}}/invoices/{{invoice:str}}/{PLACE}",
    dependencies=dependencies,
    exception_handlers=exception_handlers,
)
async def draw_transfer_code(
    request: AnyRequest,
    invoice: FromPath[str],
    visit: NamedDependency[Visit],
    site: NamedDependency[Site],
) -> Response[bytes]:
    """The picture of an invoice of this customer. Also where invoices have no pages: the home page says how to pay."""
    async with site.tenancy.database.side(visit.side.tenant_id) as connection:
        found = await read_invoice(connection, visit.customer, known_id(invoice))
    if found is None:
        raise NotFoundException
    return transfer_answer(request, visit.side.settings, found)


routes = [draw_transfer_code]

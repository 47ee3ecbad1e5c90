"""An invoice's own page and its documents, for whoever has the link; and a fresh link where that one has run out."""

from datetime import UTC, datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec.structs import replace

from frontdesk.customer_limits import invoice_link_checks
from frontdesk.events import InvoiceLinkAsked
from frontdesk.receipts import receipt_of
from frontdesk.restarts import is_owed
from frontdesk_tenants.committing import record_event
from frontdesk_tenants.invoice_reads import notes_of, read_credit_note
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.csrf import FIELD, refuse_foreign_origin, refuse_forged
from frontdesk_web.documents.credit_note_pdf import credit_note_pdf
from frontdesk_web.documents.invoice_pdf import invoice_pdf
from frontdesk_web.documents.receipt_pdf import receipt_pdf
from frontdesk_web.forms import read_form
from frontdesk_web.hosted_addresses import followable
from frontdesk_web.messages import translate
from frontdesk_web.pay.opened import Opened, bound_to, exception_handlers, opened, over_page, page_of
from frontdesk_web.portal import transfer_codes, transfer_marks
from frontdesk_web.portal.answers import known_id
from frontdesk_web.portal.invoice_views import invoice_page
from frontdesk_web.portal.papers import papers_of, pdf_answer, receipt_name
from frontdesk_web.portal.plan_that_waits import said_of_waiting
from frontdesk_web.portal.views import Notice
from frontdesk_web.site import Site

_LINKED: dict[str, Any] = {"exception_handlers": exception_handlers}


@get("/p/invoice/{token:str}", **_LINKED)
async def show_linked_invoice(
    request: AnyRequest, token: FromPath[str], site: NamedDependency[Site]
) -> Response[bytes]:
    """The page: what is billed, how it stands, how it is paid, and every document."""
    found = await opened(request, site, token)
    async with site.tenancy.database.side(found.side.tenant_id) as connection:
        notes = await notes_of(connection, found.customer.id, found.invoice.id)
        waiting = await said_of_waiting(connection, found.side, found.invoice, found.locale)
    mark = transfer_marks.mark_of(found.side.settings, found.invoice)
    code = "" if mark is None else found.path(transfer_marks.PLACE, **{transfer_marks.FIELD: mark})
    page = invoice_page(found.invoice, found.side.settings, "", found.at, found.locale, code)
    shown = replace(
        page,
        back_url="",
        pdf_url=found.path("pdf"),
        papers=tuple(
            papers_of(
                found.invoice,
                notes,
                found.locale,
                note_url=lambda note: found.path("credit-notes", note.id, "pdf"),
                receipt_url=lambda payment: found.path("payments", payment.id, "receipt"),
            )
        ),
        pay_url=_pay_url(site, found),
        sign_in_url=found.sign_in_url,
        notice=_thanks(request, found),
        **waiting,
    )
    return page_of(request, site, found, shown)


@get("/p/invoice/{token:str}/pdf", **_LINKED)
async def download_linked_invoice(
    request: AnyRequest, token: FromPath[str], site: NamedDependency[Site]
) -> Response[Any]:
    """The PDF: at the backend, where it keeps one, else our own (`invoice_pdf`)."""
    found = await opened(request, site, token)
    kept = followable(site, found.invoice.invoice_pdf)
    if kept is not None:
        return Redirect(kept, status_code=303)
    document = await invoice_pdf(site, found.side.door, found.invoice.id, found.locale)
    return pdf_answer(document, found.invoice.number or found.invoice.id)


@get(f"/p/invoice/{{token:str}}/{transfer_marks.PLACE}", **_LINKED)
async def draw_linked_transfer_code(
    request: AnyRequest, token: FromPath[str], site: NamedDependency[Site]
) -> Response[bytes]:
    """The picture of the transfer by which it is paid."""
    found = await opened(request, site, token)
    return transfer_codes.transfer_answer(request, found.side.settings, found.invoice)


@get("/p/invoice/{token:str}/credit-notes/{credit_note:str}/pdf", **_LINKED)
async def download_linked_note(
    request: AnyRequest, token: FromPath[str], credit_note: FromPath[str], site: NamedDependency[Site]
) -> Response[bytes]:
    """A credit note over this invoice. One over another invoice is not there."""
    found = await opened(request, site, token)
    async with site.tenancy.database.side(found.side.tenant_id) as connection:
        note = await read_credit_note(connection, found.customer.id, known_id(credit_note))
    if note is None or note.invoice != found.invoice.id:
        raise NotFoundException
    return pdf_answer(await credit_note_pdf(site, found.side.door, note.id, found.locale), note.number or note.id)


@get("/p/invoice/{token:str}/payments/{payment:str}/receipt", **_LINKED)
async def download_linked_receipt(
    request: AnyRequest, token: FromPath[str], payment: FromPath[str], site: NamedDependency[Site]
) -> Response[bytes]:
    """The receipt for a payment of this invoice."""
    found = await opened(request, site, token)
    if receipt_of(found.invoice, (), known_id(payment)) is None:
        raise NotFoundException
    document = await receipt_pdf(site, found.side.door, found.invoice.id, payment, found.locale)
    return pdf_answer(document, receipt_name(found.invoice, found.locale))


@post("/p/invoice/{token:str}/again", status_code=200, **_LINKED)
async def send_fresh_link(request: AnyRequest, token: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    """Send a fresh link to the customer's address, for a link that was made here and has run out.

    The answer is the same whether there is an address or none.
    """
    refuse_foreign_origin(request, site.config)
    refuse_forged(site.tenancy.vault, bound_to(token), (await read_form(request)).get(FIELD))
    found = await opened(request, site, token, late=True)
    if not found.over:
        return Redirect(found.path(), status_code=303)
    door, invoice = found.side.door, found.invoice
    counted = await site.limiter.count(invoice_link_checks(str(door.tenant_id), invoice.id), found.now)
    if counted.exceeded() is not None:
        return over_page(request, site, found, too_often=True)
    event = InvoiceLinkAsked(customer=found.customer.id, invoice=invoice.id, at=_seconds(found.now))
    async with site.tenancy.database.side(door.tenant_id) as connection:
        await record_event(connection, door.tenant_id, event, event.at, site.tenancy.jobs)
    return over_page(request, site, found, sent=True)


def pays_here(site: Site, found: Opened) -> bool:
    """Whether there are cards by which invoices are paid: in sandboxes."""
    kind = site.plugins.billing_backends().get(found.side.backend)
    able = None if kind is None else kind.abilities(livemode=found.side.livemode)
    keeps = able is not None and able.payment_methods and not able.hosted_pages
    return keeps and not found.side.suspended and not found.customer.deleted


def _pay_url(site: Site, found: Opened) -> str | None:
    """Where it is paid: here, or on the page that a remote backend has for it."""
    if not is_owed(found.invoice) or found.side.suspended:
        return None
    elsewhere = followable(site, found.invoice.hosted_invoice_url)
    return elsewhere or (found.path("pay") if pays_here(site, found) else None)


def _thanks(request: AnyRequest, found: Opened) -> Notice | None:
    """Said once to whoever has just paid."""
    if "paid" not in request.query_params or found.invoice.status != "paid":
        return None
    return Notice(tone="success", text=translate(found.locale, "Thank you. Your payment came in."))


def _seconds(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)


routes = [
    show_linked_invoice,
    download_linked_invoice,
    draw_linked_transfer_code,
    download_linked_note,
    download_linked_receipt,
    send_fresh_link,
]

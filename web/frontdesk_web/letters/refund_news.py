"""Which letter there is about a refund that was made, or that the bank returned."""

from collections.abc import Awaitable, Callable

from frontdesk.book import Invoice
from frontdesk.charges import Charge
from frontdesk.events import RefundFailed, RefundMade
from frontdesk.refund_rules import charge_named
from frontdesk.refunds import Refund
from frontdesk_tenants import listings
from frontdesk_tenants.database import SideTransaction
from frontdesk_tenants.directory import Side
from frontdesk_tenants.invoice_reads import notes_of
from frontdesk_web.letter_views import LetterFrame, PlanNewsLetter
from frontdesk_web.letters.refund import lone_refund_letter, refund_letter, returned_letter, was_promised
from frontdesk_web.messages import translate


async def refund_told(
    connection: SideTransaction,
    side: Side,
    frame: LetterFrame,
    name: str,
    event: RefundMade | RefundFailed,
    page_url: Callable[[Invoice], Awaitable[str]],
    portal_url: Callable[[], Awaitable[str]],
) -> PlanNewsLetter | None:
    """The letter, as things stand. Of a refund that was made, where the business wants that and no credit note tells of
    it; of one that the bank returned, where a letter or a credit note had promised it."""
    wanted = side.settings.send_refund_letters
    if event.invoice is None:
        refund: Refund | None = await listings.find(connection, "refund", event.refund)
        charge: Charge | None = None if refund is None else await listings.find(connection, "charge", refund.charge)
        if refund is None or charge is None or not wanted:
            return None
        if isinstance(event, RefundFailed):
            return returned_letter(frame, name, refund, charge, None, await portal_url(), "")
        return lone_refund_letter(frame, name, refund, charge, await portal_url())
    invoice: Invoice | None = await listings.find(connection, "invoice", event.invoice)
    if invoice is None:
        return None
    notes = await notes_of(connection, invoice.customer, invoice.id)
    if isinstance(event, RefundMade):
        return refund_letter(frame, name, invoice, notes, event, await page_url(invoice)) if wanted else None
    sent = next((each for each in invoice.refunds if each.id == event.refund), None)
    if sent is None or not (wanted or was_promised(notes, event)):
        return None
    charge, way = charge_named(invoice, sent.charge), translate(frame.locale, "View invoice")
    return returned_letter(frame, name, sent, charge, invoice.number, await page_url(invoice), way)

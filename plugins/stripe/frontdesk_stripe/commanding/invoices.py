"""Invoices: paid outside of Stripe, charged, taken back, given up."""

from frontdesk.commands import MarkUncollectible, PayInvoice, VoidInvoice
from frontdesk.errors import NotSupported, Refused
from frontdesk.invoice_commands import RecordPayment
from frontdesk.payment_method_commands import ChargeInvoice
from frontdesk.payment_refusals import paid_as_a_whole
from frontdesk.refusals import no_such
from frontdesk_stripe.commanding.doing import Doing
from frontdesk_stripe.commanding.parameters import said
from frontdesk_stripe.connection import path
from frontdesk_stripe.reading.wire import id_of


async def pay(doing: Doing, command: PayInvoice) -> None:
    """Record that what is left was paid elsewhere."""
    await doing.post("invoices", command.invoice, "pay", paid_out_of_band=True)


async def record(doing: Doing, command: RecordPayment) -> None:
    """The same for a payment with a day and a reference. Stripe takes the whole of what is left, or nothing."""
    invoice = doing.account.invoice(command.invoice)
    if invoice is None:
        raise Refused(no_such("invoice", command.invoice, "invoice"))
    if command.amount != invoice.amount_remaining:
        raise Refused(paid_as_a_whole())
    await pay(doing, PayInvoice(invoice=command.invoice, by=command.by))


async def charge(doing: Doing, command: ChargeInvoice) -> None:
    """Charge what is left, by a method of the customer's."""
    if command.passing is not None:
        raise NotSupported("passing cards", "Stripe's own page takes cards that are not kept.")
    await doing.post("invoices", command.invoice, "pay", **said(payment_method=command.method))


async def was_paid(doing: Doing, command: PayInvoice | RecordPayment | ChargeInvoice) -> bool:
    """Whether an invoice that is paid was so by this command: asked again with its key, Stripe repeats its answer.

    To any other key it says that there is nothing to pay, and does nothing. Where Stripe may have forgotten the key, it
    is taken for the command's if the invoice was paid since that was asked for.
    """
    try:
        if isinstance(command, ChargeInvoice):
            await charge(doing, command)
        else:
            await pay(doing, PayInvoice(invoice=command.invoice))
    except (Refused, NotSupported):
        return doing.is_old and await _is_paid_since(doing, command.invoice)
    return True


async def _is_paid_since(doing: Doing, invoice: str) -> bool:
    found = await doing.stripe.found(path("invoices", invoice))
    if found is None or found["status"] != "paid" or id_of(found["customer"]) != doing.customer:
        return False
    paid_at = (found.get("status_transitions") or {}).get("paid_at")
    return paid_at is not None and paid_at >= int(doing.request.now.timestamp())


async def void(doing: Doing, command: VoidInvoice) -> None:
    """Take an unpaid invoice back."""
    await doing.post("invoices", command.invoice, "void")


async def give_up(doing: Doing, command: MarkUncollectible) -> None:
    """Expect it to be paid no more."""
    await doing.post("invoices", command.invoice, "mark_uncollectible")

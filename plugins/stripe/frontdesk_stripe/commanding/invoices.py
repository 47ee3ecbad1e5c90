"""Invoices: paid outside of Stripe, charged, taken back, given up."""

from frontdesk.commands import MarkUncollectible, PayInvoice, VoidInvoice
from frontdesk.errors import NotSupported, Refused
from frontdesk.invoice_commands import RecordPayment
from frontdesk.payment_method_commands import ChargeInvoice
from frontdesk.payment_refusals import paid_as_a_whole
from frontdesk.refusals import no_such
from frontdesk_stripe.commanding.doing import Doing
from frontdesk_stripe.commanding.parameters import said


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


async def void(doing: Doing, command: VoidInvoice) -> None:
    """Take an unpaid invoice back."""
    await doing.post("invoices", command.invoice, "void")


async def give_up(doing: Doing, command: MarkUncollectible) -> None:
    """Expect it to be paid no more."""
    await doing.post("invoices", command.invoice, "mark_uncollectible")

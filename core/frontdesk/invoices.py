"""What can be done with an invoice."""

from datetime import date

from frontdesk.acts import do
from frontdesk.billing_details import plain_text
from frontdesk.changes import Changes
from frontdesk.commands import MarkUncollectible, PayInvoice, VoidInvoice
from frontdesk.desk import Desk
from frontdesk.errors import Refused
from frontdesk.ids import IdSource
from frontdesk.invoice_commands import (
    AdjustBalance,
    CreateCreditNote,
    InvoiceCommand,
    RecordPayment,
    ReversePayment,
    UpdateCreditNote,
    VoidCreditNote,
)
from frontdesk.invoice_rules import due_obstacle
from frontdesk.payment_method_commands import ChargeInvoice, RefundCharge
from frontdesk.payment_methods import PaymentMethod
from frontdesk.payment_rules import REFERENCE_LENGTH, day_obstacle


async def pay_out_of_band(desk: Desk, invoice: str) -> Changes:
    """Record that an open invoice was paid in full outside of the billing backend. Never for customers.

    Raises:
        Refused: the invoice does not exist, is paid, or is not open.
    """
    return await do(desk, PayInvoice(invoice=invoice, by=desk.actor.id))


async def charge(desk: Desk, invoice: str, method: str | None = None, *, confirmed: bool = False) -> Changes:
    """Charge what is left of an open invoice by a payment method; None means the one that pays for it anyway.

    `confirmed` says that the method's holder has just confirmed it at the bank.

    Raises:
        Refused: the invoice is not open, there is nothing to charge, or the bank refuses. Nothing changed.
    """
    return await do(desk, ChargeInvoice(invoice=invoice, method=method, confirmed=confirmed, by=desk.actor.id))


async def charge_passing(desk: Desk, invoice: str, card: PaymentMethod, *, confirmed: bool = False) -> Changes:
    """Charge what is left of an open invoice by a card that is not kept: see `charge`.

    Raises:
        Refused: the invoice is not open, or the bank refuses. Nothing changed.
    """
    return await do(desk, ChargeInvoice(invoice=invoice, passing=card, confirmed=confirmed, by=desk.actor.id))


async def refund(desk: Desk, command: RefundCharge) -> Changes:
    """Let a charge of an invoice go back to its card, or a part of it. Never for customers.

    Raises:
        Refused: there is no such charge, or not that much of it is left.
    """
    return await do(desk, command)


async def record_payment(
    desk: Desk, invoice: str, amount: int, received: date, reference: str | None = None
) -> Changes:
    """Record that something came in for an invoice. Never for customers.

    Raises:
        Refused: the invoice is not to be paid, or amount, day or reference are impossible.
    """
    barred = day_obstacle(received, desk.now)
    if barred is not None:
        raise Refused(barred)
    command = RecordPayment(
        id=IdSource(desk.now)("pay"),
        invoice=invoice,
        amount=amount,
        received=received,
        by=desk.actor.id,
        reference=plain_text(reference, REFERENCE_LENGTH, "reference"),
    )
    return await do(desk, command)


async def reverse_payment(desk: Desk, invoice: str, payment: str) -> Changes:
    """Record that a payment was none after all. Never for customers.

    Raises:
        Refused: there is no such payment, or it was reversed already.
    """
    id = IdSource(desk.now)("pay")
    return await do(desk, ReversePayment(id=id, invoice=invoice, payment=payment, by=desk.actor.id))


async def void(desk: Desk, invoice: str) -> Changes:
    """Take an invoice back that nothing was paid for. Never for customers.

    Raises:
        Refused: the invoice does not exist, or is neither open nor uncollectible.
    """
    return await do(desk, VoidInvoice(invoice=invoice))


async def mark_uncollectible(desk: Desk, invoice: str) -> Changes:
    """Give up on an open invoice. Never for customers.

    Raises:
        Refused: the invoice does not exist, or is not open.
    """
    return await do(desk, MarkUncollectible(invoice=invoice))


async def write(desk: Desk, command: InvoiceCommand) -> Changes:
    """Work on an invoice by hand: its items, the draft, issuing and sending it. Never for customers.

    Raises:
        Refused: something named does not exist, is not as it must be, or the invoice is issued already; or it would
            be due before it is issued.
    """
    barred = due_obstacle(command, desk.now)
    if barred is not None:
        raise Refused(barred)
    return await do(desk, command)


async def adjust_balance(desk: Desk, command: AdjustBalance) -> Changes:
    """Change by hand what a customer carries to the next invoice. Never for customers.

    Raises:
        Refused: the amount or the currency is impossible.
    """
    return await do(desk, command)


async def credit(desk: Desk, command: CreateCreditNote | UpdateCreditNote | VoidCreditNote) -> Changes:
    """Take back part of an issued invoice, note something on a credit note, or take it back. Never for customers.

    Raises:
        Refused: the invoice is a draft or void, or the sums are not possible.
    """
    return await do(desk, command)

"""What can be done with an invoice."""

from frontdesk.acts import do
from frontdesk.changes import Changes
from frontdesk.commands import MarkUncollectible, PayInvoice, VoidInvoice
from frontdesk.desk import Desk
from frontdesk.invoice_commands import InvoiceCommand


async def pay_out_of_band(desk: Desk, invoice: str) -> Changes:
    """Record that an open invoice was paid in full outside of the billing backend. Never for customers.

    Raises:
        Refused: the invoice does not exist, is paid, or is not open.
    """
    return await do(desk, PayInvoice(invoice=invoice))


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
        Refused: something named does not exist, is not as it must be, or the invoice is issued already.
    """
    return await do(desk, command)

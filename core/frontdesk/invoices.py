"""What can be done with an invoice."""

from frontdesk.acts import do
from frontdesk.changes import Changes
from frontdesk.commands import MarkUncollectible, PayInvoice, VoidInvoice
from frontdesk.desk import Desk


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

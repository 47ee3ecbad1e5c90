"""What can be done with an invoice."""

from frontdesk.acts import do
from frontdesk.changes import Changes
from frontdesk.commands import PayInvoice
from frontdesk.desk import Desk


async def pay_out_of_band(desk: Desk, invoice: str) -> Changes:
    """Record that an open invoice was paid in full outside of the billing backend. Never for customers.

    Raises:
        Refused: the invoice does not exist, is paid, or is not open.
    """
    return await do(desk, PayInvoice(invoice=invoice))

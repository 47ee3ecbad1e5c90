"""What can be done with an invoice, by its status: draft, open, paid, uncollectible, void.

The sentences are those that Stripe's API was seen to answer; an uncollectible invoice can be voided, as Stripe's guide
says (docs.stripe.com/invoicing/overview).
"""

from collections.abc import Iterator

from frontdesk import refusals
from frontdesk.billing import Capabilities, Capability
from frontdesk.book import Account
from frontdesk.commands import MarkUncollectible, VoidInvoice
from frontdesk.errors import Refusal


def closing_obstacles(
    account: Account, command: VoidInvoice | MarkUncollectible, capabilities: Capabilities
) -> Iterator[Refusal]:
    """Why an invoice cannot be taken back or given up."""
    yield from _lacking(capabilities, Capability.WRITE_INVOICES)
    invoice = account.invoice(command.invoice)
    if invoice is None:
        yield refusals.no_such("invoice", command.invoice, "invoice")
        return
    if isinstance(command, MarkUncollectible):
        if invoice.status == "uncollectible":
            yield refusals.already_uncollectible()
        elif invoice.status != "open":
            yield refusals.invoice_not_open()
        return
    if invoice.status == "paid" or (invoice.status in ("open", "uncollectible") and invoice.amount_paid):
        yield refusals.invoice_has_payments()
    elif invoice.status not in ("open", "uncollectible"):
        yield refusals.invoice_not_open()


def _lacking(capabilities: Capabilities, needed: Capability) -> Iterator[Refusal]:
    if needed not in capabilities.can:
        yield refusals.cannot(needed.value)

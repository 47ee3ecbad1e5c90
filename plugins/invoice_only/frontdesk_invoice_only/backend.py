"""The backend as the desk sees it: a plain computation behind async methods."""

from msgspec import Struct

from frontdesk.billing import BillingBackend, Request
from frontdesk.changes import Changes
from frontdesk_invoice_only.engine import CAN, IN_SANDBOX, bill


class InvoiceOnlySettings(Struct, frozen=True):
    """Nothing to fill in: currency, terms of payment and the seller are the tenant's billing settings."""


class InvoiceOnly(BillingBackend[InvoiceOnlySettings]):
    """Bills by invoice. It keeps nothing of its own: account and terms come with every request."""

    name = "invoice_only"
    title = "Invoice only"
    Settings = InvoiceOnlySettings
    capabilities = CAN
    in_sandbox = IN_SANDBOX

    async def carry_out(self, request: Request) -> Changes:
        """What comes of the command. Raises Refused where it cannot be done."""
        return self._bill(request, collects=True)

    async def quote(self, request: Request) -> Changes:
        """The same computation, but that nothing is charged: what it would cost is wanted."""
        return self._bill(request, collects=False)

    def _bill(self, request: Request, *, collects: bool) -> Changes:
        can = CAN if request.livemode else IN_SANDBOX
        return bill(request.account, request.terms, request.command, request.now, request.ids, can, collects=collects)

"""A billing backend that needs no payment provider: it bills by invoice, and the tenant marks what was paid."""

from collections.abc import Sequence

from frontdesk.billing import AnyBackend
from frontdesk.hookspecs import hookimpl
from frontdesk_invoice_only.backend import InvoiceOnly


@hookimpl
def billing_backends() -> Sequence[type[AnyBackend]]:
    """The one backend of this plugin."""
    return [InvoiceOnly]

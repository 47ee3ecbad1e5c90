"""A billing backend over a Stripe account: its customers in your own portal, by their own plans and invoices."""

from collections.abc import Sequence

from frontdesk.billing import AnyBackend
from frontdesk.hookspecs import hookimpl
from frontdesk_stripe.backend import StripeBackend


@hookimpl
def billing_backends() -> Sequence[type[AnyBackend]]:
    """The one backend of this plugin."""
    return [StripeBackend]

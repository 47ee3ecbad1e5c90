"""Another card for a change of plan that could not be paid: the way to the page that adds one, and back to the change.

The change is named by its quote in the address (`?change=`). Whoever comes back sees the quote again, and confirms it
by a click of their own.
"""

from litestar.exceptions import NotFoundException
from msgspec import Struct

from frontdesk.commands import ChangePlan
from frontdesk_tenants.portal_reads import read_quote
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.portal.answers import asked_id, base_path, subscription_path
from frontdesk_web.portal.visit import Visit
from frontdesk_web.site import Site

FIELD = "change"


class WaitingChange(Struct, frozen=True):
    """A change that another card is to pay for: its quote, the subscription, and the path of its confirmation."""

    quote: str
    subscription: str
    path: str

    def named_in(self, path: str) -> str:
        """A path of ours that leads back here in the end."""
        return f"{path}{'&' if '?' in path else '?'}{FIELD}={self.quote}"


def way_to_another_card(visit: Visit, quote: str) -> str:
    """Where a card is added for the change of a quote; empty where customers may add none."""
    allowed = visit.configuration.features.payment_method_update.enabled and not visit.side.suspended
    return f"{base_path(visit)}/payment-methods/add?{FIELD}={quote}" if allowed else ""


async def waiting_change(request: AnyRequest, site: Site, visit: Visit) -> WaitingChange | None:
    """The change that the address names, if it is one of the customer's.

    Raises:
        NotFoundException: it names none, and the session is there for something else than to add a method.
    """
    asked, stored = asked_id(request, FIELD), None
    if asked is not None:
        async with site.tenancy.database.side(visit.side.tenant_id) as connection:
            stored = await read_quote(connection, visit.customer, asked)
    if asked is None or stored is None or not isinstance(stored.quote.command, ChangePlan):
        if visit.flow is not None and visit.flow.type != "payment_method_update":
            raise NotFoundException
        return None
    subscription = stored.quote.command.subscription
    return WaitingChange(asked, subscription, subscription_path(visit, subscription, "confirm", asked))

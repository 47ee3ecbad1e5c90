"""Quotes of a customer as staff confirm them: the stored one a path names, and how it is shown."""

from collections.abc import Callable
from typing import Any

from litestar import Response
from litestar.exceptions import NotFoundException
from litestar.response import Redirect

from frontdesk.acts import QuoteChanged
from frontdesk.commands import AccountCommand
from frontdesk.desk import Desk
from frontdesk.errors import Refused
from frontdesk.quotes import Quote
from frontdesk_tenants.portal_reads import StoredQuote, read_quote
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.customers.places import to_customer
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.messages import translate
from frontdesk_web.portal.answers import known_id
from frontdesk_web.site import Site

Confirm = Callable[[Desk, str], Any]
"""A use case that carries a quote out."""


async def stored_quote(
    site: Site, visit: StaffVisit, customer: str, quote: str, kind: type[AccountCommand], subscription: str | None
) -> StoredQuote:
    """A quote of one kind of command about a customer (and about one of their subscriptions).

    Raises NotFoundException.
    """
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        stored = await read_quote(connection, known_id(customer), known_id(quote))
    if stored is None or not isinstance(stored.quote.command, kind):
        raise NotFoundException
    if getattr(stored.quote.command, "subscription", None) != subscription:
        raise NotFoundException
    return stored


async def confirm_quote(
    request: AnyRequest,
    site: Site,
    visit: StaffVisit,
    stored: StoredQuote,
    confirm: Confirm,
    done: str,
    afresh: str,
    path: Callable[[Quote], str],
) -> Response[Any]:
    """Carry a quote out at its own instant, and go back to the customer's page.

    One that is over leads to `afresh`, the page that it came from. One that no longer holds leads to the new quote
    (`path`), which says so; nothing was changed then. A second time changes nothing either.
    """
    customer = stored.quote.customer
    if stored.consumed:
        return to_customer(visit, customer, done)
    if stored.expired:
        return Redirect(f"{afresh}?again=1", status_code=303)
    try:
        async with visit.desk(site, customer) as desk:
            await confirm(desk, stored.quote.id)
    except QuoteChanged as changed:
        return Redirect(f"{path(changed.new)}?again=1", status_code=303)
    except Refused as refused:
        match refused.refusal.code:
            case "quote_consumed":
                return to_customer(visit, customer, done)
            case "quote_expired":
                return Redirect(f"{afresh}?again=1", status_code=303)
        raise
    return to_customer(visit, customer, done)


def said_again(request: AnyRequest, locale: str) -> str:
    """What a page says that somebody was sent back to; empty where they came by themselves."""
    if "again" not in request.query_params:
        return ""
    return translate(
        locale, "The amounts that you saw do not hold any more. Nothing was changed. These are the amounts as of now."
    )

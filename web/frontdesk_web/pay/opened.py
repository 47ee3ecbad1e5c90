"""What the link to an invoice leads to: that invoice, for anybody who has the link, as long as it is good."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from litestar import MediaType, Response
from litestar.exceptions import NotFoundException
from litestar.types import ExceptionHandlersMap
from msgspec import Struct

from frontdesk.book import Customer, Invoice
from frontdesk.desk import Actor
from frontdesk.invoice_links import has_page
from frontdesk_tenants import clocks, listings
from frontdesk_tenants.database import SideTransaction, clock
from frontdesk_tenants.directory import PUBLIC_ID_LENGTH, Side
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.csrf import csrf_token
from frontdesk_web.hosts import refuse_other_portals_host
from frontdesk_web.invoice_links import invoice_path, named_in
from frontdesk_web.portal.ended_sessions import sign_in_path
from frontdesk_web.portal.entrance import LinkClosed, answer_link_closed, closed_page
from frontdesk_web.portal.frames import asked_locale, locale_of, portal_frame
from frontdesk_web.rendering import Page
from frontdesk_web.site import Site


class InvoiceLinkOverPage(Struct, frozen=True, kw_only=True):
    """The link to an invoice has run out: posts to `action` for a fresh one, which goes to the customer's address.

    `sent` and `too_often` say what came of that.
    """

    template: ClassVar[str] = "portal/invoice_link_over.html"
    action: str
    csrf: str
    sign_in_url: str | None = None
    sent: bool = False
    too_often: bool = False


BY_LINK = Actor(kind="customer", id="invoice_link")
"""Who acts by the link to an invoice: nobody knows who that is."""
_GONE = 410


class Opened(Struct, frozen=True, kw_only=True):
    """An invoice whose link was followed. `now` is real time, `at` that of the customer.

    `asked` is the language that the address asks for, which its pages hand on.
    """

    token: str
    side: Side
    customer: Customer
    invoice: Invoice
    sign_in_url: str | None
    locale: str
    asked: str | None
    now: datetime
    at: datetime
    over: bool

    @property
    def csrf(self) -> str:
        """What the token of its forms belongs to: the link, which is all that its reader has."""
        return bound_to(self.token)

    def path(self, *rest: str, **query: str) -> str:
        """The path of the invoice's page, or of one below it, in the language that was asked for."""
        asked = {} if self.asked is None else {"lang": self.asked}
        fields = "&".join(f"{name}={value}" for name, value in {**query, **asked}.items())
        return "/".join((invoice_path(self.token), *rest)) + (f"?{fields}" if fields else "")


def bound_to(token: str) -> str:
    """What the token of a form belongs to."""
    return f"invoice link {token}"


async def opened(request: AnyRequest, site: Site, token: str, *, late: bool = False) -> Opened:
    """What a token leads to. `late` takes one that has run out as well.

    Raises:
        LinkClosed: the side is known, the link is not; or it has run out.
        NotFoundException: the link is nobody's.
    """
    public_id = token[:PUBLIC_ID_LENGTH]
    door = None
    if token.isascii() and token.isprintable() and public_id.isalnum():
        door = await site.tenancy.directory.by_public_id(public_id)
    if door is None:
        raise NotFoundException
    refuse_other_portals_host(request, site.config, door.portal)
    named = named_in(site.tenancy.vault, door, token)
    async with site.tenancy.at(door) as (connection, side):
        invoice = None if named is None else await listings.find(connection, "invoice", named.id)
        customer = None if invoice is None else await listings.find(connection, "customer", invoice.customer)
        if named is None or invoice is None or customer is None or not has_page(invoice):
            raise LinkClosed(closed_page(request, site, side, await sign_in_path(connection, door, None)))
        now, asked = await clock(connection), asked_locale(request)
        found = Opened(
            token=token,
            side=side,
            customer=customer,
            invoice=invoice,
            sign_in_url=await sign_in_path(connection, door, None),
            locale=locale_of(request, side, asked, *customer.preferred_locales),
            asked=asked,
            now=now,
            at=await _customers_time(connection, customer, now, livemode=door.livemode),
            over=now >= named.good_until,
        )
    if found.over and not late:
        raise LinkClosed(over_page(request, site, found))
    return found


def over_page(
    request: AnyRequest, site: Site, found: Opened, *, sent: bool = False, too_often: bool = False
) -> Response[bytes]:
    """The page that says that a link has run out, and sends a fresh one. It names nothing of the invoice."""
    page = InvoiceLinkOverPage(
        action=found.path("again"),
        csrf=csrf_token(site.tenancy.vault, found.csrf),
        sign_in_url=found.sign_in_url,
        sent=sent,
        too_often=too_often,
    )
    status = 200 if sent else 429 if too_often else _GONE
    return page_of(request, site, found, page, status=status)


def page_of(
    request: AnyRequest,
    site: Site,
    found: Opened,
    page: Page,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response[bytes]:
    """A page in the tenant's frame. Nobody is signed in on it."""
    body = site.renderer.page(found.locale, portal_frame(request, found.side, None, found.locale), page)
    return Response(body, status_code=status, media_type=MediaType.HTML, headers=dict(headers or {}))


async def _customers_time(
    connection: SideTransaction, customer: Customer, now: datetime, *, livemode: bool
) -> datetime:
    test_clock = None if livemode else await clocks.of_customer(connection, customer.id)
    return now if test_clock is None else test_clock.frozen_time


exception_handlers: ExceptionHandlersMap = {LinkClosed: answer_link_closed}
"""For every route of a link."""

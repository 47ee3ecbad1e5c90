"""The customer's balance: what is carried to the next invoices, and how that came about."""

from typing import Any, ClassVar

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Struct

from frontdesk.book import Customer
from frontdesk_tenants import listings
from frontdesk_tenants.database import SideTransaction
from frontdesk_tenants.paging import Cursor
from frontdesk_tenants.statements import numbers_of
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.balance_words import balance_sentences, happened
from frontdesk_web.formatting import date_short, money
from frontdesk_web.portal.answers import asked_id, base_path, page_answer
from frontdesk_web.portal.papers import refuse_hidden
from frontdesk_web.portal.views import Pager
from frontdesk_web.portal.visit import Visit
from frontdesk_web.signed_in import dependencies, exception_handlers
from frontdesk_web.site import Site


class BalanceRow(Struct, frozen=True, kw_only=True):
    """A movement of the balance: the day, what happened, by how much more credit there is, and what there is then."""

    day: str
    text: str
    amount: str
    credit: str
    url: str | None = None


class BalancePage(Struct, frozen=True, kw_only=True):
    """What is carried to the next invoices, in a sentence for each currency, and how it came about, newest first."""

    template: ClassVar[str] = "portal/balance.html"
    back_url: str
    sentences: tuple[str, ...]
    rows: tuple[BalanceRow, ...]
    pager: Pager


_SIGNED_IN: dict[str, Any] = {"dependencies": dependencies, "exception_handlers": exception_handlers}
PAGE = 20
"""Movements on one page."""


@get("/p/{portal:str}/balance", **_SIGNED_IN)
async def show_balance(
    request: AnyRequest, visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The balance and its movements, newest first; `?before=` and `?after=` a movement go on from there."""
    refuse_hidden(visit)
    before, after = asked_id(request, "before"), asked_id(request, "after")
    async with site.tenancy.database.side(visit.side.tenant_id) as connection:
        customer: Customer = await listings.find(connection, "customer", visit.customer)
        found, newer, older = await _page(connection, visit.customer, before, after)
        numbers = await numbers_of(connection, found)
    base, locale = base_path(visit), visit.locale
    rows = tuple(
        BalanceRow(
            day=date_short(each.created, locale),
            text=happened(each, numbers, locale),
            amount=money(-each.of("balance"), each.currency, locale),
            credit=money(-each.ending_balance, each.currency, locale),
            url=f"{base}/invoices/{each.invoice}" if each.invoice in numbers else None,
        )
        for each in found
    )
    page = BalancePage(
        back_url=visit.home_url,
        sentences=balance_sentences(customer.balances, locale),
        rows=rows,
        pager=Pager(
            newer_url=f"{base}/balance?after={found[0].id}" if newer else None,
            older_url=f"{base}/balance?before={found[-1].id}" if older else None,
        ),
    )
    return page_answer(request, site, visit, page, email=customer.email)


async def _page(
    connection: SideTransaction, customer: str, before: str | None, after: str | None
) -> tuple[tuple[Any, ...], bool, bool]:
    """A page of movements, and whether there are newer and older ones. A place that is none shows the newest."""
    known = await _own(connection, customer, after or before)
    if known is None:
        page = await listings.balance_transactions(connection, Cursor(limit=PAGE), customer)
        return page.items, False, page.has_more
    if after is not None:
        page = await listings.balance_transactions(connection, Cursor(limit=PAGE, ending_before=known), customer)
        return page.items, page.has_more, bool(page.items)
    page = await listings.balance_transactions(connection, Cursor(limit=PAGE, starting_after=known), customer)
    return page.items, bool(page.items), page.has_more


async def _own(connection: SideTransaction, customer: str, id_: str | None) -> str | None:
    if id_ is None:
        return None
    found = await listings.find(connection, "customer balance transaction", id_)
    return id_ if found is not None and found.customer == customer else None


routes = [show_balance]

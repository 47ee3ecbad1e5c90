"""Closing an account: its plans end now, its invoices stay. It is asked for with the customer's name, typed."""

from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from frontdesk import customers
from frontdesk.book import Customer
from frontdesk.roles import Right
from frontdesk.search_words import folded
from frontdesk_tenants import book
from frontdesk_tenants.customer_sessions import end_sessions
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.customers.acting import posted
from frontdesk_web.dashboard.customers.places import (
    CUSTOMER,
    PLACE,
    customers_path,
    open_customer,
    read_open_customer,
    to_customer,
)
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.messages import translate
from frontdesk_web.portal.subscription_cards import subscription_name
from frontdesk_web.site import Site


class CloseCustomerPage(Struct, frozen=True, kw_only=True):
    """Asks for `word` to be typed, posted as `typed`. `plans` end now."""

    template: ClassVar[str] = "dashboard/customers/close.html"
    action: str
    back_url: str
    csrf: str
    name: str
    word: str
    plans: tuple[str, ...]
    typed: str = ""
    error: str = ""


@get(f"{CUSTOMER}/close", **needs(Right.BILL_CUSTOMERS))
async def ask_to_close(
    request: AnyRequest, customer: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """What closing would do."""
    return await _ask(request, site, visit, customer)


@post(f"{CUSTOMER}/close", **needs(Right.BILL_CUSTOMERS))
async def close_customer(
    request: AnyRequest, customer: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Close the account, if the name was typed as it is."""
    form = await posted(request, site, visit)
    found = await open_customer(site, visit, customer)
    typed = form.get("typed", "").strip()[:512]
    if folded(typed) != folded(word_of(found)):
        return await _ask(request, site, visit, customer, typed=typed, wrong=True)
    async with visit.desk(site, found.id) as desk:
        await customers.delete(desk)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        await end_sessions(connection, found.id, visit.now)
    return to_customer(visit, found.id, "closed")


def word_of(customer: Customer) -> str:
    """What has to be typed."""
    return (customer.name or "").strip() or customer.email or customer.id


async def _ask(
    request: AnyRequest, site: Site, visit: StaffVisit, customer: str, typed: str = "", wrong: bool = False
) -> Response[bytes]:
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await read_open_customer(connection, customer)
        account = await book.read_account(connection, found.id)
        subscriptions = () if account is None else account.subscriptions
        prices = {item.price for each in subscriptions for item in each.items}
        terms = await book.read_terms(connection, visit.side, prices)
    path, word = customers_path(visit, found.id), word_of(found)
    page = CloseCustomerPage(
        action=f"{path}/close",
        back_url=path,
        csrf=visit.csrf,
        name=word,
        word=word,
        plans=tuple(subscription_name(each, terms) for each in subscriptions),
        typed=typed,
        error=translate(visit.locale, "Type it as it stands there: {word}", word=word) if wrong else "",
    )
    return dashboard_page(request, site, visit, page, place=PLACE, status=400 if wrong else 200)


routes = [ask_to_close, close_customer]

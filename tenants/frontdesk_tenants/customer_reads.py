"""All that the dashboard shows of one customer, read in one transaction of its side."""

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import desc, select
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.addresses import fold
from frontdesk.billing import Capabilities
from frontdesk.book import ENDED, Account, Customer, Invoice, Price, Subscription, Terms
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk.sign_in import Candidate
from frontdesk_tenants import book, configurations, listings, sign_in
from frontdesk_tenants.directory import Side
from frontdesk_tenants.paging import Cursor, Page
from frontdesk_tenants.tables import subscriptions
from frontdesk_tenants.tenancy import Tenancy

INVOICES_SHOWN = 10
OFFERED_AT_MOST = 300
"""Prices among which staff choose."""
ENDED_SHOWN = 10


class CustomerFacts(Struct, frozen=True, kw_only=True):
    """A customer with what belongs to it. `account` holds what has not ended; a closed customer's is empty.

    `login_token` is of the side's login link; None while there is none, or where it is switched off. `namesakes` are
    the other customers with the same address.
    """

    customer: Customer
    account: Account
    terms: Terms
    capabilities: Capabilities
    configuration: PortalConfiguration
    login_token: str | None
    ended: tuple[Subscription, ...]
    invoices: Page[Invoice]
    namesakes: tuple[Candidate, ...]


async def read_facts(
    connection: AsyncConnection, tenancy: Tenancy, side: Side, customer: Customer, invoices_after: str | None = None
) -> CustomerFacts:
    """The facts about a customer. Raises NoSuchCursor where `invoices_after` is no invoice of the side."""
    account = await book.read_account(connection, customer.id) or Account(customer=customer)
    ended = await read_ended(connection, customer.id)
    named = {price for each in (*account.subscriptions, *ended) for price in each.prices}
    backend = await tenancy.backends.of(connection, side.tenant_id, side.backend)
    configuration = await configurations.read_default(connection)
    open_ = configuration.active and configuration.login_page.enabled
    cursor = Cursor(limit=INVOICES_SHOWN, starting_after=invoices_after)
    shared = await sign_in.read_candidates(connection, fold(customer.email)) if customer.email else ()
    return CustomerFacts(
        customer=customer,
        account=account,
        terms=await book.read_terms(connection, side, named),
        capabilities=backend.capabilities,
        configuration=configuration,
        login_token=await configurations.login_token(connection, configuration.id) if open_ else None,
        ended=ended,
        invoices=await listings.invoices(connection, cursor, customer=customer.id),
        namesakes=tuple(each for each in shared if each.customer != customer.id),
    )


async def sold_terms(connection: AsyncConnection, side: Side, currency: str | None) -> Terms:
    """The terms of what can be subscribed to now: active prices that recur, of active products, newest first."""
    found = await listings.prices(
        connection, Cursor(limit=OFFERED_AT_MOST), active=True, sold_in=currency, recurring=True
    )
    terms = await book.read_terms(connection, side, [each.id for each in found.items])
    prices = {
        id_: price
        for id_, price in terms.prices.items()
        if terms.products[price.product].active and not terms.products[price.product].deleted
    }
    return replace(terms, prices=prices)


async def one_time_prices(connection: AsyncConnection, currency: str) -> dict[str, tuple[Price, str]]:
    """What can be put on an invoice now, by id: active prices that are paid once, with the product's name."""
    found = await listings.prices(
        connection, Cursor(limit=OFFERED_AT_MOST), active=True, currency=currency, recurring=False
    )
    products = await listings.find_all(connection, "product", {each.product for each in found.items})
    return {
        each.id: (each, products[each.product].name)
        for each in found.items
        if products[each.product].active and not products[each.product].deleted
    }


async def read_ended(connection: AsyncConnection, customer: str) -> tuple[Subscription, ...]:
    """The newest subscriptions of a customer that are over."""
    found = await connection.scalars(
        select(subscriptions.c.body)
        .where(subscriptions.c.customer == customer, subscriptions.c.status.in_(ENDED))
        .order_by(desc(subscriptions.c.created), desc(subscriptions.c.id))
        .limit(ENDED_SHOWN)
    )
    return tuple(found)

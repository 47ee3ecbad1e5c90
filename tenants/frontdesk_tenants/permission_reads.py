"""What says what a customer can do, read in one transaction of its side. Nothing is locked."""

from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import Account, Customer
from frontdesk.customer_permissions import Question
from frontdesk.desk import Actor
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk_tenants import book
from frontdesk_tenants.clocks import times_of_customers
from frontdesk_tenants.customer_reads import read_ended
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Side
from frontdesk_tenants.sessions import Source
from frontdesk_tenants.tenancy import Tenancy


async def read_question(
    connection: AsyncConnection,
    tenancy: Tenancy,
    side: Side,
    customer: Customer,
    configuration: PortalConfiguration,
    source: Source,
) -> Question:
    """What the customer could do under a configuration, had they come in by `source`."""
    account = await book.read_account(connection, customer.id) or Account(customer=customer)
    backend = await tenancy.backends.of(connection, side.tenant_id, side.backend)
    offered = configuration.features.subscription_update.products
    prices = {price for each in offered for price in each.prices}
    ended = await read_ended(connection, customer.id)
    prices |= {price for each in (*account.subscriptions, *ended) for price in each.prices}
    frozen = {} if side.livemode else await times_of_customers(connection, [customer.id])
    return Question(
        actor=Actor(kind="customer", id=customer.id, source=source),
        account=account,
        configuration=configuration,
        capabilities=backend.capabilities,
        terms=await book.read_terms(connection, side, prices),
        suspended=side.suspended,
        now=frozen.get(customer.id) or await clock(connection),
        ended=ended,
    )

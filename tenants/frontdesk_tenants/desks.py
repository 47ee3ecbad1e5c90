"""Opening a desk: core's `Desk` over the book, for one customer or for several, by what the side's backend is.

How each kind works is told where it is: `local_desk`, `remote_desk`.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk import refusals
from frontdesk.acts import QuoteChanged
from frontdesk.book import Account
from frontdesk.clocks import TestClock
from frontdesk.desk import Actor
from frontdesk.errors import Refused
from frontdesk.ids import IdSource
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk_tenants import book, clocks, configurations
from frontdesk_tenants.clocks import hold_for_customer, hold_of_customer
from frontdesk_tenants.database import clock_after_waiting
from frontdesk_tenants.directory import Door, Side
from frontdesk_tenants.local_desk import LocalDesk
from frontdesk_tenants.remote_desk import RemoteDesk
from frontdesk_tenants.tenancy import Tenancy


async def desk_on(
    connection: AsyncConnection,
    tenancy: Tenancy,
    side: Side,
    *,
    customer_id: str | None,
    actor: Actor,
    configuration_id: str | None = None,
    request_id: str | None = None,
    test_clock: TestClock | None = None,
) -> LocalDesk | RemoteDesk:
    """A desk for one customer (None: one that is to be created), opened on a transaction of the side.

    A remote desk uses the transaction only to read; a local one works in it, and its caller commits. `test_clock` is
    the one that a new customer begins on, locked (`clocks.hold`); where there is a customer, it is the customer's.

    Raises:
        Refused: there is no such customer.
    """
    backend = await tenancy.backends.of(connection, side.tenant_id, side.backend)
    configuration = None
    if configuration_id is not None:
        configuration = await configurations.read(connection, configuration_id)
    configuration = configuration or await configurations.read_default(connection)
    remote = backend.capabilities.remote
    if remote and test_clock is not None:
        raise Refused(refusals.cannot("test clocks"))
    account = None
    if customer_id is not None:
        # The clock before the account, as whoever moves it on: never the other way round.
        test_clock = None if side.livemode or remote else await hold_of_customer(connection, customer_id)
        account = await book.read_account(connection, customer_id, lock=not remote)
        if account is None:
            raise Refused(refusals.no_such("customer", customer_id))
    # Once the account is ours: ids and times follow those of whoever held it before.
    now = await clock_after_waiting(connection)
    terms = await book.read_terms(connection, side, _prices_at_hand(account, configuration))
    kind = RemoteDesk if remote else LocalDesk
    desk = kind(
        tenancy=tenancy,
        side=side,
        actor=actor,
        real_now=now.replace(microsecond=0),
        test_clock=test_clock,
        ids=IdSource(now),
        account=account,
        terms=terms,
        configuration=configuration,
        backend=backend,
        request_id=request_id,
    )
    if isinstance(desk, LocalDesk):
        desk.connection = connection
    return desk


async def local_desks_on(
    connection: AsyncConnection, tenancy: Tenancy, side: Side, customer_ids: Sequence[str], actor: Actor
) -> dict[str, LocalDesk]:
    """Desks for several customers whose rows are locked, opened with as few questions as one.

    None for those that are closed, that live on a test clock, or whose backend is remote.
    """
    backend = await tenancy.backends.of(connection, side.tenant_id, side.backend)
    if backend.capabilities.remote:
        return {}
    now = await clock_after_waiting(connection)
    configuration = await configurations.read_default(connection)
    on_clocks = {} if side.livemode else await clocks.of_customers(connection, customer_ids)
    accounts = await book.read_accounts(connection, [each for each in customer_ids if each not in on_clocks])
    prices = {price for each in accounts.values() for price in _prices_at_hand(each, configuration)}
    terms = await book.read_terms(connection, side, prices)
    desks = {}
    for id_, account in accounts.items():
        desks[id_] = LocalDesk(
            tenancy=tenancy,
            side=side,
            actor=actor,
            real_now=now.replace(microsecond=0),
            test_clock=None,
            ids=IdSource(now),
            account=account,
            terms=terms,
            configuration=configuration,
            backend=backend,
            request_id=None,
        )
        desks[id_].connection = connection
    return desks


@asynccontextmanager
async def open_desk(
    tenancy: Tenancy,
    door: Door,
    *,
    customer_id: str | None,
    actor: Actor,
    configuration_id: str | None = None,
    request_id: str | None = None,
    test_clock: str | None = None,
) -> AsyncIterator[LocalDesk | RemoteDesk]:
    """A desk with a transaction of its own, committed at the end unless something was raised.

    For a remote backend the transaction ends before the desk is handed out. `QuoteChanged` refuses, but the new quote
    that it carries is committed. `test_clock` is the id of the one that a new customer begins on.

    Raises:
        Refused: there is no such customer, or no such test clock that takes one.
    """
    changed: QuoteChanged | None = None
    async with tenancy.at(door) as (connection, side):
        desk = await desk_on(
            connection,
            tenancy,
            side,
            customer_id=customer_id,
            actor=actor,
            configuration_id=configuration_id,
            request_id=request_id,
            test_clock=None if test_clock is None else await hold_for_customer(connection, side, test_clock),
        )
        if isinstance(desk, LocalDesk):
            try:
                yield desk
            except QuoteChanged as refusal:
                await desk.consume_quote(connection)
                changed = refusal
            else:
                return
    if changed is not None:
        raise changed
    yield desk


def _prices_at_hand(account: Account | None, configuration: PortalConfiguration) -> Iterable[str]:
    offered = configuration.features.subscription_update.products
    yield from (price for each in offered for price in each.prices)
    if account is not None:
        yield from (price for each in account.subscriptions for price in each.prices)

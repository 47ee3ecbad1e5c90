"""Desks: core's `Desk` over the book, for local and for remote backends.

A *local* desk works inside the transaction that it is given: the account is locked, the backend computes, the
changes are written. A *remote* desk commits its intent first, calls the backend outside any transaction, and applies
what comes back by version; whatever dies in between is healed by `settle`, which repeats the call with the same key.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk import quote_refusals, refusals
from frontdesk.acts import QuoteChanged
from frontdesk.billing import Capabilities, Request
from frontdesk.book import Account, Terms
from frontdesk.changes import Changes, Snapshot, apply
from frontdesk.clocks import TestClock, check_standing
from frontdesk.commands import (
    AccountCommand,
    Advance,
    CreateCustomer,
    DescribeSubscription,
    ExplainCancellation,
    StartAgain,
)
from frontdesk.desk import Actor
from frontdesk.errors import Refused, Unavailable
from frontdesk.ids import Ids, IdSource
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk.quotes import LIFETIME, Quote
from frontdesk.quoting import quote_from
from frontdesk.suspension import first_due, quiet, standing_still
from frontdesk.waiting import foreseen, may_wait
from frontdesk_tenants import book, clocks, configurations
from frontdesk_tenants.backends import LiveBackend
from frontdesk_tenants.clocks import hold_for_customer, hold_of_customer
from frontdesk_tenants.committing import commit_changes
from frontdesk_tenants.coupons import with_discounts
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Door, Side
from frontdesk_tenants.intents import Intent, carry_out_intent, keep_intent
from frontdesk_tenants.invoice_reads import with_invoices
from frontdesk_tenants.tables import quotes
from frontdesk_tenants.tax_rates import with_tax_rates
from frontdesk_tenants.tenancy import Tenancy


class AccountDesk:
    """What both kinds of desk share: the account as read, quotes, and what a command needs of the catalogue."""

    def __init__(
        self,
        *,
        tenancy: Tenancy,
        side: Side,
        actor: Actor,
        real_now: datetime,
        test_clock: TestClock | None,
        ids: Ids,
        account: Account | None,
        terms: Terms,
        configuration: PortalConfiguration,
        backend: LiveBackend,
        request_id: str | None,
    ) -> None:
        self.tenancy = tenancy
        self.side = side
        self.actor = actor
        self.now = real_now if test_clock is None else test_clock.frozen_time
        self.real_now = real_now
        self.test_clock = test_clock
        self.terms = terms
        self.configuration = configuration
        self.request_id = request_id
        self.ids = ids
        self._account = account
        self._backend = backend
        self._taken: Quote | None = None

    @property
    def account(self) -> Account:
        """The account as it is now; after `carry_out` as it has become."""
        if self._account is None:
            raise LookupError("a desk for a new customer has no account before it is created")
        return self._account

    @property
    def capabilities(self) -> Capabilities:
        """What the backend can do."""
        return self._backend.capabilities

    @property
    def suspended(self) -> bool:
        """Whether the side is."""
        return self.side.suspended

    def request(self, command: AccountCommand, at: datetime, account: Account | None, key: str) -> Request:
        """A question to the backend about `account`."""
        return Request(account=account, terms=self.binding, command=command, now=at, ids=self.ids, idempotency_key=key)

    @property
    def binding(self) -> Terms:
        """The terms as they are carried out: nobody is reminded of anything while the side is suspended."""
        return replace(self.terms, settings=quiet(self.terms.settings)) if self.suspended else self.terms

    def time_of(self, account: Account | None, instant: datetime) -> datetime:
        """What `instant` means to the account's books: time stands still for those of a suspended side."""
        still = self.suspended and not self.capabilities.remote
        return standing_still(account, instant) if still else instant

    async def quote_of(self, command: AccountCommand, account: Account, instant: datetime) -> Quote:
        """What the command would do at an instant to `account`."""
        at = self.time_of(account, instant)
        changes = await self.dry_run(self.request(command, at, account, self.ids("quote")), account)
        quote = quote_from(
            account=account,
            changes=changes,
            command=command,
            at=instant,
            terms=self.terms,
            ids=self.ids,
        )
        # How long somebody may think about it is counted in real time, whatever the account's own is.
        return replace(quote, expires_at=self.real_now + LIFETIME)

    async def dry_run(self, request: Request, account: Account) -> Changes:
        """What the backend says that it would do. Raises Refused or Unavailable."""
        return await self._backend.quote(request)

    async def write_quote(self, connection: AsyncConnection, quote: Quote) -> None:
        """Store a quote."""
        await connection.execute(
            insert(quotes).values(
                tenant_id=self.side.tenant_id,
                id=quote.id,
                customer=quote.customer,
                expires_at=quote.expires_at,
                body=quote,
            )
        )

    async def read_quote(self, connection: AsyncConnection, id_: str) -> Quote:
        """A quote of this customer that can still be confirmed. Raises Refused."""
        row = (
            await connection.execute(
                select(quotes.c.body, quotes.c.consumed_at, quotes.c.expires_at)
                .where(quotes.c.id == id_, quotes.c.customer == self.account.customer.id)
                .with_for_update()
            )
        ).one_or_none()
        if row is None:
            raise Refused(quote_refusals.quote_unknown(id_))
        if row.consumed_at is not None:
            raise Refused(quote_refusals.quote_consumed(id_))
        if row.expires_at <= self.real_now:
            raise Refused(quote_refusals.quote_expired(id_))
        self._taken = row.body
        return row.body  # type: ignore[no-any-return]

    async def consume_quote(self, connection: AsyncConnection) -> None:
        """Mark the quote that was taken as used, in the transaction that uses it."""
        if self._taken is not None:
            await connection.execute(
                update(quotes).where(quotes.c.id == self._taken.id).values(consumed_at=self.real_now)
            )
            self._taken = None


class LocalDesk(AccountDesk):
    """A desk on a transaction. What it carries out is committed with that transaction."""

    connection: AsyncConnection

    async def preview(self, command: AccountCommand, at: datetime | None = None) -> Quote:
        """See `Desk.preview`."""
        await self.know(command)
        account, instant = self.account, at or self.now
        if falls_due(account, self.binding, self.time_of(account, instant)):
            account = apply(account, await self._advanced(instant, account))
        return await self.quote_of(command, account, instant)

    async def keep_quote(self, quote: Quote) -> None:
        """See `Desk.keep_quote`."""
        await self.write_quote(self.connection, quote)

    async def take_quote(self, id: str) -> Quote:
        """See `Desk.take_quote`."""
        return await self.read_quote(self.connection, id)

    async def carry_out(self, *commands: AccountCommand, at: datetime | None = None) -> Changes:
        """See `Desk.carry_out`. What fell due before the first command happens before it.

        Raises:
            Refused: the account's test clock is being moved on, and it is not the worker who asks.
        """
        if self.test_clock is not None and self.actor.kind != "scheduler":
            check_standing(self.test_clock)
        before = self._account
        changes, account = await self.work_out(*commands, at=at)
        if says_nothing(changes):
            return changes
        if self.suspended and account is not None:
            # When the account is looked at once the suspension is lifted.
            changes = replace(changes, wake_at=first_due(account, self.terms.settings))
        await self.consume_quote(self.connection)
        written = await commit_changes(
            self.connection,
            self.side,
            changes,
            before=before,
            actor=self.actor,
            action=" ".join(type(each).__name__ for each in commands),
            now=self.real_now,
            jobs=self.tenancy.jobs,
            request_id=self.request_id,
            test_clock=None if self.test_clock is None else self.test_clock.id,
        )
        assert account is not None
        # With the numbers that were drawn: what follows in this transaction must not draw others.
        self._account = replace(
            account,
            version=account.version + 1,
            invoices=as_written(account.invoices, written.invoices),
            credit_notes=as_written(account.credit_notes, written.credit_notes),
        )
        return written

    async def work_out(self, *commands: AccountCommand, at: datetime | None = None) -> tuple[Changes, Account | None]:
        """What `carry_out` would commit, and the account after it. Nothing is written."""
        account = self._account
        instant = self.time_of(account, at or self.now)
        for command in commands:
            await self.know(command)
        changes = Changes()
        if account is not None and falls_due(account, self.binding, instant):
            changes = await self._advanced(instant, account)
            account = apply(account, changes)
            commands = tuple(each for each in commands if not isinstance(each, Advance))
        for command in commands:
            step = await self._backend.carry_out(self.request(command, instant, account, self.ids("req")))
            account = apply(account, step)
            changes = changes.then(step)
        return changes, account

    async def _advanced(self, instant: datetime, account: Account) -> Changes:
        """What has fallen due by `instant` and was not done yet, because no worker came by."""
        await self.know(Advance())
        return await self._backend.carry_out(self.request(Advance(), instant, account, self.ids("req")))

    async def know(self, command: AccountCommand) -> None:
        """See `Desk.know`."""
        self._account = await with_ended(self.connection, self._account, command)
        self.terms, self._account = await with_discounts(self.connection, self.terms, self._account, command)
        self.terms, self._account = await with_invoices(self.connection, self.terms, self._account, command)
        self.terms = await with_tax_rates(self.connection, self.terms, command)
        missing = book.prices_of(command, self._account) - self.terms.prices.keys()
        if missing:
            more = await book.read_terms(self.connection, self.side, missing)
            self.terms = merged(self.terms, more)


class RemoteDesk(AccountDesk):
    """A desk whose backend lives behind a network. It holds no transaction while it waits."""

    async def preview(self, command: AccountCommand, at: datetime | None = None) -> Quote:
        """See `Desk.preview`."""
        await self.know(command)
        return await self.quote_of(command, self.account, at or self.now)

    async def dry_run(self, request: Request, account: Account) -> Changes:
        """The same; of what may wait for a backend that does not answer, what can be foreseen."""
        try:
            return await super().dry_run(request, account)
        except Unavailable:
            if not may_wait(request.command):
                raise
            return foreseen(account, request.command, request.now)

    async def keep_quote(self, quote: Quote) -> None:
        """See `Desk.keep_quote`."""
        async with self.tenancy.database.side(self.side.tenant_id) as connection:
            await self.write_quote(connection, quote)

    async def take_quote(self, id: str) -> Quote:
        """See `Desk.take_quote`."""
        async with self.tenancy.database.side(self.side.tenant_id) as connection:
            return await self.read_quote(connection, id)

    async def carry_out(self, *commands: AccountCommand, at: datetime | None = None) -> Changes:
        """See `Desk.carry_out`. Each command is an intent of its own; the first that fails stops the rest.

        Raises:
            Unavailable: the backend did not answer. The intent is kept and settled by a job with the same key.
        """
        changes = Changes()
        for command in commands:
            await self.know(command)
            intent = Intent(
                id=self.ids("int"),
                customer=self._customer_id(command),
                command=command,
                at=at or self.now,
                actor=self.actor,
                quote=None if self._taken is None else self._taken.id,
            )
            async with self.tenancy.database.side(self.side.tenant_id) as connection:
                await self.consume_quote(connection)
                await keep_intent(connection, self.tenancy, self.side, intent, self.real_now)
            request = self.request(command, intent.at, self._account, intent.id)
            step = await carry_out_intent(self.tenancy, self.side, self._backend, intent, request, self.request_id)
            changes = changes.then(step)
            async with self.tenancy.database.side(self.side.tenant_id) as connection:
                customer = intent.customer if step.customer is None else step.customer.id
                self._account = await book.read_account(connection, customer)
        return changes

    def _customer_id(self, command: AccountCommand) -> str:
        return command.id if isinstance(command, CreateCustomer) else self.account.customer.id

    async def know(self, command: AccountCommand) -> None:
        """See `Desk.know`."""
        async with self.tenancy.database.side(self.side.tenant_id) as connection:
            self._account = await with_ended(connection, self._account, command)
            self.terms, self._account = await with_discounts(connection, self.terms, self._account, command)
            self.terms, self._account = await with_invoices(connection, self.terms, self._account, command)
            self.terms = await with_tax_rates(connection, self.terms, command)
            missing = book.prices_of(command, self._account) - self.terms.prices.keys()
            if missing:
                self.terms = merged(self.terms, await book.read_terms(connection, self.side, missing))


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
    now = await clock(connection)
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
    now = await clock(connection)
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


def as_written(held: tuple[Snapshot, ...], written: tuple[Snapshot, ...]) -> tuple[Snapshot, ...]:
    """The snapshots of an account as they were committed."""
    by_id = {each.id: each for each in written}
    return tuple(by_id.get(each.id, each) for each in held)


def says_nothing(changes: Changes) -> bool:
    """Whether nothing came of a command, so that nothing is committed."""
    told = changes.events or changes.customer or changes.subscriptions or changes.invoices
    # What is used by somebody who has nothing yet to be billed for it is kept all the same.
    return not (told or changes.reports or changes.canceled_reports)


def falls_due(account: Account, terms: Terms, instant: datetime) -> bool:
    """Whether something is due by itself at or before `instant`."""
    due = first_due(account, terms.settings)
    return due is not None and due <= instant


async def with_ended(connection: AsyncConnection, account: Account | None, command: AccountCommand) -> Account | None:
    """The account with the ended subscription that a command is about: why it was cancelled, its metadata, its start
    once more."""
    if account is None or not isinstance(command, ExplainCancellation | DescribeSubscription | StartAgain):
        return account
    if account.subscription(command.subscription) is not None:
        return account
    ended = await book.read_subscription(connection, account.customer.id, command.subscription)
    return account if ended is None else replace(account, subscriptions=(*account.subscriptions, ended))


def merged(terms: Terms, more: Terms) -> Terms:
    """Terms that know what both know."""
    return replace(terms, products={**terms.products, **more.products}, prices={**terms.prices, **more.prices})


def _prices_at_hand(account: Account | None, configuration: PortalConfiguration) -> Iterable[str]:
    offered = configuration.features.subscription_update.products
    yield from (price for each in offered for price in each.prices)
    if account is not None:
        yield from (price for each in account.subscriptions for price in each.prices)

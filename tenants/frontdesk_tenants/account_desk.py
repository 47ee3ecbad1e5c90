"""What both kinds of desk share: the account as read, quotes, and what a command needs of the catalogue."""

from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk import quote_refusals
from frontdesk.billing import Capabilities, Request
from frontdesk.book import Account, Terms
from frontdesk.changes import Changes
from frontdesk.clocks import TestClock
from frontdesk.commands import AccountCommand, DescribeSubscription, ExplainCancellation, StartAgain
from frontdesk.desk import Actor
from frontdesk.errors import Refused
from frontdesk.ids import Ids
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk.quotes import LIFETIME, Quote
from frontdesk.quoting import quote_from
from frontdesk.suspension import quiet, standing_still
from frontdesk_tenants import book
from frontdesk_tenants.backends import LiveBackend
from frontdesk_tenants.directory import Side
from frontdesk_tenants.tables import quotes
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

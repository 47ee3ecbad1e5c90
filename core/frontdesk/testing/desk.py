"""A desk in memory: one account, any local backend, no database. For tests of use cases and of backends.

It keeps the promises of `frontdesk.desk.Desk` that a test can see: commands are carried out all or none, a quote is
consumed by what is committed after it was taken, the account's version grows by one with each commit, and invoice
numbers are drawn without gaps.

    desk = MemoryDesk(backend=MyBackend(MySettings()), terms=terms, now=datetime(2026, 11, 1, tzinfo=UTC))
    await customers.create(desk, CreateCustomer(id="cus_1"))
"""

from datetime import datetime

from msgspec.structs import replace

from frontdesk.billing import AnyBackend, Capabilities, Request
from frontdesk.book import Account, Invoice, Terms
from frontdesk.changes import Changes, apply
from frontdesk.commands import AccountCommand
from frontdesk.desk import Actor
from frontdesk.errors import Refused
from frontdesk.ids import CountingIds, Ids
from frontdesk.portal_configuration import PortalConfiguration, default_configuration
from frontdesk.quote_refusals import quote_consumed, quote_expired, quote_unknown
from frontdesk.quotes import Quote
from frontdesk.quoting import quote_from
from frontdesk.suspension import quiet, standing_still

TENANT = Actor(kind="api", id="key_1")


class MemoryDesk:
    """A desk whose actor, time, configuration, terms and suspension a test may set at any moment.

    `committed` has what every commit changed, in order, with the invoice numbers drawn.
    """

    def __init__(
        self,
        *,
        backend: AnyBackend,
        terms: Terms,
        now: datetime,
        account: Account | None = None,
        actor: Actor = TENANT,
        configuration: PortalConfiguration | None = None,
        ids: Ids | None = None,
        suspended: bool = False,
    ) -> None:
        if backend.capabilities.remote:
            raise ValueError("A desk in memory is for local backends: a remote one keeps its own state.")
        self.backend = backend
        self.terms = terms
        self.now = now
        self.actor = actor
        self.ids = ids or CountingIds()
        self.suspended = suspended
        self.configuration = configuration or default_configuration("bpc_default", now)
        self.committed: list[Changes] = []
        self._account = account
        self._quotes: dict[str, Quote] = {}
        self._consumed: set[str] = set()
        self._taken: set[str] = set()
        self._next_number = 1

    @property
    def account(self) -> Account:
        """The account as it is now. Raises LookupError until it was opened."""
        if self._account is None:
            raise LookupError("The account was not opened yet.")
        return self._account

    @property
    def capabilities(self) -> Capabilities:
        """Those of the backend."""
        return self.backend.capabilities

    async def know(self, command: AccountCommand) -> None:
        """The terms of a desk in memory are whole."""
        return

    async def preview(self, command: AccountCommand, at: datetime | None = None) -> Quote:
        """What the command would do `at` an instant (default `now`). Nothing is stored."""
        instant = at or self.now
        changes = await self.backend.quote(self._request(self._account, command, instant))
        return quote_from(self._account, changes, command, instant, self.terms, self.ids)

    async def keep_quote(self, quote: Quote) -> None:
        """Store a quote."""
        self._quotes[quote.id] = quote

    async def take_quote(self, id: str) -> Quote:
        """A stored quote. Raises Refused for one that is unknown, consumed or expired."""
        quote = self._quotes.get(id)
        if quote is None:
            raise Refused(quote_unknown(id))
        if id in self._consumed:
            raise Refused(quote_consumed(id))
        if self.now >= quote.expires_at:
            raise Refused(quote_expired(id))
        self._taken.add(id)
        return quote

    async def carry_out(self, *commands: AccountCommand, at: datetime | None = None) -> Changes:
        """Carry the commands out in order, all or none."""
        account, all_changes = self._account, Changes()
        for command in commands:
            changes = await self.backend.carry_out(self._request(account, command, at or self.now))
            account = apply(account, changes)
            all_changes = all_changes.then(changes)
        return self._commit(all_changes)

    def _commit(self, changes: Changes) -> Changes:
        numbered = replace(changes, invoices=tuple(map(self._numbered, changes.invoices)))
        account = apply(self._account, numbered)
        self._account = replace(account, version=account.version + 1)
        self._consumed |= self._taken
        self._taken.clear()
        self.committed.append(numbered)
        return numbered

    def _numbered(self, invoice: Invoice) -> Invoice:
        if invoice.number is not None or invoice.status == "draft":
            return invoice
        number = f"{self.terms.settings.invoice_prefix}-{self._next_number:04d}"
        self._next_number += 1
        return replace(invoice, number=number)

    def _request(self, account: Account | None, command: AccountCommand, now: datetime) -> Request:
        return Request(
            account=account,
            terms=replace(self.terms, settings=quiet(self.terms.settings)) if self.suspended else self.terms,
            command=command,
            now=standing_still(account, now) if self.suspended else now,
            ids=self.ids,
            idempotency_key=f"memory_{len(self.committed)}",
        )

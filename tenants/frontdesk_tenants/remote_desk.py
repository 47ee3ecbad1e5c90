"""The desk of a remote backend: it commits its intent first, and calls the backend outside any transaction.

What comes back is applied by version; whatever dies in between is healed by `intents.settle`, which repeats the call
with the same key.
"""

from datetime import datetime

from frontdesk.billing import Request
from frontdesk.book import Account
from frontdesk.changes import Changes
from frontdesk.commands import AccountCommand, CreateCustomer
from frontdesk.errors import Unavailable
from frontdesk.quotes import Quote
from frontdesk.waiting import foreseen, may_wait
from frontdesk_tenants import book
from frontdesk_tenants.account_desk import AccountDesk, merged, with_ended
from frontdesk_tenants.coupons import with_discounts
from frontdesk_tenants.intents import Intent, carry_out_intent, keep_intent
from frontdesk_tenants.invoice_reads import with_invoices
from frontdesk_tenants.tax_rates import with_tax_rates


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

"""The desk of a local backend: it works inside the transaction that it is given.

The account is locked, the backend computes, the changes are written.
"""

from datetime import datetime

from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import Account, Terms
from frontdesk.changes import Changes, Snapshot, apply
from frontdesk.clocks import check_standing
from frontdesk.commands import AccountCommand, Advance
from frontdesk.quotes import Quote
from frontdesk.suspension import first_due
from frontdesk_tenants import book
from frontdesk_tenants.account_desk import AccountDesk, merged, with_ended
from frontdesk_tenants.committing import commit_changes
from frontdesk_tenants.coupons import with_discounts
from frontdesk_tenants.invoice_reads import with_invoices
from frontdesk_tenants.tax_rates import with_tax_rates


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

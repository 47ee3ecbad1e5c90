"""A customer of the sandbox, billed by the engine alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

from billed_life import TERMS
from msgspec.structs import replace

from frontdesk.book import Account, Invoice, Subscription, Terms
from frontdesk.changes import Changes, apply
from frontdesk.commands import AccountCommand, Advance, BillingDetails, CreateCustomer, CreateSubscription, NewItem
from frontdesk.ids import CountingIds
from frontdesk.payment_method_commands import AttachPaymentMethod
from frontdesk.payment_methods import CollectionSettings, PaymentMethod
from frontdesk.suspension import first_due
from frontdesk.test_cards import CARDS, new_method
from frontdesk_invoice_only.engine import IN_SANDBOX, bill

START = datetime(2025, 1, 1, 9, tzinfo=UTC)
MONTH = datetime(2025, 2, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)


class Sandbox:
    """A customer of the sandbox who pays by card, or has none."""

    def __init__(self, card: str | None = "visa", **collection: Any) -> None:
        self.ids = CountingIds()
        settings = replace(TERMS.settings, collection=CollectionSettings(**collection))
        self.terms: Terms = replace(TERMS, settings=settings)
        opened = CreateCustomer(id="cus_1", details=BillingDetails(email="jenny@example.com"))
        self.account: Account = apply(None, bill(None, self.terms, opened, START, self.ids, IN_SANDBOX))
        self.all: dict[str, Invoice] = {}
        if card is not None:
            self.attach(card, default=True)

    def do(self, command: AccountCommand, at: datetime = START, **how: bool) -> Changes:
        changes = bill(self.account, self.terms, command, at, self.ids, IN_SANDBOX, **how)
        self.account = apply(self.account, changes)
        self.all |= {each.id: each for each in changes.invoices}
        assert sum(entry.amount for each in changes.ledger for entry in each.entries) == 0
        return changes

    def attach(self, card: str, *, default: bool = False, at: datetime = START) -> PaymentMethod:
        method = new_method(self.ids("pm"), CARDS[card], at)
        self.do(AttachPaymentMethod(method=method, default=default), at)
        return method

    def subscribe(self, **fields: Any) -> Changes:
        return self.do(CreateSubscription(items=(NewItem(price="ten"),), **fields))

    def walk(self, until: datetime) -> list[tuple[str, int]]:
        """Advance from one instant to the next, as a punctual worker does; tells what happened, on which day."""
        told = []
        while (due := first_due(self.account, self.terms.settings)) is not None and due <= until:
            told += [(type(each).__name__, (each.at - START).days) for each in self.do(Advance(), due).events]
        return told

    @property
    def only(self) -> Subscription:
        (subscription,) = self.account.subscriptions
        return subscription

    @property
    def last(self) -> Invoice:
        return list(self.all.values())[-1]

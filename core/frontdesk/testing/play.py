"""One customer of one backend, played through: what a desk does, without a database."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from frontdesk.billing import AnyBackend, Request
from frontdesk.book import Account, BillingSettings, Price, Product, Recurring, SellerDetails, Subscription, Terms
from frontdesk.changes import Changes, Snapshot, apply
from frontdesk.commands import (
    AccountCommand,
    CancelSubscription,
    ChangePlan,
    CreateCustomer,
    CreateSubscription,
    ItemChange,
    NewItem,
)
from frontdesk.coupons import Coupon
from frontdesk.ids import IdSource
from frontdesk.notice_settings import NO_NOTICES
from frontdesk.quotes import Quote
from frontdesk.quoting import quote_from


def sample_terms(currency: str, born: datetime) -> Terms:
    """Two products: `basic` (10.00 a month), `pro` (25.50) and `yearly` (100.00) of one, `extra` (3.33) of another.

    The coupon `quarter` takes 25 % off for ever.
    """
    monthly, yearly = Recurring(interval="month"), Recurring(interval="year")
    sold = (
        ("basic", "seats", "1000", monthly),
        ("pro", "seats", "2550", monthly),
        ("yearly", "seats", "10000", yearly),
        ("extra", "support", "333", monthly),
    )
    return Terms(
        # Nothing is told beforehand, so that an account falls due when it is billed.
        settings=BillingSettings(currency=currency, seller=SellerDetails(name="Example Ltd."), notices=NO_NOTICES),
        products={
            id: Product(id=id, name=id.title(), created=born, updated=born, unit_label="seat")
            for id in ("seats", "support")
        },
        prices={
            id: Price(
                id=id, product=product, currency=currency, unit_amount=Decimal(amount), created=born, recurring=every
            )
            for id, product, amount, every in sold
        },
        coupons={"quarter": Coupon(id="quarter", created=born, percent_off=Decimal(25), duration="forever")},
    )


class Play:
    """A customer's account as its book would have it, and the backend that decides. `now` is set by the test."""

    def __init__(self, backend: AnyBackend, terms: Terms, now: datetime, customer: str = "cus_contract") -> None:
        self.backend = backend
        self.terms = terms
        self.now = now
        self.customer = customer
        self.account: Account | None = None
        self._ids = IdSource(now)

    @property
    def book(self) -> Account:
        """The account, once it is open."""
        assert self.account is not None, "the account was not opened"
        return self.account

    @property
    def only(self) -> Subscription:
        """The one live subscription."""
        (subscription,) = self.book.subscriptions
        return subscription

    async def begin(self, price: str = "basic", quantity: int = 2, **fields: Any) -> Changes:
        """Open the account and start a subscription."""
        await self.do(CreateCustomer(id=self.customer))
        return await self.do(CreateSubscription(items=(NewItem(price=price, quantity=quantity),), **fields))

    async def end(self) -> None:
        """End the one subscription. The account keeps it, as it does where a command is about what has ended."""
        id = self.only.id
        changes = await self.do(CancelSubscription(subscription=id, when="now"))
        self.account = replace(self.book, subscriptions=tuple(each for each in changes.subscriptions if each.id == id))

    def request(self, command: AccountCommand, key: str | None = None) -> Request:
        """The question that a desk would ask now, with a new idempotency key if none is given."""
        return Request(
            account=self.account,
            terms=self.terms,
            command=command,
            now=self.now,
            ids=self._ids,
            idempotency_key=key or self._ids("key"),
        )

    async def do(self, command: AccountCommand, key: str | None = None) -> Changes:
        """Carry a command out and write what came of it. Told is what is new: a remote backend repeats all it knows."""
        before = self.account
        changes = await self.backend.carry_out(self.request(command, key))
        self.write(changes)
        return news(before, changes)

    def write(self, changes: Changes) -> None:
        """Apply changes by version, as a desk does. A remote backend may have given the customer an id of its own."""
        self.account = apply(self.account, changes)
        self.customer = self.account.customer.id

    async def quote(self, command: AccountCommand) -> Quote:
        """What the command would do now."""
        return self.quote_of(command, await self.backend.quote(self.request(command)))

    def quote_of(self, command: AccountCommand, changes: Changes) -> Quote:
        """The quote that `changes` amount to, on the account as it is now."""
        return quote_from(self.account, changes, command, self.now, self.terms, self._ids)

    def change(self, **fields: Any) -> ChangePlan:
        """A change of the first item: `price`, `quantity`; the rest are fields of the command."""
        of_item = {name: fields.pop(name) for name in ("price", "quantity") if name in fields}
        subscription = self.only
        item = ItemChange(id=subscription.items[0].id, **of_item)
        return ChangePlan(subscription=subscription.id, items=(item,), **fields)


def news(before: Account | None, changes: Changes) -> Changes:
    """Changes without the snapshots that say what the account has already, whatever their version."""
    if before is None:
        return changes

    def new(known: tuple[Snapshot, ...], told: tuple[Snapshot, ...]) -> tuple[Snapshot, ...]:
        old = {each.id: replace(each, version=0) for each in known}
        return tuple(each for each in told if replace(each, version=0) != old.get(each.id))

    same = changes.customer is not None and replace(changes.customer, version=0) == replace(before.customer, version=0)
    return replace(
        changes,
        customer=None if same else changes.customer,
        subscriptions=new(before.subscriptions, changes.subscriptions),
        invoices=new(before.invoices, changes.invoices),
        pending_items=new(before.pending_items, changes.pending_items),
        credit_notes=new(before.credit_notes, changes.credit_notes),
        products=(),
        prices=(),
        coupons=(),
        tax_rates=(),
    )


def told(changes: Changes) -> object:
    """What changes say of a customer, whatever the versions and in whatever order: what two answers have in common."""
    some = (changes.subscriptions, changes.invoices, changes.pending_items, changes.credit_notes)
    snapshots = {each.id: replace(each, version=0) for kind in some for each in kind}
    customer = changes.customer
    return None if customer is None else replace(customer, version=0), snapshots

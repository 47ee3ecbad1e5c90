"""A customer of the invoice-only engine, carried along by commands without any database."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from frontdesk.book import Account, BillingSettings, Invoice, Price, Product, Recurring, SellerDetails, Terms
from frontdesk.changes import Changes, apply
from frontdesk.commands import AccountCommand, CreateCustomer, CreateSubscription, NewItem
from frontdesk.errors import Refused
from frontdesk.ids import CountingIds
from frontdesk.notice_settings import NO_NOTICES
from frontdesk_invoice_only.engine import bill

START = datetime(2025, 6, 1, tzinfo=UTC)
HALF = datetime(2025, 6, 16, tzinfo=UTC)
END = datetime(2025, 7, 1, tzinfo=UTC)


def price(id: str, amount: int | str, **fields: Any) -> Price:
    """A monthly price in euro, unless the fields say otherwise."""
    defaults = {"currency": "eur", "product": "seats", "recurring": Recurring(interval="month")}
    return Price(id=id, unit_amount=Decimal(amount), created=START, **(defaults | fields))


TERMS = Terms(
    settings=BillingSettings(
        currency="eur",
        # Far enough off that nothing of a short life is late: lateness has tests of its own.
        days_until_due=36500,
        # Nor is anything told of beforehand: that has tests of its own too.
        notices=NO_NOTICES,
        seller=SellerDetails(name="Firm", tax_number="DE1"),
        invoice_footer="Thank you.",
    ),
    products={
        "seats": Product(id="seats", name="Pro", unit_label="seat", created=START, updated=START),
        "setup": Product(id="setup", name="Set-up", created=START, updated=START),
    },
    prices={
        each.id: each
        for each in (
            price("ten", 1000),
            price("thirty", 3000),
            price("once", 1250, product="setup", recurring=None),
            price("dollars once", 900, product="setup", recurring=None, currency="usd"),
        )
    },
)


class Life:
    """A customer who is carried along. `started` begins with a subscription of ten euro a month."""

    def __init__(self, *items: NewItem, at: datetime = START, terms: Terms = TERMS, **fields: Any) -> None:
        self.ids, self.terms = CountingIds(), terms
        self.account: Account = apply(None, bill(None, terms, CreateCustomer(id="cus_1"), at, self.ids))
        if items:
            self.do(CreateSubscription(items=items, **fields), at)

    @classmethod
    def started(cls, quantity: int = 1, price: str = "ten", **fields: Any) -> "Life":
        """A customer with one plan."""
        return cls(NewItem(price=price, quantity=quantity), **fields)

    def do(self, command: AccountCommand, at: datetime = HALF) -> Changes:
        """Carry a command out."""
        changes = bill(self.account, self.terms, command, at, self.ids)
        self.account = apply(self.account, changes)
        return changes

    def refusal(self, command: AccountCommand, at: datetime = HALF) -> str:
        """The code with which a command is refused."""
        with pytest.raises(Refused) as refused:
            bill(self.account, self.terms, command, at, self.ids)
        return refused.value.refusal.code

    @property
    def newest(self) -> Invoice:
        """The invoice that was made last."""
        return self.account.invoices[-1]

    @property
    def balance(self) -> int:
        """The customer's balance in euro cents: negative is credit."""
        return self.account.customer.balances.get("eur", 0)

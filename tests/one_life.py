"""One customer of one tenant, carried along by the plain function of `invoice_only`, and the worked cases."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from frontdesk.book import Account, BillingSettings, Line, Price, Product, Recurring, Subscription, Terms
from frontdesk.changes import Changes, apply
from frontdesk.commands import (
    AccountCommand,
    ChangePlan,
    CreateCustomer,
    CreateSubscription,
    ItemChange,
    NewItem,
    PayInvoice,
)
from frontdesk.ids import CountingIds
from frontdesk.notice_settings import NO_NOTICES
from frontdesk.quotes import Quote
from frontdesk.quoting import quote_from
from frontdesk_invoice_only.engine import bill

FILE = Path(__file__).parent / "data" / "proration_cases.json"
CASES = {case["id"]: case for case in json.loads(FILE.read_text())["cases"]}


def day(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


@contextmanager
def local_zone(name: str) -> Iterator[None]:
    """The machine's own time zone is another one."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = name
    time.tzset()
    try:
        yield
    finally:
        os.environ.pop("TZ")
        if before is not None:
            os.environ["TZ"] = before
        time.tzset()


def price(amount: int, currency: str = "usd", interval: Any = "month", count: int = 1) -> Price:
    return Price(
        id=f"price_{amount}_{interval}",
        product="prod",
        currency=currency,
        unit_amount=Decimal(amount),
        created=day("2000-01-01"),
        recurring=Recurring(interval=interval, interval_count=count),
    )


class Life:
    """One customer of one tenant, carried along by the plain function."""

    def __init__(self, *prices: Price) -> None:
        born = day("2000-01-01")
        self.terms = Terms(
            # Nothing is late in these lives: lateness has tests of its own.
            settings=BillingSettings(notices=NO_NOTICES, currency=prices[0].currency, days_until_due=36500),
            products={"prod": Product(id="prod", name="Plan", created=born, updated=born)},
            prices={each.id: each for each in prices},
        )
        self.ids = CountingIds()
        self.account: Account | None = None
        self.do(CreateCustomer(id="cus_1"), born)

    def do(self, command: AccountCommand, at: datetime) -> Changes:
        changes = bill(self.account, self.terms, command, at, self.ids)
        self.account = apply(self.account, changes)
        return changes

    def quote(self, command: AccountCommand, at: datetime) -> Quote:
        changes = bill(self.account, self.terms, command, at, CountingIds(10**6))
        return quote_from(self.account, changes, command, at, self.terms, CountingIds(2 * 10**6))

    def start(self, price: Price, at: datetime, *, paid: bool = True, **fields: Any) -> Subscription:
        """Start a subscription; its first invoice is `paid` at once."""
        for invoice in self.do(CreateSubscription(items=(NewItem(price=price.id),), **fields), at).invoices:
            if paid and invoice.status == "open":
                self.do(PayInvoice(invoice=invoice.id), at)
        return self.only

    @property
    def book(self) -> Account:
        assert self.account is not None
        return self.account

    @property
    def only(self) -> Subscription:
        (subscription,) = self.book.subscriptions
        return subscription

    def change(self, to: Price, **fields: Any) -> ChangePlan:
        item = ItemChange(id=self.only.items[0].id, price=to.id)
        return ChangePlan(subscription=self.only.id, items=(item,), **fields)


def amounts(lines: tuple[Line, ...]) -> list[int]:
    return [each.amount for each in lines]

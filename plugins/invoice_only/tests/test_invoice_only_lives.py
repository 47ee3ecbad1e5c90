"""Random lives of a customer: whatever happens in whatever order, the books agree."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from frontdesk.book import Account, BillingSettings, Invoice, Price, Product, Recurring, Subscription, Terms
from frontdesk.changes import Changes, apply
from frontdesk.commands import (
    AccountCommand,
    Advance,
    CancelSubscription,
    ChangePlan,
    CreateCustomer,
    CreateSubscription,
    ItemChange,
    KeepSubscription,
    NewItem,
)
from frontdesk.errors import Refused
from frontdesk.ids import CountingIds
from frontdesk.quoting import quote_from
from frontdesk_invoice_only.engine import bill

BORN = datetime(2024, 1, 31, 11, 22, 33, tzinfo=UTC)
UNITS = (0, 333, 999, 1000, 2001, 54321)
MONTHLY = {f"month_{unit}": unit for unit in UNITS}
YEARLY = {f"year_{unit}": unit for unit in UNITS[1:]}
PRICES = {
    id: Price(
        id=id,
        product="prod",
        currency="eur",
        unit_amount=Decimal(unit),
        created=BORN,
        recurring=Recurring(interval="month" if id in MONTHLY else "year"),
    )
    for id, unit in (MONTHLY | YEARLY).items()
}
TERMS = Terms(
    settings=BillingSettings(currency="eur"),
    products={"prod": Product(id="prod", name="Plan", created=BORN, updated=BORN)},
    prices=PRICES,
)


class Lives(RuleBasedStateMachine):
    """One subscription of one item, changed, renewed, cancelled and kept, always with proration.

    `worth` is what was used, exactly: the sum over time of price and quantity, as a fraction.
    """

    behaviors: tuple[Any, ...] = ("create_prorations", "always_invoice")

    @initialize(
        price=st.sampled_from(sorted(PRICES)), quantity=st.integers(0, 9), mode=st.sampled_from(["classic", "flexible"])
    )
    def begin(self, price: str, quantity: int, mode: Any) -> None:
        self.ids, self.now, self.ended = CountingIds(), BORN, False
        self.account: Account = apply(None, bill(None, TERMS, CreateCustomer(id="cus_1"), BORN, self.ids))
        self.invoices: dict[str, Invoice] = {}
        self.subscription: Subscription | None = None
        self.worth = Fraction(0)
        self.used_until = BORN
        items = (NewItem(price=price, quantity=quantity),)
        self.do(CreateSubscription(items=items, billing_mode=mode))

    def do(self, command: AccountCommand) -> None:
        try:
            changes = bill(self.account, TERMS, command, self.now, self.ids)
        except Refused:
            return
        self.check_quote(command, changes)
        self.account = apply(self.account, changes)
        for invoice in changes.invoices:
            known = self.invoices.get(invoice.id)
            if known is not None:
                assert len(invoice.set_offs) > len(known.set_offs)
                self.invoices[invoice.id] = invoice
                continue
            assert not self.ended
            self.invoices[invoice.id] = invoice
        for subscription in changes.subscriptions:
            self.subscription = subscription
            self.ended = subscription.status == "canceled"

    def check_quote(self, command: AccountCommand, changes: Changes) -> None:
        """The next bill that a quote names is what is billed when its time comes."""
        quote = quote_from(self.account, changes, command, self.now, TERMS, CountingIds(10**9))
        if quote.renewal is None:
            return
        after = apply(self.account, changes)
        invoices = bill(after, TERMS, Advance(), quote.renewal.at, CountingIds(2 * 10**9)).invoices
        (invoice,) = [each for each in invoices if after.invoice(each.id) is None]
        assert invoice.total == quote.renewal.amount
        assert invoice.created == quote.renewal.at
        assert [each.amount for each in invoice.lines] == [each.amount for each in quote.renewal.lines]

    def use(self, until: datetime) -> None:
        """Count what is used up to `until`, period by period, at the present price."""
        while self.subscription is not None and not self.ended and self.used_until < until:
            stop = min(until, self.subscription.period_end, self.subscription.cancel_at or until)
            item = self.subscription.items[0]
            length = (item.period_end - item.period_start) // timedelta(seconds=1)
            amount = int(PRICES[item.price].unit_amount) * item.quantity
            self.worth += Fraction(amount * ((stop - self.used_until) // timedelta(seconds=1)), length)
            self.used_until, self.now = stop, stop
            self.do(Advance())
        self.used_until = self.now = until

    @rule(seconds=st.one_of(st.integers(0, 86400 * 3), st.integers(0, 86400 * 800)))
    def wait(self, seconds: int) -> None:
        self.use(self.now + timedelta(seconds=seconds))

    @precondition(lambda self: not self.ended)
    @rule(price=st.sampled_from(sorted(PRICES)), quantity=st.integers(0, 9), data=st.data())
    def change(self, price: str, quantity: int, data: st.DataObject) -> None:
        assert self.subscription is not None
        item = ItemChange(id=self.subscription.items[0].id, price=price, quantity=quantity)
        behavior = data.draw(st.sampled_from(self.behaviors))
        self.do(ChangePlan(subscription=self.subscription.id, items=(item,), proration_behavior=behavior))

    @precondition(lambda self: not self.ended)
    @rule()
    def begin_anew(self) -> None:
        assert self.subscription is not None
        self.do(ChangePlan(subscription=self.subscription.id, items=(), anchor="now"))

    @precondition(lambda self: not self.ended)
    @rule(now=st.sampled_from([False, False, True]))
    def cancel(self, now: bool) -> None:
        assert self.subscription is not None
        when: Any = "now" if now else "period_end"
        self.do(CancelSubscription(subscription=self.subscription.id, when=when, prorate=True, invoice_now=True))

    @precondition(lambda self: not self.ended)
    @rule()
    def keep(self) -> None:
        assert self.subscription is not None
        self.do(KeepSubscription(self.subscription.id))

    @invariant()
    def every_invoice_adds_up(self) -> None:
        for invoice in getattr(self, "invoices", {}).values():
            assert invoice.total == sum(each.amount for each in invoice.lines)
            assert invoice.amount_due == max(0, invoice.total + invoice.starting_balance)
            assert invoice.ending_balance == min(0, invoice.total + invoice.starting_balance)
            assert (invoice.status == "paid") == (invoice.amount_remaining == 0)

    @invariant()
    def balances_follow_on(self) -> None:
        balance = 0
        for invoice in getattr(self, "invoices", {}).values():
            assert invoice.starting_balance == balance
            others = getattr(self, "invoices", {}).values()
            taken = sum(part.amount for each in others for part in each.set_offs if part.invoice == invoice.id)
            balance = invoice.ending_balance + taken
        if hasattr(self, "account"):
            assert self.account.customer.balances.get("eur", 0) == balance

    @invariant()
    def every_period_is_billed_once(self) -> None:
        invoices = list(getattr(self, "invoices", {}).values())
        regular = [each.created for each in invoices if each.billing_reason == "subscription_cycle"]
        assert len(regular) == len(set(regular))
        full = [(line.start, line.end) for each in invoices for line in each.lines if line.kind == "charge"]
        for (start, end), (later, _) in pairwise(full):
            assert start <= later <= end
        if full and not self.ended:
            assert full[-1][0] <= self.now <= full[-1][1]

    @invariant()
    def nothing_waits_for_an_ended_subscription(self) -> None:
        if getattr(self, "ended", False):
            assert self.account.pending_items == ()

    @invariant()
    def what_is_billed_is_what_is_used(self) -> None:
        """Lines drift from the exact worth by at most half a unit each."""
        if getattr(self, "subscription", None) is None:
            return
        lines = [line for invoice in self.invoices.values() for line in invoice.lines]
        lines += [each.line for each in self.account.pending_items]
        billed = sum(each.amount for each in lines)
        assert abs(billed - self.worth - self.paid_ahead()) <= Fraction(len(lines), 2)

    def paid_ahead(self) -> Fraction:
        """The exact worth of the part of the current period that is billed and still to come."""
        assert self.subscription is not None
        if self.ended:
            return Fraction(0)
        item = self.subscription.items[0]
        amount = int(PRICES[item.price].unit_amount) * item.quantity
        second = timedelta(seconds=1)
        return Fraction(
            amount * ((item.period_end - self.now) // second), (item.period_end - item.period_start) // second
        )


QUICK = settings(max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))


def test_random_lives() -> None:
    run_state_machine_as_test(Lives, settings=QUICK)


@pytest.mark.long
def test_many_long_lives() -> None:
    """D4: a thousand lives of forty steps."""
    run_state_machine_as_test(Lives, settings=settings(QUICK, max_examples=1000, stateful_step_count=40))

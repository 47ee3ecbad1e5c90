"""Random lives of a customer: whatever happens in whatever order, the books agree.

Coupons come and go in them. What each line has off is proved by `proofs_of_discounts`; what is billed is what is used
at prices with discounts taken off, each at the amount that it was last billed with.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import groupby, pairwise
from typing import Any

import pytest
from coupon_shop import BORN, BY_CODE, COUPONS, PRICES, TERMS, UNITS, choice
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
from msgspec.structs import replace
from proofs_of_discounts import DiscountBooks

from frontdesk.book import Account, Invoice, Line, Subscription
from frontdesk.changes import Changes, apply
from frontdesk.commands import (
    AccountCommand,
    Advance,
    CancelSubscription,
    ChangeDiscounts,
    ChangePlan,
    CreateCustomer,
    CreateSubscription,
    ItemChange,
    KeepSubscription,
    NewItem,
    SetCustomerDiscount,
)
from frontdesk.coupons import DiscountChoice
from frontdesk.errors import Refused
from frontdesk.ids import CountingIds
from frontdesk.quoting import quote_from
from frontdesk_invoice_only.engine import bill

GIVEN = st.sampled_from([*COUPONS, *BY_CODE])
"""What can be given: coupons by their ids, and codes."""
NO_COUPON = ("promotion_code_expired", "promotion_code_not_first_time", "coupon_expired", "coupon_used_up")
NO_COUPON += ("coupon_applies_to_nothing", "coupon_twice")
UNIT_AND_QUANTITY = st.tuples(st.sampled_from(UNITS), st.sampled_from([1, 0, 2, 3, 7, 9]))
SECOND = timedelta(seconds=1)


class Lives(RuleBasedStateMachine):
    """One subscription of one item or two, changed, renewed, cancelled and kept, always with proration.

    Coupons are given to the customer, to the subscription and to its items, taken away, used up and run out.
    `worth` is what was used, exactly: the sum over time of what the items come to, as a fraction. In classic mode there
    is one item alone: what is given back of another is worked out from discounts that it was never billed with.
    """

    behaviors: tuple[Any, ...] = ("create_prorations", "always_invoice")

    @initialize(
        interval=st.sampled_from(["month", "year"]),
        units=st.lists(UNIT_AND_QUANTITY, min_size=2, max_size=2, unique_by=lambda each: each[0]),
        mode=st.sampled_from(["flexible", "classic", "flexible"]),
        given=st.lists(GIVEN, max_size=2),
    )
    def begin(self, interval: str, units: list[tuple[int, int]], mode: Any, given: list[str]) -> None:
        self.ids, self.now, self.ended = CountingIds(), BORN, False
        self.account: Account = apply(None, bill(None, TERMS, CreateCustomer(id="cus_1"), BORN, self.ids))
        self.invoices: dict[str, Invoice] = {}
        self.subscription: Subscription | None = None
        self.worth = Fraction(0)
        self.used_until = BORN
        self.discounts = DiscountBooks(TERMS)
        prices = {f"{interval}_{unit}": quantity for unit, quantity in units[: 1 if mode == "classic" else 2]}
        items = tuple(NewItem(price=price, quantity=quantity) for price, quantity in prices.items())
        creation = CreateSubscription(items=items, billing_mode=mode)
        obstacle = self.discounts.obstacle(given, self.now, [PRICES[each].product for each in prices], first=True)
        choices = tuple(map(choice, given))
        assert self.do(replace(creation, discounts=choices), lambda: self.discounts.hand(given, self.now)) == obstacle
        if obstacle is not None:
            self.do(creation)

    def do(self, command: AccountCommand, giving: Callable[[], None] = lambda: None) -> str | None:
        """Carry a command out; `giving` notes what is given by it. Gives the code of a refusal."""
        try:
            changes = bill(self.account, self.discounts.terms(), command, self.now, self.ids)
        except Refused as refused:
            return refused.refusal.code
        self.check_quote(command, changes)
        self.account = apply(self.account, changes)
        for invoice in changes.invoices:
            known = self.invoices.get(invoice.id)
            if known is not None:
                told = invoice.told_overdue != known.told_overdue
                assert told or len(invoice.set_offs) > len(known.set_offs)
                self.invoices[invoice.id] = invoice
                continue
            assert not self.ended
            self.invoices[invoice.id] = invoice
        for subscription in changes.subscriptions:
            self.subscription = subscription
            self.ended = subscription.status == "canceled"
        assert self.subscription is not None
        giving()
        self.discounts.commit(changes, self.subscription)
        return None

    def check_quote(self, command: AccountCommand, changes: Changes) -> None:
        """The next bill that a quote names is what is billed when its time comes."""
        quote = quote_from(self.account, changes, command, self.now, self.discounts.terms(), CountingIds(10**9))
        if quote.renewal is None:
            return
        after = apply(self.account, changes)
        invoices = bill(after, self.discounts.terms(), Advance(), quote.renewal.at, CountingIds(2 * 10**9)).invoices
        (invoice,) = [each for each in invoices if after.invoice(each.id) is None]
        assert invoice.total == quote.renewal.amount
        assert invoice.created == quote.renewal.at
        assert [each.amount for each in invoice.lines] == [each.amount for each in quote.renewal.lines]
        assert [each.discounts for each in invoice.lines] == [each.discounts for each in quote.renewal.lines]

    def use(self, until: datetime) -> None:
        """Count what is used up to `until`, period by period, at what each item was last billed with."""
        while self.subscription is not None and not self.ended and self.used_until < until:
            stop = min(until, self.subscription.period_end, self.subscription.cancel_at or until)
            for item in self.subscription.items:
                length = (item.period_end - item.period_start) // SECOND
                self.worth += Fraction(self.discounts.net[item.id] * ((stop - self.used_until) // SECOND), length)
            self.used_until, self.now = stop, stop
            self.do(Advance())
        self.used_until = self.now = until

    @rule(seconds=st.one_of(st.integers(0, 86400 * 3), st.integers(0, 86400 * 800)))
    def wait(self, seconds: int) -> None:
        self.use(self.now + SECOND * seconds)

    @precondition(lambda self: not self.ended)
    @rule(times=st.sampled_from([1, 2, 3, 6]), seconds=st.sampled_from([0, 1, -1, -40, 86400 * 9]))
    def wait_for_bills(self, times: int, seconds: int) -> None:
        """Until about the end of one of the next periods."""
        assert self.subscription is not None
        length = self.subscription.period_end - self.subscription.period_start
        self.use(max(self.now, self.subscription.period_end + length * (times - 1) + SECOND * seconds))

    @precondition(lambda self: not self.ended)
    @rule(
        price=st.sampled_from(sorted(PRICES)),
        quantity=st.sampled_from([1, 0, 2, 3, 7, 9]),
        place=st.integers(0, 1),
        code=st.sampled_from([None, None, None, *BY_CODE]),
        data=st.data(),
    )
    def change(self, price: str, quantity: int, place: int, code: str | None, data: st.DataObject) -> None:
        """Another price or quantity of one item. Where the interval is another, the other item goes with it."""
        assert self.subscription is not None
        items = list(self.subscription.items)
        item = items.pop(place % len(items))
        changes = [ItemChange(id=item.id, price=price, quantity=quantity)]
        after = [price, *(each.price for each in items)]
        if items and not items[0].price.startswith(price[:4]):
            after[1] = next(each for each in PRICES if each[:4] == price[:4] and each != price)
            changes.append(ItemChange(id=items[0].id, price=after[1]))
        command = ChangePlan(
            subscription=self.subscription.id,
            items=tuple(changes),
            proration_behavior=data.draw(st.sampled_from(self.behaviors)),
            code=code,
        )
        given = [] if code is None else [code]
        beside = self.discounts.whole
        obstacle = self.discounts.obstacle(given, self.now, [PRICES[each].product for each in after], beside)
        refusal = self.do(command, lambda: self.discounts.hand(given, self.now, beside))
        assert refusal == obstacle or refusal not in (None, *NO_COUPON)

    @precondition(lambda self: not self.ended)
    @rule()
    def begin_anew(self) -> None:
        assert self.subscription is not None
        self.do(ChangePlan(subscription=self.subscription.id, items=(), anchor="now"))

    @precondition(lambda self: not self.ended)
    @rule(when=st.sampled_from([None, None, None, "period_end", "period_end", "now"]))
    def cancel(self, when: Any) -> None:
        """Not as often as all else, for then there would be nothing to see."""
        assert self.subscription is not None
        if when is None:
            return
        self.do(CancelSubscription(subscription=self.subscription.id, when=when, prorate=True, invoice_now=True))

    @precondition(lambda self: not self.ended)
    @rule()
    def keep(self) -> None:
        assert self.subscription is not None
        self.do(KeepSubscription(self.subscription.id))

    @precondition(lambda self: not self.ended)
    @rule(kept=st.sets(st.integers(0, 2)), given=st.lists(GIVEN, max_size=2))
    def give(self, kept: set[int], given: list[str]) -> None:
        """The subscription keeps some of its discounts, is given others, and loses the rest."""
        assert self.subscription is not None
        there = self.subscription.discounts
        stay = [each for place, each in enumerate(there) if place in kept]
        told = {(each.coupon, each.start) for each in stay}
        beside = [each for each in self.discounts.whole if (each.coupon.id, each.at) in told]
        choices = (*(DiscountChoice(discount=each.id) for each in stay), *map(choice, given))
        obstacle = self.discounts.obstacle(given, self.now, self.products(), beside)
        command = ChangeDiscounts(subscription=self.subscription.id, discounts=choices)
        assert self.do(command, lambda: self.discounts.hand(given, self.now, beside)) == obstacle

    @precondition(lambda self: not self.ended)
    @rule(place=st.integers(0, 1), given=st.lists(GIVEN, max_size=1))
    def give_to_item(self, place: int, given: list[str]) -> None:
        """An item loses its discounts for another one, or for none."""
        assert self.subscription is not None
        items = self.subscription.items
        item = items[place % len(items)]
        obstacle = self.discounts.obstacle(given, self.now, [PRICES[item.price].product])
        change = ItemChange(id=item.id, discounts=tuple(map(choice, given)))
        refusal = self.do(
            ChangePlan(subscription=self.subscription.id, items=(change,)),
            lambda: self.discounts.hand(given, self.now, item=item.id),
        )
        assert refusal == obstacle or (refusal == "no_changes" and not given and not item.discounts)

    @rule(given=st.sampled_from([*COUPONS, *BY_CODE, None]))
    def give_to_customer(self, given: str | None) -> None:
        """The customer is given a discount in the place of the one that there was."""
        names = [] if given is None else [given]
        obstacle = self.discounts.obstacle(names, self.now, None)
        command = SetCustomerDiscount(discount=None if given is None else choice(given))
        assert self.do(command, lambda: self.discounts.hand(names, self.now, of_customer=True)) == obstacle

    def products(self) -> list[str]:
        assert self.subscription is not None
        return [PRICES[each.price].product for each in self.subscription.items]

    @invariant()
    def discounts_in_hand_are_what_was_given_and_is_left(self) -> None:
        if hasattr(self, "account"):
            live = None if self.ended else self.subscription
            self.discounts.check_hands(self.account.customer, live, self.now)

    @invariant()
    def discounts_take_what_their_coupons_allow(self) -> None:
        if hasattr(self, "account"):
            self.discounts.check_uses()

    @invariant()
    def every_invoice_adds_up(self) -> None:
        for invoice in getattr(self, "invoices", {}).values():
            assert invoice.total == sum(each.amount for each in invoice.lines)
            assert invoice.amount_due == max(0, invoice.total + invoice.starting_balance)
            assert invoice.ending_balance == min(0, invoice.total + invoice.starting_balance)
            assert (invoice.status == "paid") == (invoice.amount_remaining == 0)
            named = {off.discount for line in invoice.lines if not line.proration for off in line.discounts}
            assert {each.id for each in invoice.discounts} == named

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
        charges = [line for each in invoices for line in each.lines if line.kind == "charge"]
        for _, lines in groupby(sorted(charges, key=of_item), of_item):
            full = [(line.start, line.end) for line in lines]
            for (start, end), (later, _) in pairwise(full):
                assert start <= later <= end
            if not self.ended:
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
        ahead = Fraction(0)
        for item in self.subscription.items:
            length = (item.period_end - item.period_start) // SECOND
            ahead += Fraction(self.discounts.net[item.id] * ((item.period_end - self.now) // SECOND), length)
        return ahead


def of_item(line: Line) -> str:
    return line.subscription_item or ""


QUICK = settings(max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))


def test_random_lives() -> None:
    run_state_machine_as_test(Lives, settings=QUICK)


@pytest.mark.long
def test_many_long_lives() -> None:
    """D4: a thousand lives of forty steps."""
    run_state_machine_as_test(Lives, settings=settings(QUICK, max_examples=1000, stateful_step_count=40))

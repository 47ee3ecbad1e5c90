"""Random lives in time: trials, anchors, beginnings in the past and ends at any instant, in whatever order.

Nothing is billed for trial time, nothing after an end, every part of a period once, and a quote is what comes of it.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
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

from frontdesk.book import (
    Account,
    AnchorConfig,
    BillingSettings,
    Invoice,
    Line,
    Price,
    Product,
    Recurring,
    Subscription,
    Terms,
)
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
    PauseSubscription,
    ResumeSubscription,
    SetTrialEnd,
    UndoPlanChange,
)
from frontdesk.errors import Refused
from frontdesk.ids import CountingIds
from frontdesk.notice_settings import NO_NOTICES
from frontdesk.quoting import quote_from
from frontdesk.timetable import next_of
from frontdesk_invoice_only.engine import bill

BORN = datetime(2024, 1, 31, 11, 22, 33, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PRICES = {
    f"{interval}_{unit}": Price(
        id=f"{interval}_{unit}",
        product="prod",
        currency="eur",
        unit_amount=Decimal(unit),
        created=BORN,
        recurring=Recurring(interval=interval),
    )
    for interval in ("month", "year")
    for unit in (333, 1000, 54321)
}
TERMS = Terms(
    settings=BillingSettings(notices=NO_NOTICES, currency="eur"),
    products={"prod": Product(id="prod", name="Plan", created=BORN, updated=BORN)},
    prices=PRICES,
)
SPANS = st.one_of(st.integers(1, 86400 * 5), st.integers(1, 86400 * 400)).map(lambda seconds: SECOND * seconds)


class TimedLives(RuleBasedStateMachine):
    """One subscription of one item. `worth` is what was used and not free, exactly, as a fraction."""

    @initialize(
        price=st.sampled_from(sorted(PRICES)),
        mode=st.sampled_from(["classic", "flexible"]),
        trial=st.sampled_from([0, 0, 2, 14, 400]),
        anchor=st.one_of(st.none(), st.fractions(0, 1), st.builds(AnchorConfig, day_of_month=st.integers(1, 31))),
        back=st.sampled_from([0, 0, 3, 45, 500]),
        free=st.booleans(),
    )
    def begin(self, price: str, mode: Any, trial: int, anchor: Any, back: int, free: bool) -> None:
        self.ids, self.now = CountingIds(), BORN
        self.account: Account = apply(None, bill(None, TERMS, CreateCustomer(id="cus_1"), BORN, self.ids))
        self.invoices: dict[str, Invoice] = {}
        self.subscription: Subscription | None = None
        self.worth = Fraction(0)
        self.trials: list[tuple[datetime, datetime]] = []
        at = None
        if isinstance(anchor, Fraction):
            first = BORN + timedelta(days=trial)
            at = first + SECOND * int(anchor * 28 * 86400)
        self.do(
            CreateSubscription(
                items=(NewItem(price=price, quantity=3),),
                billing_mode=mode,
                trial_days=trial or None,
                anchor=at,
                anchor_config=anchor if isinstance(anchor, AnchorConfig) else None,
                start=BORN - timedelta(days=back) if back else None,
                proration_behavior="none" if free else "create_prorations",
            )
        )
        assert self.subscription is not None
        if not trial and not free:
            self.worth += self.priced(BORN - timedelta(days=back), BORN)

    def do(self, command: AccountCommand) -> None:
        try:
            changes = bill(self.account, TERMS, command, self.now, self.ids)
        except Refused:
            return
        self.check_quote(command, changes)
        ended = self.ended
        self.account = apply(self.account, changes)
        for invoice in changes.invoices:
            known = self.invoices.get(invoice.id)
            if known is not None:
                assert len(invoice.set_offs) > len(known.set_offs)
                self.invoices[invoice.id] = invoice
                continue
            assert not ended
            self.invoices[invoice.id] = invoice
        for subscription in changes.subscriptions:
            assert not ended
            self.subscription = subscription

    @property
    def ended(self) -> bool:
        return self.subscription is not None and self.subscription.status == "canceled"

    def check_quote(self, command: AccountCommand, changes: Changes) -> None:
        """The next bill that a quote names is what is billed when its time comes, and nothing is billed before."""
        quote = quote_from(self.account, changes, command, self.now, TERMS, CountingIds(10**9))
        if quote.renewal is None:
            return
        after = apply(self.account, changes)
        invoices = bill(after, TERMS, Advance(), quote.renewal.at, CountingIds(2 * 10**9)).invoices
        (invoice,) = [each for each in invoices if after.invoice(each.id) is None]
        assert (invoice.total, invoice.created) == (quote.renewal.amount, quote.renewal.at)
        told = [(each.kind, each.amount, each.start, each.end) for each in quote.renewal.lines]
        assert [(each.kind, each.amount, each.start, each.end) for each in invoice.lines] == told

    def priced(self, start: datetime, end: datetime) -> Fraction:
        """The exact worth of `[start, end)` at the present price, each second by the period that it lies in."""
        assert self.subscription is not None
        item = self.subscription.items[0]
        recurring = PRICES[item.price].recurring
        assert recurring is not None
        amount, total = int(PRICES[item.price].unit_amount) * item.quantity, Fraction(0)
        while start < end:
            before, after = around(self.subscription.anchor, recurring.interval, start)
            stop = min(end, after)
            total += Fraction(amount * ((stop - start) // SECOND), (after - before) // SECOND)
            start = stop
        return total

    def use(self, until: datetime) -> None:
        while self.subscription is not None and not self.ended:
            coming = next_of(self.subscription)
            stop = until if coming is None else max(self.now, min(until, coming.at))
            if self.subscription.status == "trialing":
                self.trials.append((self.now, stop))
            elif not self.subscription.is_free_at(self.now):
                # What was paid before a pause and not given back is used while it lasts.
                paid_until = stop if self.subscription.paused is None else min(stop, self.subscription.period_end)
                self.worth += self.priced(self.now, paid_until)
            self.now = stop
            if coming is None or coming.at > until:
                break
            self.do(Advance())
        self.now = until

    @rule(span=SPANS)
    def wait(self, span: timedelta) -> None:
        self.use(self.now + span)

    @precondition(lambda self: not self.ended)
    @rule(
        price=st.sampled_from(sorted(PRICES)),
        quantity=st.integers(0, 9),
        over=st.booleans(),
        at_once=st.booleans(),
        when=st.sampled_from(["now", "now", "period_end"]),
    )
    def change(self, price: str, quantity: int, over: bool, at_once: bool, when: Any) -> None:
        assert self.subscription is not None
        item = ItemChange(id=self.subscription.items[0].id, price=price, quantity=quantity)
        behavior: Any = "always_invoice" if at_once else "create_prorations"
        self.do(
            ChangePlan(
                subscription=self.subscription.id,
                items=(item,),
                proration_behavior=behavior,
                ends_trial=over,
                when=when,
            )
        )

    @precondition(lambda self: not self.ended)
    @rule()
    def undo(self) -> None:
        assert self.subscription is not None
        self.do(UndoPlanChange(self.subscription.id))

    @precondition(lambda self: not self.ended)
    @rule(span=st.one_of(st.none(), SPANS), at_once=st.booleans())
    def set_trial(self, span: timedelta | None, at_once: bool) -> None:
        assert self.subscription is not None
        behavior: Any = "always_invoice" if at_once else "create_prorations"
        at = None if span is None else self.now + span
        self.do(SetTrialEnd(subscription=self.subscription.id, at=at, proration_behavior=behavior))

    @precondition(lambda self: not self.ended)
    @rule(span=SPANS)
    def cancel_at(self, span: timedelta) -> None:
        assert self.subscription is not None
        self.do(CancelSubscription(subscription=self.subscription.id, when="at", at=self.now + span, prorate=True))

    @precondition(lambda self: not self.ended)
    @rule(now=st.sampled_from([False, False, False, True]))
    def cancel(self, now: bool) -> None:
        assert self.subscription is not None
        when: Any = "now" if now else "period_end"
        self.do(CancelSubscription(subscription=self.subscription.id, when=when, prorate=True, invoice_now=True))

    @precondition(lambda self: not self.ended)
    @rule()
    def keep(self) -> None:
        assert self.subscription is not None
        self.do(KeepSubscription(self.subscription.id))

    @precondition(lambda self: not self.ended)
    @rule(span=st.one_of(st.none(), SPANS), keeps=st.booleans(), at_once=st.booleans())
    def pause(self, span: timedelta | None, keeps: bool, at_once: bool) -> None:
        assert self.subscription is not None
        self.do(
            PauseSubscription(
                subscription=self.subscription.id,
                resumes_at=None if span is None else self.now + span,
                credit_from="none" if keeps else "now",
                invoice_now=at_once,
            )
        )

    @precondition(lambda self: not self.ended)
    @rule(
        anchor=st.sampled_from(["now", "unchanged"]), behavior=st.sampled_from(["create_prorations", "always_invoice"])
    )
    def resume(self, anchor: Any, behavior: Any) -> None:
        assert self.subscription is not None
        self.do(ResumeSubscription(subscription=self.subscription.id, anchor=anchor, proration_behavior=behavior))

    def lines(self) -> list[Line]:
        if not hasattr(self, "account"):
            return []
        billed = [line for invoice in self.invoices.values() for line in invoice.lines]
        return billed + [each.line for each in self.account.pending_items]

    @invariant()
    def every_part_of_a_period_is_billed_once(self) -> None:
        """Unless it was given back in the same second."""
        lines = self.lines()
        starts = Counter(each.start for each in lines if each.kind == "charge" and each.amount)
        given_back = Counter(each.start for each in lines if each.kind == "unused_time")
        assert all(count <= 1 + given_back[start] for start, count in starts.items())

    @invariant()
    def nothing_is_billed_for_trial_time(self) -> None:
        lines = self.lines()
        given_back = {each.start for each in lines if each.kind == "unused_time"}
        for line in lines:
            if line.kind in ("charge", "remaining_time") and line.amount and line.start not in given_back:
                assert not any(begins <= line.start < ends for begins, ends in self.trials), line

    @invariant()
    def nothing_waits_for_an_ended_subscription(self) -> None:
        if hasattr(self, "account") and self.ended:
            assert self.account.pending_items == ()

    @invariant()
    def what_is_billed_is_what_is_used(self) -> None:
        """Lines drift from the exact worth by at most half a unit each."""
        if getattr(self, "subscription", None) is None:
            return
        lines = self.lines()
        billed = sum(each.amount for each in lines)
        assert abs(billed - self.worth - self.paid_ahead()) <= Fraction(len(lines), 2)

    def paid_ahead(self) -> Fraction:
        assert self.subscription is not None
        if self.ended or self.subscription.is_free_at(self.now):
            return Fraction(0)
        return self.priced(self.now, self.subscription.period_end)


def around(anchor: datetime, interval: str, instant: datetime) -> tuple[datetime, datetime]:
    """The boundaries on both sides of an instant, counted out one by one: written differently on purpose."""
    months = 1 if interval == "month" else 12
    number = (instant.year - anchor.year) * 12 // months - 15

    def nth(count: int) -> datetime:
        year, month = divmod(anchor.year * 12 + anchor.month - 1 + count * months, 12)
        for day in (anchor.day, 30, 29, 28):
            if day <= anchor.day:
                try:
                    return anchor.replace(year=year, month=month + 1, day=day)
                except ValueError:
                    continue
        raise AssertionError

    while nth(number + 1) <= instant:
        number += 1
    return nth(number), nth(number + 1)


QUICK = settings(max_examples=40, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))


def test_random_lives_in_time() -> None:
    run_state_machine_as_test(TimedLives, settings=QUICK)


@pytest.mark.long
def test_many_long_lives_in_time() -> None:
    run_state_machine_as_test(TimedLives, settings=settings(QUICK, max_examples=1000, stateful_step_count=40))

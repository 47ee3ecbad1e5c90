"""What is billed by use: reported, billed when its period is over, and never prorated (P73)."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from frontdesk.book import Account, BillingSettings, Line, Price, Product, Recurring, Subscription, Terms, Tier, Usage
from frontdesk.changes import Changes, apply
from frontdesk.commands import (
    AccountCommand,
    Advance,
    CancelSubscription,
    CancelUsage,
    ChangePlan,
    CreateCustomer,
    CreateSubscription,
    ItemChange,
    NewItem,
    PlanAhead,
    PlannedPhase,
    ReportUsage,
    SetTrialEnd,
)
from frontdesk.errors import Refused
from frontdesk.ids import CountingIds
from frontdesk.notice_settings import NO_NOTICES
from frontdesk.quotes import Quote
from frontdesk.quoting import next_due, quote_from
from frontdesk_invoice_only.engine import bill

FILE = Path(__file__).parents[3] / "tests" / "data" / "proration_cases.json"
P73 = next(case for case in json.loads(FILE.read_text())["cases"] if case["id"] == "P73")
START = datetime(2025, 6, 1, tzinfo=UTC)
HALF = datetime(2025, 6, 16, tzinfo=UTC)
END = datetime(2025, 7, 1, tzinfo=UTC)
NEXT = datetime(2025, 8, 1, tzinfo=UTC)
BY_USE = Recurring(interval="month", usage_type="metered", meter="mtr_calls")


def price(id: str, **fields: Any) -> Price:
    given = {"product": "calls", "currency": "usd", "created": START, "recurring": BY_USE}
    return Price(id=id, **given | fields)


PRICES = (
    price("calls", unit_amount=Decimal(P73["inputs"]["unit"])),
    price("dear", unit_amount=Decimal(10)),
    price(
        "base",
        billing_scheme="tiered",
        tiers_mode="graduated",
        tiers=(Tier(up_to=100, flat_amount=Decimal(500)), Tier(up_to=None, unit_amount=Decimal("0.5"))),
    ),
    price("seat", unit_amount=Decimal(1000), recurring=Recurring(interval="month")),
    price("yearly", unit_amount=Decimal(10000), recurring=Recurring(interval="year")),
    price("other", unit_amount=Decimal(1), recurring=Recurring(interval="month", usage_type="metered", meter="mtr_b")),
)


class Life:
    """One customer, carried along by the plain function."""

    def __init__(self) -> None:
        product = Product(id="calls", name="Calls", created=START, updated=START, unit_label="call")
        self.terms = Terms(
            settings=BillingSettings(notices=NO_NOTICES, currency="usd"),
            products={"calls": product},
            prices={each.id: each for each in PRICES},
        )
        self.ids = CountingIds()
        self.account: Account | None = None
        self.reports = 0
        self.do(CreateCustomer(id="cus_1"), START)

    def do(self, command: AccountCommand, at: datetime) -> Changes:
        changes = bill(self.account, self.terms, command, at, self.ids)
        self.account = apply(self.account, changes)
        return changes

    def quote(self, command: AccountCommand, at: datetime) -> Quote:
        changes = bill(self.account, self.terms, command, at, CountingIds(10**6))
        return quote_from(self.account, changes, command, at, self.terms, CountingIds(2 * 10**6))

    def start(self, *prices: str, **fields: Any) -> Changes:
        return self.do(CreateSubscription(items=tuple(NewItem(price=each) for each in prices), **fields), START)

    def use(self, value: int, at: datetime, now: datetime | None = None, meter: str = "mtr_calls") -> Changes:
        self.reports += 1
        command = ReportUsage(meter=meter, value=value, at=at, identifier=f"event_{self.reports}")
        return self.do(command, now or at)

    @property
    def only(self) -> Subscription:
        assert self.account is not None
        (subscription,) = self.account.subscriptions
        return subscription

    def change(self, *changes: ItemChange, **fields: Any) -> ChangePlan:
        return ChangePlan(subscription=self.only.id, items=changes, **fields)


def figures(lines: tuple[Line, ...]) -> list[tuple[int, int, datetime, datetime]]:
    return [(each.amount, each.quantity, each.start, each.end) for each in lines]


def refused(life: Life, command: AccountCommand, at: datetime) -> str:
    with pytest.raises(Refused) as found:
        life.do(command, at)
    return found.value.refusal.code


@pytest.mark.parametrize("mode", ["flexible", "classic"])
def test_p73_use_is_billed_as_used_and_never_prorated(mode: Any) -> None:
    life = Life()
    (first,) = life.start("calls", "seat", billing_mode=mode).invoices
    assert figures(first.lines) == [(0, 0, START, START), (1000, 1, START, END)]
    life.use(100, START + timedelta(days=3))
    seat = life.only.items[1]
    half = life.do(life.change(ItemChange(id=seat.id, quantity=2)), HALF)
    assert [each.line.subscription_item for each in half.pending_items] == [seat.id, seat.id]
    life.use(37, HALF + timedelta(days=1))
    assert life.account is not None
    due = next_due(life.account, life.only, life.terms)
    (renewal,) = life.do(Advance(), END).invoices
    expected = P73["expected"]["usage_line"]
    assert figures(renewal.lines[2:]) == [(expected, 137, START, END), (2000, 2, END, NEXT)]
    assert due is not None
    assert due.amount == renewal.total
    (after,) = life.do(Advance(), NEXT).invoices
    assert figures(after.lines)[0] == (0, 0, END, NEXT)


def test_what_is_reported_late_is_on_the_invoice_that_is_late_itself() -> None:
    life = Life()
    life.start("calls")
    changes = life.use(10, END - timedelta(seconds=1), now=END + timedelta(minutes=5))
    assert [each.total for each in changes.invoices] == [30]
    assert [(each.value, each.at) for each in changes.reports] == [(10, END - timedelta(seconds=1))]
    late = ReportUsage(meter="mtr_calls", value=1, at=END - timedelta(seconds=1), identifier="late")
    assert refused(life, late, END + timedelta(minutes=6)) == "use_already_billed"
    life.use(5, END, now=END + timedelta(minutes=6))
    (renewal,) = life.do(Advance(), NEXT).invoices
    assert renewal.total == 15


def test_a_period_of_its_own_for_every_month_that_nobody_looked_at() -> None:
    life = Life()
    life.start("base")
    life.use(150, HALF)
    invoices = life.do(Advance(), datetime(2025, 9, 1, tzinfo=UTC)).invoices
    assert [each.total for each in invoices] == [525, 500, 500]


def test_other_meters_and_nobody_s_meters_count_nothing() -> None:
    life = Life()
    life.start("calls", "other")
    life.use(7, HALF, meter="mtr_b")
    assert len(life.use(9, HALF, meter="mtr_nobody").reports) == 1
    (renewal,) = life.do(Advance(), END).invoices
    assert [each.amount for each in renewal.lines] == [0, 7]


def test_use_in_a_trial_is_free() -> None:
    life = Life()
    life.start("base", trial_end=HALF)
    life.use(1000, START + timedelta(days=1))
    (first,) = life.do(Advance(), HALF).invoices
    assert first.total == 0
    life.use(200, HALF + timedelta(days=1))
    (second,) = life.do(Advance(), datetime(2025, 7, 16, tzinfo=UTC)).invoices
    assert second.total == 550


@pytest.mark.parametrize("over", [False, True])
def test_what_was_used_before_a_trial_is_billed_when_its_price_goes_within_the_trial(over: bool) -> None:
    life = Life()
    life.start("calls")
    life.use(100, START + timedelta(days=3))
    life.do(SetTrialEnd(subscription=life.only.id, at=END), HALF)
    change = life.change(ItemChange(id=life.only.items[0].id, price="seat"), ends_trial=over)
    later = HALF + timedelta(days=1)
    changes = life.do(change, later)
    bill = changes.invoices[0] if over else life.do(Advance(), END).invoices[0]
    assert figures(bill.lines)[0] == (300, 100, START, later)
    assert [each.amount for each in bill.lines] == [300, 1000]


def test_an_item_that_nobody_used_goes_without_an_invoice() -> None:
    life = Life()
    life.start("calls", "seat")
    gone = life.change(ItemChange(id=life.only.items[0].id, deleted=True), proration_behavior="always_invoice")
    changes = life.do(gone, HALF)
    assert (changes.invoices, changes.pending_items) == ((), ())
    assert [each.price for each in life.only.items] == ["seat"]


@pytest.mark.parametrize("behavior", ["none", "create_prorations", "always_invoice"])
def test_another_price_bills_what_was_used_at_the_old_one(behavior: Any) -> None:
    life = Life()
    life.start("calls")
    life.use(100, START + timedelta(days=3))
    command = life.change(ItemChange(id=life.only.items[0].id, price="dear"), proration_behavior=behavior)
    quote = life.quote(command, HALF)
    changes = life.do(command, HALF)
    assert figures(quote.lines) == [(300, 100, START, HALF)]
    assert len(changes.invoices) == (behavior == "always_invoice")
    life.use(2, HALF + timedelta(days=1))
    (renewal,) = life.do(Advance(), END).invoices
    waited = [] if behavior == "always_invoice" else [(300, 100, START, HALF)]
    assert figures(renewal.lines) == [*waited, (20, 2, HALF, END)]


def test_from_seats_to_use_and_back() -> None:
    life = Life()
    life.start("seat")
    command = life.change(ItemChange(id=life.only.items[0].id, price="calls"), proration_behavior="always_invoice")
    credit, *_ = life.do(command, HALF).invoices
    assert credit.total == -500
    assert life.only.items[0].quantity == 0
    life.use(10, HALF + timedelta(days=1))
    back = life.change(ItemChange(id=life.only.items[0].id, price="seat"), proration_behavior="always_invoice")
    (invoice,) = life.do(back, HALF + timedelta(days=5)).invoices
    assert [each.amount for each in invoice.lines] == [30, 333]
    assert (life.only.items[0].quantity, life.only.items[0].usage) == (1, None)


def test_a_new_period_and_an_item_that_goes_bill_what_was_used() -> None:
    life = Life()
    life.start("calls", "seat")
    life.use(10, START + timedelta(days=1))
    calls = life.only.items[0]
    (anew,) = life.do(life.change(anchor="now"), HALF).invoices
    assert figures(anew.lines)[1:] == [(30, 10, START, HALF), (1000, 1, HALF, datetime(2025, 7, 16, tzinfo=UTC))]
    life.use(4, HALF + timedelta(days=1))
    gone = life.change(ItemChange(id=calls.id, deleted=True), proration_behavior="always_invoice")
    (last,) = life.do(gone, HALF + timedelta(days=2)).invoices
    assert figures(last.lines) == [(12, 4, HALF, HALF + timedelta(days=2))]


def test_at_the_second_of_a_renewal_the_old_price_bills_the_old_use() -> None:
    life = Life()
    life.start("calls")
    life.use(10, HALF)
    (renewal,) = life.do(life.change(ItemChange(id=life.only.items[0].id, price="dear")), END).invoices
    assert figures(renewal.lines) == [(30, 10, START, END), (0, 0, END, END)]


@pytest.mark.parametrize(
    ("command", "total"),
    [
        ({"when": "period_end"}, 30),
        ({"when": "at", "at": HALF + timedelta(days=3)}, 30),
        ({"when": "now", "invoice_now": True}, 30),
        ({"when": "now"}, 0),
    ],
)
def test_an_end_bills_what_was_used_unless_no_invoice_is_wanted(command: dict[str, Any], total: int) -> None:
    life = Life()
    life.start("calls")
    life.use(10, START + timedelta(days=1))
    cancel = CancelSubscription(subscription=life.only.id, **command)
    quote = life.quote(cancel, HALF)
    changes = life.do(cancel, HALF).then(life.do(Advance(), datetime(2026, 1, 1, tzinfo=UTC)))
    assert sum(each.total for each in changes.invoices) == total
    shown = quote.due_now + (quote.renewal.amount if quote.renewal is not None else 0)
    assert shown == total


def test_what_cannot_be() -> None:
    life = Life()
    life.start("calls")
    item = life.only.items[0].id
    assert (
        refused(life, life.change(ItemChange(id=item, price="dear"), when="period_end"), HALF) == "metered_cannot_wait"
    )
    for value in (-1, 10**9):
        command = ReportUsage(meter="mtr_calls", value=value, at=HALF, identifier="x")
        assert refused(life, command, HALF) == "quantity_impossible"
    assert life.only.items[0].usage is not None
    assert life.only.items[0].usage.value == 0
    for _ in range(370):
        life.use(900_000_000, HALF)
    full = ReportUsage(meter="mtr_calls", value=900_000_000, at=HALF, identifier="y")
    assert refused(life, full, HALF) == "amount_impossible"


def test_phases_may_keep_what_is_billed_by_use() -> None:
    life = Life()
    life.start("calls", "seat")
    more = PlannedPhase(at=END, items=(NewItem(price="calls"), NewItem(price="seat", quantity=2)))
    other = PlannedPhase(at=END, items=(NewItem(price="dear"), NewItem(price="seat")))
    with pytest.raises(Refused) as found:
        life.do(PlanAhead(subscription=life.only.id, phases=(other,)), HALF)
    assert (found.value.refusal.code, found.value.refusal.param) == ("metered_cannot_wait", "phases[0][items]")
    life.do(PlanAhead(subscription=life.only.id, phases=(more,)), HALF)
    counted = life.only.items[0].id
    life.use(10, HALF)
    (issued,) = life.do(Advance(), END).invoices
    assert {(each.price, each.quantity) for each in issued.lines} == {("calls", 10), ("seat", 2)}
    assert [each.id for each in life.only.items if each.price == "calls"] == [counted]


def test_of_a_meter_that_takes_the_last_value_the_last_one_is_billed() -> None:
    life = Life()
    life.start("calls")

    def report(value: int, at: datetime, name: str) -> ReportUsage:
        return ReportUsage(meter="mtr_calls", value=value, at=at, identifier=name, replaces=True)

    life.do(report(9, HALF, "nine"), HALF)
    life.do(report(4, HALF - timedelta(days=1), "late"), HALF + timedelta(minutes=1))
    assert life.only.items[0].usage == Usage(value=9, since=START, at=HALF)
    gone = CancelUsage(
        meter="mtr_calls", value=9, at=HALF, identifier="nine", replaces=True, left=4, left_at=HALF - timedelta(days=1)
    )
    assert life.do(gone, HALF + timedelta(minutes=2)).canceled_reports == ("nine",)
    (renewal,) = life.do(Advance(), END).invoices
    assert figures(renewal.lines) == [(12, 4, START, END)]
    before = CancelUsage(
        meter="mtr_calls", value=1, at=END, identifier="new", replaces=True, left=4, left_at=HALF - timedelta(days=1)
    )
    life.do(report(1, END, "new"), END)
    life.do(before, END + timedelta(minutes=1))
    assert life.only.items[0].usage == Usage(value=0, since=END), "what was billed is not used again"


def test_a_report_is_taken_back_until_it_is_billed() -> None:
    life = Life()
    life.start("calls")
    life.use(10, HALF)
    life.use(5, HALF)
    gone = CancelUsage(meter="mtr_calls", value=10, at=HALF, identifier="event_1")
    life.do(gone, HALF + timedelta(hours=1))
    (renewal,) = life.do(Advance(), END).invoices
    assert figures(renewal.lines) == [(15, 5, START, END)]
    late = CancelUsage(meter="mtr_calls", value=5, at=HALF, identifier="event_2")
    assert refused(life, late, END + timedelta(minutes=1)) == "use_already_billed"

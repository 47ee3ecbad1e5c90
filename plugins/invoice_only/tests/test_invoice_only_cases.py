"""The worked cases of tests/data/proration_cases.json, through the engine: exact integers, quoted and carried out."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from one_life import CASES, Life, amounts, day, local_zone, price

from frontdesk.book import Invoice, Line
from frontdesk.commands import Advance, CancelSubscription, ChangePlan, CreateSubscription, NewItem, PayInvoice
from frontdesk.ids import CountingIds
from frontdesk.invoice_commands import RecordPayment
from frontdesk.quoting import quote_from

CHANGES = [case for case in CASES.values() if case["kind"] == "change"]
CYCLES = [case for case in CASES.values() if case["kind"] == "cycle"]


def of_kind(lines: tuple[Line, ...], kind: str) -> int:
    return sum(each.amount for each in lines if each.kind == kind)


@pytest.mark.parametrize("behavior", ["create_prorations", "always_invoice"])
@pytest.mark.parametrize("mode", ["flexible", "classic"])
@pytest.mark.parametrize("case", CHANGES, ids=[case["id"] for case in CHANGES])
def test_every_change(case: dict[str, Any], mode: Any, behavior: Any) -> None:
    inputs, expected = case["inputs"], case["expected"]
    start, end, at = (day(inputs[key]) for key in ("period_start", "period_end", "change_at"))
    interval = "year" if end - start > timedelta(days=300) else "month"
    old, new = (price(inputs[key], inputs["currency"], interval) for key in ("old_amount", "new_amount"))
    life = Life(old, new)
    life.start(old, start, billing_mode=mode)
    assert life.only.period_end == end

    command = life.change(new, proration_behavior=behavior)
    quote = life.quote(command, at)
    before = life.book
    changes = life.do(command, at)

    assert quote.agrees_with(quote_from(before, changes, command, at, life.terms, CountingIds()))
    lines = quote.lines
    assert of_kind(lines, "unused_time") == expected["credit_line"]
    assert of_kind(lines, "remaining_time") == expected["debit_line"]
    if at == end:  # P24: nothing to prorate, the renewal bills the new price
        assert amounts(lines) == [new.unit_amount]
        return
    assert len(lines) == 2
    assert (quote.invoice is not None) == (behavior == "always_invoice")
    if quote.invoice is not None:
        assert quote.invoice.total == expected["net"]
        assert (quote.due_now, quote.credited) == (max(0, expected["net"]), max(0, -expected["net"]))
        assert quote.renewal is not None
        assert quote.renewal.amount == new.unit_amount
    else:
        assert quote.due_now == quote.credited == 0
        assert quote.renewal is not None
        assert quote.renewal.amount == new.unit_amount + expected["net"]
        (renewal,) = life.do(Advance(), end).invoices
        assert amounts(renewal.lines) == [*amounts(lines), new.unit_amount]


@pytest.mark.parametrize("case", CYCLES, ids=[case["id"] for case in CYCLES])
def test_every_cycle(case: dict[str, Any]) -> None:
    inputs, boundaries = case["inputs"], [day(each) for each in case["expected"]["boundaries"]]
    plan = price(1000, "usd", inputs["interval"], inputs["interval_count"])
    life = Life(plan)
    life.start(plan, day(inputs["anchor"]))
    life.do(Advance(), boundaries[-1])
    invoices = life.book.invoices
    assert [each.created for each in invoices] == boundaries
    assert [(each.period_start, each.period_end) for each in invoices][:-1] == list(pairwise(boundaries))
    assert {each.total for each in invoices} == {1000}


@pytest.mark.parametrize("zone", ["Australia/Lord_Howe", "America/Chicago", "Asia/Kolkata", "Europe/Berlin"])
def test_the_machine_s_time_zone_changes_nothing(zone: str) -> None:
    """D6."""
    with local_zone(zone):
        for case in CHANGES:
            test_every_change(case, "flexible", "always_invoice")
        for case in CYCLES:
            test_every_cycle(case)


def test_p03_p26_another_interval_begins_anew() -> None:
    for id, start, at, old, new in (
        ("P03", "2017-02-14", "2017-03-03T19:14:48Z", 1000, 10000),
        ("P26", "2025-06-01", "2025-06-16", 10000, 100000),
    ):
        expected = CASES[id]["expected"]
        for behavior in ("create_prorations", "always_invoice"):
            monthly, yearly = price(old), price(new, interval="year")
            life = Life(monthly, yearly)
            life.start(monthly, day(start))
            quote = life.quote(life.change(yearly, proration_behavior=behavior), day(at))
            life.do(life.change(yearly, proration_behavior=behavior), day(at))
            assert quote.invoice is not None
            assert amounts(quote.invoice.lines) == [expected["credit_line"], expected["debit_line"]]
            assert quote.due_now == expected["net"]
            assert life.only.anchor == life.only.period_start == day(at)
            assert life.only.period_end == day(at).replace(year=day(at).year + 1)


def test_another_interval_without_proration_is_billed_in_full() -> None:
    monthly, yearly = price(10000), price(100000, interval="year")
    life = Life(monthly, yearly)
    life.start(monthly, day("2025-06-01"))
    quote = life.quote(life.change(yearly, proration_behavior="none"), day("2025-06-16"))
    assert amounts(quote.lines) == [100000]
    assert quote.due_now == 100000


@pytest.mark.parametrize(("id", "mode"), [("P04", "classic"), ("P05", "flexible")])
def test_p04_p05_what_a_credit_is_taken_from(id: str, mode: Any) -> None:
    ten, twenty = price(1000), price(2000)
    life = Life(ten, twenty)
    life.start(ten, day("2025-04-01"), billing_mode=mode)
    assert not life.do(life.change(twenty, proration_behavior="none"), day("2025-04-11")).invoices
    (invoice,) = life.do(life.change(ten, proration_behavior="always_invoice"), day("2025-04-21")).invoices
    expected = CASES[id]["expected"]
    assert amounts(invoice.lines) == [expected["credit_line"], expected["debit_line"]]
    assert invoice.total == expected["invoice_total"]


def test_p17_credit_is_used_by_the_next_invoices() -> None:
    old, new = price(3000), price(1000)
    life = Life(old, new)
    life.start(old, day("2025-06-01"))
    expected = CASES["P17"]["expected"]
    (invoice,) = life.do(life.change(new, proration_behavior="always_invoice"), day("2025-06-11")).invoices
    assert amounts(invoice.lines) == [expected["credit_line"], expected["debit_line"]]
    assert (invoice.total, invoice.amount_due, invoice.status) == (expected["invoice_total"], 0, "paid")
    assert life.book.customer.balances == {"usd": expected["balance_after"]}
    for number, at in ((1, "2025-07-01"), (2, "2025-08-01")):
        (renewal,) = life.do(Advance(), day(at)).invoices
        figures = expected[f"renewal_{number}"]
        assert (renewal.total, renewal.amount_due) == (figures["total"], figures["due"])
        assert renewal.ending_balance - renewal.starting_balance == figures["applied"]
        assert life.book.customer.balances == {"usd": figures["balance"]}


def test_p19_without_proration_the_next_invoice_is_the_new_price() -> None:
    old, new = price(1000), price(2000)
    life = Life(old, new)
    life.start(old, day("2025-06-01"))
    quote = life.quote(life.change(new, proration_behavior="none"), day("2025-06-16"))
    assert (quote.lines, quote.due_now) == ((), 0)
    life.do(life.change(new, proration_behavior="none"), day("2025-06-16"))
    (renewal,) = life.do(Advance(), day("2025-07-01")).invoices
    assert renewal.total == CASES["P19"]["expected"]["renewal_total"]


@pytest.mark.parametrize("mode", ["flexible", "classic"])
def test_p21_upgrade_and_revert_in_one_second(mode: Any) -> None:
    old, new = price(1000), price(2000)
    life = Life(old, new)
    life.start(old, day("2025-06-01"), billing_mode=mode)
    life.do(life.change(new), day("2025-06-21"))
    life.do(life.change(old), day("2025-06-21"))
    assert amounts(tuple(each.line for each in life.book.pending_items)) == CASES["P21"]["expected"]["lines"]
    (renewal,) = life.do(Advance(), day("2025-07-01")).invoices
    assert renewal.total == 1000


def test_p28_a_new_anchor_bills_a_new_period_at_once() -> None:
    plan = price(1000)
    life = Life(plan)
    subscription = life.start(plan, day("2025-06-01"))
    command = ChangePlan(subscription=subscription.id, items=(), anchor="now")
    (invoice,) = life.do(command, day("2025-06-16")).invoices
    expected = CASES["P28"]["expected"]
    assert amounts(invoice.lines) == [expected["credit_line"], expected["debit_line"]]
    assert [life.only.period_start, life.only.period_end] == [day(each) for each in expected["new_period"]]


def test_p49_p50_cancelling_without_lines() -> None:
    for when, ends in (("period_end", "2025-07-01"), ("now", "2025-06-10")):
        plan = price(1000)
        life = Life(plan)
        subscription = life.start(plan, day("2025-06-01"))
        command = CancelSubscription(subscription=subscription.id, when=when)
        quote = life.quote(command, day("2025-06-10"))
        assert (quote.lines, quote.due_now, quote.renewal) == ((), 0, None)
        changes = life.do(command, day("2025-06-10")).then(life.do(Advance(), day("2027-01-01")))
        assert changes.invoices == changes.pending_items == ()
        (ended,) = changes.subscriptions
        assert (ended.status, ended.ended_at) == ("canceled", day(ends))


@pytest.mark.parametrize("mode", ["flexible", "classic"])
def test_p51_cancelling_now_with_credit(mode: Any) -> None:
    plan = price(1000)
    life = Life(plan)
    subscription = life.start(plan, day("2025-06-01"), billing_mode=mode)
    command = CancelSubscription(subscription=subscription.id, when="now", prorate=True, invoice_now=True)
    quote = life.quote(command, day("2025-06-10"))
    (invoice,) = life.do(command, day("2025-06-10")).invoices
    assert amounts(invoice.lines) == [CASES["P51"]["expected"]["credit_line"]]
    assert (quote.credited, quote.due_now) == (700, 0)
    assert life.book.customer.balances == {"usd": CASES["P51"]["expected"]["balance_after"]}
    assert life.do(Advance(), day("2027-01-01")).invoices == ()


def test_p67_credit_never_crosses_currencies() -> None:
    dollars, fewer, euros = price(3000), price(1000), price(1000, "eur", "week")
    life = Life(dollars, fewer, euros)
    life.start(dollars, day("2025-06-01"))
    life.do(life.change(fewer, proration_behavior="always_invoice"), day("2025-06-11"))
    (invoice,) = life.do(CreateSubscription(items=(NewItem(price=euros.id),)), day("2025-06-12")).invoices
    expected = CASES["P67"]["expected"]
    assert (invoice.amount_due, invoice.ending_balance - invoice.starting_balance) == (
        expected["due"],
        expected["applied"],
    )
    assert {"eur": 0, **life.book.customer.balances} == expected["balances"]


@pytest.mark.parametrize("mode", ["classic", "flexible"])
def test_p77_credit_for_unpaid_time_lowers_what_is_unpaid(mode: Any) -> None:
    inputs = CASES["P77"]["inputs"]
    old, new = price(inputs["old"]), price(inputs["new"])
    for came_in, credit in ((inputs["paid"], 0), (2000, 333), (3000, 1333)):
        life = Life(old, new)
        life.start(old, day("2025-06-01"), paid=False, billing_mode=mode)
        id = life.book.invoices[0].id
        if came_in:
            payment = RecordPayment(id="pay_1", invoice=id, amount=came_in, received=date(2025, 6, 2), by="usr")
            life.do(payment, day("2025-06-02"))
        command = life.change(new, proration_behavior="always_invoice")
        quote, before = life.quote(command, day("2025-06-11")), life.book
        changes = life.do(command, day("2025-06-11"))
        assert quote.agrees_with(quote_from(before, changes, command, quote.at, life.terms, CountingIds()))
        assert (quote.due_now, quote.credited, quote.set_off) == (0, credit, 1333 - credit)
        first, negative = life.book.invoices
        assert amounts(negative.lines) == [-2000, 667]
        assert (negative.total, negative.status) == (CASES["P77"]["expected"]["stripe_default_net"], "paid")
        assert first.amount_remaining == max(0, 3000 - 2000 + 667 - came_in)
        assert (first.amount_due, first.amount_paid, first.amount_credited) == (3000, came_in, 1333 - credit)
        assert life.book.customer.balances.get("usd", 0) == -credit
        if not came_in:
            life.do(PayInvoice(invoice=id), day("2025-06-12"))
            assert (life.book.invoices[0].amount_paid, life.book.invoices[0].status) == (1667, "paid")
            (renewal,) = life.do(Advance(), day("2025-07-01")).invoices
            assert renewal.amount_due == 1000


@pytest.mark.parametrize("mode", ["classic", "flexible"])
def test_p79_from_free_to_paid(mode: Any) -> None:
    free, paid = price(0), price(2000)
    life = Life(free, paid)
    life.start(free, day("2025-06-01"), billing_mode=mode)
    changes = life.do(life.change(paid, proration_behavior="always_invoice"), day("2025-06-16"))
    expected = CASES["P79"]["expected"][mode]
    (invoice,) = changes.invoices
    assert invoice.total == expected["debit"]
    assert life.only.anchor == day(expected["new_anchor"])


def test_p80_a_confirmed_quote_is_charged_to_the_cent() -> None:
    """The case gives the instant and the integers; 10.00 to 32.50 in a period that ends five days later has both."""
    old, new = price(1000), price(3250)
    life = Life(old, new)
    life.start(old, day("2020-08-06T21:31:00Z"))
    quoted = datetime.fromtimestamp(1598982148, UTC)
    command = life.change(new, proration_behavior="always_invoice")
    quote = life.quote(command, quoted)
    ten_minutes_later = life.quote(command, quoted + timedelta(seconds=600))
    (invoice,) = life.do(command, quote.at).invoices
    assert quote.invoice is not None
    expected = CASES["P80"]["expected"]
    assert amounts(invoice.lines) == amounts(quote.invoice.lines) == [expected["credit_line"], expected["debit_line"]]
    assert not quote.agrees_with(ten_minutes_later)


@pytest.mark.parametrize("mode", ["flexible", "classic"])
def test_p74_a_change_counts_to_the_second(mode: Any) -> None:
    """The case has three engines' answers; ours is Stripe's. Kill Bill and Lago count days."""
    inputs, old, new = CASES["P74"]["inputs"], price(1000), price(2000)
    life = Life(old, new)
    life.start(old, day(inputs["period"][0]), billing_mode=mode)
    (invoice,) = life.do(life.change(new, proration_behavior="always_invoice"), day(inputs["change_at"])).invoices
    assert amounts(invoice.lines) == CASES["P74"]["expected"]["per_second"]


def test_p78_the_smallest_amount_is_invoiced() -> None:
    """A card has a minimum, and what is below it is carried to the next invoice. A transfer has none: 0.16 is due now,
    and nothing is carried."""
    total = CASES["P78"]["inputs"]["total"]
    life = Life(price(total))
    life.start(price(total), day("2025-06-01"), paid=False)
    (invoice,) = life.book.invoices
    assert (invoice.status, invoice.amount_due, invoice.ending_balance) == ("open", total, 0)
    (renewal,) = life.do(Advance(), day("2025-07-01")).invoices
    assert (renewal.starting_balance, renewal.amount_due) == (0, total)


def test_invoices_are_due_and_paid() -> None:
    plan = price(1000)
    life = Life(plan)
    life.start(plan, day("2025-06-01"), days_until_due=30, paid=False)
    (invoice,) = life.book.invoices
    assert (invoice.status, invoice.due_date) == ("open", day("2025-07-01"))
    life.do(PayInvoice(invoice=invoice.id), day("2025-06-05"))
    (paid,) = life.book.invoices
    assert isinstance(paid, Invoice)
    assert (paid.status, paid.amount_paid, paid.amount_remaining, paid.paid_out_of_band) == ("paid", 1000, 0, True)
    assert paid.lines == invoice.lines

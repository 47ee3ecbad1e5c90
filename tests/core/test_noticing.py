"""What is noticed when an account is compared with what a remote backend says that it is."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from frontdesk import events as told
from frontdesk.book import (
    Account,
    CancellationDetails,
    CreditNote,
    Customer,
    Invoice,
    Line,
    Pause,
    Payment,
    PendingItem,
    PlannedItem,
    PutOffChange,
    Subscription,
    SubscriptionItem,
)
from frontdesk.changes import Changes
from frontdesk.events import Event
from frontdesk.noticing import NOTICED, RECENT, noticed
from frontdesk.payment_methods import PaymentAttempt
from frontdesk.refunds import Refund
from frontdesk.test_cards import CARDS, new_method

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
SOON = NOW + timedelta(days=10)
LATER = NOW + timedelta(days=40)
AGO = NOW - timedelta(days=20)
CUSTOMER = Customer(id="cus_1", created=AGO, email="jenny@example.com")
ITEM = SubscriptionItem(id="si_1", price="price_1", quantity=1, created=AGO, period_start=AGO, period_end=SOON)
PLAN = Subscription(
    id="sub_1", customer="cus_1", status="active", items=(ITEM,), currency="eur", created=AGO, start_date=AGO,
    anchor=AGO, latest_invoice="in_1",
)  # fmt: skip
LINE = Line(id="il_1", kind="charge", amount=1200, currency="eur", quantity=1, start=AGO, end=NOW)
BILL = Invoice(
    id="in_1", customer="cus_1", status="open", currency="eur", lines=(LINE,), total=1200, starting_balance=0,
    ending_balance=0, amount_due=1200, created=AGO, period_start=AGO, period_end=NOW, billing_reason="manual",
    finalized_at=AGO,
)  # fmt: skip
DRAFT = replace(BILL, status="draft", finalized_at=None)
WAITING = PendingItem(id="ii_1", customer="cus_1", line=LINE, created=AGO)
NOTE = CreditNote(
    id="cn_1", customer="cus_1", invoice="in_1", currency="eur", lines=(), sources=(), total=100, pre_payment=100,
    credited=0, out_of_band=0, created=NOW,
)  # fmt: skip
METHOD = new_method("pm_1", CARDS["visa"], NOW)
PUT_OFF = PutOffChange(items=(PlannedItem(id="si_1", price="price_2", quantity=1),), asked=NOW)
ACCOUNT = Account(
    customer=CUSTOMER, subscriptions=(PLAN,), invoices=(BILL,), pending_items=(WAITING,), credit_notes=(NOTE,)
)
PAYMENT = Payment(id="pay_1", amount=1200, received=date(2026, 11, 28), recorded=NOW, by="stripe")

REFUND = Refund(id="re_1", created=NOW, charge="ch_1", amount=200, currency="eur")


def of(**snapshots: Any) -> Changes:
    return Changes(customer=snapshots.pop("customer", CUSTOMER), **snapshots)


def plan(**fields: Any) -> Subscription:
    return replace(PLAN, **fields)


def item(**fields: Any) -> tuple[SubscriptionItem, ...]:
    return (replace(ITEM, **fields),)


def kinds(before: Account | None, changes: Changes) -> list[str]:
    return [each.__struct_config__.tag for each in noticed(before, changes, NOW)]


def test_nothing_happened_where_nothing_is_otherwise() -> None:
    same = of(subscriptions=(PLAN,), invoices=(BILL,), pending_items=(WAITING,), credit_notes=(NOTE,))
    assert noticed(ACCOUNT, same, NOW) == ()
    newer = replace(same, customer=replace(CUSTOMER, version=9), subscriptions=(plan(version=9),))
    assert noticed(ACCOUNT, newer, NOW) == ()


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ({}, {"items": item(quantity=3)}, ["plan_changed"]),
        ({}, {"items": item(price="price_2")}, ["plan_changed"]),
        ({}, {"put_off": PUT_OFF}, ["plan_change_put_off"]),
        ({"put_off": PUT_OFF}, {}, ["plan_change_taken_back"]),
        (
            {"put_off": PUT_OFF},
            {"items": item(price="price_2", period_start=SOON, period_end=LATER)},
            ["plan_changed", "subscription_renewed"],
        ),
        ({}, {"items": item(period_start=SOON, period_end=LATER)}, ["subscription_renewed"]),
        ({}, {"cancel_at": SOON, "canceled_at": NOW}, ["cancellation_scheduled"]),
        ({}, {"cancel_at_period_end": True}, ["cancellation_scheduled"]),
        ({"cancel_at": SOON}, {"cancel_at": LATER}, ["cancellation_scheduled"]),
        ({"cancel_at": SOON, "cancel_at_period_end": True}, {}, ["cancellation_taken_back"]),
        ({"cancel_at": SOON}, {"cancel_at": SOON, "cancel_at_period_end": True}, []),
        ({"cancel_at": SOON}, {"status": "canceled", "ended_at": NOW, "cancel_at": SOON}, ["subscription_canceled"]),
        ({"status": "incomplete"}, {"status": "incomplete_expired"}, ["subscription_expired"]),
        ({"status": "canceled"}, {"status": "canceled", "metadata": {"a": "b"}}, []),
        ({}, {"status": "past_due"}, ["subscription_past_due"]),
        ({"status": "past_due"}, {"status": "unpaid"}, ["subscription_unpaid"]),
        ({"status": "unpaid"}, {}, ["subscription_caught_up"]),
        ({"status": "incomplete"}, {}, []),
        ({}, {"paused": Pause(since=NOW)}, ["subscription_paused"]),
        ({"paused": Pause(since=NOW)}, {"paused": Pause(since=NOW, resumes_at=SOON)}, ["resumption_moved"]),
        ({"paused": Pause(since=NOW)}, {}, ["subscription_resumed"]),
        ({}, {"metadata": {"a": "b"}}, ["subscription_updated"]),
        ({}, {"cancellation": CancellationDetails(comment="Too dear")}, ["subscription_updated"]),
        (
            {"status": "trialing", "trial_end": NOW + timedelta(days=2)},
            {"status": "trialing", "trial_end": NOW + timedelta(days=2)},
            ["trial_will_end"],
        ),
        ({"status": "trialing", "trial_end": SOON}, {"status": "trialing", "trial_end": SOON}, []),
    ],
)
def test_what_happens_to_a_subscription(was: dict[str, Any], now: dict[str, Any], expected: list[str]) -> None:
    before = replace(ACCOUNT, subscriptions=(plan(**was),))
    assert kinds(before, of(subscriptions=(plan(**now),))) == expected


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        (DRAFT, BILL, ["invoice_finalized"]),
        (DRAFT, replace(BILL, status="paid", paid_at=NOW), ["invoice_finalized", "invoice_paid"]),
        (DRAFT, replace(DRAFT, deleted=True), ["invoice_dropped"]),
        (DRAFT, replace(DRAFT, description="Hours of May"), ["invoice_edited"]),
        (BILL, replace(BILL, metadata={"a": "b"}), ["invoice_edited"]),
        (BILL, replace(BILL, status="paid", payments=(PAYMENT,)), ["payment_recorded", "invoice_paid"]),
        (
            replace(BILL, payments=(PAYMENT,)),
            replace(BILL, payments=(PAYMENT, replace(PAYMENT, id="pay_2", amount=-1200, reverses="pay_1"))),
            ["payment_reversed"],
        ),
        (BILL, replace(BILL, status="void", voided_at=NOW), ["invoice_voided"]),
        (BILL, replace(BILL, status="uncollectible"), ["invoice_marked_uncollectible"]),
        (
            BILL,
            replace(BILL, attempts=(PaymentAttempt(id="ch_1", at=NOW, amount=1200, decline_code="expired_card"),)),
            ["payment_failed"],
        ),
        (BILL, replace(BILL, attempts=(PaymentAttempt(id="ch_1", at=NOW, amount=1200),)), []),
        (BILL, replace(BILL, refunds=(REFUND,)), ["refund_made"]),
        (
            replace(BILL, refunds=(REFUND,)),
            replace(BILL, refunds=(replace(REFUND, status="failed"),)),
            ["refund_failed"],
        ),
    ],
)
def test_what_happens_to_an_invoice(was: Invoice, now: Invoice, expected: list[str]) -> None:
    assert kinds(replace(ACCOUNT, invoices=(was,)), of(invoices=(now,))) == expected


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ({}, {"email": "j@example.com", "name": "J"}, ["customer_updated"]),
        ({}, {"deleted": True, "email": None}, ["customer_deleted"]),
        ({"deleted": True}, {"deleted": True}, []),
        ({}, {"payment_methods": (METHOD,)}, ["payment_method_changed"]),
        (
            {},
            {"payment_methods": (METHOD,), "default_payment_method": "pm_1"},
            ["customer_updated", "payment_method_changed"],
        ),
        ({"payment_methods": (METHOD,)}, {}, ["payment_method_changed"]),
        (
            {"payment_methods": (METHOD,)},
            {"payment_methods": (replace(METHOD, set_up=True),)},
            ["payment_method_changed"],
        ),
    ],
)
def test_what_happens_to_a_customer(was: dict[str, Any], now: dict[str, Any], expected: list[str]) -> None:
    before = replace(ACCOUNT, customer=replace(CUSTOMER, **was))
    assert kinds(before, Changes(customer=replace(CUSTOMER, **now))) == expected


def test_what_happens_to_items_and_credit_notes() -> None:
    dropped = replace(WAITING, deleted=True)
    changed = replace(WAITING, line=replace(LINE, amount=5))
    made = replace(WAITING, id="ii_2", created=NOW)
    assert kinds(ACCOUNT, of(pending_items=(dropped,))) == ["invoice_item_changed"]
    assert kinds(ACCOUNT, of(pending_items=(changed, made))) == ["invoice_item_changed"] * 2
    assert kinds(replace(ACCOUNT, credit_notes=()), of(credit_notes=(NOTE,))) == ["credit_note_issued"]
    assert kinds(ACCOUNT, of(credit_notes=(replace(NOTE, status="void"),))) == ["credit_note_voided"]


def test_what_is_new_is_told_and_what_is_history_is_not() -> None:
    new = replace(CUSTOMER, created=NOW)
    begun = plan(created=NOW)
    paid = replace(BILL, status="paid", created=NOW, finalized_at=NOW, paid_at=NOW)
    expected = ["customer_created", "subscription_created", "invoice_finalized", "invoice_paid"]
    assert kinds(None, Changes(customer=new, subscriptions=(begun,), invoices=(paid,))) == expected
    long_ago = replace(BILL, status="paid", paid_at=AGO)
    over = plan(status="canceled", ended_at=AGO)
    assert kinds(None, of(subscriptions=(PLAN, over), invoices=(long_ago,))) == []
    assert NOW - AGO > RECENT


def test_instants_are_those_of_the_snapshots() -> None:
    """So that the answer to a call and the webhook about it notice one and the same event."""
    paid = replace(BILL, status="paid", paid_at=NOW - timedelta(minutes=3))
    (event,) = noticed(ACCOUNT, of(invoices=(paid,)), NOW)
    assert event == told.InvoicePaid(customer="cus_1", invoice="in_1", at=NOW - timedelta(minutes=3))
    leaving = of(subscriptions=(plan(cancel_at=SOON, canceled_at=AGO),))
    assert noticed(ACCOUNT, leaving, NOW) == noticed(ACCOUNT, leaving, NOW + timedelta(hours=1))


def test_snapshots_of_somebody_else_are_passed_over() -> None:
    assert noticed(ACCOUNT, of(subscriptions=(plan(id="sub_9", customer="cus_9", created=NOW),)), NOW) == ()


def test_all_that_is_noticed_is_listed() -> None:
    """Whoever notices anew takes exactly these out of what was told."""
    asked = {"CustomerSignedIn", "LinkSent", "InvoiceLinkAsked", "WaitingActRefused"}
    timed = {"InvoiceUpcoming", "InvoiceWillBeDue", "InvoiceOverdue"}
    untold = {"OfferTaken", "InvoiceSent", "InvoiceReminded", *timed, *asked}
    assert {each.__name__ for each in NOTICED} == {each.__name__ for each in Event.__args__} - untold

"""What comes in for invoices: in whole, in part, too much, and not after all. The ledger tells the same."""

from datetime import date
from typing import Any

import pytest
from billed_life import END, HALF, TERMS, Life
from msgspec.structs import replace

from frontdesk import ledger
from frontdesk.commands import Advance, CancelSubscription, MarkUncollectible, PayInvoice, VoidInvoice
from frontdesk.events import InvoicePaid, PaymentRecorded, PaymentReversed
from frontdesk.invoice_commands import RecordPayment, ReversePayment
from frontdesk.payment_rules import day_obstacle
from frontdesk_invoice_only.engine import bill

DAY = date(2025, 6, 14)


def payment(life: Life, amount: int, id: str = "pay_1", **fields: Any) -> RecordPayment:
    return RecordPayment(id=id, invoice=life.newest.id, amount=amount, received=DAY, by="usr_1", **fields)


def reversal(life: Life, payment: str = "pay_1", id: str = "pay_9") -> ReversePayment:
    return ReversePayment(id=id, invoice=life.newest.id, payment=payment, by="usr_2")


def test_an_invoice_is_paid_when_nothing_is_open() -> None:
    life = Life.started()
    changes = life.do(payment(life, 400, reference="RF18 4711"))
    invoice = life.newest
    assert (invoice.status, invoice.amount_paid, invoice.amount_remaining) == ("open", 400, 600)
    (only,) = invoice.payments
    assert (only.amount, only.received, only.recorded, only.by, only.reference) == (
        *(400, DAY, HALF, "usr_1"),
        "RF18 4711",
    )
    told = PaymentRecorded(customer="cus_1", invoice=invoice.id, payment="pay_1", amount=400, at=HALF)
    assert changes.events == (told,)
    changes = life.do(payment(life, 600, "pay_2"), END)
    first = life.account.invoices[0]
    assert (first.status, first.paid_at, first.amount_remaining) == ("paid", END, 0)
    assert first.payments[0] == only, "what was recorded stays as it is"
    assert changes.events[-1] == InvoicePaid(customer="cus_1", invoice=first.id, at=END)


def test_too_much_becomes_credit_and_the_next_invoice_takes_it() -> None:
    life = Life.started()
    changes = life.do(payment(life, 1300))
    assert (life.newest.status, life.newest.amount_paid, life.newest.payments[0].overpaid) == ("paid", 1000, 300)
    assert (life.balance, isinstance(changes.events[-1], InvoicePaid)) == (-300, True)
    life.do(Advance(), END)
    assert (life.newest.amount_due, life.balance) == (700, 0)


def test_a_reversal_is_a_record_of_its_own() -> None:
    life = Life.started()
    life.do(payment(life, 1300))
    before = life.newest.payments
    changes = life.do(reversal(life))
    invoice = life.newest
    assert invoice.payments[:1] == before
    assert (invoice.payments[1].amount, invoice.payments[1].overpaid, invoice.payments[1].reverses) == (
        *(-1300, -300),
        "pay_1",
    )
    assert (invoice.status, invoice.paid_at, invoice.amount_paid, life.balance) == ("open", None, 0, 0)
    told = PaymentReversed(customer="cus_1", invoice=invoice.id, payment="pay_9", amount=1300, at=HALF)
    assert changes.events == (told,)
    assert life.refusal(reversal(life)) == "payment_reversed"
    assert life.refusal(reversal(life, "pay_9")) == "no_such_payment"
    life.do(VoidInvoice(invoice=invoice.id))


def test_credit_that_was_spent_is_owed_after_a_reversal() -> None:
    life = Life.started()
    life.do(payment(life, 1300))
    paid = life.newest.id
    life.do(Advance(), END)
    life.do(ReversePayment(id="pay_9", invoice=paid, payment="pay_1", by="usr_1"), END)
    assert life.balance == 300


def test_a_part_of_several_is_reversed() -> None:
    life = Life.started()
    life.do(payment(life, 600))
    life.do(payment(life, 400, "pay_2"))
    life.do(reversal(life, "pay_1"))
    assert (life.newest.status, life.newest.amount_remaining, life.newest.paid_out_of_band) == ("open", 600, True)


def test_what_was_given_up_is_given_up_again_after_a_reversal() -> None:
    life = Life.started()
    life.do(MarkUncollectible(invoice=life.newest.id))
    life.do(PayInvoice(invoice=life.newest.id, by="usr_1"))
    (only,) = life.newest.payments
    assert (life.newest.status, only.amount, only.by, only.received) == ("paid", 1000, "usr_1", HALF.date())
    life.do(reversal(life, only.id))
    assert life.newest.status == "uncollectible"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"amount": 0}, "payment_amount"),
        ({"amount": -5}, "payment_amount"),
        ({"amount": 10**12}, "payment_amount"),
        ({"reference": "x" * 141}, "text_too_long"),
        ({"invoice": "in_never"}, "no_such_invoice"),
    ],
)
def test_what_is_refused(fields: dict[str, Any], code: str) -> None:
    life = Life.started()
    assert life.refusal(replace(payment(life, 100), **fields)) == code
    life.do(PayInvoice(invoice=life.newest.id))
    assert life.refusal(payment(life, 100)) == "invoice_already_paid"


def test_nothing_comes_in_tomorrow() -> None:
    assert day_obstacle(date(2025, 6, 17), HALF) is None, "somewhere it is tomorrow already"
    for wrong in (date(2025, 6, 18), date(1999, 12, 31)):
        refusal = day_obstacle(wrong, HALF)
        assert refusal is not None
        assert refusal.code == "payment_day"


def test_the_ledger_tells_every_movement_and_ends_at_the_balance() -> None:
    life, told = Life.started(price="thirty"), []
    first = life.newest.id
    subscription = life.account.subscriptions[0].id
    for command, at in (
        (RecordPayment(id="pay_1", invoice=first, amount=3500, received=DAY, by="u"), HALF),
        (ReversePayment(id="pay_2", invoice=first, payment="pay_1", by="u"), HALF),
        (RecordPayment(id="pay_3", invoice=first, amount=4000, received=DAY, by="u"), HALF),
        (CancelSubscription(subscription=subscription, when="now", prorate=True, invoice_now=True), HALF),
    ):
        changes = life.do(command, at)
        told += changes.ledger
        for each in changes.ledger:
            assert sum(entry.amount for entry in each.entries) == 0
        assert ledger.balances(told) == life.account.customer.balances
    assert [(each.kind, each.of("balance"), each.ending_balance) for each in told] == [
        ("payment", -500, -500),
        ("payment_reversal", 500, 0),
        ("payment", -1000, -1000),
        ("invoice", -1500, -2500),
    ]
    assert {each.invoice for each in told[:3]} == {first}
    with pytest.raises(ValueError, match="sum to zero"):
        ledger.entries(billed=-1, receivable=2)


def test_what_moves_nothing_is_not_told() -> None:
    life = Life.started()
    changes = bill(life.account, TERMS, MarkUncollectible(invoice=life.newest.id), HALF, life.ids)
    assert changes.ledger == ()

"""Refunds: what they do to invoices, credit notes and the ledger, and what becomes of them later."""

import msgspec
import pytest
from charged_life import DAY, START, Sandbox

from frontdesk.book import CreditNote, Invoice
from frontdesk.changes import Changes
from frontdesk.charges import charges_of
from frontdesk.commands import PayInvoice
from frontdesk.errors import Refused
from frontdesk.invoice_commands import CreateCreditNote, ReversePayment
from frontdesk.payment_intents import intent_of
from frontdesk.payment_method_commands import ChargeInvoice, RefundCharge, SettleRefund
from frontdesk.refund_rules import refundable
from frontdesk.refunds import NoteRefund, refunded
from frontdesk_invoice_only.engine import CAN, bill

LATER = START + DAY


class Refunding(Sandbox):
    """A customer whose first invoice of 1000 was charged."""

    def __init__(self, card: str = "visa") -> None:
        super().__init__(card)
        self.subscribe()
        self.posted: dict[str, int] = {}

    def refund(self, amount: int | None = None, id: str = "re_1") -> Changes:
        command = RefundCharge(id=id, invoice=self.last.id, charge=self.last.attempts[-1].id, amount=amount, by="me")
        return self.done(self.do(command, LATER))

    def credit(self, id: str = "cn_1", **fields: object) -> CreditNote:
        command = CreateCreditNote(id=id, invoice=self.last.id, **fields)  # type: ignore[arg-type]
        return self.done(self.do(command, LATER)).credit_notes[-1]

    def done(self, changes: Changes) -> Changes:
        for entry in (entry for each in changes.ledger for entry in each.entries):
            self.posted[entry.account] = self.posted.get(entry.account, 0) + entry.amount
        return changes

    @property
    def last(self) -> Invoice:
        return next(iter(self.all.values()))

    def refusal(self, amount: int | None, **fields: str) -> str | None:
        with pytest.raises(Refused) as refused:
            self.refund(amount, **fields)
        return refused.value.refusal.api_code


def test_a_refund_gives_money_back_and_leaves_the_invoice_paid() -> None:
    life = Refunding()
    before = life.last
    told = life.refund(300)
    assert [type(each).__name__ for each in told.events][-1] == "RefundMade"
    (made,) = life.last.refunds
    assert (made.amount, made.status, made.charge, made.by) == (300, "succeeded", before.attempts[0].id, "me")
    assert msgspec.structs.replace(life.last, refunds=(), version=before.version) == before
    assert life.posted == {"paid": -300, "refunded": 300}
    (charge,) = charges_of(life.last)
    assert (charge.captured, charge.refunded, charge.left, charge.payment_intent) == (
        1000,
        300,
        700,
        intent_of(before).id,  # type: ignore[union-attr]
    )
    assert life.refusal(701) is None
    life.refund(id="re_2")
    assert (refunded(life.last.refunds), refundable(life.last)) == (1000, None)
    assert life.refusal(None) == "charge_already_refunded"


def test_only_what_a_card_paid_goes_back_and_only_where_cards_are() -> None:
    declined = Refunding("chargeCustomerFail")
    assert declined.refusal(None) == "charge_not_refundable"
    life = Refunding()
    with pytest.raises(Refused, match="no_such_charge"):
        life.do(RefundCharge(id="re_1", invoice=life.last.id, charge="ch_other"))
    command = RefundCharge(id="re_1", invoice=life.last.id, charge=life.last.attempts[0].id)
    with pytest.raises(Refused, match="no_payment_methods"):
        bill(life.account, life.terms, command, START, life.ids, CAN)
    with pytest.raises(Refused, match="charge_not_reversed"):
        life.do(ReversePayment(id="pay_1", invoice=life.last.id, payment=life.last.payments[0].id, by="me"))
    sent = Sandbox()
    sent.subscribe(collection_method="send_invoice", days_until_due=14)
    assert intent_of(sent.last) is None
    sent.do(ChargeInvoice(invoice=sent.last.id))
    assert (intent_of(sent.last).status, refundable(sent.last).left) == ("succeeded", 1000)  # type: ignore[union-attr]
    outside = Sandbox(card=None)
    outside.subscribe()
    outside.do(PayInvoice(invoice=outside.last.id))
    assert (refundable(outside.last), list(charges_of(outside.last))) == (None, [])


def test_a_credit_note_says_what_a_refund_gave_back() -> None:
    life = Refunding()
    life.refund(300)
    note = life.credit(amount=500, refunds=(NoteRefund("re_1", 300),))
    assert (note.refunded, note.credited, note.post_payment) == (300, 200, 500)
    assert life.posted == {"paid": -300, "refunded": 0, "billed": 500, "balance": -200}
    for wrong in (
        {"refunds": (NoteRefund("re_1", 1),)},
        {"refunds": (NoteRefund("re_2", 1),)},
        {"refund": 701},
        {"refund": -1},
        {"refund": 200, "credit": 1, "amount": 200},
    ):
        with pytest.raises(Refused, match="credit_note_impossible"):
            life.credit("cn_2", **{"amount": 100, **wrong})
    note = life.credit("cn_2", amount=500, refund=500)
    assert (note.refunded, note.credited) == (500, 0)
    made = life.last.refunds[-1]
    assert (made.id, made.amount) == (note.paid_back[0].refund, 500)
    assert life.posted == {"paid": -800, "refunded": 0, "billed": 1000, "balance": -200}
    assert life.last.amount_credited_later == 1000


def test_what_a_bank_sends_back_did_not_go_back() -> None:
    life = Refunding("refundFail")
    life.refund(400)
    assert (life.last.refunds[0].status, refundable(life.last).left) == ("succeeded", 600)  # type: ignore[union-attr]
    told = life.done(life.do(SettleRefund(invoice=life.last.id, refund="re_1"), LATER))
    assert [type(each).__name__ for each in told.events] == ["RefundFailed"]
    assert (life.last.refunds[0].status, refundable(life.last).left) == ("failed", 1000)  # type: ignore[union-attr]
    assert life.posted == {"paid": 0, "refunded": 0}
    assert life.do(SettleRefund(invoice=life.last.id, refund="re_1"), LATER).ledger == ()
    with pytest.raises(Refused, match="credit_note_impossible"):
        life.credit(amount=400, refunds=(NoteRefund("re_1", 400),))


def test_a_refund_that_waits_counts_already() -> None:
    life = Refunding("pendingRefund")
    life.refund()
    assert (life.last.refunds[0].status, refundable(life.last)) == ("pending", None)
    told = life.do(SettleRefund(invoice=life.last.id, refund="re_1"), LATER)
    assert (life.last.refunds[0].status, told.ledger, told.events) == ("succeeded", (), ())

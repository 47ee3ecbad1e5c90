"""Credit notes: what of an issued invoice is taken back, where it goes, and that it is never more than there was."""

import random
from decimal import Decimal
from typing import Any

import pytest
from billed_life import HALF, Life
from msgspec.structs import replace

from frontdesk import ledger
from frontdesk.book import CreditNote
from frontdesk.commands import MarkUncollectible, PayInvoice, VoidInvoice
from frontdesk.credit_notes import all_that_is_left, left_of_line
from frontdesk.events import CreditNoteIssued, InvoicePaid
from frontdesk.invoice_commands import (
    CreateCreditNote,
    CreateInvoice,
    CreateInvoiceItem,
    CreditLine,
    FinalizeInvoice,
    ItemCharge,
    VoidCreditNote,
)
from frontdesk.tax_rates import AppliedRate, Tax


def credit(life: Life, id: str = "cn_1", **fields: Any) -> CreateCreditNote:
    return CreateCreditNote(id=id, invoice=life.newest.id, **fields)


def of_line(life: Life, place: int = 0, **fields: Any) -> CreditLine:
    return CreditLine(source=life.newest.lines[place].id, **fields)


def note(life: Life, id: str = "cn_1") -> CreditNote:
    return next(each for each in life.account.credit_notes if each.id == id)


def test_what_is_open_is_lowered_first() -> None:
    life = Life.started(price="thirty")
    changes = life.do(credit(life, amount=1200, reason="order_change", memo="One seat too many"))
    invoice = life.newest
    assert (invoice.status, invoice.amount_due, invoice.amount_credited, invoice.amount_remaining) == (
        *("open", 3000),
        *(1200, 1800),
    )
    issued = note(life)
    assert (issued.total, issued.pre_payment, issued.post_payment, issued.number, issued.seller.name) == (
        *(1200, 1200, 0, None),
        "Firm",
    )
    assert changes.events == (CreditNoteIssued(customer="cus_1", invoice=invoice.id, credit_note="cn_1", at=HALF),)
    changes = life.do(credit(life, "cn_2", amount=1800))
    assert (life.newest.status, life.newest.amount_remaining, life.balance) == ("paid", 0, 0)
    assert changes.events[-1] == InvoicePaid(customer="cus_1", invoice=invoice.id, at=HALF)


def test_what_was_paid_becomes_credit_or_goes_back_outside() -> None:
    life = Life.started(price="thirty")
    life.do(PayInvoice(invoice=life.newest.id))
    told = life.do(credit(life, amount=1000, out_of_band=400)).ledger
    assert (note(life).pre_payment, note(life).credited, note(life).out_of_band, life.balance) == (0, 600, 400, -600)
    assert (life.newest.status, life.newest.amount_credited_later) == ("paid", 1000)
    assert (ledger.balances(told), told[0].credit_note) == ({"eur": -600}, "cn_1")
    assert life.refusal(credit(life, "cn_2", amount=1000, credit=1)) == "credit_note_impossible"
    assert life.refusal(credit(life, "cn_2", amount=2001)) == "credit_note_impossible", "1000 were taken back before"
    life.do(credit(life, "cn_2", amount=2000, credit=2000))
    assert life.balance == -2600


def test_a_part_is_open_and_a_part_is_not() -> None:
    life = Life.started(price="thirty")
    life.account = replace(life.account, invoices=(replace(life.newest, amount_paid=1000, paid_out_of_band=True),))
    life.do(credit(life, amount=2500))
    assert (note(life).pre_payment, note(life).credited) == (2000, 500)
    assert (life.newest.status, life.balance) == ("paid", -500)


def test_lines_are_taken_back_once() -> None:
    life = Life.started(quantity=3)
    life.do(credit(life, lines=(of_line(life, quantity=1),)))
    assert [each.amount for each in note(life).lines] == [1000]
    assert note(life).sources == (life.newest.lines[0].id,)
    assert life.refusal(credit(life, "cn_2", lines=(of_line(life, amount=2001),))) == "credit_note_impossible"
    twice = (of_line(life, quantity=1), of_line(life, quantity=1))
    assert life.refusal(credit(life, "cn_2", lines=twice)) == "credit_note_impossible"
    custom = CreditLine(unit_amount=Decimal(250), quantity=2, description="Goodwill")
    life.do(credit(life, "cn_2", lines=(of_line(life, amount=1000), custom)))
    assert (note(life, "cn_2").total, life.newest.amount_remaining) == (1500, 500)


def test_every_rate_gets_its_share_of_what_is_taken_back() -> None:
    life = Life()
    life.do(CreateInvoice(id="in_1"))
    life.do(CreateInvoiceItem(id="ii_1", charge=ItemCharge(amount=1000), invoice="in_1"))
    rate = AppliedRate(id="txr_1", name="VAT", percentage=Decimal(19), inclusive=False)
    draft = life.newest
    life.account = replace(
        life.account,
        invoices=(replace(draft, lines=tuple(replace(each, tax_rates=(rate,)) for each in draft.lines)),),
    )
    life.do(FinalizeInvoice(invoice="in_1"))
    assert life.newest.total == 1190
    assert life.refusal(credit(life, amount=100)) == "credit_note_impossible", "which tax would that be?"
    life.do(credit(life, lines=(of_line(life, amount=100),)))
    assert (note(life).total, [each.amount for each in note(life).taxes]) == (119, [19])
    assert life.newest.amount_remaining == 1071


def test_a_credit_note_is_voided_while_it_only_lowered_what_was_open() -> None:
    life = Life.started()
    life.do(credit(life, amount=1000))
    assert life.newest.status == "paid"
    void = VoidCreditNote(invoice=life.newest.id, credit_note="cn_1")
    life.do(void)
    assert (life.newest.status, life.newest.amount_remaining, note(life).status) == ("open", 1000, "void")
    assert life.refusal(void) == "credit_note_void"
    assert life.refusal(VoidCreditNote(invoice=life.newest.id, credit_note="cn_never")) == "no_such_credit_note"
    life.do(credit(life, "cn_2", amount=1000))
    life.do(VoidCreditNote(invoice=life.newest.id, credit_note="cn_2"))
    life.do(PayInvoice(invoice=life.newest.id))
    life.do(credit(life, "cn_3", amount=100))
    assert life.refusal(VoidCreditNote(invoice=life.newest.id, credit_note="cn_3")) == "credit_note_settled"


def test_an_invoice_with_credit_notes_is_not_voided() -> None:
    life = Life.started()
    life.do(MarkUncollectible(invoice=life.newest.id))
    life.do(credit(life, amount=100))
    assert life.refusal(VoidInvoice(invoice=life.newest.id)) == "invoice_has_credit_notes"
    assert life.newest.amount_remaining == 900
    life.do(PayInvoice(invoice=life.newest.id))
    assert (life.newest.status, life.newest.payments[0].amount) == ("paid", 900)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"amount": 0},
        {"amount": -1},
        {"amount": 1001},
        {"amount": 100, "out_of_band": 100},
        {"amount": 100, "lines": (CreditLine(source="il_never", amount=1),)},
        {"lines": (CreditLine(description="Nothing"),)},
    ],
)
def test_what_does_not_add_up_is_refused(fields: dict[str, Any]) -> None:
    life = Life.started()
    assert life.refusal(credit(life, **fields)) == "credit_note_impossible"


def test_what_cannot_be_credited() -> None:
    life = Life.started()
    assert life.refusal(credit(life, lines=(CreditLine(source="il_never", amount=1),))) == "no_such_invoice_line_item"
    assert life.refusal(credit(life, lines=(of_line(life),))) == "credit_note_impossible"
    assert life.refusal(credit(life, lines=(of_line(life, quantity=2),))) == "credit_note_impossible"
    assert life.refusal(replace(credit(life, amount=1), invoice="in_never")) == "no_such_invoice"
    life.do(VoidInvoice(invoice=life.newest.id))
    assert life.refusal(credit(life, amount=1)) == "credit_not_possible"


def test_the_rest_takes_back_the_rest_of_every_tax() -> None:
    """Three parts of three cents each have a cent of tax, and nine cents have two: what is left takes that into
    account."""
    chance = random.Random(20261127)
    on_top = AppliedRate(id="txr_1", name="VAT", percentage=Decimal(19), inclusive=False)
    levy = AppliedRate(id="txr_2", name="Levy", percentage=Decimal("7.725"), inclusive=False)
    inside = AppliedRate(id="txr_3", name="GST", percentage=Decimal("8.1"), inclusive=True)
    for _ in range(150):
        rates = chance.choice(((), (on_top,), (on_top, levy), (inside,)))
        life = Life()
        life.do(CreateInvoice(id="in_1"))
        for place in range(chance.randint(1, 3)):
            charge = ItemCharge(amount=chance.choice((11, 100, 3333, 100_001)))
            life.do(CreateInvoiceItem(id=f"ii_{place}", charge=charge, invoice="in_1"))
        lines = tuple(replace(each, tax_rates=rates) for each in life.newest.lines)
        life.account = replace(life.account, invoices=(replace(life.newest, lines=lines),))
        life.do(FinalizeInvoice(invoice="in_1"))
        bill = life.newest
        for place in range(chance.randint(0, 4)):
            line = chance.choice(bill.lines)
            left = left_of_line(line, life.account.credit_notes)
            if left > 2:
                life.do(credit(life, f"cn_{place}", lines=(CreditLine(source=line.id, amount=left // 3),)))
        closing, amount = all_that_is_left(bill, life.account.credit_notes)
        assert amount is None
        life.do(credit(life, "cn_last", lines=closing))
        notes = life.account.credit_notes
        assert sum(each.total for each in notes) == bill.total
        assert (life.newest.amount_remaining, life.newest.status) == (0, "paid")
        for tax in bill.taxes:
            back = sum(each.amount for note in notes for each in note.taxes if each.rate == tax.rate)
            assert back == tax.amount
        assert life.refusal(credit(life, "cn_more", lines=(CreditLine(unit_amount=Decimal(1)),))) == (
            "credit_note_impossible"
        )


def test_where_shares_are_not_known_all_is_an_amount_or_lines_have_to_be_named() -> None:
    life = Life.started(price="thirty")
    untaxed = life.newest
    life.do(credit(life, lines=(CreditLine(unit_amount=Decimal(500)),)))
    assert all_that_is_left(untaxed, life.account.credit_notes) == ((), 2500)
    rate = AppliedRate(id="txr_1", name="VAT", percentage=Decimal(19), inclusive=False)
    mixed = replace(untaxed, total=2000, taxes=(Tax(rate=rate, taxable=2000, amount=380),))
    assert all_that_is_left(mixed, ()) == ((), None)

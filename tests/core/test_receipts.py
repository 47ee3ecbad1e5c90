"""Receipts say what was so when the payment came in, whatever happened since."""

from msgspec.structs import replace
from paid_invoices import HOUR, NOON, invoice, paid

from frontdesk.book import CreditNote
from frontdesk.receipts import receipt_of, settling_payment


def note(amount: int, hours: int) -> CreditNote:
    return CreditNote(
        id="cn_1", customer="cus_1", invoice="in_1", currency="eur", lines=(), sources=(), total=amount,
        pre_payment=amount, credited=0, out_of_band=0, created=NOON + hours * HOUR,
    )  # fmt: skip


def test_a_part_says_what_was_paid_before_and_what_is_left() -> None:
    bill = invoice(paid("a", 3000, 1), paid("b", 2500, 2))
    first, second = receipt_of(bill, (), "a"), receipt_of(bill, (), "b")
    assert first is not None
    assert second is not None
    assert (first.before, first.left) == (0, 7000)
    assert (second.before, second.applied, second.left) == (3000, 2500, 4500)


def test_what_comes_later_changes_no_receipt() -> None:
    early, late = paid("a", 3000, 1), paid("b", 7500, 5, overpaid=1500)
    before = receipt_of(invoice(early), (), "a")
    after = receipt_of(invoice(early, late, credited=1000), (note(1000, 3),), "a")
    assert before == after
    last = receipt_of(invoice(early, late, credited=1000), (note(1000, 3),), "b")
    assert last is not None
    assert (last.credited, last.before, last.applied, last.left) == (1000, 3000, 6000, 0)


def test_a_credit_note_that_was_voided_counts_until_then() -> None:
    voided = replace(note(1000, 1), status="void", voided_at=NOON + 3 * HOUR)
    bill = invoice(paid("a", 2000, 2), paid("b", 2000, 4))
    left = [receipt.left for each in ("a", "b") if (receipt := receipt_of(bill, (voided,), each)) is not None]
    assert left == [7000, 6000]


def test_what_was_none_has_no_receipt() -> None:
    bill = invoice(paid("a", 3000, 1), paid("b", -3000, 2, reverses="a"), paid("c", 1000, 3))
    assert receipt_of(bill, (), "a") is None
    assert receipt_of(bill, (), "b") is None
    assert receipt_of(bill, (), "nothing") is None
    third = receipt_of(bill, (), "c")
    assert third is not None
    assert (third.before, third.left) == (0, 9000)
    assert receipt_of(replace(bill, status="void"), (), "c") is None


def test_what_was_paid_before_there_were_records_was_paid_before() -> None:
    bill = replace(invoice(paid("a", 3000, 1)), amount_paid=8000)
    found = receipt_of(bill, (), "a")
    assert found is not None
    assert (found.before, found.left) == (5000, 2000)


def test_the_letter_is_for_the_payment_that_settled_it() -> None:
    assert settling_payment(invoice(paid("a", 3000, 1), paid("b", 7000, 2)), ()) == "b"
    assert settling_payment(invoice(paid("a", 3000, 1)), ()) is None
    assert settling_payment(invoice(paid("a", 3000, 1), credited=7000), (note(7000, 5),)) is None
    assert settling_payment(invoice(), ()) is None

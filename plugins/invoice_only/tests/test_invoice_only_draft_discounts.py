"""Discounts of invoices written by hand: of single items, of the draft, and the customer's own."""

from decimal import Decimal
from typing import Any

from billed_life import END, HALF, START, TERMS, Life
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from frontdesk.commands import Advance, SetCustomerDiscount
from frontdesk.coupons import Coupon, DiscountChoice, PromotionCode
from frontdesk.invoice_commands import (
    CreateInvoice,
    CreateInvoiceItem,
    DeleteInvoiceItem,
    FinalizeInvoice,
    InvoiceFields,
    ItemCharge,
    UpdateInvoice,
    UpdateInvoiceItem,
)
from frontdesk.quoting import next_bill, next_due


def coupon(id: str, percent: int | None = None, amount: int | None = None, **fields: Any) -> Coupon:
    return Coupon(
        id=id,
        created=START,
        percent_off=None if percent is None else Decimal(percent),
        amounts_off={} if amount is None else {"eur": amount},
        **({"duration": "forever"} | fields),
    )


COUPONS = (
    coupon("half", 50),
    coupon("ten", 10),
    coupon("three_euro", amount=300),
    coupon("once", 20, duration="once"),
    coupon("for_setup", 50, products=("setup",)),
)
CODES = (
    PromotionCode(
        id="promo_large", code="LARGE", coupon="ten", created=START, currency="eur", minimum_amounts={"eur": 1000}
    ),
    PromotionCode(id="promo_first", code="FIRST", coupon="ten", created=START, first_time_transaction=True),
)
SHOP = replace(TERMS, coupons={each.id: each for each in COUPONS}, promotion_codes={each.id: each for each in CODES})


def of(*coupons: str) -> tuple[DiscountChoice, ...]:
    return tuple(DiscountChoice(coupon=each) for each in coupons)


def life(*amounts: int, started: bool = False) -> Life:
    """A customer, with a draft `in_1` of these amounts as `ii_0` and so on."""
    found = Life.started(terms=SHOP) if started else Life(terms=SHOP)
    if amounts:
        found.do(CreateInvoice(id="in_1", currency="eur"))
    for place, amount in enumerate(amounts):
        found.do(CreateInvoiceItem(id=f"ii_{place}", charge=ItemCharge(amount=amount), invoice="in_1"))
    return found


def give(found: Life, *coupons: str) -> None:
    found.do(UpdateInvoice(invoice="in_1", fields=InvoiceFields(discounts=of(*coupons))))


def amounts(found: Life) -> list[int]:
    return [each.amount for each in found.newest.lines]


def test_a_draft_is_reduced_and_stays_so_as_it_grows() -> None:
    found = life(1000, 501)
    give(found, "half", "three_euro")
    assert (amounts(found), found.newest.total) == ([300, 150], 450)
    found.do(CreateInvoiceItem(id="ii_2", charge=ItemCharge(amount=1000), invoice="in_1"))
    assert sum(amounts(found)) == 950
    found.do(DeleteInvoiceItem(item="ii_2"))
    assert amounts(found) == [300, 150]
    found.do(FinalizeInvoice(invoice="in_1"))
    assert [each.coupon for each in found.newest.discounts] == ["half", "three_euro"]
    assert [[off.amount for off in line.discounts] for line in found.newest.lines] == [[500, 200], [251, 100]]
    assert (found.newest.amount_due, found.newest.status) == (450, "open")


def test_discounts_are_taken_away_and_kept_by_their_ids() -> None:
    found = life(1000)
    give(found, "half", "three_euro")
    (kept,) = [each.id for each in found.newest.discounts if each.coupon == "three_euro"]
    found.do(UpdateInvoice(invoice="in_1", fields=InvoiceFields(discounts=(DiscountChoice(discount=kept),))))
    assert (amounts(found), [each.id for each in found.newest.discounts]) == ([700], [kept])
    give(found)
    assert (amounts(found), found.newest.discounts) == ([1000], ())


def test_an_item_s_own_discounts_come_first_and_take_from_it_alone() -> None:
    found = life(1000, 1000)
    found.do(UpdateInvoiceItem(item="ii_1", discounts=of("three_euro")))
    give(found, "half")
    assert amounts(found) == [500, 350]
    found.do(UpdateInvoiceItem(item="ii_1", discounts=()))
    assert amounts(found) == [500, 500]


def test_credits_and_what_is_not_discountable_are_passed_over() -> None:
    found = life(1000, -200, 400)
    found.do(UpdateInvoiceItem(item="ii_2", discountable=False))
    give(found, "half")
    assert amounts(found) == [500, -200, 400]
    assert [each.discountable for each in found.newest.lines] == [True, False, False]


def test_a_coupon_for_a_product_takes_from_that_product_alone() -> None:
    found = life(1000)
    found.do(CreateInvoiceItem(id="ii_setup", charge=ItemCharge(price="once"), invoice="in_1"))
    give(found, "for_setup")
    assert amounts(found) == [1000, 625]


def test_the_customer_s_own_discount_is_had_unless_others_are_named() -> None:
    found = life()
    found.do(SetCustomerDiscount(discount=DiscountChoice(coupon="once")))
    found.do(CreateInvoice(id="in_0", currency="eur", fields=InvoiceFields(discounts=())))
    found.do(CreateInvoiceItem(id="ii_free", charge=ItemCharge(amount=1000), invoice="in_0"))
    assert amounts(found) == [1000]
    found.do(CreateInvoice(id="in_1", currency="eur"))
    found.do(CreateInvoiceItem(id="ii_0", charge=ItemCharge(amount=1000), invoice="in_1"))
    found.do(CreateInvoice(id="in_2", currency="eur"))
    found.do(CreateInvoiceItem(id="ii_1", charge=ItemCharge(amount=1000), invoice="in_2"))
    assert amounts(found) == [800]
    found.do(FinalizeInvoice(invoice="in_1"))
    assert found.account.customer.discount is None
    # It was had once: the other draft, which showed it too, is issued without.
    found.do(FinalizeInvoice(invoice="in_2"))
    assert {each.id: each.total for each in found.account.invoices} == {"in_0": 1000, "in_1": 800, "in_2": 1000}


def test_a_waiting_item_takes_its_discount_to_the_subscription_s_invoice() -> None:
    found = life(started=True)
    item = CreateInvoiceItem(id="ii_w", charge=ItemCharge(amount=1000), discounts=of("half", "three_euro"))
    found.do(item)
    (subscription,) = found.account.subscriptions
    due, bill = next_due(found.account, subscription, SHOP), next_bill(found.account, subscription, SHOP, found.ids)
    found.do(Advance(), END)
    assert amounts(found) == [200, 1000]
    assert due is not None
    assert bill is not None
    assert (due.amount, [each.amount for each in bill.lines]) == (1200, [200, 1000])
    assert {each.coupon for each in found.newest.discounts} == {"half", "three_euro"}


def test_what_cannot_be_had_is_refused_and_changes_nothing() -> None:
    found = life(999)
    for choice, code in (
        (DiscountChoice(promotion_code="promo_large"), "promotion_code_minimum"),
        (DiscountChoice(coupon="nowhere"), "no_such_coupon"),
        (DiscountChoice(discount="di_none"), "no_such_discount"),
    ):
        assert found.refusal(UpdateInvoice(invoice="in_1", fields=InvoiceFields(discounts=(choice,)))) == code
    assert found.refusal(UpdateInvoiceItem(item="ii_0", discounts=of("for_setup"))) == "coupon_applies_to_nothing"
    found.do(UpdateInvoiceItem(item="ii_0", charge=ItemCharge(amount=1000)))
    found.do(UpdateInvoice(invoice="in_1", fields=InvoiceFields(discounts=(DiscountChoice(code="large"),))))
    assert amounts(found) == [900]
    found.do(FinalizeInvoice(invoice="in_1"))
    changed = UpdateInvoice(invoice="in_1", fields=InvoiceFields(discounts=of("half")))
    assert found.refusal(changed) == "invoice_final"
    found.do(CreateInvoice(id="in_9", currency="eur"))
    again = UpdateInvoice(invoice="in_9", fields=InvoiceFields(discounts=(DiscountChoice(code="first"),)))
    assert found.refusal(again) == "promotion_code_not_first_time"


@given(
    st.lists(st.integers(-5000, 5000), min_size=1, max_size=6),
    st.lists(st.sampled_from(["half", "ten", "three_euro"]), unique=True),
    st.lists(st.sampled_from(["half", "ten", "three_euro"]), unique=True),
)
def test_lines_and_what_was_taken_always_add_up(charges: list[int], wide: list[str], bound: list[str]) -> None:
    found = life(*charges)
    found.do(UpdateInvoiceItem(item="ii_0", discounts=of(*bound)))
    give(found, *wide)
    for line, charge in zip(found.newest.lines, charges, strict=True):
        assert line.gross == charge
        assert 0 <= line.amount <= charge if charge > 0 else line.amount == charge
    assert found.newest.total == sum(amounts(found))
    found.do(FinalizeInvoice(invoice="in_1"), HALF)
    assert found.newest.total == sum(amounts(found))

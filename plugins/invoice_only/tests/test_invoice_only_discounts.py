"""Discounts through the engine: who has them, for how long, and what becomes of them when a plan changes."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from frontdesk.book import Account, BillingSettings, Invoice, Price, Product, Recurring, Subscription, Terms
from frontdesk.changes import Changes, apply
from frontdesk.commands import (
    AccountCommand,
    Advance,
    ChangeDiscounts,
    ChangePlan,
    CreateCustomer,
    CreateSubscription,
    ItemChange,
    NewItem,
    SetCustomerDiscount,
)
from frontdesk.coupons import Coupon, DiscountChoice, PromotionCode, Redemption
from frontdesk.errors import Refused
from frontdesk.ids import CountingIds
from frontdesk.notice_settings import NO_NOTICES
from frontdesk.quotes import Quote
from frontdesk.quoting import next_due, quote_from
from frontdesk_invoice_only.engine import bill

START = datetime(2025, 6, 1, tzinfo=UTC)
HALF = datetime(2025, 6, 16, tzinfo=UTC)
END = datetime(2025, 7, 1, tzinfo=UTC)
LATER = datetime(2025, 8, 1, tzinfo=UTC)


def price(id: str, amount: int, product: str = "seats", interval: Any = "month") -> Price:
    recurring = Recurring(interval=interval)
    return Price(
        id=id, product=product, currency="usd", unit_amount=Decimal(amount), created=START, recurring=recurring
    )


def coupon(id: str, percent: int | str | None = None, amount: int | None = None, **fields: Any) -> Coupon:
    return Coupon(
        id=id,
        created=START,
        percent_off=None if percent is None else Decimal(percent),
        amounts_off={} if amount is None else {"usd": amount},
        **({"duration": "forever"} | fields),
    )


def code(id: str, of: str, **fields: Any) -> PromotionCode:
    return PromotionCode(id=id, code=id.upper(), coupon=of, created=START, **fields)


PRICES = (
    price("ten", 1000),
    price("twenty", 2000),
    price("support", 500, "support"),
    price("yearly", 10_000, interval="year"),
)
COUPONS = (
    coupon("quarter", 25),
    coupon("all", 100),
    coupon("five", amount=500),
    coupon("once", 25, duration="once"),
    coupon("five_once", amount=500, duration="once"),
    coupon("three", 20, duration="repeating", duration_in_months=3),
    coupon("for_support", 50, products=("support",)),
    coupon("expired", 10, redeem_by=START),
    coupon("used_up", 10, max_redemptions=2, times_redeemed=2),
    coupon("deleted", 10, deleted=True),
    replace(coupon("euros"), amounts_off={"eur": 100}),
)
CODES = (
    code("spring", "quarter"),
    code("first", "quarter", first_time_transaction=True),
    code("big", "quarter", minimum_amounts={"usd": 2000}),
    code("mine", "quarter", customer="cus_1"),
    code("theirs", "quarter", customer="cus_2"),
    code("late", "quarter", expires_at=START),
    code("off", "quarter", active=False),
    code("gone", "quarter", max_redemptions=1, times_redeemed=1),
    code("of_deleted", "deleted"),
)
TERMS = Terms(
    settings=BillingSettings(currency="usd", days_until_due=60, notices=NO_NOTICES),
    products={each: Product(id=each, name=each, created=START, updated=START) for each in ("seats", "support")},
    prices={each.id: each for each in PRICES},
    coupons={each.id: each for each in COUPONS},
    promotion_codes={each.id: each for each in CODES},
)


def by(*coupons: str) -> tuple[DiscountChoice, ...]:
    return tuple(DiscountChoice(coupon=each) for each in coupons)


class Life:
    def __init__(self, *items: str | NewItem, at: datetime = START, **fields: Any) -> None:
        self.ids = CountingIds()
        self.account: Account = apply(None, bill(None, TERMS, CreateCustomer(id="cus_1"), at, self.ids))
        if items:
            self.do(self.creation(*items, **fields), at)

    @staticmethod
    def creation(*items: str | NewItem, **fields: Any) -> CreateSubscription:
        new = tuple(NewItem(price=each) if isinstance(each, str) else each for each in items)
        return CreateSubscription(items=new, **fields)

    def do(self, command: AccountCommand, at: datetime = HALF) -> Changes:
        changes = bill(self.account, TERMS, command, at, self.ids)
        self.account = apply(self.account, changes)
        return changes

    def quote(self, command: AccountCommand, at: datetime = HALF) -> Quote:
        changes = bill(self.account, TERMS, command, at, CountingIds(10**6))
        return quote_from(self.account, changes, command, at, TERMS, CountingIds(2 * 10**6))

    def refusal(self, command: AccountCommand, at: datetime = HALF) -> str:
        with pytest.raises(Refused) as refused:
            bill(self.account, TERMS, command, at, self.ids)
        return refused.value.refusal.code

    @property
    def only(self) -> Subscription:
        (subscription,) = self.account.subscriptions
        return subscription

    def change(self, price: str | None = None, **fields: Any) -> ChangePlan:
        item = ItemChange(id=self.only.items[0].id, price=price, quantity=fields.pop("quantity", None))
        return ChangePlan(subscription=self.only.id, items=(item,), **fields)

    def totals(self) -> list[int]:
        return [each.total for each in self.account.invoices]

    @property
    def last(self) -> Invoice:
        return self.account.invoices[-1]


def test_an_invoice_keeps_what_each_line_was_before_its_discounts() -> None:
    life = Life("ten", "twenty", discounts=by("five"))
    invoice = life.last
    assert [(each.gross, each.amount) for each in invoice.lines] == [(1000, 834), (2000, 1666)]
    assert [[off.amount for off in each.discounts] for each in invoice.lines] == [[166], [334]]
    assert invoice.total == sum(each.amount for each in invoice.lines) == 2500
    assert [each.coupon for each in invoice.discounts] == ["five"]


@pytest.mark.parametrize(("order", "taken"), [(("quarter", "five"), [750, 500]), (("five", "quarter"), [500, 625])])
def test_several_are_applied_in_the_order_listed(order: tuple[str, str], taken: list[int]) -> None:
    life = Life(NewItem(price="ten", quantity=3), discounts=by(*order))
    assert [each.amount for each in life.last.lines[0].discounts] == taken
    assert [each.coupon for each in life.only.discounts] == list(order)


@pytest.mark.parametrize("mode", ["flexible", "classic"])
def test_p52_prorations_carry_the_discount_inside(mode: str) -> None:
    life = Life("ten", discounts=by("quarter"), billing_mode=mode)
    command = life.change("twenty", proration_behavior="always_invoice")
    quote = life.quote(command)
    changes = life.do(command)
    assert [each.amount for each in quote.lines] == [-375, 750]
    assert [each.amount for each in life.last.lines] == [-375, 750]
    assert life.last.discounts == ()
    assert quote.due_now == 375
    assert quote.renewal is not None
    assert quote.renewal.amount == 1500
    assert quote.invoice is not None
    assert changes.invoices[0].total == quote.invoice.total
    life.do(Advance(), END)
    assert life.last.total == 1500


@pytest.mark.parametrize("mode", ["flexible", "classic"])
def test_a_credit_has_the_discount_of_the_debit_that_it_gives_back(mode: str) -> None:
    life = Life("ten", discounts=by("quarter"), billing_mode=mode)
    life.do(ChangeDiscounts(subscription=life.only.id, discounts=()), datetime(2025, 6, 10, tzinfo=UTC))
    life.do(life.change("twenty", proration_behavior="always_invoice"))
    assert [each.amount for each in life.last.lines] == [-375, 1000]
    life.do(life.change("ten", proration_behavior="always_invoice"))
    assert [each.amount for each in life.last.lines] == [-1000, 500]


def test_p54_a_repeating_discount_ends_before_the_bill_at_its_end() -> None:
    life = Life("ten", at=datetime(2025, 1, 31, tzinfo=UTC), discounts=by("three"))
    life.do(Advance(), datetime(2025, 5, 1, tzinfo=UTC))
    assert life.totals() == [800, 800, 800, 1000]
    assert life.only.discounts == ()


@pytest.mark.parametrize("name", ["once", "five_once"])
def test_once_is_used_up_by_the_first_invoice(name: str) -> None:
    life = Life("ten", discounts=by(name))
    assert life.only.discounts == ()
    life.do(Advance(), END)
    assert life.totals() == [750 if name == "once" else 500, 1000]


def test_once_in_the_middle_of_a_period_is_for_the_next_bill() -> None:
    life = Life("ten")
    life.do(ChangeDiscounts(subscription=life.only.id, discounts=by("once")))
    due = next_due(life.account, life.only, TERMS)
    assert due is not None
    assert due.amount == 750
    life.do(Advance(), LATER)
    assert life.totals() == [1000, 750, 1000]


def test_once_with_a_change_of_plan_is_used_up_by_its_debit() -> None:
    life = Life("ten")
    quote = life.quote(life.change("twenty", code="spring", proration_behavior="always_invoice"))
    assert [each.amount for each in quote.lines] == [-500, 750]
    life.do(life.change("twenty", discounts=by("once"), proration_behavior="create_prorations"))
    life.do(Advance(), END)
    assert life.last.total == -500 + 750 + 2000


def test_a_new_interval_is_discounted_as_a_whole() -> None:
    life = Life("ten", discounts=by("quarter"))
    life.do(life.change("yearly"))
    assert [each.amount for each in life.last.lines] == [-375, 7500]
    assert [each.gross for each in life.last.lines] == [-375, 10_000]


def test_a_customer_s_discount_stands_in_where_a_subscription_has_none() -> None:
    life = Life()
    life.do(SetCustomerDiscount(discount=by("quarter")[0]), START)
    life.do(Life.creation("ten"), START)
    life.do(Life.creation("ten", discounts=by("five")), START)
    assert life.totals() == [750, 500]
    life.do(SetCustomerDiscount(discount=None))
    life.do(Advance(), END)
    assert life.totals()[2:] == [1000, 500]


def test_a_customer_s_discount_stands_in_from_the_bill_on_that_the_subscription_s_is_over_for() -> None:
    life = Life("ten", at=datetime(2025, 1, 31, tzinfo=UTC), discounts=by("three"))
    life.do(SetCustomerDiscount(discount=by("once")[0]), datetime(2025, 2, 1, tzinfo=UTC))
    due = next_due(life.account, life.only, TERMS)
    assert due is not None
    assert due.amount == 800
    life.do(Advance(), datetime(2025, 6, 1, tzinfo=UTC))
    assert life.totals() == [800, 800, 800, 750, 1000]
    assert life.account.customer.discount is None


def test_once_that_took_nothing_off_is_still_had() -> None:
    life = Life("ten")
    minute_before = datetime(2025, 6, 30, 23, 59, tzinfo=UTC)
    life.do(life.change(quantity=2, discounts=by("once"), proration_behavior="always_invoice"), minute_before)
    assert [each.discounts for each in life.last.lines] == [(), ()]
    life.do(Advance(), END)
    assert life.last.total == 1500


def test_what_is_over_can_be_given_again() -> None:
    life = Life("yearly", discounts=by("three"))
    kept = (DiscountChoice(discount=life.only.discounts[0].id),)
    give = ChangeDiscounts(subscription=life.only.id, discounts=(*kept, *by("three")))
    assert life.refusal(give) == "coupon_twice"
    life.do(give, datetime(2025, 10, 1, tzinfo=UTC))
    assert [each.in_force(datetime(2025, 10, 1, tzinfo=UTC)) for each in life.only.discounts] == [False, True]


def test_a_customer_s_once_is_used_up_by_one_subscription() -> None:
    life = Life()
    life.do(SetCustomerDiscount(discount=by("once")[0]), START)
    life.do(Life.creation("ten"), START)
    life.do(Life.creation("ten"), START)
    assert life.totals() == [750, 1000]
    assert life.account.customer.discount is None


def test_an_item_s_discount_comes_before_those_of_the_whole_and_takes_from_it_alone() -> None:
    life = Life(NewItem(price="ten", discounts=by("quarter")), "twenty", discounts=by("five"))
    assert [each.amount for each in life.last.lines] == [750 - 136, 2000 - 364]
    item = life.only.items[0]
    dropped = ChangePlan(subscription=life.only.id, items=(ItemChange(id=item.id, discounts=()),))
    life.do(dropped)
    assert life.only.items[0].discounts == ()
    added = ChangePlan(subscription=life.only.id, items=(ItemChange(price="support", discounts=by("for_support")),))
    life.do(added)
    assert [each.coupon for each in life.only.items[2].discounts] == ["for_support"]
    life.do(Advance(), END)
    # What was added was debited half of its price less both discounts, of which five leaves 250 - 40.
    assert life.last.total == (1000 + 2000 + 250 - 500) + (250 - 40) // 2


def test_products_that_are_not_meant_are_billed_in_full() -> None:
    life = Life("ten", "support", discounts=by("for_support"))
    assert [each.amount for each in life.last.lines] == [1000, 250]
    assert Life().refusal(Life.creation("ten", discounts=by("for_support")), START) == "coupon_applies_to_nothing"


def test_redemptions_are_told_to_be_counted_and_those_kept_are_not() -> None:
    life = Life()
    assert life.do(Life.creation("ten", discounts=by("quarter")), START).redemptions == (Redemption(coupon="quarter"),)
    kept = DiscountChoice(discount=life.only.discounts[0].id)
    changes = life.do(ChangeDiscounts(subscription=life.only.id, discounts=(*by("five"), kept)))
    assert changes.redemptions == (Redemption(coupon="five"),)
    assert [each.coupon for each in life.only.discounts] == ["five", "quarter"]


REFUSED_CODES = {
    "nonsense": "code_unknown",
    "theirs": "code_unknown",
    "off": "code_unknown",
    "late": "promotion_code_expired",
    "gone": "promotion_code_used_up",
    "first": "promotion_code_not_first_time",
    "big": "promotion_code_minimum_on_update",
    "of_deleted": "promotion_code_inactive",
}


@pytest.mark.parametrize(("typed", "why"), REFUSED_CODES.items())
def test_codes_that_cannot_be_typed_now(typed: str, why: str) -> None:
    life = Life("ten")
    assert life.refusal(life.change("twenty", code=typed)) == why


@pytest.mark.parametrize("typed", ["spring", "  SpRiNg ", "MINE"])
def test_codes_are_compared_without_letter_case(typed: str) -> None:
    life = Life("ten")
    life.do(life.change("twenty", code=typed))
    (discount,) = life.only.discounts
    assert (discount.coupon, discount.code) == ("quarter", typed.strip().upper())


@pytest.mark.parametrize(
    ("choice", "why"),
    [
        (DiscountChoice(coupon="expired"), "coupon_expired"),
        (DiscountChoice(coupon="used_up"), "coupon_used_up"),
        (DiscountChoice(coupon="deleted"), "no_such_coupon"),
        (DiscountChoice(coupon="unheard"), "no_such_coupon"),
        (DiscountChoice(coupon="euros"), "coupon_currency"),
        (DiscountChoice(promotion_code="theirs"), "promotion_code_of_another"),
        (DiscountChoice(promotion_code="off"), "promotion_code_inactive"),
        (DiscountChoice(promotion_code="unheard"), "no_such_promotion_code"),
        (DiscountChoice(promotion_code="big"), "promotion_code_minimum"),
        (DiscountChoice(discount="di_unheard"), "no_such_discount"),
    ],
)
def test_what_cannot_be_had_changes_nothing(choice: DiscountChoice, why: str) -> None:
    assert Life().refusal(Life.creation("ten", discounts=(choice,)), START) == why


def test_a_minimum_is_what_the_first_bill_comes_to_before_discounts() -> None:
    life = Life(NewItem(price="ten", quantity=2), discounts=(DiscountChoice(promotion_code="big"),))
    assert life.totals() == [1500]
    assert Life().refusal(SetCustomerDiscount(discount=DiscountChoice(promotion_code="big"))) == (
        "promotion_code_minimum_on_update"
    )


def test_a_first_order_is_one_of_a_customer_who_was_never_billed() -> None:
    first = (DiscountChoice(promotion_code="first"),)
    assert Life("ten", discounts=first).totals() == [750]
    assert Life("ten").refusal(Life.creation("ten", discounts=first)) == "promotion_code_not_first_time"
    life = Life()
    life.account = replace(life.account, invoiced_before=True)
    assert life.refusal(Life.creation("ten", discounts=first), START) == "promotion_code_not_first_time"


def test_one_coupon_is_had_once_at_a_time() -> None:
    assert Life().refusal(Life.creation("ten", discounts=by("five", "five")), START) == "coupon_twice"
    life = Life("ten", discounts=by("quarter"))
    assert life.refusal(life.change("twenty", code="spring")) == "coupon_twice"


def test_nothing_to_change_is_refused_as_before() -> None:
    life = Life("ten", discounts=by("quarter"))
    assert life.refusal(life.change()) == "no_changes"
    kept = (DiscountChoice(discount=life.only.discounts[0].id),)
    assert life.do(ChangeDiscounts(subscription=life.only.id, discounts=kept)) == Changes(wake_at=END)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ten", "twenty", "yearly", "more", "fewer", "drop", "add"]),
        st.sampled_from(["none", "create_prorations", "always_invoice"]),
        st.integers(1, 40),
    ),
    max_size=8,
)


@settings(max_examples=150, deadline=None)
@given(STEPS, st.sampled_from(["flexible", "classic"]), st.booleans())
def test_with_everything_taken_off_nothing_is_ever_billed(
    steps: list[tuple[str, Any, int]], mode: Any, of_customer: bool
) -> None:
    life = Life()
    if of_customer:
        life.do(SetCustomerDiscount(discount=by("all")[0]), START)
    life.do(Life.creation("ten", discounts=() if of_customer else by("all"), billing_mode=mode), START)
    play(life, steps, discounts=())
    life.do(Advance(), datetime(2028, 1, 1, tzinfo=UTC))
    assert {each.total for each in life.account.invoices} == {0}
    assert {line.amount for each in life.account.invoices for line in each.lines} == {0}
    assert not any(life.account.customer.balances.values())


@settings(max_examples=150, deadline=None)
@given(
    STEPS,
    st.sampled_from(["flexible", "classic"]),
    st.lists(st.sampled_from(["quarter", "five", "once", "three"]), unique=True),
)
def test_a_quote_is_what_is_done_and_lines_stay_within_their_price(
    steps: list[tuple[str, Any, int]], mode: Any, discounts: list[str]
) -> None:
    life = Life("ten", discounts=by(*discounts), billing_mode=mode)
    play(life, steps, discounts=discounts)
    for invoice in life.account.invoices:
        assert invoice.total == sum(each.amount for each in invoice.lines)
        for line in invoice.lines:
            if line.kind != "unused_time":
                assert 0 <= line.amount <= line.gross or line.proration
            assert (line.amount < 0) == (line.kind == "unused_time" and line.amount != 0)


def play(life: Life, steps: list[tuple[str, Any, int]], discounts: Any) -> None:
    """Changes at random, each quoted first."""
    at = START
    for what, behavior, days in steps:
        at = at.fromtimestamp(at.timestamp() + days * 86_400 + 12_345, UTC)
        life.do(Advance(), at)
        quantity = life.only.items[0].quantity
        if what in ("drop", "add"):
            present = [each.coupon for each in life.only.discounts]
            wanted = () if what == "drop" else by(*discounts)
            if not discounts or (what == "drop") == (not present):
                continue
            command: AccountCommand = ChangeDiscounts(subscription=life.only.id, discounts=wanted)
        elif what in ("more", "fewer"):
            command = life.change(
                quantity=max(1, quantity + (2 if what == "more" else -1)), proration_behavior=behavior
            )
        else:
            command = life.change(what, proration_behavior=behavior)
        if isinstance(command, ChangePlan) and _as_it_is(life.only, command):
            continue
        quote = life.quote(command, at)
        before = life.account
        changes = life.do(command, at)
        assert quote.agrees_with(quote_from(before, changes, command, at, TERMS, CountingIds()))


def _as_it_is(subscription: Subscription, command: ChangePlan) -> bool:
    item, change = subscription.items[0], command.items[0]
    return change.price in (None, item.price) and change.quantity in (None, item.quantity)

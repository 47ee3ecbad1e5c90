"""Tax through the engine: on every invoice, on what is given back, and in what is shown before."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontdesk.book import Account, BillingSettings, Invoice, Price, Product, Recurring, Subscription, Terms, Tier
from frontdesk.changes import Changes, apply
from frontdesk.commands import (
    AccountCommand,
    Advance,
    BillingDetails,
    CancelSubscription,
    ChangePlan,
    CreateCustomer,
    CreateSubscription,
    DescribeSubscription,
    ItemChange,
    NewItem,
    UpdateBillingDetails,
)
from frontdesk.coupons import Coupon, DiscountChoice
from frontdesk.errors import Refused
from frontdesk.ids import CountingIds
from frontdesk.invoice_commands import CreateInvoice
from frontdesk.money import round_half_away
from frontdesk.notice_settings import NO_NOTICES
from frontdesk.quotes import Quote
from frontdesk.quoting import next_bill, next_due, quote_from
from frontdesk.tax_rates import TaxRate
from frontdesk.taxing import added
from frontdesk_invoice_only.engine import bill

FILE = Path(__file__).parents[3] / "tests" / "data" / "proration_cases.json"
CASES = {each["id"]: each for each in json.loads(FILE.read_text())["cases"]}
START = datetime(2025, 6, 1, tzinfo=UTC)
HALF = datetime(2025, 6, 16, tzinfo=UTC)
END = datetime(2025, 7, 1, tzinfo=UTC)


def price(id: str, amount: int | None, **fields: Any) -> Price:
    return Price(
        id=id,
        product="seats",
        currency="eur",
        unit_amount=None if amount is None else Decimal(amount),
        created=START,
        recurring=Recurring(interval="month"),
        **fields,
    )


def rate(id: str, percentage: str, inclusive: bool = False, **fields: Any) -> TaxRate:
    return TaxRate(
        id=id, display_name="VAT", percentage=Decimal(percentage), inclusive=inclusive, created=START, **fields
    )


PRICES = (
    price("ten", 1000),
    price("twelve", 1200),
    price("twenty", 2000),
    price("twenty_four", 2400),
    price("hundred", 10_000),
    price("two_hundred", 20_000),
    price("odd", 333),
    price("odder", 333),
    price("oddest", 333),
    price(
        "tiers",
        None,
        billing_scheme="tiered",
        tiers_mode="graduated",
        tiers=(
            Tier(up_to=2, unit_amount=Decimal("333.5"), flat_amount=Decimal(99)),
            Tier(up_to=None, unit_amount=Decimal(250)),
        ),
    ),
    price("net", 1000, tax_behavior="exclusive"),
    price("gross", 1000, tax_behavior="inclusive"),
)
RATES = (
    rate("vat19", "19"),
    rate("vat16", "16"),
    rate("state", "8.875"),
    rate("in20", "20", inclusive=True),
    rate("in7", "7", inclusive=True),
    rate("archived", "19", active=False),
)
COUPONS = (
    Coupon(id="third", created=START, percent_off=Decimal("33.33"), duration="forever"),
    Coupon(id="five", created=START, amounts_off={"eur": 500}, duration="forever"),
)
TERMS = Terms(
    settings=BillingSettings(notices=NO_NOTICES, currency="eur"),
    products={"seats": Product(id="seats", name="Seats", created=START, updated=START)},
    prices={each.id: each for each in PRICES},
    coupons={each.id: each for each in COUPONS},
    tax_rates={each.id: each for each in RATES},
)


class Life:
    """A customer with one subscription, taxed by `rates`."""

    def __init__(self, *items: str | NewItem, rates: tuple[str, ...] = ("vat19",), **fields: Any) -> None:
        self.ids = CountingIds()
        details = BillingDetails(tax_exempt=fields.pop("tax_exempt", "none"))
        self.account: Account = apply(
            None, bill(None, TERMS, CreateCustomer(id="cus_1", details=details), START, self.ids)
        )
        new = tuple(NewItem(price=each) if isinstance(each, str) else each for each in items)
        self.do(CreateSubscription(items=new, default_tax_rates=rates, **fields), START)

    def do(self, command: AccountCommand, at: datetime = HALF) -> Changes:
        changes = bill(self.account, TERMS, command, at, self.ids)
        self.account = apply(self.account, changes)
        return changes

    def quote(self, command: AccountCommand, at: datetime = HALF) -> Quote:
        changes = bill(self.account, TERMS, command, at, CountingIds(10**6))
        return quote_from(self.account, changes, command, at, TERMS, CountingIds(2 * 10**6))

    def refusal(self, command: AccountCommand, at: datetime = HALF) -> tuple[str, str | None]:
        with pytest.raises(Refused) as refused:
            bill(self.account, TERMS, command, at, self.ids)
        return refused.value.refusal.code, refused.value.refusal.param

    @property
    def only(self) -> Subscription:
        (subscription,) = self.account.subscriptions
        return subscription

    @property
    def last(self) -> Invoice:
        return self.account.invoices[-1]

    def change(self, price: str | None = None, quantity: int | None = None, **fields: Any) -> ChangePlan:
        item = ItemChange(id=self.only.items[0].id, price=price, quantity=quantity)
        fields = {"proration_behavior": "always_invoice"} | fields
        return ChangePlan(subscription=self.only.id, items=(item,), **fields)

    def tax(self, *rates: str) -> DescribeSubscription:
        return DescribeSubscription(subscription=self.only.id, default_tax_rates=rates)


def line_taxes(invoice: Invoice) -> list[int]:
    return [sum(tax.amount for tax in each.taxes) for each in invoice.lines]


def test_p58_exclusive_tax_on_a_change() -> None:
    expected = CASES["P58"]["expected"]
    life = Life("ten")
    quote = life.quote(life.change("twenty"))
    life.do(life.change("twenty"))
    assert line_taxes(life.last) == expected["line_tax"]
    assert (life.last.subtotal, added(life.last.taxes), life.last.total) == (
        expected["subtotal"],
        expected["tax"],
        expected["total"],
    )
    assert quote.due_now == life.last.amount_due == 595
    assert quote.invoice is not None
    assert quote.invoice.taxes == life.last.taxes


def test_p59_inclusive_tax_is_in_the_price() -> None:
    expected = CASES["P59"]["expected"]
    life = Life("twelve", rates=("in20",))
    life.do(life.change("twenty_four"))
    assert [tax.taxable for each in life.last.lines for tax in each.taxes] == expected["net_lines"]
    (tax,) = life.last.taxes
    assert (tax.amount, life.last.total) == (expected["tax"], expected["total"])
    assert (life.last.subtotal, life.last.total_without_tax) == (600, 500)


def test_p60_tax_is_rounded_once_over_the_invoice() -> None:
    life = Life("odd", "odder", "oddest")
    (tax,) = life.last.taxes
    assert (tax.taxable, tax.amount) == (999, CASES["P60"]["expected"]["tax_per_category"])
    assert sum(line_taxes(life.last)) == tax.amount
    assert life.last.total == 999 + 190


@pytest.mark.parametrize(("mode", "credit_tax"), [("flexible", -950), ("classic", -800)])
def test_p62_a_credit_has_the_rate_of_what_it_gives_back(mode: Any, credit_tax: int) -> None:
    expected = CASES["P62"]["expected"]
    life = Life("hundred", billing_mode=mode)
    life.do(life.tax("vat16"))
    quote = life.quote(life.change("two_hundred"))
    life.do(life.change("two_hundred"))
    assert [each.amount for each in life.last.lines] == [expected["credit_line"], expected["debit_line"]]
    assert line_taxes(life.last) == [credit_tax, expected["debit_tax"]]
    assert quote.due_now == life.last.total == 5000 + credit_tax + 1600
    if mode == "flexible":
        assert [each.amount for each in life.last.taxes] == [expected["credit_tax"], expected["debit_tax"]]


def test_p63_reverse_charge_is_a_tax_of_zero_and_says_so() -> None:
    life = Life("ten", tax_exempt="reverse")
    life.do(life.change("twenty"))
    (tax,) = life.last.taxes
    assert (tax.amount, tax.taxable, tax.rate.exempt) == (CASES["P63"]["expected"]["tax"], 500, "reverse")
    assert (life.last.total, life.last.tax_exempt) == (CASES["P63"]["expected"]["total"], "reverse")


@pytest.mark.parametrize("exempt", ["exempt", "reverse"])
def test_who_is_exempt_since_gets_back_the_tax_that_was_paid(exempt: Any) -> None:
    life = Life("ten")
    life.do(UpdateBillingDetails(details=BillingDetails(tax_exempt=exempt)))
    life.do(life.change("twenty"))
    assert line_taxes(life.last) == [-95, 0]
    assert life.last.total == 500 - 95
    life.do(Advance(), END)
    assert (life.last.total, line_taxes(life.last)) == (2000, [0])


def test_who_is_taxed_since_gets_back_what_was_paid_and_no_more() -> None:
    life = Life("ten", tax_exempt="exempt")
    life.do(UpdateBillingDetails(details=BillingDetails(tax_exempt="none")))
    life.do(life.change("twenty"))
    assert line_taxes(life.last) == [0, 190]


def test_lines_that_waited_are_taxed_with_the_invoice_that_takes_them() -> None:
    life = Life("odd")
    life.do(life.change("odder", proration_behavior="create_prorations"))
    waiting = [each.line for each in life.account.pending_items]
    assert [each.amount for each in waiting] == [-167, 167]
    assert [each.taxes for each in waiting] == [(), ()]
    shown = next_bill(life.account, life.only, TERMS, CountingIds(10**6))
    life.do(Advance(), END)
    assert len(life.last.lines) == 3
    assert life.last.total == 333 + 63
    assert shown is not None
    assert (shown.amount, shown.taxes) == (life.last.total, life.last.taxes)


def test_an_item_has_rates_of_its_own_in_place_of_the_subscriptions() -> None:
    life = Life(NewItem(price="ten", tax_rates=("state", "vat16")), "twenty")
    assert [[tax.rate.id for tax in each.taxes] for each in life.last.lines] == [["state", "vat16"], ["vat19"]]
    assert [each.amount for each in life.last.taxes] == [89, 160, 380]
    item = ItemChange(id=life.only.items[0].id, tax_rates=())
    life.do(ChangePlan(subscription=life.only.id, items=(item,)))
    life.do(Advance(), END)
    assert [(tax.rate.id, tax.amount) for tax in life.last.taxes] == [("vat19", 570)]


def test_a_new_item_does_not_inherit_the_rates_of_one_that_goes_at_the_same_price() -> None:
    life = Life(NewItem(price="ten", tax_rates=("state",)), "twenty", rates=())
    going, new = ItemChange(id=life.only.items[0].id, deleted=True), ItemChange(price="ten", quantity=3)
    life.do(ChangePlan(subscription=life.only.id, items=(going, new), when="period_end"))
    life.do(Advance(), END)
    assert (life.last.total, life.last.taxes) == (5000, ())
    assert going.id not in {each.id for each in life.only.items}


def test_rates_that_change_move_no_money_before_the_next_bill() -> None:
    life = Life("ten")
    changes = life.do(life.tax())
    assert not changes.invoices
    assert not changes.pending_items
    assert not life.do(life.tax()).subscriptions
    life.do(Advance(), END)
    assert (life.last.total, life.last.taxes) == (1000, ())


def test_what_is_given_back_at_the_end_holds_its_tax() -> None:
    life = Life("ten")
    changes = life.do(CancelSubscription(subscription=life.only.id, when="now", prorate=True, invoice_now=True))
    invoice, unpaid = changes.invoices
    assert (invoice.total, invoice.amount_due) == (-595, 0)
    assert (unpaid.amount_set_off, life.account.customer.balances) == (595, {"eur": 0})


def test_drafts_are_summed_up_with_tax() -> None:
    life = Life("ten")
    life.do(CancelSubscription(subscription=life.only.id, when="now", prorate=True))
    life.do(CreateInvoice(id="in_1", pending="include"))
    assert (life.last.status, life.last.total) == ("draft", -595)


def test_a_plan_without_rates_has_no_taxes() -> None:
    life = Life("ten", rates=())
    assert (life.last.total, life.last.taxes, life.last.subtotal) == (1000, (), 1000)


@pytest.mark.parametrize(
    ("rates", "refusal"),
    [
        (("nobody",), ("no_such_tax_rate", "default_tax_rates[0]")),
        (("vat19", "archived"), ("tax_rate_inactive", "default_tax_rates[1]")),
        (("vat19", "vat19"), ("tax_rate_twice", "default_tax_rates[1]")),
        (("vat19", "in20"), ("tax_rates_mixed", "default_tax_rates[1]")),
        (("vat19",) * 6, ("too_many_tax_rates", "default_tax_rates")),
    ],
)
def test_rates_that_cannot_be_applied_are_refused(rates: tuple[str, ...], refusal: tuple[str, str]) -> None:
    life = Life("ten")
    new = CreateSubscription(items=(NewItem(price="ten"),), default_tax_rates=rates)
    assert life.refusal(new) == refusal
    assert life.refusal(life.tax(*rates)) == refusal
    item = ItemChange(id=life.only.items[0].id, tax_rates=rates)
    code, param = life.refusal(ChangePlan(subscription=life.only.id, items=(item,)))
    assert (code, param) == (refusal[0], refusal[1].replace("default_tax_rates", "items[0][tax_rates]"))


def test_a_price_and_a_rate_that_contradict_each_other_are_refused() -> None:
    life = Life("net", rates=("vat19",))
    assert life.refusal(life.tax("in20"))[0] == "tax_behavior_conflicts"
    assert life.refusal(life.change("gross"))[0] == "tax_behavior_conflicts"
    new = CreateSubscription(items=(NewItem(price="gross"),), default_tax_rates=("vat19",))
    assert life.refusal(new)[0] == "tax_behavior_conflicts"
    assert Life("gross", rates=("in20",)).last.total == 1000


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ten", "odd", "tiers", "more", "fewer", "taxes", "status"]),
        st.sampled_from(["none", "create_prorations", "always_invoice"]),
        st.integers(1, 40),
    ),
    max_size=8,
)
EXCLUSIVE = st.lists(st.sampled_from(["vat19", "vat16", "state"]), unique=True, max_size=2)
INCLUSIVE = st.lists(st.sampled_from(["in20", "in7"]), unique=True, max_size=2)


@settings(max_examples=120, deadline=None)
@given(
    STEPS,
    st.sampled_from(["flexible", "classic"]),
    EXCLUSIVE | INCLUSIVE,
    EXCLUSIVE,
    st.lists(st.sampled_from(["third", "five"]), unique=True),
)
def test_what_is_shown_is_what_is_billed(
    steps: list[tuple[str, Any, int]], mode: Any, rates: list[str], others: list[str], coupons: list[str]
) -> None:
    discounts = tuple(DiscountChoice(coupon=each) for each in coupons)
    life = Life(NewItem(price="tiers", quantity=3), "odder", rates=tuple(rates), billing_mode=mode, discounts=discounts)
    at = START
    for step, (what, behavior, days) in enumerate(steps):
        at = at.fromtimestamp(at.timestamp() + days * 86_400 + 12_345, UTC)
        _advance(life, at)
        if what == "taxes":
            life.do(life.tax(*(others if step % 2 else rates)), at)
        elif what == "status":
            status: Any = ("none", "exempt", "reverse")[days % 3]
            life.do(UpdateBillingDetails(details=BillingDetails(tax_exempt=status)), at)
        else:
            _change(life, what, behavior, at)
    for invoice in life.account.invoices:
        _check(invoice)


def _advance(life: Life, at: datetime) -> None:
    """Renewals until `at`, each as it was shown before it."""
    while (due := next_due(life.account, life.only, TERMS)) is not None and due.at <= at:
        shown = next_bill(life.account, life.only, TERMS, CountingIds(10**6))
        life.do(Advance(), due.at)
        assert shown is not None
        assert life.last.total == due.amount == shown.amount
        assert life.last.taxes == shown.taxes


def _change(life: Life, what: str, behavior: Any, at: datetime) -> None:
    item = life.only.items[0]
    if what in ("more", "fewer"):
        command = life.change(
            quantity=max(1, item.quantity + (2 if what == "more" else -1)), proration_behavior=behavior
        )
    else:
        command = life.change(what, proration_behavior=behavior)
    change = command.items[0]
    same = (change.price or item.price, change.quantity or item.quantity) == (item.price, item.quantity)
    if same:
        return
    quote = life.quote(command, at)
    changes = life.do(command, at)
    issued = [each for each in changes.invoices if each.created == at]
    assert quote.due_now == sum(each.amount_due for each in issued)
    if quote.invoice is not None:
        assert (quote.invoice.total, quote.invoice.taxes) == (issued[0].total, issued[0].taxes)


def _check(invoice: Invoice) -> None:
    """The sums hold, worked out here in another way than in the engine."""
    assert invoice.total == sum(each.amount for each in invoice.lines) + sum(
        tax.amount for tax in invoice.taxes if not tax.rate.inclusive
    )
    for tax in invoice.taxes:
        of_lines = [each for line in invoice.lines for each in line.taxes if each.rate == tax.rate]
        assert (sum(each.amount for each in of_lines), sum(each.taxable for each in of_lines)) == (
            tax.amount,
            tax.taxable,
        )
        if tax.rate.exempt != "none":
            assert tax.amount == 0
        elif not tax.rate.inclusive:
            assert tax.amount == round_half_away(tax.taxable * Fraction(tax.rate.percentage) / 100)

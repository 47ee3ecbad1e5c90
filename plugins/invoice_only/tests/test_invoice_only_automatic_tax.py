"""Tax that acts by code and place, through the engine: on bills, on what is given back, in what is shown before."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from frontdesk.book import (
    Account,
    Address,
    BillingSettings,
    Invoice,
    Price,
    Product,
    Recurring,
    SellerDetails,
    Subscription,
    Terms,
)
from frontdesk.changes import Changes, apply
from frontdesk.commands import (
    AccountCommand,
    Advance,
    BillingDetails,
    ChangePlan,
    CreateCustomer,
    CreateSubscription,
    DescribeSubscription,
    ItemChange,
    NewItem,
    UpdateBillingDetails,
)
from frontdesk.errors import Refused
from frontdesk.ids import CountingIds
from frontdesk.invoice_commands import (
    CreateInvoice,
    CreateInvoiceItem,
    FinalizeInvoice,
    InvoiceFields,
    ItemCharge,
    UpdateInvoice,
    UpdateInvoiceItem,
)
from frontdesk.notice_settings import NO_NOTICES
from frontdesk.quoting import next_bill, next_due, quote_from
from frontdesk.tax_ids import TaxId, Verification
from frontdesk.tax_rates import TaxRate
from frontdesk.tax_settings import PlaceRate, Registration, TaxSettings
from frontdesk_invoice_only.engine import bill

START = datetime(2026, 6, 1, tzinfo=UTC)
HALF = datetime(2026, 6, 16, tzinfo=UTC)
END = datetime(2026, 7, 1, tzinfo=UTC)
SAAS, E_BOOK, GIFT_CARD = "txcd_10103001", "txcd_10302000", "txcd_10502000"


def row(percentage: str | None, *codes: str, since: date = date(2000, 1, 1), **fields: Any) -> PlaceRate:
    exact = None if percentage is None else Decimal(percentage)
    return PlaceRate(**{"name": "VAT", "tax_type": "vat", **fields}, percentage=exact, since=since, codes=codes)


TAX = TaxSettings(
    automatic=True,
    preset_code=SAAS,
    registrations=tuple(
        Registration(id=f"taxreg_{place}", country=place[:2], state=place[3:] or None, created=START, active_from=START)
        for place in ("DE", "CA", "CA-QC")
    ),
    rates={
        "DE": (row(None, GIFT_CARD), row("19"), row("7", E_BOOK), row("20", since=date(2026, 7, 1))),
        "CA": (row("5", name="GST", tax_type="gst"), row("13", in_state="ON", name="HST", tax_type="hst")),
        "CA-QC": (row("9.975", name="QST", tax_type="qst"),),
    },
    codes=(SAAS, E_BOOK, GIFT_CARD),
)
PRODUCTS = {"seats": None, "book": E_BOOK, "card": GIFT_CARD, "odd": "txcd_12345678"}


def priced(id: str, product: str, amount: int, **fields: Any) -> Price:
    recurring = None if id.startswith("once") else Recurring(interval="month")
    return Price(
        id=id,
        product=product,
        currency="eur",
        unit_amount=Decimal(amount),
        created=START,
        recurring=recurring,
        **fields,
    )


PRICES = (
    priced("hundred", "seats", 10_000),
    priced("two_hundred", "seats", 20_000),
    priced("gross", "seats", 11_900, tax_behavior="inclusive"),
    priced("book", "book", 1000),
    priced("card", "card", 1000),
    priced("odd", "odd", 1000),
    priced("once", "book", 1000),
)
TERMS = Terms(
    settings=BillingSettings(
        notices=NO_NOTICES, currency="eur", seller=SellerDetails(name="Acme", address=Address(country="DE")), tax=TAX
    ),
    products={
        id: Product(id=id, name=id.title(), created=START, updated=START, tax_code=code)
        for id, code in PRODUCTS.items()
    },
    prices={each.id: each for each in PRICES},
    tax_rates={
        "by_hand": TaxRate(id="by_hand", display_name="By hand", percentage=Decimal(3), inclusive=False, created=START)
    },
)
BUSINESS = TaxId(
    id="txi", type="eu_vat", value="ATU12345678", created=START, verification=Verification(status="verified")
)


class Life:
    def __init__(self, country: str | None = "DE", state: str | None = None, terms: Terms = TERMS) -> None:
        self.ids, self.terms = CountingIds(), terms
        address = None if country is None else Address(country=country, state=state)
        opened = bill(None, terms, CreateCustomer(id="cus_1", details=BillingDetails(address=address)), START, self.ids)
        self.account: Account = apply(None, opened)

    def start(self, *prices: str, at: datetime = START, **fields: Any) -> None:
        self.do(CreateSubscription(items=tuple(NewItem(price=each) for each in prices), **fields), at)

    def own(self, *ids: TaxId) -> None:
        self.account = replace(self.account, customer=replace(self.account.customer, tax_ids=ids))

    def do(self, command: AccountCommand, at: datetime = HALF) -> Changes:
        changes = bill(self.account, self.terms, command, at, self.ids)
        self.account = apply(self.account, changes)
        return changes

    def refusal(self, command: AccountCommand) -> str:
        with pytest.raises(Refused) as refused:
            bill(self.account, self.terms, command, HALF, self.ids)
        return refused.value.refusal.code

    @property
    def only(self) -> Subscription:
        (subscription,) = self.account.subscriptions
        return subscription

    @property
    def last(self) -> Invoice:
        return self.account.invoices[-1]

    @property
    def taxes(self) -> list[tuple[str, str, int, int]]:
        return [(each.rate.name, f"{each.rate.percentage}", each.taxable, each.amount) for each in self.last.taxes]

    def change(self, price: str, **fields: Any) -> ChangePlan:
        item = ItemChange(id=self.only.items[0].id, price=price)
        return ChangePlan(subscription=self.only.id, items=(item,), **{"proration_behavior": "always_invoice"} | fields)


def test_two_tax_codes_on_one_invoice_get_two_rates_and_a_product_without_one_takes_the_preset() -> None:
    life = Life()
    life.start("hundred", "book")
    assert life.taxes == [("VAT", "19", 10_000, 1900), ("VAT", "7", 1000, 70)]
    assert life.last.total == 10_000 + 1900 + 1000 + 70
    assert [tax.rate.place for each in life.last.lines for tax in each.taxes] == ["DE", "DE"]
    preset = replace(TERMS, settings=replace(TERMS.settings, tax=replace(TAX, preset_code=E_BOOK)))
    life = Life(terms=preset)
    life.start("hundred", "book")
    assert life.taxes == [("VAT", "7", 11_000, 770)]


def test_an_unknown_code_is_refused_and_changes_nothing() -> None:
    life = Life()
    new = CreateSubscription(items=(NewItem(price="odd"),))
    assert life.refusal(new) == "tax_code_unknown"
    life.start("hundred")
    assert life.refusal(life.change("odd")) == "tax_code_unknown"
    item = CreateInvoiceItem(id="ii_1", charge=ItemCharge(unit_amount=Decimal(5), product="odd"), currency="eur")
    assert life.refusal(item) == "tax_code_unknown"
    life.do(DescribeSubscription(subscription=life.only.id, automatic_tax=False))
    life.do(life.change("odd"))
    assert life.refusal(DescribeSubscription(subscription=life.only.id, automatic_tax=True)) == "tax_code_unknown"


def test_a_code_that_became_unknown_renews_with_the_preset() -> None:
    life = Life()
    life.start("book")
    life.terms = replace(TERMS, settings=replace(TERMS.settings, tax=replace(TAX, codes=(SAAS,))))
    life.do(Advance(), END)
    assert life.taxes == [("VAT", "20", 1000, 200)]


def test_what_is_not_taxable_has_no_tax() -> None:
    life = Life()
    life.start("card")
    assert (life.taxes, life.last.total) == ([], 1000)


def test_a_business_elsewhere_in_the_union_owes_the_tax_itself() -> None:
    life = Life("AT")
    life.own(BUSINESS)
    life.start("hundred", "book")
    assert life.taxes == [("VAT", "0", 11_000, 0)]
    assert (life.last.total, life.last.reverse_charged, life.last.tax_exempt) == (11_000, True, "none")


@pytest.mark.parametrize(
    ("country", "state", "taxes"),
    [
        ("US", None, []),
        ("AT", None, [("VAT", "19", 10_000, 1900)]),
        ("CA", "ON", [("HST", "13", 10_000, 1300)]),
        ("CA", "QC", [("GST", "5", 10_000, 500), ("QST", "9.975", 10_000, 998)]),
    ],
)
def test_where_the_customer_is(country: str, state: str | None, taxes: list[Any]) -> None:
    life = Life(country, state)
    life.start("hundred")
    assert life.taxes == taxes
    assert not life.last.reverse_charged


def test_an_inclusive_price_holds_its_tax() -> None:
    life = Life()
    life.start("gross")
    assert (life.taxes, life.last.total) == ([("VAT", "19", 10_000, 1900)], 11_900)
    inclusive = replace(TERMS, settings=replace(TERMS.settings, tax=replace(TAX, behavior="inferred_by_currency")))
    life = Life(terms=inclusive)
    life.start("hundred")
    assert (life.last.total, life.last.total_without_tax) == (10_000, 8403)


def test_rates_by_hand_win() -> None:
    life = Life()
    life.start("hundred", default_tax_rates=("by_hand",))
    assert life.only.automatic_tax
    assert life.taxes == [("By hand", "3", 10_000, 300)]


def test_tax_is_automatic_only_where_that_is_said() -> None:
    life = Life()
    life.start("hundred", automatic_tax=False)
    assert (life.taxes, life.last.automatic_tax) == ([], False)
    by_hand = replace(TERMS, settings=replace(TERMS.settings, tax=replace(TAX, automatic=False)))
    life = Life(terms=by_hand)
    life.start("hundred")
    assert life.taxes == []
    life.start("hundred", automatic_tax=True)
    assert (life.taxes, life.last.automatic_tax) == ([("VAT", "19", 10_000, 1900)], True)


def test_a_customer_without_a_country_cannot_begin_and_is_renewed_as_at_home() -> None:
    life = Life(None)
    assert life.refusal(CreateSubscription(items=(NewItem(price="hundred"),))) == "customer_tax_location_invalid"
    life = Life("AT")
    life.start("hundred")
    life.do(UpdateBillingDetails(details=BillingDetails(address=None)))
    life.do(Advance(), END)
    assert life.taxes == [("VAT", "20", 10_000, 2000)]


def test_a_new_rate_holds_from_its_day_and_credits_keep_the_old_one() -> None:
    life = Life()
    life.start("hundred", at=HALF)
    assert life.taxes == [("VAT", "19", 10_000, 1900)]
    shown = next_bill(life.account, life.only, TERMS, CountingIds(10**6))
    assert shown is not None
    assert [(each.rate.percentage, each.amount) for each in shown.taxes] == [(Decimal(20), 2000)]
    quote_ids = CountingIds(10**7)
    at = datetime(2026, 7, 2, tzinfo=UTC)
    change = life.change("two_hundred")
    dry = bill(life.account, TERMS, change, at, quote_ids)
    quote = quote_from(life.account, dry, change, at, TERMS, quote_ids)
    life.do(change, at)
    assert [(each.rate.percentage, each.amount < 0) for each in life.last.taxes] == [
        (Decimal(19), True),
        (Decimal(20), False),
    ]
    assert quote.invoice is not None
    assert (quote.invoice.taxes, quote.due_now) == (life.last.taxes, life.last.amount_due)


def test_who_moves_is_taxed_elsewhere_from_the_next_line_on() -> None:
    life = Life()
    life.start("hundred")
    life.do(UpdateBillingDetails(details=BillingDetails(address=Address(country="CA", state="ON"))))
    life.do(Advance(), END)
    assert life.taxes == [("HST", "13", 10_000, 1300)]


def test_what_is_shown_is_what_is_billed_with_a_line_that_waits() -> None:
    life = Life()
    life.start("hundred")
    life.do(CreateInvoiceItem(id="ii_1", charge=ItemCharge(amount=333), currency="eur", description="Set-up"))
    life.do(CreateInvoiceItem(id="ii_2", charge=ItemCharge(unit_amount=Decimal(999), product="book"), currency="eur"))
    life.do(life.change("two_hundred", proration_behavior="create_prorations"))
    shown = next_bill(life.account, life.only, TERMS, CountingIds(10**6))
    due = next_due(life.account, life.only, TERMS)
    life.do(Advance(), END)
    assert shown is not None
    assert due is not None
    assert shown.taxes == life.last.taxes
    assert shown.amount == due.amount == life.last.total
    # Two lines at the rate of their own day, two at that of the day on which they were billed, the book at its own.
    assert {each.rate.percentage for each in life.last.taxes} == {Decimal(19), Decimal(20), Decimal(7)}


def test_lines_on_a_draft_are_taxed_as_long_as_it_says_so() -> None:
    life = Life()
    life.do(CreateInvoice(id="in_1", currency="eur"))
    life.do(CreateInvoiceItem(id="ii_1", charge=ItemCharge(price="once"), invoice="in_1"))
    life.do(CreateInvoiceItem(id="ii_2", charge=ItemCharge(amount=1000), invoice="in_1"))
    life.do(CreateInvoiceItem(id="ii_3", charge=ItemCharge(amount=1000), invoice="in_1", tax_rates=("by_hand",)))
    assert life.taxes == [("VAT", "7", 1000, 70), ("VAT", "19", 1000, 190), ("By hand", "3", 1000, 30)]
    life.do(UpdateInvoiceItem(item="ii_2", tax_code=E_BOOK))
    assert life.taxes[0] == ("VAT", "7", 2000, 140)
    life.do(UpdateInvoiceItem(item="ii_2", charge=ItemCharge(amount=3000)))
    assert life.taxes[0] == ("VAT", "7", 4000, 280)
    life.do(UpdateInvoice(invoice="in_1", fields=InvoiceFields(automatic_tax=False)))
    assert life.taxes == [("By hand", "3", 1000, 30)]
    life.do(UpdateInvoice(invoice="in_1", fields=InvoiceFields(automatic_tax=True)))
    life.do(FinalizeInvoice(invoice="in_1"), END)
    assert life.taxes == [("VAT", "7", 4000, 280), ("By hand", "3", 1000, 30)]


WHERE = [("DE", None), ("AT", None), ("CA", "ON"), ("CA", "QC"), ("US", None), (None, None)]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["hundred", "two_hundred", "gross", "book", "card", "move", "business", "status", "line"]),
            st.sampled_from(["none", "create_prorations", "always_invoice"]),
            st.integers(1, 40),
        ),
        max_size=8,
    ),
    st.sampled_from(["flexible", "classic"]),
)
def test_in_every_life_what_is_shown_is_what_is_billed(steps: list[tuple[str, Any, int]], mode: Any) -> None:
    life, at = Life(), START
    life.start("hundred", "book", billing_mode=mode)
    for step, (what, behavior, days) in enumerate(steps):
        at += timedelta(days=days, seconds=12_345)
        _renewed_as_shown(life, at)
        if what == "move":
            country, state = WHERE[days % len(WHERE)]
            address = Address(country=country, state=state)
            life.do(UpdateBillingDetails(details=BillingDetails(address=address)), at)
        elif what == "business":
            ids = (BUSINESS,) if days % 2 else ()
            life.do(UpdateBillingDetails(details=BillingDetails(tax_ids=ids)), at)
        elif what == "status":
            status: Any = ("none", "exempt", "reverse")[days % 3]
            life.do(UpdateBillingDetails(details=BillingDetails(tax_exempt=status)), at)
        elif what == "line":
            charge = ItemCharge(amount=333 * days)
            life.do(CreateInvoiceItem(id=f"ii_{step}", charge=charge, currency="eur", description="Extra"), at)
        elif what not in [each.price for each in life.only.items]:
            _changed_as_shown(life, life.change(what, proration_behavior=behavior), at)
    for invoice in life.account.invoices:
        on_top = sum(tax.amount for tax in invoice.taxes if not tax.rate.inclusive)
        assert invoice.total == sum(each.amount for each in invoice.lines) + on_top
        assert all(tax.amount == 0 for tax in invoice.taxes if tax.rate.exempt != "none")


def _renewed_as_shown(life: Life, at: datetime) -> None:
    while (due := next_due(life.account, life.only, TERMS)) is not None and due.at <= at:
        shown = next_bill(life.account, life.only, TERMS, CountingIds(10**6))
        life.do(Advance(), due.at)
        assert shown is not None
        assert life.last.total == due.amount == shown.amount
        assert life.last.taxes == shown.taxes


def _changed_as_shown(life: Life, change: ChangePlan, at: datetime) -> None:
    dry = bill(life.account, TERMS, change, at, CountingIds(10**6))
    quote = quote_from(life.account, dry, change, at, TERMS, CountingIds(10**7))
    done = life.do(change, at)
    issued = [each for each in done.invoices if each.created == at]
    assert quote.due_now == sum(each.amount_due for each in issued)
    if quote.invoice is not None:
        assert quote.invoice.taxes == issued[0].taxes

"""Prices with tiers, in packages and in further currencies, through the engine: priced first, then prorated.

Quoted and carried out, against the integers of tests/data/proration_cases.json.
"""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from frontdesk.book import (
    Account,
    BillingSettings,
    CurrencyOption,
    Line,
    Price,
    Product,
    Recurring,
    Subscription,
    Terms,
    Tier,
    TransformQuantity,
)
from frontdesk.changes import Changes, apply
from frontdesk.commands import (
    AccountCommand,
    Advance,
    ChangePlan,
    CreateCustomer,
    CreateSubscription,
    ItemChange,
    NewItem,
)
from frontdesk.errors import Refused
from frontdesk.ids import CountingIds
from frontdesk.notice_settings import NO_NOTICES
from frontdesk.portal_configuration import SubscriptionUpdate
from frontdesk.put_off import is_to_wait
from frontdesk.quotes import Quote
from frontdesk.quoting import quote_from
from frontdesk_invoice_only.engine import bill

FILE = Path(__file__).parents[3] / "tests" / "data" / "proration_cases.json"
CASES = {case["id"]: case for case in json.loads(FILE.read_text())["cases"]}
START = datetime(2025, 6, 1, tzinfo=UTC)
HALF = datetime(2025, 6, 16, tzinfo=UTC)
END = datetime(2025, 7, 1, tzinfo=UTC)


def tier(up_to: int | None, unit: int | None = None, flat: int | None = None) -> Tier:
    return Tier(
        up_to=up_to,
        unit_amount=None if unit is None else Decimal(unit),
        flat_amount=None if flat is None else Decimal(flat),
    )


def price(id: str, **fields: Any) -> Price:
    given = {"product": "seats", "currency": "usd", "created": START, "recurring": Recurring(interval="month")}
    return Price(id=id, **given | fields)


def in_tiers(id: str, mode: Any, *tiers: Tier) -> Price:
    return price(id, billing_scheme="tiered", tiers_mode=mode, tiers=tiers)


EUROS = {"eur": CurrencyOption(unit_amount=Decimal(900))}
PRICES = (
    in_tiers("seats", "graduated", tier(5, 700), tier(None, 500)),
    in_tiers("included", "graduated", tier(10, None, 1000), tier(None, 50, 500)),
    in_tiers("volume", "volume", tier(10, 100), tier(None, 50)),
    price("pack", unit_amount=Decimal(400), transform_quantity=TransformQuantity(divide_by=10, round="up")),
    price("plain", unit_amount=Decimal(1000)),
    price("both", unit_amount=Decimal(1000), currency_options=EUROS),
    price("both_seats", unit_amount=Decimal(2000), currency_options={"eur": CurrencyOption(unit_amount=Decimal(1800))}),
)


class Life:
    """One customer, carried along by the plain function."""

    def __init__(self) -> None:
        product = Product(id="seats", name="Seats", created=START, updated=START, unit_label="seat")
        self.terms = Terms(
            settings=BillingSettings(notices=NO_NOTICES, currency="usd"),
            products={"seats": product},
            prices={each.id: each for each in PRICES},
        )
        self.ids = CountingIds()
        self.account: Account | None = None
        self.do(CreateCustomer(id="cus_1"), START)

    def do(self, command: AccountCommand, at: datetime) -> Changes:
        changes = bill(self.account, self.terms, command, at, self.ids)
        self.account = apply(self.account, changes)
        return changes

    def quote(self, command: AccountCommand, at: datetime) -> Quote:
        changes = bill(self.account, self.terms, command, at, CountingIds(10**6))
        return quote_from(self.account, changes, command, at, self.terms, CountingIds(2 * 10**6))

    def start(self, price: str, quantity: int, **fields: Any) -> Changes:
        return self.do(CreateSubscription(items=(NewItem(price=price, quantity=quantity),), **fields), START)

    @property
    def only(self) -> Subscription:
        assert self.account is not None
        (subscription,) = self.account.subscriptions
        return subscription

    def to(self, quantity: int, price: str | None = None, behavior: Any = "always_invoice") -> ChangePlan:
        item = ItemChange(id=self.only.items[0].id, quantity=quantity, price=price)
        return ChangePlan(subscription=self.only.id, items=(item,), proration_behavior=behavior)


def amounts(lines: tuple[Line, ...]) -> list[int]:
    return [each.amount for each in lines]


@pytest.mark.parametrize("behavior", ["create_prorations", "always_invoice"])
@pytest.mark.parametrize("mode", ["flexible", "classic"])
@pytest.mark.parametrize(("id", "of", "before", "after"), [("P68", "seats", 8, 12), ("P71", "included", 10, 25)])
def test_tiers_are_priced_first_and_prorated_then(
    id: str, of: str, before: int, after: int, mode: Any, behavior: Any
) -> None:
    inputs, expected = CASES[id]["inputs"], CASES[id]["expected"]
    life = Life()
    (first,) = life.start(of, before, billing_mode=mode).invoices
    assert amounts(first.lines) == [inputs["old_amount"]]
    command = life.to(after, behavior=behavior)
    quote = life.quote(command, HALF)
    assert amounts(quote.lines) == [expected["credit_line"], expected["debit_line"]]
    assert quote.renewal is not None
    changes = life.do(command, HALF)
    (renewal,) = life.do(Advance(), END).invoices
    if behavior == "always_invoice":
        (invoice,) = changes.invoices
        assert (invoice.total, quote.due_now) == (expected["net"], expected["net"])
        assert amounts(renewal.lines) == [inputs["new_amount"]]
    else:
        assert amounts(renewal.lines) == [expected["credit_line"], expected["debit_line"], inputs["new_amount"]]
    assert quote.renewal.amount == renewal.total
    assert [(each.unit_amount, each.quantity) for each in first.lines] == [(None, before)]


def test_p72_packages_are_rounded_up() -> None:
    case = CASES["P72"]
    life = Life()
    (invoice,) = life.start("pack", case["inputs"]["quantity"]).invoices
    (line,) = invoice.lines
    assert (line.amount, line.package, line.unit_amount) == (case["expected"]["amount"], 10, Decimal(400))
    # 21 and 30 seats are three packages alike; 31 are one more, for half of the period.
    assert amounts(life.quote(life.to(30), HALF).lines) == [-600, 600]
    assert life.quote(life.to(31), HALF).due_now == 200


def test_one_more_can_make_all_cheaper_in_volume() -> None:
    life = Life()
    life.start("volume", 10)
    quote = life.quote(life.to(11), HALF)
    assert amounts(quote.lines) == [-500, 275]
    assert quote.set_off == 225
    invoice, _ = life.do(life.to(11), HALF).invoices
    assert invoice.total == -225


def test_a_subscription_is_billed_in_its_own_currency() -> None:
    life = Life()
    (invoice,) = life.start("both", 2, currency="eur").invoices
    assert (invoice.currency, invoice.total) == ("eur", 1800)
    assert (life.only.currency, life.only.items[0].billed and life.only.items[0].billed.amount) == ("eur", 1800)
    assert life.account is not None
    assert life.account.customer.currency == "eur"
    command = life.to(2, "both_seats")
    assert amounts(life.quote(command, HALF).lines) == [-900, 1800]
    (changed,) = life.do(command, HALF).invoices
    assert (changed.currency, changed.total) == ("eur", 900)
    (renewal,) = life.do(Advance(), END).invoices
    assert [(each.amount, each.currency, each.unit_amount) for each in renewal.lines] == [(3600, "eur", Decimal(1800))]


def test_the_customers_currency_decides_where_none_is_named() -> None:
    life = Life()
    assert life.account is not None
    life.account = replace(life.account, customer=replace(life.account.customer, currency="eur"))
    (invoice,) = life.start("both", 1).invoices
    assert (invoice.currency, invoice.total) == ("eur", 900)
    (dollars,) = life.start("plain", 1).invoices
    assert (dollars.currency, dollars.total) == ("usd", 1000)


def test_a_smaller_plan_in_the_subscriptions_currency_waits_as_in_any_other() -> None:
    life = Life()
    life.start("both_seats", 2, currency="eur")
    feature = SubscriptionUpdate(schedule_at_period_end=("decreasing_item_amount",))
    assert is_to_wait(life.only, life.to(2, "both"), feature, life.terms)
    assert is_to_wait(life.only, life.to(1), feature, life.terms)
    assert not is_to_wait(life.only, life.to(3), feature, life.terms)


def test_what_cannot_be_started_or_changed_to() -> None:
    life = Life()
    plain, both = NewItem(price="plain"), NewItem(price="both")
    for command, code in (
        (CreateSubscription(items=(plain,), currency="eur"), "currencies_differ"),
        (CreateSubscription(items=(both, plain), currency="eur"), "currencies_differ"),
        (CreateSubscription(items=(NewItem(price="seats", quantity=999_999_999 * 5),)), "quantity_impossible"),
    ):
        with pytest.raises(Refused) as refused:
            life.do(command, START)
        assert refused.value.refusal.code == code
    life.start("both", 1, currency="eur")
    with pytest.raises(Refused) as refused:
        life.do(life.to(1, "plain"), HALF)
    assert refused.value.refusal.code == "currencies_differ"
    assert "only supports `usd`" in refused.value.refusal.for_tenant.format_map(dict(refused.value.refusal.parameters))


def test_an_amount_that_cannot_be_reckoned_with_is_refused() -> None:
    life = Life()
    with pytest.raises(Refused) as refused:
        life.start("plain", 999_999_999 + 1)
    assert refused.value.refusal.code == "quantity_impossible"
    life.terms = replace(
        life.terms, prices={**life.terms.prices, "dear": price("dear", unit_amount=Decimal(999_999_999_999))}
    )
    with pytest.raises(Refused) as refused:
        life.start("dear", 2)
    assert refused.value.refusal.code == "amount_impossible"
    life.start("dear", 1)

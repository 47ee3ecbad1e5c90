"""The sums of core, each against a second one that was written differently (tests/oracle), and field by field.

With these, `make mutants` changes core's sums in every small way and sees that a test notices (docs/mutants.md).
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from oracle.days import DAY, around, mark
from oracle.sums import nearest, taken, tax

from frontdesk.book import Customer, Interval, Line, Recurring, Subscription, SubscriptionItem
from frontdesk.coupons import Coupon, Discount, LineDiscount, PromotionCode
from frontdesk.discounts import (
    Charge,
    by_discount,
    charges_of,
    discount_of,
    of_subscription,
    taken_off,
)
from frontdesk.money import allocate, amount_to_stripe, line_amount, round_half_away
from frontdesk.periods import Stretch, boundary, period_containing, stretch_from, stretches, whole_seconds
from frontdesk.proration import debit, fraction_left, share
from frontdesk.tax_amounts import LineTax, Rate, Taxable, tax_of_lines

_1970 = datetime(1970, 1, 1, tzinfo=UTC)
AMOUNT = st.integers(-(10**7), 10**7)
AMOUNTS = st.lists(AMOUNT, min_size=1, max_size=6)
# From 1990 to 2190.
SECONDS = st.one_of(st.integers(631152000, 6942672000), st.integers(7305, 80354).map(lambda day: day * DAY))
RECURRINGS = st.builds(Recurring, interval=st.sampled_from(get_args(Interval)), interval_count=st.integers(1, 13))


def at(seconds: int) -> datetime:
    return _1970 + timedelta(seconds=seconds)


def rhythm(recurring: Recurring) -> tuple[str, int]:
    return recurring.interval, recurring.interval_count


# -- money ------------------------------------------------------------------------------------------------------------


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_rounding(above: int, below: int) -> None:
    assert round_half_away(Fraction(above, below)) == nearest(above, below)


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=6))
def test_allocation_is_floors_and_a_rest(total: int, weights: list[int]) -> None:
    sign, whole = (-1 if total < 0 else 1), sum(weights) or 1
    floors = [sign * (abs(total) * each // whole) for each in weights[:-1]]
    assert allocate(total, weights) == (*floors, total - sum(floors))


def test_allocation_over_nothing_gives_the_last_everything() -> None:
    assert allocate(7, [0, 0, 0]) == (0, 0, 7)
    assert allocate(-500, [1, 2]) == (-166, -334)
    with pytest.raises(ValueError, match=r"^weights are one or more non-negative integers$"):
        allocate(1, [])


@given(st.integers(0, 10**9), st.integers(0, 10**4))
def test_unit_prices_with_six_decimals(millionths: int, quantity: int) -> None:
    assert line_amount(Decimal(millionths).scaleb(-6), quantity) == nearest(millionths * quantity, 10**6)


def test_most_amounts_are_sent_as_they_are() -> None:
    assert [amount_to_stripe(each, "eur") for each in (1, 333, -1)] == [1, 333, -1]


# -- time -------------------------------------------------------------------------------------------------------------


@given(SECONDS, RECURRINGS, st.integers(-40, 400))
def test_boundaries(anchor: int, recurring: Recurring, n: int) -> None:
    found = boundary(at(anchor), recurring, n)
    assert found == at(mark(anchor, rhythm(recurring), n))
    period = period_containing(at(anchor), recurring, found)
    assert (period.index, period.start, period.end) == (n, found, boundary(at(anchor), recurring, n + 1))


@given(SECONDS, RECURRINGS, SECONDS, st.one_of(st.none(), st.integers(-(10**7), 10**8)))
def test_stretches_of_periods(anchor: int, recurring: Recurring, start: int, more: int | None) -> None:
    first, last = around(anchor, rhythm(recurring), start)
    until = None if more is None else start + more
    end = last if until is None or until <= start else min(last, until)
    found = stretch_from(at(anchor), recurring, at(start), None if until is None else at(until))
    assert found == Stretch(at(start), at(end), at(first), at(last))
    assert found.is_whole == ((start, end) == (first, last))


@pytest.mark.parametrize(
    ("instant", "index", "start", "end"),
    [
        ("2025-01-31", 0, "2025-01-31", "2025-02-28"),
        ("2025-02-27", 0, "2025-01-31", "2025-02-28"),
        ("2025-02-28", 1, "2025-02-28", "2025-03-31"),
        ("2025-03-15", 1, "2025-02-28", "2025-03-31"),
        ("2025-03-31", 2, "2025-03-31", "2025-04-30"),
        ("2024-12-30", -2, "2024-11-30", "2024-12-31"),
    ],
)
def test_the_period_of_a_day(instant: str, index: int, start: str, end: str) -> None:
    anchor, *days = (datetime.fromisoformat(each).replace(tzinfo=UTC) for each in ("2025-01-31", instant, start, end))
    found = period_containing(anchor, Recurring(interval="month"), days[0])
    assert (found.index, found.start, found.end) == (index, days[1], days[2])


def test_an_end_at_the_start_cuts_nothing_off() -> None:
    monthly = Recurring(interval="month")
    assert stretch_from(at(0), monthly, at(0), at(0)) == Stretch(at(0), at(31 * DAY), at(0), at(31 * DAY))
    assert stretch_from(at(0), monthly, at(0), at(1)) == Stretch(at(0), at(1), at(0), at(31 * DAY))


@given(SECONDS, RECURRINGS, st.integers(0, 5), st.integers(1, 99))
def test_a_line_for_each_period_until_now(anchor: int, recurring: Recurring, periods: int, hundredths: int) -> None:
    first, last = around(anchor, rhythm(recurring), anchor + 1)
    start = first + (last - first) * hundredths // 100
    marks = [mark(anchor, rhythm(recurring), n) for n in range(periods + 2)]
    found = stretches(at(anchor), recurring, at(start), at(marks[periods] if periods else start))
    expected = [Stretch(at(start), at(last), at(first), at(last))]
    expected += [Stretch(at(marks[n]), at(marks[n + 1]), at(marks[n]), at(marks[n + 1])) for n in range(1, periods + 1)]
    assert found == tuple(expected)


@given(st.integers(0, 10**9), st.integers(1, 10**8), st.integers(0, 10**8), st.integers(0, 10**8))
def test_shares_of_a_period(amount: int, length: int, one: int, two: int) -> None:
    start, end = sorted((one % (length + 1), two % (length + 1)))
    whole = Stretch(at(start), at(end), at(0), at(length))
    assert share(amount, whole) == nearest(amount * (end - start), length)
    assert debit(amount, at(0), at(length), at(start)) == nearest(amount * (length - start), length)


@pytest.mark.parametrize(("start", "end"), [(0, 20), (10, 30)])
def test_a_part_that_shares_one_boundary_is_no_whole(start: int, end: int) -> None:
    assert share(300, Stretch(at(start), at(end), at(0), at(30))) == 200


def test_what_is_refused_is_said() -> None:
    with pytest.raises(ValueError, match=r"^an instant has a time zone$"):
        whole_seconds(datetime(2025, 6, 1))  # noqa: DTZ001
    with pytest.raises(ValueError, match=r"^a period ends after it starts$"):
        fraction_left(at(1), at(1), at(1))
    with pytest.raises(ValueError, match=r"^a rate applies once to a line$"):
        tax_of_lines([Taxable(amount=1, rates=(RATES[0], RATES[0]))])


# -- taxes ------------------------------------------------------------------------------------------------------------

PERCENTAGES = {"a": "19", "b": "8.875", "c": "7"}
RATES = [Rate(id=id, percentage=Decimal(each)) for id, each in PERCENTAGES.items()]
TAXED = st.lists(
    st.tuples(AMOUNT, st.lists(st.sampled_from(RATES), unique=True, max_size=3), st.booleans()), min_size=1, max_size=6
)


@given(TAXED)
def test_taxes_of_lines_with_rates_of_both_kinds(lines: list[tuple[int, list[Rate], bool]]) -> None:
    """The second sum is of invoices whose rates are all on top, or all included: lines of the other kind have none."""
    found = tax_of_lines([Taxable(amount=amount, rates=tuple(rates), inclusive=kind) for amount, rates, kind in lines])
    for wanted in (False, True):
        rates = {id: {"percent": each, "inclusive": wanted} for id, each in PERCENTAGES.items()}
        plain = [
            {"amount": amount, "rates": [(each.id, "none") for each in of_line] if kind == wanted else []}
            for amount, of_line, kind in lines
        ]
        for (_, _, kind), line, expected in zip(lines, found, tax(plain, rates)[0], strict=True):
            if kind == wanted:
                assert line == tuple(
                    LineTax(rate=id, taxable=taxable, amount=amount, inclusive=wanted)
                    for id, taxable, amount in expected
                )


# -- discounts --------------------------------------------------------------------------------------------------------

GIFTS = st.one_of(
    st.decimals("0.01", 100, places=2).map(lambda each: {"percent": str(each)}),
    st.integers(1, 10**7).map(lambda each: {"amounts": {"usd": each}}),
)


@given(AMOUNTS, st.lists(st.tuples(GIFTS, st.sampled_from(((), ("a",), ("b", "c")))), max_size=4))
def test_what_discounts_take(amounts: list[int], given_: list[tuple[dict[str, Any], tuple[str, ...]]]) -> None:
    charges = [Charge(amount=each, product="abc"[place % 3]) for place, each in enumerate(amounts)]
    discounts = [
        Discount(
            id=f"di_{place}",
            coupon=f"c_{place}",
            start=_1970,
            duration="forever" if place else "once",
            percent_off=Decimal(gift["percent"]) if "percent" in gift else None,
            amounts_off=gift.get("amounts", {}),
            products=products,
            name=f"name {place}",
            code=f"CODE{place}",
        )
        for place, (gift, products) in enumerate(given_)
    ]
    gifts = [{**gift, "place": place} for place, (gift, _) in enumerate(given_)]
    meant = [[not products or each.product in products for each in charges] for _, products in given_]
    expected = [
        tuple(
            LineDiscount(
                discount=discounts[gift["place"]].id,
                coupon=discounts[gift["place"]].coupon,
                amount=part,
                name=discounts[gift["place"]].name,
                code=discounts[gift["place"]].code,
                percent_off=discounts[gift["place"]].percent_off,
                duration=discounts[gift["place"]].duration,
            )
            for gift, part in line
        )
        for line in taken(amounts, gifts, meant, "usd")
    ]
    assert taken_off(charges, discounts, "usd") == tuple(expected)


def test_a_coupon_is_copied_into_the_discount() -> None:
    coupon = Coupon(
        id="c",
        created=_1970,
        name="Spring",
        percent_off=Decimal(5),
        amounts_off={"usd": 500},
        duration="forever",
        duration_in_months=3,
        products=("a",),
    )
    code = PromotionCode(id="promo_1", code="SPRING", coupon="c", created=_1970)
    assert discount_of("di_1", coupon, at(5), code=code, item="si_1") == Discount(
        id="di_1",
        coupon="c",
        start=at(5),
        end=None,
        duration="forever",
        percent_off=Decimal(5),
        amounts_off={"usd": 500},
        products=("a",),
        name="Spring",
        promotion_code="promo_1",
        code="SPRING",
        item="si_1",
    )
    plain = discount_of("di_2", coupon, at(5))
    assert (plain.promotion_code, plain.code, plain.item) == (None, None, None)


def an_item(id: str, *discounts: Discount) -> SubscriptionItem:
    start = {"created": _1970, "period_start": _1970, "period_end": at(9)}
    return SubscriptionItem(id=id, price=f"price_{id}", quantity=1, discounts=discounts, **start)


def a_discount(id: str, **fields: Any) -> Discount:
    return Discount(id=id, coupon=id, start=at(5), percent_off=Decimal(10), **fields)


def test_which_discounts_a_bill_has() -> None:
    mine, whole, bound, over = a_discount("mine"), a_discount("whole"), a_discount("bound"), a_discount("o", end=at(6))
    customer = Customer(id="cus", created=_1970)
    plain = {"id": "sub", "customer": "cus", "status": "active", "currency": "eur", "created": _1970}
    times: dict[str, Any] = plain | {"start_date": _1970, "anchor": _1970}
    bare = Subscription(items=(an_item("si_1"),), **times)
    full = Subscription(items=(an_item("si_1", bound), an_item("si_2", over)), discounts=(whole,), **times)
    some = Subscription(items=(an_item("si_1"), an_item("si_2", bound)), **times)
    giver = Customer(id="cus", created=_1970, discount=mine)
    assert of_subscription(customer, bare, at(5)) == ()
    assert of_subscription(giver, bare, at(5)) == (mine,)
    assert of_subscription(giver, bare, at(4)) == ()
    assert of_subscription(giver, full, at(5)) == (bound, over, whole)
    assert of_subscription(customer, full, at(6)) == (bound, whole)
    assert of_subscription(customer, some, at(6)) == (bound,)
    assert of_subscription(giver, some, at(6)) == (bound, mine)


def test_items_as_charges() -> None:
    items = (an_item("si_1"), an_item("si_2"))
    assert charges_of(items, [100, 200], ["a", "b"]) == [
        Charge(amount=100, product="a", item="si_1"),
        Charge(amount=200, product="b", item="si_2"),
    ]


def test_what_each_discount_took_of_all_lines() -> None:
    def line(proration: bool, *taken: LineDiscount) -> Line:
        times = {"start": _1970, "end": _1970}
        fields: dict[str, Any] = {"id": "il", "kind": "charge", "amount": 1, "currency": "eur", "quantity": 1} | times
        return Line(proration=proration, discounts=taken, **fields)

    one, two = (LineDiscount(discount=id, coupon=f"c_{id}", amount=5, name=id) for id in ("one", "two"))
    lines = [line(False, one), line(True, one, two), line(False, one, two)]
    assert [(each.discount, each.name, each.amount) for each in by_discount(lines)] == [
        ("one", "one", 10),
        ("two", "two", 5),
    ]
    assert by_discount(lines, prorations=True) == (replace(one, amount=15), replace(two, amount=10))

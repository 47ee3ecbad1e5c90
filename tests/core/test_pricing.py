"""What a quantity costs: tiers, packages, decimals, further currencies; and which prices can be made at all."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from frontdesk.book import CurrencyOption, Customer, Price, Tier, TransformQuantity
from frontdesk.commands import CreateSubscription
from frontdesk.lines import full_amount
from frontdesk.money import round_half_away
from frontdesk.price_rules import price_faults
from frontdesk.pricing import in_currency, packages, sold_in, starting_currency, tax_behavior_in, tiered

NOW = datetime(2026, 3, 1, tzinfo=UTC)
AMOUNTS = st.none() | st.decimals(min_value=0, max_value=10_000, places=3)
QUANTITIES = st.integers(min_value=0, max_value=400)


def price(**fields: Any) -> Price:
    return Price(**{"id": "price_1", "product": "prod_1", "currency": "eur", "created": NOW} | fields)


def tier(up_to: int | None, unit: str | int | None = None, flat: str | int | None = None) -> Tier:
    def exact(given: str | int | None) -> Decimal | None:
        return None if given is None else Decimal(given)

    return Tier(up_to=up_to, unit_amount=exact(unit), flat_amount=exact(flat))


def in_tiers(mode: Any, *tiers: Tier) -> Price:
    return price(billing_scheme="tiered", tiers=tiers, tiers_mode=mode)


@st.composite
def ladders(draw: st.DrawFn) -> tuple[Tier, ...]:
    bounds = sorted(draw(st.sets(st.integers(min_value=1, max_value=300), max_size=5)))
    return tuple(Tier(up_to=each, unit_amount=draw(AMOUNTS), flat_amount=draw(AMOUNTS)) for each in (*bounds, None))


SEATS = in_tiers("graduated", tier(5, 700), tier(None, 500))
INCLUDED = in_tiers("graduated", tier(10, None, 1000), tier(None, 50, 500))
FREE = in_tiers("graduated", tier(100, 0), tier(None, "0.25"))
VOLUME = in_tiers("volume", tier(10, 100), tier(100, 80, 50), tier(None, 50))
PACKAGE = price(unit_amount=Decimal(400), transform_quantity=TransformQuantity(divide_by=10, round="up"))
DOWN = price(unit_amount=Decimal(400), transform_quantity=TransformQuantity(divide_by=10, round="down"))


@pytest.mark.parametrize(
    ("of", "quantity", "amount"),
    [
        (SEATS, 0, 0),
        (SEATS, 5, 3500),
        (SEATS, 6, 4000),
        (SEATS, 8, 5000),
        (SEATS, 12, 7000),
        (INCLUDED, 0, 1000),
        (INCLUDED, 10, 1000),
        (INCLUDED, 11, 1550),
        (INCLUDED, 25, 2250),
        (FREE, 100, 0),
        (FREE, 101, 0),
        (FREE, 102, 1),
        (FREE, 1100, 250),
        (VOLUME, 10, 1000),
        (VOLUME, 11, 930),
        (VOLUME, 100, 8050),
        (VOLUME, 101, 5050),
        (PACKAGE, 0, 0),
        (PACKAGE, 1, 400),
        (PACKAGE, 10, 400),
        (PACKAGE, 21, 1200),
        (DOWN, 9, 0),
        (DOWN, 21, 800),
        (price(unit_amount=Decimal("0.5")), 3, 2),
        (price(unit_amount=Decimal(1200)), 3, 3600),
    ],
)
def test_what_a_quantity_costs(of: Price, quantity: int, amount: int) -> None:
    assert full_amount(of, quantity, "eur") == amount


@given(ladders(), QUANTITIES)
def test_graduated_is_the_sum_of_its_units_one_by_one(tiers: tuple[Tier, ...], quantity: int) -> None:
    """A unit costs what its own tier says; the first of a tier, or nothing at all in the first, brings the flat fee."""
    total = Fraction(tiers[0].flat_amount or 0)
    for unit in range(1, quantity + 1):
        place = sum(each.up_to is not None and each.up_to < unit for each in tiers)
        opens = place > 0 and tiers[place - 1].up_to == unit - 1
        total += Fraction(tiers[place].unit_amount or 0) + (Fraction(tiers[place].flat_amount or 0) if opens else 0)
    assert tiered(tiers, False, quantity) == total
    amount = full_amount(in_tiers("graduated", *tiers), quantity, "eur")
    assert type(amount) is int
    assert amount == round_half_away(total)


@given(ladders(), QUANTITIES, QUANTITIES)
def test_more_of_a_graduated_price_never_costs_less(tiers: tuple[Tier, ...], one: int, other: int) -> None:
    of = in_tiers("graduated", *tiers)
    fewer, more = sorted((one, other))
    assert 0 <= full_amount(of, fewer, "eur") <= full_amount(of, more, "eur")


@given(ladders(), QUANTITIES)
def test_volume_counts_all_units_at_one_tier(tiers: tuple[Tier, ...], quantity: int) -> None:
    held = next(each for each in tiers if each.up_to is None or quantity <= each.up_to)
    exact = Fraction(held.unit_amount or 0) * quantity + Fraction(held.flat_amount or 0)
    amount = full_amount(in_tiers("volume", *tiers), quantity, "eur")
    assert type(amount) is int
    assert abs(amount - exact) <= Fraction(1, 2)


@given(ladders())
def test_a_single_tier_or_the_first_is_the_same_in_both_modes(tiers: tuple[Tier, ...]) -> None:
    for quantity in range((tiers[0].up_to or 50) + 1):
        assert tiered(tiers, True, quantity) == tiered(tiers, False, quantity)


@given(st.integers(min_value=1, max_value=1000), st.integers(min_value=0, max_value=10**9))
def test_packages_hold_the_quantity_or_leave_less_than_one(size: int, quantity: int) -> None:
    up = packages(TransformQuantity(divide_by=size, round="up"), quantity)
    down = packages(TransformQuantity(divide_by=size, round="down"), quantity)
    assert 0 <= up * size - quantity < size
    assert 0 <= quantity - down * size < size
    assert up - down == (quantity % size > 0)
    whole = price(unit_amount=Decimal("33.3"), transform_quantity=TransformQuantity(divide_by=size, round="up"))
    assert full_amount(whole, quantity, "eur") == round_half_away(Fraction(333, 10) * up)


def test_a_price_in_further_currencies() -> None:
    dollars = CurrencyOption(unit_amount=Decimal(1300), tax_behavior="exclusive")
    both = price(unit_amount=Decimal(1200), tax_behavior="inclusive", currency_options={"usd": dollars})
    assert (full_amount(both, 2, "eur"), full_amount(both, 2, "usd")) == (2400, 2600)
    assert (sold_in(both, "usd"), sold_in(both, "gbp")) == (True, False)
    assert (tax_behavior_in(both, "eur"), tax_behavior_in(both, "usd")) == ("inclusive", "exclusive")
    assert in_currency(both, "eur") is both
    assert in_currency(both, "usd").unit_amount == Decimal(1300)
    with pytest.raises(ValueError, match="not sold in gbp"):
        full_amount(both, 2, "gbp")
    packed = replace(PACKAGE, currency_options={"usd": dollars})
    assert full_amount(packed, 21, "usd") == 3900
    seats = replace(SEATS, currency_options={"jpy": CurrencyOption(tiers=(tier(5, 900), tier(None, 600)))})
    assert full_amount(seats, 8, "jpy") == 6300


def test_which_currency_a_subscription_starts_in() -> None:
    both = price(unit_amount=Decimal(1200), currency_options={"usd": CurrencyOption(unit_amount=Decimal(1300))})
    nobody, american = Customer(id="cus", created=NOW), Customer(id="cus", created=NOW, currency="usd")
    asked = CreateSubscription(items=(), currency="usd")
    assert starting_currency(CreateSubscription(items=()), nobody, both) == "eur"
    assert starting_currency(CreateSubscription(items=()), american, both) == "usd"
    assert starting_currency(CreateSubscription(items=()), american, SEATS) == "eur"
    assert starting_currency(asked, nobody, both) == "usd"


OPTION = CurrencyOption(unit_amount=Decimal(1300))


@pytest.mark.parametrize(
    ("of", "code", "param"),
    [
        (price(), "unit_amount_missing", "unit_amount"),
        (price(unit_amount=Decimal(1), tiers=SEATS.tiers), "tiers_need_scheme", "tiers"),
        (price(unit_amount=Decimal(1), tiers_mode="volume"), "tiers_mode_needs_tiers", "tiers_mode"),
        (replace(SEATS, unit_amount=Decimal(1)), "tiers_and_unit_amount", "tiers"),
        (replace(SEATS, transform_quantity=PACKAGE.transform_quantity), "tiers_and_transform_quantity", "tiers"),
        (replace(SEATS, tiers_mode=None), "tiers_mode_missing", "tiers_mode"),
        (replace(SEATS, tiers=()), "tiers_missing", "tiers"),
        (in_tiers("volume", tier(5, 1), tier(9, 1)), "last_tier_ends", "tiers[1][up_to]"),
        (in_tiers("volume", tier(None, 1), tier(None, 1)), "tier_endless", "tiers[0][up_to]"),
        (in_tiers("volume", tier(5, 1), tier(5, 1), tier(None, 1)), "tiers_order", "tiers[1][up_to]"),
        (in_tiers("volume", tier(5, 1), tier(4, 1), tier(None, 1)), "tiers_order", "tiers[1][up_to]"),
        (in_tiers("volume", tier(0, 1), tier(None, 1)), "tiers_order", "tiers[0][up_to]"),
        (in_tiers("volume", tier(10**9, 1), tier(None, 1)), "tier_too_large", "tiers[0][up_to]"),
        (in_tiers("volume", tier(None)), "tier_without_amount", "tiers[0]"),
        (in_tiers("volume", tier(None, -1)), "unit_amount_invalid", "tiers[0][unit_amount]"),
        (in_tiers("volume", tier(None, 1, -1)), "unit_amount_invalid", "tiers[0][flat_amount]"),
        (
            in_tiers("volume", tier(None, 1, "0.0000000000001")),
            "unit_amount_places",
            "tiers[0][flat_amount_decimal]",
        ),
        (in_tiers("volume", *(tier(n, 1) for n in range(1, 101)), tier(None, 1)), "tiers_too_many", "tiers"),
        (
            replace(PACKAGE, transform_quantity=TransformQuantity(divide_by=0, round="up")),
            "package_invalid",
            "transform_quantity[divide_by]",
        ),
        (
            price(unit_amount=Decimal(1), currency_options={"eur": OPTION}),
            "currency_is_default",
            "currency_options[eur]",
        ),
        (price(unit_amount=Decimal(1), currency_options={"xyz": OPTION}), "currency_unknown", "currency_options[xyz]"),
        (
            price(unit_amount=Decimal(1), currency_options={"usd": CurrencyOption()}),
            "unit_amount_missing",
            "currency_options[usd][unit_amount]",
        ),
        (
            price(unit_amount=Decimal(1), currency_options={"usd": CurrencyOption(tiers=SEATS.tiers)}),
            "tiers_need_scheme",
            "currency_options[usd][tiers]",
        ),
        (
            replace(SEATS, currency_options={"usd": CurrencyOption(tiers=(tier(6, 1), tier(None, 1)))}),
            "tiers_differ",
            "currency_options[usd][tiers]",
        ),
        (
            replace(SEATS, currency_options={"usd": replace(OPTION, tiers=SEATS.tiers)}),
            "tiers_and_unit_amount",
            "currency_options[usd][tiers]",
        ),
    ],
)
def test_prices_that_cannot_be(of: Price, code: str, param: str) -> None:
    found = next(price_faults(of))
    assert (found.code, found.param) == (code, param)


@pytest.mark.parametrize("of", [SEATS, INCLUDED, FREE, VOLUME, PACKAGE, DOWN])
def test_prices_that_can_be(of: Price) -> None:
    assert list(price_faults(of)) == []

"""What bills and cards say of discounts, in both languages."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from frontdesk.book import Line
from frontdesk.coupons import Discount, LineDiscount
from frontdesk_web.discount_words import discount_totals, held_phrase, line_discount_name
from frontdesk_web.line_words import describe_amount

NOW = datetime(2027, 1, 30, tzinfo=UTC)


def line(amount: int, *taken: LineDiscount, kind: str = "charge") -> Line:
    return Line(
        id="il_1",
        kind=kind,  # type: ignore[arg-type]
        amount=amount,
        currency="eur",
        quantity=1,
        start=NOW,
        end=NOW,
        proration=kind != "charge",
        discounts=taken,
    )


def taken(amount: int, id: str = "di_1", **fields: object) -> LineDiscount:
    return LineDiscount(discount=id, coupon="c", amount=amount, **fields)  # type: ignore[arg-type]


def test_the_sums_begin_before_discounts_and_end_with_the_total() -> None:
    spring = {"name": "Spring", "percent_off": Decimal("12.5")}
    lines = (
        line(875, taken(125, **spring)),
        line(400, taken(100, **spring), taken(500, "di_2"), kind="remaining_time"),
        line(-300, kind="unused_time"),
    )
    sums = [(each.label, each.amount) for each in discount_totals(lines, "eur", "en")]
    assert sums == [("Subtotal", "€17.00"), ("Spring (12.5% off)", "−€2.25"), ("Discount", "−€5.00")]
    assert [describe_amount(each, "en") for each in lines] == ["€10.00", "€10.00", "−€3.00"]
    assert discount_totals(lines[2:], "eur", "en") == ()


@pytest.mark.parametrize(
    ("discount", "english", "german"),
    [
        ({"duration": "once"}, "25% off your next invoice", "25\xa0% Rabatt auf Ihre nächste Rechnung"),
        (
            {"duration": "repeating", "end": datetime(2027, 4, 30, tzinfo=UTC)},
            "25% off until 30 April 2027",
            "25\xa0% Rabatt bis 30. April 2027",
        ),
        ({"duration": "forever"}, "25% off", "25\xa0% Rabatt"),
        (
            {"duration": "forever", "percent_off": None, "amounts_off": {"eur": 500}},
            "€5.00 off",
            "5,00\xa0€ Rabatt",
        ),
    ],
)
def test_how_long_somebody_has_it(discount: dict[str, object], english: str, german: str) -> None:
    held = Discount(**{"id": "di_1", "coupon": "c", "start": NOW, "percent_off": Decimal(25), **discount})  # type: ignore[arg-type]
    assert held_phrase(held, "eur", "en") == english
    assert held_phrase(held, "eur", "de") == german


def test_a_discount_is_called_by_its_name_or_its_code() -> None:
    assert line_discount_name(taken(1, name="Spring", code="SPRING"), "en") == "Spring"
    assert line_discount_name(taken(1, code="SPRING", percent_off=Decimal(25)), "en") == "SPRING (25% off)"
    assert line_discount_name(taken(1, percent_off=Decimal(25)), "de") == "25\xa0% Rabatt"

"""The words of prices: per unit, in packages, in tiers and by use, in every language."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from frontdesk.book import Price, Recurring, Tier, TransformQuantity
from frontdesk_web.price_words import english_plural, many, price_sentence, quantity_words, tier_words

MONTHLY = Recurring(interval="month")
BY_USE = Recurring(interval="month", usage_type="metered", meter="mtr_1")


def price(**fields: Any) -> Price:
    given = {"id": "p", "product": "q", "currency": "eur", "created": datetime(2026, 1, 1, tzinfo=UTC)}
    return Price(**given | {"recurring": MONTHLY} | fields)


def in_tiers(*tiers: Tier) -> Price:
    return price(billing_scheme="tiered", tiers_mode="graduated", tiers=tiers)


def shown(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


SEATS = (Tier(up_to=5, unit_amount=Decimal(700)), Tier(up_to=None, unit_amount=Decimal(500)))
INCLUDED = (Tier(up_to=10, flat_amount=Decimal(1000)), Tier(up_to=None, unit_amount=Decimal(50)))
BOTH = (Tier(up_to=None, unit_amount=Decimal(50), flat_amount=Decimal(1000)),)
TEN_UP, TEN_DOWN = (TransformQuantity(divide_by=10, round=each) for each in ("up", "down"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("of", "unit", "english", "german"),
    [
        (price(unit_amount=Decimal(1200)), "seat", "€12.00 per seat, per month", "12,00 € pro seat, pro Monat"),
        (price(unit_amount=Decimal(4900), recurring=None), None, "€49.00 once", "49,00 € einmalig"),
        (
            price(unit_amount=Decimal(400), transform_quantity=TEN_UP),
            "seat",
            "€4.00 per 10 seats, rounded up, per month",
            "4,00 € je 10 × seat, aufgerundet, pro Monat",
        ),
        (
            price(unit_amount=Decimal(400), transform_quantity=TEN_DOWN),
            None,
            "€4.00 per 10 units, rounded down, per month",
            "4,00 € je 10 Einheiten, abgerundet, pro Monat",
        ),
        (in_tiers(*SEATS), "seat", "from €7.00 per seat, per month", "ab 7,00 € pro seat, pro Monat"),
        (in_tiers(*INCLUDED), "seat", "from €10.00 per month", "ab 10,00 € pro Monat"),
        (
            in_tiers(*BOTH),
            None,
            "from €10.00 plus €0.50 per unit, per month",
            "ab 10,00 € plus 0,50 € pro Einheit, pro Monat",
        ),
        (
            price(unit_amount=Decimal(3), recurring=BY_USE),
            "call",
            "€0.03 per call, by use, per month",
            "0,03 € pro call, nach Verbrauch, pro Monat",
        ),
    ],
)
def test_what_a_price_is_called(of: Price, unit: str | None, english: str, german: str) -> None:
    assert shown(price_sentence(of, unit, "en")) == english
    assert shown(price_sentence(of, unit, "de")) == german


@pytest.mark.parametrize(
    ("of", "quantity", "words"),
    [
        (price(unit_amount=Decimal(1200)), 10, "10 × €12.00 per seat"),
        (price(unit_amount=Decimal(400), transform_quantity=TEN_UP), 21, "21 seats, €4.00 per 10 seats"),
        (in_tiers(*SEATS), 1, "1 seat"),
        (in_tiers(*SEATS), 1200, "1,200 seats"),
        (price(unit_amount=Decimal(3), recurring=BY_USE), 0, "€0.03 per seat, by use"),
    ],
)
def test_what_a_quantity_is_called(of: Price, quantity: int, words: str) -> None:
    assert shown(quantity_words(of, quantity, "seat", "en")) == words


def test_which_quantities_a_tier_holds() -> None:
    tiers = (*(Tier(up_to=each, unit_amount=Decimal(1)) for each in (1, 2, 2000)), Tier(up_to=None))
    assert tier_words(tiers, "en") == ("1", "2", "3–2,000", "2,001 and more")
    assert tier_words((Tier(up_to=None),), "de") == ("ab 1",)


def test_english_plurals_of_tenants_words() -> None:
    words = ("seat", "box", "branch", "library", "day", "bus", "Gerät", "m²")
    assert [english_plural(each) for each in words] == [
        "seats",
        "boxes",
        "branches",
        "libraries",
        "days",
        "buses",
        "Gerät",
        "m²",
    ]
    assert many(2, None, "de") == "2 Einheiten"

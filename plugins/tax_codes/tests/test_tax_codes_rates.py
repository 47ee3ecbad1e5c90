"""The rates keep the contract, and hold what the law says on the days around its changes."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from frontdesk.automatic_tax import rate_at
from frontdesk.eu_vat_area import EU_COUNTRIES
from frontdesk.tax_calculators import TaxCalculator
from frontdesk.testing.tax_calculators import TaxCalculatorContract
from frontdesk_tax_codes import PlaceTaxRates, StripeTaxCodes, tax_calculators
from frontdesk_tax_codes.place_rates import READING, UNTAXED

FILE = Path(__file__).parents[1] / "frontdesk_tax_codes" / "tax_rates.csv"
PLACES = tuple(dict.fromkeys(each["place"] for each in csv.DictReader(FILE.read_text("utf-8").splitlines())))
SAAS, E_BOOK, GIFT_CARD = "txcd_10103001", "txcd_10302000", "txcd_10502000"
TODAY = date(2026, 11, 27)


class TestPlaceTaxRates(TaxCalculatorContract):
    places = PLACES

    def make_calculator(self) -> TaxCalculator:
        return PlaceTaxRates()


def test_hook_tax_calculators() -> None:
    assert tax_calculators() == [PlaceTaxRates]


def test_every_country_of_the_union_is_there() -> None:
    assert set(PLACES) >= EU_COUNTRIES


async def test_every_code_that_has_a_rate_of_its_own_is_in_the_catalogue() -> None:
    assert {*READING, *UNTAXED} <= {each.id for each in await StripeTaxCodes().codes()}


@pytest.mark.parametrize(
    ("place", "state", "code", "day", "percentage"),
    [
        ("DE", None, SAAS, TODAY, "19"),
        ("DE", None, None, TODAY, "19"),
        ("DE", None, SAAS, date(2020, 6, 30), "19"),
        ("DE", None, SAAS, date(2020, 7, 1), "16"),
        ("DE", None, SAAS, date(2020, 12, 31), "16"),
        ("DE", None, SAAS, date(2021, 1, 1), "19"),
        ("DE", None, E_BOOK, date(2019, 12, 17), "19"),
        ("DE", None, E_BOOK, TODAY, "7"),
        ("DE", None, E_BOOK, date(2020, 7, 1), "5"),
        ("FR", None, E_BOOK, TODAY, "20"),
        ("FI", None, SAAS, date(2024, 8, 31), "24"),
        ("FI", None, SAAS, date(2024, 9, 1), "25.5"),
        ("EE", None, SAAS, TODAY, "24"),
        ("RO", None, SAAS, TODAY, "21"),
        ("GB", None, E_BOOK, TODAY, "0"),
        ("CH", None, SAAS, TODAY, "8.1"),
        ("CA", "ON", SAAS, TODAY, "13"),
        ("CA", "AB", SAAS, TODAY, "5"),
        ("CA", None, SAAS, TODAY, "5"),
        ("CA", "NS", SAAS, date(2025, 3, 31), "15"),
        ("CA", "NS", SAAS, date(2025, 4, 1), "14"),
        ("CA-QC", "QC", SAAS, TODAY, "9.975"),
        ("DE", None, GIFT_CARD, TODAY, None),
        ("SE", None, "txcd_00000000", TODAY, None),
    ],
)
async def test_a_rate(place: str, state: str | None, code: str | None, day: date, percentage: str | None) -> None:
    country, _, of_state = place.partition("-")
    row = rate_at(await PlaceTaxRates().rates(country, of_state or None), code, state, day)
    assert row is not None
    assert row.percentage == (None if percentage is None else Decimal(percentage))

"""The rates of `tax_rates.csv`: general ones, and those of the countries that tax digital reading at less.

A row holds from its day on, until a later row of its kind. *Reading* is digital books, magazines and newspapers; where
a country has no row for it, or takes it differently, its general rate is charged. Nobody charges tax on what is not
taxable, nor on a gift card (a voucher whose tax is due when it is used: Directive 2006/112/EC, article 73a). The United
States have no row: their rates go by address, which a plugin that knows them can add.
"""

import csv
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import cast

from frontdesk.tax_calculators import TaxCalculator
from frontdesk.tax_rates import TaxType
from frontdesk.tax_settings import PlaceRate, place_name

UNTAXED = ("txcd_00000000", "txcd_10502000")
READING = (
    *("txcd_10302000", "txcd_10302001", "txcd_10302002", "txcd_10302003", "txcd_10305000", "txcd_10305001"),
    *("txcd_10303000", "txcd_10303002", "txcd_10303100", "txcd_10303101", "txcd_10303102", "txcd_10303104"),
    *("txcd_10304000", "txcd_10304001", "txcd_10304002", "txcd_10304003", "txcd_10304100", "txcd_10304102"),
)
_CODES = {"general": (), "reading": READING}


class PlaceTaxRates(TaxCalculator):
    """The rates of the European Union, its neighbours and some more countries."""

    name = "tax_codes"
    title = "Frontdesk's own rates"

    async def rates(self, country: str, state: str | None) -> Sequence[PlaceRate]:
        """The rows of a place; see the file."""
        return _places().get(place_name(country, state), ())


@cache
def _places() -> dict[str, tuple[PlaceRate, ...]]:
    found: dict[str, tuple[PlaceRate, ...]] = {}
    text = files("frontdesk_tax_codes").joinpath("tax_rates.csv").read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        place, tax_type = row["place"], cast(TaxType, row["tax_type"])
        if place not in found:
            untaxed = PlaceRate(
                name=row["name"], tax_type=tax_type, percentage=None, since=date(1970, 1, 1), codes=UNTAXED
            )
            found[place] = (untaxed,)
        found[place] += (
            PlaceRate(
                name=row["name"],
                tax_type=tax_type,
                percentage=Decimal(row["percentage"]),
                since=date.fromisoformat(row["since"]),
                codes=_CODES[row["kind"]],
                in_state=row["in_state"] or None,
            ),
        )
    return found

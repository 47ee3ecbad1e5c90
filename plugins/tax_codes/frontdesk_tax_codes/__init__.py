"""The tax codes of Stripe's public list that a seller of software and media needs, and tax rates by code and place."""

import csv
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from frontdesk import TaxCalculator, TaxCatalogue, TaxCode, hookimpl
from frontdesk_tax_codes.place_rates import PlaceTaxRates


class StripeTaxCodes(TaxCatalogue):
    """The catalogue of `tax_codes.csv` (columns `id`, `name` and, where known, `description`)."""

    name = "tax_codes"
    title = "Product tax codes"

    async def codes(self) -> Sequence[TaxCode]:
        """All codes in the order of the file; one without a description is described by its name."""
        return _codes()


@cache
def _codes() -> tuple[TaxCode, ...]:
    text = files("frontdesk_tax_codes").joinpath("tax_codes.csv").read_text("utf-8")
    return tuple(
        TaxCode(id=row["id"], name=row["name"], description=row.get("description") or row["name"])
        for row in csv.DictReader(text.splitlines())
    )


@hookimpl
def tax_catalogues() -> list[type[TaxCatalogue]]:
    """The one catalogue of this plugin."""
    return [StripeTaxCodes]


@hookimpl
def tax_calculators() -> list[type[TaxCalculator]]:
    """The one calculator of this plugin."""
    return [PlaceTaxRates]

"""What the form and the page of a product show of how a price counts."""

from collections.abc import Mapping
from decimal import Decimal

from msgspec import Struct

from frontdesk.book import Price
from frontdesk_web.dashboard.price_scheme_form import FLAT, GRADUATED, PACKAGE, VOLUME, SchemeForm, TierRow
from frontdesk_web.formatting import unit_price
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.views import Field, Option
from frontdesk_web.price_words import tier_words

ROWS = 6
"""Rows that are there without scripts; two of them are empty after everything else is filled."""
_MODELS = {
    FLAT: _("Each unit alike"),
    PACKAGE: _("In packages"),
    GRADUATED: _("Graduated tiers"),
    VOLUME: _("Volume tiers"),
}
_ROUNDS = {"up": _("Rounded up"), "down": _("Rounded down")}


class TierFields(Struct, frozen=True, kw_only=True):
    """A row of tiers as it was typed, with what is wrong with it."""

    place: int
    up_to: str
    unit: str
    flat: str
    error: str


class SchemeFields(Struct, frozen=True, kw_only=True):
    """How a price counts: the choice, and the fields of each."""

    models: tuple[Option, ...]
    package_size: Field
    rounds: tuple[Option, ...]
    tiers: tuple[TierFields, ...]
    sample: str


class TierCells(Struct, frozen=True, kw_only=True):
    """A tier in a table: its quantities, what each unit costs, and what is due once."""

    quantities: str
    unit: str
    flat: str


def scheme_fields(form: SchemeForm, faults: Mapping[str, str], locale: str) -> SchemeFields:
    """The fields with what was typed, and what is wrong with it."""
    rows = (*form.rows, *(TierRow() for _row in range(max(ROWS - len(form.rows), 2))))
    return SchemeFields(
        models=tuple(
            Option(value=each, text=translate(locale, words), selected=each == form.model)
            for each, words in _MODELS.items()
        ),
        package_size=Field(value=form.package_size, error=faults.get("package_size", "")),
        rounds=tuple(
            Option(value=each, text=translate(locale, words), selected=each == form.package_round)
            for each, words in _ROUNDS.items()
        ),
        tiers=tuple(
            TierFields(
                place=place, up_to=row.up_to, unit=row.unit, flat=row.flat, error=faults.get(f"tier_{place}", "")
            )
            for place, row in enumerate(rows, start=1)
        ),
        sample=form.sample,
    )


def tier_cells(price: Price, locale: str) -> tuple[TierCells, ...]:
    """The tiers of a price, for a table; nothing for a price without them."""

    def shown(amount: Decimal | None) -> str:
        return "–" if amount is None else unit_price(amount, price.currency, locale)

    return tuple(
        TierCells(quantities=quantities, unit=shown(tier.unit_amount), flat=shown(tier.flat_amount))
        for quantities, tier in zip(tier_words(price.tiers, locale), price.tiers, strict=True)
    )

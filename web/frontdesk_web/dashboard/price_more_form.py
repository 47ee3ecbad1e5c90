"""What more a price can have, as it was typed: a meter that it is billed by, and amounts in further currencies."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from frontdesk.book import CurrencyOption, Recurring, TaxBehavior
from frontdesk.meters import Meter
from frontdesk.money import known_currency
from frontdesk_web.messages import translate
from frontdesk_web.portal.views import Field, Option
from frontdesk_web.typed_money import AmountUnclear, read_amount
from frontdesk_web.typed_text import one_line

ROWS = 3
"""Further currencies that a form takes. More can be added to a price through the API."""


class CurrencyRow(Struct, frozen=True, kw_only=True):
    """An amount in one more currency."""

    currency: str = ""
    amount: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was typed in it."""
        return not (self.currency.strip() or self.amount.strip())


class MoreForm(Struct, frozen=True, kw_only=True):
    """What was typed. `meter` is empty for a price of the quantity that is ordered."""

    meter: str = ""
    rows: tuple[CurrencyRow, ...] = ()

    @staticmethod
    def read(fields: Mapping[str, str]) -> "MoreForm":
        """The form from posted fields."""
        rows = (
            CurrencyRow(
                currency=fields.get(f"further_{place}_currency", "")[:10],
                amount=fields.get(f"further_{place}_amount", "")[:40],
            )
            for place in range(1, ROWS + 1)
        )
        return MoreForm(meter=one_line(fields.get("meter", ""))[:255], rows=tuple(rows))

    def measured(self, recurring: Recurring | None) -> Recurring | None:
        """How often it is billed, and by which meter."""
        if recurring is None or not self.meter:
            return recurring
        return Recurring(
            interval=recurring.interval,
            interval_count=recurring.interval_count,
            usage_type="metered",
            meter=self.meter,
        )

    def options(
        self, own: str, tax: TaxBehavior, in_tiers: bool, locale: str, faults: dict[str, str]
    ) -> dict[str, CurrencyOption]:
        """The further currencies; what cannot be read is added to `faults` by field."""
        found: dict[str, CurrencyOption] = {}
        for place, row in enumerate(self.rows, start=1):
            if row.empty:
                continue
            currency, field = row.currency.strip().lower(), f"further_{place}"
            if in_tiers:
                faults[field] = translate(locale, "A price in tiers has one currency here. Use the API for more.")
            elif not known_currency(currency):
                faults[field] = translate(locale, "Choose a currency from the list.")
            elif currency == own or currency in found:
                faults[field] = translate(locale, "This currency is there already.")
            else:
                try:
                    amount = read_amount(row.amount, currency, locale)
                    found[currency] = CurrencyOption(unit_amount=amount, tax_behavior=tax)
                except AmountUnclear as unclear:
                    faults[field] = unclear.sentence
        return found


class CurrencyFields(Struct, frozen=True, kw_only=True):
    """A row of a further currency as it was typed, with what is wrong with it."""

    place: int
    currencies: tuple[Option, ...]
    amount: Field


class MoreFields(Struct, frozen=True, kw_only=True):
    """The fields. No `meters`: nothing is counted that a price could be billed by."""

    meters: tuple[Option, ...]
    meter_error: str
    rows: tuple[CurrencyFields, ...]


def more_fields(
    form: MoreForm,
    faults: Mapping[str, str],
    meters: Sequence[Meter],
    currencies: Sequence[tuple[str, str]],
    locale: str,
) -> MoreFields:
    """The fields with what was typed. `currencies` are codes with their names."""
    rows = (*form.rows, *(CurrencyRow() for _row in range(ROWS - len(form.rows))))
    counted = tuple(
        Option(
            value=each.id,
            text=translate(locale, "What “{meter}” counts", meter=each.display_name),
            selected=each.id == form.meter,
        )
        for each in meters
    )
    ordered = Option(
        value="", text=translate(locale, "The quantity that is ordered"), selected=not any(x.selected for x in counted)
    )
    return MoreFields(
        meters=(ordered, *counted) if counted else (),
        meter_error=faults.get("meter", ""),
        rows=tuple(
            CurrencyFields(
                place=place,
                currencies=(
                    Option(value="", text=translate(locale, "None")),
                    *(
                        Option(value=code, text=text, selected=code == row.currency.strip().lower())
                        for code, text in currencies
                    ),
                ),
                amount=Field(value=row.amount, error=faults.get(f"further_{place}", "")),
            )
            for place, row in enumerate(rows, start=1)
        ),
    )

"""How a price counts, as it was typed: the same for each unit, in packages, or in tiers."""

import re
from collections.abc import Mapping
from decimal import Decimal

from msgspec import Struct

from frontdesk.book import BillingScheme, Price, Tier, TiersMode, TransformQuantity
from frontdesk_web.messages import translate
from frontdesk_web.typed_money import AmountUnclear, read_amount

FLAT, PACKAGE, GRADUATED, VOLUME = "flat", "package", "graduated", "volume"
ROWS_AT_MOST = 20
SAMPLE_AT_MOST = 1_000_000
_NO_END = frozenset({"", "∞", "inf"})
_WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)


class Charged(Struct, frozen=True, kw_only=True):
    """What a form says of the amounts, in the words of `CreatePrice`."""

    unit_amount: Decimal | None = None
    billing_scheme: BillingScheme = "per_unit"
    tiers: tuple[Tier, ...] = ()
    tiers_mode: TiersMode | None = None
    transform_quantity: TransformQuantity | None = None


class TierRow(Struct, frozen=True, kw_only=True):
    """A row of tiers: where it ends, what each unit costs, and what is due once."""

    up_to: str = ""
    unit: str = ""
    flat: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was typed in it."""
        return not (self.up_to.strip() or self.unit.strip() or self.flat.strip())


class SchemeForm(Struct, frozen=True, kw_only=True):
    """What was typed. `sample` is the quantity that the preview shows; rows without anything are left out."""

    model: str = FLAT
    package_size: str = "10"
    package_round: str = "up"
    sample: str = ""
    rows: tuple[TierRow, ...] = ()

    @staticmethod
    def read(fields: Mapping[str, str]) -> "SchemeForm":
        """The form from posted fields."""
        rows = (
            TierRow(**{name: fields.get(f"tier_{place}_{name}", "") for name in TierRow.__struct_fields__})
            for place in range(1, ROWS_AT_MOST + 1)
        )
        model = fields.get("model", FLAT)
        return SchemeForm(
            model=model if model in (PACKAGE, GRADUATED, VOLUME) else FLAT,
            package_size=fields.get("package_size", ""),
            package_round="down" if fields.get("package_round") == "down" else "up",
            sample=fields.get("sample", ""),
            rows=tuple(row for row in rows if not row.empty),
        )

    @staticmethod
    def like(price: Price) -> "SchemeForm":
        """An empty form that counts as the last price did."""
        if price.transform_quantity is not None:
            transform = price.transform_quantity
            return SchemeForm(model=PACKAGE, package_size=str(transform.divide_by), package_round=transform.round)
        return SchemeForm(model=price.tiers_mode or FLAT)

    @property
    def in_tiers(self) -> bool:
        """Whether the rows count, and not the one amount."""
        return self.model in (GRADUATED, VOLUME)

    @property
    def quantity(self) -> int | None:
        """How many the preview shows; None where nothing fitting was typed."""
        typed = whole_number(self.sample)
        return typed if typed is not None and typed <= SAMPLE_AT_MOST else None

    def charged(self, amount: str, currency: str, locale: str, faults: dict[str, str]) -> Charged:
        """What the form asks for; what cannot be read is added to `faults` by field."""
        if self.in_tiers:
            return Charged(
                billing_scheme="tiered",
                tiers_mode="graduated" if self.model == GRADUATED else "volume",
                tiers=self._tiers(currency, locale, faults),
            )
        exact = Decimal(0)
        try:
            exact = read_amount(amount, currency, locale)
        except AmountUnclear as unclear:
            faults["amount"] = unclear.sentence
        if self.model != PACKAGE:
            return Charged(unit_amount=exact)
        size = whole_number(self.package_size)
        if not size:
            faults["package_size"] = translate(locale, "Enter a whole number, 1 or more.")
        return Charged(
            unit_amount=exact,
            transform_quantity=TransformQuantity(
                divide_by=size or 1, round="down" if self.package_round == "down" else "up"
            ),
        )

    def _tiers(self, currency: str, locale: str, faults: dict[str, str]) -> tuple[Tier, ...]:
        found = []
        for place, row in enumerate(self.rows, start=1):
            up_to = whole_number(row.up_to)
            if up_to is None and row.up_to.strip() not in _NO_END:
                faults[f"tier_{place}"] = translate(locale, "Enter a whole number, 1 or more.")
            try:
                unit, flat = (
                    read_amount(each, currency, locale) if each.strip() else None for each in (row.unit, row.flat)
                )
            except AmountUnclear as unclear:
                faults[f"tier_{place}"] = unclear.sentence
                unit, flat = None, None
            found.append(Tier(up_to=up_to, unit_amount=unit, flat_amount=flat))
        return tuple(found)


def whole_number(text: str) -> int | None:
    """A whole number, 1 or more, as people type it; None for anything else."""
    typed = "".join(text.split())
    return int(typed) or None if _WHOLE.fullmatch(typed) else None


def of_tier(param: str) -> str:
    """The row that a parameter such as `tiers[1][up_to]` speaks of; empty for any other."""
    found = re.match(r"tiers(?:\[([0-9]+)\])?", param)
    return "" if found is None or param == "tiers_mode" else f"tier_{int(found[1] or 0) + 1}"

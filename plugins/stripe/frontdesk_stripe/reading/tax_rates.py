"""Tax rates, and the taxes of invoices and lines."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, get_args

from msgspec import Struct

from frontdesk.money import round_half_away
from frontdesk.tax_rates import AppliedRate, Tax, TaxExempt, TaxRate, TaxType
from frontdesk_stripe.reading.wire import Expandable, decimal, decoded, id_of, instant, minor, one_of, own_metadata

_EXEMPT: Mapping[str | None, TaxExempt] = {
    "customer_exempt": "exempt",
    "product_exempt": "exempt",
    "product_exempt_holiday": "exempt",
    "not_subject_to_tax": "exempt",
    "not_supported": "exempt",
    "reverse_charge": "reverse",
}
"""Why nothing is charged by a rate, by Stripe's `taxability_reason`."""


class WireTaxRate(Struct, frozen=True, kw_only=True):
    """A tax rate."""

    id: str
    display_name: str
    percentage: float
    inclusive: bool
    created: int
    active: bool = True
    country: str | None = None
    state: str | None = None
    jurisdiction: str | None = None
    description: str | None = None
    tax_type: str | None = None
    metadata: Mapping[str, str] | None = None


class WireRateDetails(Struct, frozen=True):
    """Which rate a tax is by."""

    tax_rate: Expandable


class WireTax(Struct, frozen=True, kw_only=True):
    """What one rate makes: `tax_rate_details` say which in the newer era, `tax_rate` in the older."""

    amount: int
    taxable_amount: int | None = None
    taxability_reason: str | None = None
    tax_rate_details: WireRateDetails | None = None
    tax_behavior: str | None = None
    inclusive: bool = False
    tax_rate: Expandable | None = None


def read_tax_rate(given: Mapping[str, Any], version: int) -> TaxRate:
    """A tax rate.

    Raises:
        Unreadable: it is none.
    """
    return _tax_rate(decoded(given, WireTaxRate), version)


def applied(wire: Iterable[WireTaxRate]) -> tuple[AppliedRate, ...]:
    """Rates as they apply to lines to come, from the objects that lie in a subscription."""
    return tuple(_as_applied(_tax_rate(each, 1), "none") for each in wire)


def taxes(wire: Sequence[WireTax], rates: Mapping[str, TaxRate], currency: str, missing: set[str]) -> tuple[Tax, ...]:
    """The taxes of a line or an invoice. Rates that nobody knows are put into `missing`."""
    found = []
    for each in wire:
        named = each.tax_rate if each.tax_rate_details is None else each.tax_rate_details.tax_rate
        rate = None if named is None else rates.get(id_of(named))
        if rate is None and named is not None:
            missing.add(id_of(named))
            continue
        exempt = _EXEMPT.get(each.taxability_reason, "none") if each.amount == 0 else "none"
        taxable = 0 if each.taxable_amount is None else minor(each.taxable_amount, currency)
        by = _by_no_rate(each, exempt) if rate is None else _as_applied(rate, exempt)
        found.append(Tax(rate=by, taxable=taxable, amount=minor(each.amount, currency)))
    return tuple(found)


def _by_no_rate(wire: WireTax, exempt: TaxExempt) -> AppliedRate:
    """A tax of which Stripe names no rate: what it came to, of what it was charged on, to a hundredth of a percent."""
    percentage = Decimal(0)
    if wire.taxable_amount:
        hundredths = round_half_away(Fraction(wire.amount * 10_000, wire.taxable_amount))
        percentage = Decimal(hundredths) / 100
    inclusive = wire.inclusive or wire.tax_behavior == "inclusive"
    return AppliedRate(id="", name="", percentage=percentage, inclusive=inclusive, exempt=exempt)


def _tax_rate(wire: WireTaxRate, version: int) -> TaxRate:
    return TaxRate(
        id=wire.id,
        version=version,
        display_name=wire.display_name,
        percentage=decimal(wire.percentage),
        inclusive=wire.inclusive,
        created=instant(wire.created),
        active=wire.active,
        country=wire.country,
        state=wire.state,
        jurisdiction=wire.jurisdiction,
        description=wire.description,
        tax_type=one_of(wire.tax_type, get_args(TaxType), None),
        metadata=own_metadata(wire.metadata),
    )


def _as_applied(rate: TaxRate, exempt: TaxExempt) -> AppliedRate:
    return AppliedRate(
        id=rate.id,
        name=rate.display_name,
        percentage=rate.percentage,
        inclusive=rate.inclusive,
        exempt=exempt,
        tax_type=rate.tax_type,
    )

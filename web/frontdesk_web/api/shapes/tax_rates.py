"""Tax rates, and the taxes of lines and invoices."""

from collections.abc import Iterable, Mapping
from typing import Any

from frontdesk.tax_rates import AppliedRate, Tax, TaxRate
from frontdesk_web.api.shapes.values import amount, unix

_REASONS = {"exempt": "customer_exempt", "reverse": "reverse_charge"}


def tax_rate(stored: TaxRate, livemode: bool) -> dict[str, Any]:
    """A tax rate."""
    return {
        "id": stored.id,
        "object": "tax_rate",
        "active": stored.active,
        "country": stored.country,
        "created": unix(stored.created),
        "description": stored.description,
        "display_name": stored.display_name,
        "effective_percentage": float(stored.percentage),
        "flat_amount": None,
        "inclusive": stored.inclusive,
        "jurisdiction": stored.jurisdiction,
        "jurisdiction_level": None,
        "livemode": livemode,
        "metadata": dict(stored.metadata),
        "percentage": float(stored.percentage),
        "rate_type": "percentage",
        "state": stored.state,
        "tax_type": stored.tax_type,
    }


def tax_rates(applied: Iterable[AppliedRate], known: Mapping[str, TaxRate], livemode: bool) -> list[dict[str, Any]]:
    """The rates that something has, as they are now."""
    return [tax_rate(known[each.id], livemode) for each in applied if each.id in known]


def taxes(found: Iterable[Tax], currency: str) -> list[dict[str, Any]]:
    """The taxes of a line, or those of an invoice by rate."""
    return [
        {
            "amount": amount(each.amount, currency),
            "tax_behavior": "inclusive" if each.rate.inclusive else "exclusive",
            "tax_rate_details": {"tax_rate": each.rate.id},
            "taxability_reason": _REASONS.get(each.rate.exempt, "standard_rated"),
            "taxable_amount": amount(each.taxable, currency),
            "type": "tax_rate_details",
        }
        for each in found
    ]

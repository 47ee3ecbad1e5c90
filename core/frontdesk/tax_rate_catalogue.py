"""What may be written of tax rates (limits as in Stripe's API). `terms` must hold the rate that a command names."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from msgspec import UNSET
from msgspec.structs import asdict, replace

from frontdesk.book import Metadata, Terms
from frontdesk.catalogue_commands import CreateTaxRate, UpdateTaxRate
from frontdesk.catalogue_refusals import refuse
from frontdesk.changes import Changes
from frontdesk.countries import COUNTRIES
from frontdesk.errors import Refused
from frontdesk.refusals import no_such
from frontdesk.tax_rates import TaxRate

PERCENT_PLACES = 4
TEXT_LIMITS: Mapping[str, int] = {"display_name": 50, "description": 350, "jurisdiction": 50, "state": 50}
"""Characters."""


def create_rate(terms: Terms, command: CreateTaxRate, now: datetime, metadata: Metadata) -> Changes:
    """A new tax rate. Raises Refused."""
    if command.id in terms.tax_rates:
        refuse("tax_rate_exists", "Tax rate already exists.", "id", api_code="resource_already_exists")
    _check_percentage(command.percentage)
    given = _texts({name: value for name, value in asdict(command).items() if name != "metadata"})
    return Changes(tax_rates=(TaxRate(**given, created=now, metadata=metadata),))


def update_rate(terms: Terms, command: UpdateTaxRate, metadata: Metadata | None) -> Changes:
    """A tax rate's new words, or whether it can still be chosen. What has it keeps it as it was. Raises Refused."""
    rate = terms.tax_rates.get(command.id)
    if rate is None:
        raise Refused(no_such("tax rate", command.id, "tax_rate"))
    given = _texts(
        {
            name: value
            for name, value in asdict(command).items()
            if value is not UNSET and name not in ("id", "metadata")
        }
    )
    kept = rate.metadata if metadata is None else metadata
    return Changes(tax_rates=(replace(rate, **given, metadata=kept, version=rate.version + 1),))


def _texts(given: dict[str, Any]) -> dict[str, Any]:
    """What is given, checked, empty texts as None."""
    for name, limit in TEXT_LIMITS.items():
        text = given.get(name)
        if text is not None and len(text) > limit:
            refuse("text_too_long", "`{name}` has at most {limit} characters.", name, name=name, limit=limit)
    if "display_name" in given and not given["display_name"].strip():
        refuse("name_empty", "A tax rate has a `display_name`.", "display_name", api_code="parameter_invalid_empty")
    country = given.get("country")
    if country and country not in COUNTRIES:
        refuse("country_unknown", "Country '{country}' is unknown.", "country", country=country[:40])
    return {name: value or None if isinstance(value, str) else value for name, value in given.items()}


def _check_percentage(percentage: Decimal) -> None:
    if not percentage.is_finite() or not 0 <= percentage <= 100:
        refuse("percentage_invalid", "Invalid percentage: must be from 0 to 100.", "percentage")
    places = percentage.normalize().as_tuple().exponent
    if isinstance(places, int) and -places > PERCENT_PLACES:
        refuse("percentage_places", "`percentage` has at most 4 decimal places.", "percentage")

"""The countries of the European Union as value added tax has them, and how their VAT numbers begin."""

EU_COUNTRIES = frozenset(
    {
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
        *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    }
)
"""ISO codes (Directive 2006/112/EC, article 5). Monaco counts as France, article 7."""

_AS_OTHERS = {"MC": "FR"}
_PREFIXES = {"GR": "EL"}


def vat_country(country: str) -> str:
    """The country whose tax is charged in a country: its own but for Monaco."""
    return _AS_OTHERS.get(country, country)


def country_of_vat_number(number: str) -> str | None:
    """The country of the EU that a VAT number's first two letters mean, or None. Greece writes EL."""
    prefix = number[:2].upper()
    country = {written: iso for iso, written in _PREFIXES.items()}.get(prefix, prefix)
    return country if country in EU_COUNTRIES and prefix not in _PREFIXES else None
